package store

import (
	"context"

	"moothall/actors"
	"moothall/content"
)

// What is said in a discussion for fewer than may read its start is an aside. It
// neither counts nor moves the discussion for everyone, so that those whom it is kept
// from cannot tell that it is there (security.md S176).

// asWide says whether a reply is for everyone who may read the start. Both are
// expressions of SQL.
func asWide(reply, start string) string {
	return ` (` + reply + ` = ` + start + ` OR ` + reply + ` = 'public'
		OR (` + reply + ` = 'network' AND ` + start + ` <> 'public')
		OR (` + reply + ` = 'members' AND ` + start + ` = 'organisation')) `
}

// seenReplies is how many replies to post p the viewer may read; $1 is the viewer, $2
// whether the viewer is local. Asides are counted for whoever belongs to those they
// are for, not for their authors as such.
const seenReplies = ` p.replies + (SELECT CAST(COALESCE(SUM(n.replies), 0) AS BIGINT) FROM aside n
	WHERE n.root_id = p.id AND CAST($1 AS BIGINT) <> 0 AND (n.audience = 'network' OR ((n.audience = 'members' OR $2)
		AND EXISTS (SELECT 1 FROM membership m
			WHERE m.group_id = p.group_id AND m.actor_id = $1 AND m.standing = 'joined')))) AS replies`

// countAside changes how many asides a discussion has.
func (t *Tx) countAside(ctx context.Context, p content.Post, by int) error {
	_, err := t.exec(ctx, `
		INSERT INTO aside (root_id, audience, replies) VALUES ($1, $2, $3)
		ON CONFLICT (root_id, audience) DO UPDATE SET replies = aside.replies + excluded.replies`, p.Root, p.Audience, by)
	return err
}

// revise notes on the start of a discussion that something in it has changed that
// everyone sees who may read the start.
func (t *Tx) revise(ctx context.Context, post actors.ID) error {
	_, err := t.exec(ctx, `
		UPDATE post SET revision = revision + 1 WHERE id = (SELECT p.root_id FROM post p JOIN post r ON r.id = p.root_id
			WHERE p.id = $1 AND `+asWide("p.audience", "r.audience")+`)`, post)
	return err
}

package store

import (
	"context"
	"math"

	"moothall/actors"
	"moothall/content"
)

// Published is a post with the activity that brought it to its readers.
type Published struct {
	Post     content.Post
	Activity actors.Activity
}

func scanPublished(s scanner) (p Published, err error) {
	err = s.Scan(append(postFields(&p.Post), activityFields(&p.Activity)...)...)
	return p, err
}

// Announced lists the discussions of a local community that the viewer may
// read, newest first, with the Announce that entered each into the log. before
// is the last post of the page above; zero for the first page.
func (t *Tx) Announced(ctx context.Context, v actors.Viewer, group, before actors.ID, n int) ([]Published, error) {
	return collect(ctx, t, scanPublished, `
		SELECT `+seenColumns+`, `+activityColumns+`
		FROM post p JOIN activity a ON a.id = (SELECT MIN(x.id) FROM activity x
			JOIN log_entry e ON e.activity_id = x.id AND e.activity_id <> 0
			WHERE x.object = p.uri AND x.group_id = p.group_id)
		WHERE `+readable+` AND p.standing = 'accepted' AND p.group_id = $3 AND p.parent_id = 0
			AND p.deleted_at = 0 AND p.id < $4
		ORDER BY p.id DESC LIMIT $5`, v.Actor, v.Local, group, beforeID(before), n)
}

// Authored lists what a local person wrote and the viewer may read, newest
// first, with the Create of each.
func (t *Tx) Authored(ctx context.Context, v actors.Viewer, author actors.Actor, before actors.ID, n int) ([]Published, error) {
	return collect(ctx, t, scanPublished, `
		SELECT `+seenColumns+`, `+activityColumns+`
		FROM post p JOIN activity a ON a.id = (SELECT MIN(c.id) FROM activity c
			WHERE c.object = p.uri AND c.type = 'Create' AND c.actor = $3 AND c.direction = 'out')
		WHERE `+readable+` AND p.standing = 'accepted' AND p.author_id = $4 AND p.local
			AND p.deleted_at = 0 AND p.id < $5
		ORDER BY p.id DESC LIMIT $6`, v.Actor, v.Local, author.URI, author.ID, beforeID(before), n)
}

// DoneWith lists how an actor of this node published, changed and withdrew a thing, the earliest
// first, whoever asks. The caller has read the thing as its viewer.
func (t *Tx) DoneWith(ctx context.Context, object, actor actors.URI, n int) ([]actors.Activity, error) {
	return collect(ctx, t, scanActivity, `
		SELECT `+activityColumns+` FROM activity a
		WHERE a.object = $1 AND a.actor = $2 AND a.direction = 'out' AND a.type IN ('Create', 'Update', 'Delete') AND a.body IS NOT NULL
		ORDER BY a.id LIMIT $3`, object, actor, n)
}

// CountAuthored says how much Authored would list in all.
func (t *Tx) CountAuthored(ctx context.Context, v actors.Viewer, author actors.ID) (int, error) {
	return one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM post p
		WHERE `+readable+` AND p.standing = 'accepted' AND p.author_id = $3 AND p.local AND p.deleted_at = 0`,
		v.Actor, v.Local, author)
}

// CountPublicFollowing says how many actors this one is known to follow: a
// closed or unlisted community is not counted (security.md S174).
func (t *Tx) CountPublicFollowing(ctx context.Context, actor actors.ID) (int, error) {
	return one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM membership m JOIN actor g ON g.id = m.group_id
			LEFT JOIN community c ON c.actor_id = m.group_id
		WHERE m.actor_id = $1 AND m.standing = 'joined'
			AND (c.actor_id IS NULL OR (c.audience = 'public' AND g.discoverable))`, actor)
}

func beforeID(id actors.ID) actors.ID {
	if id == 0 {
		return math.MaxInt64
	}
	return id
}

package store

import (
	"context"
	"errors"
	"time"

	"moothall/actors"
	"moothall/content"
)

// HidePost takes a post out of its community, for a reason.
func (t *Tx) HidePost(ctx context.Context, p content.Post, why string) error {
	return t.setStanding(ctx, p, content.Hidden, why)
}

// LockPost ends replies to a post from a time on, for a reason.
func (t *Tx) LockPost(ctx context.Context, id actors.ID, why string, at time.Time) error {
	return t.execOne(ctx, `UPDATE post SET locked = TRUE, locked_why = $2, locked_at = $3 WHERE id = $1`, id, why, micros(at))
}

// UnlockPost lets people reply to a post again.
func (t *Tx) UnlockPost(ctx context.Context, id actors.ID) error {
	return t.execOne(ctx, `UPDATE post SET locked = FALSE, locked_why = '', locked_at = 0 WHERE id = $1`, id)
}

// LockOver finds the nearest post, from this one up to the start of its
// discussion, that is locked; ErrNotFound when people may reply.
func (t *Tx) LockOver(ctx context.Context, id actors.ID) (content.Post, error) {
	return one(ctx, t, scanPost, lockedAbove+` ORDER BY above.steps LIMIT 1`, id, MaxThread)
}

// LockedBefore says whether this post, or one that is above it, took no more replies
// at a time. A lock of which nobody knows when it began is not counted.
func (t *Tx) LockedBefore(ctx context.Context, id actors.ID, at time.Time) (bool, error) {
	_, err := one(ctx, t, scanPost, lockedAbove+` AND p.locked_at <> 0 AND p.locked_at < $3 LIMIT 1`, id, MaxThread, micros(at))
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

var lockedAbove = `
	WITH RECURSIVE above (id, parent_id, steps) AS (
		SELECT o.id, o.parent_id, 0 FROM post o WHERE o.id = $1
		UNION ALL
		SELECT o.id, o.parent_id, above.steps + 1 FROM post o JOIN above ON o.id = above.parent_id
		WHERE above.parent_id <> 0 AND above.steps < $2)
	SELECT ` + postColumns + ` FROM post p JOIN above ON above.id = p.id
	WHERE p.locked`

// RestorePost gives a tombstone its words back; raw is the document that they
// were read from. ErrNotFound when it is none.
func (t *Tx) RestorePost(ctx context.Context, p content.Post, raw []byte) error {
	now, err := t.lockPost(ctx, p.ID)
	if err != nil {
		return err
	}
	err = t.execOne(ctx, `
		UPDATE post SET deleted_at = 0, title = $3, html = $4, source = $5, link = $6, language = $7, kind = $8,
			updated_at = $9, raw = $10
		WHERE id = $1 AND author_id = $2 AND deleted_at <> 0`,
		p.ID, p.Author, p.Title, p.HTML, p.Source, p.Link, p.Language, p.Kind, micros(p.Updated), raw)
	if err == nil {
		err = errors.Join(t.noteNaming(ctx, p), t.searchDue(ctx, now.ID))
	}
	if err == nil && now.Standing == content.Accepted {
		err = t.countIn(ctx, now, 1)
	}
	return err
}

// AcceptedAt reads what an author has in the communities of a host, or anywhere
// when host is empty, whoever asks. It is for taking it out, never for showing.
func (t *Tx) AcceptedAt(ctx context.Context, author actors.ID, host string, n int) ([]content.Post, error) {
	return collect(ctx, t, scanPost, `
		SELECT `+postColumns+` FROM post p JOIN actor g ON g.id = p.group_id
		WHERE p.author_id = $1 AND p.standing = 'accepted' AND p.deleted_at = 0 AND ($2 = '' OR g.host = $2)
		ORDER BY p.published_at, p.id LIMIT $3`, author, host, n)
}

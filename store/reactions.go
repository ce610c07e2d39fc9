package store

import (
	"context"
	"time"

	"moothall/actors"
)

// AddUseful notes that someone found a post useful. It is false when they had
// said so before: one person counts once, whatever ids their server makes.
func (t *Tx) AddUseful(ctx context.Context, post, actor actors.ID, uri actors.URI, at time.Time) (bool, error) {
	n, err := t.exec(ctx, `
		INSERT INTO reaction (post_id, actor_id, kind, uri, at) VALUES ($1, $2, 'useful', $3, $4)
		ON CONFLICT (post_id, actor_id, kind) DO NOTHING`, post, actor, uri, micros(at))
	if err != nil || n == 0 {
		return false, err
	}
	return true, t.countUseful(ctx, post, 1)
}

// DropUseful takes it back; false when there was nothing to take back.
func (t *Tx) DropUseful(ctx context.Context, post, actor actors.ID) (bool, error) {
	n, err := t.exec(ctx, `
		DELETE FROM reaction WHERE post_id = $1 AND actor_id = $2 AND kind = 'useful'`, post, actor)
	if err != nil || n == 0 {
		return false, err
	}
	return true, t.countUseful(ctx, post, -1)
}

// countUseful changes how many found a post useful; its discussion is another
// then than before.
func (t *Tx) countUseful(ctx context.Context, post actors.ID, by int) error {
	if err := t.execOne(ctx, `UPDATE post SET useful = useful + $2 WHERE id = $1`, post, by); err != nil {
		return err
	}
	return t.revise(ctx, post)
}

// Useful reads the id of the Like with which an actor found a post useful.
func (t *Tx) Useful(ctx context.Context, post, actor actors.ID) (actors.URI, error) {
	return one(ctx, t, scanValue[actors.URI], `
		SELECT uri FROM reaction WHERE post_id = $1 AND actor_id = $2 AND kind = 'useful'`, post, actor)
}

// ReactionByURI finds the post and person of a Like by its id.
func (t *Tx) ReactionByURI(ctx context.Context, uri actors.URI) (post, actor actors.ID, err error) {
	pair, err := one(ctx, t, func(s scanner) (p [2]actors.ID, err error) {
		err = s.Scan(&p[0], &p[1])
		return p, err
	}, `SELECT post_id, actor_id FROM reaction WHERE uri = $1`, uri)
	return pair[0], pair[1], err
}

// UsefulTo says which of a discussion's posts the actor found useful.
func (t *Tx) UsefulTo(ctx context.Context, root, actor actors.ID) (map[actors.ID]bool, error) {
	ids, err := collect(ctx, t, scanValue[actors.ID], `
		SELECT r.post_id FROM reaction r JOIN post p ON p.id = r.post_id
		WHERE p.root_id = $1 AND r.actor_id = $2`, root, actor)
	out := make(map[actors.ID]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// Notification tells a local person that something concerns them.
type Notification struct {
	ID    actors.ID
	Actor actors.ID
	Kind  string // reply, mention, asked, joined or refused
	Post  actors.ID
	Group actors.ID
	By    actors.ID
	At    time.Time
	Seen  time.Time
}

// Notify stores a notification.
func (t *Tx) Notify(ctx context.Context, n Notification) error {
	_, err := t.exec(ctx, `
		INSERT INTO notification (id, actor_id, kind, post_id, group_id, by_id, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, n.ID, n.Actor, n.Kind, n.Post, n.Group, n.By, micros(n.At))
	return err
}

// Notifications lists what concerns a person, newest first. Whether they may
// still read the post is for the caller to ask when showing it.
func (t *Tx) Notifications(ctx context.Context, actor actors.ID, p Page) ([]Notification, error) {
	return collect(ctx, t, func(s scanner) (n Notification, err error) {
		err = s.Scan(&n.ID, &n.Actor, &n.Kind, &n.Post, &n.Group, &n.By, timeOf{&n.At}, timeOf{&n.Seen})
		return n, err
	}, `SELECT id, actor_id, kind, post_id, group_id, by_id, at, seen_at FROM notification
		WHERE actor_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3`, actor, p.limit(), p.offset())
}

// CountUnseen says how many notifications a person has not seen.
func (t *Tx) CountUnseen(ctx context.Context, actor actors.ID) (int, error) {
	return one(ctx, t, scanValue[int],
		`SELECT COUNT(*) FROM notification WHERE actor_id = $1 AND seen_at = 0`, actor)
}

// MarkSeen marks all notifications of a person as seen.
func (t *Tx) MarkSeen(ctx context.Context, actor actors.ID, at time.Time) error {
	_, err := t.exec(ctx, `UPDATE notification SET seen_at = $2 WHERE actor_id = $1 AND seen_at = 0`, actor, micros(at))
	return err
}

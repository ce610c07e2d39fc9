package store

import (
	"context"
	"errors"
	"time"

	"moothall/actors"
)

const activityColumns = `a.id, a.uri, a.type, a.actor, a.signer, a.host, a.object, a.group_id,
	a.direction, a.state, a.reason, a.attempts, a.next_try_at, a.domain, a.body, a.at`

func scanActivity(s scanner) (a actors.Activity, err error) {
	err = s.Scan(activityFields(&a)...)
	return a, err
}

func activityFields(a *actors.Activity) []any {
	return []any{
		&a.ID, &a.URI, &a.Type, &a.Actor, &a.Signer, &a.Host, &a.Object, &a.Group,
		&a.Direction, &a.State, &a.Reason, &a.Attempts, timeOf{&a.NextTry}, &a.Domain, &a.Body, timeOf{&a.At},
	}
}

// Record adds an activity to the log. It is false when the same activity, by
// the same signer, is there already: then nothing changes (invariant I2).
func (t *Tx) Record(ctx context.Context, a actors.Activity) (isNew bool, err error) {
	n, err := t.exec(ctx, `
		INSERT INTO activity (id, uri, type, actor, signer, host, object, group_id,
			direction, state, reason, attempts, next_try_at, domain, body, at)
		VALUES (`+in(1, 16)+`)
		ON CONFLICT (uri, signer) DO NOTHING`,
		a.ID, a.URI, a.Type, a.Actor, a.Signer, a.Host, a.Object, a.Group,
		a.Direction, a.State, a.Reason, a.Attempts, micros(a.NextTry), a.Domain, a.Body, micros(a.At))
	return n == 1, err
}

// Settle says how an activity ended, or when it is to be tried again.
func (t *Tx) Settle(ctx context.Context, a actors.Activity) error {
	return t.execOne(ctx, `
		UPDATE activity SET state = $2, reason = $3, attempts = $4, next_try_at = $5, domain = $6, group_id = $7
		WHERE id = $1`, a.ID, a.State, a.Reason, a.Attempts, micros(a.NextTry), a.Domain, a.Group)
}

// Activity reads a line of the log.
func (t *Tx) Activity(ctx context.Context, id actors.ID) (actors.Activity, error) {
	return one(ctx, t, scanActivity, `SELECT `+activityColumns+` FROM activity a WHERE a.id = $1`, id)
}

// Knows says whether an activity by this signer is in the log.
func (t *Tx) Knows(ctx context.Context, uri, signer actors.URI) (bool, error) {
	_, err := one(ctx, t, scanValue[int], `SELECT 1 FROM activity a WHERE a.uri = $1 AND a.signer = $2`, uri, signer)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// ActivityByURI reads a line of the log by the activity's address and signer.
func (t *Tx) ActivityByURI(ctx context.Context, uri, signer actors.URI) (actors.Activity, error) {
	return one(ctx, t, scanActivity,
		`SELECT `+activityColumns+` FROM activity a WHERE a.uri = $1 AND a.signer = $2`, uri, signer)
}

// LastBoost is the newest Announce by a local community of one object by its id
// alone, which unlike the others is no entry of its log.
func (t *Tx) LastBoost(ctx context.Context, group actors.ID, object actors.URI) (actors.Activity, error) {
	return one(ctx, t, scanActivity, `
		SELECT `+activityColumns+` FROM activity a
		WHERE a.object = $1 AND a.type = 'Announce' AND a.direction = 'out' AND a.group_id = $2
			AND NOT EXISTS (SELECT 1 FROM log_entry e WHERE e.activity_id = a.id AND e.activity_id <> 0)
		ORDER BY a.id DESC LIMIT 1`, object, group)
}

// ForgetActivity lets an activity with this address come again: some servers
// give a vote the id of the one that was undone (protocol.md 5.4, NodeBB).
func (t *Tx) ForgetActivity(ctx context.Context, uri, signer actors.URI, id actors.ID) error {
	_, err := t.exec(ctx, `UPDATE activity SET uri = $3 WHERE uri = $1 AND signer = $2`,
		uri, signer, string(uri)+"#undone-"+id.String())
	return err
}

// WasDeleted says whether one of two actors has already deleted an object that
// was not here then: what comes too late must not bring it back.
func (t *Tx) WasDeleted(ctx context.Context, object, author, group actors.URI) (bool, error) {
	n, err := one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM (SELECT 1 FROM activity a
			WHERE a.object = $1 AND a.type = 'Delete' AND a.direction = 'in' AND a.state = 'applied'
				AND a.signer IN ($2, $3) LIMIT 1) AS x`, object, author, group)
	return n > 0, err
}

// Unapplied lists refused and held activities, newest first, for admins.
func (t *Tx) Unapplied(ctx context.Context, p Page) ([]actors.Activity, error) {
	return collect(ctx, t, scanActivity, `
		SELECT `+activityColumns+` FROM activity a
		WHERE a.state IN ('held', 'rejected') ORDER BY a.id DESC LIMIT $1 OFFSET $2`, p.limit(), p.offset())
}

// unapplied narrows to what is not applied, in the words of the index.
const unapplied = `a.state IN ('held', 'rejected')`

// UnappliedIn lists activities in one of the states held and rejected, newest first.
func (t *Tx) UnappliedIn(ctx context.Context, s actors.State, p Page) ([]actors.Activity, error) {
	return collect(ctx, t, scanActivity, `
		SELECT `+activityColumns+` FROM activity a
		WHERE `+unapplied+` AND a.state = $3 ORDER BY a.id DESC LIMIT $1 OFFSET $2`, p.limit(), p.offset(), s)
}

// CountUnapplied counts activities in one of the states held and rejected since a
// time.
func (t *Tx) CountUnapplied(ctx context.Context, s actors.State, since time.Time) (int, error) {
	return one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM activity a WHERE `+unapplied+` AND a.state = $1 AND a.at >= $2`, s, micros(since))
}

package store

import (
	"context"
	"errors"
	"time"

	"moothall/actors"
)

const activityColumns = `a.id, a.uri, a.type, a.actor, a.signer, a.host, a.object, a.group_id,
	a.direction, a.state, a.reason, a.attempts, a.next_try_at, a.body, a.at`

func scanActivity(s scanner) (a actors.Activity, err error) {
	err = s.Scan(&a.ID, &a.URI, &a.Type, &a.Actor, &a.Signer, &a.Host, &a.Object, &a.Group,
		&a.Direction, &a.State, &a.Reason, &a.Attempts, timeOf{&a.NextTry}, &a.Body, timeOf{&a.At})
	return a, err
}

// Record adds an activity to the log. It is false when the same activity, by
// the same signer, is there already: then nothing changes (invariant I2).
func (t *Tx) Record(ctx context.Context, a actors.Activity) (isNew bool, err error) {
	n, err := t.exec(ctx, `
		INSERT INTO activity (id, uri, type, actor, signer, host, object, group_id,
			direction, state, reason, attempts, next_try_at, body, at)
		VALUES (`+in(1, 15)+`)
		ON CONFLICT (uri, signer) DO NOTHING`,
		a.ID, a.URI, a.Type, a.Actor, a.Signer, a.Host, a.Object, a.Group,
		a.Direction, a.State, a.Reason, a.Attempts, micros(a.NextTry), a.Body, micros(a.At))
	return n == 1, err
}

// Settle says how an activity ended, or when it is to be tried again.
func (t *Tx) Settle(ctx context.Context, a actors.Activity) error {
	return t.execOne(ctx, `
		UPDATE activity SET state = $2, reason = $3, attempts = $4, next_try_at = $5, group_id = $6
		WHERE id = $1`, a.ID, a.State, a.Reason, a.Attempts, micros(a.NextTry), a.Group)
}

// Activity reads a line of the log.
func (t *Tx) Activity(ctx context.Context, id actors.ID) (actors.Activity, error) {
	return one(ctx, t, scanActivity, `SELECT `+activityColumns+` FROM activity a WHERE a.id = $1`, id)
}

// ActivityByURI reads a line of the log by the activity's address and signer.
func (t *Tx) ActivityByURI(ctx context.Context, uri, signer actors.URI) (actors.Activity, error) {
	return one(ctx, t, scanActivity,
		`SELECT `+activityColumns+` FROM activity a WHERE a.uri = $1 AND a.signer = $2`, uri, signer)
}

// ForgetActivity lets an activity with this address come again: some servers
// give a vote the id of the one that was undone (protocol.md 5.4, NodeBB).
func (t *Tx) ForgetActivity(ctx context.Context, uri, signer actors.URI, id actors.ID) error {
	_, err := t.exec(ctx, `UPDATE activity SET uri = $3 WHERE uri = $1 AND signer = $2`,
		uri, signer, string(uri)+"#undone-"+id.String())
	return err
}

// WaitingActivities lists activities whose time to be tried has come, oldest first.
func (t *Tx) WaitingActivities(ctx context.Context, now time.Time, n int) ([]actors.Activity, error) {
	return collect(ctx, t, scanActivity, `
		SELECT `+activityColumns+` FROM activity a
		WHERE a.state = 'waiting' AND a.next_try_at <= $1 ORDER BY a.id LIMIT $2`, micros(now), n)
}

// NextWaiting says when the next waiting activity is to be tried; zero for never.
func (t *Tx) NextWaiting(ctx context.Context) (time.Time, error) {
	at, err := one(ctx, t, scanValue[int64],
		`SELECT COALESCE(MIN(next_try_at), 0) FROM activity WHERE state = 'waiting'`)
	return fromMicros(at), err
}

// WakeWaiting lets activities that wait for this object be tried at once.
func (t *Tx) WakeWaiting(ctx context.Context, reason string) error {
	_, err := t.exec(ctx, `UPDATE activity SET next_try_at = 1 WHERE state = 'waiting' AND reason = $1`, reason)
	return err
}

// Unapplied lists refused and held activities, newest first, for admins.
func (t *Tx) Unapplied(ctx context.Context, p Page) ([]actors.Activity, error) {
	return collect(ctx, t, scanActivity, `
		SELECT `+activityColumns+` FROM activity a
		WHERE a.state IN ('held', 'rejected') ORDER BY a.id DESC LIMIT $1 OFFSET $2`, p.limit(), p.offset())
}

// Outbox lists what a local actor did, newest first. With public set, only
// what everyone may read.
func (t *Tx) Outbox(ctx context.Context, actor actors.URI, p Page) ([]actors.Activity, error) {
	return collect(ctx, t, scanActivity, `
		SELECT `+activityColumns+` FROM activity a
		WHERE a.direction = 'out' AND a.actor = $1 ORDER BY a.id DESC LIMIT $2 OFFSET $3`,
		actor, p.limit(), p.offset())
}

// CountOutbox says how much a local actor did.
func (t *Tx) CountOutbox(ctx context.Context, actor actors.URI) (int, error) {
	return one(ctx, t, scanValue[int],
		`SELECT COUNT(*) FROM activity a WHERE a.direction = 'out' AND a.actor = $1`, actor)
}

// Address notes that an activity names a local person.
func (t *Tx) Address(ctx context.Context, actor, activity actors.ID) error {
	_, err := t.exec(ctx, `
		INSERT INTO addressed (actor_id, activity_id) VALUES ($1, $2)
		ON CONFLICT (actor_id, activity_id) DO NOTHING`, actor, activity)
	return err
}

// Inbox lists what has come for a local person, newest first: what names them,
// and what the communities they belong to passed on since they joined.
func (t *Tx) Inbox(ctx context.Context, actor actors.ID, p Page) ([]actors.Activity, error) {
	return collect(ctx, t, scanActivity, `
		SELECT `+activityColumns+` FROM activity a
		WHERE a.state = 'applied' AND (
			EXISTS (SELECT 1 FROM addressed d WHERE d.actor_id = $1 AND d.activity_id = a.id)
			OR (a.type = 'Announce' AND a.group_id IN (SELECT m.group_id FROM membership m
				WHERE m.actor_id = $1 AND m.standing = 'joined' AND m.since_at <= a.at)))
		ORDER BY a.id DESC LIMIT $2 OFFSET $3`, actor, p.limit(), p.offset())
}

// Recipient is one audience of an outgoing activity: the followers of an actor,
// or one inbox.
type Recipient struct {
	FollowersOf actors.ID
	Host        string
	Inbox       actors.URI
	Form        string // FormBoost, or empty for everyone
}

// FormBoost marks what only servers need that do not read a community's wrapped
// activities.
const FormBoost = "boost"

// ToInbox addresses one actor, through the shared inbox of its host if it has one.
func ToInbox(a actors.Actor) Recipient {
	return Recipient{Host: a.Host, Inbox: a.DeliveryInbox()}
}

// Send owes a recorded activity to its recipients. It costs one row for each
// audience, however many partners follow (invariant I6). Local recipients are
// owed nothing: they share the log.
func (t *Tx) Send(ctx context.Context, activity, signer actors.ID, at time.Time, to ...Recipient) error {
	for _, r := range to {
		if r.FollowersOf == 0 {
			last, err := t.LastOutbound(ctx)
			if err != nil {
				return err
			}
			if err := t.ensureCursor(ctx, r.Host, last); err != nil {
				return err
			}
		}
		seq, err := t.nextNumber(ctx, "outbound")
		if err != nil {
			return err
		}
		if _, err := t.exec(ctx, `
			INSERT INTO outbound (seq, activity_id, followers_of, host, inbox, form, signer_id, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			seq, activity, r.FollowersOf, r.Host, r.Inbox, r.Form, signer, micros(at)); err != nil {
			return err
		}
	}
	return nil
}

// LastOutbound is the number of the newest row that is owed to anyone.
func (t *Tx) LastOutbound(ctx context.Context) (int64, error) {
	n, err := one(ctx, t, scanValue[int64], `SELECT value FROM counter WHERE name = 'outbound'`)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	return n, err
}

// PruneOutbound forgets what was owed before a time: the stated horizon.
func (t *Tx) PruneOutbound(ctx context.Context, before time.Time) error {
	_, err := t.exec(ctx, `DELETE FROM outbound WHERE at < $1`, micros(before))
	return err
}

// ClaimWaiting takes activities whose time to be tried has come, oldest first,
// and puts them off until a time, so that no other process takes them too.
func (t *Tx) ClaimWaiting(ctx context.Context, now, until time.Time, n int) ([]actors.Activity, error) {
	due, err := collect(ctx, t, scanActivity, `
		SELECT `+activityColumns+` FROM activity a
		WHERE a.state = 'waiting' AND a.next_try_at <= $1 ORDER BY a.id LIMIT $2`+t.dialect.skipLocked, micros(now), n)
	if err != nil {
		return nil, err
	}
	for _, a := range due {
		if _, err := t.exec(ctx, `UPDATE activity SET next_try_at = $2 WHERE id = $1`, a.ID, micros(until)); err != nil {
			return nil, err
		}
	}
	return due, nil
}

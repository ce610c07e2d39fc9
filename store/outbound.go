package store

import (
	"context"
	"errors"
	"time"

	"moothall/actors"
)

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
		seq, err := t.nextNumber(ctx, "outbound")
		if err != nil {
			return err
		}
		if r.FollowersOf == 0 {
			if err := t.ensureCursor(ctx, r.Host, seq-1); err != nil {
				return err
			}
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

// pruneStep bounds how much one PruneOutbound takes away, and so how long
// others wait for it.
const pruneStep = 20000

// PruneOutbound forgets what was owed before a time: the stated horizon. It
// takes the oldest rows first, no more than 20,000 at a time: what is left is
// for the next call.
func (t *Tx) PruneOutbound(ctx context.Context, before time.Time) error {
	_, err := t.exec(ctx, `
		DELETE FROM outbound WHERE at < $1 AND seq IN (SELECT seq FROM outbound ORDER BY seq LIMIT $2)`,
		micros(before), pruneStep)
	return err
}

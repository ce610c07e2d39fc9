package store

import (
	"context"
	"time"

	"moothall/actors"
)

const cursorColumns = `host, position, part, failures, failing_since_at, next_try_at, last_error, dead_at`

// Cursor is how far one partner has been served, and how it is doing.
type Cursor struct {
	Host         string
	Position     int64 // number of the last row dealt with
	Part         int64 // names the last inbox of the next row that is dealt with; zero for none
	Failures     int
	FailingSince time.Time
	NextTry      time.Time
	LastError    string
	Dead         time.Time
}

func scanCursor(s scanner) (c Cursor, err error) {
	err = s.Scan(&c.Host, &c.Position, &c.Part, &c.Failures, timeOf{&c.FailingSince}, timeOf{&c.NextTry}, &c.LastError, timeOf{&c.Dead})
	return c, err
}

// ensureCursor starts serving a partner from here on, before the first thing is
// owed to it (protocol.md 10.1).
func (t *Tx) ensureCursor(ctx context.Context, host string, position int64) error {
	_, err := t.exec(ctx, `
		INSERT INTO delivery_cursor (host, position) VALUES ($1, $2)
		ON CONFLICT (host) DO NOTHING`, host, position)
	return err
}

// Cursor reads how far a partner has been served.
func (t *Tx) Cursor(ctx context.Context, host string) (Cursor, error) {
	return one(ctx, t, scanCursor, `SELECT `+cursorColumns+` FROM delivery_cursor WHERE host = $1`, host)
}

// Cursors lists all partners that are served.
func (t *Tx) Cursors(ctx context.Context) ([]Cursor, error) {
	return collect(ctx, t, scanCursor, `SELECT `+cursorColumns+` FROM delivery_cursor ORDER BY host`)
}

// SaveCursor writes how far a partner has been served.
func (t *Tx) SaveCursor(ctx context.Context, c Cursor) error {
	return t.execOne(ctx, `
		UPDATE delivery_cursor SET position = $2, part = $3, failures = $4, failing_since_at = $5,
			next_try_at = $6, last_error = $7, dead_at = $8
		WHERE host = $1`,
		c.Host, c.Position, c.Part, c.Failures, micros(c.FailingSince), micros(c.NextTry), c.LastError, micros(c.Dead))
}

// Lease takes a partner's lane for one process until a time. It is false while
// another process holds it.
func (t *Tx) Lease(ctx context.Context, host, by string, now, until time.Time) (bool, error) {
	n, err := t.exec(ctx, `
		UPDATE delivery_cursor SET lease_by = $2, lease_until_at = $4
		WHERE host = $1 AND (lease_by = $2 OR lease_until_at < $3)`, host, by, micros(now), micros(until))
	return n == 1, err
}

// Release gives a lane back.
func (t *Tx) Release(ctx context.Context, host, by string) error {
	_, err := t.exec(ctx, `
		UPDATE delivery_cursor SET lease_by = '', lease_until_at = 0 WHERE host = $1 AND lease_by = $2`, host, by)
	return err
}

// Due is an activity that is owed to one inbox.
type Due struct {
	Seq      int64
	Activity actors.ID
	Inbox    actors.URI
	Signer   actors.ID
	Group    actors.ID // whose followers it is for; zero for a direct one
	Form     string    // FormBoost, or empty
}

func scanDue(s scanner) (d Due, err error) {
	err = s.Scan(&d.Seq, &d.Activity, &d.Inbox, &d.Signer, &d.Group, &d.Form)
	return d, err
}

// DueTo lists what is owed to a partner after a position, in the order of the
// log. Whom a row is due is decided here, when it is sent: followers who have
// left since are due nothing.
//
// Sorting all that a partner of many communities missed in a month, to send the
// first of it, would cost more than sending. So it looks at a stretch of the log,
// and at a longer one only while there is too little in it.
func (t *Tx) DueTo(ctx context.Context, host string, after int64, n int) ([]Due, error) {
	last, err := t.LastOutbound(ctx)
	if err != nil {
		return nil, err
	}
	for stretch := int64(max(4*n, 256)); ; stretch *= 8 {
		upTo := min(after+stretch, last)
		due, err := t.dueWithin(ctx, host, after, upTo, n)
		if err != nil || len(due) == n || upTo == last {
			return due, err
		}
	}
}

func (t *Tx) dueWithin(ctx context.Context, host string, after, upTo int64, n int) ([]Due, error) {
	return collect(ctx, t, scanDue, `
		SELECT seq, activity_id, inbox, signer_id, followers_of, form FROM (
			SELECT o.seq, o.activity_id, f.inbox, o.signer_id, o.followers_of, o.form
			FROM follower_inbox f JOIN outbound o ON o.followers_of = f.group_id
			WHERE f.host = $1 AND o.followers_of <> 0 AND o.seq <= CAST($3 AS BIGINT)
				AND o.seq > CASE WHEN f.since_seq > CAST($2 AS BIGINT) THEN f.since_seq ELSE CAST($2 AS BIGINT) END
			UNION ALL
			SELECT o.seq, o.activity_id, o.inbox, o.signer_id, o.followers_of, o.form
			FROM outbound o WHERE o.host = $1 AND o.host <> '' AND o.seq > $2 AND o.seq <= $3
		) AS due ORDER BY seq, inbox LIMIT $4`, host, after, upTo, n)
}

// IsStillDue asks again, just before sending, whether what DueTo listed is due:
// the last follower behind the inbox may have left since.
func (t *Tx) IsStillDue(ctx context.Context, host string, d Due) (bool, error) {
	if d.Group == 0 {
		return true, nil
	}
	n, err := one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM follower_inbox
		WHERE group_id = $1 AND host = $2 AND inbox = $3 AND since_seq < $4`, d.Group, host, d.Inbox, d.Seq)
	return n > 0, err
}

// OwedAfter lists the audiences that were written to after a number, so that
// the lanes they concern can be woken.
func (t *Tx) OwedAfter(ctx context.Context, after int64, n int) ([]Owed, error) {
	return collect(ctx, t, scanOwed, `
		SELECT seq, followers_of, host FROM outbound WHERE seq > $1 ORDER BY seq LIMIT $2`, after, n)
}

// Owed is one row of what is owed: to the followers of an actor, or to a host.
type Owed struct {
	Seq         int64
	FollowersOf actors.ID
	Host        string
}

func scanOwed(s scanner) (o Owed, err error) {
	err = s.Scan(&o.Seq, &o.FollowersOf, &o.Host)
	return o, err
}

// FollowerHosts lists the hosts with followers of an actor.
func (t *Tx) FollowerHosts(ctx context.Context, group actors.ID) ([]string, error) {
	return collect(ctx, t, scanValue[string],
		`SELECT DISTINCT host FROM follower_inbox WHERE group_id = $1`, group)
}

// HostsOwed lists the partners to whom anything is owed, for the start of the
// program.
func (t *Tx) HostsOwed(ctx context.Context) ([]string, error) {
	return collect(ctx, t, scanValue[string], `
		SELECT c.host FROM delivery_cursor c
		WHERE EXISTS (SELECT 1 FROM outbound o WHERE o.host = c.host AND o.host <> '' AND o.seq > c.position)
			OR EXISTS (SELECT 1 FROM follower_inbox f JOIN outbound o ON o.followers_of = f.group_id
				WHERE f.host = c.host AND o.followers_of <> 0
					AND o.seq > CASE WHEN f.since_seq > c.position THEN f.since_seq ELSE c.position END)
			OR c.dead_at <> 0
		ORDER BY c.host`)
}

// CountOwed says how many deliveries a partner is still owed, counting to a limit.
func (t *Tx) CountOwed(ctx context.Context, host string, after int64) (int, error) {
	due, err := t.DueTo(ctx, host, after, MostCounted)
	return len(due), err
}

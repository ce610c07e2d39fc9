package store

import (
	"context"
	"time"

	"moothall/actors"
)

// DeadLetter is a delivery that was given up, and why.
type DeadLetter struct {
	ID       actors.ID
	Host     string
	Inbox    actors.URI
	Activity actors.ID
	Status   int // HTTP status; zero when there was no answer
	Reason   string
	At       time.Time
}

func scanDeadLetter(s scanner) (d DeadLetter, err error) {
	err = s.Scan(&d.ID, &d.Host, &d.Inbox, &d.Activity, &d.Status, &d.Reason, timeOf{&d.At})
	return d, err
}

// AddDeadLetter notes a delivery that was given up (invariant I5).
func (t *Tx) AddDeadLetter(ctx context.Context, d DeadLetter) error {
	_, err := t.exec(ctx, `
		INSERT INTO dead_letter (id, host, inbox, activity_id, status, reason, at) VALUES (`+in(1, 7)+`)`,
		d.ID, d.Host, d.Inbox, d.Activity, d.Status, d.Reason, micros(d.At))
	return err
}

// DeadLetters lists deliveries to a partner that were given up, newest first;
// an empty host means all partners.
func (t *Tx) DeadLetters(ctx context.Context, host string, p Page) ([]DeadLetter, error) {
	const columns = `SELECT id, host, inbox, activity_id, status, reason, at FROM dead_letter `
	if host == "" {
		return collect(ctx, t, scanDeadLetter, columns+`ORDER BY id DESC LIMIT $1 OFFSET $2`, p.limit(), p.offset())
	}
	return collect(ctx, t, scanDeadLetter, columns+`WHERE host = $1 ORDER BY id DESC LIMIT $2 OFFSET $3`,
		host, p.limit(), p.offset())
}

// CountDeadLetters counts deliveries to a host that ended with a status since a time.
func (t *Tx) CountDeadLetters(ctx context.Context, inbox actors.URI, status int, since time.Time) (int, error) {
	return one(ctx, t, scanValue[int],
		`SELECT COUNT(*) FROM dead_letter WHERE inbox = $1 AND status = $2 AND at >= $3`, inbox, status, micros(since))
}

// FollowersBehind lists the remote followers who are reached by an inbox.
func (t *Tx) FollowersBehind(ctx context.Context, inbox actors.URI) ([]Member, error) {
	return collect(ctx, t, scanMember, `
		SELECT `+membershipColumns+`, `+communityActor+`
		FROM membership m JOIN actor a ON a.id = m.actor_id
		WHERE m.standing = 'joined' AND NOT a.local AND (a.inbox = $1 OR a.shared_inbox = $1)
		ORDER BY m.group_id, m.actor_id LIMIT $2`, inbox, 1000)
}

package store

import (
	"context"
	"time"

	"moothall/actors"
)

// AddSession stores a signed-in browser under the hash of its secret.
func (t *Tx) AddSession(ctx context.Context, s actors.Session, secretHash string) error {
	_, err := t.exec(ctx, `
		INSERT INTO session (id, secret, actor_id, agent, created_at, seen_at, proved_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		s.ID, secretHash, s.Actor, s.Agent, micros(s.Created), micros(s.Seen), micros(s.Proved), micros(s.Expires))
	return err
}

const sessionColumns = `s.id, s.actor_id, s.agent, s.created_at, s.seen_at, s.proved_at, s.expires_at`

func sessionFields(s *actors.Session) []any {
	return []any{&s.ID, &s.Actor, &s.Agent, timeOf{&s.Created}, timeOf{&s.Seen}, timeOf{&s.Proved}, timeOf{&s.Expires}}
}

// SessionPerson is a session with the account and actor it belongs to.
type SessionPerson struct {
	Session actors.Session
	Person
}

// SessionBySecret reads a live session by the hash of its secret: not expired,
// and of an account that is not disabled.
func (t *Tx) SessionBySecret(ctx context.Context, secretHash string, now time.Time) (SessionPerson, error) {
	return one(ctx, t, func(s scanner) (x SessionPerson, err error) {
		err = s.Scan(append(append(sessionFields(&x.Session), accountFields(&x.Account)...), actorFields(&x.Profile)...)...)
		return x, err
	}, `SELECT `+sessionColumns+`, `+accountColumns+`, `+communityActor+`
		FROM session s JOIN account ac ON ac.actor_id = s.actor_id JOIN actor a ON a.id = s.actor_id
		WHERE s.secret = $1 AND s.expires_at > $2 AND ac.disabled_at = 0`, secretHash, micros(now))
}

// TouchSession notes that a session was used and moves its end.
func (t *Tx) TouchSession(ctx context.Context, id actors.ID, seen, expires time.Time) error {
	return t.execOne(ctx, `UPDATE session SET seen_at = $2, expires_at = $3 WHERE id = $1`, id, micros(seen), micros(expires))
}

// ProveSession notes that the person has just given their password.
func (t *Tx) ProveSession(ctx context.Context, id actors.ID, at time.Time) error {
	return t.execOne(ctx, `UPDATE session SET proved_at = $2 WHERE id = $1`, id, micros(at))
}

// Sessions lists where a person is signed in.
func (t *Tx) Sessions(ctx context.Context, actor actors.ID, now time.Time) ([]actors.Session, error) {
	return collect(ctx, t, func(s scanner) (x actors.Session, err error) {
		err = s.Scan(sessionFields(&x)...)
		return x, err
	}, `SELECT `+sessionColumns+` FROM session s
		WHERE s.actor_id = $1 AND s.expires_at > $2 ORDER BY s.seen_at DESC LIMIT 100`, actor, micros(now))
}

// EndSession signs a person's browser out.
func (t *Tx) EndSession(ctx context.Context, actor, id actors.ID) error {
	return t.execOne(ctx, `DELETE FROM session WHERE id = $1 AND actor_id = $2`, id, actor)
}

// EndSessions signs a person out everywhere but in one browser; zero for everywhere.
func (t *Tx) EndSessions(ctx context.Context, actor, but actors.ID) error {
	_, err := t.exec(ctx, `DELETE FROM session WHERE actor_id = $1 AND id <> $2`, actor, but)
	return err
}

// AddToken stores a bearer token under the hash of its secret.
func (t *Tx) AddToken(ctx context.Context, id, actor actors.ID, secretHash string, at time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO token (id, secret, actor_id, created_at) VALUES ($1, $2, $3, $4)`,
		id, secretHash, actor, micros(at))
	return err
}

// PersonByToken reads whose token this is.
func (t *Tx) PersonByToken(ctx context.Context, secretHash string) (Person, error) {
	return one(ctx, t, func(s scanner) (x Person, err error) {
		err = s.Scan(append(accountFields(&x.Account), actorFields(&x.Profile)...)...)
		return x, err
	}, `SELECT `+accountColumns+`, `+communityActor+`
		FROM token k JOIN account ac ON ac.actor_id = k.actor_id JOIN actor a ON a.id = k.actor_id
		WHERE k.secret = $1 AND ac.disabled_at = 0`, secretHash)
}

package store

import (
	"context"
	"errors"
	"time"
)

// Throttle is a count of failures under one name, such as an account or an
// address that tried to sign in.
type Throttle struct {
	Failures int
	Until    time.Time // no further try is heard before
	Last     time.Time
}

// Throttle reads a count of failures; zero when there was none.
func (t *Tx) Throttle(ctx context.Context, name string) (Throttle, error) {
	th, err := one(ctx, t, func(s scanner) (x Throttle, err error) {
		err = s.Scan(&x.Failures, timeOf{&x.Until}, timeOf{&x.Last})
		return x, err
	}, `SELECT failures, until_at, last_at FROM throttle WHERE name = $1`, name)
	if errors.Is(err, ErrNotFound) {
		return Throttle{}, nil
	}
	return th, err
}

// SetThrottle writes a count of failures.
func (t *Tx) SetThrottle(ctx context.Context, name string, th Throttle) error {
	_, err := t.exec(ctx, `
		INSERT INTO throttle (name, failures, until_at, last_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO UPDATE SET failures = excluded.failures, until_at = excluded.until_at,
			last_at = excluded.last_at`, name, th.Failures, micros(th.Until), micros(th.Last))
	return err
}

// PruneAccess forgets sessions, invitations and throttles that ended before a time.
func (t *Tx) PruneAccess(ctx context.Context, before time.Time) error {
	for _, text := range []string{
		`DELETE FROM session WHERE expires_at < $1`,
		`DELETE FROM throttle WHERE last_at < $1`,
		`DELETE FROM invitation WHERE expires_at < $1`,
	} {
		if _, err := t.exec(ctx, text, micros(before)); err != nil {
			return err
		}
	}
	return nil
}

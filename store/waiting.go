package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"moothall/actors"
)

// NextWaiting says when the next waiting activity is to be tried; zero for never.
func (t *Tx) NextWaiting(ctx context.Context) (time.Time, error) {
	at, err := one(ctx, t, scanValue[int64],
		`SELECT COALESCE(MIN(next_try_at), 0) FROM activity WHERE state = 'waiting'`)
	return fromMicros(at), err
}

// WakeWaiting lets activities that wait for this reason be tried at once. It
// says whether there were any.
func (t *Tx) WakeWaiting(ctx context.Context, reason string) (bool, error) {
	n, err := t.exec(ctx, `UPDATE activity SET next_try_at = 1 WHERE state = 'waiting' AND reason = $1`, reason)
	return n > 0, err
}

// WaitingDomains lists at most n domains that have an activity whose time to be tried
// has come. Domains take turns: the list begins behind the one that had the last turn
// and goes round. It costs one step of an index for each domain that has something
// waiting, however much that is.
func (t *Tx) WaitingDomains(ctx context.Context, now time.Time, last string, n int) ([]string, error) {
	next, err := t.NextWaiting(ctx)
	if err != nil || next.IsZero() || next.After(now) {
		return nil, err
	}
	due, err := t.waitingFrom(ctx, now, `>`, last, n)
	if err != nil || len(due) == n {
		return due, err
	}
	first, err := t.waitingFrom(ctx, now, `>=`, "", n-len(due))
	for _, d := range first {
		if d > last {
			break
		}
		due = append(due, d)
	}
	return due, err
}

// waitingFrom lists, in the order of their names, domains from one on that have
// something due.
func (t *Tx) waitingFrom(ctx context.Context, now time.Time, from, domain string, n int) (due []string, err error) {
	for len(due) < n {
		head, err := one(ctx, t, scanHead, `
			SELECT a.domain, a.next_try_at FROM activity a
			WHERE a.state = 'waiting' AND a.domain `+from+` $1
			ORDER BY a.domain, a.next_try_at LIMIT 1`, domain)
		if errors.Is(err, ErrNotFound) {
			return due, nil
		}
		if err != nil {
			return nil, err
		}
		if !head.next.After(now) {
			due = append(due, head.domain)
		}
		from, domain = `>`, head.domain
	}
	return due, nil
}

// waitingHead is the first of what waits from one domain.
type waitingHead struct {
	domain string
	next   time.Time
}

func scanHead(s scanner) (h waitingHead, err error) {
	err = s.Scan(&h.domain, timeOf{&h.next})
	return h, err
}

// ClaimWaiting takes at most so many activities from each of these domains whose time
// to be tried has come, and puts them off until a time, so that no other process takes
// them too. Of one domain those come first that are due the longest, and of those that
// were woken the oldest; the domains alternate.
func (t *Tx) ClaimWaiting(ctx context.Context, domains []string, now, until time.Time, each int) ([]actors.Activity, error) {
	var rounds [][]actors.Activity
	for _, domain := range domains {
		due, err := collect(ctx, t, scanActivity, `
			SELECT `+activityColumns+` FROM activity a
			WHERE a.state = 'waiting' AND a.domain = $1 AND a.next_try_at <= $2
			ORDER BY a.next_try_at, a.id LIMIT $3`+t.dialect.skipLocked, domain, micros(now), each)
		if err != nil {
			return nil, err
		}
		for i, a := range due {
			if i == len(rounds) {
				rounds = append(rounds, nil)
			}
			rounds[i] = append(rounds[i], a)
			if _, err := t.exec(ctx, `UPDATE activity SET next_try_at = $2 WHERE id = $1`, a.ID, micros(until)); err != nil {
				return nil, err
			}
		}
	}
	return slices.Concat(rounds...), nil
}

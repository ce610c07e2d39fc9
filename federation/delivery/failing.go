package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/store"
)

const (
	minWait    = time.Second
	maxWait    = 24 * time.Hour
	stuckTries = 10
	stuckAfter = 48 * time.Hour // protocol.md 10.1: one item must not block for ever
)

func isFailing(c store.Cursor) bool {
	return c.Failures > 0 || !c.Dead.IsZero() || !c.NextTry.IsZero()
}

// recovered says that the partner answers. What it refused last may be kept.
func (r *round) recovered(lastError string) {
	c := &r.cursor
	c.Failures, c.FailingSince, c.NextTry, c.LastError = 0, time.Time{}, time.Time{}, lastError
}

// fail notes that the partner could not take a delivery. It is over when it is
// given up so that others can pass.
func (r *round) fail(ctx context.Context, item store.Due, p reply) (over bool, err error) {
	c, now := &r.cursor, r.d.Now()
	c.Failures++
	c.LastError = p.reason
	if c.FailingSince.IsZero() {
		c.FailingSince = now
	}
	r.changed++
	r.setback(item, p)
	if now.Sub(c.FailingSince) >= actors.DeadAfter {
		r.die(ctx)
		return false, nil
	}
	if p.fault && r.isStuck(now) && r.probe() == nil {
		return r.skip(ctx, item, p)
	}
	c.NextTry = now.Add(r.d.wait(c.Failures, p.wait))
	r.d.Log.DebugContext(ctx, "delivery: partner fails", "host", r.host, "failures", c.Failures, "reason", p.reason)
	return false, nil
}

// wait is what the partner asks for, or a little more or less than Backoff, so
// that those who failed together do not come back together.
func (d *Delivery) wait(failures int, asked time.Duration) time.Duration {
	if asked == 0 {
		asked = time.Duration(float64(actors.Backoff(failures)) * (0.75 + d.Jitter()/2))
	}
	return min(max(asked, minWait), maxWait)
}

func (r *round) isStuck(now time.Time) bool {
	return r.cursor.Failures >= stuckTries && now.Sub(r.cursor.FailingSince) >= stuckAfter
}

// skip gives up one delivery that a living partner fails at, and starts to
// count anew. A partner that fails at everything is dead like one that is silent.
func (r *round) skip(ctx context.Context, item store.Due, p reply) (over bool, err error) {
	var last time.Time
	err = r.d.DB.Read(ctx, func(tx *store.Tx) error {
		i, err := tx.Instance(ctx, r.host)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		last = i.LastSuccess
		if last.IsZero() {
			last = i.FirstSeen
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("read instance %s: %w", r.host, err)
	}
	if !last.IsZero() && r.d.Now().Sub(last) >= actors.DeadAfter {
		r.die(ctx)
		return false, nil
	}
	p.reason += ", again and again, while the host lives"
	r.recovered(p.reason)
	r.drop(item, p)
	return true, nil
}

// die stops payloads to a partner (protocol.md 10.3). Its followers are kept.
func (r *round) die(ctx context.Context) {
	now := r.d.Now()
	r.cursor.Dead, r.cursor.NextTry = now, now.Add(actors.ProbeEvery)
	r.d.Log.WarnContext(ctx, "delivery: partner is silent, sending stops",
		"host", r.host, "since", r.cursor.FailingSince, "reason", r.cursor.LastError)
}

// probe asks whether the host lives. Unlike a delivery it may be broken off.
func (r *round) probe() error {
	r.slot.begin()
	defer r.slot.done()
	return r.d.Probe(r.quit, r.host)
}

// revive asks a dead partner whether it lives. One that does is sent what is
// new from here on; what it missed it can read itself, and how much that was is
// noted (invariant I5).
func (r *round) revive(ctx context.Context) (turn, error) {
	c := &r.cursor
	err := r.probe()
	if r.quit.Err() != nil {
		return turn{more: true, slow: true}, nil
	}
	r.changed++
	if r.asked != nil {
		r.asked.Site = reasonOf(err)
	}
	if err != nil {
		c.NextTry = r.d.Now().Add(actors.ProbeEvery)
		return turn{moved: true, next: c.NextTry, slow: true}, nil
	}
	var newest int64
	var missed int
	err = r.d.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if missed, err = tx.CountOwed(ctx, r.host, c.Position); err != nil {
			return err
		}
		newest, err = tx.LastOutbound(ctx)
		return err
	})
	if err != nil {
		return turn{}, fmt.Errorf("count what %s missed: %w", r.host, err)
	}
	if missed > 0 {
		r.drop(store.Due{}, reply{reason: fmt.Sprintf("silent since %s, %d deliveries not made (rows %d to %d)",
			c.FailingSince.Format(time.DateOnly), missed, c.Position+1, newest)})
	}
	r.d.Log.InfoContext(ctx, "delivery: partner lives again", "host", r.host, "missed", missed)
	r.recovered("")
	c.Dead, c.Position, c.Part = time.Time{}, newest, 0
	return turn{moved: true, more: true}, nil
}

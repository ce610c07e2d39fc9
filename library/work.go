package library

import (
	"context"
	"sync"
	"time"

	"moothall/store"
)

// onces makes the channels of a Library at its first use.
type onces struct{ made sync.Once }

func (l *Library) make() {
	l.once.made.Do(func() {
		l.wake = make(chan struct{}, 1)
		l.slots = make(chan struct{}, fetchAtOnce)
		l.unread = make(chan unread, unreadAtOnce)
		l.looks = make(chan struct{}, looksAtOnce)
	})
}

// Wake says that a file waits to be read.
func (l *Library) Wake() {
	l.make()
	select {
	case l.wake <- struct{}{}:
	default: // woken already
	}
}

// Run works until ctx ends.
func (l *Library) Run(ctx context.Context) error {
	l.make()
	for {
		moved, next, err := l.Step(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			l.Log.ErrorContext(ctx, "library worker", "err", err)
		} else if moved {
			continue
		}
		wait := pollInterval
		if d := next.Sub(l.Now()); !next.IsZero() && d < wait {
			wait = max(d, 10*time.Millisecond)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-l.wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Step does one thing that is due, if there is one, and says when there will be
// another; zero for when somebody sends a file.
func (l *Library) Step(ctx context.Context) (moved bool, next time.Time, err error) {
	l.make()
	if moved, err = l.readNext(ctx); moved || err != nil {
		return moved, next, err
	}
	if moved, err = l.readFetched(ctx); moved || err != nil {
		return moved, next, err
	}
	if moved, err = l.purgeNext(ctx); moved || err != nil {
		return moved, next, err
	}
	confirmed, later, err := l.confirmNext(ctx)
	if confirmed || err != nil {
		return confirmed, next, err
	}
	if now := l.Now(); l.Upkeep != nil && !now.Before(l.kept.Add(upkeepEvery)) {
		if moved, err = l.Upkeep(ctx); moved || err != nil {
			return moved, next, err
		}
		l.kept = now
	}
	if err := l.sweepOnce(ctx); err != nil {
		return false, next, err
	}
	err = l.DB.Read(ctx, func(tx *store.Tx) error {
		next, err = tx.NextUpload(ctx)
		return err
	})
	if next.IsZero() || !later.IsZero() && later.Before(next) {
		next = later
	}
	return false, next, err
}

const upkeepEvery = time.Minute

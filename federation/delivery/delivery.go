package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/remote"
	"moothall/federation/sign"
	"moothall/store"
)

const (
	defaultLanes = 64
	pollEvery    = 5 * time.Second // other processes write to the log, and cannot call Wake
	restFor      = 20              // times as long as reading the log took
	mostRest     = time.Second
	troubleWait  = 5 * time.Second // after an error of our own, such as a full disk
)

// Delivery sends what the log owes. Set the fields before the first call. Only
// Reread, Gone, Jitter, Process, Lanes and Log may stay zero.
type Delivery struct {
	DB *store.DB
	// Post sends an activity; sync is which followers the receiver has, as a header
	// says it, or empty.
	Post   func(ctx context.Context, inbox actors.URI, body []byte, s sign.Signer, sync string) (remote.Response, error)
	Keys   *actions.Keyring
	Decide func(host string, p actors.Purpose) actors.Decision
	IDs    *actors.IDs
	Now    func() time.Time
	// Probe says whether a host lives, by reading its NodeInfo.
	Probe func(ctx context.Context, host string) error
	// Reread reads again an actor of a host: one who is reached by an inbox, or any
	// when that is empty. It says which; nobody when none is known.
	Reread func(ctx context.Context, host string, inbox actors.URI) (actors.URI, error)
	// Gone reads an actor again and says whether its origin has deleted it.
	// Without it nobody is taken for gone.
	Gone func(ctx context.Context, actor actors.URI) (bool, error)

	Jitter  func() float64 // in [0, 1)
	Process string         // name of this process in leases; empty where only one serves the database
	Lanes   int            // partners served at once; 0 is 64
	Log     *slog.Logger

	once    sync.Once
	woken   chan struct{}
	stale   atomic.Bool // the log may have grown since it was last read
	board   *board
	letters *letters
	marks   *marks
	watch   watch
}

func (d *Delivery) init() {
	d.once.Do(func() {
		if d.Lanes <= 0 {
			d.Lanes = defaultLanes
		}
		if d.Jitter == nil {
			d.Jitter = rand.Float64
		}
		if d.Log == nil {
			d.Log = slog.New(slog.DiscardHandler)
		}
		d.woken = make(chan struct{}, 1)
		d.board = newBoard(d.Lanes, d.nudge)
		d.letters = newLetters()
		d.marks = newMarks()
	})
}

// Wake says that the log may owe something new. It never waits, and many calls
// cost as much as one.
func (d *Delivery) Wake() {
	d.init()
	d.stale.Store(true)
	d.nudge()
}

func (d *Delivery) nudge() {
	select {
	case d.woken <- struct{}{}:
	default:
	}
}

// Step does all that is due now, one partner after the other in the order of
// their names, and returns. moved says whether it did anything, next when
// there will be something to do without anyone writing to the log; zero for
// never. It is not to be mixed with Run.
func (d *Delivery) Step(ctx context.Context) (moved bool, next time.Time, err error) {
	d.init()
	if err := d.readLog(ctx); err != nil {
		return false, time.Time{}, err
	}
	for {
		l := d.board.first(d.Now())
		if l == nil {
			return moved, d.board.nextTime(), nil
		}
		t, err := d.serve(ctx, l, nil)
		if err != nil {
			d.board.finish(l, turn{next: d.Now(), slow: true})
			return moved, time.Time{}, err
		}
		moved = moved || t.moved
		d.board.finish(l, t)
		if ctx.Err() != nil {
			return moved, time.Time{}, ctx.Err()
		}
	}
}

// Run delivers until ctx ends. Then it starts nothing, finishes the requests
// under way, saves how far each partner came, and returns nil. An error means
// that the database could not be read at the start.
func (d *Delivery) Run(ctx context.Context) error {
	d.init()
	if err := d.readLog(ctx); err != nil {
		return err
	}
	var running sync.WaitGroup
	defer running.Wait()
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		if d.isTimeToRead() {
			d.refresh(ctx)
		}
		for _, l := range d.board.take(d.Now()) {
			running.Go(func() { d.work(ctx, l) })
		}
		if !d.sleep(ctx, poll.C) {
			return nil
		}
	}
}

// isTimeToRead says whether the log may have grown, and was not read just now.
func (d *Delivery) isTimeToRead() bool {
	return d.stale.Load() && !d.Now().Before(d.watch.rest)
}

// refresh is readLog for Run, which outlives a database that fails for a while.
//
// Finding out whom a post concerns takes as long as there are partners. So it
// rests for a multiple of the time it took: however many follow, a stream of
// posts spends only a small part of the processor on it (invariant I6), and a
// post that comes alone is read at once.
func (d *Delivery) refresh(ctx context.Context) {
	d.stale.Store(false)
	began := d.Now()
	defer func() {
		now := d.Now()
		d.watch.rest = now.Add(min(restFor*now.Sub(began), mostRest))
	}()
	if err := d.readLog(ctx); err != nil && ctx.Err() == nil {
		d.stale.Store(true) // at the next poll
		d.Log.ErrorContext(ctx, "delivery: log not read", "err", err)
	}
}

// nextTime is when a lane is to be served or the log to be read; zero for never.
func (d *Delivery) nextTime() time.Time {
	next := d.board.nextTime()
	if d.stale.Load() && (next.IsZero() || d.watch.rest.Before(next)) {
		return d.watch.rest
	}
	return next
}

// sleep waits for something to do. It is false when ctx has ended.
func (d *Delivery) sleep(ctx context.Context, poll <-chan time.Time) bool {
	var due <-chan time.Time
	if next := d.nextTime(); !next.IsZero() {
		timer := time.NewTimer(next.Sub(d.Now()))
		defer timer.Stop()
		due = timer.C
	}
	select {
	case <-ctx.Done():
	case <-d.woken:
	case <-due:
	case <-poll:
		d.stale.Store(true)
	}
	return ctx.Err() == nil
}

// work serves a lane for a turn, whatever happens in it.
func (d *Delivery) work(ctx context.Context, l *lane) {
	s := d.board.slot(l)
	t, err := d.guarded(ctx, l, s)
	if err != nil {
		d.Log.ErrorContext(ctx, "delivery: lane stopped", "host", l.host, "err", err)
		t = turn{next: d.Now().Add(troubleWait), slow: true}
	}
	s.end()
	d.board.finish(l, t)
}

var errPanic = errors.New("panic")

func (d *Delivery) guarded(ctx context.Context, l *lane, s *slot) (t turn, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("serve %s: %w: %v", l.host, errPanic, p)
		}
	}()
	return d.serve(ctx, l, s)
}

package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/store"
)

const (
	// Horizon is how long the log owes an activity to a partner that cannot be
	// reached (design.md section 4).
	Horizon = 30 * 24 * time.Hour

	policyEvery   = time.Second / 2 // a change reaches every process within a second
	refusalsEvery = 10 * time.Second
	indexEvery    = time.Second // something new is found within some seconds
	sweepEvery    = 24 * time.Hour
	keepAccess    = 30 * 24 * time.Hour // ended sessions, invitations and throttles
)

// Run does the work that nobody waits for, until ctx ends. Then it finishes
// what is under way and returns nil. An error means that the work cannot go on.
func (n *Node) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	workers := n.workers()
	ended := make(chan error, len(workers))
	for name, work := range workers {
		go func() {
			err := work(ctx)
			switch {
			case err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled):
				err = nil // told to stop while it was reading
			case err != nil:
				err = fmt.Errorf("%s: %w", name, err)
			}
			stop()
			ended <- err
		}()
	}
	var err error
	for range workers {
		err = errors.Join(err, <-ended)
	}
	if e := n.inbox.FlushRefusals(context.WithoutCancel(ctx)); e != nil {
		err = errors.Join(err, fmt.Errorf("write down refusals: %w", e))
	}
	return err
}

func (n *Node) workers() map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"inbox":    n.inbox.Run,
		"delivery": n.delivery.Run,
		"library":  n.Library.Run,
		"texts":    n.Library.RunTexts,
		"policy":   n.watchPolicy,
		"sweeper":  n.keepSweeping,
		"search":   n.keepIndexing,
	}
}

// watchPolicy reads the rules again and again: on PostgreSQL, and from the
// command line, other processes change them.
func (n *Node) watchPolicy(ctx context.Context) error {
	return every(ctx, policyEvery, func() {
		if err := n.policy.reload(ctx); err != nil && ctx.Err() == nil {
			n.Log.ErrorContext(ctx, "policy not read", "err", err)
		}
	})
}

func (n *Node) keepSweeping(ctx context.Context) error {
	return every(ctx, refusalsEvery, func() {
		err := errors.Join(n.inbox.FlushRefusals(ctx), n.sweepOnce(ctx))
		if err != nil && ctx.Err() == nil {
			n.Log.ErrorContext(ctx, "not swept", "err", err)
		}
	})
}

// keepIndexing writes the words that things are found by.
func (n *Node) keepIndexing(ctx context.Context) error {
	return every(ctx, indexEvery, func() {
		if err := n.index(ctx); err != nil && ctx.Err() == nil {
			n.Log.ErrorContext(ctx, "not indexed for search", "err", err)
		}
	})
}

// index writes what waits. What comes in meanwhile waits for the next time: round
// upon round of a few posts costs much more than one of many.
func (n *Node) index(ctx context.Context) error {
	for more := true; more && ctx.Err() == nil; {
		var err error
		if _, more, err = n.DB.IndexDue(ctx); err != nil {
			return err
		}
	}
	return nil
}

func every(ctx context.Context, d time.Duration, f func()) error {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		f()
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// sweep is what is done once a day.
type sweep struct{ next time.Time }

// sweepOnce forgets what has passed its horizon, if a day has gone by since the
// last time.
func (n *Node) sweepOnce(ctx context.Context) error {
	now := n.now()
	if now.Before(n.sweep.next) {
		return nil
	}
	err := n.DB.Write(ctx, func(tx *store.Tx) error {
		if err := tx.PruneOutbound(ctx, now.Add(-Horizon)); err != nil {
			return err
		}
		return tx.PruneAccess(ctx, now.Add(-keepAccess))
	})
	if err != nil {
		return fmt.Errorf("forget what is past: %w", err)
	}
	n.sweep.next = now.Add(sweepEvery)
	return nil
}

// Step does all that is due now and returns, for those who hold the clock.
// moved says whether it did anything that may concern others, next when there
// will be something to do; zero for never. It is not to be mixed with Run.
func (n *Node) Step(ctx context.Context) (moved bool, next time.Time, err error) {
	if err := n.policy.reload(ctx); err != nil {
		return false, next, err
	}
	if err := n.sweepOnce(ctx); err != nil {
		return false, next, err
	}
	kept, next, err := n.Library.Step(ctx)
	if err != nil {
		return kept, next, fmt.Errorf("library: %w", err)
	}
	told, later, err := n.Library.StepText(ctx)
	if err != nil {
		return kept, next, fmt.Errorf("texts: %w", err)
	}
	kept, next = kept || told, earlier(next, later)
	took, later, err := n.inbox.Step(ctx)
	took, next = took || kept, earlier(next, later)
	if err != nil {
		return took, next, fmt.Errorf("inbox: %w", err)
	}
	sent, later, err := n.delivery.Step(ctx)
	if err != nil {
		return took || sent, next, fmt.Errorf("delivery: %w", err)
	}
	if err := n.index(ctx); err != nil {
		return took || sent, next, fmt.Errorf("index: %w", err)
	}
	if err := n.inbox.FlushRefusals(ctx); err != nil {
		return took || sent, next, fmt.Errorf("write down refusals: %w", err)
	}
	return took || sent, earlier(next, later), nil
}

// earlier of two times, of which zero is never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// FlushRefusals writes down at once what was turned away at the door.
func (n *Node) FlushRefusals(ctx context.Context) error { return n.inbox.FlushRefusals(ctx) }

package node

import (
	"context"
	"fmt"
	"sync"
	"time"

	"moothall/store"
)

const (
	// Horizon is how long the log owes an activity to a partner that cannot be
	// reached (design.md section 4).
	Horizon = 30 * 24 * time.Hour

	policyEvery = time.Second / 2 // a change reaches every process within a second
	sweepEvery  = 24 * time.Hour
	keepAccess  = 30 * 24 * time.Hour // ended sessions, invitations and throttles
)

// Run does the work that nobody waits for, until ctx ends. Then it finishes
// what is under way and returns nil. An error means that the work cannot go on.
func (n *Node) Run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var running sync.WaitGroup
	for name, work := range n.workers() {
		running.Go(func() {
			if err := work(ctx); err != nil {
				stop(fmt.Errorf("%s: %w", name, err))
			}
		})
	}
	running.Wait()
	if err := context.Cause(ctx); err != nil && ctx.Err() != err {
		return err
	}
	return nil
}

func (n *Node) workers() map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"policy":  n.watchPolicy,
		"sweeper": n.keepSweeping,
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
	return every(ctx, time.Minute, func() {
		if err := n.sweepOnce(ctx); err != nil && ctx.Err() == nil {
			n.Log.ErrorContext(ctx, "not swept", "err", err)
		}
	})
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
		return moved, next, err
	}
	return moved, next, nil
}

package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/remote"
	"moothall/store"
)

const (
	fetchBudget  = 20             // requests for one activity (security.md B0)
	fetchRounds  = 40             // steps of "this is needed too" before an activity is given up
	giveUpAfter  = 24 * time.Hour // how long an activity waits for what it needs
	claimFor     = 2 * time.Minute
	claimDomains = 20              // that have a turn in one claim
	claimEach    = 4               // activities of one domain in one turn
	claimsAStep  = 10              // then it is the turn of what else there is to do
	pollInterval = 5 * time.Second // other processes record activities too
)

// patience is how long to wait before the next attempt.
func patience(attempts int) time.Duration {
	return min(time.Second<<min(attempts, 12), time.Hour)
}

// Run works until ctx ends.
func (in *Inbox) Run(ctx context.Context) error {
	for {
		moved, next, err := in.Step(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if moved && err == nil {
			continue // there may be more: new servers are met a few at a time
		}
		if err != nil {
			in.Log.ErrorContext(ctx, "inbox worker", "err", err)
		}
		wait := pollInterval
		if d := next.Sub(in.Now()); !next.IsZero() && d < wait {
			wait = max(d, 10*time.Millisecond)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-in.wake.c():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Step does all that is due now: waiting activities and steps of history jobs.
// It says whether anything happened, and when there is something to do next.
func (in *Inbox) Step(ctx context.Context) (moved bool, next time.Time, err error) {
	worked, err := in.workOff(ctx)
	if err != nil {
		return worked, next, err
	}
	fetched, err := in.stepHistory(ctx)
	if err != nil {
		return worked || fetched, next, err
	}
	talked, err := in.stepThreads(ctx)
	fetched = fetched || talked
	if err != nil {
		return worked || fetched, next, err
	}
	met, err := in.meet(ctx)
	if err != nil {
		return worked || fetched || met, next, err
	}
	agreed, err := in.agree(ctx)
	if err != nil {
		return worked || fetched || met || agreed, next, err
	}
	next, err = in.nextDue(ctx)
	return worked || fetched || met || agreed, next, err
}

func (in *Inbox) nextDue(ctx context.Context) (next time.Time, err error) {
	err = in.DB.Read(ctx, func(tx *store.Tx) error {
		waiting, err := tx.NextWaiting(ctx)
		if err != nil {
			return err
		}
		history, err := tx.NextHistoryJob(ctx)
		if err != nil {
			return err
		}
		thread, err := tx.NextThreadJob(ctx)
		next = sooner(sooner(waiting, history), sooner(thread, in.compared.next()))
		return err
	})
	return next, err
}

// sooner of two times, of which zero is never.
func sooner(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

func (in *Inbox) workOff(ctx context.Context) (moved bool, err error) {
	for range claimsAStep {
		due, err := in.takeTurns(ctx)
		if err != nil || len(due) == 0 || ctx.Err() != nil {
			return moved, err
		}
		moved = true
		for _, line := range due {
			if err := in.finish(ctx, line); err != nil {
				return moved, err
			}
		}
	}
	return moved, nil
}

// takeTurns claims waiting activities, a few of each domain whose turn it is: whoever sends
// much that has to be fetched waits for that, and others do not (security.md S106).
func (in *Inbox) takeTurns(ctx context.Context) (due []actors.Activity, err error) {
	var domains []string
	err = in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		domains, err = tx.WaitingDomains(ctx, in.Now(), in.turn, claimDomains)
		return err
	})
	if err != nil || len(domains) == 0 {
		return nil, err
	}
	in.turn = domains[len(domains)-1]
	err = in.DB.Write(ctx, func(tx *store.Tx) (err error) {
		due, err = tx.ClaimWaiting(ctx, domains, in.Now(), in.Now().Add(claimFor), claimEach)
		return err
	})
	return due, err
}

// finish brings one waiting activity to its end, or puts it off.
func (in *Inbox) finish(ctx context.Context, line actors.Activity) error {
	act, err := ap.ParseActivity(line.Body)
	if err != nil {
		line.State, line.Reason = actors.Rejected, "document: "+err.Error()
		return in.settle(ctx, line)
	}
	client := in.Remote.Limited(fetchBudget)
	docs := newDocuments()
	for range fetchRounds {
		done, err := in.round(ctx, act, &line, docs)
		if err != nil {
			return in.putOff(ctx, line, err)
		}
		if done {
			in.Log.InfoContext(ctx, "activity", "activity", line, "state", line.State, "reason", line.Reason)
			return nil
		}
		err = in.patiently(docs.missing.uri.Host(), func() error { return in.fetch(ctx, client, docs.missing, docs) })
		if err != nil {
			return in.putOff(ctx, line, fmt.Errorf("fetch %s: %w", docs.missing.uri, err))
		}
	}
	return in.putOff(ctx, line, remote.ErrBudget)
}

// round tries to apply an activity with what has been fetched. It is done unless
// something more is needed.
func (in *Inbox) round(ctx context.Context, act ap.Activity, line *actors.Activity, docs *documents) (done bool, err error) {
	before := *line
	err = in.DB.Write(ctx, func(tx *store.Tx) error {
		docs.missing, *line = nil, before // a write may be carried out twice
		if err := in.attempt(ctx, tx, act, line, docs); err != nil {
			return err
		}
		if docs.missing != nil {
			return nil
		}
		if line.State == actors.Waiting {
			return in.postpone(ctx, tx, line, line.Reason, line.NextTry)
		}
		return tx.Settle(ctx, *line)
	})
	return err == nil && docs.missing == nil, err
}

// putOff keeps an activity for another attempt, or refuses it for good when the
// failure is final.
func (in *Inbox) putOff(ctx context.Context, line actors.Activity, cause error) error {
	if ctx.Err() != nil {
		return nil // the claim runs out and it is tried again
	}
	if reason, final := isFinal(cause); final {
		line.State, line.Reason = actors.Rejected, reason
		return in.settle(ctx, line)
	}
	if !isRemote(cause) {
		in.Log.ErrorContext(ctx, "apply activity", "activity", line, "err", cause)
	}
	return in.DB.Write(ctx, func(tx *store.Tx) error {
		again := line // a write may be carried out twice
		return in.postpone(ctx, tx, &again, cause.Error(), in.Now().Add(patience(line.Attempts+1)))
	})
}

func isRemote(err error) bool {
	var e *remote.Error
	var hidden *unshown
	return errors.As(err, &e) || errors.As(err, &hidden)
}

func (in *Inbox) postpone(ctx context.Context, tx *store.Tx, line *actors.Activity, reason string, next time.Time) error {
	line.Attempts++
	queue(line, clip(reason, maxReason), next)
	if in.Now().Sub(line.At) > giveUpAfter {
		line.State, line.Reason = actors.Rejected, "gave_up: "+line.Reason
	}
	return tx.Settle(ctx, *line)
}

// queue notes on the line of an activity that it waits, among those of its domain.
func queue(line *actors.Activity, reason string, next time.Time) {
	line.State, line.Reason, line.NextTry = actors.Waiting, reason, next
	line.Domain = remote.Domain(line.Host)
}

func (in *Inbox) settle(ctx context.Context, line actors.Activity) error {
	return in.DB.Write(ctx, func(tx *store.Tx) error { return tx.Settle(ctx, line) })
}

package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/store"
)

const (
	saveAfter    = 16 // deliveries, which a crash would send again
	maxUnsaved   = 100
	successEvery = time.Minute
	leaseTime    = time.Minute
)

var errLeaseLost = errors.New("another process serves this partner")

// unsaved is what a round has done since it last saved.
type unsaved struct {
	changed    int // deliveries that were decided
	sent       int // requests that were answered or failed
	succeeded  time.Time
	arrived    int // in the whole turn
	letters    []store.DeadLetter
	setbacks   []store.Setback
	leaseUntil time.Time
}

// isFull says whether it is time to save.
func (u *unsaved) isFull() bool { return u.sent >= saveAfter || u.changed >= maxUnsaved }

// save writes how far the partner has been served and what was given up, in one
// transaction. The last save of a round gives the lease back. A round that lost
// its lease saves nothing: another process repeats what it did.
func (r *round) save(ctx context.Context, last bool) error {
	leased := !r.leaseUntil.IsZero()
	ends := last && r.asked != nil && r.quit.Err() == nil
	if r.changed == 0 && r.sent == 0 && len(r.letters) == 0 && !ends && !(leased && last) {
		return nil
	}
	now := r.d.Now()
	note := !r.succeeded.IsZero() && r.d.marks.due("success "+r.host, now, successEvery)
	err := r.d.DB.Write(ctx, func(tx *store.Tx) error {
		if leased {
			held, err := tx.Lease(ctx, r.host, r.d.Process, now, now.Add(leaseTime))
			if err != nil {
				return err
			}
			if !held {
				return errLeaseLost
			}
		}
		if ends {
			if err := tx.EndRecheck(ctx, r.outcome(now)); err != nil {
				return err
			}
		}
		return r.write(ctx, tx, note, leased && last)
	})
	if err != nil {
		return fmt.Errorf("save how far %s has been served: %w", r.host, err)
	}
	r.changed, r.sent, r.letters, r.setbacks, r.succeeded = 0, 0, nil, nil, time.Time{}
	return nil
}

func (r *round) write(ctx context.Context, tx *store.Tx, note, release bool) error {
	if r.changed > 0 || r.sent > 0 {
		if err := tx.SaveCursor(ctx, r.cursor); err != nil {
			return err
		}
	}
	for _, l := range r.letters {
		if err := tx.AddDeadLetter(ctx, l); err != nil {
			return err
		}
	}
	for _, s := range r.setbacks {
		if err := tx.AddSetback(ctx, s); err != nil {
			return err
		}
	}
	if note {
		if err := tx.InstanceSucceeded(ctx, r.host, r.succeeded); err != nil {
			return err
		}
	}
	if release {
		return tx.Release(ctx, r.host, r.d.Process)
	}
	return nil
}

// lease takes the lane for this process, where there are several. It is false
// while another one has it.
func (r *round) lease(ctx context.Context) (held bool, err error) {
	if r.d.Process == "" {
		return true, nil
	}
	now := r.d.Now()
	until := now.Add(leaseTime)
	err = r.d.DB.Write(ctx, func(tx *store.Tx) error {
		held, err = tx.Lease(ctx, r.host, r.d.Process, now, until)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("lease %s: %w", r.host, err)
	}
	if held {
		r.leaseUntil = until
	}
	return held, nil
}

// renew keeps the lease well beyond the request that is about to be made.
func (r *round) renew(ctx context.Context) error {
	if r.leaseUntil.IsZero() || r.leaseUntil.Sub(r.d.Now()) > leaseTime/2 {
		return nil
	}
	held, err := r.lease(ctx)
	if err == nil && !held {
		err = errLeaseLost
	}
	return err
}

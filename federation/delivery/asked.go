package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/remote"
	"moothall/store"
)

const askedAtOnce = 100 // partners whom somebody wants tried, looked up at a time

// readAsked finds the partners whom somebody wants tried at once. They are in
// the database, because whoever asks may be another process.
func (d *Delivery) readAsked(ctx context.Context) error {
	var hosts []string
	err := d.DB.Read(ctx, func(tx *store.Tx) (err error) {
		hosts, err = tx.OpenRechecks(ctx, askedAtOnce)
		return err
	})
	if err != nil {
		return fmt.Errorf("read who is to be tried at once: %w", err)
	}
	d.board.ask(hosts...)
	return nil
}

// readAsked finds out whether the turn is still asked for: another turn may
// have been it.
func (r *round) readAsked(ctx context.Context, tx *store.Tx) error {
	if r.asked == nil {
		return nil
	}
	asked, open, err := tx.OpenRecheck(ctx, r.host)
	r.asked = nil
	if open {
		r.asked = &asked
	}
	return err
}

// lookAgain asks the partner what it is and reads an actor of it again, where
// somebody asked for that. Neither keeps what is owed from being sent.
func (r *round) lookAgain(ctx context.Context) {
	if r.asked == nil {
		return
	}
	r.asked.Site = reasonOf(r.probe())
	if r.d.Reread == nil {
		return
	}
	r.slot.begin()
	defer r.slot.done()
	var inbox actors.URI
	if len(r.due) > 0 {
		inbox = r.due[0].Inbox
	}
	var err error
	r.asked.Account, err = r.d.Reread(r.quit, r.host, inbox)
	r.asked.AccountNo = reasonOf(err)
	if err != nil {
		r.d.Log.InfoContext(ctx, "delivery: actor not read again", "host", r.host, "err", err)
	}
}

// reasonOf is why something could not be read; empty for no error.
func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*remote.Error](err); ok && e.Code == remote.CodeStatus {
		return fmt.Sprintf("status %d", e.Status)
	}
	if r, ok := errors.AsType[*actions.Refusal](err); ok {
		return r.Code
	}
	return judgeError(err).reason
}

// outcome is what came of a turn that was asked for.
func (r *round) outcome(now time.Time) store.Recheck {
	done := *r.asked
	done.Ended, done.Sent, done.SendNo = now, r.arrived, r.cursor.LastError
	return done
}

// setback notes a delivery that is to be tried again.
func (r *round) setback(item store.Due, p reply) {
	r.setbacks = append(r.setbacks, store.Setback{
		Host: r.host, Activity: item.Activity, Status: p.status, Reason: p.reason, Last: r.d.Now(),
	})
}

package delivery

import (
	"context"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/store"
)

const owedBatch = 1000 // rows of the log read at a time

// watch is how far the log has been looked through for new audiences. Only the
// goroutine of Run or Step uses it.
type watch struct {
	started bool
	seen    int64
	rest    time.Time // before which Run does not look again
}

// readLog finds the partners to whom something is owed since it last looked.
func (d *Delivery) readLog(ctx context.Context) error {
	if !d.watch.started {
		if err := d.start(ctx); err != nil {
			return fmt.Errorf("find partners that are owed something: %w", err)
		}
		d.watch.started = true
	}
	for {
		more, err := d.readOwed(ctx)
		if err != nil {
			return fmt.Errorf("read what is owed: %w", err)
		}
		if !more {
			return d.readAsked(ctx)
		}
	}
}

// start picks up what was owed when the program ended.
func (d *Delivery) start(ctx context.Context) error {
	return d.DB.Read(ctx, func(tx *store.Tx) error {
		last, err := tx.LastOutbound(ctx)
		if err != nil {
			return err
		}
		hosts, err := tx.HostsOwed(ctx)
		if err != nil {
			return err
		}
		cursors, err := tx.Cursors(ctx)
		if err != nil {
			return err
		}
		failing := make(map[string]store.Cursor)
		for _, c := range cursors {
			if isFailing(c) {
				failing[c.Host] = c
			}
		}
		for _, h := range hosts {
			c, bad := failing[h]
			d.board.resume(h, c.NextTry, bad)
		}
		d.watch.seen = last
		return nil
	})
}

func (d *Delivery) readOwed(ctx context.Context) (more bool, err error) {
	err = d.DB.Read(ctx, func(tx *store.Tx) error {
		owed, err := tx.OwedAfter(ctx, d.watch.seen, owedBatch)
		if err != nil || len(owed) == 0 {
			return err
		}
		more = len(owed) == owedBatch
		if err := d.mark(ctx, tx, owed); err != nil {
			return err
		}
		d.watch.seen = owed[len(owed)-1].Seq
		return nil
	})
	return more, err
}

func (d *Delivery) mark(ctx context.Context, tx *store.Tx, owed []store.Owed) error {
	groups := make(map[actors.ID]bool)
	for _, o := range owed {
		if o.FollowersOf == 0 {
			d.board.due(o.Host)
			continue
		}
		if groups[o.FollowersOf] {
			continue
		}
		groups[o.FollowersOf] = true
		hosts, err := tx.FollowerHosts(ctx, o.FollowersOf)
		if err != nil {
			return err
		}
		d.board.due(hosts...)
	}
	return nil
}

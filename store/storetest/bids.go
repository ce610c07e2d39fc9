package storetest

import (
	"context"
	"testing"
	"time"

	"moothall/actors"
	"moothall/store"
)

func bidRows(t *testing.T, w *Town) {
	c := w.Community("bidders", actors.AudienceMembers)
	mail := actors.Bid{
		ID: w.ID(), Group: c.ID, By: 7, Email: "ann@kent.example", Most: 1, State: actors.BidPending, Created: At(1), Expires: At(100),
	}
	link := actors.Bid{ID: w.ID(), Group: c.ID, By: 7, Most: 3, State: actors.BidPending, Created: At(2), Expires: At(100)}
	named := actors.Bid{ID: w.ID(), Group: c.ID, By: 7, Actor: 4711, Most: 1, State: actors.BidPending, Created: At(3), Expires: At(20)}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for _, b := range []actors.Bid{mail, link, named} {
			if err := tx.AddBid(ctx, b); err != nil {
				return err
			}
		}
		twice := mail
		twice.ID = w.ID()
		isErr(t, "one address asked twice", tx.AddBid(ctx, twice), store.ErrConflict)
		if err := tx.SetBidSecret(ctx, link.ID, "secret of bid"); err != nil {
			return err
		}
		got, err := tx.BidBySecret(ctx, "secret of bid")
		same(t, "BidBySecret", err, link, got)
		_, err = tx.BidBySecret(ctx, "")
		isErr(t, "no secret", err, store.ErrNotFound)
		got, err = tx.BidByEmail(ctx, c.ID, mail.Email)
		same(t, "BidByEmail", err, mail, got)
		got, err = tx.BidFor(ctx, c.ID, 4711)
		same(t, "BidFor", err, named, got)
		list, err := tx.Bids(ctx, c.ID, store.Page{})
		same(t, "Bids", err, []actors.Bid{named, link, mail}, list)
		list, err = tx.UnansweredBids(ctx, c.ID, 10)
		same(t, "UnansweredBids", err, []actors.Bid{named, mail}, list)
		counts, over, err := tx.BidCounts(ctx, c.ID, At(50))
		same(t, "BidCounts", err, map[actors.BidState]int{actors.BidPending: 3}, counts)
		if over != 1 {
			t.Errorf("%d are over", over)
		}
		isErr(t, "one whose time is up", tx.TakeBid(ctx, named.ID, At(20)), store.ErrNotFound)
		return nil
	})
	won := atOnce(8, func(int) error {
		return w.DB.Write(context.Background(), func(tx *store.Tx) error { return tx.TakeBid(context.Background(), link.ID, At(50)) })
	}, store.ErrNotFound, t)
	if won != 3 {
		t.Errorf("a link for 3 was used %d times", won)
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AnswerBids(ctx, c.ID, 4711, actors.BidDeclined, At(60)); err != nil {
			return err
		}
		named.State, named.Answered = actors.BidDeclined, At(60)
		got, err := tx.Bid(ctx, named.ID)
		same(t, "a declined bid", err, named, got)
		mail.State, mail.Note, mail.Expires, mail.Answered = actors.BidBounced, "550 no such user", At(200), time.Time{}
		if err := tx.SaveBid(ctx, mail); err != nil {
			return err
		}
		got, err = tx.Bid(ctx, mail.ID)
		same(t, "a saved bid", err, mail, got)
		return nil
	})
}

package storetest

import (
	"context"
	"fmt"
	"testing"

	"moothall/actors"
	"moothall/store"
)

func partnerRows(t *testing.T, w *Town) {
	ann := w.Person("ann", "here.example")
	g := w.Community("roads", actors.AudiencePublic)
	far := w.Actor(actors.Person, "bob", "far.example")
	w.Stands(g.ID, far.ID, actors.Joined)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.MeetInstance(ctx, "met.example", At(1)); err != nil {
			return err
		}
		if err := tx.DescribeInstance(ctx, "met.example", "lemmy", "0.19.5", "Met"); err != nil {
			return err
		}
		if err := tx.SetRule(ctx, actors.Rule{Host: "ruled.example", Verdict: actors.Accept, Created: At(2)}); err != nil {
			return err
		}
		for range 2 {
			if err := tx.Serve(ctx, "served.example"); err != nil {
				return err
			}
		}
		return nil
	})
	w.Send(ann, store.Recipient{Host: "direct.example", Inbox: "https://direct.example/inbox"})
	w.Send(g.Actor, store.Recipient{FollowersOf: g.ID}, store.ToInbox(far))
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Partners(ctx)
		if err != nil {
			return err
		}
		var hosts []string
		for _, p := range list {
			hosts = append(hosts, p.Host)
			if p.Host == "met.example" && (p.Software != "lemmy" || p.Version != "0.19.5" || p.Name != "Met" || !p.FirstSeen.Equal(At(1)) || p.Cursor.Position != 0) {
				t.Errorf("met: %+v", p)
			}
		}
		same(t, "hosts", nil, "[direct.example far.example met.example ruled.example served.example]", fmt.Sprint(hosts))
		owed, err := tx.CountOwedTo(ctx, append(hosts, "unknown.example"))
		same(t, "owed", err, "map[direct.example:1 far.example:2]", fmt.Sprint(owed))
		none, err := tx.CountOwedTo(ctx, nil)
		same(t, "owed to nobody", err, 0, len(none))
		c, err := tx.Cursor(ctx, "far.example")
		if err != nil {
			return err
		}
		at, err := tx.OldestOwed(ctx, "far.example", c.Position)
		if err != nil || at.IsZero() {
			t.Errorf("oldest: %v %v", at, err)
		}
		at, err = tx.OldestOwed(ctx, "served.example", 0)
		if err != nil || !at.IsZero() {
			t.Errorf("oldest of nothing: %v %v", at, err)
		}
		who, err := tx.SomeoneAt(ctx, "far.example", far.Inbox)
		same(t, "behind an inbox", err, far.URI, who.URI)
		who, err = tx.SomeoneAt(ctx, "far.example", "https://far.example/elsewhere")
		same(t, "anybody", err, far.URI, who.URI)
		_, err = tx.SomeoneAt(ctx, "met.example", "")
		isErr(t, "nobody", err, store.ErrNotFound)
		return nil
	})
}

func setbackRows(t *testing.T, w *Town) {
	ann := w.Person("ann", "here.example")
	sent := w.Send(ann, store.Recipient{Host: "far.example", Inbox: "https://far.example/inbox"})
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for i := range 30 {
			if err := tx.AddSetback(ctx, store.Setback{Host: "far.example", Activity: w.ID(), Status: 500, Reason: "status 500", Last: At(i)}); err != nil {
				return err
			}
		}
		for i := range 3 {
			if err := tx.AddSetback(ctx, store.Setback{Host: "far.example", Activity: sent.ID, Reason: "timed_out", Last: At(100 + i)}); err != nil {
				return err
			}
		}
		if err := tx.AddSetback(ctx, store.Setback{Host: "other.example", Activity: sent.ID, Reason: "timed_out", Last: At(1)}); err != nil {
			return err
		}
		return tx.AddDeadLetter(ctx, store.DeadLetter{ID: w.ID(), Host: "far.example", Inbox: "https://far.example/inbox", Activity: sent.ID, Status: 410, Reason: "status 410", At: At(101)})
	})
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Setbacks(ctx, "far.example")
		if err != nil || len(list) != 20 {
			t.Fatalf("%d setbacks: %v", len(list), err)
		}
		first := store.Setback{Host: "far.example", Activity: sent.ID, Type: sent.Type, Reason: "timed_out", Times: 3, First: At(100), Last: At(102)}
		same(t, "newest", nil, first, list[0])
		given := store.Setback{Host: "far.example", Activity: sent.ID, Type: sent.Type, Status: 410, Reason: "status 410", Times: 1, First: At(101), Last: At(101), GivenUp: true}
		same(t, "given up", nil, given, list[1])
		same(t, "the next", nil, At(29), list[2].Last)
		n, err := tx.CountGivenUp(ctx, "far.example")
		same(t, "count", err, 1, n)
		rest, err := tx.Setbacks(ctx, "other.example")
		same(t, "of another", err, 1, len(rest))
		return nil
	})
}

func recheckRows(t *testing.T, w *Town) {
	ann := w.Person("ann", "here.example")
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if _, open, err := tx.OpenRecheck(ctx, "far.example"); err != nil || open {
			t.Errorf("before anybody asked: %v %v", open, err)
		}
		if err := tx.AskRecheck(ctx, "far.example", ann.ID, At(2)); err != nil {
			return err
		}
		if err := tx.AskRecheck(ctx, "first.example", 0, At(1)); err != nil {
			return err
		}
		hosts, err := tx.OpenRechecks(ctx, 10)
		same(t, "open", err, "[first.example far.example]", fmt.Sprint(hosts))
		r, open, err := tx.OpenRecheck(ctx, "far.example")
		same(t, "asked", err, store.Recheck{Host: "far.example", By: ann.ID, Asked: At(2)}, r)
		same(t, "open", nil, true, open)
		late := r
		r.Ended, r.Site, r.Account, r.AccountNo, r.Sent, r.SendNo = At(3), "a", "https://far.example/u/x", "b", 4, "c"
		if err := tx.EndRecheck(ctx, r); err != nil {
			return err
		}
		got, err := tx.Recheck(ctx, "far.example")
		same(t, "ended", err, r, got)
		if err := tx.AskRecheck(ctx, "far.example", ann.ID, At(5)); err != nil {
			return err
		}
		late.Ended = At(6)
		if err := tx.EndRecheck(ctx, late); err != nil {
			return err
		}
		_, open, err = tx.OpenRecheck(ctx, "far.example")
		same(t, "asked again since", err, true, open)
		return nil
	})
}

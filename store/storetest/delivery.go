package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/store"
)

// numbersFollowCommits watches the log while many write to it: a number that
// appears is never lower than one that was seen, so a cursor that has passed
// it has missed nothing (invariant I8).
func numbersFollowCommits(t *testing.T, w *Town) {
	const writers, each = 8, 25
	g := w.Community("busy", actors.AudiencePublic)
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				w.Send(g.Actor, store.Recipient{FollowersOf: g.ID}, store.Recipient{Host: "peer.example", Inbox: "https://peer.example/inbox"})
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	var seen []int64
	for finished := false; !finished; {
		select {
		case <-done:
			finished = true
		default:
		}
		w.Read(func(ctx context.Context, tx *store.Tx) error {
			after := int64(0)
			if len(seen) > 0 {
				after = seen[len(seen)-1]
			}
			list, err := tx.OwedAfter(ctx, after, 1000)
			for _, o := range list {
				seen = append(seen, o.Seq)
			}
			return err
		})
	}
	if len(seen) != 2*writers*each || !slices.IsSorted(seen) {
		t.Errorf("a reader that goes by the highest number saw %d of %d rows", len(seen), 2*writers*each)
	}
}

func (w *Town) due(host string, after int64, n int) (out []string) {
	w.Helper()
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.DueTo(ctx, host, after, n)
		for _, d := range list {
			out = append(out, fmt.Sprintf("%d %s", d.Seq, d.Inbox))
		}
		return err
	})
	return out
}

func dueTo(t *testing.T, w *Town) {
	g := w.Community("busy", actors.AudiencePublic)
	early := w.Send(g.Actor, store.Recipient{FollowersOf: g.ID}) // 1: before anyone follows
	ann, bob, odd := w.Person("ann", "peer.example"), w.Person("bob", "peer.example"), w.Person("odd", "peer.example")
	w.Write(func(ctx context.Context, tx *store.Tx) error { // odd has an inbox of its own
		odd.SharedInbox = ""
		return tx.SaveActor(ctx, odd, nil)
	})
	other := w.Person("cat", "other.example")
	for _, a := range []actors.Actor{ann, bob, odd} {
		w.Stands(g.ID, a.ID, actors.Joined)
	}
	w.Send(g.Actor, store.Recipient{FollowersOf: g.ID}) // 2: two inboxes of one host
	w.Send(g.Actor, store.ToInbox(ann))                 // 3: direct
	w.Send(g.Actor, store.ToInbox(other))               // 4: to someone else
	w.Stands(g.ID, odd.ID, actors.Left)
	w.Send(g.Actor, store.Recipient{FollowersOf: g.ID}) // 5
	w.Stands(g.ID, other.ID, actors.Asked)
	w.Stands(g.ID, ann.ID, actors.Banned)

	shared := "https://peer.example/inbox"
	check := func(what string, got []string, want ...string) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", what, d)
		}
	}
	check("bob still follows; odd left and is due nothing, not even 2", w.due("peer.example", 0, 10), "2 "+shared, "3 "+shared, "5 "+shared)
	check("after a position", w.due("peer.example", 2, 10), "3 "+shared, "5 "+shared)
	check("no more than asked for", w.due("peer.example", 0, 1), "2 "+shared)
	check("an asker is due only what is direct", w.due("other.example", 0, 10), "4 https://other.example/inbox")
	w.Stands(g.ID, odd.ID, actors.Joined)
	w.Send(g.Actor, store.Recipient{FollowersOf: g.ID}) // 6
	check("two inboxes, the newcomer from now on", w.due("peer.example", 3, 10), "5 "+shared, "6 "+shared, "6 "+string(odd.Inbox))
	w.Stands(g.ID, bob.ID, actors.Left)
	w.Stands(g.ID, odd.ID, actors.Left)
	check("all left", w.due("peer.example", 3, 10))

	w.Write(func(ctx context.Context, tx *store.Tx) error {
		hosts, err := tx.HostsOwed(ctx)
		check("HostsOwed", hosts, "other.example", "peer.example") // peer.example: row 3
		if err != nil {
			return err
		}
		for _, host := range hosts {
			if err := tx.SaveCursor(ctx, store.Cursor{Host: host, Position: 6}); err != nil {
				return err
			}
		}
		hosts, err = tx.HostsOwed(ctx)
		check("HostsOwed when all is sent", hosts)
		if err != nil {
			return err
		}
		n, err := tx.CountOwed(ctx, "other.example", 0)
		if err != nil || n != 1 {
			t.Errorf("CountOwed = %d, %v", n, err)
		}
		if err := tx.PruneOutbound(ctx, early.At.Add(time.Microsecond)); err != nil {
			return err
		}
		owed, err := tx.OwedAfter(ctx, 0, 100)
		if len(owed) != 5 || owed[0].Seq != 2 || owed[0].FollowersOf != g.ID || owed[1].Host != "peer.example" {
			t.Errorf("OwedAfter: %+v", owed)
		}
		return err
	})
}

// dueToFarAhead puts what is due beyond the first stretch that is looked at.
func dueToFarAhead(t *testing.T, w *Town) {
	g, quiet := w.Community("busy", actors.AudiencePublic), w.Community("quiet", actors.AudiencePublic)
	ann := w.Person("ann", "peer.example")
	w.Stands(quiet.ID, ann.ID, actors.Joined)
	a := w.Record(w.Activity("Announce", g.Actor, ""))
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for i := range 3000 {
			of := g.ID
			if i == 10 || i == 2500 || i == 2999 {
				of = quiet.ID
			}
			if err := tx.Send(ctx, a.ID, g.ID, a.At, store.Recipient{FollowersOf: of}); err != nil {
				return err
			}
		}
		return nil
	})
	in := " https://peer.example/inbox"
	if d := cmp.Diff([]string{"11" + in, "2501" + in, "3000" + in}, w.due("peer.example", 0, 10)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"11" + in, "2501" + in}, w.due("peer.example", 0, 2)); d != "" {
		t.Error(d)
	}
}

// movedInbox changes where people are reached while they follow: what they
// leave they leave, wherever they were when they joined.
func movedInbox(t *testing.T, w *Town) {
	g := w.Community("busy", actors.AudiencePublic)
	ann, bob := w.Person("ann", "peer.example"), w.Person("bob", "peer.example")
	w.Stands(g.ID, ann.ID, actors.Joined)
	w.Stands(g.ID, bob.ID, actors.Joined)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		ann.SharedInbox = "https://peer.example/new-inbox"
		return tx.SaveActor(ctx, ann, nil)
	})
	w.Send(g.Actor, store.Recipient{FollowersOf: g.ID})
	if d := cmp.Diff([]string{"1 https://peer.example/inbox", "1 https://peer.example/new-inbox"}, w.due("peer.example", 0, 10)); d != "" {
		t.Error(d)
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.MarkActorGone(ctx, ann.ID, At(9)) })
	if d := cmp.Diff([]string{"1 https://peer.example/inbox"}, w.due("peer.example", 0, 10)); d != "" {
		t.Errorf("after ann is gone: %s", d)
	}
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		behind, err := tx.FollowersBehind(ctx, "https://peer.example/inbox")
		if err != nil || len(behind) != 1 || behind[0].Actor.ID != bob.ID {
			t.Errorf("FollowersBehind: %+v, %v", behind, err)
		}
		c, err := tx.Community(ctx, g.ID)
		if c.MemberCount != 1 || c.Epoch != 1 {
			t.Errorf("members %d, epoch %d", c.MemberCount, c.Epoch)
		}
		return err
	})
	w.Stands(g.ID, bob.ID, actors.Left)
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		hosts, err := tx.FollowerHosts(ctx, g.ID)
		if len(hosts) != 0 {
			t.Errorf("inboxes are left over: %v", hosts)
		}
		return err
	})
}

func cursorsAndLeases(t *testing.T, w *Town) {
	g := w.Community("busy", actors.AudiencePublic)
	w.Send(g.Actor, store.Recipient{Host: "peer.example", Inbox: "https://peer.example/inbox"})
	c := store.Cursor{Host: "peer.example", Position: 1 << 40, Part: 2, Failures: 3, FailingSince: At(1), NextTry: At(2), LastError: "refused", Dead: At(3)}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		fresh, err := tx.Cursor(ctx, "peer.example")
		if err != nil || fresh.Position != 0 {
			t.Errorf("a new cursor: %+v, %v", fresh, err)
		}
		if err := tx.SaveCursor(ctx, c); err != nil {
			return err
		}
		if err := tx.SaveCursor(ctx, store.Cursor{Host: "unknown.example"}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a cursor of nobody: %v", err)
		}
		list, err := tx.Cursors(ctx)
		if d := cmp.Diff([]store.Cursor{c}, list); err != nil || d != "" {
			t.Error(err, d)
		}
		hosts, err := tx.HostsOwed(ctx)
		if err != nil || len(hosts) != 1 { // a dead partner is asked whether it lives
			t.Errorf("HostsOwed: %v, %v", hosts, err)
		}
		for i, step := range []struct {
			by         string
			now, until int
			want       bool
		}{
			{"one", 10, 20, true}, {"two", 15, 25, false}, {"one", 18, 30, true}, {"two", 30, 40, false}, {"two", 31, 40, true}, {"one", 32, 50, false},
		} {
			got, err := tx.Lease(ctx, "peer.example", step.by, At(step.now), At(step.until))
			if err != nil || got != step.want {
				t.Errorf("step %d: lease %v, %v", i, got, err)
			}
		}
		if err := tx.Release(ctx, "peer.example", "one"); err != nil { // it is not one's to give back
			return err
		}
		if got, err := tx.Lease(ctx, "peer.example", "one", At(33), At(50)); got || err != nil {
			t.Errorf("another's lease was released: %v", err)
		}
		if err := tx.Release(ctx, "peer.example", "two"); err != nil {
			return err
		}
		if got, err := tx.Lease(ctx, "peer.example", "one", At(33), At(50)); !got || err != nil {
			t.Errorf("a released lease cannot be taken: %v", err)
		}
		for i, host := range []string{"peer.example", "other.example", "peer.example"} {
			d := store.DeadLetter{ID: w.ID(), Host: host, Inbox: actors.URI("https://" + host + "/inbox"), Activity: 1 << 41, Status: 410, Reason: "gone", At: At(i)}
			if err := tx.AddDeadLetter(ctx, d); err != nil {
				return err
			}
		}
		letters, err := tx.DeadLetters(ctx, "peer.example", store.Page{})
		if err != nil || len(letters) != 2 || letters[0].At != At(2) {
			t.Errorf("DeadLetters: %+v, %v", letters, err)
		}
		if letters, err = tx.DeadLetters(ctx, "", store.Page{}); err != nil || len(letters) != 3 {
			t.Errorf("all DeadLetters: %+v, %v", letters, err)
		}
		n, err := tx.CountDeadLetters(ctx, "https://peer.example/inbox", 410, At(1))
		if n != 1 {
			t.Errorf("CountDeadLetters = %d", n)
		}
		return err
	})
	wins := 0
	var all sync.WaitGroup
	var mu sync.Mutex
	for i := range 6 {
		all.Go(func() {
			w.Write(func(ctx context.Context, tx *store.Tx) error {
				got, err := tx.Lease(ctx, "peer.example", fmt.Sprint("racer", i), At(100), At(200))
				if got {
					tx.After(func() { mu.Lock(); wins++; mu.Unlock() })
				}
				return err
			})
		})
	}
	all.Wait()
	if wins != 1 {
		t.Errorf("%d of several hold one lease", wins)
	}
}

func instanceRows(t *testing.T, w *Town) {
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for range 2 {
			if err := tx.MeetInstance(ctx, "peer.example", At(1)); err != nil {
				return err
			}
		}
		if err := tx.DescribeInstance(ctx, "peer.example", "lemmy", "0.19.5", "Peer"); err != nil {
			return err
		}
		if err := tx.InstanceSucceeded(ctx, "peer.example", At(2)); err != nil {
			return err
		}
		if err := tx.InstanceSent(ctx, "peer.example", At(3)); err != nil {
			return err
		}
		if err := tx.InstanceSent(ctx, "another.example", At(4)); err != nil {
			return err
		}
		want := actors.Instance{Host: "peer.example", Software: "lemmy", Version: "0.19.5", Name: "Peer", FirstSeen: At(1), LastSuccess: At(2), LastInbound: At(3),
			Style: actors.StyleCavage}
		got, err := tx.Instance(ctx, "peer.example")
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Error(err, d)
		}
		for _, host := range []string{"peer.example", "third.example"} {
			if err := tx.SetInstanceStyle(ctx, host, actors.StyleRFC9421, actors.StyleAsked, At(5)); err != nil {
				return err
			}
			if err := tx.SetInstanceStyle(ctx, host, actors.StyleEd25519, actors.StyleClaimed, At(6)); err != nil {
				return err
			}
		}
		want.Style, want.StyleSince, want.StyleWhy = actors.StyleEd25519, At(6), actors.StyleClaimed
		got, err = tx.Instance(ctx, "peer.example")
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Error(err, d)
		}
		n, err := tx.CountInstances(ctx)
		same(t, "CountInstances", err, 3, n)
		third, err := tx.Instance(ctx, "third.example")
		same(t, "one that was first met by its style", err, At(6), third.StyleSince)
		return nil
	})
}

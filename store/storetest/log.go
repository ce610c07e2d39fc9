package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/store"
)

func recordExactlyOnce(t *testing.T, w *Town) {
	peer := w.Person("ann", "peer.example")
	a := w.Record(w.Activity("Create", peer, "https://peer.example/p/1"))
	again := a
	again.ID, again.Body = w.ID(), []byte("something else")
	otherSigner := a
	otherSigner.ID, otherSigner.Signer = w.ID(), "https://other.example/u/bob"
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if isNew, err := tx.Record(ctx, again); isNew || err != nil {
			t.Errorf("a second time: new %v, %v", isNew, err)
		}
		if isNew, err := tx.Record(ctx, otherSigner); !isNew || err != nil {
			t.Errorf("by another signer: new %v, %v", isNew, err)
		}
		got, err := tx.ActivityByURI(ctx, a.URI, a.Signer)
		if d := cmp.Diff(a, got); d != "" {
			t.Error(d)
		}
		return err
	})
	racing := w.Activity("Like", peer, "")
	var all sync.WaitGroup
	var mu sync.Mutex
	news := 0
	for range 8 {
		mine := racing
		mine.ID = w.ID()
		all.Go(func() {
			w.Write(func(ctx context.Context, tx *store.Tx) error {
				isNew, err := tx.Record(ctx, mine)
				if isNew {
					tx.After(func() { mu.Lock(); news++; mu.Unlock() })
				}
				return err
			})
		})
	}
	all.Wait()
	if news != 1 {
		t.Errorf("%d of several at once were new", news)
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.ForgetActivity(ctx, a.URI, a.Signer, w.ID()); err != nil {
			return err
		}
		if isNew, err := tx.Record(ctx, again); !isNew || err != nil {
			t.Errorf("after it was forgotten: new %v, %v", isNew, err)
		}
		return nil
	})
}

func activityStates(t *testing.T, w *Town) {
	peer := w.Person("ann", "peer.example")
	var waiting []actors.Activity
	for i := range 4 {
		a := w.Activity("Create", peer, "")
		a.Direction, a.State, a.Reason, a.NextTry = actors.Inbound, actors.Waiting, fmt.Sprint("parent ", i%2), At(100-i)
		a.Domain = "peer.example"
		waiting = append(waiting, w.Record(a))
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		next, err := tx.NextWaiting(ctx)
		if err != nil || !next.Equal(At(97)) {
			t.Errorf("NextWaiting = %v, %v", next, err)
		}
		due, err := tx.ClaimWaiting(ctx, []string{"peer.example"}, At(98), At(98), 10)
		if err != nil || len(due) != 2 || due[0].ID != waiting[3].ID || due[1].ID != waiting[2].ID {
			t.Errorf("ClaimWaiting: %v, %v", due, err)
		}
		for reason, want := range map[string]bool{"parent 0": true, "parent 99": false} {
			woken, err := tx.WakeWaiting(ctx, reason)
			same(t, "WakeWaiting "+reason, err, want, woken)
		}
		due, err = tx.ClaimWaiting(ctx, []string{"peer.example"}, At(0), At(100), 10)
		if err != nil || len(due) != 2 || due[0].ID != waiting[0].ID || due[1].ID != waiting[2].ID {
			t.Errorf("after waking: %v, %v", due, err)
		}
		held, rejected := waiting[0], waiting[1]
		held.State, held.Reason, held.Attempts = actors.Held, "C9", 3
		rejected.State, rejected.Reason = actors.Rejected, "C12"
		for _, a := range []actors.Activity{held, rejected} {
			if err := tx.Settle(ctx, a); err != nil {
				return err
			}
		}
		list, err := tx.Unapplied(ctx, store.Page{})
		if err != nil || len(list) != 2 || list[0].ID != rejected.ID || list[1].Attempts != 3 {
			t.Errorf("Unapplied: %v, %v", list, err)
		}
		list, err = tx.UnappliedIn(ctx, actors.Held, store.Page{})
		if err != nil || len(list) != 1 || list[0].ID != held.ID {
			t.Errorf("UnappliedIn: %v, %v", list, err)
		}
		for _, c := range []struct {
			state actors.State
			since time.Time
			want  int
		}{{actors.Held, time.Time{}, 1}, {actors.Rejected, rejected.At, 1}, {actors.Rejected, rejected.At.Add(time.Second), 0}, {actors.Applied, time.Time{}, 0}} {
			n, err := tx.CountUnapplied(ctx, c.state, c.since)
			same(t, "CountUnapplied "+string(c.state), err, c.want, n)
		}
		got, err := tx.Activity(ctx, held.ID)
		if d := cmp.Diff(held, got); err != nil || d != "" {
			t.Error(err, d)
		}
		if _, err := tx.Activity(ctx, 1); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("no such activity: %v", err)
		}
		return nil
	})
}

// turns: domains are served in turn, each its oldest first, however much waits from one.
func turns(t *testing.T, w *Town) {
	names := map[actors.ID]string{}
	wait := func(domain string, n int, at int) {
		peer := w.Person(domain, "news."+domain)
		for i := range n {
			a := w.Activity("Create", peer, "")
			a.Direction, a.State, a.Domain, a.NextTry = actors.Inbound, actors.Waiting, domain, At(at+i)
			names[w.Record(a).ID] = fmt.Sprint(domain[:1], i)
		}
	}
	wait("many.example", 9, 0)
	wait("few.example", 2, 20)
	wait("late.example", 1, 90)
	wait("one.example", 1, 30)
	served := func(last string, n int) (domains []string) {
		w.Read(func(ctx context.Context, tx *store.Tx) (err error) {
			domains, err = tx.WaitingDomains(ctx, At(50), last, n)
			return err
		})
		return domains
	}
	claim := func(domains []string, each int) (list []string) {
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			list = nil // a write may be carried out twice
			due, err := tx.ClaimWaiting(ctx, domains, At(50), At(60), each)
			for _, a := range due {
				list = append(list, names[a.ID])
			}
			return err
		})
		return list
	}
	for _, tt := range []struct {
		last string
		n    int
		want []string
	}{
		{"", 5, []string{"few.example", "many.example", "one.example"}},
		{"", 2, []string{"few.example", "many.example"}},
		{"many.example", 5, []string{"one.example", "few.example", "many.example"}},
		{"many.example", 2, []string{"one.example", "few.example"}},
		{"gone.example", 1, []string{"many.example"}},
		{"one.example", 5, []string{"few.example", "many.example", "one.example"}},
	} {
		if got := served(tt.last, tt.n); !cmp.Equal(got, tt.want) {
			t.Errorf("after %q, %d at most: %v, want %v", tt.last, tt.n, got, tt.want)
		}
	}
	if got, want := claim(served("", 5), 3), []string{"f0", "m0", "o0", "f1", "m1", "m2"}; !cmp.Equal(got, want) {
		t.Errorf("claimed %v, want %v", got, want)
	}
	if got, want := served("", 5), []string{"many.example"}; !cmp.Equal(got, want) {
		t.Errorf("still due: %v, want %v", got, want)
	}
	if got, want := claim([]string{"many.example", "few.example"}, 99), []string{"m3", "m4", "m5", "m6", "m7", "m8"}; !cmp.Equal(got, want) {
		t.Errorf("then %v, want %v", got, want)
	}
	if got := served("", 5); got != nil {
		t.Errorf("due when all is claimed: %v", got)
	}
}

func boxes(t *testing.T, w *Town) {
	g, quiet := w.Community("busy", actors.AudiencePublic), w.Community("quiet", actors.AudiencePublic)
	ann, stranger := w.Person("ann", ""), w.Person("bob", "")
	w.Stands(g.ID, ann.ID, actors.Joined)
	w.Stands(quiet.ID, stranger.ID, actors.Joined)
	open := w.Post(g.ID, ann.ID, nil, actors.AudiencePublic, 1)
	closed := w.Post(g.ID, ann.ID, nil, actors.AudienceMembers, 2)
	announce := func(g actors.Community, object actors.URI, at int) actors.Activity {
		a := w.Activity("Announce", g.Actor, object)
		a.Group, a.At = g.ID, At(at)
		return w.Record(a)
	}
	announce(g, open.URI, 0) // before ann joined
	first, second := announce(g, open.URI, 5), announce(g, closed.URI, 6)
	announce(quiet, "", 7)
	direct := w.Record(w.Activity("Accept", g.Actor, ""))
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for range 2 {
			if err := tx.Address(ctx, ann.ID, direct.ID); err != nil {
				return err
			}
		}
		return tx.Address(ctx, ann.ID, first.ID) // also named in what the community passed on
	})
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		check := func(what string, list []actors.Activity, err error, want ...actors.Activity) {
			t.Helper()
			if d := cmp.Diff(want, list); err != nil || d != "" {
				t.Errorf("%s: %v %s", what, err, d)
			}
		}
		list, err := tx.Inbox(ctx, ann.ID, store.Page{})
		check("Inbox", list, err, direct, second, first)
		n, err := tx.CountInbox(ctx, ann.ID)
		same(t, "CountInbox", err, 3, n)
		list, err = tx.Inbox(ctx, ann.ID, store.Page{Number: 2, Size: 2})
		check("Inbox, page 2", list, err, first)
		list, err = tx.Outbox(ctx, g.URI, store.Page{})
		check("Outbox", list, err, direct)
		n, err = tx.CountOutbox(ctx, g.URI)
		same(t, "CountOutbox", err, 1, n)
		return nil
	})
}

func chainSurvivesErasure(t *testing.T, w *Town) {
	g := w.Community("tender", actors.AudiencePublic)
	const n = 5
	object := func(i int) actors.URI { return actors.URI(fmt.Sprint("https://peer.example/p/", i)) }
	for i := range n {
		a := w.Record(w.Activity("Announce", g.Actor, object(i)))
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			e, err := tx.NextEntry(ctx, g.Actor, actors.ChainPublic)
			if err != nil {
				return err
			}
			e.Salt = fmt.Sprint("salt", i)
			e.Digest = actors.EntryDigest(e.Salt, a.Body)
			return tx.AddEntry(ctx, g.ID, store.LogEntry{Entry: e, Hash: e.Hash(), Activity: a.ID, Object: a.Object, At: a.At})
		})
	}
	var before, after []store.LogEntry
	w.Write(func(ctx context.Context, tx *store.Tx) (err error) {
		if before, err = tx.EntriesAfter(ctx, g.ID, actors.ChainPublic, 0, 100); err != nil {
			return err
		}
		if err := tx.EraseFromLog(ctx, object(2)); err != nil {
			return err
		}
		after, err = tx.EntriesAfter(ctx, g.ID, actors.ChainPublic, 0, 100)
		return err
	})
	if len(after) != n {
		t.Fatalf("%d entries", len(after))
	}
	prev := ""
	for i, e := range after {
		e.Group = g.URI
		if e.Seq != int64(i+1) || e.Prev != prev || e.Entry.Hash() != e.Hash || e.Digest != before[i].Digest {
			t.Errorf("entry %d does not hold: %+v", i, e)
		}
		if erased := e.Salt == "" && e.Activity == 0; erased != (i == 2) {
			t.Errorf("entry %d: erased %v", i, erased)
		}
		prev = e.Hash
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for i, e := range before {
			a, err := tx.Activity(ctx, e.Activity)
			if err != nil || (a.Body == nil) != (i == 2) {
				t.Errorf("activity %d: body %q, %v", i, a.Body, err)
			}
		}
		err := tx.Try(ctx, func() error { return tx.AddEntry(ctx, g.ID, after[1]) })
		if !errors.Is(err, store.ErrConflict) {
			t.Errorf("a number taken twice: %v", err)
		}
		e, err := tx.Entry(ctx, g.ID, actors.ChainPublic, 2)
		if err != nil || e.Hash != after[1].Hash {
			t.Errorf("Entry: %+v, %v", e, err)
		}
		for _, want := range []int{1, 0} { // one activity by its id
			told, err := tx.ToldOf(ctx, object(1), 0, 9)
			same(t, "what told of it", err, want, len(told))
			same(t, "erased", tx.EraseActivity(ctx, before[1].Activity), 0, 0)
		}
		e.Salt, e.Activity = "", 0
		bare, err := tx.Entry(ctx, g.ID, actors.ChainPublic, 2)
		same(t, "its entry", err, e, bare)
		if _, err := tx.LastEntry(ctx, g.ID, actors.ChainMembers); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the other chain: %v", err)
		}
		for _, s := range [][2]int64{{9, 3}, {7, 5}} {
			if err := tx.SetChainState(ctx, g.ID, s[0], s[1]); err != nil {
				return err
			}
		}
		if e, err := tx.UnbrokenTo(ctx, g.ID, actors.ChainPublic); err != nil || e.Seq != n {
			t.Errorf("UnbrokenTo: %d, %v", e.Seq, err)
		}
		for _, c := range []struct{ add, want int64 }{{3, 0}, {1, 1}, {2, 3}, {5, 3}} {
			first := after[0]
			first.Chain, first.Seq = actors.ChainMembers, c.add
			if err := tx.AddEntry(ctx, g.ID, first); err != nil {
				return err
			}
			if e, err := tx.UnbrokenTo(ctx, g.ID, actors.ChainMembers); err != nil || e.Seq != c.want {
				t.Errorf("UnbrokenTo after %d was added: %d, %v, want %d", c.add, e.Seq, err, c.want)
			}
		}
		c, err := tx.Community(ctx, g.ID)
		if c.HeadSeq != 9 || c.CompleteTo != 5 {
			t.Errorf("head %d, complete to %d", c.HeadSeq, c.CompleteTo)
		}
		return err
	})
}

// whatWasDoneWith: how a thing of this node came to be as it is, the earliest first.
func whatWasDoneWith(t *testing.T, w *Town) {
	ann, bob := w.Person("ann", ""), w.Person("bob", "")
	const thing = "https://here.example/d/1"
	var want []actors.ID
	for _, kind := range []string{"Create", "Update", "Like", "Update", "Delete"} {
		a := w.Activity(kind, ann, thing)
		w.Record(a)
		if kind != "Like" {
			want = append(want, a.ID)
		}
	}
	for _, a := range []actors.Activity{w.Activity("Update", bob, thing), w.Activity("Update", ann, thing+"2"), w.Activity("Update", ann, thing)} {
		if a.Object == thing && a.Actor == ann.URI {
			a.Body = nil // erased
		}
		w.Record(a)
	}
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.DoneWith(ctx, thing, ann.URI, 10)
		var got []actors.ID
		for _, a := range list {
			got = append(got, a.ID)
		}
		same(t, "DoneWith", err, want, got)
		return nil
	})
}

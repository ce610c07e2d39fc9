package storetest

import (
	"context"
	"testing"

	"moothall/actors"
	"moothall/store"
)

func reportRows(t *testing.T, w *Town) {
	roads, parks := w.Community("roads", actors.AudiencePublic), w.Community("parks", actors.AudiencePublic)
	ann, bob, eve := w.Person("ann", ""), w.Person("bob", ""), w.Person("eve", "peer.example")
	lead := actors.Membership{Group: roads.ID, Actor: ann.ID, Role: actors.Moderator, Standing: actors.Joined, Since: At(1)}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.SetMembership(ctx, lead) })
	w.Stands(parks.ID, ann.ID, actors.Joined) // a member there, no more
	p := w.Post(roads.ID, bob.ID, nil, actors.AudiencePublic, 5)

	one := store.Report{ID: w.ID(), URI: "https://peer.example/f/1", By: eve.ID, Unnamed: true, About: bob.ID, Post: p.ID, Group: roads.ID, Words: "rude", At: At(10)}
	two := store.Report{ID: w.ID(), URI: "https://peer.example/f/2", By: eve.ID, About: bob.ID, Group: parks.ID, At: At(20)}
	three := store.Report{ID: w.ID(), URI: "https://peer.example/f/3", By: bob.ID, About: ann.ID, Group: roads.ID, At: At(30)}
	sent := store.Report{ID: w.ID(), URI: "https://here.example/a/4", By: bob.ID, About: eve.ID, Group: roads.ID, At: At(40),
		Outcome: store.ReportSent, Decided: At(40), DecidedBy: bob.ID}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for _, r := range []store.Report{one, two, three, sent} {
			if err := tx.AddReport(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
	lists := func(who store.ReportReader) (open, closed []store.Report) {
		t.Helper()
		w.Read(func(ctx context.Context, tx *store.Tx) (err error) {
			if open, err = tx.OpenReports(ctx, who, store.Page{}); err != nil {
				return err
			}
			if closed, err = tx.ClosedReports(ctx, who, store.Page{}); err != nil {
				return err
			}
			n, err := tx.CountOpenReports(ctx, who)
			same(t, "CountOpenReports", err, len(open), n)
			n, err = tx.CountClosedReports(ctx, who)
			same(t, "CountClosedReports", err, len(closed), n)
			return err
		})
		return open, closed
	}
	for _, tt := range []struct {
		what         string
		who          store.ReportReader
		open, closed []store.Report
	}{
		{"a facilitator, of her own community and not about herself", store.ReportReader{Actor: ann.ID}, []store.Report{one}, nil},
		{"whom it is about", store.ReportReader{Actor: bob.ID}, nil, nil},
		{"whom it is about, although he looks after the node", store.ReportReader{Actor: bob.ID, Staff: true}, []store.Report{three}, []store.Report{sent}},
		{"nobody", store.ReportReader{}, nil, nil},
		{"who looks after the node", store.ReportReader{Actor: 7, Staff: true}, []store.Report{one, two, three}, []store.Report{sent}},
	} {
		open, closed := lists(tt.who)
		same(t, tt.what+", open", nil, tt.open, open)
		same(t, tt.what+", closed", nil, tt.closed, closed)
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Report(ctx, store.ReportReader{Actor: ann.ID}, two.ID)
		isErr(t, "of a community that is not hers", err, store.ErrNotFound)
		list, err := tx.SameReports(ctx, one)
		same(t, "SameReports", err, []store.Report{one}, list)
		n, err := tx.CountReportsBy(ctx, eve.ID, At(20))
		same(t, "CountReportsBy", err, 1, n)
		n, err = tx.CountReportsFrom(ctx, "peer.example", At(0))
		same(t, "CountReportsFrom", err, 2, n)
		one.Outcome, one.Decided, one.DecidedBy, one.Note = store.ReportNothing, At(50), ann.ID, "fair"
		if err := tx.DecideReport(ctx, one); err != nil {
			return err
		}
		got, err := tx.Report(ctx, store.ReportReader{Actor: ann.ID}, one.ID)
		same(t, "decided", err, one, got)
		isErr(t, "decided twice", tx.DecideReport(ctx, one), store.ErrNotFound)
		list, err = tx.SameReports(ctx, one)
		same(t, "what was decided can be reported again", err, nil, list)
		five := store.Report{ID: w.ID(), URI: "https://peer.example/f/5", By: eve.ID, About: bob.ID, Post: p.ID, Group: roads.ID, At: At(55)}
		if err := tx.AddReport(ctx, five); err != nil {
			return err
		}
		list, err = tx.ReportsOf(ctx, eve.ID, five.URI)
		same(t, "ReportsOf", err, []store.Report{five}, list)
		list, err = tx.ReportsOf(ctx, bob.ID, five.URI)
		same(t, "ReportsOf somebody else", err, nil, list)
		all := store.Report{About: bob.ID, Post: p.ID, Outcome: store.ReportWithdrawn, Decided: At(56), DecidedBy: eve.ID, Note: "no more"}
		if err := tx.CloseReports(ctx, all); err != nil {
			return err
		}
		five.Outcome, five.Decided, five.DecidedBy, five.Note = all.Outcome, all.Decided, all.DecidedBy, all.Note
		for _, want := range []store.Report{one, five} { // what was decided before stays so
			got, err := tx.Report(ctx, store.ReportReader{Actor: ann.ID}, want.ID)
			same(t, "CloseReports", err, want, got)
		}
		list, err = tx.ReportsOf(ctx, eve.ID, two.URI)
		same(t, "CloseReports of one post alone", err, []store.Report{two}, list)
		for _, kind := range []string{"hidden", "restored", "locked", "unlocked"} {
			if err := tx.Notify(ctx, store.Notification{ID: w.ID(), Actor: bob.ID, Kind: kind, Post: p.ID, Group: roads.ID, By: ann.ID, At: At(60)}); err != nil {
				return err
			}
		}
		return tx.Notify(ctx, store.Notification{ID: w.ID(), Actor: ann.ID, Kind: "reported", Group: roads.ID, By: roads.ID, At: At(60)})
	})
}

func moveRows(t *testing.T, w *Town) {
	old, ann := w.Actor(actors.Group, "roads", "peer.example"), w.Person("ann", "")
	w.community(old, actors.AudiencePublic)
	bob, cer, eve := w.Person("bob", ""), w.Person("cer", ""), w.Person("eve", "peer.example")
	w.Stands(old.ID, ann.ID, actors.Joined)
	w.Stands(old.ID, bob.ID, actors.Asked)
	w.Stands(old.ID, cer.ID, actors.Left)
	w.Stands(old.ID, eve.ID, actors.Joined)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.LocalFollowers(ctx, old.ID)
		var got []actors.ID
		for _, m := range list {
			got = append(got, m.Actor)
		}
		same(t, "LocalFollowers", err, []actors.ID{ann.ID, bob.ID}, got)
		if err := tx.MarkMoved(ctx, old.ID, "https://new.example/c/roads", At(5)); err != nil {
			return err
		}
		if err := tx.SetAliases(ctx, ann.ID, "https://old.example/u/ann"); err != nil {
			return err
		}
		isErr(t, "aliases of somebody elsewhere", tx.SetAliases(ctx, old.ID, "x"), store.ErrNotFound)
		// An actor who describes itself anew has moved all the same.
		if err := tx.SaveActor(ctx, old, nil); err != nil {
			return err
		}
		old.MovedTo, old.Moved = "https://new.example/c/roads", At(5)
		moved, err := tx.Actor(ctx, old.ID)
		same(t, "MarkMoved", err, old, moved)
		if err := tx.SaveActor(ctx, ann, nil); err != nil {
			return err
		}
		ann.AlsoKnownAs = "https://old.example/u/ann"
		known, err := tx.Actor(ctx, ann.ID)
		same(t, "SetAliases", err, ann, known)
		return tx.Notify(ctx, store.Notification{ID: w.ID(), Actor: ann.ID, Kind: "moved", Group: old.ID, By: old.ID, At: At(6)})
	})
}

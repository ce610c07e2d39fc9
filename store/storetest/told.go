package storetest

import (
	"context"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/search"
	"moothall/store"
)

func toldTexts(t *testing.T, w *Town) {
	bob := w.Person("Bob", "peer.example")
	g := w.Community("g", actors.AudiencePublic)
	p, _ := w.Document(g.ID, bob.ID, actors.AudiencePublic, 1)
	q, _ := w.Document(g.ID, bob.ID, actors.AudiencePublic, 2)
	one, other := store.ToldText{Document: p.ID, Number: 1, Host: "peer.example"}, store.ToldText{Document: q.ID, Number: 1, Host: "peer.example"}
	finds := func(typed string) int {
		w.Index()
		return len(w.Search(actors.Viewer{}, typed, search.Filter{}).IDs)
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		same(t, "expected", tx.ExpectText(ctx, one, At(1)), 0, 0)
		same(t, "expected again", tx.ExpectText(ctx, one, At(9)), 0, 0)
		same(t, "the other", tx.ExpectText(ctx, other, At(2)), 0, 0)
		next, err := tx.NextText(ctx)
		same(t, "next", err, At(1), next)
		got, err := tx.ClaimText(ctx, At(1), At(5))
		one.Tries = 1
		same(t, "claimed", err, one, got)
		_, err = tx.ClaimText(ctx, At(1), At(5))
		isErr(t, "claimed once", err, store.ErrNotFound)
		same(t, "put off", tx.PutOffTexts(ctx, "peer.example", At(6)), 0, 0)
		next, err = tx.NextText(ctx)
		same(t, "next of the host", err, At(6), next)
		same(t, "given up", tx.GiveUpText(ctx, other), 0, 0)
		return tx.KeepText(ctx, one, Reading("Lined with bentonite."))
	})
	same(t, "found by the text", nil, 1, finds("bentonite"))
	two := w.Version(p, 2)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		same(t, "new version", tx.AddVersion(ctx, two), 0, 0)
		one.Number = 2
		same(t, "its text", tx.ExpectText(ctx, one, At(10)), 0, 0)
		late := one
		late.Number = 1
		return tx.KeepText(ctx, late, Reading("Lined with bentonite.")) // fetched before
	})
	same(t, "found by the text of an earlier version", nil, 0, finds("bentonite"))
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.KeepText(ctx, one, Reading("Puddled clay.")); err != nil {
			return err
		}
		next, err := tx.NextText(ctx)
		same(t, "no more", err, true, next.IsZero())
		return err
	})
	same(t, "found by the new text", nil, 1, finds("puddled"))
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.WithdrawDocument(ctx, p.ID, content.Withdrawal{}, At(20))
	})
	same(t, "withdrawn", nil, 0, finds("puddled"))
}

package storetest

import (
	"context"
	"testing"

	"moothall/actors"
	"moothall/store"
)

func formatRequests(t *testing.T, w *Town) {
	ann, bob, eve := w.Person("Ann", ""), w.Person("Bob", "peer.example"), w.Person("Eve", "peer.example")
	g := w.Community("g", actors.AudiencePublic)
	p, _ := w.Document(g.ID, ann.ID, actors.AudiencePublic, 1)
	here := store.FormatRequest{ID: w.ID(), Document: p.ID, By: ann.ID, Words: "Large print", At: At(1)}
	far := store.FormatRequest{ID: w.ID(), URI: "https://peer.example/a/1#note", Document: p.ID, By: bob.ID, Words: "A Word file", At: At(2)}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		same(t, "added", tx.AddFormatRequest(ctx, here), 0, 0)
		same(t, "from elsewhere", tx.AddFormatRequest(ctx, far), 0, 0)
		again := far
		again.ID = w.ID()
		isErr(t, "the same message again", tx.AddFormatRequest(ctx, again), store.ErrConflict)
		got, err := tx.FormatRequestByURI(ctx, far.URI)
		same(t, "by message", err, far, got)
		_, err = tx.FormatRequestByURI(ctx, "")
		isErr(t, "by none", err, store.ErrNotFound)
		_, err = tx.FormatRequest(ctx, p.ID+1, here.ID)
		isErr(t, "of another document", err, store.ErrNotFound)
		far.Answer, far.Answered, far.AnsweredBy = "In the post", At(5), ann.ID
		same(t, "answered", tx.AnswerFormatRequest(ctx, far), 0, 0)
		isErr(t, "answered twice", tx.AnswerFormatRequest(ctx, far), store.ErrNotFound)
		list, err := tx.FormatRequests(ctx, p.ID, 0)
		same(t, "what waits is first", err, []store.FormatRequest{here, far}, list)
		list, err = tx.FormatRequests(ctx, p.ID, bob.ID)
		same(t, "of one person", err, []store.FormatRequest{far}, list)
		own, host, err := tx.CountFormatRequests(ctx, eve, At(2))
		same(t, "S104 of a person", err, 0, own)
		same(t, "S104 of a host", err, 1, host)
		same(t, "forgotten", tx.ForgetFormatRequests(ctx, At(6)), 0, 0)
		list, err = tx.FormatRequests(ctx, p.ID, 0)
		same(t, "what waits stays", err, []store.FormatRequest{here}, list)
		return nil
	})
}

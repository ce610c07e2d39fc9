package storetest

import (
	"context"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// answersAreReadable: a question is answered only by what everyone who reads it can read.
func answersAreReadable(t *testing.T, w *Town) {
	g := w.Community("orchard", actors.AudiencePublic)
	author := w.Person("grower", "")
	w.Stands(g.ID, author.ID, actors.Joined)
	question := w.Draft(g.ID, author.ID, nil, actors.AudiencePublic, 10)
	question.Kind = content.Question
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.AddPost(ctx, question, nil) })
	wide := w.Post(g.ID, author.ID, &question, actors.AudiencePublic, 20)
	narrow := w.Post(g.ID, author.ID, &question, actors.AudienceMembers, 30)
	elsewhere := w.Post(g.ID, author.ID, nil, actors.AudiencePublic, 40)
	answered := func(what string, by, want actors.ID) {
		t.Helper()
		w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.MarkAnswer(ctx, question.ID, by) })
		w.Read(func(ctx context.Context, tx *store.Tx) error {
			p, err := tx.Post(ctx, actors.Viewer{}, question.ID)
			same(t, what, err, want, p.Answer)
			list, err := tx.Latest(ctx, actors.Viewer{Actor: author.ID, Local: true}, store.Page{Size: 10})
			for _, p := range list {
				if p.ID == question.ID {
					same(t, what+", in a list", err, want, p.Answer)
				}
			}
			return err
		})
	}
	answered("a reply that everyone reads", wide.ID, wide.ID)
	answered("a reply for members", narrow.ID, 0)
	answered("what is no reply to it", elsewhere.ID, 0)
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.HidePost(ctx, wide, "off topic") })
	answered("a hidden reply", wide.ID, 0)
	answered("nothing", 0, 0)
}

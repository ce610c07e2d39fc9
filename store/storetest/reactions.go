package storetest

import (
	"context"
	"testing"

	"moothall/actors"
	"moothall/store"
)

func reactions(t *testing.T, w *Town) {
	g, ann, bob := w.Community("roads", actors.AudiencePublic), w.Person("ann", ""), w.Person("bob", "peer.example")
	p := w.Post(g.ID, ann.ID, nil, actors.AudiencePublic, 5)
	reply := w.Post(g.ID, ann.ID, &p, actors.AudiencePublic, 6)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for i, want := range []bool{true, false} {
			isNew, err := tx.AddUseful(ctx, reply.ID, bob.ID, actors.URI("https://peer.example/like/"+string(rune('1'+i))), At(i))
			same(t, "AddUseful", err, want, isNew)
		}
		uri, err := tx.Useful(ctx, reply.ID, bob.ID)
		same(t, "Useful", err, "https://peer.example/like/1", uri)
		post, actor, err := tx.ReactionByURI(ctx, "https://peer.example/like/1")
		same(t, "ReactionByURI", err, [2]actors.ID{reply.ID, bob.ID}, [2]actors.ID{post, actor})
		to, err := tx.UsefulTo(ctx, p.ID, bob.ID)
		same(t, "UsefulTo", err, map[actors.ID]bool{reply.ID: true}, to)
		for _, want := range []bool{true, false} {
			had, err := tx.DropUseful(ctx, reply.ID, bob.ID)
			same(t, "DropUseful", err, want, had)
		}
		return nil
	})
}

func notificationRows(t *testing.T, w *Town) {
	g, ann, bob := w.Community("roads", actors.AudiencePublic), w.Person("ann", ""), w.Person("bob", "peer.example")
	p := w.Post(g.ID, ann.ID, nil, actors.AudiencePublic, 5)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		var all []store.Notification
		for i, kind := range []string{"reply", "mention"} {
			n := store.Notification{ID: w.ID(), Actor: ann.ID, Kind: kind, Post: p.ID, Group: g.ID, By: bob.ID, At: At(i)}
			if err := tx.Notify(ctx, n); err != nil {
				return err
			}
			all = append([]store.Notification{n}, all...)
		}
		list, err := tx.Notifications(ctx, ann.ID, store.Page{})
		same(t, "Notifications", err, all, list)
		n, err := tx.CountUnseen(ctx, ann.ID)
		same(t, "CountUnseen", err, 2, n)
		if err := tx.MarkSeen(ctx, ann.ID, At(9)); err != nil {
			return err
		}
		n, err = tx.CountUnseen(ctx, ann.ID)
		same(t, "CountUnseen when seen", err, 0, n)
		return nil
	})
}

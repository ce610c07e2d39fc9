package storetest

import (
	"context"
	"errors"
	"testing"

	"moothall/actors"
	"moothall/store"
)

// inboxEndsWithTheRight puts what someone said into an inbox whose owner is then
// removed from where it was said.
func inboxEndsWithTheRight(t *testing.T, w *Town) {
	g := w.Community("tender", actors.AudienceMembers)
	author, ann := w.Person("author", ""), w.Person("ann", "")
	w.Stands(g.ID, author.ID, actors.Joined)
	w.Stands(g.ID, ann.ID, actors.Joined)
	p := w.Post(g.ID, author.ID, nil, actors.AudienceMembers, 10)
	said, answer := w.Activity("Create", author, p.URI), w.Activity("Reject", g.Actor, "")
	said.State, answer.State = actors.Applied, actors.Applied
	said, answer = w.Record(said), w.Record(answer)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.Address(ctx, ann.ID, said.ID), tx.Address(ctx, ann.ID, answer.ID))
	})
	check := func(want ...actors.ID) {
		t.Helper()
		w.Read(func(ctx context.Context, tx *store.Tx) error {
			list, err := tx.Inbox(ctx, ann.ID, store.Page{})
			var got []actors.ID
			for _, a := range list {
				got = append(got, a.ID)
			}
			same(t, "Inbox", err, want, got)
			return nil
		})
	}
	check(answer.ID, said.ID)
	w.Stands(g.ID, ann.ID, actors.Refused)
	check(answer.ID)
}

// reader is the member here in whose name a community elsewhere is read.
func reader(t *testing.T, w *Town) {
	g := w.Community("tender", actors.AudienceMembers)
	first, second, third := w.Person("first", ""), w.Person("second", ""), w.Person("third", "")
	far := w.Person("far", "peer.example")
	check := func(want actors.Actor) {
		t.Helper()
		w.Read(func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.Reader(ctx, g.ID)
			if want.ID == 0 {
				if !errors.Is(err, store.ErrNotFound) {
					t.Errorf("Reader = %s, %v, want nobody", got.Name, err)
				}
				return nil
			}
			same(t, "Reader", err, want.ID, got.ID)
			return nil
		})
	}
	w.Stands(g.ID, far.ID, actors.Joined)
	w.Stands(g.ID, first.ID, actors.Asked)
	check(actors.Actor{})
	w.Stands(g.ID, third.ID, actors.Joined)
	w.Stands(g.ID, second.ID, actors.Joined)
	check(second)
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.MarkActorGone(ctx, second.ID, At(1)) })
	check(third)
	w.Stands(g.ID, third.ID, actors.Banned)
	check(actors.Actor{})
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		has, err := tx.HasMemberFrom(ctx, g.ID, "peer.example")
		same(t, "HasMemberFrom", err, true, has)
		has, err = tx.HasMemberFrom(ctx, g.ID, "other.example")
		same(t, "HasMemberFrom another", err, false, has)
		return nil
	})
}

package storetest

import (
	"context"
	"testing"

	"moothall/actors"
	"moothall/store"
)

func actorRows(t *testing.T, w *Town) {
	ann := w.Person("Ann", "")
	full := actors.Actor{ID: w.ID(), URI: "https://peer.example/u/bob", Kind: actors.Person, Name: "Bob", Host: "peer.example",
		Title: "Bob", Summary: "<p>x</p>", Source: "x", URL: "https://peer.example/@bob", Inbox: "https://peer.example/u/bob/inbox",
		SharedInbox: "https://peer.example/inbox", Outbox: "https://peer.example/u/bob/outbox", Followers: "https://peer.example/u/bob/followers",
		Featured: "https://peer.example/f", Moderators: "https://peer.example/m", KeyID: "https://peer.example/u/bob#main-key", PublicKey: "PEM",
		Ed25519KeyID: "https://peer.example/u/bob#ed25519-key", Ed25519Key: "z6Mk", Organisation: "North", JobTitle: "Planner", Approves: true, Discoverable: true, Indexable: true,
		Published: At(1), Updated: At(2), Fetched: At(3)}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddActor(ctx, full, []byte("raw\x00bytes")); err != nil {
			return err
		}
		for what, read := range map[string]func() (actors.Actor, error){
			"Actor":                 func() (actors.Actor, error) { return tx.Actor(ctx, full.ID) },
			"ActorByURI":            func() (actors.Actor, error) { return tx.ActorByURI(ctx, full.URI) },
			"ActorByKey":            func() (actors.Actor, error) { return tx.ActorByKey(ctx, full.KeyID) },
			"ActorByKey of Ed25519": func() (actors.Actor, error) { return tx.ActorByKey(ctx, full.Ed25519KeyID) },
			"ActorByHandle":         func() (actors.Actor, error) { return tx.ActorByHandle(ctx, "bOB", "peer.example") },
			"ActorOfKind":           func() (actors.Actor, error) { return tx.ActorOfKind(ctx, full.Kind, "bOB", "peer.example") },
		} {
			got, err := read()
			same(t, what, err, full, got)
		}
		raw, err := tx.ActorRaw(ctx, full.ID)
		same(t, "ActorRaw", err, []byte("raw\x00bytes"), raw)
		local, err := tx.LocalActor(ctx, "aNN")
		same(t, "LocalActor", err, ann, local)
		many, err := tx.ActorsByID(ctx, []actors.ID{ann.ID, full.ID, 7, ann.ID})
		same(t, "ActorsByID", err, map[actors.ID]actors.Actor{ann.ID: ann, full.ID: full}, many)
		_, err = tx.LocalActor(ctx, "bob")
		isErr(t, "a remote actor is no local one", err, store.ErrNotFound)
		taken := actors.Actor{ID: w.ID(), URI: "https://here.example/c/ann", Kind: actors.Group, Name: "ANN", Host: "here.example", Local: true}
		isErr(t, "a name that is taken", tx.Try(ctx, func() error { return tx.AddActor(ctx, taken, nil) }), store.ErrConflict)
		renamed := ann
		renamed.Name, renamed.Title = "free", "Ann B."
		if err := tx.SaveActor(ctx, renamed, nil); err != nil {
			return err
		}
		renamed.Name = ann.Name // a local name is never given up
		got, err := tx.Actor(ctx, ann.ID)
		same(t, "SaveActor", err, renamed, got)
		isErr(t, "SaveActor of nobody", tx.SaveActor(ctx, actors.Actor{ID: 5}, nil), store.ErrNotFound)
		return nil
	})
}

func secretRows(t *testing.T, w *Town) {
	ann, bob := w.Person("Ann", ""), w.Person("bob", "peer.example")
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddSecrets(ctx, ann.ID, store.Secrets{RSA: "r", Ed25519: "e"}); err != nil {
			return err
		}
		keys, err := tx.Secrets(ctx, ann.ID)
		same(t, "Secrets", err, store.Secrets{RSA: "r", Ed25519: "e"}, keys)
		if err := tx.AddSecrets(ctx, bob.ID, store.Secrets{RSA: "r"}); err == nil {
			t.Error("half a pair of keys was stored")
		}
		return nil
	})
}

// goneActors: what is left of an actor is its name, which nobody else may have.
func goneActors(t *testing.T, w *Town) {
	ann := w.Person("Ann", "")
	taken := actors.Actor{ID: w.ID(), URI: "https://here.example/c/ann", Kind: actors.Group, Name: "ANN", Host: "here.example", Local: true}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.MarkActorGone(ctx, ann.ID, At(9)); err != nil {
			return err
		}
		gone, err := tx.Actor(ctx, ann.ID)
		if err != nil || !gone.IsGone() || gone.Title != "" {
			t.Errorf("a tombstone: %+v, %v", gone, err)
		}
		isErr(t, "gone twice", tx.MarkActorGone(ctx, ann.ID, At(10)), store.ErrNotFound)
		isErr(t, "the name of the gone", tx.Try(ctx, func() error { return tx.AddActor(ctx, taken, nil) }), store.ErrConflict)
		return nil
	})
}

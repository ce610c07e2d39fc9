package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"moothall/actors"
	"moothall/store"
	"moothall/store/storetest"
)

// TestActorsAtHandAreWhatIsStored: what a program holds of an actor hides
// neither what another program changes, as a command does beside a server, nor
// outlives a write that was undone.
func TestActorsAtHandAreWhatIsStored(t *testing.T) {
	t.Parallel()
	ctx, address := context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "moothall.db")
	open := func() *store.DB {
		db, err := store.Open(ctx, address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		return db
	}
	server, command := open(), open()
	a := storetest.NewTown(t, server).Person("ann", "")
	reads := func(tx *store.Tx, want actors.URI) {
		t.Helper()
		if got, err := tx.ActorByURI(ctx, a.URI); err != nil || got.MovedTo != want {
			t.Errorf("it has moved to %q, want %q: %v", got.MovedTo, want, err)
		}
	}
	seen := func(want actors.URI) {
		t.Helper()
		for _, db := range []*store.DB{server, command} {
			if err := db.Write(ctx, func(tx *store.Tx) error { reads(tx, want); reads(tx, want); return nil }); err != nil {
				t.Error(err)
			}
		}
	}
	moves := func(db *store.DB, to actors.URI, end error) {
		t.Helper()
		err := db.Write(ctx, func(tx *store.Tx) error {
			if err := tx.MarkMoved(ctx, a.ID, to, storetest.At(1)); err != nil {
				return err
			}
			reads(tx, to)
			return end
		})
		if !errors.Is(err, end) {
			t.Error(err)
		}
	}
	seen("")
	moves(server, "https://one.example/u/ann", errors.ErrUnsupported)
	seen("")
	moves(server, "https://two.example/u/ann", nil)
	seen("https://two.example/u/ann")
	moves(command, "https://three.example/u/ann", nil)
	seen("https://three.example/u/ann")
	// A part that is undone.
	err := server.Write(ctx, func(tx *store.Tx) error {
		_ = tx.Try(ctx, func() error {
			if err := tx.MarkMoved(ctx, a.ID, "https://four.example/u/ann", storetest.At(2)); err != nil {
				return err
			}
			reads(tx, "https://four.example/u/ann")
			return errors.ErrUnsupported
		})
		if got, err := tx.ActorByURI(ctx, a.URI); err != nil || got.MovedTo == "" {
			return errors.Join(err, errors.New("nothing is read"))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	seen("https://three.example/u/ann")
}

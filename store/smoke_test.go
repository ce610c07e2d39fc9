package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"moothall/actors"
	"moothall/store"
)

func TestOpenWriteRead(t *testing.T) {
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Write(ctx, func(tx *store.Tx) error {
		return tx.AddActor(ctx, actors.Actor{ID: 1 << 60, URI: "https://a.example/u/x", Kind: actors.Person, Name: "x", Host: "a.example", Local: true, Published: time.Unix(5, 0)}, nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		_, err := tx.Communities(ctx, actors.Viewer{}, store.CommunityFilter{}, store.Page{})
		if err != nil {
			return err
		}
		_, err = tx.DueTo(ctx, "a.example", 0, 10)
		if err != nil {
			return err
		}
		_, err = tx.LocalActor(ctx, "X")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

package main

import (
	"context"
	"path/filepath"
	"testing"

	"moothall/actors"
	"moothall/search"
	"moothall/store"
	"moothall/store/storetest"
)

func TestSearchIsRebuilt(t *testing.T) {
	dir := t.TempDir()
	with := func(args ...string) []string { return append(args, "--data", dir, "--host", "north.example") }
	good(t, with("user", "create", "ann", "--email", "ann@north.example")...)
	db, err := store.Open(context.Background(), "sqlite:"+filepath.Join(dir, "moothall.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w := storetest.NewTown(t, db)
	w.Post(w.Community("parks", actors.AudiencePublic).ID, w.Person("bob", "south.example").ID, nil, actors.AudiencePublic, 1)
	found := func() int { return len(w.Search(actors.Viewer{}, "words", search.Filter{}).IDs) }
	if out := good(t, with("search", "rebuild", "--dry-run", "--json")...); out != "{\n  \"posts\": 1\n}\n" || found() != 0 {
		t.Errorf("a dry run said %q and %d are found", out, found())
	}
	for range 2 {
		if out := good(t, with("search", "rebuild")...); out != "1 discussions, comments and documents are indexed anew.\n" || found() != 1 {
			t.Errorf("said %q, and %d are found", out, found())
		}
	}
}

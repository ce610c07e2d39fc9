package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/store/storetest"
)

func TestFilesAreChecked(t *testing.T) {
	dir := t.TempDir()
	with := func(args ...string) []string { return append(args, "--data", dir, "--host", "north.example") }
	good(t, with("user", "create", "ann", "--email", "ann@north.example")...)
	db, err := store.Open(context.Background(), "sqlite:"+filepath.Join(dir, "moothall.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	put := func(name content.Digest, words string) string {
		path := filepath.Join(dir, "files", name.String()[:2], name.String())
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(words), 0o600); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(-2 * time.Hour)
		if err := os.Chtimes(path, old, old); err != nil {
			t.Fatal(err)
		}
		return path
	}
	w := storetest.NewTown(t, db)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.KeepFile(ctx, content.DigestOf([]byte("clay")), 4, time.Unix(1, 0), time.Time{})
	})
	clay := put(content.DigestOf([]byte("clay")), "clay")
	nobodys := content.DigestOf([]byte("straw"))
	put(nobodys, "straw")
	out := good(t, with("files", "check")...)
	if want := "1 files, 4 bytes read.\nknown to nobody: " + nobodys.String() + "\nEvery file is here as it was.\n"; out != want {
		t.Errorf("said %q, want %q", out, want)
	}
	if err := os.WriteFile(clay, []byte("c1ay"), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, _ := run1(t, "", with("files", "check")...)
	if code == 0 || !strings.Contains(out, "altered: "+content.DigestOf([]byte("clay")).String()) {
		t.Errorf("altered: exit %d, %q", code, out)
	}
	if err := os.Remove(clay); err != nil {
		t.Fatal(err)
	}
	// A document of ours of whose file no row is left.
	_, v := w.Document(w.Community("parks", actors.AudiencePublic).ID, w.Person("bob", "").ID, actors.AudiencePublic, 1)
	code, out, _ = run1(t, "", with("files", "check", "--json")...)
	for _, d := range []content.Digest{content.DigestOf([]byte("clay")), v.File.Digest} {
		if code == 0 || !strings.Contains(out, d.String()) {
			t.Errorf("missing: exit %d, %q", code, out)
		}
	}
}

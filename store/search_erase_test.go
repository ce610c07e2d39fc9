package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"moothall/actors"
	"moothall/search"
	"moothall/store"
	"moothall/store/storetest"
)

// TestS216_ErasedWordsLeaveTheIndex looks for the words of a post and of a document in
// the file itself, before and after they are withdrawn.
func TestS216_ErasedWordsLeaveTheIndex(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "a.db")
	db, err := store.Open(ctx, "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w := storetest.NewTown(t, db)
	ann := w.Person("ann", "")
	g := w.Community("g", actors.AudiencePublic)
	// What is beside them in the index stays, in segments of their own and shared ones.
	for range 30 {
		w.AddPaper(g.ID, ann.ID, actors.AudiencePublic, 1, storetest.Paper{Title: "Zonalmarkings", Pages: []string{"zonalmarkers zonalmarkinz"}})
		w.Index()
	}
	doc := w.AddPaper(g.ID, ann.ID, actors.AudiencePublic, 2, storetest.Paper{Title: "Plain", Pages: []string{"the zonalmarkinx of it"}})
	post := w.Draft(g.ID, ann.ID, nil, actors.AudiencePublic, 3)
	post.HTML, post.Source = "<p>Qvortrup</p>", ""
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.AddPost(ctx, post, nil) })
	w.Index()
	words := []string{"kinx", "qvortrup"} // the index shortens a word by what it shares with the one before it
	if n := inFiles(t, path, db, words); n != 2 {
		t.Fatalf("%d of the words are in the file before they are erased: the test looks in the wrong place", n)
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.MarkPostGone(ctx, doc, storetest.At(9)); err != nil {
			return err
		}
		return tx.MarkPostGone(ctx, post, storetest.At(9))
	})
	w.Index()
	if n := inFiles(t, path, db, words); n != 0 {
		t.Errorf("%d of the erased words are still in the file", n)
	}
	if n := inFiles(t, path, db, []string{"zonalmark"}); n != 1 {
		t.Error("what was not erased is gone")
	}
}

func inFiles(t *testing.T, path string, db *store.DB, words []string) (n int) {
	t.Helper()
	if err := db.Checkpoint(context.Background()); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, word := range words {
		for _, f := range files {
			body, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(bytes.ToLower(body), []byte(word)) {
				n++
				break
			}
		}
	}
	return n
}

func TestSpoiltReadingKeepsNothingFromBeingFound(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	db, err := store.Open(context.Background(), "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	w := storetest.NewTown(t, db)
	ann := w.Person("ann", "")
	g := w.Community("g", actors.AudiencePublic)
	for range 2 {
		w.AddPaper(g.ID, ann.ID, actors.AudiencePublic, 1, storetest.Paper{Title: "Heron", Pages: []string{"one", "two"}})
	}
	pool, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if _, err := pool.Exec(`UPDATE reading SET body = substr(body, 1, 30) WHERE digest = (SELECT MIN(digest) FROM reading)`); err != nil {
		t.Fatal(err)
	}
	w.Index()
	if f := w.Search(actors.Viewer{}, "heron", search.Filter{}); len(f.IDs) != 2 {
		t.Errorf("found %v", f.IDs)
	}
	if f := w.Search(actors.Viewer{}, `"one two" heron`, search.Filter{}); len(f.IDs) != 0 {
		t.Errorf("found %v", f.IDs)
	}
}

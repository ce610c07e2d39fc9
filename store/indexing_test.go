package store

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
)

// TestWordsOfWhatHasChangedAreNotWritten: between making words and writing them, a post
// may have been erased, or another process may have written newer ones.
func TestWordsOfWhatHasChangedAreNotWritten(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const unchanged, changed, written, erased = actors.ID(1), actors.ID(2), actors.ID(3), actors.ID(4)
	err = db.Write(ctx, func(tx *Tx) error {
		for _, id := range []actors.ID{unchanged, changed, changed, erased} {
			if err := tx.searchDue(ctx, id); err != nil {
				return err
			}
		}
		if err := tx.putWords(ctx, []due{{post: changed, words: "older"}, {post: written, words: "newer"}, {post: erased, words: "erased"}}); err != nil {
			return err
		}
		return tx.index(ctx, []due{
			{post: unchanged, times: 1, words: "heron"}, {post: changed, times: 1, words: "kite"},
			{post: written, times: 1, words: "stale"}, {post: erased, times: 1},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		ID    actors.ID
		Words string
	}
	err = db.Read(ctx, func(tx *Tx) error {
		found, err := collect(ctx, tx, func(s scanner) (r row, err error) { return r, s.Scan(&r.ID, &r.Words) },
			`SELECT rowid, words FROM search_words ORDER BY rowid`)
		if err != nil {
			return err
		}
		if d := cmp.Diff([]row{{unchanged, "heron"}, {written, "newer"}}, found); d != "" {
			t.Error(d)
		}
		waiting, err := collect(ctx, tx, scanValue[actors.ID], `SELECT post_id FROM search_due`)
		if d := cmp.Diff([]actors.ID{changed}, waiting); d != "" {
			t.Error(d)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

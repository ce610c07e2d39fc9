package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"moothall/store"
)

func set(ctx context.Context, tx *store.Tx, name string) error {
	return tx.SetSetting(ctx, name, "set")
}

func (w *Town) isSet(name string) (is bool) {
	w.Helper()
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Setting(ctx, name)
		is = err == nil
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	})
	return is
}

var errMeant = errors.New("meant to fail")

// neighboursAreLeftAlone lets writes fail in every way among others that
// succeed and, on SQLite, share their commit.
func neighboursAreLeftAlone(t *testing.T, w *Town) {
	const n = 60
	results := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			results[i] = w.DB.Write(ctx, func(tx *store.Tx) error {
				if err := set(ctx, tx, fmt.Sprintf("row-%d", i)); err != nil {
					return err
				}
				switch i % 5 {
				case 1:
					return errMeant
				case 2:
					panic("meant to panic")
				case 3:
					cancel()
					return set(ctx, tx, fmt.Sprintf("row-%d-more", i))
				}
				return nil
			})
		})
	}
	all.Wait()
	for i, err := range results {
		var ok bool
		switch i % 5 {
		case 1:
			ok = errors.Is(err, errMeant)
		case 2:
			ok = err != nil && strings.Contains(err.Error(), "meant to panic")
		case 3:
			ok = errors.Is(err, context.Canceled)
		default:
			ok = err == nil
		}
		if !ok {
			t.Errorf("write %d: %v", i, err)
		}
		if got, want := w.isSet(fmt.Sprintf("row-%d", i)), i%5 == 0 || i%5 == 4; got != want {
			t.Errorf("row %d is there: %v, want %v", i, got, want)
		}
	}
}

func afterRunsAfterCommit(t *testing.T, w *Town) {
	var order []int
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		tx.After(func() {
			if !w.isSet("done") {
				t.Error("a hook ran before the commit")
			}
			order = append(order, 1)
		})
		_ = tx.Try(ctx, func() error {
			tx.After(func() { t.Error("a hook ran of a part that was undone") })
			return errMeant
		})
		// A hook may write: it runs after the transaction, not in it.
		tx.After(func() { w.Write(func(ctx context.Context, tx *store.Tx) error { return set(ctx, tx, "by-hook") }) })
		tx.After(func() { order = append(order, 2) })
		return set(ctx, tx, "done")
	})
	if !slices.Equal(order, []int{1, 2}) || !w.isSet("by-hook") {
		t.Errorf("hooks ran as %v", order)
	}
	err := w.DB.Write(context.Background(), func(tx *store.Tx) error {
		tx.After(func() { t.Error("a hook ran of a write that failed") })
		return errMeant
	})
	if !errors.Is(err, errMeant) {
		t.Error(err)
	}
}

func tryUndoesItsPart(t *testing.T, w *Town) {
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := set(ctx, tx, "before"); err != nil {
			return err
		}
		err := tx.Try(ctx, func() error {
			if err := set(ctx, tx, "undone"); err != nil {
				return err
			}
			if err := tx.Try(ctx, func() error { return set(ctx, tx, "undone-inner") }); err != nil {
				return err
			}
			return errMeant
		})
		if !errors.Is(err, errMeant) {
			t.Errorf("Try gave %v", err)
		}
		person := w.Draft(0, 0, nil, "public", 0)
		if err := tx.Try(ctx, func() error { return tx.AddPost(ctx, person, nil) }); err == nil {
			t.Error("a post of nobody was stored")
		}
		if err := tx.Try(ctx, func() error { return set(ctx, tx, "kept") }); err != nil {
			return err
		}
		return set(ctx, tx, "after")
	})
	for name, want := range map[string]bool{"before": true, "undone": false, "undone-inner": false, "kept": true, "after": true} {
		if w.isSet(name) != want {
			t.Errorf("%s is there: %v, want %v", name, !want, want)
		}
	}
}

// readCannotWrite is what S147 rests on: pages are given a handle that cannot write.
func readCannotWrite(t *testing.T, w *Town) {
	w.Person("ann", "")
	for range 8 { // every pooled reader
		err := w.DB.Read(context.Background(), func(tx *store.Tx) error { return set(context.Background(), tx, "x") })
		if err == nil {
			t.Error("a reader wrote")
		}
	}
	if w.isSet("x") {
		t.Error("a reader's write is there")
	}
}

// callerWhoGoesAway leaves in the middle of many reads and writes; the database
// stays of use (security.md S233).
func callerWhoGoesAway(t *testing.T, w *Town) {
	for i := range 200 {
		ctx, cancel := context.WithCancel(context.Background())
		run := w.DB.Read
		if i%2 == 0 {
			run = w.DB.Write
		}
		err := run(ctx, func(tx *store.Tx) error {
			if _, err := tx.CountPeople(ctx); err != nil {
				return err
			}
			cancel()
			if i%4 == 0 {
				err := tx.Try(context.Background(), func() error { return set(ctx, tx, fmt.Sprintf("gone-%d", i)) })
				if !errors.Is(err, context.Canceled) {
					t.Errorf("after cancelling: %v", err)
				}
				return err
			}
			_, err := tx.Cursors(ctx)
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("round %d: %v", i, err)
		}
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return set(ctx, tx, "well") })
	if !w.isSet("well") || w.isSet("gone-4") {
		t.Error("the database is not as it should be")
	}
	if err := w.DB.Ping(context.Background()); err != nil {
		t.Error(err)
	}
	if err := w.DB.Checkpoint(context.Background()); err != nil {
		t.Error(err)
	}
}

func closeRefusesNewWork(t *testing.T, w *Town) {
	w.Write(func(ctx context.Context, tx *store.Tx) error { return set(ctx, tx, "x") })
	if err := w.DB.Close(); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	if err := w.DB.Write(ctx, func(*store.Tx) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Write after Close: %v", err)
	}
	if err := w.DB.Read(ctx, func(*store.Tx) error { return nil }); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Read after Close: %v", err)
	}
	if err := w.DB.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
}

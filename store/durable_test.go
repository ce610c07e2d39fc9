package store_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"moothall/actors"
	"moothall/store"
	"moothall/store/storetest"
)

const writerOf = "MOOTHALL_TEST_WRITER_OF"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerOf); path != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeUntilKilled writes numbered rows from several goroutines and prints each
// when Write has returned.
func writeUntilKilled(path string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+path)
	if err != nil {
		return err
	}
	failed := make(chan error)
	var mu sync.Mutex
	for g := range 4 {
		go func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("%d-%d-%d", os.Getpid(), g, i)
				if err := db.Write(ctx, func(tx *store.Tx) error { return tx.SetSetting(ctx, name, strings.Repeat("x", 500)) }); err != nil {
					failed <- err
				}
				mu.Lock()
				fmt.Println(name)
				mu.Unlock()
			}
		}()
	}
	return <-failed
}

// TestI1_S226_KillLosesNothingAcknowledged kills a process that writes, at moments
// from a seed, and looks for every row that it said was written.
func TestI1_S226_KillLosesNothingAcknowledged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "moothall.db")
	random := rand.New(rand.NewPCG(1, 2))
	var printed []string
	for range 20 {
		printed = append(printed, writeAndKill(t, path, 1+random.IntN(80))...)
	}
	pool, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	var verdict string
	if err := pool.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Errorf("integrity_check: %q, %v", verdict, err)
	}
	for _, name := range printed {
		var n int
		if err := pool.QueryRow("SELECT COUNT(*) FROM setting WHERE name = $1", name).Scan(&n); err != nil || n != 1 {
			t.Fatalf("row %s was acknowledged and is lost (%v)", name, err)
		}
	}
	if len(printed) < 20 {
		t.Errorf("only %d rows were written", len(printed))
	}
}

// writeAndKill kills the writer once it has printed so many rows, and gives all
// that it printed.
func writeAndKill(t *testing.T, path string, rows int) (printed []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), writerOf+"="+path)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // a line without its end was cut by the kill
		}
		printed = append(printed, strings.TrimSpace(line))
		if len(printed) == rows {
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	_ = cmd.Wait()
	if len(printed) < rows {
		t.Fatalf("the writer ended by itself: %s", complaint.String())
	}
	return printed
}

func TestI1_RowsAreThereWhenReopened(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "moothall.db")
	db, err := store.Open(ctx, "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	acknowledged := make([]bool, 200)
	var all sync.WaitGroup
	for i := range acknowledged {
		all.Go(func() {
			err := db.Write(ctx, func(tx *store.Tx) error { return tx.SetSetting(ctx, fmt.Sprint("row ", i), "x") })
			if err != nil && !errors.Is(err, store.ErrClosed) {
				t.Error(err)
			}
			acknowledged[i] = err == nil
			if i == 100 {
				if err := db.Close(); err != nil { // while others wait to write
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if db, err = store.Open(ctx, "sqlite:"+path); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i, was := range acknowledged {
		err := db.Read(ctx, func(tx *store.Tx) error { _, err := tx.Setting(ctx, fmt.Sprint("row ", i)); return err })
		if (err == nil) != was {
			t.Errorf("row %d: acknowledged %v, found %v", i, was, err)
		}
	}
}

// TestS216_ErasedTextIsOverwritten looks for a marker in the bytes on disk.
func TestS216_ErasedTextIsOverwritten(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "moothall.db")
	db, err := store.Open(ctx, "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const marker = "mark-of-what-must-go"
	found := func() bool {
		for _, suffix := range []string{"", "-wal", "-journal"} {
			raw, err := os.ReadFile(path + suffix)
			if err == nil && bytes.Contains(raw, []byte(marker)) {
				return true
			}
		}
		return false
	}
	w := storetest.NewTown(t, db)
	g, ann := w.Community("roads", actors.AudiencePublic), w.Person("ann", "")
	p := w.Draft(g.ID, ann.ID, nil, actors.AudiencePublic, 1)
	p.Title, p.Source = marker, strings.Repeat(marker, 1000) // long enough for pages of its own
	a := w.Activity("Create", ann, p.URI)
	a.Body = []byte(strings.Repeat(marker, 1000))
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.Record(ctx, a); err != nil {
			return err
		}
		return tx.AddPost(ctx, p, []byte(marker))
	})
	if err := db.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	if !found() {
		t.Fatal("the marker was never stored")
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.EraseFromLog(ctx, p.URI); err != nil {
			return err
		}
		return tx.MarkPostGone(ctx, p, storetest.At(2))
	})
	if err := db.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	if found() {
		t.Error("erased text is still on the disk")
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read the database: %v, %v", info.Mode(), err)
	}
}

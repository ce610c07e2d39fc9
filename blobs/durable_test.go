package blobs

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moothall/content"
)

const keeperOf = "MOOTHALL_TEST_KEEPER_OF"

func TestMain(m *testing.M) {
	if folder := os.Getenv(keeperOf); folder != "" {
		fmt.Fprintln(os.Stderr, keepUntilKilled(folder))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// keepUntilKilled keeps files from several goroutines and prints the digest of
// each when it is kept.
func keepUntilKilled(folder string) error {
	s, err := Open(context.Background(), "file:"+filepath.Join(folder, "files"), filepath.Join(folder, "spool"))
	if err != nil {
		return err
	}
	failed := make(chan error)
	for g := range 4 {
		go func() {
			for i := 0; ; i++ {
				text := strings.NewReader(strings.Repeat(fmt.Sprintf("%d %d %d ", os.Getpid(), g, i), 20_000))
				d, _, err := s.Put(context.Background(), text, 1<<20)
				if err != nil {
					failed <- err
				}
				os.Stdout.WriteString(d.String() + "\n") // one write: a line is whole or missing
			}
		}()
	}
	return <-failed
}

// TestI1_S138_KillLosesNothingKept kills a process that keeps files, at moments from
// a seed: what it said it kept is there, nothing is there in part, and what it left
// is swept.
func TestI1_S138_KillLosesNothingKept(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	random := mathrand.New(mathrand.NewPCG(1, 2))
	var kept []string
	for range 10 {
		kept = append(kept, keepAndKill(t, folder, 1+random.IntN(20))...)
	}
	s, err := Open(t.Context(), "file:"+filepath.Join(folder, "files"), filepath.Join(folder, "spool"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sweep(time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	closed(t, s, nil)
	held := map[string]bool{}
	for _, d := range list(t, s) {
		held[d.String()] = true
		r, _, err := s.Reader(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil || content.DigestOf(b) != d {
			t.Errorf("%s is there in part: %d bytes, %v", d, len(b), err)
		}
	}
	for _, d := range kept {
		if !held[d] {
			t.Errorf("%s was kept and is lost", d)
		}
	}
	if files := filesIn(t, s.folder); len(files) != len(held) {
		t.Errorf("%d files hold %d contents", len(files), len(held))
	}
}

// keepAndKill kills the keeper once it has printed so many digests, and gives all
// that it printed.
func keepAndKill(t *testing.T, folder string, files int) (kept []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), keeperOf+"="+folder)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		kept = append(kept, lines.Text())
		if len(kept) == files {
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	_ = cmd.Wait()
	if len(kept) < files {
		t.Fatalf("the keeper ended by itself: %s", complaint.String())
	}
	return kept
}

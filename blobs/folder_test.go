package blobs

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/content"
)

// TestI1_FolderHoldsOnlyTheBytes: one file for each digest, which only this
// program's user may read, and nothing beside it.
func TestI1_FolderHoldsOnlyTheBytes(t *testing.T) {
	t.Parallel()
	s := folderStore(t)
	d, _, err := s.Put(t.Context(), strings.NewReader("hello\n"), 10)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(s.folder, "58", d.String())
	if files := filesIn(t, s.folder); !slices.Equal(files, []string{path}) {
		t.Fatalf("files: %v", files)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "hello\n" {
		t.Errorf("the file holds %q, %v", b, err)
	}
	for p, want := range map[string]os.FileMode{
		s.folder: 0o700, filepath.Dir(path): 0o700, s.spool: 0o700, path: 0o600,
	} {
		info, err := os.Stat(p)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has the mode %o, want %o: %v", p, info.Mode().Perm(), want, err)
		}
	}
}

// TestI1_KeepSurvivesItsProcess looks at what is there without the store that kept it.
func TestI1_KeepSurvivesItsProcess(t *testing.T) {
	t.Parallel()
	at := "file:" + filepath.Join(t.TempDir(), "files")
	d, _, err := opened(t, at).Put(t.Context(), noise(1, 3*chunk), 3*chunk)
	if err != nil {
		t.Fatal(err)
	}
	r, size, err := opened(t, at).Reader(t.Context(), d)
	if err != nil || size != 3*chunk {
		t.Fatal(size, err)
	}
	defer r.Close()
	if b, err := io.ReadAll(r); err != nil || content.DigestOf(b) != d {
		t.Errorf("%d bytes, %v", len(b), err)
	}
}

func TestI1_WhatCannotBeWrittenIsNoSuccess(t *testing.T) {
	t.Parallel()
	s := folderStore(t)
	p, err := s.Receive(t.Context(), strings.NewReader("hello\n"), 10)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	// A file where the folder must be: the same for every user, also for root.
	if err := os.WriteFile(filepath.Join(s.folder, "58"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Keep(t.Context(), p); err == nil {
		t.Error("kept without a place")
	}
}

func TestSweepRemovesWhatWasLeftBehind(t *testing.T) {
	t.Parallel()
	s := folderStore(t)
	d, _, err := s.Put(t.Context(), strings.NewReader("hello\n"), 10)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Receive(t.Context(), strings.NewReader("coming in now"), 100)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	kept := filepath.Join(s.folder, key(d))
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for path, age := range map[string]time.Duration{
		filepath.Join(s.spool, "received-old"):   25 * time.Hour,
		kept + ".18a7.tmp":                       25 * time.Hour,
		filepath.Join(s.spool, "received-young"): 23 * time.Hour,
		kept + ".18a8.tmp":                       23 * time.Hour,
		filepath.Join(s.spool, "not-ours"):       1000 * time.Hour,
		kept:                                     1000 * time.Hour,
		p.Path():                                 0,
	} {
		f, err := os.OpenFile(path, os.O_CREATE, 0o600)
		if err := errors.Join(err, f.Close(), os.Chtimes(path, now.Add(-age), now.Add(-age))); err != nil {
			t.Fatal(err)
		}
	}
	n, err := s.Sweep(now.Add(-24 * time.Hour))
	if err != nil || n != 2 {
		t.Errorf("%d removed: %v", n, err)
	}
	left := append(filesIn(t, s.spool), filesIn(t, s.folder)...)
	want := []string{filepath.Join(s.spool, "not-ours"), p.Path(), filepath.Join(s.spool, "received-young"), kept, kept + ".18a8.tmp"}
	slices.Sort(left)
	slices.Sort(want)
	if !slices.Equal(left, want) {
		t.Errorf("left: %v", left)
	}
	for _, path := range []string{"not-ours", "received-young"} {
		if err := os.Remove(filepath.Join(s.spool, path)); err != nil {
			t.Error(err)
		}
	}
}

// TestS136_NamesAreDigestsOnly: there is no way to name another file.
func TestS136_NamesAreDigestsOnly(t *testing.T) {
	t.Parallel()
	s := folderStore(t)
	secret := filepath.Join(filepath.Dir(s.folder), "moothall.db")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../moothall.db", "..%2fmoothall.db", "%2e%2e/moothall.db", secret, "", ".", "58/../../moothall.db"} {
		if d, err := content.ParseDigest(name); err == nil {
			t.Errorf("%q is the digest %s", name, d)
		}
	}
	for _, d := range []content.Digest{{}, content.DigestOf(nil), {0xff, '/', '.', '.'}} {
		k := key(d)
		if k != d.String()[:2]+"/"+d.String() || !filepath.IsLocal(k) || strings.Trim(k, "0123456789abcdef/") != "" {
			t.Errorf("%s is kept as %q", d, k)
		}
		if _, _, err := s.Reader(t.Context(), d); !errors.Is(err, ErrNotHeld) {
			t.Errorf("%s: %v", d, err)
		}
	}
}

package blobs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"moothall/content"
)

func TestBytesComeBackAsTheyWent(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *Store) {
		// Nothing, little, a buffer and one, more than two parts of an upload.
		for i, size := range []int64{0, 6, chunk + 1, 2*part + 7} {
			want, err := io.ReadAll(noise(byte(i), size))
			if err != nil {
				t.Fatal(err)
			}
			d, n, err := s.Put(t.Context(), iotest.HalfReader(bytes.NewReader(want)), size)
			if err != nil || d != content.DigestOf(want) || n != size {
				t.Fatalf("%d bytes: kept %d as %s: %v", size, n, d, err)
			}
			r, n, err := s.Reader(t.Context(), d)
			if err != nil || n != size {
				t.Fatalf("%d bytes: opened %d: %v", size, n, err)
			}
			got, err := io.ReadAll(r)
			if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%d bytes: %d came back: %v", size, len(got), err)
			}
		}
	})
}

func TestSeekReadsFromThere(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *Store) {
		all, err := io.ReadAll(noise(1, 100_000))
		if err != nil {
			t.Fatal(err)
		}
		d, _, err := s.Put(t.Context(), bytes.NewReader(all), 100_000)
		if err != nil {
			t.Fatal(err)
		}
		r, _, err := s.Reader(t.Context(), d)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if err := iotest.TestReader(r, all); err != nil {
			t.Error(err)
		}
		for _, at := range []int64{99_999, 0, 50_000, 100_000, 100_001} {
			if n, err := r.Seek(at, io.SeekStart); err != nil || n != at {
				t.Fatalf("seek %d: %d, %v", at, n, err)
			}
			got, err := io.ReadAll(r)
			if err != nil || !bytes.Equal(got, all[min(at, 100_000):]) {
				t.Errorf("from %d on: %d bytes, %v", at, len(got), err)
			}
		}
		if n, err := r.Seek(-1, io.SeekStart); err == nil {
			t.Errorf("seek before the beginning went to %d", n)
		}
	})
}

func TestWhatIsNotHeldIsSaidToBe(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *Store) {
		d := content.DigestOf([]byte("never kept"))
		if _, _, err := s.Reader(t.Context(), d); !errors.Is(err, ErrNotHeld) {
			t.Errorf("read: %v", err)
		}
		if err := s.Delete(t.Context(), d); err != nil {
			t.Errorf("delete: %v", err)
		}
		if err := s.Check(t.Context()); err != nil {
			t.Errorf("check of an empty store: %v", err)
		}
	})
}

func TestS138_WhatIsNotReceivedWholeLeavesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *Store) {
		gone, cancel := context.WithCancel(t.Context())
		tests := []struct {
			name string
			ctx  context.Context
			r    io.Reader
			want error
		}{
			{"too large by one", t.Context(), noise(1, chunk+1), ErrTooLarge},
			{"without end", t.Context(), noise(1, 1<<40), ErrTooLarge},
			{"broken off", t.Context(), broken{noise(1, chunk-1)}, errBroken},
			{"given up", gone, io.MultiReader(noise(1, 10), readerFunc(func([]byte) (int, error) { cancel(); return 0, nil })), context.Canceled},
		}
		for _, tt := range tests {
			if d, n, err := s.Put(tt.ctx, tt.r, chunk); !errors.Is(err, tt.want) || n != 0 || !d.IsZero() {
				t.Errorf("%s: %s, %d bytes, %v", tt.name, d, n, err)
			}
			if left := filesIn(t, s.spool); len(left) > 0 {
				t.Errorf("%s: leaves %v", tt.name, left)
			}
		}
		if held := list(t, s); len(held) > 0 {
			t.Errorf("held: %v", held)
		}
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

func TestS138_KeepThatIsGivenUpLeavesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *Store) {
		p, err := s.Receive(t.Context(), noise(1, part+1), part+1)
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Keep(ctx, p); !errors.Is(err, context.Canceled) {
			t.Errorf("keep: %v", err)
		}
		if held := list(t, s); len(held) > 0 {
			t.Errorf("held: %v", held)
		}
		if s.folder != "" {
			if files := filesIn(t, s.folder); len(files) > 0 {
				t.Errorf("files: %v", files)
			}
		}
	})
}

func TestSpoolIsReadBeforeItIsKept(t *testing.T) {
	t.Parallel()
	s := memoryStore(t)
	p, err := s.Receive(t.Context(), strings.NewReader("%PDF-1.7 and more"), 100)
	if err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 3)
	if _, err := p.ReadAt(b, 5); err != nil || string(b) != "1.7" {
		t.Errorf("read %q, %v", b, err)
	}
	if whole, err := os.ReadFile(p.Path()); err != nil || string(whole) != "%PDF-1.7 and more" {
		t.Errorf("the file is %q, %v", whole, err)
	}
	if held := list(t, s); len(held) > 0 {
		t.Errorf("held before it is kept: %v", held)
	}
	if err := s.Keep(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if held := list(t, s); !slices.Equal(held, []content.Digest{p.Digest()}) {
		t.Errorf("held: %v", held)
	}
}

func TestAnnouncedBytesMustBeThose(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *Store) {
		text := "what the origin published"
		d, size := content.DigestOf([]byte(text)), int64(len(text))
		tests := []struct {
			name string
			body string
			want content.Digest
			size int64
		}{
			{"one byte other", "What the origin published", d, size},
			{"one byte more", text + "!", d, size},
			{"one byte fewer", text[1:], d, size},
			{"nothing", "", d, size},
			{"size that lies", text, d, size + 1},
			{"digest of something else", text, content.DigestOf(nil), size},
		}
		for _, tt := range tests {
			if err := s.PutVerified(t.Context(), strings.NewReader(tt.body), tt.want, tt.size); !errors.Is(err, ErrMismatch) {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
		if held := list(t, s); len(held) > 0 {
			t.Errorf("held: %v", held)
		}
		if err := s.PutVerified(t.Context(), strings.NewReader(text), d, size); err != nil {
			t.Error(err)
		}
		if held := list(t, s); !slices.Equal(held, []content.Digest{d}) {
			t.Errorf("held: %v", held)
		}
	})
}

// TestS144_BytesThatAreHeldAreWrittenAgain: the answer is the same and so is the
// work, which the time of the second file shows.
func TestS144_BytesThatAreHeldAreWrittenAgain(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *Store) {
		first, n1, err := s.Put(t.Context(), strings.NewReader("twice"), 10)
		if err != nil {
			t.Fatal(err)
		}
		if s.folder != "" {
			old := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
			if err := os.Chtimes(filepath.Join(s.folder, key(first)), old, old); err != nil {
				t.Fatal(err)
			}
		}
		second, n2, err := s.Put(t.Context(), strings.NewReader("twice"), 10)
		if err != nil || first != second || n1 != n2 {
			t.Fatalf("%s %d, then %s %d: %v", first, n1, second, n2, err)
		}
		err = s.List(t.Context(), func(d content.Digest, size int64, modified time.Time) error {
			if d != first || size != 5 || modified.Year() == 2020 {
				t.Errorf("held: %s, %d bytes, written %s", d, size, modified)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestListAndDelete(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *Store) {
		var want []content.Digest
		for i := range 12 {
			d, _, err := s.Put(t.Context(), noise(byte(i), int64(i)), 20)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, d)
		}
		// What is not ours is passed over.
		for _, strange := range []string{"readme.txt", "ab/readme.txt", "ab/" + want[0].String() + ".1837.tmp", "zz/" + want[0].String()} {
			if err := s.bucket.WriteAll(t.Context(), strange, []byte("x"), nil); err != nil {
				t.Fatal(err)
			}
		}
		slices.SortFunc(want, func(a, b content.Digest) int { return bytes.Compare(a[:], b[:]) })
		if held := list(t, s); !slices.Equal(held, want) {
			t.Errorf("held: %v, want %v", held, want)
		}
		if err := s.Delete(t.Context(), want[3]); err != nil {
			t.Fatal(err)
		}
		if held := list(t, s); !slices.Equal(held, slices.Delete(slices.Clone(want), 3, 4)) {
			t.Errorf("held after one is deleted: %v", held)
		}
		stop := errors.New("enough")
		calls := 0
		err := s.List(t.Context(), func(content.Digest, int64, time.Time) error { calls++; return stop })
		if !errors.Is(err, stop) || calls != 1 {
			t.Errorf("stopped after %d calls: %v", calls, err)
		}
	})
}

func list(t testing.TB, s *Store) (held []content.Digest) {
	t.Helper()
	err := s.List(t.Context(), func(d content.Digest, _ int64, _ time.Time) error {
		held = append(held, d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return held
}

func TestProbeLeavesNothing(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, s *Store) {
		if err := s.Probe(t.Context()); err != nil {
			t.Error(err)
		}
		if held := list(t, s); len(held) > 0 {
			t.Errorf("held: %v", held)
		}
	})
}

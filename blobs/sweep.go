package blobs

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// spoolPrefix begins the names of temporary files.
const spoolPrefix = "received-"

// Sweep removes temporary files that a process left behind when it was killed and
// that have not been written to since a time. It says how many there were.
func (s *Store) Sweep(before time.Time) (int, error) {
	ours := func(name string) bool { return strings.HasPrefix(name, spoolPrefix) }
	removed, err := sweepFolder(s.spool, before, ours)
	if s.folder == "" || err != nil {
		return removed, err
	}
	unfinished := func(name string) bool { return strings.HasSuffix(name, ".tmp") } // as fileblob names them
	for first := range 256 {
		n, err := sweepFolder(filepath.Join(s.folder, fmt.Sprintf("%02x", first)), before, unfinished)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, nil
}

func sweepFolder(folder string, before time.Time, ours func(name string) bool) (removed int, err error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("look for leftover files: %w", err)
	}
	for _, e := range entries {
		if !ours(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
			continue
		}
		if err == nil {
			err = os.Remove(filepath.Join(folder, e.Name()))
		}
		if err != nil {
			return removed, fmt.Errorf("remove a leftover file: %w", err)
		}
		removed++
	}
	return removed, nil
}

// Probe writes, reads and deletes a few random bytes, to show that all three are
// possible.
func (s *Store) Probe(ctx context.Context) (err error) {
	sent := make([]byte, 32)
	_, _ = rand.Read(sent) // never fails
	d, _, err := s.Put(ctx, bytes.NewReader(sent), int64(len(sent)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Delete(ctx, d)) }()
	r, _, err := s.Reader(ctx, d)
	if err != nil {
		return err
	}
	defer r.Close()
	got, err := io.ReadAll(r)
	if err == nil && !bytes.Equal(got, sent) {
		err = fmt.Errorf("%w: %s gives back other bytes than it was given", ErrMismatch, s.where)
	}
	return err
}

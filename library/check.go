package library

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"moothall/blobs"
	"moothall/content"
	"moothall/store"
)

// Checked is what Check found.
type Checked struct {
	Files   int      `json:"files"` // looked at
	Bytes   int64    `json:"bytes"`
	Missing []string `json:"missing"` // that are to be here, by their SHA-256
	Altered []string `json:"altered"` // the bytes of which have another SHA-256
	Unknown []string `json:"unknown"` // bytes that nobody knows, which are no fault
}

// IsWhole says whether every file that is to be here is here as it was.
func (c Checked) IsWhole() bool { return len(c.Missing)+len(c.Altered) == 0 }

const (
	checkBatch = 500
	// unknownFor is how old bytes must be that nobody knows: somebody may be about to.
	unknownFor = time.Hour
)

// Check reads the bytes of every file that is to be here, and looks for bytes that
// nobody knows. It changes nothing, and a node may run meanwhile. after is called with
// how far it is when a file has been read.
func Check(ctx context.Context, db *store.DB, files *blobs.Store, now time.Time, after func(Checked)) (Checked, error) {
	c := Checked{Missing: []string{}, Altered: []string{}, Unknown: []string{}}
	var last content.Digest
	for first := true; ; first = false {
		var list []content.Digest
		err := db.Read(ctx, func(tx *store.Tx) (err error) {
			list, err = tx.FilesAfter(ctx, last, first, checkBatch)
			return err
		})
		if err != nil {
			return c, fmt.Errorf("list files: %w", err)
		}
		if len(list) == 0 {
			break
		}
		for _, d := range list {
			if err := c.look(ctx, db, files, d); err != nil {
				return c, err
			}
			after(c)
		}
		last = list[len(list)-1]
	}
	err := files.List(ctx, func(d content.Digest, _ int64, modified time.Time) error {
		if modified.After(now.Add(-unknownFor)) {
			return nil
		}
		known, err := isKnown(ctx, db, d)
		if err == nil && !known {
			c.Unknown = append(c.Unknown, d.String())
		}
		return err
	})
	if err != nil {
		return c, fmt.Errorf("look for bytes that nobody knows: %w", err)
	}
	return c, nil
}

// look reads the bytes of one file.
func (c *Checked) look(ctx context.Context, db *store.DB, files *blobs.Store, d content.Digest) error {
	c.Files++
	r, _, err := files.Reader(ctx, d)
	if errors.Is(err, blobs.ErrNotHeld) {
		// It may have been cleared away since it was listed.
		known, err := isKnown(ctx, db, d)
		if err == nil && known {
			c.Missing = append(c.Missing, d.String())
		}
		return err
	}
	if err != nil {
		return fmt.Errorf("open the file %s: %w", d, err)
	}
	defer r.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, r)
	if err != nil {
		return fmt.Errorf("read the file %s: %w", d, err)
	}
	c.Bytes += n
	if content.Digest(sum.Sum(nil)) != d {
		c.Altered = append(c.Altered, d.String())
	}
	return nil
}

func isKnown(ctx context.Context, db *store.DB, d content.Digest) (known bool, err error) {
	err = db.Read(ctx, func(tx *store.Tx) (err error) {
		known, err = tx.IsFileDue(ctx, d)
		return err
	})
	return known, err
}

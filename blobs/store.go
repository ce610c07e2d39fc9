package blobs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"
	"gocloud.dev/gcerrors"

	"moothall/content"
)

// Store keeps bytes. It is safe for use by several goroutines and, but for what
// Memory makes, by several processes.
type Store struct {
	bucket *blob.Bucket
	folder string // where bucket is a folder; else empty

	s3           *s3.Client // where bucket is one of S3; else nil
	name, prefix string     // of the bucket of S3, and of all names in it

	spool string // folder of files that are being received
	where string // for errors; without secrets
}

// ErrNotHeld says that no bytes with this digest are kept.
var ErrNotHeld = errors.New("these bytes are not held")

// Memory makes a store for tests, whose bytes are gone with it. Spool is as in Open.
func Memory(spool string) (*Store, error) {
	if err := makeFolder(spool); err != nil {
		return nil, err
	}
	return &Store{bucket: memblob.OpenBucket(nil), spool: spool, where: "memory"}, nil
}

// Where is the place of the store as its owner wrote it, without its options.
func (s *Store) Where() string { return s.where }

// Close lets go of the store. What is read from it must have been closed.
func (s *Store) Close() error { return s.bucket.Close() }

// Delete forgets bytes. It is no error if they are not held.
//
// Whoever deletes because nothing refers to the bytes must leave alone what is
// newer than the longest upload: Keep renews the time that List gives.
func (s *Store) Delete(ctx context.Context, d content.Digest) error {
	err := s.bucket.Delete(ctx, key(d))
	if err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return fmt.Errorf("delete the bytes %s: %w", d, err)
	}
	return nil
}

// DeleteOlder is Delete of bytes that were last kept before a time, by the clock of
// the store; newer ones stay, as somebody may be about to refer to them.
func (s *Store) DeleteOlder(ctx context.Context, d content.Digest, before time.Time) error {
	at, err := s.bucket.Attributes(ctx, key(d))
	switch {
	case gcerrors.Code(err) == gcerrors.NotFound:
		return nil
	case err != nil:
		return fmt.Errorf("look at the bytes %s: %w", d, err)
	case !at.ModTime.Before(before):
		return nil
	}
	return s.Delete(ctx, d)
}

// List calls do for all bytes that are held, in order of their digests, until it
// fails. Modified is when they were last kept, by the clock of the store. What
// else lies there is passed over.
func (s *Store) List(ctx context.Context, do func(d content.Digest, size int64, modified time.Time) error) error {
	// By first byte: a folder is walked again for each page of a listing.
	for first := range 256 {
		if err := s.listShelf(ctx, fmt.Sprintf("%02x/", first), do); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) listShelf(ctx context.Context, shelf string, do func(content.Digest, int64, time.Time) error) error {
	for list := s.bucket.List(&blob.ListOptions{Prefix: shelf}); ; {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("list the files in %s: %w", s.where, err)
		}
		d, err := content.ParseDigest(strings.TrimPrefix(o.Key, shelf))
		if err != nil || key(d) != o.Key {
			continue
		}
		if err := do(d, o.Size, o.ModTime); err != nil {
			return err
		}
	}
}

// key is the one name under which bytes are kept. Nothing that came from outside
// is in it but the digest (security.md S136).
func key(d content.Digest) string {
	name := d.String()
	return name[:2] + "/" + name
}

// makeFolder makes a folder that only this program's user may look into.
func makeFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return fmt.Errorf("make the folder for files: %w", err)
	}
	return nil
}

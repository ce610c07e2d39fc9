package library

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"moothall/actors"
	"moothall/blobs"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
)

// What keeps a file of a document elsewhere from being opened here.
var (
	// ErrNoDigest says that its site does not say what the file should be, so that
	// nobody could check it.
	ErrNoDigest = errors.New("the file has no fingerprint to check it by")
	// ErrAltered says that what its site hands out is not what it announced (C60).
	ErrAltered = errors.New("the file is not the one that was announced")
	// ErrUnreachable says that its site did not hand the file out.
	ErrUnreachable = errors.New("the file cannot be fetched from its own site")
	// ErrBusy says that so many others wait for files that nobody else can.
	ErrBusy = errors.New("too many wait for files from elsewhere")
)

// MaxFetched bounds a file from elsewhere, in bytes.
const MaxFetched = 200 << 20

// Hold makes sure that the file of a version is here. That of a document elsewhere
// is fetched from its own site in the name of reader, who may read the document,
// checked against the digest that was announced, and kept for a while. Many
// who ask at once cause one fetch.
func (l *Library) Hold(ctx context.Context, reader actors.ID, p content.Post, v content.Version) error {
	if v.IsWithdrawn() || p.IsGone() {
		return store.ErrNotFound
	}
	if p.Local {
		return nil
	}
	if v.File.Digest.IsZero() {
		return ErrNoDigest
	}
	if v.File.Size > MaxFetched {
		return fmt.Errorf("%w: it has %d bytes", ErrUnreachable, v.File.Size)
	}
	held, err := l.holds(ctx, v)
	if err != nil || held {
		return err
	}
	l.make()
	if l.refused.has(v, l.Now()) {
		return ErrAltered
	}
	fetched := l.fetching.DoChan(string(v.URI), func() (any, error) {
		// Whoever asked first may go away; others wait for the same bytes.
		return nil, l.fetch(context.WithoutCancel(ctx), reader, groupOf(p), v)
	})
	select {
	case got := <-fetched:
		return got.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// holds says whether the file is here, and has what it says found out where nobody has.
func (l *Library) holds(ctx context.Context, v content.Version) (held bool, err error) {
	err = l.DB.Read(ctx, func(tx *store.Tx) error {
		if held, err = tx.HasFileOf(ctx, v); err != nil || !held {
			return err
		}
		return l.readUnlessRead(ctx, tx, v)
	})
	if err != nil {
		return false, fmt.Errorf("look for a file: %w", err)
	}
	return held, nil
}

// readUnlessRead has the file read where nobody has: what is known of it already may
// be of somebody who sent it here, and stays.
func (l *Library) readUnlessRead(ctx context.Context, tx *store.Tx, v content.Version) error {
	_, err := tx.Reading(ctx, v.File.Digest)
	if errors.Is(err, store.ErrNotFound) {
		l.readLater(v)
		return nil
	}
	return err
}

func (l *Library) readLater(v content.Version) {
	l.make()
	select {
	case l.unread <- unread{v.File.Digest, extract.FormatOf(v.File.MediaType)}:
		l.Wake()
	default: // when it is opened again
	}
}

// groupOf is the community among whose members a document is read; zero for a public one.
func groupOf(p content.Post) actors.ID {
	if p.Audience == actors.AudiencePublic {
		return 0
	}
	return p.Group
}

func (l *Library) fetch(ctx context.Context, reader, group actors.ID, v content.Version) error {
	done, err := l.turn(v.URI.Host())
	if err != nil {
		return err
	}
	defer done()
	if held, err := l.holds(ctx, v); err != nil || held {
		return err // by whoever was just before
	}
	if !actors.URI(v.File.URL).SameOrigin(v.URI) {
		// Signed in the name of a reader, it could bring what only that reader may have.
		return fmt.Errorf("%w: its file is on another site", ErrUnreachable)
	}
	client, err := l.As(ctx, reader, group)
	if err != nil {
		return fmt.Errorf("fetch in the name of a reader: %w", err)
	}
	var got *blobs.Spool
	err = client.File(ctx, actors.URI(v.File.URL), func(r io.Reader) (err error) {
		got, err = l.Files.Receive(ctx, r, limitOf(v))
		return err
	})
	if got != nil {
		defer got.Close()
	}
	if errors.Is(err, blobs.ErrTooLarge) {
		return l.altered(ctx, v, "it is larger")
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if got.Digest() != v.File.Digest || v.File.Size != 0 && got.Size() != v.File.Size {
		return l.altered(ctx, v, "its SHA-256 is "+got.Digest().String())
	}
	if err := l.Files.Keep(ctx, got); err != nil {
		return fmt.Errorf("keep a fetched file: %w", err)
	}
	now := l.Now()
	v.File.Size = got.Size()
	err = l.DB.Write(ctx, func(tx *store.Tx) error {
		if err := tx.FetchedFile(ctx, v, now, now.Add(l.cache())); err != nil {
			return err
		}
		return l.readUnlessRead(ctx, tx, v)
	})
	if err != nil {
		return fmt.Errorf("note a fetched file: %w", err)
	}
	return nil
}

func (l *Library) cache() time.Duration {
	if l.Cache == 0 {
		return usualCache
	}
	return l.Cache
}

func limitOf(v content.Version) int64 {
	if v.File.Size > 0 && v.File.Size < MaxFetched {
		return v.File.Size
	}
	return MaxFetched
}

// altered notes for administrators that a site handed out another file than it
// announced (invariant I5), and does not ask for it again at each click.
func (l *Library) altered(ctx context.Context, v content.Version, how string) error {
	l.refused.add(v, l.Now())
	l.Log.WarnContext(ctx, "file refused: not the one that was announced", "version", v.URI, "how", how)
	err := l.DB.Write(ctx, func(tx *store.Tx) error {
		return tx.AddRefusals(ctx, store.Refusals{Host: v.URI.Host(), Code: "file_altered", Detail: string(v.URI) + ": " + how, Times: 1, Last: l.Now()})
	})
	if err != nil {
		return fmt.Errorf("note a refused file: %w", err)
	}
	return ErrAltered
}

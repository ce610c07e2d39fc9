package library

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"moothall/blobs"
	"moothall/content"
	"moothall/extract"
	"moothall/extract/apart"
	"moothall/store"
)

const (
	readingTime = 3 * time.Minute // after which another process takes an upload
	maxAttempts = 3
	maxCleaned  = 200 << 20 // bytes
)

// readNext reads the upload that has waited longest.
func (l *Library) readNext(ctx context.Context) (bool, error) {
	var u store.Upload
	err := l.DB.Write(ctx, func(tx *store.Tx) (err error) {
		now := l.Now()
		u, err = tx.ClaimUpload(ctx, now, now.Add(readingTime))
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find a file to read: %w", err)
	}
	u, reading, err := l.readUpload(ctx, u)
	if err != nil {
		return false, fmt.Errorf("read upload %s: %w", u.ID, err)
	}
	return true, l.finish(ctx, u, reading)
}

// readUpload reads an upload and says what came of it. An error is the node's own;
// after several the file is shared without its text.
func (l *Library) readUpload(ctx context.Context, u store.Upload) (store.Upload, extract.Reading, error) {
	read, made, err := l.read(ctx, u.Digest, u.Format, u.Clean || u.Format.IsImage())
	if made != nil {
		defer made.Close()
	}
	no, refused := errors.AsType[*extract.Refusal](err)
	_, unread := errors.AsType[*apart.Unreadable](err)
	switch {
	case refused:
		u.State, u.Why = store.UploadRefused, no.Words
		return u, read, nil
	case u.Clean && (unread || err == nil && made == nil || err != nil && ctx.Err() == nil && u.Attempts >= maxAttempts):
		// Its sender believes that these things are gone: it is not shared with them.
		l.Log.InfoContext(ctx, "file not cleaned", "upload", u.ID, "format", u.Format, "err", err)
		u.State, u.Why = store.UploadRefused, extract.ErrNotCleaned.Words
		return u, read, nil
	case unread, err != nil && ctx.Err() == nil && u.Attempts >= maxAttempts && !u.Format.IsImage():
		l.Log.InfoContext(ctx, "file not read", "upload", u.ID, "format", u.Format, "err", err)
		u.State = store.UploadReady
		return u, unreadable(u.Format), nil
	case err != nil:
		return u, read, err
	}
	u.State = store.UploadReady
	if made == nil {
		return u, read, nil
	}
	if err := l.Files.Keep(ctx, made); err != nil {
		return u, read, fmt.Errorf("keep the cleaned file: %w", err)
	}
	u.Digest, u.Size, u.Format = made.Digest(), made.Size(), read.Format
	u.Name = withExtension(u.Name, read.Format)
	return u, read, nil
}

// finish stores what was read. Whoever sent the file may have changed their mind.
func (l *Library) finish(ctx context.Context, u store.Upload, r extract.Reading) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("write a reading: %w", err)
	}
	err = l.DB.Write(ctx, func(tx *store.Tx) error {
		if err := tx.FinishUpload(ctx, u); err != nil || u.State != store.UploadReady {
			return err
		}
		now := l.Now()
		if err := tx.KeepFile(ctx, u.Digest, u.Size, now, now); err != nil {
			return err
		}
		return tx.AddReading(ctx, u.Digest, body, now)
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// read reads a file that is kept here, and returns the cleaned one where one was
// made: the caller closes it.
func (l *Library) read(ctx context.Context, d content.Digest, f extract.Format, clean bool) (extract.Reading, *blobs.Spool, error) {
	near, err := l.near(ctx, d)
	if err != nil {
		return extract.Reading{}, nil, err
	}
	defer near.Close()
	return l.readNear(ctx, near, f, clean)
}

func (l *Library) readNear(ctx context.Context, near *blobs.Spool, f extract.Format, clean bool) (extract.Reading, *blobs.Spool, error) {
	file, err := near.Open()
	if err != nil {
		return extract.Reading{}, nil, err
	}
	defer file.Close()
	j := apart.Job{Format: f, File: file, Clean: clean}
	if !clean {
		res, err := l.Read(ctx, j)
		return res.Reading, nil, err
	}
	return l.clean(ctx, j)
}

// near is a copy of a file on this machine, wherever bytes are kept: the caller closes it.
func (l *Library) near(ctx context.Context, d content.Digest) (*blobs.Spool, error) {
	bytes, _, err := l.Files.Reader(ctx, d)
	if err != nil {
		return nil, err
	}
	defer bytes.Close()
	return l.Files.Receive(ctx, bytes, maxCleaned)
}

// Look says what is in the file of a version that is held, for whoever is about to
// share it here. It looks by itself, and not at what its site says of it. It returns
// an extract.Refusal for a kind of file that nobody could send here. A few are looked
// at at the same time; others wait.
func (l *Library) Look(ctx context.Context, v content.Version) (extract.Reading, error) {
	l.make()
	select {
	case l.looks <- struct{}{}:
		defer func() { <-l.looks }()
	case <-ctx.Done():
		return extract.Reading{}, ctx.Err()
	}
	near, err := l.near(ctx, v.File.Digest)
	if err != nil {
		return extract.Reading{}, fmt.Errorf("look into a file: %w", err)
	}
	defer near.Close()
	f, err := extract.Sniff(v.File.Name, near, near.Size())
	if err != nil {
		return extract.Reading{}, err
	}
	if f.IsImage() { // has no text, and is copied as it is
		return extract.Reading{Format: f, NoText: true}, nil
	}
	r, _, err := l.readNear(ctx, near, f, false)
	if _, unread := errors.AsType[*apart.Unreadable](err); unread {
		return unreadable(f), nil
	}
	return r, err
}

// unreadable is what is known of a file that may be shared without its text.
func unreadable(f extract.Format) extract.Reading {
	return extract.Reading{Format: f, NoText: true, Findings: []extract.Finding{{Code: extract.Unreadable, Severity: extract.Warn, Count: 1}}}
}

// clean reads a file and receives what is left of it.
func (l *Library) clean(ctx context.Context, j apart.Job) (extract.Reading, *blobs.Spool, error) {
	var res apart.Result
	made, err := l.Files.Collect(ctx, maxCleaned, func(w io.Writer) (err error) {
		j.Out = w
		res, err = l.Read(ctx, j)
		return err
	})
	if err == nil && made.Size() == 0 {
		return res.Reading, nil, made.Close() // it is shared as it is
	}
	return res.Reading, made, err
}

// withExtension is a name that ends as its format does.
func withExtension(name string, f extract.Format) string {
	end := "." + string(f)
	if ext := path.Ext(name); strings.EqualFold(ext, end) || f == extract.JPEG && strings.EqualFold(ext, ".jpg") {
		return name
	}
	return strings.TrimSuffix(name, path.Ext(name)) + end
}

// readFetched reads one of the files that were fetched for readers.
func (l *Library) readFetched(ctx context.Context) (bool, error) {
	var u unread
	select {
	case u = <-l.unread:
	default:
		return false, nil
	}
	r, err := l.readTheirs(ctx, u)
	if err != nil {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		// What this node could not do says nothing of the file: it is tried when somebody opens it again.
		l.Log.WarnContext(ctx, "fetched file not read", "digest", u.digest, "err", err)
		return true, nil
	}
	body, err := json.Marshal(r)
	if err != nil {
		return false, fmt.Errorf("write a reading: %w", err)
	}
	return true, l.DB.Write(ctx, func(tx *store.Tx) error {
		if has, err := tx.HasFile(ctx, u.digest); err != nil || !has {
			return err
		}
		if _, err := tx.Reading(ctx, u.digest); !errors.Is(err, store.ErrNotFound) {
			return err // somebody sent the same file meanwhile, and was told what is in it
		}
		return tx.AddReading(ctx, u.digest, body, l.Now())
	})
}

// readTheirs reads a file from elsewhere as what it is: its site may say anything of
// it, and what is read is shown to all who have the same file. What nobody could look
// into is not known to be clean. An error is the node's own.
func (l *Library) readTheirs(ctx context.Context, u unread) (extract.Reading, error) {
	near, err := l.near(ctx, u.digest)
	if err != nil {
		return extract.Reading{}, err
	}
	defer near.Close()
	f, err := extract.Sniff("", near, near.Size())
	if f == extract.TXT && (u.format == extract.CSV || u.format == extract.MD) {
		f = u.format // nothing in a text tells them apart
	}
	none := extract.Reading{Format: f, NoText: true}
	var r extract.Reading
	if err == nil && !f.IsImage() {
		r, _, err = l.readNear(ctx, near, f, false)
	}
	_, refused := errors.AsType[*extract.Refusal](err)
	_, unread := errors.AsType[*apart.Unreadable](err)
	switch {
	case refused, unread:
		l.Log.InfoContext(ctx, "nothing to read in a fetched file", "digest", u.digest, "err", err)
		return unreadable(f), nil
	case err != nil:
		return r, err
	case f.IsImage():
		return none, nil
	}
	return r, nil
}

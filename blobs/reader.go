package blobs

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"moothall/content"
)

// Reader opens bytes for reading and says how many there are. Nothing is fetched
// before the first Read, and then from where Seek went. The context must last
// until Close. Errors wrap ErrNotHeld.
func (s *Store) Reader(ctx context.Context, d content.Digest) (io.ReadSeekCloser, int64, error) {
	r, err := s.reader(ctx, d)
	if err != nil {
		return nil, 0, err
	}
	return r, r.size, nil
}

func (s *Store) reader(ctx context.Context, d content.Digest) (*reader, error) {
	at, err := s.bucket.Attributes(ctx, key(d))
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fmt.Errorf("%w: %s", ErrNotHeld, d)
	}
	if err != nil {
		return nil, fmt.Errorf("look for the bytes %s: %w", d, err)
	}
	return &reader{ctx: ctx, bucket: s.bucket, key: key(d), size: at.Size}, nil
}

// reader reads from a place until it is sent to another one.
type reader struct {
	ctx    context.Context
	bucket *blob.Bucket
	key    string
	size   int64
	at     int64
	open   *blob.Reader // at the place; nil before a Read
	err    error        // the first that Read met
}

func (r *reader) Read(b []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	n, err := r.read(b)
	if errors.Is(err, io.EOF) && r.at < r.size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("read stored bytes: %w", err)
		r.err = errors.Join(r.err, err)
	}
	return n, err
}

func (r *reader) read(b []byte) (int, error) {
	if r.open == nil {
		open, err := r.bucket.NewRangeReader(r.ctx, r.key, r.at, -1, nil)
		if err != nil {
			return 0, err
		}
		r.open = open
	}
	n, err := r.open.Read(b)
	r.at += int64(n)
	return n, err
}

func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	if offset == r.at {
		return r.at, nil
	}
	r.at = offset
	return r.at, r.Close()
}

// Close lets go of what is open; a Read would open it again.
func (r *reader) Close() error {
	if r.open == nil {
		return nil
	}
	open := r.open
	r.open = nil
	return open.Close()
}

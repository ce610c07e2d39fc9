package blobs

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"os"

	"moothall/content"
)

// ErrTooLarge says that more bytes came than may.
var ErrTooLarge = errors.New("the file is larger than is allowed")

// ErrMismatch says that the bytes are others than were announced.
var ErrMismatch = errors.New("the bytes are not those that were announced")

// chunk is how many bytes of a file are in memory at a time.
const chunk = 64 << 10

// Spool is a file that was received and is not kept yet. It is in a temporary
// file, which Close removes.
type Spool struct {
	file   *os.File
	digest content.Digest
	size   int64
}

// Receive reads a file to its end into a temporary file. Where that fails nothing
// is left of it. Errors wrap ErrTooLarge beyond limit bytes, the error of r, or
// that of the context.
func (s *Store) Receive(ctx context.Context, r io.Reader, limit int64) (*Spool, error) {
	f, err := os.CreateTemp(s.spool, spoolPrefix+"*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	p := &Spool{file: f}
	if err := p.fill(ctx, r, limit); err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

func (p *Spool) fill(ctx context.Context, r io.Reader, limit int64) error {
	sum := sha256.New()
	n, err := io.CopyBuffer(io.MultiWriter(p.file, sum), while{ctx, io.LimitReader(r, min(limit, math.MaxInt64-1)+1)}, make([]byte, chunk))
	switch {
	case err != nil:
		return fmt.Errorf("receive a file: %w", err)
	case n > limit:
		return fmt.Errorf("%w: more than %d bytes", ErrTooLarge, limit)
	}
	p.size, p.digest = n, content.Digest(sum.Sum(nil))
	return nil
}

// Collect is Receive of what write writes.
func (s *Store) Collect(ctx context.Context, limit int64, write func(io.Writer) error) (*Spool, error) {
	r, w := io.Pipe()
	go func() { w.CloseWithError(write(w)) }()
	p, err := s.Receive(ctx, r, limit)
	r.Close() // lets write end where Receive has not read all
	return p, err
}

// Open opens the file for reading only, for another process.
func (p *Spool) Open() (*os.File, error) { return os.Open(p.file.Name()) }

// Digest names the bytes.
func (p *Spool) Digest() content.Digest { return p.digest }

// Size is how many bytes there are.
func (p *Spool) Size() int64 { return p.size }

// Path is where the temporary file is, for another process to read.
func (p *Spool) Path() string { return p.file.Name() }

// ReadAt reads from the file, as io.ReaderAt says.
func (p *Spool) ReadAt(b []byte, at int64) (int, error) { return p.file.ReadAt(b, at) }

// Close removes the temporary file. What was kept stays.
func (p *Spool) Close() error {
	return errors.Join(p.file.Close(), os.Remove(p.file.Name()))
}

// Put receives a file and keeps it: Receive, then Keep.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (d content.Digest, size int64, err error) {
	p, err := s.Receive(ctx, r, limit)
	if err != nil {
		return content.Digest{}, 0, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	return p.digest, p.size, s.Keep(ctx, p)
}

// PutVerified keeps a file whose digest and size somebody announced, if these are
// true. Errors wrap ErrMismatch, and nothing is kept.
func (s *Store) PutVerified(ctx context.Context, r io.Reader, want content.Digest, size int64) (err error) {
	p, err := s.Receive(ctx, r, size)
	if errors.Is(err, ErrTooLarge) {
		return fmt.Errorf("%w: more than %d bytes", ErrMismatch, size)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	switch {
	case p.size != size:
		return fmt.Errorf("%w: %d bytes for %d", ErrMismatch, p.size, size)
	case p.digest != want:
		return fmt.Errorf("%w: SHA-256 %s for %s", ErrMismatch, p.digest, want)
	}
	return s.Keep(ctx, p)
}

// while reads for as long as its context lasts.
type while struct {
	ctx context.Context
	r   io.Reader
}

func (w while) Read(b []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(b)
}

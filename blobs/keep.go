package blobs

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
)

// part is how much of a file goes to Azure in one request and is in memory.
const part = 4 << 20

// asBytes is the media type that the store is told. What a file is told to be when
// it is handed out is said then.
const asBytes = "application/octet-stream"

// Keep stores what was received, under its digest. When it returns without an
// error the bytes survive a power cut. It writes whether or not they are held
// already, so that nobody learns which from it.
func (s *Store) Keep(ctx context.Context, p *Spool) error {
	keep := s.write
	if s.s3 != nil {
		keep = s.send
	}
	if err := keep(ctx, p); err != nil {
		return fmt.Errorf("keep a file in %s: %w", s.where, err)
	}
	return nil
}

// send stores a file in S3 with one request that reads from the temporary file,
// where the library would hold 16 MB in memory and send parts. S3 is told the
// SHA-256 and refuses what arrives otherwise.
func (s *Store) send(ctx context.Context, p *Spool) error {
	_, err := s.s3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: new(s.name), Key: new(s.prefix + key(p.digest)), ContentType: new(asBytes),
		Body: io.NewSectionReader(p, 0, p.size), ContentLength: new(p.size),
		ChecksumSHA256: new(base64.StdEncoding.EncodeToString(p.digest[:])),
	})
	return err
}

func (s *Store) write(ctx context.Context, p *Spool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before Close: what was begun is given up
	var file *os.File
	w, err := s.bucket.NewWriter(ctx, key(p.digest), &blob.WriterOptions{
		ContentType: asBytes, BufferSize: part, MaxConcurrency: 1,
		BeforeWrite: func(as func(any) bool) error {
			if as(&file) {
				return file.Chmod(0o600)
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	_, err = io.CopyBuffer(plain{w}, while{ctx, io.NewSectionReader(p, 0, p.size)}, make([]byte, chunk))
	if err == nil && file != nil {
		err = file.Sync() // the library renames the file, but does not do this
	}
	if err != nil {
		cancel()
		return errors.Join(err, w.Close())
	}
	if err := w.Close(); err != nil {
		return err
	}
	return s.syncFolders(p)
}

// syncFolders makes the name of a file last.
func (s *Store) syncFolders(p *Spool) error {
	if s.folder == "" {
		return nil
	}
	shelf := filepath.Dir(filepath.Join(s.folder, filepath.FromSlash(key(p.digest))))
	return errors.Join(syncFolder(shelf), syncFolder(s.folder))
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// plain hides that a writer can do more, so that io.CopyBuffer uses our buffer.
type plain struct{ io.Writer }

package blobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // s3://
)

// ErrURL says that a URL of a store cannot be used, and what can.
var ErrURL = errors.New("storage must be file:PATH, s3://BUCKET?region=…&endpoint=… or azblob://CONTAINER")

// reachTime is how long Check waits for a store that does not answer.
const reachTime = 20 * time.Second

// Open opens the store at a URL, which is one of
//
//	file:PATH or file:///PATH
//	s3://BUCKET?region=…&endpoint=…&prefix=…
//	azblob://CONTAINER?storage_account=…&prefix=…
//
// where prefix is put before each name, and makes the folder if there is none. Credentials are found as the makers'
// libraries find them: in the environment, in their own files, or from the machine.
// Spool is a folder on this machine for files that are being received.
//
// Open asks no server: Check does. Errors wrap ErrURL.
func Open(ctx context.Context, storage, spool string) (*Store, error) {
	s := &Store{spool: spool, where: storage}
	if err := makeFolder(spool); err != nil {
		return nil, err
	}
	if path, ok := strings.CutPrefix(storage, "file:"); ok {
		return s, s.openFolder(path)
	}
	u, err := url.Parse(storage)
	if err != nil || options[u.Scheme] == nil || u.User != nil || u.Opaque != "" || strings.Trim(u.Path, "/") != "" {
		return nil, ErrURL // not with the text: there may be a secret in it
	}
	if u.Host == "" {
		return nil, fmt.Errorf("%w: there is no name after %s://", ErrURL, u.Scheme)
	}
	return s, s.openBucket(ctx, u)
}

// options are what may stand behind the name of a bucket: those of gocloud.dev's
// drivers that say where it is.
var options = map[string][]string{
	"s3": {"region", "endpoint", "use_path_style", "profile", "dualstack", "fips", "prefix",
		"request_checksum_calculation", "response_checksum_validation"},
	"azblob": {"storage_account", "domain", "protocol", "cdn", "localemu", "prefix"},
}

func (s *Store) openBucket(ctx context.Context, u *url.URL) (err error) {
	s.where = u.Scheme + "://" + u.Host
	for option := range u.Query() {
		if known := options[u.Scheme]; !slices.Contains(known, option) {
			return fmt.Errorf("%w: %s has the options %s, not %q", ErrURL, u.Scheme, strings.Join(known, ", "), option)
		}
	}
	if s.bucket, err = blob.OpenBucket(ctx, u.String()); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrURL, s.where, err)
	}
	s.name, s.prefix = u.Host, u.Query().Get("prefix")
	s.bucket.As(&s.s3)
	return nil
}

func (s *Store) openFolder(path string) error {
	if strings.HasPrefix(path, "//") {
		u, err := url.Parse("file:" + path)
		if err != nil || u.Host != "" && u.Host != "localhost" || u.RawQuery != "" || u.Fragment != "" {
			return fmt.Errorf("%w: file:%s is not the address of a folder", ErrURL, path)
		}
		path = u.Path
	}
	if path == "" {
		return fmt.Errorf("%w: file: has no path behind it", ErrURL)
	}
	folder, err := filepath.Abs(filepath.FromSlash(path))
	if err != nil {
		return fmt.Errorf("find the folder of files: %w", err)
	}
	if err := makeFolder(folder); err != nil {
		return err
	}
	s.folder = folder
	s.bucket, err = fileblob.OpenBucket(folder, &fileblob.Options{
		DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite,
	})
	if err != nil {
		return fmt.Errorf("open the folder of files: %w", err)
	}
	return nil
}

// Check asks the store whether it is there and lets us in.
func (s *Store) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	there, err := s.there(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("files cannot be stored in %s: check its name, region and endpoint in the setting storage, "+
			"and the credentials in the environment: %w", s.where, err)
	case !there:
		return fmt.Errorf("files cannot be stored in %s: there is no such place; create it, or correct the setting storage", s.where)
	}
	return nil
}

func (s *Store) there(ctx context.Context) (bool, error) {
	if s.folder == "" {
		return s.bucket.IsAccessible(ctx)
	}
	info, err := os.Stat(s.folder) // for the library a missing folder is an empty one
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && info.IsDir(), err
}

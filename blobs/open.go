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
	"unicode"

	"gocloud.dev/blob"
	_ "gocloud.dev/blob/azureblob" // azblob://
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // s3://
)

// ErrURL says that a URL of a store cannot be used, and what can.
var ErrURL = errors.New("must be file:PATH, s3://BUCKET?region=…&endpoint=… or azblob://CONTAINER")

// reachTime is how long Check waits for a store that does not answer.
const reachTime = 20 * time.Second

// Open opens the store at a URL, which is one of
//
//	file:PATH or file:///PATH
//	s3://BUCKET?region=…&endpoint=…&prefix=…
//	azblob://CONTAINER?storage_account=…&prefix=…
//
// where prefix is put before each name, and makes the folder if there is none.
// Credentials are found as the makers' libraries find them: in the environment, in
// their own files, or from the machine. Spool is a folder on this machine for files
// that are being received.
//
// Open asks no server: Check does. Errors about the URL wrap ErrURL.
func Open(ctx context.Context, storage, spool string) (*Store, error) {
	at, err := parse(storage)
	if err != nil {
		return nil, err
	}
	if err := makeFolder(spool); err != nil {
		return nil, err
	}
	if at.bucket == nil {
		return openFolder(at.folder, spool)
	}
	bucket, err := blob.OpenBucket(ctx, at.bucket.String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w (docs/admin/storage.md says what is needed)", at, err)
	}
	s := &Store{bucket: bucket, spool: spool, where: at.String(), name: at.bucket.Host, prefix: at.bucket.Query().Get("prefix")}
	bucket.As(&s.s3)
	return s, nil
}

func openFolder(path, spool string) (*Store, error) {
	folder, err := filepath.Abs(filepath.FromSlash(path))
	if err != nil {
		return nil, fmt.Errorf("find the folder of files: %w", err)
	}
	if err := makeFolder(folder); err != nil {
		return nil, err
	}
	bucket, err := fileblob.OpenBucket(folder, &fileblob.Options{
		DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite,
	})
	if err != nil {
		return nil, fmt.Errorf("open the folder of files: %w", err)
	}
	return &Store{bucket: bucket, folder: folder, spool: spool, where: folder}, nil
}

// CheckURL says whether Open could use a URL. Errors wrap ErrURL.
func CheckURL(storage string) error {
	_, err := parse(storage)
	return err
}

// address is what a URL names: a folder or a bucket.
type address struct {
	folder string
	bucket *url.URL // nil for a folder
}

func (a address) String() string { return a.bucket.Scheme + "://" + a.bucket.Host }

// options are what may stand behind the name of a bucket: those of gocloud.dev's
// drivers that say where it is.
var options = map[string][]string{
	"s3": {"region", "endpoint", "use_path_style", "profile", "dualstack", "fips", "prefix",
		"request_checksum_calculation", "response_checksum_validation"},
	"azblob": {"storage_account", "domain", "protocol", "cdn", "localemu", "prefix"},
}

func parse(storage string) (address, error) {
	if path, ok := strings.CutPrefix(storage, "file:"); ok {
		return parseFolder(path)
	}
	u, err := url.Parse(storage)
	if err != nil || options[u.Scheme] == nil || u.User != nil || u.Opaque != "" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return address{}, ErrURL // not with the text: there may be a secret in it
	}
	if u.Host == "" {
		return address{}, fmt.Errorf("%w: there is no name after %s://", ErrURL, u.Scheme)
	}
	for option := range u.Query() {
		if known := options[u.Scheme]; !slices.Contains(known, option) {
			return address{}, fmt.Errorf("%w: %s has the options %s, not %q", ErrURL, u.Scheme, strings.Join(known, ", "), option)
		}
	}
	return address{bucket: u}, nil
}

func parseFolder(path string) (address, error) {
	if strings.HasPrefix(path, "//") {
		u, err := url.Parse("file:" + path)
		if err != nil || u.Host != "" && u.Host != "localhost" || u.RawQuery != "" || u.Fragment != "" {
			return address{}, fmt.Errorf("%w: file:%s is not the address of a folder", ErrURL, path)
		}
		path = u.Path
	}
	if path == "" {
		return address{}, fmt.Errorf("%w: file: has no path behind it", ErrURL)
	}
	return address{folder: path}, nil
}

// Check asks the store whether it is there and lets us in.
func (s *Store) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reachTime)
	defer cancel()
	there, err := s.there(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("files cannot be stored in %s: check its name, region and endpoint in the setting storage, "+
			"and the credentials in the environment: %w", s.where, oneLine{err})
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

// oneLine is an error in one line: Azure's have a dozen.
type oneLine struct{ error }

func (e oneLine) Error() string {
	words := strings.FieldsFunc(e.error.Error(), unicode.IsSpace)
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return strings.Trim(w, "-") == "" }), " ")
}

func (e oneLine) Unwrap() error { return e.error }

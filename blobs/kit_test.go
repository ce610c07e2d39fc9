package blobs

import (
	"crypto/rand"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/bloberror"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"
)

// onEach runs a test on a store of each kind. scripts/with-storage starts the
// servers; without them their part is skipped, which scripts/test says.
func onEach(t *testing.T, test func(t *testing.T, s *Store)) {
	t.Helper()
	kinds := []struct {
		name string
		open func(testing.TB) *Store
	}{
		{"folder", folderStore}, {"memory", memoryStore}, {"s3", s3Store}, {"azure", azureStore},
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			test(t, k.open(t))
		})
	}
}

func folderStore(t testing.TB) *Store {
	t.Helper()
	return opened(t, "file:"+filepath.Join(t.TempDir(), "files"))
}

func memoryStore(t testing.TB) *Store {
	t.Helper()
	s, err := Memory(t.TempDir())
	return closed(t, s, err)
}

func s3Store(t testing.TB) *Store {
	t.Helper()
	return opened(t, place(t, "TEST_S3_URL"))
}

func azureStore(t testing.TB) *Store {
	t.Helper()
	s := opened(t, place(t, "TEST_AZURE_URL"))
	var c *container.Client
	if !s.bucket.As(&c) {
		t.Fatal("the library no longer gives its client")
	}
	if _, err := c.Create(t.Context(), nil); err != nil && !bloberror.HasCode(err, bloberror.ContainerAlreadyExists) {
		t.Fatal(err)
	}
	return s
}

// place is a part of a bucket that only one test uses.
func place(t testing.TB, variable string) string {
	t.Helper()
	url := os.Getenv(variable)
	if url == "" {
		t.Skipf("%s is not set: scripts/with-storage sets it", variable)
	}
	return url + "&prefix=" + strings.ToLower(rand.Text()) + "/"
}

func opened(t testing.TB, storage string) *Store {
	t.Helper()
	s, err := Open(t.Context(), storage, filepath.Join(t.TempDir(), "spool"))
	return closed(t, s, err)
}

func closed(t testing.TB, s *Store, err error) *Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if left := filesIn(t, s.spool); len(left) > 0 {
			t.Errorf("temporary files are left: %v", left)
		}
	})
	return s
}

// filesIn lists the files below a folder.
func filesIn(t testing.TB, folder string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// noise is bytes that cannot be guessed or packed, the same for the same seed.
func noise(seed byte, n int64) io.Reader {
	return io.LimitReader(mathrand.NewChaCha8([32]byte{seed}), n)
}

// broken fails after some bytes, as a connection does.
type broken struct{ r io.Reader }

var errBroken = fmt.Errorf("the connection broke")

func (b broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err == io.EOF {
		err = errBroken
	}
	return n, err
}

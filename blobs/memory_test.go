package blobs

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"testing"
	"time"

	"moothall/content"
)

const (
	fifty   = 50 << 20
	readers = 100
	// mostMemory is what issue 4 allows for all of it together.
	mostMemory = 64 << 20
)

// watch notes the most memory that is in use until it is told to stop: heap with
// its garbage, and stacks, beyond what there was at first.
func watch() (stop func() int64) {
	used := func() int64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapInuse + m.StackInuse)
	}
	runtime.GC()
	before, most := used(), int64(0)
	end, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, used()-before)
			select {
			case <-end:
				return
			case <-tick.C:
			}
		}
	}()
	return func() int64 {
		close(end)
		<-done
		return most
	}
}

// downloads begins many downloads of one file and, when all have had their first
// bytes, lets go. The last thing that it does is wait for them to end: whole, or
// after a part.
func downloads(t testing.TB, s *Store, d content.Digest, part int64, meanwhile func()) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = s.Serve(w, r, d, Download{}) // who stops reading early is told so
	}))
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{}} // no limit, nothing kept
	defer client.CloseIdleConnections()
	var begun, ended sync.WaitGroup
	begun.Add(readers)
	on := make(chan struct{})
	for range readers {
		ended.Go(func() {
			err := download(t.Context(), client, srv.URL, part, sync.OnceFunc(begun.Done), on)
			if err != nil {
				t.Error(err)
			}
		})
	}
	begun.Wait()
	meanwhile()
	close(on)
	ended.Wait()
}

func download(ctx context.Context, client *http.Client, url string, part int64, begun func(), on <-chan struct{}) error {
	defer begun()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.CopyN(io.Discard, resp.Body, 1); err != nil || resp.ContentLength != fifty {
		return fmt.Errorf("%s, %d bytes: %w", resp.Status, resp.ContentLength, err)
	}
	begun()
	<-on
	_, err = io.CopyN(io.Discard, resp.Body, part-1)
	return err
}

// TestMemoryOfManyReaders holds 100 downloads of 50 MB open, all in the middle,
// while 50 MB more are received and kept. Clients are counted too.
func TestMemoryOfManyReaders(t *testing.T) {
	for _, k := range []struct {
		name string
		open func(testing.TB) *Store
	}{{"folder", folderStore}, {"s3", s3Store}, {"azure", azureStore}} {
		t.Run(k.name, func(t *testing.T) {
			s := k.open(t)
			d, _, err := s.Put(t.Context(), noise(1, fifty), fifty)
			if err != nil {
				t.Fatal(err)
			}
			stop := watch()
			downloads(t, s, d, 2, func() {
				if _, _, err := s.Put(t.Context(), noise(2, fifty), fifty); err != nil {
					t.Error(err)
				}
			})
			if most := stop(); most > mostMemory {
				t.Errorf("%d MB were in use, %d may be", most>>20, mostMemory>>20)
			} else {
				t.Logf("at most %d MB", most>>20)
			}
		})
	}
}

// BenchmarkDownloads is 100 readers of 50 MB at once, to the end, while 50 MB are
// uploaded; memory is that of the servers, the store and the clients together.
func BenchmarkDownloads(b *testing.B) {
	for _, k := range []struct {
		name string
		open func(testing.TB) *Store
	}{{"folder", folderStore}, {"s3", s3Store}, {"azure", azureStore}} {
		b.Run(k.name, func(b *testing.B) {
			s := k.open(b)
			d, _, err := s.Put(b.Context(), noise(1, fifty), fifty)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(readers * fifty)
			var most int64
			for b.Loop() {
				stop := watch()
				downloads(b, s, d, fifty, func() {
					if _, _, err := s.Put(b.Context(), noise(2, fifty), fifty); err != nil {
						b.Error(err)
					}
				})
				most = max(most, stop())
			}
			b.ReportMetric(float64(most)/(1<<20), "peak-MB")
		})
	}
}

// BenchmarkPut receives 50 MB and keeps them.
func BenchmarkPut(b *testing.B) {
	for _, k := range []struct {
		name string
		open func(testing.TB) *Store
	}{{"folder", folderStore}, {"s3", s3Store}, {"azure", azureStore}} {
		b.Run(k.name, func(b *testing.B) {
			s := k.open(b)
			b.SetBytes(fifty)
			for b.Loop() {
				if _, _, err := s.Put(b.Context(), noise(2, fifty), fifty); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

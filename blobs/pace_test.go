package blobs

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"moothall/content"
)

const minutesLong = 6 << 20 // bytes of a file that a slow reader reads for minutes

// line is a network of one connection, whose reader has read what was written.
type line struct {
	conn net.Conn
	once sync.Once
	end  chan struct{}
}

func (l *line) Accept() (net.Conn, error) {
	var c net.Conn
	if l.once.Do(func() { c = l.conn }); c != nil {
		return c, nil
	}
	<-l.end
	return nil, net.ErrClosed
}

func (l *line) Close() error   { close(l.end); return nil }
func (l *line) Addr() net.Addr { return l.conn.LocalAddr() }

// read reads a file of a server with the limits of ours: pause says how long the reader
// waits after so many bytes. It gives how many came, and how long that took.
func read(t *testing.T, s *Store, d content.Digest, as Download, pause func(read int64) time.Duration) (n int64, took time.Duration) {
	t.Helper()
	near, far := net.Pipe()
	srv := &http.Server{
		Handler:     http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = s.Serve(w, r, d, as) }),
		ReadTimeout: 15 * time.Second, WriteTimeout: time.Minute,
	}
	l := &line{conn: far, end: make(chan struct{})}
	served := make(chan error)
	go func() { served <- srv.Serve(l) }()
	defer func() {
		if err := errors.Join(near.Close(), srv.Close()); err != nil {
			t.Error(err)
		}
		<-served
	}()
	began := time.Now()
	if _, err := io.WriteString(near, "GET / HTTP/1.1\r\nHost: north.example\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(near), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for b := make([]byte, 4<<10); ; {
		m, err := resp.Body.Read(b)
		n += int64(m)
		if err != nil {
			return n, time.Since(began)
		}
		time.Sleep(pause(n))
	}
}

// rate is the pause after each part of a reader of so many bytes a second.
func rate(bytes int64) func(int64) time.Duration {
	var before int64
	return func(read int64) time.Duration {
		part := read - before
		before = read
		return time.Duration(part) * time.Second / time.Duration(bytes)
	}
}

// pauseAt is one pause of a reader who is quick.
func pauseAt(bytes int64, d time.Duration) func(int64) time.Duration {
	return func(read int64) time.Duration {
		if read < bytes {
			return 0
		}
		once := d
		d = 0
		return once
	}
}

// TestS96_SlowReadersGetTheirFile: whoever keeps reading gets all of a file, however
// long that takes, and whoever does not is given up.
func TestS96_SlowReadersGetTheirFile(t *testing.T) {
	t.Parallel()
	stopAfter := func(bytes int64) func(int64) time.Duration {
		return func(read int64) time.Duration {
			if read < bytes {
				return 0
			}
			return time.Hour
		}
	}
	for name, tt := range map[string]struct {
		pause func(int64) time.Duration
		whole bool
		most  int64 // bytes
	}{
		"a quick one":                  {rate(10 << 20), true, minutesLong},
		"12 KiB a second":              {rate(12 << 10), true, minutesLong},
		"a pause of two minutes":       {pauseAt(4<<20, 2*time.Minute), true, minutesLong},
		"8 KiB a second":               {rate(8 << 10), false, 3 << 20},
		"1 KiB a second":               {rate(1 << 10), false, 128 << 10},
		"nothing after the first part": {stopAfter(0), false, 128 << 10},
		"nothing after a quick start":  {stopAfter(4 << 20), false, 4<<20 + 128<<10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := memoryStore(t)
				d, _, err := s.Put(t.Context(), noise(1, minutesLong), minutesLong)
				if err != nil {
					t.Fatal(err)
				}
				n, took := read(t, s, d, Download{Now: time.Now}, tt.pause)
				if whole := n == minutesLong; whole != tt.whole || n > tt.most {
					t.Errorf("%d bytes in %s", n, took)
				}
			})
		})
	}
}

// TestS188_ADownloadEndsWithTheRight: within five seconds, be the reader quick or
// waiting; whoever may read on gets all.
func TestS188_ADownloadEndsWithTheRight(t *testing.T) {
	t.Parallel()
	const lost = 10 * time.Second
	for name, tt := range map[string]struct {
		pause func(int64) time.Duration
		keeps bool
	}{
		"reading":            {rate(64 << 10), false},
		"waiting":            {pauseAt(1, 5*time.Second+lost), false},
		"reading, and stays": {rate(64 << 10), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := memoryStore(t)
				d, _, err := s.Put(t.Context(), noise(1, minutesLong), minutesLong)
				if err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				var asked atomic.Int64
				n, took := read(t, s, d, Download{Now: time.Now, MayRead: func(context.Context) error {
					if asked.Add(1); !tt.keeps && time.Since(began) >= lost {
						return io.EOF
					}
					return nil
				}}, tt.pause)
				if whole := n == minutesLong; whole != tt.keeps || !tt.keeps && took > lost+5*time.Second || asked.Load() < 3 {
					t.Errorf("%d bytes in %s, asked %d times", n, took, asked.Load())
				}
			})
		})
	}
}

package remote

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"moothall/actors"
)

func TestS93_BodiesEndAtOneMiB(t *testing.T) {
	t.Parallel()
	padded := func(n int) string {
		head, tail := `{"id":"`+noteID+`","type":"Note","content":["`, `"]}`
		gap := n - len(head) - len(tail)
		return head + strings.Repeat(strings.Repeat("a", 1000)+`","`, gap/1003) + strings.Repeat("a", gap%1003) + tail
	}
	for n, ok := range map[int]bool{maxDocument: true, maxDocument + 1: false} {
		w := newTown()
		w.hosts[peer] = site{"/p/1": doc(padded(n))}
		_, err := newClient(w).Fetch(t.Context(), noteID)
		if (err == nil) != ok || !ok && CodeOf(err) != CodeTooLarge {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// Ten MiB of spaces in ten KiB of gzip, and a body that never ends, from a real server.
func TestS93_GzipBombsAndEndlessBodiesAreCutOff(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(bytes.Repeat([]byte(" "), 10<<20))
	_ = z.Close()
	written := 0
	ended := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", activityType)
		if r.URL.Path == "/bomb" {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
			return
		}
		defer close(ended)
		for chunk := bytes.Repeat([]byte(" "), 64<<10); ; {
			n, err := w.Write(chunk)
			if written += n; err != nil || written > 1<<30 {
				return
			}
		}
	}))
	defer s.Close()
	tr := NewTransport(Guard{Development: true})
	defer tr.CloseIdleConnections()
	c := newClient(tr)
	c.Addresses = actors.Addresses{Development: true}
	for _, path := range []string{"/bomb", "/endless"} {
		if _, err := c.Fetch(t.Context(), actors.URI(s.URL+path)); CodeOf(err) != CodeTooLarge {
			t.Errorf("%s: %v", path, err)
		}
	}
	<-ended
	if written > 1<<30 {
		t.Error("the endless body was read on")
	}
}

// trickle answers at once and then sends a byte a second.
type trickle struct{ redirects bool }

func (s trickle) RoundTrip(r *http.Request) (*http.Response, error) {
	resp := &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {activityType}}, Request: r}
	resp.Body = io.NopCloser(slow{r.Context()})
	if s.redirects {
		time.Sleep(4 * time.Second)
		resp.StatusCode, resp.Header = 302, http.Header{"Location": {string(r.URL.String()) + "x"}}
	}
	return resp, r.Context().Err()
}

type slow struct{ ctx context.Context }

func (s slow) Read(p []byte) (int, error) {
	select {
	case <-s.ctx.Done():
		return 0, s.ctx.Err()
	case <-time.After(time.Second):
		p[0] = ' '
		return 1, nil
	}
}

func TestS97_TheWholeExchangeEndsAfterTenSeconds(t *testing.T) {
	keyPair(0)
	for _, s := range []trickle{{false}, {true}} {
		synctest.Test(t, func(t *testing.T) {
			begin := time.Now()
			_, err := newClient(s).Fetch(t.Context(), noteID)
			if took := time.Since(begin); CodeOf(err) != CodeTimeout || took < 10*time.Second || took > 12*time.Second {
				t.Errorf("redirects %v: %v after %v", s.redirects, err, took)
			}
		})
	}
}

package remote

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/sign"
)

const (
	ourHost   = "commons.example"
	peer      = "peer.example"
	evil      = "evil.example"
	blocked   = "blocked.example"
	held      = "held.example"
	ourKeyID  = "https://commons.example/#main-key"
	userAgent = "moothall/0.1 (+https://commons.example)"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// town is a network in memory: each host is a handler, and production rules hold.
type town struct {
	hosts map[string]http.Handler

	mu   sync.Mutex
	seen []seen
}

// seen is a request that a host of the town got.
type seen struct {
	at     string
	header http.Header
	body   string
}

func newTown() *town { return &town{hosts: map[string]http.Handler{}} }

func (w *town) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := readBody(r)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.seen = append(w.seen, seen{r.URL.String(), r.Header.Clone(), body})
	h, ok := w.hosts[r.URL.Host]
	w.mu.Unlock()
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: r.URL.Host, IsNotFound: true}
	}
	in := r.Clone(r.Context())
	in.Body, in.RequestURI = io.NopCloser(strings.NewReader(body)), r.URL.RequestURI()
	if in.URL, err = url.ParseRequestURI(in.RequestURI); err != nil {
		return nil, err
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, in)
	resp := rec.Result()
	resp.Request = r
	return resp, r.Context().Err()
}

func readBody(r *http.Request) (string, error) {
	if r.Body == nil {
		return "", nil
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	return string(b), err
}

func (w *town) asked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]string, len(w.seen))
	for i, s := range w.seen {
		out[i] = s.at
	}
	return out
}

func (w *town) count() int { return len(w.asked()) }

// site is a host that serves documents by path and query.
type site map[string]http.HandlerFunc

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h, ok := s[r.URL.RequestURI()]; ok {
		h(w, r)
		return
	}
	http.NotFound(w, r)
}

// doc serves body as an ActivityPub document.
func doc(body string) http.HandlerFunc { return typed(activityType, body) }

func typed(contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, body)
	}
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusFound)
	}
}

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 6, 9, 8, 5, 1, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// keyPair gives the nth key of the tests; making them is slow.
func keyPair(n int) *rsa.PrivateKey { return keyPairs()[n] }

var keyPairs = sync.OnceValue(func() []*rsa.PrivateKey {
	keys := make([]*rsa.PrivateKey, 3)
	for i := range keys {
		k, err := sign.GenerateRSA(nil)
		if err != nil {
			panic(err)
		}
		keys[i] = k
	}
	return keys
})

func publicPEM(t testing.TB, n int) string {
	t.Helper()
	s, err := sign.EncodePublicKey(&keyPair(n).PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func policy(host string, _ actors.Purpose) actors.Decision {
	switch host {
	case blocked:
		return actors.Decision{Verdict: actors.Refuse, Rule: "rule for blocked.example"}
	case held:
		return actors.Decision{Verdict: actors.Hold, Rule: "rule for held.example"}
	}
	return actors.Decision{Verdict: actors.Accept, Rule: "open to everyone"}
}

func newClient(rt http.RoundTripper) *Client {
	return &Client{
		HTTP: rt, Decide: policy, OwnHost: ourHost, UserAgent: userAgent, Now: newClock().Now,
		Signer: func(context.Context) (sign.Signer, error) {
			return sign.Signer{KeyID: ourKeyID, Key: keyPair(0)}, nil
		},
	}
}

// person is an actor document; change alters it.
func person(t testing.TB, id string, key int, change func(m map[string]any)) string {
	t.Helper()
	m := map[string]any{
		"@context": streams, "type": "Person", "id": id, "preferredUsername": "ann", "name": "Ann",
		"inbox": id + "/inbox", "outbox": id + "/outbox", "followers": id + "/followers",
		"publicKey": map[string]any{"id": id + "#main-key", "owner": id, "publicKeyPem": publicPEM(t, key)},
	}
	if change != nil {
		change(m)
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func note(id string) string {
	return fmt.Sprintf(`{"@context":%q,"type":"Note","id":%q,"content":"<p>Hello</p>"}`, streams, id)
}

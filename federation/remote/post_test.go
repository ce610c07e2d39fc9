package remote

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actors"
)

const inbox = "https://peer.example/inbox"

func TestPostIsOneSignedRequest(t *testing.T) {
	t.Parallel()
	w := newTown()
	w.hosts[peer] = status(http.StatusAccepted)
	c := newClient(w)
	s, _ := c.Signer(t.Context())
	got, err := c.Post(t.Context(), inbox, []byte(`{"type":"Like"}`), s, "")
	if err != nil || got != (Response{Status: 202}) {
		t.Fatalf("%+v, %v", got, err)
	}
	if w.count() != 1 || w.seen[0].body != `{"type":"Like"}` {
		t.Errorf("sent %+v", w.seen)
	}
	h := w.seen[0].header
	for name, want := range map[string]string{
		"Content-Type": "application/activity+json", "User-Agent": userAgent, "Date": "Tue, 09 Jun 2026 08:05:01 GMT",
		"Digest": "SHA-256=fQLcyuiC5b53id2wfhThCI+LFjFoCGXZfRwgMiR7Fp0=",
	} {
		if v := h.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	if sig := h.Get("Signature"); !strings.HasPrefix(sig, `keyId="`+ourKeyID+`",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",`) {
		t.Errorf("Signature: %s", sig)
	}
}

func TestS90_RedirectOfAnInboxIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, code := range []int{300, 301, 302, 303, 307, 308} {
		w := newTown()
		w.hosts[peer] = http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Location", "https://evil.example/inbox")
			rw.WriteHeader(code)
		})
		c := newClient(w)
		s, _ := c.Signer(t.Context())
		got, err := c.Post(t.Context(), inbox, []byte("{}"), s, "")
		if got.Status != code || CodeOf(err) != CodeRedirect || w.count() != 1 {
			t.Errorf("%d: %+v, %v, asked %v", code, got, err, w.asked())
		}
	}
}

func TestPostReturnsEveryStatus(t *testing.T) {
	t.Parallel()
	for _, code := range []int{200, 201, 202, 204, 400, 401, 403, 404, 410, 413, 429, 500, 503} {
		w := newTown()
		w.hosts[peer] = status(code)
		c := newClient(w)
		s, _ := c.Signer(t.Context())
		if got, err := c.Post(t.Context(), inbox, []byte("{}"), s, ""); err != nil || got.Status != code {
			t.Errorf("%d: %+v, %v", code, got, err)
		}
	}
}

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"": 0, "300": 5 * time.Minute, " 300 ": 5 * time.Minute, "0": time.Second, "1": time.Second, "86400": 24 * time.Hour, "86401": 24 * time.Hour,
		"18446744073709551615": 24 * time.Hour, "99999999999999999999": 0, "-1": 0, "soon": 0, "1.5": 0,
		"Tue, 09 Jun 2026 08:06:01 GMT": time.Minute, "Tue, 09 Jun 2026 08:00:00 GMT": time.Second, "Tue, 09 Jun 2099 08:00:00 GMT": 24 * time.Hour,
	} {
		w := newTown()
		w.hosts[peer] = http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Retry-After", value)
			rw.WriteHeader(http.StatusTooManyRequests)
		})
		c := newClient(w)
		s, _ := c.Signer(t.Context())
		got, err := c.Post(t.Context(), inbox, []byte("{}"), s, "")
		if err != nil || got.RetryAfter != want {
			t.Errorf("%q: %+v, %v", value, got, err)
		}
	}
}

// counting is an answer without end that counts what is read of it.
type counting struct{ read int }

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 202, Header: http.Header{}, Body: io.NopCloser(c), Request: r}, nil
}

func (c *counting) Read(p []byte) (int, error) {
	c.read += len(p)
	return len(p), nil
}

func TestPostReadsLittleOfTheAnswer(t *testing.T) {
	t.Parallel()
	body := &counting{}
	c := newClient(body)
	s, _ := c.Signer(t.Context())
	if got, err := c.Post(t.Context(), inbox, []byte("{}"), s, ""); err != nil || got.Status != 202 {
		t.Fatalf("%+v, %v", got, err)
	}
	if body.read > 2*maxReply {
		t.Errorf("read %d bytes", body.read)
	}
}

func TestPostAsksThePolicy(t *testing.T) {
	t.Parallel()
	var purposes []actors.Purpose
	w := newTown()
	c := newClient(w)
	c.Decide = func(host string, p actors.Purpose) actors.Decision {
		purposes = append(purposes, p)
		return policy(host, p)
	}
	s, _ := c.Signer(t.Context())
	for at, is := range map[actors.URI]error{
		"https://blocked.example/inbox": ErrForbidden, "https://commons.example/inbox": ErrOwnHost, "http://peer.example/inbox": actors.ErrAddress,
	} {
		if _, err := c.Post(t.Context(), at, []byte("{}"), s, ""); !errors.Is(err, is) || w.count() != 0 {
			t.Errorf("%s: %v, asked %v", at, err, w.asked())
		}
	}
	if len(purposes) != 1 || purposes[0] != actors.ToDeliver {
		t.Errorf("asked about %v", purposes)
	}
}

package remote

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"moothall/actors"
	"moothall/federation/sign"
)

const noteID = "https://peer.example/p/1"

func TestFetchReadsADocument(t *testing.T) {
	t.Parallel()
	w := newTown()
	w.hosts[peer] = site{"/p/1": doc(note(noteID))}
	raw, err := newClient(w).Fetch(t.Context(), noteID)
	if err != nil || string(raw) != note(noteID) {
		t.Errorf("got %s, %v", raw, err)
	}
	o, raw, err := newClient(w).Object(t.Context(), noteID)
	if err != nil || o.ID != noteID || o.Type != "Note" || string(raw) != note(noteID) {
		t.Errorf("got %+v, %s, %v", o, raw, err)
	}
}

// What a server on a real socket sees of a read (protocol.md 3.1, 1.4, 10.4).
func TestC14_ReadsAreSignedByTheInstanceActor(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var id string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Clone(context.WithoutCancel(r.Context()))
		doc(note(id))(w, r)
	}))
	defer s.Close()
	host := strings.TrimPrefix(s.URL, "http://")
	id = s.URL + "/p/1"
	tr := NewTransport(Guard{Development: true})
	defer tr.CloseIdleConnections()
	c := newClient(tr)
	c.Addresses = actors.Addresses{Development: true}

	if _, err := c.Fetch(t.Context(), actors.URI(id)); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Accept":          `application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"`,
		"User-Agent":      "moothall/0.1 (+https://commons.example)",
		"Date":            "Tue, 09 Jun 2026 08:05:01 GMT",
		"Digest":          "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"Accept-Encoding": "gzip",
	}
	for name, value := range want {
		if v := got.Header.Values(name); len(v) != 1 || v[0] != value {
			t.Errorf("%s: %q, want %q", name, v, value)
		}
	}
	for name := range got.Header {
		if _, ok := want[name]; !ok && name != "Signature" {
			t.Errorf("header %s is sent without need", name)
		}
	}
	checkSignature(t, got.Header.Get("Signature"), "(request-target): get /p/1\nhost: "+host+
		"\ndate: "+want["Date"]+"\ndigest: "+want["Digest"])
}

var signatureForm = regexp.MustCompile(`^keyId="https://commons\.example/#main-key",algorithm="rsa-sha256",` +
	`headers="\(request-target\) host date digest",signature="([^"]+)"$`)

func checkSignature(t *testing.T, header, signed string) {
	t.Helper()
	m := signatureForm.FindStringSubmatch(header)
	if m == nil {
		t.Fatalf("Signature: %s", header)
	}
	sig, err := base64.StdEncoding.DecodeString(m[1])
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(signed))
	if err := rsa.VerifyPKCS1v15(&keyPair(0).PublicKey, crypto.SHA256, sum[:], sig); err != nil {
		t.Errorf("signature is not of %q: %v", signed, err)
	}
}

// Servers that verify without the query answer 401 first (protocol.md 3.1).
func TestC14_QueryIsSignedAndLeftOutOnceWhenRefused(t *testing.T) {
	t.Parallel()
	const at = "https://peer.example/c/x/outbox?page=2"
	for _, without := range []bool{false, true} {
		w := newTown()
		w.hosts[peer] = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if without && w.count() == 1 {
				rw.WriteHeader(http.StatusUnauthorized)
				return
			}
			doc(note(at))(rw, r)
		})
		if _, err := newClient(w).Fetch(t.Context(), at); err != nil {
			t.Fatal(err)
		}
		target := "/c/x/outbox?page=2"
		if without {
			target = "/c/x/outbox"
		}
		last := w.seen[len(w.seen)-1]
		if last.at != at {
			t.Errorf("asked for %s", last.at)
		}
		checkSignature(t, last.header.Get("Signature"), "(request-target): get "+target+
			"\nhost: peer.example\ndate: Tue, 09 Jun 2026 08:05:01 GMT\ndigest: "+last.header.Get("Digest"))
	}
	w := newTown()
	w.hosts[peer] = status(http.StatusUnauthorized)
	_, err := newClient(w).Fetch(t.Context(), at)
	if CodeOf(err) != CodeStatus || w.count() != 2 {
		t.Errorf("%v after %d requests", err, w.count())
	}
}

func TestS63_MediaTypes(t *testing.T) {
	t.Parallel()
	for contentType, ok := range map[string]bool{
		"application/activity+json":                                                                 true,
		"Application/Activity+JSON":                                                                 true,
		"application/activity+json; charset=utf-8":                                                  true,
		"application/activity+json;charset=UTF-8":                                                   true,
		`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`:                      true,
		`APPLICATION/LD+JSON; charset=utf-8; PROFILE="https://www.w3.org/ns/activitystreams"`:       true,
		`application/ld+json; profile="https://a.example/x https://www.w3.org/ns/activitystreams"`:  true,
		"application/ld+json":                                                                       false,
		`application/ld+json; profile="https://www.w3.org/ns/activitystreamsx"`:                     false,
		`application/ld+json; profile="https://evil.example/https://www.w3.org/ns/activitystreams"`: false,
		"application/json": false, "text/plain": false, "text/html": false, "": false, ";": false,
		`text/html; x="application/activity+json"`:                          false,
		"text/plain; application/activity+json":                             false,
		"application/activity+json-seq":                                     false,
		"application/octet-stream":                                          false,
		"application/activity+json, text/html":                              false,
		"multipart/mixed; boundary=application/ld+json":                     false,
		`application/activity+json; x="a"; x="b"`:                           false,
		"application/x-application/activity+json":                           false,
		`application/json; profile="https://www.w3.org/ns/activitystreams"`: false,
	} {
		w := newTown()
		w.hosts[peer] = site{"/p/1": typed(contentType, note(noteID))}
		_, err := newClient(w).Fetch(t.Context(), noteID)
		if ok != (err == nil) || !ok && CodeOf(err) != CodeType {
			t.Errorf("%q: %v", contentType, err)
		}
	}
	w := newTown()
	w.hosts[peer] = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header()["Content-Type"] = []string{activityType, "text/html"}
		_, _ = io.WriteString(rw, note(noteID))
	})
	if _, err := newClient(w).Fetch(t.Context(), noteID); CodeOf(err) != CodeType {
		t.Errorf("two media types: %v", err)
	}
}

func TestC24_IDMustBeTheAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		pages site
		at    actors.URI
		code  Code // empty: accepted
		asked int
	}{
		{"its own id", site{"/p/1": doc(note(noteID))}, noteID, "", 1},
		{"another id of the host that leads to itself",
			site{"/@ann/1": doc(note(noteID)), "/p/1": doc(note(noteID))}, "https://peer.example/@ann/1", "", 2},
		{"another id that leads to a third",
			site{"/a": doc(note("https://peer.example/b")), "/b": doc(note("https://peer.example/c")), "/c": doc(note("https://peer.example/c"))},
			"https://peer.example/a", CodeIdentity, 2},
		{"two that name each other",
			site{"/a": doc(note("https://peer.example/b")), "/b": doc(note("https://peer.example/a"))}, "https://peer.example/a", CodeIdentity, 2},
		{"an id of another host", site{"/p/1": doc(note("https://victim.example/p/1"))}, noteID, CodeIdentity, 1},
		{"an id of our host", site{"/p/1": doc(note("https://commons.example/p/1"))}, noteID, CodeIdentity, 1},
		{"an id in another spelling", site{"/p/1": doc(note("https://PEER.example/p/1"))}, noteID, CodeIdentity, 1},
		{"an id over plain HTTP", site{"/p/1": doc(note("http://peer.example/p/1"))}, noteID, CodeIdentity, 1},
		{"an id with a port", site{"/p/1": doc(note("https://peer.example:8443/p/1"))}, noteID, CodeIdentity, 1},
		{"no id", site{"/p/1": doc(`{"type":"Note"}`)}, noteID, CodeIdentity, 1},
		{"an id that is no text", site{"/p/1": doc(`{"type":"Note","id":["` + noteID + `"]}`)}, noteID, CodeIdentity, 1},
		{"two ids", site{"/p/1": doc(`{"id":"` + noteID + `","id":"https://peer.example/p/2"}`)}, noteID, CodeDocument, 1},
		{"ids that differ in case", site{"/p/1": doc(`{"id":"` + noteID + `","Id":"https://peer.example/p/2"}`)}, noteID, CodeDocument, 1},
		{"no JSON", site{"/p/1": doc("<html>")}, noteID, CodeDocument, 1},
		{"a list", site{"/p/1": doc("[" + note(noteID) + "]")}, noteID, CodeDocument, 1},
		{"nothing", site{"/p/1": doc("")}, noteID, CodeDocument, 1},
		{"a fragment that was asked for", site{"/p/1": doc(note(noteID + "#x"))}, noteID + "#x", "", 1},
		{"a fragment that was not", site{"/p/1": doc(note(noteID + "#x"))}, noteID, "", 2},
		{"another fragment than asked for", site{"/p/1": doc(note(noteID))}, noteID + "#x", "", 1},
	}
	for _, tt := range tests {
		w := newTown()
		w.hosts[peer] = tt.pages
		raw, err := newClient(w).Fetch(t.Context(), tt.at)
		if CodeOf(err) != tt.code || (err == nil) != (tt.code == "") || (raw == nil) != (err != nil) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if w.count() != tt.asked {
			t.Errorf("%s: asked %v", tt.name, w.asked())
		}
	}
}

func TestFetchTellsMissingFromGone(t *testing.T) {
	t.Parallel()
	w := newTown()
	w.hosts[peer] = site{
		"/gone":   status(http.StatusGone),
		"/stone":  doc(`{"type":"Tombstone","id":"https://peer.example/stone"}`),
		"/other":  doc(`{"type":"Tombstone","id":"https://victim.example/p/1"}`),
		"/broken": status(http.StatusBadGateway), "/busy": status(http.StatusTooManyRequests),
		"/no": status(http.StatusForbidden), "/created": status(http.StatusCreated), "/304": status(http.StatusNotModified),
	}
	tests := []struct {
		path      string
		is        error
		status    int
		temporary bool
	}{
		{"nothing", ErrNotThere, 404, false}, {"gone", ErrGone, 410, false}, {"stone", ErrGone, 0, false},
		{"other", errIdentity, 0, false}, {"broken", nil, 502, true}, {"busy", nil, 429, true},
		{"no", nil, 403, false}, {"created", nil, 201, false}, {"304", nil, 304, false},
	}
	for _, tt := range tests {
		_, err := newClient(w).Fetch(t.Context(), actors.URI("https://peer.example/"+tt.path))
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Status != tt.status || IsTemporary(err) != tt.temporary || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s: %v", tt.path, err)
		}
		if errors.Is(err, ErrGone) != (tt.is == ErrGone) || errors.Is(err, ErrNotThere) != (tt.is == ErrNotThere) {
			t.Errorf("%s is taken for missing or gone: %v", tt.path, err)
		}
	}
	_, err := newClient(w).Fetch(t.Context(), "https://nowhere.example/x")
	if CodeOf(err) != CodeDNS || !IsTemporary(err) {
		t.Errorf("a name without an address: %v", err)
	}
}

func TestC24_AddressesThatAreNeverAsked(t *testing.T) {
	t.Parallel()
	for at, code := range map[actors.URI]Code{
		"https://commons.example/u/ann": CodeOwnHost, "https://blocked.example/u/x": CodePolicy,
		"http://peer.example/x": CodeAddress, "https://127.0.0.1/x": CodeAddress, "https://peer.example:22/x": CodeAddress,
		"https://localhost/x": CodeAddress, "https://BLOCKED.example/x": CodeAddress, "https://u@peer.example/x": CodeAddress,
		"file:///etc/passwd": CodeAddress, "": CodeAddress, "https://peer.example/../x": CodeAddress,
	} {
		w := newTown()
		_, err := newClient(w).Fetch(t.Context(), at)
		if CodeOf(err) != code || w.count() != 0 {
			t.Errorf("%s: %v, asked %v", at, err, w.asked())
		}
		if errors.Is(err, ErrForbidden) != (code == CodePolicy) || errors.Is(err, ErrOwnHost) != (code == CodeOwnHost) {
			t.Errorf("%s: kind of %v", at, err)
		}
	}
	w := newTown()
	c := newClient(w)
	c.Decide = nil
	if _, err := c.Fetch(t.Context(), noteID); !errors.Is(err, ErrForbidden) || w.count() != 0 {
		t.Errorf("without a policy: %v", err)
	}
}

func TestHeldHostsAreReadButSentNothing(t *testing.T) {
	t.Parallel()
	w := newTown()
	w.hosts[held] = site{"/p/1": doc(note("https://held.example/p/1"))}
	c := newClient(w)
	if _, err := c.Fetch(t.Context(), "https://held.example/p/1"); err != nil {
		t.Error(err)
	}
	s, _ := c.Signer(t.Context())
	if _, err := c.Post(t.Context(), "https://held.example/inbox", []byte("{}"), s, ""); !errors.Is(err, ErrForbidden) || w.count() != 1 {
		t.Errorf("post: %v, asked %v", err, w.asked())
	}
}

// failing is a connection that breaks in words chosen by the other side.
type failing struct{ words string }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, errors.New(f.words) }

func TestS89_ErrorsNeverQuoteTheOtherSide(t *testing.T) {
	t.Parallel()
	const secret = "INTERNAL-SECRET"
	errs := []error{}
	add := func(pages site) {
		w := newTown()
		w.hosts[peer] = pages
		_, err := newClient(w).Fetch(t.Context(), noteID)
		errs = append(errs, err)
		_, _, err = newClient(w).Actor(t.Context(), noteID)
		errs = append(errs, err)
	}
	add(site{"/p/1": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, secret, 500) }})
	add(site{"/p/1": redirect("https://" + secret + "/x")})
	add(site{"/p/1": redirect("gopher://x/" + secret)})
	add(site{"/p/1": typed("text/"+secret, secret)})
	add(site{"/p/1": doc(`{"id":"` + secret + `"}`)})
	add(site{"/p/1": doc(`{"` + secret + `":1,"` + secret + `":2}`)})
	add(site{"/p/1": doc(note("https://peer.example/" + secret))})
	add(site{"/p/1": doc(person(t, noteID, 1, func(m map[string]any) { m["inbox"] = "https://evil.example/" + secret }))})
	add(site{"/p/1": doc(person(t, noteID, 1, func(m map[string]any) { m["published"] = secret }))})
	_, err := newClient(failing{"malformed HTTP response " + secret}).Fetch(t.Context(), noteID)
	errs = append(errs, err)
	failures := 0
	for _, err := range errs {
		if err == nil {
			continue
		}
		failures++
		if strings.Contains(err.Error(), secret) || strings.Contains(err.Error(), strings.ToLower(secret)) {
			t.Errorf("quotes the other side: %v", err)
		}
	}
	if failures < 17 {
		t.Errorf("only %d of the documents were refused", failures)
	}
}

func TestLimitedClientStopsAtItsBudget(t *testing.T) {
	t.Parallel()
	w := newTown()
	w.hosts[peer] = site{"/p/1": doc(note(noteID)), "/r": redirect("/p/1")}
	c := newClient(w).Limited(3)
	if _, err := c.Fetch(t.Context(), noteID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Fetch(t.Context(), "https://peer.example/r"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Fetch(t.Context(), noteID); !errors.Is(err, ErrBudget) || w.count() != 3 {
		t.Errorf("fourth request: %v, asked %d times", err, w.count())
	}
}

func TestWithoutAKeyNothingIsAsked(t *testing.T) {
	t.Parallel()
	w := newTown()
	c := newClient(w)
	c.Signer = func(context.Context) (s sign.Signer, err error) { return s, errors.New("database is down") }
	if _, err := c.Fetch(t.Context(), noteID); CodeOf(err) != CodeSign || w.count() != 0 {
		t.Errorf("%v, asked %v", err, w.asked())
	}
}

// TestObjectThatIsGoneMaySayWhy: only in its own name.
func TestObjectThatIsGoneMaySayWhy(t *testing.T) {
	t.Parallel()
	w := newTown()
	const at = "https://peer.example/d/1"
	stone := func(id string) string {
		return `{"type":"Tombstone","id":"` + id + `","name":"Guide","moothall:reason":"Wrong"}`
	}
	for body, want := range map[string]string{
		stone(at): "Wrong", stone("https://peer.example/d/2"): "", stone("https://victim.example/d/1"): "",
		`{"type":"Article","id":"` + at + `","moothall:reason":"Wrong"}`: "", `{`: "",
	} {
		w.hosts[peer] = site{"/d/1": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", activityType)
			w.WriteHeader(http.StatusGone)
			_, _ = w.Write([]byte(body))
		}}
		o, _, err := newClient(w).Object(t.Context(), at)
		if !errors.Is(err, ErrGone) || o.Reason != want {
			t.Errorf("%s: %q %v", body, o.Reason, err)
		}
	}
}

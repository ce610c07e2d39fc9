package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"moothall/actors"
)

const (
	hub   = "hub.example.gov.uk"
	bob   = actors.URI("https://peer.example/u/bob")
	bobID = "https://peer.example/u/bob#main-key"
	note  = `{"type":"Create","actor":"https://peer.example/u/bob"}`
)

var testNow = time.Date(2026, 6, 9, 8, 5, 1, 0, time.UTC)

var rsaKey = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })

var otherKey = sync.OnceValue(func() *rsa.PrivateKey { return must(rsa.GenerateKey(rand.Reader, 2048)) })

var edKey = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// message is a request before it is signed. It is signed by the few lines
// below, not by Signer, so that the verifier is not judged by its own sibling.
type message struct {
	method, target, host string
	header               http.Header
	body                 string
	params               map[string]string // with quotes where they have them
	order                []string
	comma, equals        string
	key                  crypto.Signer
}

func goodPost() *message {
	return &message{
		method: "POST", target: "/c/planning/inbox", host: hub, body: note, key: rsaKey(), comma: ",", equals: "=",
		header: http.Header{
			"Date":         {testNow.Format(http.TimeFormat)},
			"Content-Type": {"application/activity+json"},
			"Digest":       {digestOf(note)},
		},
		params: map[string]string{
			"keyId": `"` + bobID + `"`, "algorithm": `"rsa-sha256"`,
			"headers": `"(request-target) host date digest content-type"`,
		},
		order: []string{"keyId", "algorithm", "headers", "created", "expires", "signature"},
	}
}

func goodGet() *message {
	m := goodPost()
	m.method, m.target, m.body = "GET", "/c/planning", ""
	m.header = http.Header{"Date": m.header["Date"]}
	m.params["headers"] = `"(request-target) host date"`
	return m
}

func digestOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
}

func sha512Of(body string) string {
	sum := sha512.Sum512([]byte(body))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func (m *message) cover(names string) { m.params["headers"] = `"` + names + `"` }

// signed is the signing string, written down plainly. A header that comes
// twice is joined, as the draft says.
func (m *message) signed() string {
	var lines []string
	for _, name := range strings.Fields(strings.ToLower(strings.Trim(m.params["headers"], `"`))) {
		value := strings.Join(m.header[http.CanonicalHeaderKey(name)], ", ")
		switch name {
		case "(request-target)":
			value = strings.ToLower(m.method) + " " + m.target
		case "host":
			value = m.host
		case "(created)", "(expires)":
			value = strings.Trim(m.params[strings.Trim(name, "()")], `"`)
		}
		lines = append(lines, name+": "+value)
	}
	return strings.Join(lines, "\n")
}

func (m *message) sign() {
	var sig []byte
	switch k := m.key.(type) {
	case *rsa.PrivateKey:
		sum := sha256.Sum256([]byte(m.signed()))
		sig = must(rsa.SignPKCS1v15(nil, k, crypto.SHA256, sum[:]))
	case ed25519.PrivateKey:
		sig = ed25519.Sign(k, []byte(m.signed()))
	}
	m.params["signature"] = `"` + base64.StdEncoding.EncodeToString(sig) + `"`
}

func (m *message) signatureHeader() string {
	var parts []string
	for _, name := range m.order {
		if v, ok := m.params[name]; ok {
			parts = append(parts, name+m.equals+v)
		}
	}
	return strings.Join(parts, m.comma)
}

// request is what a server would hand to a handler.
func (m *message) request() *http.Request {
	h := maps.Clone(m.header)
	for k := range h {
		h[k] = slices.Clone(h[k])
	}
	h.Set("Signature", m.signatureHeader())
	return &http.Request{Method: m.method, RequestURI: m.target, URL: must(url.ParseRequestURI(m.target)), Host: m.host, Header: h}
}

// keyring counts how often it is asked.
type keyring struct {
	keys  map[string]Key
	asked int
}

var errNoKey = errors.New("key host does not answer")

func (k *keyring) Key(_ context.Context, id string) (Key, error) {
	k.asked++
	if key, ok := k.keys[id]; ok {
		return key, nil
	}
	return Key{}, fmt.Errorf("read %s: %w", id, errNoKey)
}

func bobsKey(pub crypto.PublicKey) *keyring {
	return &keyring{keys: map[string]Key{bobID: {ID: bobID, Owner: bob, Public: pub}}}
}

func wantFailure(t *testing.T, err error, codes ...string) {
	t.Helper()
	var f *Failure
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want a Failure with code %v", err, codes)
	}
	if !slices.Contains(codes, f.Code) {
		t.Errorf("got %v, want code %v", err, codes)
	}
}

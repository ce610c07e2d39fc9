package sign

import (
	"crypto/rsa"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/go-fed/httpsig"
	"github.com/google/go-cmp/cmp"
)

func newRequest(t *testing.T, method, url, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/activity+json")
	}
	return r
}

// The golden files hold the exact form that peers need, made with a key that is
// kept beside them: RSA PKCS #1 v1.5 gives the same signature every time.
func TestC13_FormOfASignedRequest(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, method, url, body string }{
		{"C13_post", "POST", "https://hub.example.gov.uk/c/planning/inbox", note},
		{"C14_get", "GET", "https://hub.example.gov.uk/c/planning/outbox?page=2", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRequest(t, tt.method, tt.url, tt.body)
			s := Signer{KeyID: bobID, Key: keptKey(t)}
			if err := s.Sign(r, []byte(tt.body), testNow); err != nil {
				t.Fatal(err)
			}
			got := "Host: " + r.Host + "\n"
			for _, name := range []string{"Date", "Content-Type", "Digest", "Signature"} {
				if v := r.Header.Get(name); v != "" {
					got += name + ": " + v + "\n"
				}
			}
			want, err := os.ReadFile(filepath.Join("testdata", tt.name+".txt"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func keptKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	b, err := os.ReadFile("testdata/key.pem")
	if err != nil {
		t.Fatal(err)
	}
	k, err := ParsePrivateKey(string(b))
	if err != nil {
		t.Fatal(err)
	}
	return k.(*rsa.PrivateKey)
}

// The patterns are what Lemmy, PieFed and Discourse look for, in our words.
func TestC13_FormThatPeersLookFor(t *testing.T) {
	t.Parallel()
	r := newRequest(t, "POST", "https://hub.example.gov.uk/inbox", note)
	if err := (Signer{KeyID: bobID, Key: rsaKey()}).Sign(r, []byte(note), testNow); err != nil {
		t.Fatal(err)
	}
	for name, pattern := range map[string]string{
		"Signature": `^keyId="[^"#]+#[^"#]+",algorithm="rsa-sha256",headers="\(request-target\) host date digest content-type",signature="[A-Za-z0-9+/]{342}=="$`,
		"Digest":    `^SHA-256=[A-Za-z0-9+/]{43}=$`,
		"Date":      `^Tue, 09 Jun 2026 08:05:01 GMT$`,
	} {
		if v := r.Header.Values(name); len(v) != 1 || !regexp.MustCompile(pattern).MatchString(v[0]) {
			t.Errorf("%s: %q does not match %s", name, v, pattern)
		}
	}
	if _, ok := r.Header["Host"]; ok {
		t.Error("Host is in the header map, where net/http does not look for it")
	}
}

func TestSign_WhatIsSignedIsBelieved(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ method, url, body string }{
		{"POST", "/c/planning/inbox", note},
		{"POST", "/inbox", ""},
		{"POST", "/inbox?a=b", note},
		{"GET", "/c/planning", ""},
		{"", "/c/planning", ""},
		{"HEAD", "/c/planning", ""},
		{"GET", "", ""},
		{"GET", "/", ""},
		{"GET", "/outbox?page=2&q=a%20b", ""},
		{"GET", "/outbox?", ""},
		{"GET", "/caf%C3%A9/a%2Fb", ""},
		{"GET", "/caf\u00e9", ""},
	} {
		t.Run(tt.method+" "+tt.url, func(t *testing.T) {
			t.Parallel()
			r := newRequest(t, tt.method, "https://"+hub+tt.url, tt.body)
			r.Header.Set("Content-Type", "application/activity+json")
			s := Signer{KeyID: bobID, Key: rsaKey()}
			for range 2 { // a second attempt signs the same request again
				if err := s.Sign(r, []byte(tt.body), testNow); err != nil {
					t.Fatal(err)
				}
			}
			v, err := Verify(t.Context(), r, []byte(tt.body), bobsKey(rsaKey().Public()), "https://"+hub, testNow)
			if err != nil || v.Signer() != bob {
				t.Errorf("%v, %v", v, err)
			}
		})
	}
}

// Over a real connection the request line and the headers are what net/http
// makes of them.
func TestSign_WhatIsSignedIsBelievedOverHTTP(t *testing.T) {
	t.Parallel()
	var err error
	srv := httptest.NewServer(nil)
	defer srv.Close()
	host := strings.TrimPrefix(srv.URL, "http://")
	srv.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, r.ContentLength)
		_, _ = r.Body.Read(body)
		_, err = Verify(r.Context(), r, body, bobsKey(rsaKey().Public()), "http://"+host, testNow)
	})
	for _, tt := range []struct{ method, path, body string }{
		{"POST", "/inbox", note}, {"GET", "/caf%C3%A9/a%2Fb?x=%20y", ""}, {"GET", "", ""},
	} {
		r := newRequest(t, tt.method, srv.URL+tt.path, tt.body)
		if err := (Signer{KeyID: bobID, Key: rsaKey()}).Sign(r, []byte(tt.body), testNow); err != nil {
			t.Fatal(err)
		}
		res, doErr := http.DefaultClient.Do(r)
		if doErr != nil {
			t.Fatal(doErr)
		}
		res.Body.Close()
		if err != nil {
			t.Errorf("%s %s: %v", tt.method, tt.path, err)
		}
	}
}

// The verifier of go-fed/httpsig is what Owncast and others run.
func TestSign_OtherLibraryBelievesIt(t *testing.T) {
	t.Parallel()
	r := newRequest(t, "POST", "https://"+hub+"/inbox", note)
	if err := (Signer{KeyID: bobID, Key: rsaKey()}).Sign(r, []byte(note), testNow); err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Host", r.Host)
	v, err := httpsig.NewVerifier(r)
	if err != nil {
		t.Fatal(err)
	}
	if v.KeyId() != bobID {
		t.Errorf("key id %q", v.KeyId())
	}
	if err := v.Verify(rsaKey().Public(), httpsig.RSA_SHA256); err != nil {
		t.Error(err)
	}
}

func TestC14_GetCarriesTheDigestOfNothing(t *testing.T) {
	t.Parallel()
	r := newRequest(t, "GET", "https://"+hub+"/c/planning", "")
	if err := (Signer{KeyID: bobID, Key: rsaKey()}).Sign(r, nil, testNow); err != nil {
		t.Fatal(err)
	}
	if got := r.Header.Get("Digest"); got != "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" {
		t.Errorf("digest %q", got)
	}
}

func TestSign_RefusesWhatPeersCouldNotRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		s    Signer
		drop string
	}{
		{"no key", Signer{KeyID: bobID}, ""},
		{"no fragment", Signer{KeyID: "https://peer.example/u/bob", Key: rsaKey()}, ""},
		{"quote in key id", Signer{KeyID: `https://peer.example/u/"bob#main-key`, Key: rsaKey()}, ""},
		{"line break in key id", Signer{KeyID: "https://peer.example/u/bob#main\nkey", Key: rsaKey()}, ""},
		{"no content type", Signer{KeyID: bobID, Key: rsaKey()}, "Content-Type"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRequest(t, "POST", "https://"+hub+"/inbox", note)
			r.Header.Del(tt.drop)
			if err := tt.s.Sign(r, []byte(note), testNow); err == nil {
				t.Error("signed")
			}
			if r.Header.Get("Signature") != "" {
				t.Error("left a signature behind")
			}
		})
	}
}

var benchErr error

func BenchmarkSign(b *testing.B) {
	s, body := Signer{KeyID: bobID, Key: rsaKey()}, []byte(strings.Repeat(note, 20))
	b.ReportAllocs()
	for b.Loop() {
		r, _ := http.NewRequest("POST", "https://"+hub+"/inbox", nil)
		r.Header.Set("Content-Type", "application/activity+json")
		benchErr = s.Sign(r, body, testNow)
	}
}

func signedForBench(b *testing.B) (*http.Request, []byte) {
	m := goodPost()
	m.body = strings.Repeat(note, 20)
	m.header.Set("Digest", digestOf(m.body))
	m.sign()
	b.ReportAllocs()
	b.SetBytes(int64(len(m.body)))
	return m.request(), []byte(m.body)
}

func BenchmarkVerify(b *testing.B) {
	r, body := signedForBench(b)
	keys := bobsKey(rsaKey().Public())
	for b.Loop() {
		_, benchErr = Verify(b.Context(), r, body, keys, "https://"+hub, testNow)
	}
	if benchErr != nil {
		b.Fatal(benchErr)
	}
}

// BenchmarkParse is BenchmarkVerify without the RSA.
func BenchmarkParse(b *testing.B) {
	r, body := signedForBench(b)
	for b.Loop() {
		_, benchErr = Parse(r, body, "https://"+hub, testNow)
	}
	if benchErr != nil {
		b.Fatal(benchErr)
	}
}

func BenchmarkParseManyNames(b *testing.B) {
	m := goodPost()
	m.cover("(request-target) host date digest" + strings.Repeat(" a", 3500))
	m.params["signature"] = `"` + base64.StdEncoding.EncodeToString(make([]byte, 256)) + `"`
	r := m.request()
	b.ReportAllocs()
	for b.Loop() {
		_, benchErr = Parse(r, []byte(m.body), "https://"+hub, testNow)
	}
}

package sign

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sharedVectors reads a file of shared/fixtures/vectors, beside the checkout.
func sharedVectors(t *testing.T, name string, into any) {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for folder != filepath.Dir(folder) {
		folder = filepath.Dir(folder)
		raw, err := os.ReadFile(filepath.Join(folder, "shared", "fixtures", "vectors", name))
		if err != nil {
			continue
		}
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("the test vectors (shared/fixtures/vectors) are missing")
	}
	t.Skip("the test vectors (shared/fixtures/vectors) are not here")
}

type vector struct {
	Name, Spec, Expect, Method, URL, Body, KeyID, Checked string
	PublicKeyPEM                                          string
	Now                                                   time.Time
	Headers                                               map[string]string
}

func (v vector) request(t *testing.T) (r *http.Request, origin string) {
	t.Helper()
	u, err := url.Parse(v.URL)
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	for name, value := range v.Headers {
		if name != "Host" {
			h.Set(name, value)
		}
	}
	return &http.Request{Method: v.Method, URL: u, RequestURI: u.RequestURI(), Host: v.Headers["Host"], Header: h}, u.Scheme + "://" + u.Host
}

// tooLittle are the vectors that hold as arithmetic and that this node refuses
// all the same.
var tooLittle = map[string]string{
	"C.1 default (date only)":  CodeCoverage,
	"C.2 basic":                CodeCoverage,
	"RFC 9421 B.2.6 (ed25519)": CodeCoverage,
	"C.3 all headers (as in draft -10; -12 adds created/expires)": CodeKey, // RSA of 1024 bits
}

// Some vectors name their key "Test", which has no owner, so owners are left out.
// That a GET may be signed without its query is protocol.md 3.2(6).
func TestC15_C18_VectorsOfOthers(t *testing.T) {
	t.Parallel()
	var list []vector
	sharedVectors(t, "http-signatures.json", &list)
	for _, v := range list {
		t.Run(v.Name, func(t *testing.T) {
			r, origin := v.request(t)
			q, err := parse(r, []byte(v.Body), origin, v.Now) // some sign for their own host
			if err == nil {
				var pub any
				if pub, err = ParsePublicKey(v.PublicKeyPEM); err != nil {
					err = &Failure{Code: CodeKey, Err: err}
				} else {
					err = q.check(pub)
				}
			}
			code := tooLittle[v.Name]
			switch {
			case code != "":
				wantFailure(t, err, code)
			case v.Expect == "valid" && err != nil:
				t.Errorf("refused: %v", err)
			case v.Expect == "invalid" && err == nil && !strings.Contains(v.Name, "query left out"):
				t.Error("believed")
			case err == nil && q.KeyID() != v.KeyID:
				t.Errorf("key id %q", q.KeyID())
			}
		})
	}
}

func TestMultikeysOfOthers(t *testing.T) {
	t.Parallel()
	var list []struct {
		Kind         string
		PublicKeyHex string
		Multikey     struct{ PublicKeyMultibase string }
	}
	sharedVectors(t, "multikeys.json", &list)
	for _, v := range list {
		key, err := ParseMultikey(v.Multikey.PublicKeyMultibase)
		switch {
		case v.Kind != "Ed25519" && err == nil:
			t.Errorf("a key of kind %s is taken for Ed25519", v.Kind)
		case v.Kind == "Ed25519" && (err != nil || hex.EncodeToString(key) != v.PublicKeyHex || EncodeMultikey(key) != v.Multikey.PublicKeyMultibase):
			t.Errorf("%x, %v", key, err)
		}
	}
}

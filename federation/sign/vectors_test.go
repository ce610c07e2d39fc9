package sign

import (
	"crypto"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// vectors reads a file of shared test vectors, which lie beside the checkout.
func vectors(t *testing.T, name string, into any) {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for up := dir; ; up = filepath.Dir(up) {
		b, err := os.ReadFile(filepath.Join(up, "shared", "fixtures", "vectors", name))
		if err == nil {
			if err := json.Unmarshal(b, into); err != nil {
				t.Fatal(err)
			}
			return
		}
		if up == filepath.Dir(up) {
			break
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("shared vectors %s are not there", name)
	}
	t.Skipf("shared vectors %s are not there", name)
}

type vector struct {
	Name, Source, Spec, Expect, Reason, Note, Checked string
	Method, URL, Body, KeyID, PublicKeyPem            string
	Headers                                           map[string]string
	Now                                               time.Time
}

func (v vector) request(t *testing.T) *http.Request {
	t.Helper()
	u, err := url.Parse(v.URL)
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	for name, value := range v.Headers {
		h.Set(name, value)
	}
	h.Del("Host") // as net/http does
	return &http.Request{Method: v.Method, RequestURI: u.RequestURI(), URL: u, Host: v.Headers["Host"], Header: h}
}

// genuine says whether the signature is that of the key, whatever it covers.
func (v vector) genuine(t *testing.T, r *http.Request) bool {
	t.Helper()
	p, err := readSignature(r.Header)
	if err != nil {
		t.Fatal(err)
	}
	if !p.has(sawHeaders) {
		p.headers = "date" // what drafts before -12 took it to mean
	}
	q := &Request{keyID: p.keyID, algorithm: p.algorithm, signature: fromBase64(t, p.signature)}
	var c coverage
	if err := p.cover(&c); err != nil {
		t.Fatal(err)
	}
	if err := q.build(r, &p, &c); err != nil {
		t.Fatal(err)
	}
	return q.check(v.key(t)) == nil
}

// key reads the key as it is: those of the draft have 1024 bits.
func (v vector) key(t *testing.T) crypto.PublicKey {
	t.Helper()
	block, _ := pem.Decode([]byte(v.PublicKeyPem))
	if block == nil {
		t.Fatal("no PEM")
	}
	pub, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		pub, err = x509.ParsePKCS1PublicKey(block.Bytes)
	}
	if err != nil {
		t.Fatal(err)
	}
	return pub
}

// What the words of a vector come to here.
var refusalWords = map[string]string{
	"refused: digest unsigned": CodeCoverage,
	"refused: date":            CodeDate,
	"refused: old":             CodeDate,
	"refused: digest":          CodeDigest,
	"refused: signature":       CodeBadSignature,
}

const (
	tooLittle = "too little is signed"
	quirk     = "compatibility quirk" // a GET signed without its query, which C15 has us accept
)

func TestC15_SharedVectors(t *testing.T) {
	t.Parallel()
	var all []vector
	vectors(t, "http-signatures.json", &all)
	judged := 0
	for _, v := range all {
		if v.Spec == "draft-cavage" {
			judged++
			t.Run(v.Name, func(t *testing.T) { judge(t, v) })
		}
	}
	if judged < 18 {
		t.Errorf("only %d cavage vectors", judged)
	}
}

func judge(t *testing.T, v vector) {
	r := v.request(t)
	q, err := parse(r, []byte(v.Body), r.Host, v.Now)
	if err == nil {
		if q.KeyID() != v.KeyID {
			t.Errorf("key id %q, want %q", q.KeyID(), v.KeyID)
		}
		err = q.check(v.key(t))
	}
	switch {
	case strings.Contains(v.Note, tooLittle):
		wantFailure(t, err, CodeCoverage)
		if !v.genuine(t, r) {
			t.Error("the signature is genuine, but does not verify")
		}
	case v.Expect == "valid", strings.Contains(v.Note, quirk):
		if err != nil {
			t.Error(err)
		}
	default:
		code, ok := refusalWords[v.Checked]
		if !ok {
			t.Fatalf("no code for %q", v.Checked)
		}
		wantFailure(t, err, code)
	}
}

// A vector whose signature is genuine stops being so when its key is changed,
// or it would prove nothing that "genuine" says yes.
func TestC15_SharedVectorsFailWithAnotherKey(t *testing.T) {
	t.Parallel()
	var all []vector
	vectors(t, "http-signatures.json", &all)
	other := must(EncodePublicKey(otherKey().Public()))
	for _, v := range all {
		if v.Spec == "draft-cavage" && v.Expect == "valid" {
			v.PublicKeyPem = other
			if v.genuine(t, v.request(t)) {
				t.Errorf("%s: genuine under another key", v.Name)
			}
		}
	}
}

// The keys of the draft are too short to be used, however genuine (S29).
func TestS29_KeyOfTheDraftIsTooShort(t *testing.T) {
	t.Parallel()
	var all []vector
	vectors(t, "http-signatures.json", &all)
	for _, v := range all {
		if v.KeyID != "Test" || strings.Contains(v.Note, tooLittle) {
			continue
		}
		v.Headers["Signature"] = strings.Replace(v.Headers["Signature"], "Test", bobID, 1)
		r := v.request(t)
		q, err := Parse(r, []byte(v.Body), r.Host, v.Now)
		if err != nil {
			t.Fatal(err)
		}
		wantFailure(t, q.VerifyWith(Key{ID: bobID, Owner: bob, Public: v.key(t)}), CodeKey)
		if _, err := ParsePublicKey(v.PublicKeyPem); err == nil {
			t.Error("a key of 1024 bits was read")
		}
		return
	}
	t.Error("no such vector")
}

func TestS39_SharedVectorsOfRFC9421AreRefusedAsUnsupported(t *testing.T) {
	t.Parallel()
	var all []vector
	vectors(t, "http-signatures.json", &all)
	for _, v := range all {
		if v.Spec == "rfc9421" {
			r := v.request(t)
			_, err := Parse(r, []byte(v.Body), r.Host, v.Now)
			wantFailure(t, err, CodeUnsupported)
		}
	}
}

func TestMultikey_SharedVectors(t *testing.T) {
	t.Parallel()
	var all []struct {
		Kind, PublicKeyHex string
		Multikey           struct{ PublicKeyMultibase string }
	}
	vectors(t, "multikeys.json", &all)
	for _, v := range all {
		text := v.Multikey.PublicKeyMultibase
		pub, err := ParseMultikey(text)
		if !strings.HasPrefix(v.Kind, "Ed25519") {
			if err == nil {
				t.Errorf("%s was read as Ed25519", v.Kind)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := toHex(pub); got != v.PublicKeyHex {
			t.Errorf("got %s, want %s", got, v.PublicKeyHex)
		}
		if got := EncodeMultikey(pub); got != text {
			t.Errorf("got %s, want %s", got, text)
		}
	}
}

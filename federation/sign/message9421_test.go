package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

const (
	home  = "https://" + hub
	ourEd = "https://peer.example/u/bob#ed25519-key"
)

var ecKey = sync.OnceValue(func() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) })

// letter is a request before it is signed after RFC 9421. Like message, it is
// signed by plain lines of its own and not by Signer.
type letter struct {
	method, target, host string
	scheme               string
	header               http.Header
	body                 string
	components           string // as they stand between the brackets
	params               string // with the first semicolon
	inLabel, sigLabel    string
	key                  crypto.Signer
	pss                  bool
}

func goodLetter() *letter {
	return &letter{
		method: "POST", target: "/c/planning/inbox", host: hub, scheme: "https", body: note, key: rsaKey(),
		header:     http.Header{"Content-Type": {"application/activity+json"}, "Content-Digest": {contentDigestOf(note)}},
		components: `"@method" "@target-uri" "content-type" "content-digest"`,
		params:     `;created=` + unix(0) + `;keyid="` + bobID + `";alg="rsa-v1_5-sha256"`,
		inLabel:    "sig1", sigLabel: "sig1",
	}
}

func goodReading() *letter {
	l := goodLetter()
	l.method, l.target, l.body, l.header = "GET", "/c/planning", "", http.Header{}
	l.components = `"@method" "@target-uri"`
	return l
}

func contentDigestOf(body string) string {
	sum := sha256.Sum256([]byte(body))
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// base is the signature base, written down plainly.
func (l *letter) base() string {
	path, query, _ := strings.Cut(l.target, "?")
	derived := map[string]string{
		"@method": l.method, "@target-uri": l.scheme + "://" + l.host + l.target, "@authority": strings.ToLower(l.host),
		"@scheme": l.scheme, "@request-target": l.target, "@path": path, "@query": "?" + query, "host": l.host,
	}
	var out strings.Builder
	for _, c := range strings.Fields(l.components) {
		name := strings.Trim(c, `"`)
		value, ok := derived[name]
		if !ok {
			value = strings.Join(l.header[http.CanonicalHeaderKey(name)], ", ")
		}
		out.WriteString(c + ": " + value + "\n")
	}
	return out.String() + `"@signature-params": (` + l.components + ")" + l.params
}

func (l *letter) sign() []byte {
	base := []byte(l.base())
	sum := sha256.Sum256(base)
	switch k := l.key.(type) {
	case *rsa.PrivateKey:
		if l.pss {
			long := sha512.Sum512(base)
			return must(rsa.SignPSS(rand.Reader, k, crypto.SHA512, long[:], &rsa.PSSOptions{SaltLength: 64}))
		}
		return must(rsa.SignPKCS1v15(nil, k, crypto.SHA256, sum[:]))
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, k, sum[:])
		if err != nil {
			panic(err)
		}
		out := make([]byte, 64)
		r.FillBytes(out[:32])
		s.FillBytes(out[32:])
		return out
	}
	return ed25519.Sign(l.key.(ed25519.PrivateKey), base)
}

// request is what a server would hand to a handler, signed.
func (l *letter) request() *http.Request {
	h := l.header.Clone()
	h["Signature-Input"] = []string{l.inLabel + "=(" + l.components + ")" + l.params}
	h["Signature"] = []string{l.sigLabel + "=:" + base64.StdEncoding.EncodeToString(l.sign()) + ":"}
	return &http.Request{Method: l.method, RequestURI: l.target, URL: must(url.ParseRequestURI(l.target)), Host: l.host, Header: h}
}

func (l *letter) alg(name string) { l.params = strings.Replace(l.params, "rsa-v1_5-sha256", name, 1) }

func (l *letter) noAlg() { l.params = strings.Replace(l.params, `;alg="rsa-v1_5-sha256"`, "", 1) }

func (l *letter) param(old, new string) {
	if !strings.Contains(l.params, old) {
		panic("nothing to replace: " + old)
	}
	l.params = strings.Replace(l.params, old, new, 1)
}

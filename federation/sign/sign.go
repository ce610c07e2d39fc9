package sign

import (
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-fed/httpsig"

	"moothall/actors"
)

// Signer signs what this node sends, as one actor.
type Signer struct {
	KeyID string // actor id with a fragment, as in its document
	Key   *rsa.PrivateKey
	// A second key, for those who read it (RFC 9421). Both may be empty.
	Ed25519KeyID string
	Ed25519      ed25519.PrivateKey
}

// What is signed, in this order (protocol.md 3.1). A read carries the digest
// of an empty body, because Lemmy asks for one from readers of private content.
var (
	signedOfRead  = []string{httpsig.RequestTarget, "host", "date", "digest"}
	signedOfWrite = []string{httpsig.RequestTarget, "host", "date", "digest", "content-type"}
)

// authorization is signed wherever it is there: what it shows is for this request.
const authorization = "authorization"

// Sign sets Date, Host, Digest and Signature in the form of protocol.md 3.1, the
// older style.
// Body is what r will send; a request with a body needs its Content-Type
// first. A request can be signed again, for a later attempt.
//
// The signature library signs a request of its own making, for two reasons. It
// would sign a decoded path, where the request line has the encoded one. And
// it names the algorithm hs2019, which is not signed and is put right here: some peers compare the name.
func (s Signer) Sign(r *http.Request, body []byte, now time.Time) error {
	if err := s.check(); err != nil {
		return fmt.Errorf("sign %s: %w", r.URL, err)
	}
	prepare(r)
	clearSignature(r.Header)
	h := http.Header{"Host": {r.Host}, "Date": {now.UTC().Format(http.TimeFormat)}}
	signed := signedOfRead
	if !isRead(r.Method) || len(body) > 0 {
		signed = signedOfWrite
		if ct := r.Header.Get("Content-Type"); ct != "" {
			h.Set("Content-Type", ct)
		}
	}
	if shown := r.Header.Get("Authorization"); shown != "" {
		h.Set("Authorization", shown)
		signed = append(slices.Clone(signed), authorization)
	}
	if err := s.signHeader(r, h, signed, body); err != nil {
		return fmt.Errorf("sign %s: %w", r.URL, err)
	}
	r.Header.Set("Date", h.Get("Date"))
	r.Header.Set("Digest", h.Get("Digest"))
	r.Header.Set("Signature", strings.Replace(h.Get("Signature"), `algorithm="hs2019"`, `algorithm="rsa-sha256"`, 1))
	return nil
}

func (s Signer) signHeader(r *http.Request, h http.Header, signed []string, body []byte) error {
	lib, _, err := httpsig.NewSigner([]httpsig.Algorithm{httpsig.RSA_SHA256}, httpsig.DigestSha256, signed, httpsig.Signature, 0)
	if err != nil {
		return err
	}
	if body == nil {
		body = []byte{} // the library leaves the digest out for nil
	}
	line := &http.Request{Method: r.Method, URL: &url.URL{Path: r.URL.RequestURI()}, Header: h}
	return lib.SignRequest(s.Key, s.KeyID, line, body)
}

func (s Signer) check() error {
	if s.Key == nil {
		return errors.New("no key")
	}
	return checkKeyID(s.KeyID)
}

// checkFor says whether there is a key for a style.
func (s Signer) checkFor(style actors.Style) error {
	if style != actors.StyleEd25519 {
		return s.check()
	}
	if err := checkPrivate(s.Ed25519); err != nil {
		return err
	}
	return checkKeyID(s.Ed25519KeyID)
}

func checkKeyID(id string) error {
	switch {
	case !strings.Contains(id, "#"):
		// Lemmy reads nothing else, Discourse and NodeBB cut at the fragment.
		return fmt.Errorf("key id %q has no fragment", id)
	case !isPlainText(id) || strings.ContainsAny(id, `" `):
		return fmt.Errorf("key id %q cannot be quoted", id)
	}
	return nil
}

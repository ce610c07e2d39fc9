package sign

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"moothall/actors"
)

// wishLife is how long a signature is good for where a server asks for an end.
const wishLife = 5 * time.Minute

// Best is the best style, no better than limit, that the signer has a key for.
func (s Signer) Best(limit actors.Style) actors.Style {
	if limit == actors.StyleEd25519 && len(s.Ed25519) == 0 {
		return actors.StyleRFC9421
	}
	return limit
}

// OnlyRSA is the signer without its second key: what is bound to a key is shown with
// that key, whatever style a host reads.
func (s Signer) OnlyRSA() Signer {
	s.Ed25519KeyID, s.Ed25519 = "", nil
	return s
}

// SignAs signs in a style, and leaves nothing of another in the request. Like
// Sign it needs a Content-Type first where there is a body.
func (s Signer) SignAs(style actors.Style, r *http.Request, body []byte, now time.Time) error {
	if style != actors.StyleRFC9421 && style != actors.StyleEd25519 {
		return s.Sign(r, body, now)
	}
	return s.SignAsked(Wish{label: "sig1", style: style}, r, body, now)
}

// SignAsked signs after RFC 9421 what a server asked for, and never less than
// what makes the signature good for this one request only: a server that could
// choose would ask for one that is good elsewhere.
func (s Signer) SignAsked(w Wish, r *http.Request, body []byte, now time.Time) error {
	if err := s.checkFor(w.style); err != nil {
		return fmt.Errorf("sign %s: %w", r.URL, err)
	}
	prepare(r)
	clearSignature(r.Header)
	to := destination{method: r.Method, scheme: r.URL.Scheme, host: r.Host, target: r.URL.RequestURI()}
	names := w.with(needed(to, isRead(r.Method) && len(body) == 0, r.Header))
	if slices.Contains(names, compDigest) {
		sum := sha256.Sum256(body)
		r.Header.Set("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
	}
	if slices.Contains(names, "date") {
		r.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	}
	base, params, err := s.write(w, names, r, to, now)
	if err != nil {
		clearSignature(r.Header)
		return fmt.Errorf("sign %s: %w", r.URL, err)
	}
	signature, err := s.raw(w.style, base)
	if err != nil {
		clearSignature(r.Header)
		return fmt.Errorf("sign %s: %w", r.URL, err)
	}
	r.Header.Set("Signature-Input", w.label+"="+params)
	r.Header.Set("Signature", w.label+"=:"+base64.StdEncoding.EncodeToString(signature)+":")
	return nil
}

// needed is what is always signed (protocol.md 3.3). The query is there twice,
// since tootik looks for it under its own name.
func needed(to destination, read bool, h http.Header) []string {
	names := []string{compMethod, compTarget}
	if h.Get("Authorization") != "" {
		names = append(names, authorization)
	}
	if read {
		if to.hasQuery() {
			names = append(names, compQuery)
		}
		return names
	}
	if h.Get("Content-Type") != "" {
		names = append(names, "content-type")
	}
	return append(names, compDigest)
}

// write makes the signature base and the value of Signature-Input behind the label.
func (s Signer) write(w Wish, names []string, r *http.Request, to destination, now time.Time) (base []byte, params string, err error) {
	list := make([]byte, 0, 256)
	base = make([]byte, 0, 512)
	for i, name := range names {
		value, ok := to.value(name)
		switch {
		case ok:
		case name == "host":
			value = r.Host
		default:
			if value, err = headerValue(r, name); err != nil {
				return nil, "", err
			}
		}
		if i > 0 {
			list = append(list, ' ')
		}
		list = append(append(append(list, '"'), name...), '"')
		base = appendLine(base, name, value)
	}
	id, alg := s.KeyID, algRSA
	if w.style == actors.StyleEd25519 {
		id, alg = s.Ed25519KeyID, algEd25519
	}
	params = "(" + string(list) + ");created=" + strconv.FormatInt(now.Unix(), 10) + `;keyid="` + id + `";alg="` + alg + `"`
	if w.expires {
		params += ";expires=" + strconv.FormatInt(now.Add(wishLife).Unix(), 10)
	}
	params += w.echo
	return append(append(base, lineParams...), params...), params, nil
}

func (s Signer) raw(style actors.Style, base []byte) ([]byte, error) {
	if style == actors.StyleEd25519 {
		return ed25519.Sign(s.Ed25519, base), nil
	}
	sum := sha256.Sum256(base)
	return rsa.SignPKCS1v15(nil, s.Key, crypto.SHA256, sum[:])
}

// prepare fills in what net/http would fill in later.
func prepare(r *http.Request) {
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	if r.Method == "" {
		r.Method = http.MethodGet
	}
}

// clearSignature takes away what an earlier attempt left, in whichever style.
func clearSignature(h http.Header) {
	for _, name := range []string{"Signature", "Signature-Input", "Digest", "Content-Digest", "Date"} {
		delete(h, name)
	}
}

package sign

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"moothall/actors"
)

const (
	// Window is how far the time of a request may be from the node's own,
	// either way (protocol.md 3.2(3)).
	Window = time.Hour
	// createdAhead is how far "created" may lie ahead: it comes from a clock
	// that is kept, not from a header that proxies rewrite.
	createdAhead = 5 * time.Minute
	// maxExpires bounds "expires": beyond it the sender does not mean a time.
	maxExpires = 24 * time.Hour
)

// Request is a signed request that is plausible in every way that can be
// judged without a key. It is not yet believed.
type Request struct {
	keyID     string
	algorithm string
	signature []byte
	signed    []byte // the signing string
	query     span   // of the query in signed, when it may be left out
	body      []byte
}

type span struct{ from, to int }

// KeyID is the key that the request says it was signed with.
func (q *Request) KeyID() string { return q.keyID }

// Parse reads the signature of a request and checks everything that needs no
// key: that there is one, its grammar, what it covers, its time, host and the
// digest of body. Host is the node's own canonical host, with its port in
// development; nothing else in the request says which host it was meant for
// (security.md S9, S10). Every error is a Failure.
func Parse(r *http.Request, body []byte, host string, now time.Time) (*Request, error) {
	q, err := parse(r, body, host, now)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(actors.URI(q.keyID).Host(), host) {
		return nil, refuse(CodeKey, "key of this node, which never calls itself") // security.md S20
	}
	return q, nil
}

func parse(r *http.Request, body []byte, host string, now time.Time) (*Request, error) {
	p, err := readSignature(r.Header)
	if err != nil {
		return nil, err
	}
	q := &Request{keyID: p.keyID, algorithm: p.algorithm, body: body}
	if q.signature, err = base64.StdEncoding.Strict().DecodeString(p.signature); err != nil {
		return nil, refuse(CodeGrammar, "signature is not base64")
	}
	var c coverage
	if err := p.cover(&c); err != nil {
		return nil, err
	}
	if err := c.check(isRead(r.Method) && len(body) == 0); err != nil {
		return nil, err
	}
	if err := q.build(r, &p, &c); err != nil {
		return nil, err
	}
	if err := p.checkClock(c.date, now); err != nil {
		return nil, err
	}
	if len(r.Host) != len(host) || !strings.EqualFold(r.Host, host) {
		return nil, refuse(CodeHost, "made for another host")
	}
	if err := checkDigest(r.Header, body, c.digest); err != nil {
		return nil, err
	}
	return q, nil
}

// readSignature finds the one signature of a request. RFC 9421 also uses the
// header Signature, with Signature-Input beside it: until that form is read
// here, it is refused, and so is a request that carries both (security.md S39).
func readSignature(h http.Header) (parameters, error) {
	lines, input := h["Signature"], h["Signature-Input"]
	inAuthorization := false
	for _, a := range h["Authorization"] {
		scheme, _, _ := strings.Cut(skipSpace(a), " ")
		inAuthorization = inAuthorization || strings.EqualFold(scheme, "signature")
	}
	switch {
	case len(lines) > 1, len(lines) == 1 && inAuthorization:
		return parameters{}, refuse(CodeTwoSignatures, "more than one signature")
	case len(lines) == 0 && inAuthorization:
		return parameters{}, refuse(CodeUnsupported, "signature in the Authorization header")
	case len(lines) == 0 && len(input) > 0:
		return parameters{}, refuse(CodeUnsupported, "Signature-Input without Signature")
	case len(lines) == 0:
		return parameters{}, &Failure{Code: CodeNoSignature, Err: ErrUnsigned}
	}
	p, err := parseHeader(lines[0])
	if len(input) > 0 {
		if err == nil {
			return p, refuse(CodeTwoSignatures, "cavage and RFC 9421 at once")
		}
		return p, refuse(CodeUnsupported, "RFC 9421")
	}
	if err != nil {
		return p, err
	}
	return p, p.checkAlgorithm()
}

// checkAlgorithm admits the names that peers use. Which algorithm is used is
// decided by the key alone (security.md S15).
func (p *parameters) checkAlgorithm() error {
	switch {
	case !p.has(sawAlgorithm), p.algorithm == "hs2019", p.algorithm == "rsa-sha256", p.algorithm == "ed25519":
		return nil
	}
	return refuse(CodeAlgorithm, p.algorithm)
}

func isRead(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == ""
}

// checkClock judges the Date, where it is signed, and created and expires
// wherever they are stated (security.md S7, S8).
func (p *parameters) checkClock(date string, now time.Time) error {
	if date != "" {
		t, err := http.ParseTime(date)
		if err != nil || outside(t, now.Add(-Window), now.Add(Window)) {
			return refuse(CodeDate, "Date "+date)
		}
	}
	if p.has(sawCreated) {
		s, ok := unixSeconds(p.created)
		if !ok || outside(time.Unix(s, 0), now.Add(-Window), now.Add(createdAhead)) {
			return refuse(CodeDate, "created "+p.created)
		}
	}
	if p.has(sawExpires) {
		s, ok := unixSeconds(p.expires)
		if !ok || outside(time.Unix(s, 0), now, now.Add(maxExpires)) {
			return refuse(CodeDate, "expires "+p.expires)
		}
	}
	return nil
}

func outside(t, from, to time.Time) bool { return t.Before(from) || t.After(to) }

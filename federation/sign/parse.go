package sign

import (
	"net/http"
	"slices"
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

// Request is a signed request, in either style, that is plausible in every way that can be
// judged without a key. It is not yet believed.
type Request struct {
	style     actors.Style
	keyID     string
	algorithm string
	signature []byte
	signed    []byte // the signing string
	query     span   // of the query in signed, when it may be left out
	body      []byte
	covers    []string // what is signed, in lower case
}

type span struct{ from, to int }

// KeyID is the key that the request says it was signed with.
func (q *Request) KeyID() string { return q.keyID }

// Parse reads the signature of a request and checks everything that needs no
// key: that there is one, its grammar, what it covers, its time, host and the
// digest of body. Signature-Input decides which style is read (security.md S39).
//
// Origin is the node's own scheme and canonical host, such as
// "https://commons.example", with the port in development; nothing else in the
// request says for whom it was meant (security.md S9, S10). Every error is a
// Failure.
func Parse(r *http.Request, body []byte, origin string, now time.Time) (*Request, error) {
	q, err := parse(r, body, origin, now)
	if err != nil {
		return nil, err
	}
	if _, host, _ := strings.Cut(origin, "://"); strings.EqualFold(actors.URI(q.keyID).Host(), host) {
		return nil, refuse(CodeKey, "key of this node, which never calls itself") // security.md S20
	}
	return q, nil
}

func parse(r *http.Request, body []byte, origin string, now time.Time) (*Request, error) {
	if err := onlyOne(r.Header); err != nil {
		return nil, err
	}
	to, read := destinationOf(r, origin), isRead(r.Method) && len(body) == 0
	build := older
	if len(r.Header["Signature-Input"]) > 0 {
		build = newer
	}
	q, p, c, err := build(r, to, read)
	if err != nil {
		return nil, err
	}
	q.body, q.covers = body, slices.Clone(c.names())
	if err := p.checkClock(c.date, now); err != nil {
		return nil, err
	}
	if len(r.Host) != len(to.host) || !strings.EqualFold(r.Host, to.host) {
		return nil, refuse(CodeHost, "made for another host")
	}
	if q.style == actors.StyleCavage {
		return q, checkDigest(r.Header, body, c.digest)
	}
	return q, checkContentDigest(r.Header, body, c.digest)
}

// onlyOne refuses more than one signature, in whichever header it comes
// (security.md S12), and says where there is none.
func onlyOne(h http.Header) error {
	lines, input := h["Signature"], h["Signature-Input"]
	inAuthorization := false
	for _, a := range h["Authorization"] {
		scheme, _, _ := strings.Cut(skipSpace(a), " ")
		inAuthorization = inAuthorization || strings.EqualFold(scheme, "signature")
	}
	switch {
	case len(lines) > 1, len(input) > 1, len(lines)+len(input) > 0 && inAuthorization:
		return refuse(CodeTwoSignatures, "more than one signature")
	case inAuthorization:
		return refuse(CodeUnsupported, "signature in the Authorization header")
	case len(lines)+len(input) == 0:
		return &Failure{Code: CodeNoSignature, Err: ErrUnsigned}
	}
	return nil
}

// older reads a signature after draft-cavage-12.
func older(r *http.Request, _ destination, read bool) (*Request, *parameters, *coverage, error) {
	p, err := parseHeader(r.Header["Signature"][0])
	if err != nil {
		return nil, nil, nil, err
	}
	if err := p.checkAlgorithm(); err != nil {
		return nil, nil, nil, err
	}
	q := &Request{style: actors.StyleCavage, keyID: p.keyID, algorithm: p.algorithm}
	if q.signature, err = strictBase64(p.signature); err != nil {
		return nil, nil, nil, err
	}
	var c coverage
	if err := p.cover(&c); err != nil {
		return nil, nil, nil, err
	}
	if err := c.check(read); err != nil {
		return nil, nil, nil, err
	}
	return q, &p, &c, q.build(r, &p, &c)
}

// newer reads a signature after RFC 9421.
func newer(r *http.Request, to destination, read bool) (*Request, *parameters, *coverage, error) {
	in, err := parseMessage(r, r.Header["Signature-Input"][0])
	if err != nil {
		return nil, nil, nil, err
	}
	q := &Request{style: actors.StyleRFC9421, keyID: in.keyID, algorithm: in.algorithm}
	if q.signature, err = strictBase64(in.signature); err != nil {
		return nil, nil, nil, err
	}
	if err := in.checkMessage(to, read); err != nil {
		return nil, nil, nil, err
	}
	q.signed, err = in.base(r, to)
	return q, &in.parameters, &in.coverage, err
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

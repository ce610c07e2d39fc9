package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"math/big"
	"net/http"
	"strings"
)

// The derived components that are read (RFC 9421 section 2.2).
const (
	compMethod    = "@method"
	compTarget    = "@target-uri"
	compAuthority = "@authority"
	compScheme    = "@scheme"
	compLine      = "@request-target"
	compPath      = "@path"
	compQuery     = "@query"
	compDigest    = "content-digest"

	lineParams = `"@signature-params": `
)

// The algorithms that are read (RFC 9421 section 3.3). Which one is used
// follows from the key (security.md S15).
const (
	algRSA     = "rsa-v1_5-sha256"
	algPSS     = "rsa-pss-sha512"
	algEd25519 = "ed25519"
	algECDSA   = "ecdsa-p256-sha256"
)

// destination is what a request asks for and of whom, as both sides see it.
// Target is path and query as they stand in the request line.
type destination struct{ method, scheme, host, target string }

// value gives a derived component; there are none but these.
func (d destination) value(name string) (string, bool) {
	path, query, _ := strings.Cut(d.target, "?")
	switch name {
	case compMethod:
		return d.method, true
	case compTarget:
		return d.scheme + "://" + d.host + d.target, true
	case compAuthority:
		return d.host, true
	case compScheme:
		return d.scheme, true
	case compLine:
		return d.target, true
	case compPath:
		return path, true
	case compQuery:
		return "?" + query, true
	}
	return "", false
}

func (d destination) hasQuery() bool { return strings.IndexByte(d.target, '?') >= 0 }

// destinationOf is the destination of a request that came in. Scheme and host
// are the node's own: nothing in a request says which they were (security.md S9).
func destinationOf(r *http.Request, origin string) destination {
	d := destination{method: r.Method, target: requestTarget(r)}
	d.scheme, d.host, _ = strings.Cut(origin, "://")
	if d.method == "" {
		d.method = http.MethodGet
	}
	return d
}

// parseMessage reads the two fields, and refuses algorithms that have no place here.
func parseMessage(r *http.Request, field string) (*input, error) {
	lines := r.Header["Signature"]
	if len(lines) == 0 {
		return nil, refuse(CodeGrammar, "Signature-Input without Signature")
	}
	in, err := parseInput(field, lines[0])
	if err != nil {
		return nil, err
	}
	switch in.algorithm {
	case "", algRSA, algPSS, algEd25519, algECDSA:
	default:
		return nil, refuse(CodeAlgorithm, in.algorithm)
	}
	if in.has(sawAlgorithm) && in.algorithm == "" {
		return nil, refuse(CodeAlgorithm, "empty")
	}
	return in, nil
}

// checkMessage refuses a list that leaves the request open to being changed
// (protocol.md 3.3). The query need not be in it where there is none: one that
// is added later is then not signed.
func (in *input) checkMessage(to destination, read bool) error {
	in.digest = in.covers(compDigest)
	parts := in.covers(compAuthority) && in.covers(compPath) && (in.covers(compQuery) || !to.hasQuery())
	switch {
	case !in.covers(compMethod):
		return refuse(CodeCoverage, "method not signed")
	case !in.covers(compTarget) && !parts:
		return refuse(CodeCoverage, "target not signed")
	case !in.has(sawCreated):
		return refuse(CodeCoverage, "no time signed")
	case !read && !in.digest:
		return refuse(CodeCoverage, "content-digest not signed")
	}
	return nil
}

// base writes the signature base (RFC 9421 section 2.5).
func (in *input) base(r *http.Request, to destination) ([]byte, error) {
	b := make([]byte, 0, 512)
	for _, name := range in.names() {
		value, ok := to.value(name)
		switch {
		case ok:
		case name == "host":
			value = r.Host
		case !isToken(name) || strings.ToLower(name) != name:
			return nil, refuse(CodeCoverage, "component "+name)
		default:
			var err error
			if value, err = headerValue(r, name); err != nil {
				return nil, err
			}
		}
		if name == "date" {
			if value == "" {
				return nil, refuse(CodeDate, "empty")
			}
			in.date = value
		}
		b = appendLine(b, name, value)
	}
	return append(append(b, lineParams...), in.verbatim...), nil
}

func appendLine(b []byte, name, value string) []byte {
	b = append(append(append(b, '"'), name...), `": `...)
	return append(append(b, value...), '\n')
}

// checkKey checks a signature after RFC 9421. The key decides about the
// algorithm; the request may only name the one that is used, and an RSA key
// serves for two.
func (q *Request) checkKey(pub crypto.PublicKey) error {
	for _, alg := range algorithmsOf(pub) {
		if q.algorithm != "" && q.algorithm != alg {
			continue
		}
		if holds(alg, pub, q.signed, q.signature) {
			return nil
		}
		if q.algorithm != "" {
			return refuse(CodeBadSignature, "")
		}
	}
	if q.algorithm != "" {
		return refuse(CodeAlgorithm, q.algorithm+" is not for this key")
	}
	return refuse(CodeBadSignature, "")
}

func algorithmsOf(pub crypto.PublicKey) []string {
	switch pub.(type) {
	case *rsa.PublicKey:
		return []string{algRSA, algPSS}
	case ed25519.PublicKey:
		return []string{algEd25519}
	case *ecdsa.PublicKey:
		return []string{algECDSA}
	}
	return nil
}

func holds(alg string, pub crypto.PublicKey, signed, signature []byte) bool {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		if alg == algPSS {
			sum := sha512.Sum512(signed)
			o := rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
			return rsa.VerifyPSS(k, crypto.SHA512, sum[:], signature, &o) == nil
		}
	case *ecdsa.PublicKey:
		if len(signature) != 64 {
			return false
		}
		sum := sha256.Sum256(signed)
		return ecdsa.Verify(k, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:]))
	}
	return fits(pub, signed, signature)
}

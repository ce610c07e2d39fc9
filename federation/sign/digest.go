package sign

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"strings"
)

// checkDigest compares the body with every digest the request states, in
// Digest and in Content-Digest. Entries in SHA-256 and SHA-512 count; one at
// least must be there when needed, and none may differ (security.md S3, S4, S6).
func checkDigest(h http.Header, body []byte, needed bool) error {
	return checkDigests(h, body, needed, false)
}

// checkContentDigest is checkDigest where it must be Content-Digest that has the
// entry (RFC 9421 signs that one).
func checkContentDigest(h http.Header, body []byte, needed bool) error {
	return checkDigests(h, body, false, needed)
}

func checkDigests(h http.Header, body []byte, digest, content bool) error {
	lines, newer := h["Digest"], h["Content-Digest"]
	if len(lines) > 1 || len(newer) > 1 {
		return refuse(CodeDuplicate, "several digest headers")
	}
	var d digester
	if len(lines) == 1 && !d.matches(lines[0], body, "") {
		return refuse(CodeDigest, "Digest is not that of the body")
	}
	if digest && d.judged == 0 {
		return refuse(CodeDigest, "no digest in SHA-256 or SHA-512")
	}
	d.judged = 0
	// RFC 9530 writes a digest as a byte sequence, between colons.
	if len(newer) == 1 && !d.matches(newer[0], body, ":") {
		return refuse(CodeDigest, "Content-Digest is not that of the body")
	}
	if content && d.judged == 0 {
		return refuse(CodeDigest, "no Content-Digest in SHA-256 or SHA-512")
	}
	return nil
}

type digester struct{ judged int }

// matches goes through a comma-separated list of name=value, with each value
// between two marks. Algorithms we do not know are passed over. In the newer
// header capitals in a name make it unreadable.
func (d *digester) matches(list string, body []byte, mark string) bool {
	for list != "" {
		var entry string
		entry, list, _ = strings.Cut(list, ",")
		name, value, _ := strings.Cut(strings.TrimSpace(entry), "=")
		var known, same bool
		switch {
		case strings.EqualFold(name, "sha-256"):
			sum := sha256.Sum256(body)
			known, same = true, isBase64Of(value, sum[:], mark)
		case strings.EqualFold(name, "sha-512"):
			sum := sha512.Sum512(body)
			known, same = true, isBase64Of(value, sum[:], mark)
		}
		if known {
			if !same || mark != "" && name != strings.ToLower(name) {
				return false
			}
			d.judged++
		}
	}
	return true
}

// isBase64Of encodes rather than decodes, so that there is one spelling.
func isBase64Of(value string, sum []byte, mark string) bool {
	var buf [88]byte // base64 of 64 bytes
	b := base64.StdEncoding.AppendEncode(buf[:0], sum)
	inner, ok := strings.CutPrefix(value, mark)
	if ok {
		inner, ok = strings.CutSuffix(inner, mark)
	}
	return ok && inner == string(b)
}

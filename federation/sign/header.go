package sign

import (
	"strconv"
	"strings"
)

const (
	maxSignatureHeader = 8 << 10 // bytes; an 8192-bit signature and a 2 KiB key id fit twice
	maxParameters      = 16
	maxKeyID           = 2048
	maxCovered         = 32 // names in the headers parameter
)

// parameters are what a Signature header says. It is the only reading of that
// header: no other code looks for a key id in it (security.md S14).
type parameters struct {
	keyID     string
	algorithm string // lower case; empty when absent
	headers   string // names, separated by spaces
	signature string // base64
	created   string // digits as sent, because they are signed as sent
	expires   string
	seen      uint8
}

const (
	sawKeyID = 1 << iota
	sawAlgorithm
	sawHeaders
	sawSignature
	sawCreated
	sawExpires
)

func (p *parameters) has(bit uint8) bool { return p.seen&bit != 0 }

// parseHeader reads the value of a Signature header. It is lenient about
// spaces, order, the case of names and quotes around numbers, because peers
// differ there. It refuses repeated names, escapes, and text without quotes,
// because readers differ in what they make of those.
func parseHeader(s string) (parameters, error) {
	var p parameters
	if len(s) > maxSignatureHeader {
		return p, refuse(CodeGrammar, "header longer than 8 KiB")
	}
	for n := 0; ; n++ {
		if n == maxParameters {
			return p, refuse(CodeGrammar, "too many parameters")
		}
		name, value, quoted, rest, ok := nextParameter(s)
		if !ok {
			return p, refuse(CodeGrammar, "parameter "+strconv.Itoa(n+1)+" cannot be read")
		}
		if err := p.set(name, value, quoted); err != nil {
			return p, err
		}
		if rest == "" {
			break
		}
		if rest[0] != ',' {
			return p, refuse(CodeGrammar, "no comma after parameter "+strconv.Itoa(n+1))
		}
		s = rest[1:]
	}
	return p, p.complete()
}

// nextParameter cuts name=value off the front of s; rest begins at what
// follows, spaces skipped.
func nextParameter(s string) (name, value string, quoted bool, rest string, ok bool) {
	s = skipSpace(s)
	eq := strings.IndexByte(s, '=')
	if eq < 1 {
		return
	}
	name = strings.TrimRight(s[:eq], " \t")
	if !isToken(name) {
		return
	}
	s = skipSpace(s[eq+1:])
	if quoted = strings.HasPrefix(s, `"`); quoted {
		end := strings.IndexByte(s[1:], '"')
		if end < 0 || !isPlainText(s[1:1+end]) {
			return
		}
		return name, s[1 : 1+end], true, skipSpace(s[end+2:]), true
	}
	end := strings.IndexAny(s, ", \t")
	if end < 0 {
		end = len(s)
	}
	return name, s[:end], false, skipSpace(s[end:]), isToken(s[:end])
}

// set keeps a parameter. Names that are not known are passed over, as the
// draft asks (section 2.2).
func (p *parameters) set(name, value string, quoted bool) error {
	var bit uint8
	switch strings.ToLower(name) {
	case "keyid":
		p.keyID, bit = value, sawKeyID
	case "algorithm":
		p.algorithm, bit = strings.ToLower(value), sawAlgorithm
	case "headers":
		p.headers, bit = value, sawHeaders
	case "signature":
		p.signature, bit = value, sawSignature
	case "created":
		p.created, bit = value, sawCreated
	case "expires":
		p.expires, bit = value, sawExpires
	default:
		return nil
	}
	if p.has(bit) {
		return refuse(CodeGrammar, "parameter "+name+" twice")
	}
	if !quoted && bit != sawCreated && bit != sawExpires {
		return refuse(CodeGrammar, "parameter "+name+" without quotes")
	}
	p.seen |= bit
	return nil
}

func (p *parameters) complete() error {
	switch {
	case p.keyID == "" || len(p.keyID) > maxKeyID || strings.IndexByte(p.keyID, ' ') >= 0:
		return refuse(CodeGrammar, "no usable keyId")
	case p.signature == "":
		return refuse(CodeGrammar, "no signature parameter")
	}
	return nil
}

// unixSeconds reads digits and nothing else: no sign, no fraction, no overflow.
func unixSeconds(s string) (int64, bool) {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

func skipSpace(s string) string { return strings.TrimLeft(s, " \t") }

// isToken says whether s is a token of RFC 9110.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// isPlainText says whether s can stand between quotes without escapes.
func isPlainText(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '\\' {
			return false
		}
	}
	return true
}

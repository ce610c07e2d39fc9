package sign

import "strings"

// fields reads the few kinds of structured field (RFC 9651) that signatures
// use, in the one spelling that a writer of that standard produces. What the
// standard would mend or pass over (more than one space, a parameter that comes
// twice, the last of several members of one name) is refused: of two readings
// of a signature one is the wrong one (security.md S14).
type fields struct{ rest string }

// eat takes a text off the front, if it is there.
func (f *fields) eat(text string) bool {
	rest, ok := strings.CutPrefix(f.rest, text)
	f.rest = rest
	return ok
}

func (f *fields) take(n int) string {
	text := f.rest[:n]
	f.rest = f.rest[n:]
	return text
}

// key takes the name of a member or a parameter.
func (f *fields) key() (string, bool) {
	n := 0
	for n < len(f.rest) && isKeyByte(f.rest[n], n == 0) {
		n++
	}
	return f.take(n), n > 0
}

func isKeyByte(c byte, first bool) bool {
	switch {
	case c >= 'a' && c <= 'z', c == '*':
		return true
	case c >= '0' && c <= '9', c == '_', c == '-', c == '.':
		return !first
	}
	return false
}

// quoted takes a string. One with escapes is refused: no value here needs them.
func (f *fields) quoted() (string, bool) {
	if !f.eat(`"`) {
		return "", false
	}
	end := strings.IndexByte(f.rest, '"')
	if end < 0 || !isPlainText(f.rest[:end]) {
		return "", false
	}
	text := f.take(end)
	return text, f.eat(`"`)
}

// number takes an integer that is not negative, without leading zeros.
func (f *fields) number() (string, bool) {
	n := 0
	for n < len(f.rest) && f.rest[n] >= '0' && f.rest[n] <= '9' {
		n++
	}
	text := f.take(n)
	return text, n > 0 && n <= 15 && (n == 1 || text[0] != '0')
}

// bytes takes a byte sequence, still in base64.
func (f *fields) bytes() (string, bool) {
	if !f.eat(":") {
		return "", false
	}
	end := strings.IndexByte(f.rest, ':')
	if end < 0 {
		return "", false
	}
	text := f.take(end)
	return text, f.eat(":")
}

type valueKind uint8

const (
	kindFlag valueKind = iota // a parameter without a value
	kindText
	kindNumber
)

// parameter takes ";name", `;name="text"` or ";name=number".
func (f *fields) parameter() (name, value string, kind valueKind, ok bool) {
	if !f.eat(";") {
		return
	}
	if name, ok = f.key(); !ok || !f.eat("=") {
		return name, "", kindFlag, ok
	}
	if strings.HasPrefix(f.rest, `"`) {
		value, ok = f.quoted()
		return name, value, kindText, ok
	}
	value, ok = f.number()
	return name, value, kindNumber, ok
}

// components takes the list of what a signature covers into c.
func (f *fields) components(c *coverage) error {
	if !f.eat("(") {
		return refuse(CodeGrammar, "no list of components")
	}
	for !f.eat(")") {
		if c.n > 0 && !f.eat(" ") {
			return refuse(CodeGrammar, "components cannot be read")
		}
		name, ok := f.quoted()
		switch {
		case !ok:
			return refuse(CodeGrammar, "component is not a string")
		case strings.HasPrefix(f.rest, ";"):
			return refuse(CodeCoverage, "component with a parameter: "+name)
		case c.n == maxCovered:
			return refuse(CodeCoverage, "too many components")
		case c.covers(name):
			return refuse(CodeCoverage, name+" twice")
		}
		c.list[c.n] = name
		c.n++
	}
	return nil
}

package proof

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// ErrDocument says that a text is not JSON of which every reader has the same
// canonical form. Every error of Canonical wraps it.
var ErrDocument = errors.New("no canonical form")

// The limits of one document, in bytes and levels (security.md S95).
const (
	maxSize  = 1 << 20
	maxDepth = 40 // more than any reader here takes, so that theirs is the limit
)

// Canonical is the JSON Canonicalization Scheme (RFC 8785): names in the order of
// their UTF-16 code units, no space, the fewest escapes, numbers as ECMAScript
// writes them. A name twice, half a surrogate pair, and an integer beyond 2^53,
// which not every reader takes for the same number, have no canonical form.
func Canonical(raw []byte) ([]byte, error) {
	c, err := start(raw)
	if err != nil {
		return nil, err
	}
	if err := c.value(1); err != nil {
		return nil, err
	}
	return c.out, c.ended()
}

// canon reads a text once and writes its canonical form.
type canon struct {
	in    []byte
	at    int
	out   []byte
	parts []part // of all objects that are open, the innermost last
	spare []byte
}

// part is one member of an object.
type part struct {
	name         []byte // without escapes
	from, to     int    // its name and value, canonical, in canon.out
	value        int    // where its value begins there
	rawFrom, end int    // its name and value in canon.in
}

func start(raw []byte) (*canon, error) {
	if len(raw) > maxSize {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrDocument, maxSize)
	}
	if !utf8.Valid(raw) {
		return nil, fmt.Errorf("%w: not valid UTF-8", ErrDocument)
	}
	c := &canon{in: raw, out: make([]byte, 0, len(raw)), parts: make([]part, 0, 64)}
	c.space()
	return c, nil
}

func (c *canon) ended() error {
	c.space()
	if c.at != len(c.in) {
		return c.fail("something follows the value")
	}
	return nil
}

func (c *canon) fail(words string) error {
	return fmt.Errorf("%w: %s (byte %d)", ErrDocument, words, c.at)
}

func (c *canon) peek() byte {
	if c.at < len(c.in) {
		return c.in[c.at]
	}
	return 0
}

func (c *canon) space() {
	for c.at < len(c.in) {
		switch c.in[c.at] {
		case ' ', '\t', '\n', '\r':
			c.at++
		default:
			return
		}
	}
}

func (c *canon) put(b byte) { c.out = append(c.out, b) }

// value writes the value at c.at and leaves c.at behind it.
func (c *canon) value(depth int) error {
	switch c.peek() {
	case '{', '[':
		if depth > maxDepth {
			return c.fail("too deep")
		}
		if c.peek() == '{' {
			return c.object(depth)
		}
		return c.array(depth)
	case '"':
		_, err := c.text()
		return err
	case 't':
		return c.word("true")
	case 'f':
		return c.word("false")
	case 'n':
		return c.word("null")
	}
	return c.number()
}

func (c *canon) word(w string) error {
	if !bytes.HasPrefix(c.in[c.at:], []byte(w)) {
		return c.fail("not a JSON value")
	}
	c.at += len(w)
	c.out = append(c.out, w...)
	return nil
}

func (c *canon) array(depth int) error {
	c.at++
	c.put('[')
	for c.space(); c.peek() != ']'; {
		if err := c.value(depth + 1); err != nil {
			return err
		}
		c.space()
		if c.peek() == ']' {
			break
		}
		if c.peek() != ',' {
			return c.fail("expected a comma or the end of an array")
		}
		c.at++
		c.put(',')
		if c.space(); c.peek() == ']' {
			return c.fail("a comma before the end of an array")
		}
	}
	c.at++
	c.put(']')
	return nil
}

func (c *canon) object(depth int) error {
	open, base := len(c.out), len(c.parts)
	if err := c.members(depth); err != nil {
		return err
	}
	parts := c.parts[base:]
	if !slices.IsSortedFunc(parts, byName) {
		slices.SortFunc(parts, byName)
		c.spare = join(c.spare[:0], c.out, parts)
		c.out = append(c.out[:open], c.spare...)
	}
	c.parts = c.parts[:base]
	return distinct(parts)
}

// members writes an object as it is ordered, and puts its parts onto c.parts.
func (c *canon) members(depth int) error {
	c.at++
	c.put('{')
	for c.space(); c.peek() != '}'; {
		p := part{from: len(c.out), rawFrom: c.at}
		var err error
		if p.name, err = c.name(); err != nil {
			return err
		}
		p.value = len(c.out)
		if err := c.value(depth + 1); err != nil {
			return err
		}
		p.to, p.end = len(c.out), c.at
		c.parts = append(c.parts, p)
		c.space()
		if c.peek() == '}' {
			break
		}
		if c.peek() != ',' {
			return c.fail("expected a comma or the end of an object")
		}
		c.at++
		c.put(',')
		if c.space(); c.peek() == '}' {
			return c.fail("a comma before the end of an object")
		}
	}
	c.at++
	c.put('}')
	return nil
}

func (c *canon) name() ([]byte, error) {
	if c.peek() != '"' {
		return nil, c.fail("expected a name")
	}
	name, err := c.text()
	if err != nil {
		return nil, err
	}
	c.space()
	if c.peek() != ':' {
		return nil, c.fail("expected a colon")
	}
	c.at++
	c.put(':')
	c.space()
	return name, nil
}

func byName(a, b part) int { return compareUTF16(a.name, b.name) }

// join writes an object of sorted parts, whose canonical text is in out.
func join(to, out []byte, parts []part) []byte {
	to = append(to, '{')
	for i, p := range parts {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(to, out[p.from:p.to]...)
	}
	return append(to, '}')
}

// distinct refuses a name that is there twice among sorted parts.
func distinct(parts []part) error {
	for i := 1; i < len(parts); i++ {
		if bytes.Equal(parts[i-1].name, parts[i].name) {
			return fmt.Errorf("%w: a name twice", ErrDocument)
		}
	}
	return nil
}

// compareUTF16 orders texts by their UTF-16 code units. That is the order of
// their bytes in UTF-8, but for characters beyond U+FFFF: in UTF-16 they begin
// with a surrogate, which comes before U+E000.
func compareUTF16(a, b []byte) int {
	for len(a) > 0 && len(b) > 0 {
		if a[0] == b[0] && a[0] < utf8.RuneSelf {
			a, b = a[1:], b[1:]
			continue
		}
		r, n := utf8.DecodeRune(a)
		s, m := utf8.DecodeRune(b)
		if r != s {
			return rank(r) - rank(s)
		}
		a, b = a[n:], b[m:]
	}
	return len(a) - len(b)
}

// rank puts characters into the order of their UTF-16 code units.
func rank(r rune) int {
	const surrogates, after = 0xd800, 0xe000
	if r >= after && r <= 0xffff {
		return int(r) + 0x110000
	}
	if r > 0xffff {
		return surrogates + int(r) // beyond all below, before all from U+E000
	}
	return int(r)
}

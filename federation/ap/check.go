package ap

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// ErrDocument says that a document is not one that this node understands.
// Every error of Check and of the readers wraps it.
var ErrDocument = errors.New("document not accepted")

// Check says whether raw is one JSON object that every reader understands in
// the same way (security.md X7, S74, S95): valid UTF-8, at most 32 deep, at
// most 20,000 names and values, no name twice, no names that differ only in
// case, and none of the names that this package reads in another spelling. It
// takes time in proportion to the input and, for documents of usual size, no
// memory.
func Check(raw []byte) error {
	if !utf8.Valid(raw) {
		return fmt.Errorf("%w: not valid UTF-8", ErrDocument)
	}
	c := checker{raw: raw}
	c.space()
	if c.peek() != '{' {
		return c.fail("not a JSON object")
	}
	if err := c.value(1, false); err != nil {
		return err
	}
	c.space()
	if c.at != len(raw) {
		return c.fail("something follows the object")
	}
	return nil
}

// checker walks a document once.
type checker struct {
	raw    []byte
	at     int
	tokens int
}

func (c *checker) fail(words string) error {
	return fmt.Errorf("%w: %s (byte %d)", ErrDocument, words, c.at)
}

func (c *checker) peek() byte {
	if c.at < len(c.raw) {
		return c.raw[c.at]
	}
	return 0
}

func (c *checker) space() {
	for c.at < len(c.raw) {
		switch c.raw[c.at] {
		case ' ', '\t', '\n', '\r':
			c.at++
		default:
			return
		}
	}
}

func (c *checker) token() error {
	if c.tokens++; c.tokens > maxTokens {
		return c.fail("more than 20000 names and values")
	}
	return nil
}

// value checks the value at c.at. Inside an @context names are free, since
// nothing here reads them.
func (c *checker) value(depth int, context bool) error {
	if err := c.token(); err != nil {
		return err
	}
	switch b := c.peek(); b {
	case '{', '[':
		if depth > maxDepth {
			return c.fail("more than 32 deep")
		}
		if b == '{' {
			return c.object(depth, context)
		}
		return c.array(depth, context)
	case '"':
		return c.text()
	case 't':
		return c.word("true")
	case 'f':
		return c.word("false")
	case 'n':
		return c.word("null")
	default:
		return c.number()
	}
}

func (c *checker) object(depth int, context bool) error {
	var few [fewNames]name
	names := few[:0]
	c.at++
	for {
		c.space()
		if c.peek() == '}' && len(names) == 0 {
			c.at++
			return nil
		}
		n, err := c.name(context)
		if err != nil {
			return err
		}
		names = append(names, n)
		if err := c.value(depth+1, context || string(c.key(n)) == "@context"); err != nil {
			return err
		}
		c.space()
		switch c.peek() {
		case ',':
			c.at++
		case '}':
			c.at++
			return c.distinct(names, context)
		default:
			return c.fail("expected a comma or the end of an object")
		}
	}
}

func (c *checker) array(depth int, context bool) error {
	c.at++
	c.space()
	if c.peek() == ']' {
		c.at++
		return nil
	}
	for {
		c.space()
		if err := c.value(depth+1, context); err != nil {
			return err
		}
		c.space()
		switch c.peek() {
		case ',':
			c.at++
		case ']':
			c.at++
			return nil
		default:
			return c.fail("expected a comma or the end of an array")
		}
	}
}

// name checks a name and the colon after it.
func (c *checker) name(context bool) (n name, err error) {
	if c.peek() != '"' {
		return n, c.fail("expected a name")
	}
	if err := c.token(); err != nil {
		return n, err
	}
	n.from = c.at + 1
	if err := c.text(); err != nil {
		return n, err
	}
	n.to = c.at - 1
	key := c.key(n)
	if !context {
		var space [128]byte
		folded := appendFolded(space[:0], key)
		if err := spelling(key, folded); err != nil {
			return n, err
		}
		key = folded
	}
	n.hash = hash(key)
	c.space()
	if c.peek() != ':' {
		return n, c.fail("expected a colon")
	}
	c.at++
	c.space()
	return n, nil
}

// text checks a string, with c.at on its first quote.
func (c *checker) text() error {
	from := c.at
	for c.at++; c.at < len(c.raw); c.at++ {
		switch b := c.raw[c.at]; {
		case b == '"':
			if c.at-from > maxString {
				return c.fail("a string is longer than 512 KiB")
			}
			c.at++
			return nil
		case b == '\\':
			if err := c.escape(); err != nil {
				return err
			}
		case b < ' ':
			return c.fail("control character in a string")
		}
	}
	return c.fail("a string does not end")
}

// escape checks the escape at c.at and leaves c.at on its last byte.
func (c *checker) escape() error {
	c.at++
	switch c.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return nil
	case 'u':
	default:
		return c.fail("unknown escape in a string")
	}
	r, ok := hex4(c.raw[c.at+1:])
	if !ok {
		return c.fail("bad \\u escape in a string")
	}
	c.at += 4
	switch {
	case r >= 0xdc00 && r < 0xe000:
		return c.fail("half of a surrogate pair")
	case r >= 0xd800 && r < 0xdc00:
		rest := c.raw[c.at+1:]
		if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' {
			return c.fail("half of a surrogate pair")
		}
		if low, ok := hex4(rest[2:]); !ok || low < 0xdc00 || low >= 0xe000 {
			return c.fail("half of a surrogate pair")
		}
		c.at += 6
	}
	return nil
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, d := range b[:4] {
		switch {
		case d >= '0' && d <= '9':
			r = r<<4 | rune(d-'0')
		case d >= 'a' && d <= 'f':
			r = r<<4 | rune(d-'a'+10)
		case d >= 'A' && d <= 'F':
			r = r<<4 | rune(d-'A'+10)
		default:
			return 0, false
		}
	}
	return r, true
}

func (c *checker) word(w string) error {
	if !bytes.HasPrefix(c.raw[c.at:], []byte(w)) {
		return c.fail("not a JSON value")
	}
	c.at += len(w)
	return nil
}

func (c *checker) number() error {
	from := c.at
	if c.peek() == '-' {
		c.at++
	}
	whole := c.digits()
	if whole == 0 || (whole > 1 && c.raw[c.at-whole] == '0') {
		return c.fail("not a JSON value")
	}
	if c.peek() == '.' {
		c.at++
		if c.digits() == 0 {
			return c.fail("not a number")
		}
	}
	exponent := c.peek() == 'e' || c.peek() == 'E'
	if exponent {
		c.at++
		if c.peek() == '+' || c.peek() == '-' {
			c.at++
		}
		if c.digits() == 0 {
			return c.fail("not a number")
		}
	}
	// What does not fit would be a different number in each reader.
	if exponent || whole > 300 {
		if _, err := strconv.ParseFloat(string(c.raw[from:c.at]), 64); err != nil {
			return c.fail("a number is out of range")
		}
	}
	return nil
}

func (c *checker) digits() int {
	from := c.at
	for c.at < len(c.raw) && c.raw[c.at] >= '0' && c.raw[c.at] <= '9' {
		c.at++
	}
	return c.at - from
}

package proof

import (
	"unicode/utf8"
)

// text writes the string at c.at with the fewest escapes. It returns what the
// string says, which is not to be changed.
func (c *canon) text() ([]byte, error) {
	from := c.at + 1
	for i := from; i < len(c.in); i++ {
		switch b := c.in[i]; {
		case b == '"':
			c.out = append(c.out, c.in[from-1:i+1]...)
			c.at = i + 1
			return c.in[from:i], nil
		case b == '\\':
			c.at = from
			return c.escapedText()
		case b < ' ':
			c.at = i
			return nil, c.fail("control character in a string")
		}
	}
	return nil, c.fail("a string does not end")
}

// escapedText is text for a string with escapes; c.at is behind the first quote.
func (c *canon) escapedText() ([]byte, error) {
	var said []byte
	for c.at < len(c.in) {
		switch b := c.in[c.at]; {
		case b == '"':
			c.at++
			c.quote(said)
			return said, nil
		case b == '\\':
			r, err := c.escape()
			if err != nil {
				return nil, err
			}
			said = utf8.AppendRune(said, r)
		case b < ' ':
			return nil, c.fail("control character in a string")
		default:
			said = append(said, b)
			c.at++
		}
	}
	return nil, c.fail("a string does not end")
}

var simple = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads the escape at c.at.
func (c *canon) escape() (rune, error) {
	c.at++
	if r, ok := simple[c.peek()]; ok {
		c.at++
		return r, nil
	}
	r, ok := c.hex()
	if !ok {
		return 0, c.fail("unknown escape in a string")
	}
	if r < 0xd800 || r > 0xdfff {
		return r, nil
	}
	if c.peek() != '\\' {
		return 0, c.fail("half of a surrogate pair")
	}
	c.at++
	low, ok := c.hex()
	if !ok || r > 0xdbff || low < 0xdc00 || low > 0xdfff {
		return 0, c.fail("half of a surrogate pair")
	}
	return (r-0xd800)<<10 + (low - 0xdc00) + 0x10000, nil
}

// hex reads "u" and four digits.
func (c *canon) hex() (r rune, ok bool) {
	if c.peek() != 'u' || len(c.in)-c.at < 5 {
		return 0, false
	}
	for _, d := range c.in[c.at+1 : c.at+5] {
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
	c.at += 5
	return r, true
}

// quote writes a string as RFC 8785 3.2.2.2 asks.
func (c *canon) quote(said []byte) {
	const digits = "0123456789abcdef"
	c.put('"')
	for _, b := range said {
		switch b {
		case '"', '\\':
			c.out = append(c.out, '\\', b)
		case '\b':
			c.out = append(c.out, '\\', 'b')
		case '\f':
			c.out = append(c.out, '\\', 'f')
		case '\n':
			c.out = append(c.out, '\\', 'n')
		case '\r':
			c.out = append(c.out, '\\', 'r')
		case '\t':
			c.out = append(c.out, '\\', 't')
		default:
			if b < ' ' {
				c.out = append(c.out, '\\', 'u', '0', '0', digits[b>>4], digits[b&15])
				continue
			}
			c.put(b)
		}
	}
	c.put('"')
}

package proof

import (
	"bytes"
	"math"
	"strconv"
)

// maxInteger is the last integer up to which every reader has the same number.
const maxInteger = 1 << 53

// number writes the number at c.at as ECMAScript does.
func (c *canon) number() error {
	from := c.at
	if c.peek() == '-' {
		c.at++
	}
	whole := c.digits()
	if whole == 0 || whole > 1 && c.in[c.at-whole] == '0' {
		return c.fail("not a JSON value")
	}
	isInteger := true
	if c.peek() == '.' {
		c.at++
		isInteger = false
		if c.digits() == 0 {
			return c.fail("not a number")
		}
	}
	if c.peek() == 'e' || c.peek() == 'E' {
		c.at++
		isInteger = false
		if c.peek() == '+' || c.peek() == '-' {
			c.at++
		}
		if c.digits() == 0 {
			return c.fail("not a number")
		}
	}
	text := c.in[from:c.at]
	if isInteger {
		return c.integer(text)
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil {
		return c.fail("a number is out of range")
	}
	c.out = appendNumber(c.out, f)
	return nil
}

func (c *canon) integer(text []byte) error {
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || n > maxInteger || n < -maxInteger {
		return c.fail("an integer is beyond 2^53")
	}
	c.out = strconv.AppendInt(c.out, n, 10)
	return nil
}

func (c *canon) digits() int {
	from := c.at
	for c.at < len(c.in) && c.in[c.at] >= '0' && c.in[c.at] <= '9' {
		c.at++
	}
	return c.at - from
}

// appendNumber writes a finite number as ECMAScript's Number::toString: the
// shortest digits that read back as the same number, with an exponent only below
// 1e-6 and from 1e21 on.
func appendNumber(out []byte, f float64) []byte {
	if f == 0 {
		return append(out, '0') // and no sign
	}
	if a := math.Abs(f); a >= 1e-6 && a < 1e21 {
		return strconv.AppendFloat(out, f, 'f', -1, 64)
	}
	from := len(out)
	out = strconv.AppendFloat(out, f, 'e', -1, 64)
	// Go writes an exponent with two digits at least.
	if i := from + bytes.IndexByte(out[from:], 'e') + 2; out[i] == '0' {
		out = append(out[:i], out[i+1:]...)
	}
	return out
}

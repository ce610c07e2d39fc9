package ap

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"strconv"
	"unicode/utf8"
)

// value is one JSON value that has passed Check, without the space around it.
type value []byte

var errShape = errors.New("not of a shape that is understood")

// trimmed takes the space around raw away.
func trimmed(raw []byte) value { return bytes.Trim(raw, " \t\r\n") }

func (v value) first() byte {
	if len(v) == 0 {
		return 0
	}
	return v[0]
}

func (v value) isObject() bool { return v.first() == '{' }
func (v value) isArray() bool  { return v.first() == '[' }
func (v value) isText() bool   { return v.first() == '"' }
func (v value) isNull() bool   { return len(v) == 0 || v[0] == 'n' }

// members walks the names and values of an object; of anything else there are none.
func (v value) members() iter.Seq2[[]byte, value] {
	return func(yield func([]byte, value) bool) {
		if !v.isObject() {
			return
		}
		for i := v.skip(1); i < len(v) && v[i] == '"'; {
			end := v.end(i)
			if end < i+2 {
				return
			}
			key := unescaped(v[i+1 : end-1])
			from := v.skip(v.skip(end) + 1) // the colon
			end = v.end(from)
			if !yield(key, v[from:end]) {
				return
			}
			i = v.skip(v.skip(end) + 1) // the comma
		}
	}
}

// elements walks an array. Anything else that is not null is its own only
// element: peers leave the brackets out where there is one.
func (v value) elements() iter.Seq[value] {
	return func(yield func(value) bool) {
		if !v.isArray() {
			if !v.isNull() {
				yield(v)
			}
			return
		}
		for i := v.skip(1); i < len(v) && v[i] != ']'; {
			end := v.end(i)
			if !yield(v[i:end]) {
				return
			}
			i = v.skip(v.skip(end) + 1) // the comma
		}
	}
}

// get returns the member with this name, or nothing.
func (v value) get(name string) value {
	for key, m := range v.members() {
		if string(key) == name {
			return m
		}
	}
	return nil
}

func (v value) skip(i int) int {
	for i < len(v) && (v[i] == ' ' || v[i] == '\n' || v[i] == '\t' || v[i] == '\r') {
		i++
	}
	return min(i, len(v))
}

// end returns where the value that starts at i ends.
func (v value) end(i int) int {
	depth := 0
	for i < len(v) {
		switch v[i] {
		case '"':
			i = v.endOfText(i)
			if depth == 0 {
				return i
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return i + 1 + depth // a bracket that was not opened here is not ours
			}
		case ',', ' ', '\n', '\t', '\r', ':':
			if depth == 0 {
				return i
			}
		}
		i++
	}
	return len(v)
}

func (v value) endOfText(i int) int {
	for i++; i < len(v); {
		n := bytes.IndexByte(v[i:], '"')
		if n < 0 {
			break
		}
		i += n + 1
		slashes := 0
		for v[i-2-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
	}
	return len(v)
}

// text returns a string; null is the empty one.
func (v value) text() (string, error) {
	switch {
	case v.isNull():
		return "", nil
	case v.isText() && len(v) >= 2:
		return string(unescaped(v[1 : len(v)-1])), nil
	default:
		return "", errShape
	}
}

func (v value) bool() (bool, error) {
	switch {
	case v.isNull():
		return false, nil
	case v.first() == 't' || v.first() == 'f':
		return v[0] == 't', nil
	default:
		return false, errShape
	}
}

func (v value) int() (int64, error) {
	if v.isNull() {
		return 0, nil
	}
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil {
		return 0, errShape
	}
	return n, nil
}

// raw is v for those outside this package.
func (v value) raw() json.RawMessage { return json.RawMessage(v) }

// unescaped returns what the inside of a JSON string stands for; where nothing
// is escaped that is b itself.
func unescaped(b []byte) []byte {
	at := bytes.IndexByte(b, '\\')
	if at < 0 {
		return b
	}
	out := append(make([]byte, 0, len(b)), b[:at]...)
	for i := at; i < len(b); i++ {
		if b[i] != '\\' || i+1 == len(b) {
			out = append(out, b[i])
			continue
		}
		i++
		switch b[i] {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r, n := unescapedRune(b[i+1:])
			out = utf8.AppendRune(out, r)
			i += n
		default:
			out = append(out, b[i])
		}
	}
	return out
}

// unescapedRune reads what follows \u and says how many bytes that were.
func unescapedRune(b []byte) (rune, int) {
	r, ok := hex4(b)
	if !ok {
		return utf8.RuneError, 0
	}
	if r < 0xd800 || r >= 0xe000 || len(b) < 10 {
		return r, 4
	}
	low, ok := hex4(b[6:])
	if !ok {
		return utf8.RuneError, 4
	}
	return (r-0xd800)<<10 | (low - 0xdc00) + 0x10000, 10
}

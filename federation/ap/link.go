package ap

import (
	"fmt"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
)

// Link is one address. Peers write it as text, as an object with an id or an
// href, or as an array, of which the first that is usable counts. It is empty
// where there was none.
type Link string

// Links are addresses, written in any of the ways of Link. The spellings of the
// public collection that ActivityPub names are turned into actors.Public; any
// other spelling is not public (security.md S77).
type Links []string

// Time is an xsd:dateTime as peers write it, in UTC with the precision it came
// with. It is zero where there was none.
type Time struct{ time.Time }

// Has says whether one of the links is to.
func (l Links) Has(to string) bool {
	for _, s := range l {
		if s == to {
			return true
		}
	}
	return false
}

// Public says whether everyone is addressed.
func (l Links) Public() bool { return l.Has(string(actors.Public)) }

// oneAddress reads an address from text or from an object with an id or href.
func (v value) oneAddress() (string, error) {
	from := v
	if v.isObject() {
		from = v.get("id")
		if !from.isText() {
			from = v.get("href")
		}
	}
	if from.isNull() || from.isArray() || from.isObject() {
		return "", errShape
	}
	s, err := from.text()
	if err != nil {
		return "", err
	}
	if len(s) > maxAddress {
		return "", fmt.Errorf("longer than %d bytes", maxAddress)
	}
	return s, nil
}

// id reads an address that decides who or what is meant: text, or an object
// with a textual id, and nothing else (security.md S22).
func (v value) id() (string, error) {
	if v.isArray() || v.isNull() || (v.isObject() && !v.get("id").isText()) {
		return "", errShape
	}
	s, err := v.oneAddress()
	if err == nil && s == "" {
		return "", fmt.Errorf("empty")
	}
	return s, err
}

// link reads a Link. An array in which nothing is usable is a mistake, an empty
// one is none.
func (v value) link() (Link, error) {
	var failed error
	for e := range v.elements() {
		s, err := e.oneAddress()
		if err == nil && s != "" {
			return Link(s), nil
		}
		if err != nil && !e.isNull() && !(e.isObject() && v.isObject()) {
			failed = err
		}
	}
	return "", failed
}

// links reads Links. Nulls and objects without an address are left out, which
// can only make an audience smaller.
func (v value) links() (Links, error) {
	var out Links
	for e := range v.elements() {
		if e.isNull() {
			continue
		}
		s, err := e.oneAddress()
		if err != nil && !e.isObject() {
			return nil, err
		}
		if s == "" {
			continue
		}
		if len(out) == maxRecipients {
			return nil, fmt.Errorf("more than %d addresses", maxRecipients)
		}
		out = append(out, plainPublic(s))
	}
	return out, nil
}

func plainPublic(s string) string {
	if s == "as:Public" || s == "Public" {
		return string(actors.Public)
	}
	return s
}

// page reads an address that people's browsers may open: the one for HTML where
// there are several, and only of the web (security.md S71).
func (v value) page() string {
	found := ""
	for e := range v.elements() {
		s := e.webAddress()
		if s == "" {
			continue
		}
		if kind, _ := e.get("mediaType").text(); kind == "text/html" {
			return s
		}
		if found == "" {
			found = s
		}
	}
	return found
}

// file reads the address of a picture or file, of the last where there are several.
func (v value) file() string {
	found := ""
	for e := range v.elements() {
		s := e.webAddress()
		if u := e.get("url"); e.isObject() && !u.isNull() {
			s = u.page()
		}
		if s != "" {
			found = s
		}
	}
	return found
}

// webAddress reads text or a Link's href if it is an address of the web.
func (v value) webAddress() string {
	if v.isObject() {
		v = v.get("href")
	}
	s, err := v.text()
	if err != nil || len(s) > maxAddress || !isWeb(s) {
		return ""
	}
	return s
}

func isWeb(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// timeLayouts are the spellings met so far; the last two leave out what
// xsd:dateTime lets writers leave out.
var timeLayouts = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00"}

func (v value) time() (Time, error) {
	s, err := v.text()
	if err != nil || s == "" {
		return Time{}, err
	}
	if len(s) > 64 {
		return Time{}, fmt.Errorf("not a date and time")
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return Time{t.UTC()}, nil
		}
	}
	return Time{}, fmt.Errorf("%q is not a date and time", s)
}

// words reads text of at most n runes. Of an array the first text counts.
func (v value) words(n int) (string, error) {
	for e := range v.elements() {
		if e.isNull() {
			continue
		}
		s, err := e.text()
		return content.FirstRunes(s, n), err
	}
	return "", nil
}

// oneType reads a type that must be exactly one text (security.md S73).
func (v value) oneType() (string, error) {
	if !v.isText() {
		return "", errShape
	}
	s, err := v.text()
	if err == nil && (s == "" || len(s) > maxShort) {
		return "", errShape
	}
	return s, err
}

// wrong is the error of a field.
func wrong(what string, field []byte, err error) error {
	return fmt.Errorf("%w: %s: %s: %w", ErrDocument, what, field, err)
}

// missing is the error of a field that must be there.
func missing(what, field string) error {
	return fmt.Errorf("%w: %s: %s: missing", ErrDocument, what, field)
}

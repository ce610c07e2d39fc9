package extract

import (
	"bufio"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

const (
	maxDepth = 256
	maxToken = 4 << 20 // bytes of one tag or one run of text
)

// element is an opening tag. Its name is written with the short prefix of its
// family, whatever prefix the file uses: "w:p" in Word, strict or not.
type element struct {
	name  string
	attrs []xml.Attr
}

// attr gives an attribute by its local name; empty when there is none. No two
// attributes that we read differ only in their family, but for r:id.
func (e element) attr(local string) string {
	for _, a := range e.attrs {
		if a.Name.Local == local && families[a.Name.Space] != "r" {
			return a.Value
		}
	}
	return ""
}

// rel gives an attribute that names a relation, such as r:id.
func (e element) rel(local string) string {
	for _, a := range e.attrs {
		if a.Name.Local == local && families[a.Name.Space] == "r" {
			return a.Value
		}
	}
	return ""
}

// on reads an attribute that is true by being there, as w:val is.
func on(v string) bool { return v != "0" && v != "false" && v != "off" }

// families are the namespaces that we know, by the prefix that their own
// standards use (ECMA-376, ISO 29500 strict, OASIS ODF 1.3).
var families = map[string]string{
	"http://schemas.openxmlformats.org/wordprocessingml/2006/main":              "w",
	"http://purl.oclc.org/ooxml/wordprocessingml/main":                          "w",
	"http://schemas.openxmlformats.org/drawingml/2006/main":                     "a",
	"http://purl.oclc.org/ooxml/drawingml/main":                                 "a",
	"http://schemas.openxmlformats.org/spreadsheetml/2006/main":                 "s",
	"http://purl.oclc.org/ooxml/spreadsheetml/main":                             "s",
	"http://schemas.openxmlformats.org/presentationml/2006/main":                "p",
	"http://purl.oclc.org/ooxml/presentationml/main":                            "p",
	"http://schemas.openxmlformats.org/officeDocument/2006/relationships":       "r",
	"http://purl.oclc.org/ooxml/officeDocument/relationships":                   "r",
	"http://schemas.openxmlformats.org/markup-compatibility/2006":               "mc",
	"http://schemas.openxmlformats.org/officeDocument/2006/math":                "m",
	"http://schemas.openxmlformats.org/package/2006/relationships":              "rels",
	"http://schemas.openxmlformats.org/package/2006/content-types":              "types",
	"http://schemas.openxmlformats.org/package/2006/metadata/core-properties":   "cp",
	"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties": "ep",
	"http://purl.oclc.org/ooxml/officeDocument/extendedProperties":              "ep",
	"http://purl.org/dc/elements/1.1/":                                          "dc",
	"http://purl.org/dc/terms/":                                                 "dcterms",
	"urn:oasis:names:tc:opendocument:xmlns:office:1.0":                          "office",
	"http://openoffice.org/2009/office":                                         "office", // LibreOffice's comments on slides
	"urn:oasis:names:tc:opendocument:xmlns:text:1.0":                            "text",
	"urn:oasis:names:tc:opendocument:xmlns:table:1.0":                           "table",
	"urn:oasis:names:tc:opendocument:xmlns:style:1.0":                           "style",
	"urn:oasis:names:tc:opendocument:xmlns:drawing:1.0":                         "draw",
	"urn:oasis:names:tc:opendocument:xmlns:presentation:1.0":                    "presentation",
	"urn:oasis:names:tc:opendocument:xmlns:meta:1.0":                            "meta",
	"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0":                        "manifest",
	"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0":               "fo",
}

func shortName(n xml.Name) string {
	if family, ok := families[n.Space]; ok {
		return family + ":" + n.Local
	}
	return n.Local
}

// handler is told what a part says, in order. Its methods never fail: a reader
// that has enough drops the rest.
type handler interface {
	start(element)
	text(string)
	end(name string)
}

// walk streams a part of XML to h. No part is in memory as a whole; depth and
// the length of a token are limited; a DOCTYPE, and with it every entity of the
// file's own, is refused.
func walk(ctx context.Context, r io.Reader, h handler) error {
	in := &tokenReader{r: bufio.NewReaderSize(r, 32<<10)}
	dec := xml.NewDecoder(in)
	for depth, n := 0, 0; ; n++ {
		in.taken = 0
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return brokenUnless(err)
		}
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return ErrBroken
			}
			h.start(element{shortName(t.Name), t.Attr})
		case xml.EndElement:
			depth--
			h.end(shortName(t.Name))
		case xml.CharData:
			h.text(string(t))
		case xml.Directive:
			if bytes.HasPrefix(bytes.ToUpper(t), []byte("DOCTYPE")) {
				return ErrBroken
			}
		}
	}
}

// brokenUnless keeps a refusal that a reader below has given, and takes
// everything else for damage.
func brokenUnless(err error) error {
	if _, ok := errors.AsType[*Refusal](err); ok {
		return err
	}
	return ErrBroken
}

// tokenReader refuses a token that goes on for too long, since the decoder
// keeps all of one.
type tokenReader struct {
	r     *bufio.Reader
	taken int
}

// ReadByte gives the decoder its next byte.
func (t *tokenReader) ReadByte() (byte, error) {
	if t.taken++; t.taken > maxToken {
		return 0, ErrTooMuch
	}
	return t.r.ReadByte()
}

// Read is there because a decoder takes an io.Reader; it uses ReadByte.
func (t *tokenReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := t.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

// walkPart streams one part of an archive.
func (a *archive) walk(ctx context.Context, name string, h handler) error {
	part, err := a.open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	return walk(ctx, part, h)
}

// handlers lets three functions serve as a handler. Any may be nil.
type handlers struct {
	onStart func(element)
	onText  func(string)
	onEnd   func(string)
}

func (h handlers) start(e element) {
	if h.onStart != nil {
		h.onStart(e)
	}
}

func (h handlers) text(s string) {
	if h.onText != nil {
		h.onText(s)
	}
}

func (h handlers) end(name string) {
	if h.onEnd != nil {
		h.onEnd(name)
	}
}

// relation is a line of a .rels part: what one part has to do with another, or
// with something outside.
type relation struct{ id, kind, target, from string }

func (r relation) is(kind string) bool { return strings.HasSuffix(r.kind, "/"+kind) }

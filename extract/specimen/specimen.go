// Package specimen makes small files of every format that is taken, which the
// programs of offices open: for tests, and for the demo. A specimen has what its
// Doc says and nothing else, so that a test knows what should be found in it.
package specimen

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"moothall/extract"
)

// Doc is what a specimen says. Blocks are as a reader gives them: Part names
// sheets, Page numbers slides, from 1.
type Doc struct {
	Title    string
	Author   string
	Editor   string // who changed it last
	Manager  string
	Company  string
	Language string // BCP 47
	Made     time.Time
	Header   string // on each page, or the footer of each slide
	Blocks   []extract.Block

	Inserted, Deleted string   // a paragraph that is a tracked change, each
	Comments          []string // on the first paragraph or cell

	HiddenSheets     []string // names of sheets that nobody sees
	VeryHiddenSheets []string // of those, which only a program can show
	HiddenRows       []int    // of the first sheet, from 1
	HiddenColumns    []int    // of the first sheet, from 1
	HiddenSlides     []int    // from 1
	Pivot            bool     // a pivot cache
	External         string   // address of a file that is linked to
	Embedded         []byte   // a file within
}

// Make gives the bytes of a document in format f. It makes the office formats
// and texts; PDF and pictures have makers of their own.
func Make(f extract.Format, d Doc) ([]byte, error) {
	switch f {
	case extract.DOCX:
		return d.docx()
	case extract.XLSX:
		return d.xlsx()
	case extract.PPTX:
		return d.pptx()
	case extract.ODT, extract.ODS, extract.ODP:
		return d.odf(f)
	case extract.TXT, extract.MD, extract.CSV:
		return d.plain(f)
	}
	return nil, fmt.Errorf("make a specimen: no maker for %q", f)
}

// part is a file in an archive.
type part struct{ name, body string }

// archive packs parts. The first is only stored when it is ODF's mimetype, which
// other programs read without unpacking.
func archive(parts []part) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		method := zip.Deflate
		if p.name == "mimetype" {
			method = zip.Store
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: method})
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", p.name, err)
		}
		if _, err := w.Write([]byte(p.body)); err != nil {
			return nil, fmt.Errorf("pack %s: %w", p.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("pack a specimen: %w", err)
	}
	return b.Bytes(), nil
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// esc writes text for XML.
func esc(s string) string {
	var b bytes.Buffer
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return ""
	}
	return b.String()
}

// tag writes an element with text, or nothing when there is none.
func tag(name, text string) string {
	if text == "" {
		return ""
	}
	element, _, _ := strings.Cut(name, " ")
	return "<" + name + ">" + esc(text) + "</" + element + ">"
}

func (d Doc) made() string {
	if d.Made.IsZero() {
		return "2027-05-04T09:30:00Z"
	}
	return d.Made.UTC().Format(time.RFC3339)
}

// or gives the first that says something.
func or(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}

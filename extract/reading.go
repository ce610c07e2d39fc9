package extract

import (
	"cmp"
	"slices"
	"time"
)

// Reading is what a file says. It travels as JSON from the process that read it,
// and is stored so.
type Reading struct {
	Format   Format    `json:"format"`
	Title    string    `json:"title,omitempty"`
	Summary  string    `json:"summary,omitempty"`  // a first paragraph that may serve as one
	Language string    `json:"language,omitempty"` // BCP 47; empty when unknown
	Dated    string    `json:"dated,omitempty"`    // 2027, 2027-05 or 2027-05-04
	Author   string    `json:"author,omitempty"`   // as the file names a person
	Pages    int       `json:"pages,omitempty"`    // pages, slides or sheets; zero when the format has none
	Blocks   []Block   `json:"blocks,omitempty"`
	Findings []Finding `json:"findings,omitempty"`
	Short    bool      `json:"short,omitempty"`  // the text ends where a limit was reached
	NoText   bool      `json:"noText,omitempty"` // nothing in it is text: a scan, or a picture
}

// BlockKind says what part of a text a block is.
type BlockKind string

// The kinds of block.
const (
	Heading   BlockKind = "heading"
	Paragraph BlockKind = "paragraph"
	Item      BlockKind = "item" // of a list
	Row       BlockKind = "row"  // of a table or sheet: Cells has its text
	Note      BlockKind = "note" // footnote, or what a speaker says to a slide
)

// Block is one paragraph, heading, item or row, in the order of reading.
type Block struct {
	Kind  BlockKind `json:"kind"`
	Level int       `json:"level,omitempty"` // of a heading, 1 to 6
	Page  int       `json:"page,omitempty"`  // from 1; zero when the format has no pages
	Part  string    `json:"part,omitempty"`  // name of the sheet it is on
	Line  int       `json:"line,omitempty"`  // number of the row in its sheet, from 1
	Text  string    `json:"text,omitempty"`
	Cells []string  `json:"cells,omitempty"`
}

// Severity says what a finding asks of the person who shares a file.
type Severity string

// The severities, mildest first (users.md 3.5).
const (
	Tell   Severity = "tell"   // worth knowing
	Warn   Severity = "warn"   // look at it
	Clean  Severity = "clean"  // we can take it out
	Stop   Severity = "stop"   // goes on only with a reason
	Refuse Severity = "refuse" // does not go on
)

// Finding is something in a file that its owner may not want to share. It says
// how often and where, never what: values stay out of logs.
type Finding struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Count    int      `json:"count,omitempty"`
	Where    []string `json:"where,omitempty"` // at most maxWhere places: "page 3", "sheet Staff, row 7"
}

// Limits bound what one file may cost (users.md 3.4, security.md S110, S111).
type Limits struct {
	Time    time.Duration
	Memory  int64 // bytes
	Pages   int
	Text    int // bytes of text kept
	Entries int // of an archive
	Ratio   int // bytes out of an archive for each that went in
}

// Usual are the limits of a node that says nothing else.
var Usual = Limits{Time: 60 * time.Second, Memory: 512 << 20, Pages: 2000, Text: 50 << 20, Entries: 10_000, Ratio: 100}

// orUsual fills in what l leaves out.
func (l Limits) orUsual() Limits {
	l.Time, l.Memory = cmp.Or(l.Time, Usual.Time), cmp.Or(l.Memory, Usual.Memory)
	l.Pages, l.Text = cmp.Or(l.Pages, Usual.Pages), cmp.Or(l.Text, Usual.Text)
	l.Entries, l.Ratio = cmp.Or(l.Entries, Usual.Entries), cmp.Or(l.Ratio, Usual.Ratio)
	return l
}

const maxWhere = 20

// MaxKept bounds the text of a reading that is kept, in bytes: two thousand full
// pages. All of a file is looked through, up to Limits.Text, but what is kept is
// sent between processes, stored and shown, where it must not take much memory.
const MaxKept = 8 << 20

// Cut is the reading without the text that does not fit into so many bytes, where
// blocks and cells count too. Short says whether it lost any.
func (r Reading) Cut(most int) Reading {
	for i, b := range r.Blocks {
		if most -= costOf(b); most < 0 {
			r.Blocks, r.Short = slices.Clone(r.Blocks[:i]), true
			break
		}
	}
	return r
}

// costOf is what a block takes: its text, its cells and itself, so that a million
// empty ones count too.
func costOf(b Block) int {
	cost := blockCost + len(b.Part) + len(b.Text) + cellCost*len(b.Cells)
	for _, c := range b.Cells {
		cost += len(c)
	}
	return cost
}

const (
	blockCost = 96
	cellCost  = 16
)

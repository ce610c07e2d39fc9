package templates

import (
	"strconv"
	"strings"

	"moothall/content/cite"
	"moothall/content/compare"
	"moothall/extract"
)

// ReadState says how far the text of a file is.
type ReadState string

// The states of a text.
const (
	ReadDone    ReadState = "done"
	ReadWaiting ReadState = "waiting" // it is still being taken out
	ReadNone    ReadState = "none"    // there is none in the file
)

// PaperPage is what the pages around one version of a document share.
type PaperPage struct {
	Base
	Community Community
	Title     string // of the document
	Language  string
	Number    int    // of the version
	Path      string // of the version
	Document  string // where the document is
}

// TextPage shows the text of a file as a web page (users.md 3.4).
type TextPage struct {
	PaperPage
	State    ReadState
	Picture  bool // the file is a picture
	Contents []TextHeading
	Blocks   []extract.Block // of this page
	Short    bool            // the text ends before the file does
	Paging   Paging
}

func (TextPage) template() string { return "document-text" }
func (p TextPage) title() string {
	return "Text of " + p.Title + p.Paging.title() + " – " + p.Community.DisplayName()
}

// TextHeading is one line of the contents of a text.
type TextHeading struct {
	Words, Href string
}

// TextPart is a part of a text as it is drawn.
type TextPart struct {
	Kind  string // h2 to h6, p, ul, table, note, page or sheet
	ID    string
	Words string
	Items []string
	Rows  [][]string
}

// HeadingAnchor names the heading that is the n-th block of a text.
func HeadingAnchor(n int) string { return "part-" + strconv.Itoa(n) }

// Parts are the blocks of the page, drawn together where they belong together.
func (p TextPage) Parts() []TextPart {
	d := drawing{level: 1, first: (p.Paging.Page - 1) * TextBlocks}
	for i, b := range p.Blocks {
		d.add(i, b)
	}
	return d.out
}

// TextBlocks is how many blocks of a text one page shows.
const TextBlocks = 400

type drawing struct {
	out         []TextPart
	level       int // of the last heading; 1 is the title of the page
	page, first int
	sheet       string
}

func (d *drawing) add(i int, b extract.Block) {
	if b.Page != 0 && b.Page != d.page {
		d.page = b.Page
		d.out = append(d.out, TextPart{Kind: "page", ID: "page-" + strconv.Itoa(b.Page), Words: "Page " + Number(b.Page)})
	}
	if b.Part != "" && b.Part != d.sheet {
		d.sheet, d.level = b.Part, 2
		d.out = append(d.out, TextPart{Kind: "sheet", ID: "sheet-" + strconv.Itoa(d.first+i), Words: b.Part})
	}
	switch b.Kind {
	case extract.Heading:
		d.level = min(b.Level+1, d.level+1, 6)
		d.level = max(d.level, 2)
		d.out = append(d.out, TextPart{Kind: "h" + strconv.Itoa(d.level), ID: HeadingAnchor(d.first + i), Words: b.Text})
	case extract.Item:
		last := d.last("ul")
		last.Items = append(last.Items, b.Text)
	case extract.Row:
		last := d.last("table")
		last.Rows = append(last.Rows, b.Cells)
		last.Words = firstWords(d.sheet, d.page)
	case extract.Note:
		d.out = append(d.out, TextPart{Kind: "note", Words: b.Text})
	default:
		d.out = append(d.out, TextPart{Kind: "p", Words: b.Text})
	}
}

// last is the part that the next item or row belongs to.
func (d *drawing) last(kind string) *TextPart {
	if n := len(d.out); n == 0 || d.out[n-1].Kind != kind {
		d.out = append(d.out, TextPart{Kind: kind})
	}
	return &d.out[len(d.out)-1]
}

func firstWords(sheet string, page int) string {
	switch {
	case sheet != "":
		return "Table of sheet " + sheet
	case page != 0:
		return "Table on page " + Number(page)
	}
	return "Table"
}

// ComparePage shows what changed between the texts of two versions (DOC-2).
type ComparePage struct {
	PaperPage
	From, To   int
	State      ReadState // of both
	Comparison compare.Comparison
	Runs       []compare.Run
	Cut        bool // more changed than is shown
}

func (ComparePage) template() string { return "document-compare" }
func (p ComparePage) title() string {
	return p.Heading() + ": " + p.Title + " – " + p.Community.DisplayName()
}

// Heading says what is compared.
func (p ComparePage) Heading() string {
	return "What changed from version " + strconv.Itoa(p.From) + " to version " + strconv.Itoa(p.To)
}

// Sum says how much changed, in words.
func (p ComparePage) Sum() string {
	c := p.Comparison
	if c.Identical() {
		return "The texts have the same words. Something else in the file changed, such as a picture or how it looks."
	}
	var s []string
	for _, x := range []struct {
		what string
		n    int
	}{{"New", c.Added}, {"Gone", c.Removed}, {"Changed", c.Changed}} {
		if x.n > 0 {
			s = append(s, x.what+": "+Count(x.n, "paragraph", "paragraphs")+".")
		}
	}
	return strings.Join(s, " ")
}

// CitePage shows how to cite a version.
type CitePage struct {
	PaperPage
	Text    string
	Formats []cite.Format
}

func (CitePage) template() string { return "document-cite" }
func (p CitePage) title() string {
	return "Cite " + p.Title + " (version " + strconv.Itoa(p.Number) + ") – " + p.Community.DisplayName()
}

// CheckFilePage tells whether a file is a document of somebody (DOC-5).
type CheckFilePage struct {
	Base
	Typed   string // SHA-256 that was typed
	Asked   bool   // something was checked
	Digest  string // of what was checked
	Matches []FileMatch
	Most    int64 // bytes that a file may have
}

// FileMatch is a version that has the file.
type FileMatch struct {
	Title, Path, Issuer, Sentence string
	Number                        int
	Withdrawn, Current            bool
}

func (CheckFilePage) template() string { return "check-file" }
func (CheckFilePage) title() string    { return "Check a file" }
func (CheckFilePage) fields() []string { return []string{"file", "sha256"} }

// MostWords are how large a file may be.
func (p CheckFilePage) MostWords() string { return Number(int(p.Most>>20)) + " MB" }

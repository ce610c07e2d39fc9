package extract

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Read says what a file of an office format or a text says; f is what Sniff
// found. The other formats have readers of their own (extract/pdf): the caller
// chooses. The error is a *Refusal when the file cannot be read or costs more
// than l, and ctx's when the time is over. Text beyond l.Text is dropped, and
// Short set.
func Read(ctx context.Context, f Format, r io.ReaderAt, size int64, l Limits) (Reading, error) {
	l = l.orUsual()
	b := &builder{limits: l, reading: Reading{Format: f}, found: findings{}}
	if err := b.read(ctx, f, r, size); err != nil {
		return Reading{}, err
	}
	return b.finish(), nil
}

func (b *builder) read(ctx context.Context, f Format, r io.ReaderAt, size int64) error {
	switch f {
	case TXT, MD, CSV:
		return b.readText(ctx, f, r, size)
	case DOCX, XLSX, PPTX, ODT, ODS, ODP:
	default:
		return fmt.Errorf("read a file: %q has a reader of its own", f)
	}
	a, err := openArchive(r, size, b.limits)
	if err != nil {
		return err
	}
	err = b.readArchive(ctx, f, a)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return brokenUnless(err)
	}
	return nil
}

func (b *builder) readArchive(ctx context.Context, f Format, a *archive) error {
	switch f {
	case DOCX:
		return b.readDOCX(ctx, a)
	case XLSX:
		return b.readXLSX(ctx, a)
	case PPTX:
		return b.readPPTX(ctx, a)
	}
	return b.readODF(ctx, f, a)
}

// builder gathers what a file says, up to the limits.
type builder struct {
	limits  Limits
	reading Reading
	found   findings
	margins []string      // headers and footers, which are searched for markings only
	hidden  map[int][]int // blocks that nobody sees: the cells of a row, or nil for all
	spent   int
	over    bool // the text has reached its limit

	titled, declared string // what the properties said, before anything was guessed
}

// add keeps a block, and says whether there was room for it.
func (b *builder) add(x Block) bool {
	if b.over {
		return false
	}
	x.Text = tidy(x.Text)
	empty := x.Text == ""
	for i, c := range x.Cells {
		x.Cells[i] = tidy(c)
		empty = empty && x.Cells[i] == ""
	}
	if empty {
		return true
	}
	if b.spent += costOf(x); b.spent > b.limits.Text {
		b.reading.Short, b.over = true, true
		return false
	}
	b.reading.Blocks = append(b.reading.Blocks, x)
	return true
}

// full says whether text is dropped from now on.
func (b *builder) full() bool { return b.over }

// tidy makes one line of text: no control characters, no two spaces.
func tidy(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	return strings.Join(strings.Fields(s), " ")
}

// hide marks the last block as one that is searched but not kept; of a row, only
// the cells that are named when there are any.
func (b *builder) hide(cells []int) {
	if b.hidden == nil {
		b.hidden = map[int][]int{}
	}
	b.hidden[len(b.reading.Blocks)-1] = cells
}

// dropHidden takes out what nobody sees, so that search does not show it.
func (b *builder) dropHidden() {
	if b.hidden == nil {
		return
	}
	kept := b.reading.Blocks[:0]
	for i, x := range b.reading.Blocks {
		cells, hidden := b.hidden[i]
		if hidden && cells == nil {
			continue
		}
		for _, c := range cells {
			x.Cells[c] = ""
		}
		if !hidden || strings.Join(x.Cells, "") != "" {
			kept = append(kept, x)
		}
	}
	clear(b.reading.Blocks[len(kept):])
	b.reading.Blocks = kept
}

const maxMargins = 1000

// addMargin keeps a line of a header or footer.
func (b *builder) addMargin(line string) {
	if line = tidy(line); line != "" && len(b.margins) < maxMargins {
		b.margins = append(b.margins, line)
	}
}

func (b *builder) finish() Reading {
	r := &b.reading
	b.found.merge(find(r.Blocks, b.margins))
	b.dropHidden()
	b.titled, b.declared = r.Title, r.Language
	r.NoText = len(r.Blocks) == 0
	if r.Title == "" {
		r.Title = firstHeading(r.Blocks)
	}
	r.Title, r.Author = clip(tidy(r.Title), maxTitle), clip(tidy(r.Author), maxTitle)
	r.Summary = Summarise(r.Blocks)
	r.Language = bestLanguage(r.Language, GuessLanguage(r.Blocks))
	b.accessibility()
	r.Findings = b.found.list()
	if r.Format == PPTX || r.Format == ODP {
		inSlides(r.Findings)
	}
	return *r
}

// inSlides calls pages what people call them in a presentation.
func inSlides(findings []Finding) {
	for _, f := range findings {
		for i, where := range f.Where {
			if n, ok := strings.CutPrefix(where, "page "); ok {
				f.Where[i] = "slide " + n
			}
		}
	}
}

const maxTitle = 200

// firstHeading is the title that a text gives itself.
func firstHeading(blocks []Block) string {
	for _, x := range blocks[:min(len(blocks), 20)] {
		if x.Kind == Heading {
			return x.Text
		}
	}
	return ""
}

const (
	maxSummary = 600 // characters (users.md 3.3)
	minSummary = 60  // shorter paragraphs are dates, names and reference numbers
)

// Summarise suggests a summary: the first paragraph that is one, at most 600
// characters, ended at a sentence where it can be.
func Summarise(blocks []Block) string {
	for _, x := range blocks {
		if x.Kind == Paragraph && utf8.RuneCountInString(x.Text) >= minSummary && strings.Count(x.Text, " ") >= 8 {
			return shorten(x.Text, maxSummary)
		}
	}
	return ""
}

// shorten cuts s to at most n characters: after a sentence, else between words.
func shorten(s string, n int) string {
	cut := clip(s, n)
	if cut == s {
		return s
	}
	if i := strings.LastIndex(cut, ". "); i >= len(cut)/2 {
		return cut[:i+1]
	}
	cut = clip(s, n-1)
	if i := strings.LastIndex(cut, " "); i > 0 {
		cut = cut[:i]
	}
	return cut + "…"
}

// clip cuts s to at most n characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

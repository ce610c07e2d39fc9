package extract

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"strings"
)

// readText reads the formats that are only text.
func (b *builder) readText(ctx context.Context, f Format, r io.ReaderAt, size int64) error {
	text := textReader(r, size)
	if f == CSV {
		return b.readCSV(ctx, text)
	}
	lines := textLines{b: b, markdown: f == MD, paragraph: run{b: b}}
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line, err := readLine(text)
		if err != nil {
			break
		}
		lines.line(line)
	}
	lines.notFront()
	lines.end()
	return nil
}

// readLine reads a line without its end, of which no more than maxRun is kept.
func readLine(r *bufio.Reader) (string, error) {
	var s strings.Builder
	for {
		part, err := r.ReadSlice('\n')
		if s.Len() < maxRun {
			s.Write(part)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && s.Len() == 0 {
			return "", err
		}
		return strings.TrimRight(s.String(), "\r\n"), nil
	}
}

// textLines makes paragraphs of lines: a blank line ends one.
type textLines struct {
	b         *builder
	markdown  bool
	fenced    bool
	paragraph run
	kind      BlockKind
	front     []string // what may be the front matter, until it ends
	begun     bool     // there was a line
}

const maxFront = 100 // lines

// frontMatter takes the lines between two rules at the very top of Markdown: they say
// what its title is and who made it, for programs. It says whether it took the line.
func (t *textLines) frontMatter(s string) bool {
	if !t.begun {
		t.begun = true
		if t.markdown && strings.TrimRight(s, " ") == "---" {
			t.front = []string{s}
			return true
		}
	}
	if t.front == nil {
		return false
	}
	switch end := strings.TrimRight(s, " "); {
	case end == "---" || end == "...":
		for _, line := range t.front[1:] {
			t.property(line)
		}
		t.front = nil
	case strings.TrimSpace(s) == "" || len(t.front) == maxFront: // it was a rule after all
		t.notFront()
		return false
	default:
		t.front = append(t.front, s)
	}
	return true
}

func (t *textLines) notFront() {
	lines := t.front
	t.front = nil
	for _, line := range lines {
		t.line(line)
	}
}

func (t *textLines) property(line string) {
	key, value, _ := strings.Cut(line, ":")
	value = strings.Trim(strings.TrimSpace(value), `"'`)
	switch strings.ToLower(key) {
	case "title":
		t.b.reading.Title = value
	case "author":
		t.b.reading.Author = value
	}
}

var (
	mdHeading = regexp.MustCompile(`^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$`)
	listItem  = regexp.MustCompile(`^\s*(?:[-*+•–]|[0-9]{1,3}[.)])[ \t]+(.+)$`)
	mdRule    = regexp.MustCompile(`^ {0,3}(?:[-_*][ \t]*){3,}$`)
	mdUnder   = regexp.MustCompile(`^ {0,3}(=+|-+)[ \t]*$`)
	mdCells   = regexp.MustCompile(`^[ \t]*\|.*\|[ \t]*$`)
	mdDashes  = regexp.MustCompile(`^[ \t|:-]+$`)
)

func (t *textLines) line(s string) {
	if t.frontMatter(s) {
		return
	}
	blank := strings.TrimSpace(s) == ""
	switch {
	case t.markdown && strings.HasPrefix(strings.TrimSpace(s), "```"):
		t.end()
		t.fenced = !t.fenced
		return
	case blank:
		t.end()
		return
	case t.markdown && !t.fenced && t.structure(s):
		return
	}
	if m := listItem.FindStringSubmatch(s); m != nil && !t.fenced {
		t.end()
		t.kind, s = Item, m[1]
	}
	if t.paragraph.s.Len() > 0 {
		t.paragraph.write(" ")
	}
	t.paragraph.write(s)
}

// structure reads a line that Markdown gives a meaning of its own.
func (t *textLines) structure(s string) bool {
	if m := mdHeading.FindStringSubmatch(s); m != nil {
		t.end()
		t.b.add(Block{Kind: Heading, Level: len(m[1]), Text: m[2]})
		return true
	}
	if m := mdUnder.FindStringSubmatch(s); m != nil && t.paragraph.s.Len() > 0 && t.kind == "" {
		level := 1
		if m[1][0] == '-' {
			level = 2
		}
		t.b.add(Block{Kind: Heading, Level: level, Text: t.paragraph.take()})
		return true
	}
	if mdRule.MatchString(s) {
		t.end()
		return true
	}
	if mdCells.MatchString(s) {
		t.end()
		if !mdDashes.MatchString(s) {
			t.b.add(Block{Kind: Row, Cells: strings.Split(strings.Trim(strings.TrimSpace(s), "|"), "|")})
		}
		return true
	}
	return false
}

func (t *textLines) end() {
	kind := t.kind
	if kind == "" {
		kind = Paragraph
	}
	t.kind = ""
	t.b.add(Block{Kind: kind, Text: t.paragraph.take()})
}

// readCSV reads rows. What is not well quoted is taken as it stands.
func (b *builder) readCSV(ctx context.Context, text *bufio.Reader) error {
	head, err := text.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return ErrBroken
	}
	comma := separator(string(head))
	rows := csv.NewReader(&lineLimiter{r: text, separator: byte(comma)})
	rows.Comma = comma
	rows.LazyQuotes, rows.FieldsPerRecord, rows.ReuseRecord = true, -1, true
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		cells, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return brokenUnless(err)
		}
		line, _ := rows.FieldPos(0)
		if !b.add(Block{Kind: Row, Line: line, Cells: append([]string(nil), cells[:min(len(cells), maxCells)]...)}) {
			return nil
		}
	}
}

// separator guesses what stands between the cells: Excel writes semicolons where
// the comma is for decimals, and tabs when it writes UTF-16.
func separator(head string) rune {
	first, _, _ := strings.Cut(head, "\n")
	best := ','
	for _, c := range []rune{';', '\t', '|'} {
		if strings.Count(first, string(c)) > strings.Count(first, string(best)) {
			best = c
		}
	}
	return best
}

// lineLimiter refuses a table with a row that never ends, since the reader of
// CSV would keep all of it. It follows quotes as encoding/csv does: one opens at
// the start of a cell and closes before a separator or the end of a line.
type lineLimiter struct {
	r         *bufio.Reader
	separator byte
	since     int // bytes since the row began
	state     int
}

const (
	csvStart  = iota // of a cell
	csvPlain         // in a cell without quotes
	csvQuoted        // in a cell with quotes
	csvQuote         // after a quote in one
)

// Read gives the next bytes.
func (l *lineLimiter) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for _, c := range p[:n] {
		l.see(c)
		if l.since > maxRow {
			return 0, ErrTooMuch
		}
	}
	return n, err
}

func (l *lineLimiter) see(c byte) {
	l.since++
	switch {
	case l.state == csvQuoted && c == '"':
		l.state = csvQuote
	case l.state == csvQuoted:
	case c == '\n':
		l.state, l.since = csvStart, 0
	case c == l.separator:
		l.state = csvStart
	case l.state == csvStart && c == '"', l.state == csvQuote && c != '\r':
		l.state = csvQuoted
	case l.state == csvStart:
		l.state = csvPlain
	}
}

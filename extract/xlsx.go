package extract

import (
	"context"
	"regexp"
	"strings"
)

// readXLSX reads SpreadsheetML (ECMA-376 part 1, 18).
func (b *builder) readXLSX(ctx context.Context, a *archive) error {
	main, err := b.openOOXML(ctx, a)
	if err != nil {
		return err
	}
	inside, _, err := a.relations(ctx, main)
	if err != nil {
		return err
	}
	book := &xlsxBook{b: b, targets: map[string]string{}}
	for _, r := range inside {
		switch {
		case r.is("worksheet"):
			book.targets[r.id] = r.target
		case r.is("sharedStrings"):
			err = a.walkIfThere(ctx, r.target, &xlsxStrings{book: book, run: run{b: b}})
		case r.is("styles"):
			err = a.walkIfThere(ctx, r.target, &book.styles)
		}
		if err != nil {
			return err
		}
	}
	b.xlsxParts(a)
	if err := a.walk(ctx, main, book); err != nil {
		return err
	}
	for _, s := range book.sheets {
		if err := b.readSheet(ctx, a, book, s); err != nil {
			return err
		}
	}
	return nil
}

// xlsxParts finds what is in a workbook beside its sheets.
func (b *builder) xlsxParts(a *archive) {
	for name := range a.byName {
		switch {
		case strings.Contains(name, "pivotcache/pivotcachedefinition"):
			b.found.add(PivotCache, "")
		case strings.Contains(name, "/revisions/revisionlog"):
			b.found.add(TrackedChanges, "")
		}
	}
}

// xlsxBook is the list of sheets, and what their cells refer to.
type xlsxBook struct {
	b       *builder
	targets map[string]string // part by id of relation
	sheets  []xlsxSheetName
	strings []string
	size    int // of strings
	styles  xlsxStyles
	from04  bool // days are counted from 1904, as on old Macs
}

type xlsxSheetName struct {
	name, part string
	hidden     bool
}

func (x *xlsxBook) start(e element) {
	switch e.name {
	case "s:workbookPr":
		v := e.attr("date1904")
		x.from04 = v != "" && on(v)
	case "s:sheet":
		s := xlsxSheetName{name: clip(tidy(e.attr("name")), 100), part: x.targets[e.rel("id")]}
		switch e.attr("state") {
		case "hidden":
			s.hidden = true
			x.b.found.add(HiddenSheet, "sheet "+s.name)
		case "veryHidden":
			s.hidden = true
			x.b.found.add(VeryHiddenSheet, "sheet "+s.name)
		}
		if s.part != "" && len(x.sheets) < x.b.limits.Pages {
			x.sheets = append(x.sheets, s)
			x.b.reading.Pages++
		}
	}
}

func (x *xlsxBook) text(string) {}
func (x *xlsxBook) end(string)  {}

// keep remembers a shared string, while there is room.
func (x *xlsxBook) keep(s string) {
	if x.size += cellCost + len(s); x.size > x.b.limits.Text {
		x.b.reading.Short = true
		return
	}
	x.strings = append(x.strings, s)
}

// xlsxStrings reads the table of shared strings.
type xlsxStrings struct {
	run
	book     *xlsxBook
	inText   bool
	phonetic bool
}

func (x *xlsxStrings) start(e element) {
	switch e.name {
	case "s:t":
		x.inText = !x.phonetic
	case "s:rPh":
		x.phonetic = true
	}
}

func (x *xlsxStrings) text(s string) {
	if x.inText {
		x.write(s)
	}
}

func (x *xlsxStrings) end(name string) {
	switch name {
	case "s:t":
		x.inText = false
	case "s:rPh":
		x.phonetic = false
	case "s:si":
		x.book.keep(tidy(x.take()))
	}
}

// readSheet reads one sheet and its comments.
func (b *builder) readSheet(ctx context.Context, a *archive, book *xlsxBook, s xlsxSheetName) error {
	sheet := &xlsxSheet{run: run{b: b}, book: book, sheetReader: newSheetReader(b, s.name, s.hidden)}
	if err := a.walkIfThere(ctx, s.part, sheet); err != nil {
		return err
	}
	sheet.finish()
	inside, _, err := a.relations(ctx, s.part)
	if err != nil {
		return err
	}
	for _, r := range inside {
		if !r.is("comments") {
			continue
		}
		err := a.walkIfThere(ctx, r.target, handlers{onStart: func(e element) {
			if e.name == "s:comment" {
				b.found.add(Comments, "sheet "+s.name)
			}
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// marginCodes are how a header says what it looks like.
var marginCodes = regexp.MustCompile(`&(?:"[^"]*"|K[0-9A-Fa-f]{6}|[0-9]+|[A-Za-z])`)

// xlsxSheet reads one worksheet.
type xlsxSheet struct {
	run
	*sheetReader
	book   *xlsxBook
	kind   string // of the cell: s, str, inlineStr, b, e, d, or a number
	style  int
	column int
	inText bool
}

func (x *xlsxSheet) start(e element) {
	switch e.name {
	case "s:col":
		if v := e.attr("hidden"); v != "" && on(v) {
			x.hideColumns(number(e.attr("min"))-1, number(e.attr("max"))-1)
		}
	case "s:row":
		v := e.attr("hidden")
		x.startRow(number(e.attr("r")), v != "" && on(v))
		x.column = -1
	case "s:c":
		x.column++
		if at, ok := columnOf(e.attr("r")); ok {
			x.column = at
		}
		x.kind, x.style = e.attr("t"), number(e.attr("s"))
	case "s:v", "s:t", "s:oddHeader", "s:oddFooter", "s:evenHeader", "s:evenFooter", "s:firstHeader", "s:firstFooter":
		x.inText = true
	}
}

func (x *xlsxSheet) text(s string) {
	if x.inText {
		x.write(s)
	}
}

func (x *xlsxSheet) end(name string) {
	switch name {
	case "s:v", "s:t":
		x.inText = false
	case "s:oddHeader", "s:oddFooter", "s:evenHeader", "s:evenFooter", "s:firstHeader", "s:firstFooter":
		x.inText = false
		for line := range strings.SplitSeq(marginCodes.ReplaceAllString(x.take(), "\n"), "\n") {
			x.sheetReader.b.addMargin(line)
		}
	case "s:c":
		x.cells.put(x.column, x.value(x.take()))
	case "s:row":
		x.endRow(1)
	}
}

// value is what a cell shows, nearly: numbers are not rounded to their format.
func (x *xlsxSheet) value(raw string) string {
	switch x.kind {
	case "s":
		if i := number(raw); raw != "" && i >= 0 && i < len(x.book.strings) {
			return x.book.strings[i]
		}
		return ""
	case "b":
		if raw == "1" {
			return "TRUE"
		}
		return "FALSE"
	case "", "n":
		return x.book.styles.show(raw, x.style, x.book.from04)
	}
	return tidy(raw)
}

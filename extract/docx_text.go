package extract

import (
	"strconv"
	"strings"
)

// docxText reads the body of a Word document, or its notes.
type docxText struct {
	run
	b      *builder
	styles map[string]*docxStyle
	row    row
	notes  bool // every paragraph is a note

	outer  []docxParagraph // paragraphs around a text box that is being read
	p      docxParagraph
	tables int // how deep in tables
	column int // of the outermost table
	skip   int // how deep in what is not text
	inText bool
	instr  strings.Builder
	isInst bool
	runs   int  // how deep in runs
	hidden bool // the run is not shown
	told   bool // of this run
	former int  // how deep in what properties were before
	apart  bool // in a note that only draws a line
}

type docxParagraph struct {
	style string
	level int
	list  bool
	text  string // what was read before a text box began
}

// skipped holds text that is not, or is elsewhere: a drawing a second time for
// old programs, and what was moved away.
func skipped(name string) bool {
	return name == "mc:Fallback" || name == "w:moveFrom" || name == "w:del"
}

func (d *docxText) start(e element) {
	d.finding(e)
	if skipped(e.name) {
		d.skip++
	}
	if d.skip > 0 {
		return
	}
	switch e.name {
	case "w:p":
		d.p.text = d.take()
		if len(d.outer) < maxDepth {
			d.outer = append(d.outer, d.p)
		}
		d.p = docxParagraph{}
	case "w:r":
		d.runs++
		d.hidden, d.told = false, false
	case "w:t", "m:t":
		d.inText = true
	case "w:tab", "w:br", "w:cr":
		d.write(" ")
	case "w:noBreakHyphen":
		d.write("-")
	case "w:instrText":
		d.isInst = true
	case "w:tbl":
		d.tables++
	case "w:tr":
		if d.tables == 1 {
			d.column = -1
		}
	case "w:tc":
		if d.tables == 1 {
			d.column++
		}
	case "w:footnote", "w:endnote":
		kind := e.attr("type")
		d.apart = kind != "" && kind != "normal"
	default:
		d.property(e)
	}
}

// property reads what a paragraph says about itself.
func (d *docxText) property(e element) {
	switch e.name {
	case "w:pStyle":
		d.p.style = e.attr("val")
	case "w:rPrChange":
		d.former++
	case "w:vanish": // of a paragraph's mark it hides nothing that is read
		d.hidden = d.runs > 0 && (d.hidden || d.former == 0 && on(e.attr("val")))
	case "w:numId":
		d.p.list = e.attr("val") != "0"
	case "w:outlineLvl":
		if n, err := strconv.Atoi(e.attr("val")); err == nil && n >= 0 && n < 9 {
			d.p.level = min(n+1, 6)
		}
	}
}

// finding counts what the owner may not know to be there. It looks in skipped
// text too: that is where it hides.
func (d *docxText) finding(e element) {
	switch e.name {
	case "w:ins", "w:del", "w:moveFrom", "w:moveTo", "w:rPrChange", "w:pPrChange", "w:tblPrChange", "w:trPrChange", "w:tcPrChange",
		"w:sectPrChange", "w:numberingChange", "w:cellIns", "w:cellDel", "w:cellMerge":
		d.b.found.add(TrackedChanges, d.b.place())
	case "w:commentReference":
		d.b.found.add(Comments, d.b.place())
	case "w:fldSimple":
		d.field(e.attr("instr"))
	}
}

// field finds fields that fetch what they show from elsewhere.
func (d *docxText) field(instr string) {
	switch word, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(instr)), " "); word {
	case "DDE", "DDEAUTO", "INCLUDETEXT", "INCLUDEPICTURE", "LINK", "DATABASE":
		d.b.found.add(ExternalLinks, d.b.place())
	}
}

func (d *docxText) text(s string) {
	switch {
	case d.skip > 0:
	case d.inText && d.hidden:
		if !d.told && strings.TrimSpace(s) != "" {
			d.told = true
			d.b.found.add(HiddenText, d.b.place())
		}
	case d.inText:
		d.write(s)
	case d.isInst && d.instr.Len() < 1<<10:
		d.instr.WriteString(clip(s, 1<<10))
	}
}

func (d *docxText) end(name string) {
	if skipped(name) {
		d.skip--
		return
	}
	if d.skip > 0 {
		return
	}
	switch name {
	case "w:r":
		d.runs--
		d.hidden = false
	case "w:rPrChange":
		d.former--
	case "w:t", "m:t":
		d.inText = false
	case "w:instrText":
		d.isInst = false
		d.field(d.instr.String())
		d.instr.Reset()
	case "w:p":
		d.endParagraph()
	case "w:tr":
		if d.tables == 1 {
			d.b.add(Block{Kind: Row, Cells: d.row.take()})
		}
	case "w:tbl":
		d.tables--
	}
}

func (d *docxText) endParagraph() {
	text, p := d.take(), d.p
	if n := len(d.outer); n > 0 {
		d.p, d.outer = d.outer[n-1], d.outer[:n-1]
		d.write(d.p.text)
	}
	switch style := styleOf(d.styles, p.style); {
	case d.apart:
	case d.notes:
		d.b.add(Block{Kind: Note, Text: text})
	case d.tables > 0:
		d.row.join(d.column, tidy(text))
	case p.level > 0 || style.level > 0:
		level := p.level
		if level == 0 {
			level = style.level
		}
		d.b.add(Block{Kind: Heading, Level: level, Text: text})
	case p.list || style.list:
		d.b.add(Block{Kind: Item, Text: text})
	default:
		d.b.add(Block{Kind: Paragraph, Text: text})
	}
}

// place names where the reader is, for a finding.
func (b *builder) place() string { return placeOf(Block{}, len(b.reading.Blocks)) }

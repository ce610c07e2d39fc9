package extract

import (
	"fmt"
	"strings"
)

// odfBody reads content.xml of a text, a spreadsheet or a presentation.
type odfBody struct {
	run
	b      *builder
	format Format
	styles *odfStyles

	outer []odfParagraph // around a note or a frame that is being read
	p     odfParagraph
	inP   int // how deep in paragraphs
	skip  int // how deep in what is not text
	lists int
	notes int // how deep in notes
	class string

	tables int
	row    row // of a table in a text or on a slide
	column int
	repeat int // of the cell
	rows   int // how often the row is repeated
	sheet  *sheetReader
	pages  int // sheets or slides so far
	hidden bool
}

type odfParagraph struct {
	heading int
	title   bool
	text    string // what was read before something inside began
}

// odfSkipped holds text that is none: what was deleted, comments, and the words
// that stand for a picture or a number.
func odfSkipped(name string) bool {
	switch name {
	case "text:tracked-changes", "table:tracked-changes", "office:annotation", "text:note-citation", "text:ruby-text",
		"title", "desc", "office:automatic-styles", "table:shapes", "presentation:date-time-decl":
		return true
	}
	return false
}

func (o *odfBody) start(e element) {
	o.finding(e)
	if strings.HasPrefix(e.name, "style:") {
		o.styles.style(e)
	}
	if odfSkipped(e.name) {
		o.skip++
	}
	if o.skip > 0 {
		return
	}
	switch e.name {
	case "text:p", "text:h":
		o.startParagraph(e)
	case "text:s":
		o.write(" ")
	case "text:tab", "text:line-break":
		o.write(" ")
	case "text:list":
		o.lists++
	case "text:note", "presentation:notes":
		o.notes++
	case "draw:frame", "draw:custom-shape":
		o.class = e.attr("class")
	case "draw:page":
		o.startPage(e)
	default:
		o.startTable(e)
	}
}

// finding counts what the owner may not know to be there, in skipped text too.
func (o *odfBody) finding(e element) {
	switch e.name {
	case "text:changed-region": // all stand before the text
		o.b.found.add(TrackedChanges, "")
	case "text:change", "text:change-start":
		o.b.found.at(TrackedChanges, o.place())
	case "table:cell-content-change", "table:insertion", "table:deletion", "table:movement":
		o.b.found.add(TrackedChanges, o.place())
	case "office:annotation":
		o.b.found.add(Comments, o.place())
	case "table:table-source", "text:section-source", "table:cell-range-source":
		o.b.found.add(ExternalLinks, o.place())
	case "draw:image", "draw:object", "draw:object-ole", "draw:plugin":
		if to := e.attr("href"); strings.Contains(to, "://") || strings.HasPrefix(to, "file:") {
			o.b.found.add(ExternalLinks, o.place())
		}
	}
}

func (o *odfBody) place() string {
	switch {
	case o.sheet != nil:
		return placeOf(Block{Part: o.sheet.name, Line: o.sheet.line}, 0)
	case o.format == ODT:
		return o.b.place()
	case o.pages > 0:
		return fmt.Sprintf("page %d", o.pages)
	}
	return ""
}

func (o *odfBody) startPage(e element) {
	o.pages++
	o.hidden = o.styles.isHidden("drawing-page", e.attr("style-name"))
	if o.hidden {
		o.b.found.add(HiddenSlide, o.place())
	}
}

func (o *odfBody) startParagraph(e element) {
	o.p.text = o.take()
	if len(o.outer) < maxDepth {
		o.outer = append(o.outer, o.p)
	}
	o.inP++
	o.p = odfParagraph{}
	if e.name == "text:h" {
		o.p.heading = max(1, min(number(e.attr("outline-level")), 6))
	}
	o.p.title = o.format == ODT && o.styles.isTitle(e.attr("style-name"))
}

func (o *odfBody) text(s string) {
	if o.inP > 0 && o.skip == 0 {
		o.write(s)
	}
}

func (o *odfBody) end(name string) {
	if odfSkipped(name) {
		o.skip--
		return
	}
	if strings.HasPrefix(name, "style:") {
		o.styles.end(name)
	}
	if o.skip > 0 {
		return
	}
	switch name {
	case "text:p", "text:h":
		o.endParagraph()
	case "text:list":
		o.lists--
	case "text:note", "presentation:notes":
		o.notes--
	case "draw:frame", "draw:custom-shape":
		o.class = ""
	default:
		o.endTable(name)
	}
}

func (o *odfBody) endParagraph() {
	text, p := o.take(), o.p
	o.inP--
	if n := len(o.outer); n > 0 {
		o.p, o.outer = o.outer[n-1], o.outer[:n-1]
		o.write(o.p.text)
	}
	switch {
	case o.class == "footer" || o.class == "header":
		o.b.addMargin(text)
	case o.class == "page-number" || o.class == "date-time":
	case o.notes > 0:
		if o.format == ODP && tidy(text) != "" {
			o.b.found.add(SpeakerNotes, o.place())
		}
		o.keep(Block{Kind: Note, Text: text})
	case o.tables > 0:
		o.cell().join(o.column, tidy(text))
	case o.class == "title" || p.title:
		o.keep(Block{Kind: Heading, Level: 1, Text: text})
	case p.heading > 0:
		o.keep(Block{Kind: Heading, Level: p.heading, Text: text})
	case o.lists > 0, o.class == "outline":
		o.keep(Block{Kind: Item, Text: text})
	default:
		o.keep(Block{Kind: Paragraph, Text: text})
	}
}

// cell is the row that the text of a cell goes to.
func (o *odfBody) cell() *row {
	if o.sheet != nil {
		return &o.sheet.cells
	}
	return &o.row
}

func (o *odfBody) keep(x Block) {
	if o.format == ODP {
		x.Page = o.pages
	}
	before := len(o.b.reading.Blocks)
	o.b.add(x)
	if o.hidden && len(o.b.reading.Blocks) > before {
		o.b.hide(nil)
	}
}

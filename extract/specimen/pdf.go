package specimen

import (
	"fmt"
	"strings"

	"moothall/extract"
)

// Paper is a PDF to be made: readers of PDF take it for one, and it has the
// same bytes each time.
type Paper struct {
	Title, Author, Language string
	Created                 string // as PDF writes dates: D:20270504
	Blocks                  []extract.Block
	Tagged                  bool   // it says so of itself; it has no tags
	Scan                    bool   // its pages are pictures; Blocks say only how many
	Annotation              string // a comment on the first page
	Script                  string // runs when it is opened
	Attached                string // what the file notes.txt inside it says
	Field                   string // what was typed into a form
	Password                string // asked for when it is opened
	XMP                     string // a packet of metadata
	Raw                     string // drawn on the first page, as PDF writes it
}

// Numbers of the objects that every Paper has.
const (
	catalogObject = iota + 1
	pagesObject
	regularFont
	boldFont
	infoObject
)

// PDF makes the file.
func (p Paper) PDF() []byte {
	w := newPDFWriter(p.Password)
	w.fonts()
	var kids strings.Builder
	sheets := p.sheets()
	for i, content := range sheets {
		fmt.Fprintf(&kids, "%d 0 R ", w.sheet(content, p, i == 0))
	}
	w.object(pagesObject, fmt.Sprintf("<< /Type /Pages /Count %d /Kids [ %s] >>", len(sheets), kids.String()))
	w.object(infoObject, "<< "+w.pair(infoObject, "Title", p.Title)+w.pair(infoObject, "Author", p.Author)+w.pair(infoObject, "CreationDate", p.Created)+">>")
	w.object(catalogObject, w.catalog(p))
	return w.finish()
}

func (w *pdfWriter) catalog(p Paper) string {
	root := fmt.Sprintf("<< /Type /Catalog /Pages %d 0 R %s", pagesObject, w.pair(catalogObject, "Lang", p.Language))
	if p.Tagged {
		root += "/MarkInfo << /Marked true >> "
	}
	if p.XMP != "" {
		root += fmt.Sprintf("/Metadata %d 0 R ", w.stream("/Type /Metadata /Subtype /XML", p.XMP, false))
	}
	if w.field != 0 {
		root += fmt.Sprintf("/AcroForm << /Fields [ %d 0 R ] >> ", w.field)
	}
	names := ""
	if p.Script != "" {
		n := w.take()
		w.object(n, "<< /S /JavaScript "+w.pair(n, "JS", p.Script)+">>")
		names += fmt.Sprintf("/JavaScript << /Names [ %s %d 0 R ] >> ", w.text(catalogObject, "start"), n)
	}
	if p.Attached != "" {
		file := w.stream("/Type /EmbeddedFile", p.Attached, true)
		n := w.take()
		w.object(n, fmt.Sprintf("<< /Type /Filespec %s/EF << /F %d 0 R >> >>", w.pair(n, "F", "notes.txt"), file))
		names += fmt.Sprintf("/EmbeddedFiles << /Names [ %s %d 0 R ] >> ", w.text(catalogObject, "notes.txt"), n)
	}
	if names != "" {
		root += "/Names << " + names + ">> "
	}
	return root + ">>"
}

// sheet writes one page with what is on it, and gives its number.
func (w *pdfWriter) sheet(content string, p Paper, first bool) int {
	n := w.take()
	resources := fmt.Sprintf("/Font << /F1 %d 0 R /F2 %d 0 R >>", regularFont, boldFont)
	if p.Scan {
		dots := strings.Repeat("\x00\xff", 32*32/2)
		resources = fmt.Sprintf("/XObject << /Im %d 0 R >>",
			w.stream("/Type /XObject /Subtype /Image /Width 32 /Height 32 /ColorSpace /DeviceGray /BitsPerComponent 8", dots, true))
	}
	notes := ""
	if first && p.Annotation != "" {
		a := w.take()
		w.object(a, "<< /Type /Annot /Subtype /Text /Rect [ 500 780 520 800 ] "+w.pair(a, "Contents", p.Annotation)+">>")
		notes += fmt.Sprintf("%d 0 R ", a)
	}
	if first && p.Field != "" {
		w.field = w.take()
		w.object(w.field, "<< /Type /Annot /Subtype /Widget /FT /Tx /Rect [ 72 40 300 60 ] "+w.pair(w.field, "T", "name")+w.pair(w.field, "V", p.Field)+">>")
		notes += fmt.Sprintf("%d 0 R ", w.field)
	}
	if notes != "" {
		notes = "/Annots [ " + notes + "] "
	}
	body := w.stream("", content, true)
	w.object(n, fmt.Sprintf("<< /Type /Page /Parent %d 0 R /MediaBox [ 0 0 595 842 ] /Resources << %s >> %s/Contents %d 0 R >>", pagesObject, resources, notes, body))
	return n
}

// sheets sets the blocks on pages of A4: what is drawn on each. A block that
// names a later page begins it.
func (p Paper) sheets() []string {
	const top, bottom, left = 780, 60, 72
	pages := []string{p.Raw}
	y := float64(top)
	turn := func() {
		pages = append(pages, "")
		y = top
	}
	for _, b := range p.Blocks {
		for len(pages) < b.Page {
			turn()
		}
		if p.Scan {
			continue
		}
		face := faceOf(b)
		y -= face.size * 0.9 // between blocks
		for _, line := range lines(face.before+blockText(b), int(88*11/face.size)) {
			if y < bottom {
				turn()
			}
			pages[len(pages)-1] += fmt.Sprintf("BT /F%d %g Tf 1 0 0 1 %d %g Tm %s Tj ET\n", face.font, face.size, left, y, literal(encoded(line)))
			y -= face.size * 1.25
		}
	}
	if p.Scan {
		for i := range pages {
			pages[i] = "q 595 0 0 842 0 0 cm /Im Do Q"
		}
	}
	return pages
}

type face struct {
	font   int
	size   float64
	before string
}

func faceOf(b extract.Block) face {
	switch b.Kind {
	case extract.Heading:
		return face{font: 2, size: max(12, 22-3*float64(b.Level))}
	case extract.Item:
		return face{font: 1, size: 11, before: "• "}
	case extract.Note:
		return face{font: 1, size: 9}
	}
	return face{font: 1, size: 11}
}

func blockText(b extract.Block) string {
	if b.Kind == extract.Row {
		return strings.Join(b.Cells, "   ")
	}
	return b.Text
}

// lines breaks text between words, at most wide characters each.
func lines(text string, wide int) []string {
	var out []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > wide {
			out = append(out, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(out, line)
}

package specimen

import (
	"fmt"
	"slices"
	"strings"

	"moothall/extract"
)

const odfNames = `xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"` +
	` xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"` +
	` xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:presentation="urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"` +
	` xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"` +
	` xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3"`

func (d Doc) odf(f extract.Format) ([]byte, error) {
	body, styles := "", ""
	switch f {
	case extract.ODT:
		body = `<office:text>` + d.odtBody() + `</office:text>`
	case extract.ODS:
		styles = `<style:style style:name="hiddenSheet" style:family="table"><style:table-properties table:display="false"/></style:style>`
		body = `<office:spreadsheet>` + d.odsBody() + `</office:spreadsheet>`
	case extract.ODP:
		styles = `<style:style style:name="hiddenSlide" style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>` +
			`<style:style style:name="shownSlide" style:family="drawing-page"/>`
		body = `<office:presentation>` + d.odpBody() + `</office:presentation>`
	}
	parts := []part{
		{"mimetype", f.MediaType()},
		{"content.xml", xmlHead + `<office:document-content ` + odfNames + `><office:automatic-styles>` + styles + `</office:automatic-styles><office:body>` + body + `</office:body></office:document-content>`},
		{"styles.xml", xmlHead + d.odfStyles()},
		{"meta.xml", xmlHead + `<office:document-meta ` + odfNames + `><office:meta>` + tag("dc:title", d.Title) + tag("meta:initial-creator", d.Author) + tag("dc:creator", d.Editor) +
			tag("meta:creation-date", d.made()) + tag("dc:date", d.made()) + tag("dc:language", d.Language) + `</office:meta></office:document-meta>`},
	}
	entries := `<manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="` + f.MediaType() + `"/>`
	for _, p := range parts[1:] {
		entries += `<manifest:file-entry manifest:full-path="` + p.name + `" manifest:media-type="text/xml"/>`
	}
	if d.Embedded != nil {
		parts = append(parts, part{"Object 1", string(d.Embedded)})
		entries += `<manifest:file-entry manifest:full-path="Object 1" manifest:media-type="application/vnd.sun.star.oleobject"/>`
	}
	parts = append(parts, part{"META-INF/manifest.xml", xmlHead + `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">` + entries + `</manifest:manifest>`})
	return archive(parts)
}

func (d Doc) odfStyles() string {
	language, country, _ := strings.Cut(or(d.Language, "en-GB"), "-")
	header := ""
	if d.Header != "" {
		header = `<style:header><text:p>` + esc(d.Header) + `</text:p></style:header>`
	}
	return `<office:document-styles ` + odfNames + `><office:styles><style:default-style style:family="paragraph"><style:text-properties fo:language="` + esc(language) + `" fo:country="` + esc(or(country, "none")) + `"/></style:default-style>` +
		`<style:style style:name="Standard" style:family="paragraph"/></office:styles>` +
		`<office:automatic-styles><style:page-layout style:name="page"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2cm"/><style:header-style/></style:page-layout></office:automatic-styles>` +
		`<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="page">` + header + `</style:master-page></office:master-styles></office:document-styles>`
}

func odfParagraphs(lines ...string) string {
	var b strings.Builder
	for _, s := range lines {
		b.WriteString(`<text:p>` + esc(s) + `</text:p>`)
	}
	return b.String()
}

func (d Doc) annotations() string {
	var b strings.Builder
	for _, c := range d.Comments {
		b.WriteString(`<office:annotation><dc:creator>Specimen</dc:creator><dc:date>2027-05-04T09:30:00</dc:date>` + odfParagraphs(c) + `</office:annotation>`)
	}
	return b.String()
}

func (d Doc) odtBody() string {
	const info = `<office:change-info><dc:creator>Specimen</dc:creator><dc:date>2027-05-04T09:30:00</dc:date></office:change-info>`
	changes, after := "", ""
	if d.Inserted != "" {
		changes += `<text:changed-region text:id="ct1"><text:insertion>` + info + `</text:insertion></text:changed-region>`
		after += `<text:p><text:change-start text:change-id="ct1"/>` + esc(d.Inserted) + `<text:change-end text:change-id="ct1"/></text:p>`
	}
	if d.Deleted != "" {
		changes += `<text:changed-region text:id="ct2"><text:deletion>` + info + odfParagraphs(d.Deleted) + `</text:deletion></text:changed-region>`
		after += `<text:p><text:change text:change-id="ct2"/></text:p>`
	}
	if changes != "" {
		changes = `<text:tracked-changes>` + changes + `</text:tracked-changes>`
	}
	if len(d.Comments) > 0 {
		after += `<text:p>See the comment.` + d.annotations() + `</text:p>`
	}
	if d.External != "" {
		after += `<text:section text:name="Linked"><text:section-source xlink:href="` + esc(d.External) + `"/></text:section>`
	}
	var b strings.Builder
	for _, run := range tables(d.Blocks) {
		b.WriteString(odtRun(run))
	}
	return changes + b.String() + after
}

func odtRun(run []extract.Block) string {
	var b strings.Builder
	switch x := run[0]; x.Kind {
	case extract.Heading:
		return fmt.Sprintf(`<text:h text:outline-level="%d">%s</text:h>`, max(1, x.Level), esc(x.Text))
	case extract.Note:
		return `<text:p><text:note text:note-class="footnote"><text:note-citation>1</text:note-citation><text:note-body>` + odfParagraphs(x.Text) + `</text:note-body></text:note></text:p>`
	case extract.Item:
		for _, y := range run {
			b.WriteString(`<text:list-item>` + odfParagraphs(y.Text) + `</text:list-item>`)
		}
		return `<text:list>` + b.String() + `</text:list>`
	case extract.Row:
		fmt.Fprintf(&b, `<table:table table:name="Table"><table:table-column table:number-columns-repeated="%d"/>`, widest(run))
		for _, y := range run {
			b.WriteString(odfRow(y.Cells, widest(run), "", ""))
		}
		return b.String() + `</table:table>`
	default:
		return odfParagraphs(x.Text)
	}
}

// odfRow writes a row; in first stands what the first cell holds beside its text.
func odfRow(cells []string, columns int, attrs, first string) string {
	var b strings.Builder
	b.WriteString(`<table:table-row` + attrs + `>`)
	for j := range columns {
		cell := ""
		if j < len(cells) {
			cell = cells[j]
		}
		kind := ` office:value-type="string"`
		if wholeNumber.MatchString(cell) {
			kind = ` office:value-type="float" office:value="` + cell + `"`
		}
		if cell == "" {
			kind = ""
		}
		b.WriteString(`<table:table-cell` + kind + `>` + first)
		if cell != "" {
			b.WriteString(odfParagraphs(cell))
		}
		b.WriteString(`</table:table-cell>`)
		first = ""
	}
	return b.String() + `</table:table-row>`
}

func (d Doc) odsBody() string {
	var b strings.Builder
	for _, s := range d.sheets() {
		style := ""
		if s.state != "" {
			style = ` table:style-name="hiddenSheet"`
		}
		b.WriteString(`<table:table table:name="` + esc(s.name) + `"` + style + `>`)
		if s.first && d.External != "" {
			b.WriteString(`<table:table-source xlink:href="` + esc(d.External) + `" table:table-name="Sheet1"/>`)
		}
		columns := widest(s.rows)
		for j := range columns {
			hidden := ""
			if s.hides(j+1, d.HiddenColumns) {
				hidden = ` table:visibility="collapse"`
			}
			b.WriteString(`<table:table-column` + hidden + `/>`)
		}
		for i, x := range s.rows {
			hidden, first := "", ""
			if s.hides(i+1, d.HiddenRows) {
				hidden = ` table:visibility="collapse"`
			}
			if s.first && i < len(d.Comments) {
				one := d
				one.Comments = d.Comments[i : i+1]
				first = one.annotations()
			}
			b.WriteString(odfRow(x.Cells, columns, hidden, first))
		}
		b.WriteString(`</table:table>`)
	}
	return b.String()
}

func (d Doc) odpBody() string {
	var b strings.Builder
	for i, blocks := range d.slides() {
		title, body, notes := split(blocks)
		style := "shownSlide"
		if slices.Contains(d.HiddenSlides, i+1) {
			style = "hiddenSlide"
		}
		fmt.Fprintf(&b, `<draw:page draw:name="page%d" draw:style-name="%s" draw:master-page-name="Standard">`, i+1, style)
		if i == 0 {
			b.WriteString(d.annotations())
		}
		b.WriteString(frame("title", 1, odfParagraphs(title)))
		for j, run := range tables(body) {
			class := ""
			if run[0].Kind == extract.Item {
				class = "outline"
			}
			text := odtRun(run)
			if run[0].Kind == extract.Row {
				b.WriteString(fmt.Sprintf(`<draw:frame svg:width="20cm" svg:height="2cm" svg:x="2cm" svg:y="%dcm">%s</draw:frame>`, 4+2*j, text))
				continue
			}
			b.WriteString(frame(class, 4+2*j, text))
		}
		if d.Header != "" {
			b.WriteString(frame("footer", 18, odfParagraphs(d.Header)))
		}
		if len(notes) > 0 {
			b.WriteString(`<presentation:notes>` + frame("notes", 14, odfParagraphs(texts(notes)...)) + `</presentation:notes>`)
		}
		b.WriteString(`</draw:page>`)
	}
	return b.String()
}

func frame(class string, y int, text string) string {
	if class != "" {
		class = ` presentation:class="` + class + `"`
	}
	return fmt.Sprintf(`<draw:frame%s svg:width="20cm" svg:height="2cm" svg:x="2cm" svg:y="%dcm"><draw:text-box>%s</draw:text-box></draw:frame>`, class, y, text)
}

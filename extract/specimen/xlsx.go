package specimen

import (
	"fmt"
	"regexp"
	"strings"
)

const bookMain = "xl/workbook.xml"

func (d Doc) xlsx() ([]byte, error) {
	p := &pack{}
	p.properties(d, "Moothall specimen", bookMain)
	sheets := d.sheets()
	var list strings.Builder
	for i, s := range sheets {
		name := count("xl/worksheets/sheet", i+1) + ".xml"
		id := p.bind(bookMain, "worksheet", count("worksheets/sheet", i+1)+".xml", false)
		state := ""
		if s.state != "" {
			state = ` state="` + s.state + `"`
		}
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d"%s r:id="%s"/>`, esc(s.name), i+1, state, id)
		p.add(name, ooxml+"spreadsheetml.worksheet+xml", xmlHead+d.xlsxSheet(p, name, s))
	}
	p.bind(bookMain, "styles", "styles.xml", false)
	p.add("xl/styles.xml", ooxml+"spreadsheetml.styles+xml", xmlHead+`<styleSheet xmlns="`+sheetNS+`"><fonts count="1"><font><sz val="11"/><name val="Arial"/></font></fonts>`+
		`<fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>`+
		`<cellXfs count="2"><xf numFmtId="0" xfId="0"/><xf numFmtId="14" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`)
	extras := d.xlsxExtras(p, sheets)
	p.add(bookMain, ooxml+"spreadsheetml.sheet.main+xml", xmlHead+`<workbook xmlns="`+sheetNS+`" xmlns:r="`+office+`"><sheets>`+list.String()+`</sheets>`+extras+`</workbook>`)
	return p.bytes()
}

var wholeNumber = regexp.MustCompile(`^(?:0|[1-9][0-9]{0,14})$`)

func (d Doc) xlsxSheet(p *pack, name string, s sheet) string {
	var b strings.Builder
	b.WriteString(`<worksheet xmlns="` + sheetNS + `" xmlns:r="` + office + `">`)
	if s.first && len(d.HiddenColumns) > 0 {
		b.WriteString(`<cols>`)
		for _, n := range d.HiddenColumns {
			fmt.Fprintf(&b, `<col min="%[1]d" max="%[1]d" width="10" hidden="1"/>`, n)
		}
		b.WriteString(`</cols>`)
	}
	b.WriteString(`<sheetData>`)
	for i, x := range s.rows {
		hidden := ""
		if s.hides(i+1, d.HiddenRows) {
			hidden = ` hidden="1"`
		}
		fmt.Fprintf(&b, `<row r="%d"%s>`, i+1, hidden)
		for j, c := range x.Cells {
			ref := fmt.Sprintf("%s%d", columnName(j+1), i+1)
			if wholeNumber.MatchString(c) {
				fmt.Fprintf(&b, `<c r="%s"><v>%s</v></c>`, ref, c)
			} else if c != "" {
				fmt.Fprintf(&b, `<c r="%s" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, ref, esc(c))
			}
		}
		b.WriteString(`</row>`)
	}
	b.WriteString(`</sheetData>`)
	if d.Header != "" {
		b.WriteString(`<headerFooter><oddHeader>&amp;C` + esc(d.Header) + `</oddHeader></headerFooter>`)
	}
	if s.first {
		d.xlsxComments(p, name, &b)
	}
	return b.String() + `</worksheet>`
}

// xlsxComments adds the comments of the first sheet. Programs show a comment
// only where a drawing says how large it is, so there is one.
func (d Doc) xlsxComments(p *pack, name string, b *strings.Builder) {
	if len(d.Comments) == 0 {
		return
	}
	var list, shapes strings.Builder
	for i, c := range d.Comments {
		fmt.Fprintf(&list, `<comment ref="A%d" authorId="0"><text><r><t>%s</t></r></text></comment>`, i+1, esc(c))
		fmt.Fprintf(&shapes, `<v:shape id="c%d" type="#_x0000_t202" style="visibility:hidden"><x:ClientData ObjectType="Note"><x:Row>%d</x:Row><x:Column>0</x:Column></x:ClientData></v:shape>`, i, i)
	}
	p.bind(name, "comments", "../comments1.xml", false)
	p.add("xl/comments1.xml", ooxml+"spreadsheetml.comments+xml", xmlHead+`<comments xmlns="`+sheetNS+`"><authors><author>Specimen</author></authors><commentList>`+list.String()+`</commentList></comments>`)
	id := p.bind(name, "vmlDrawing", "../drawings/vmlDrawing1.vml", false)
	p.add("xl/drawings/vmlDrawing1.vml", ooxml+"vmlDrawing", `<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">`+shapes.String()+`</xml>`)
	b.WriteString(`<legacyDrawing r:id="` + id + `"/>`)
}

// xlsxExtras adds what hangs on the workbook, and gives what its main part says of it.
func (d Doc) xlsxExtras(p *pack, sheets []sheet) string {
	said := ""
	if d.External != "" {
		id := p.bind(bookMain, "externalLink", "externalLinks/externalLink1.xml", false)
		there := p.bind("xl/externalLinks/externalLink1.xml", "externalLinkPath", d.External, true)
		p.add("xl/externalLinks/externalLink1.xml", ooxml+"spreadsheetml.externalLink+xml", xmlHead+`<externalLink xmlns="`+sheetNS+`"><externalBook xmlns:r="`+office+`" r:id="`+there+`"><sheetNames><sheetName val="Sheet1"/></sheetNames></externalBook></externalLink>`)
		said += `<externalReferences><externalReference r:id="` + id + `"/></externalReferences>`
	}
	if d.Pivot {
		id := p.bind(bookMain, "pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml", false)
		p.add("xl/pivotCache/pivotCacheDefinition1.xml", ooxml+"spreadsheetml.pivotCacheDefinition+xml", xmlHead+pivotDefinition(p, sheets[0]))
		said += `<pivotCaches><pivotCache cacheId="1" r:id="` + id + `"/></pivotCaches>`
	}
	if d.Embedded != nil {
		p.bind("xl/worksheets/sheet1.xml", "oleObject", "../embeddings/oleObject1.bin", false)
		p.add("xl/embeddings/oleObject1.bin", "", string(d.Embedded))
	}
	return said
}

// pivotDefinition keeps a copy of a sheet, as a pivot table does after its sheet is gone.
func pivotDefinition(p *pack, s sheet) string {
	const records = "xl/pivotCache/pivotCacheRecords1.xml"
	id := p.bind("xl/pivotCache/pivotCacheDefinition1.xml", "pivotCacheRecords", "pivotCacheRecords1.xml", false)
	columns := widest(s.rows)
	var fields, rows strings.Builder
	for i, x := range s.rows {
		if i > 0 {
			rows.WriteString(`<r>`)
		}
		for j := range columns {
			cell := ""
			if j < len(x.Cells) {
				cell = x.Cells[j]
			}
			if i == 0 {
				fields.WriteString(`<cacheField name="` + esc(or(cell, columnName(j+1))) + `"><sharedItems/></cacheField>`)
			} else {
				rows.WriteString(`<s v="` + esc(cell) + `"/>`)
			}
		}
		if i > 0 {
			rows.WriteString(`</r>`)
		}
	}
	n := max(0, len(s.rows)-1)
	p.add(records, ooxml+"spreadsheetml.pivotCacheRecords+xml", xmlHead+fmt.Sprintf(`<pivotCacheRecords xmlns="%s" count="%d">%s</pivotCacheRecords>`, sheetNS, n, rows.String()))
	return fmt.Sprintf(`<pivotCacheDefinition xmlns="%s" xmlns:r="%s" r:id="%s" recordCount="%d"><cacheSource type="worksheet"><worksheetSource ref="A1:%s%d" sheet="%s"/></cacheSource><cacheFields count="%d">%s</cacheFields></pivotCacheDefinition>`,
		sheetNS, office, id, n, columnName(columns), len(s.rows), esc(s.name), columns, fields.String())
}

package specimen

import (
	"fmt"
	"strings"

	"moothall/extract"
)

const wordMain = "word/document.xml"

func (d Doc) docx() ([]byte, error) {
	p := &pack{}
	p.properties(d, "Moothall specimen", wordMain)
	p.bind(wordMain, "styles", "styles.xml", false)
	p.bind(wordMain, "settings", "settings.xml", false)
	p.bind(wordMain, "numbering", "numbering.xml", false)
	section := ""
	if d.Header != "" {
		section = `<w:headerReference w:type="default" r:id="` + p.bind(wordMain, "header", "header1.xml", false) + `"/>`
		p.add("word/header1.xml", ooxml+"wordprocessingml.header+xml", xmlHead+`<w:hdr xmlns:w="`+wordNS+`">`+wordParagraph("Header", d.Header)+`</w:hdr>`)
	}
	notes := d.wordNotes(p)
	d.wordExtras(p)
	p.add(wordMain, ooxml+"wordprocessingml.document.main+xml", xmlHead+`<w:document xmlns:w="`+wordNS+`" xmlns:r="`+office+`"><w:body>`+
		d.wordBody(notes)+`<w:sectPr>`+section+`<w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>`)
	p.add("word/styles.xml", ooxml+"wordprocessingml.styles+xml", xmlHead+wordStyles(or(d.Language, "en-GB")))
	p.add("word/settings.xml", ooxml+"wordprocessingml.settings+xml", xmlHead+`<w:settings xmlns:w="`+wordNS+`">`+
		`<w:rsids><w:rsidRoot w:val="00AB12CD"/><w:rsid w:val="00AB12CD"/></w:rsids></w:settings>`)
	p.add("word/numbering.xml", ooxml+"wordprocessingml.numbering+xml", xmlHead+`<w:numbering xmlns:w="`+wordNS+`">`+
		`<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/></w:lvl></w:abstractNum>`+
		`<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`)
	return p.bytes()
}

// wordExtras adds comments, a linked template and an embedded file.
func (d Doc) wordExtras(p *pack) {
	if len(d.Comments) > 0 {
		p.bind(wordMain, "comments", "comments.xml", false)
		var b strings.Builder
		for i, c := range d.Comments {
			fmt.Fprintf(&b, `<w:comment w:id="%d" w:author="Specimen" w:date="2027-05-04T09:30:00Z">%s</w:comment>`, i, wordParagraph("", c))
		}
		p.add("word/comments.xml", ooxml+"wordprocessingml.comments+xml", xmlHead+`<w:comments xmlns:w="`+wordNS+`">`+b.String()+`</w:comments>`)
	}
	if d.External != "" {
		p.bind("word/settings.xml", "attachedTemplate", d.External, true)
	}
	if d.Embedded != nil {
		p.bind(wordMain, "oleObject", "embeddings/oleObject1.bin", false)
		p.add("word/embeddings/oleObject1.bin", "", string(d.Embedded))
	}
}

// wordNotes adds the part with footnotes, and says where in Blocks each stands.
func (d Doc) wordNotes(p *pack) map[int]int {
	var b strings.Builder
	ids := map[int]int{}
	for i, x := range d.Blocks {
		if x.Kind == extract.Note {
			ids[i] = len(ids) + 1
			fmt.Fprintf(&b, `<w:footnote w:id="%d">%s</w:footnote>`, ids[i], wordParagraph("", x.Text))
		}
	}
	if len(ids) > 0 {
		p.bind(wordMain, "footnotes", "footnotes.xml", false)
		p.add("word/footnotes.xml", ooxml+"wordprocessingml.footnotes+xml", xmlHead+`<w:footnotes xmlns:w="`+wordNS+`">`+
			`<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>`+
			`<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>`+b.String()+`</w:footnotes>`)
	}
	return ids
}

func (d Doc) wordBody(notes map[int]int) string {
	var b strings.Builder
	for i := 0; i < len(d.Blocks); i++ {
		switch x := d.Blocks[i]; x.Kind {
		case extract.Heading:
			b.WriteString(wordParagraph(fmt.Sprintf("Heading%d", max(1, min(x.Level, 6))), x.Text))
		case extract.Item:
			b.WriteString(`<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr>` + wordRun(x.Text) + `</w:p>`)
		case extract.Row:
			from := i
			for i+1 < len(d.Blocks) && d.Blocks[i+1].Kind == extract.Row {
				i++
			}
			b.WriteString(wordTable(d.Blocks[from : i+1]))
		case extract.Note:
			fmt.Fprintf(&b, `<w:p><w:r><w:footnoteReference w:id="%d"/></w:r></w:p>`, notes[i])
		default:
			b.WriteString(wordParagraph("", x.Text))
		}
	}
	const by = ` w:author="Specimen" w:date="2027-05-04T09:30:00Z"`
	if d.Inserted != "" {
		b.WriteString(`<w:p><w:ins w:id="901"` + by + `>` + wordRun(d.Inserted) + `</w:ins></w:p>`)
	}
	if d.Deleted != "" {
		b.WriteString(`<w:p><w:del w:id="902"` + by + `><w:r><w:delText xml:space="preserve">` + esc(d.Deleted) + `</w:delText></w:r></w:del></w:p>`)
	}
	for i := range d.Comments {
		fmt.Fprintf(&b, `<w:p><w:commentRangeStart w:id="%[1]d"/><w:r><w:t>See the comment.</w:t></w:r><w:commentRangeEnd w:id="%[1]d"/><w:r><w:commentReference w:id="%[1]d"/></w:r></w:p>`, i)
	}
	return b.String()
}

func wordRun(text string) string {
	return `<w:r><w:t xml:space="preserve">` + esc(text) + `</w:t></w:r>`
}

func wordParagraph(style, text string) string {
	if style != "" {
		style = `<w:pPr><w:pStyle w:val="` + style + `"/></w:pPr>`
	}
	return `<w:p w:rsidR="00AB12CD" w:rsidRDefault="00AB12CD">` + style + wordRun(text) + `</w:p>`
}

func wordTable(rows []extract.Block) string {
	columns := 0
	for _, x := range rows {
		columns = max(columns, len(x.Cells))
	}
	var b strings.Builder
	b.WriteString(`<w:tbl><w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr><w:tblGrid>` + strings.Repeat(`<w:gridCol w:w="2000"/>`, columns) + `</w:tblGrid>`)
	for _, x := range rows {
		b.WriteString(`<w:tr>`)
		for _, c := range x.Cells {
			b.WriteString(`<w:tc><w:tcPr><w:tcW w:w="2000" w:type="dxa"/></w:tcPr>` + wordParagraph("", c) + `</w:tc>`)
		}
		b.WriteString(`</w:tr>`)
	}
	return b.String() + `</w:tbl>`
}

func wordStyles(language string) string {
	var b strings.Builder
	b.WriteString(`<w:styles xmlns:w="` + wordNS + `"><w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="` + esc(language) + `"/></w:rPr></w:rPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>` +
		`<w:style w:type="paragraph" w:styleId="Header"><w:name w:val="header"/><w:basedOn w:val="Normal"/></w:style>`)
	for i := 1; i <= 6; i++ {
		fmt.Fprintf(&b, `<w:style w:type="paragraph" w:styleId="Heading%d"><w:name w:val="heading %d"/><w:basedOn w:val="Normal"/><w:next w:val="Normal"/>`+
			`<w:pPr><w:outlineLvl w:val="%d"/></w:pPr><w:rPr><w:b/><w:sz w:val="%d"/></w:rPr></w:style>`, i, i, i-1, 36-2*i)
	}
	return b.String() + `</w:styles>`
}

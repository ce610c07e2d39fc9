package specimen

import (
	"fmt"
	"slices"
	"strings"

	"moothall/extract"
)

const (
	deckMain  = "ppt/presentation.xml"
	deckNames = `xmlns:a="` + drawNS + `" xmlns:r="` + office + `" xmlns:p="` + slideNS + `"`
	emptyTree = `<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>`
	colours   = `bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"`
)

func (d Doc) pptx() ([]byte, error) {
	p := &pack{}
	p.properties(d, "Moothall specimen", deckMain)
	master := p.bind(deckMain, "slideMaster", "slideMasters/slideMaster1.xml", false)
	d.pptxMaster(p)
	slides, notes := d.slides(), ""
	if slices.ContainsFunc(d.Blocks, func(x extract.Block) bool { return x.Kind == extract.Note }) {
		notes = `<p:notesMasterIdLst><p:notesMasterId r:id="` + p.bind(deckMain, "notesMaster", "notesMasters/notesMaster1.xml", false) + `"/></p:notesMasterIdLst>`
		p.bind("ppt/notesMasters/notesMaster1.xml", "theme", "../theme/theme2.xml", false)
		p.add("ppt/notesMasters/notesMaster1.xml", ooxml+"presentationml.notesMaster+xml", xmlHead+`<p:notesMaster `+deckNames+`><p:cSld><p:spTree>`+emptyTree+`</p:spTree></p:cSld><p:clrMap `+colours+`/></p:notesMaster>`)
		p.add("ppt/theme/theme2.xml", ooxml+"theme+xml", xmlHead+theme())
	}
	var list strings.Builder
	for i, s := range slides {
		id := p.bind(deckMain, "slide", count("slides/slide", i+1)+".xml", false)
		fmt.Fprintf(&list, `<p:sldId id="%d" r:id="%s"/>`, 256+i, id)
		d.pptxSlide(p, i+1, s)
	}
	if len(d.Comments) > 0 {
		p.bind(deckMain, "commentAuthors", "commentAuthors.xml", false)
		p.add("ppt/commentAuthors.xml", ooxml+"presentationml.commentAuthors+xml", xmlHead+`<p:cmAuthorLst `+deckNames+`><p:cmAuthor id="0" name="Specimen" initials="S" lastIdx="9" clrIdx="0"/></p:cmAuthorLst>`)
	}
	p.add(deckMain, ooxml+"presentationml.presentation.main+xml", xmlHead+`<p:presentation `+deckNames+`><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="`+master+`"/></p:sldMasterIdLst>`+
		notes+`<p:sldIdLst>`+list.String()+`</p:sldIdLst><p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>`)
	return p.bytes()
}

// pptxMaster adds the master, the layout and the theme without which no program
// opens a presentation.
func (d Doc) pptxMaster(p *pack) {
	const master, layout = "ppt/slideMasters/slideMaster1.xml", "ppt/slideLayouts/slideLayout1.xml"
	id := p.bind(master, "slideLayout", "../slideLayouts/slideLayout1.xml", false)
	p.bind(master, "theme", "../theme/theme1.xml", false)
	p.bind(layout, "slideMaster", "../slideMasters/slideMaster1.xml", false)
	holders := shape(2, "title", "", 400000) + shape(3, "body", "", 1800000)
	p.add(master, ooxml+"presentationml.slideMaster+xml", xmlHead+`<p:sldMaster `+deckNames+`><p:cSld><p:spTree>`+emptyTree+holders+`</p:spTree></p:cSld><p:clrMap `+colours+`/>`+
		`<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="`+id+`"/></p:sldLayoutIdLst></p:sldMaster>`)
	p.add(layout, ooxml+"presentationml.slideLayout+xml", xmlHead+`<p:sldLayout `+deckNames+`><p:cSld><p:spTree>`+emptyTree+holders+`</p:spTree></p:cSld></p:sldLayout>`)
	p.add("ppt/theme/theme1.xml", ooxml+"theme+xml", xmlHead+theme())
}

func theme() string {
	var c strings.Builder
	for i, name := range []string{"dk1", "lt1", "dk2", "lt2", "accent1", "accent2", "accent3", "accent4", "accent5", "accent6", "hlink", "folHlink"} {
		fmt.Fprintf(&c, `<a:%[1]s><a:srgbClr val="%[2]s"/></a:%[1]s>`, name, []string{"0B0C0C", "FFFFFF", "1D70B8"}[min(i, 2)])
	}
	font := `<a:latin typeface="Arial"/><a:ea typeface=""/><a:cs typeface=""/>`
	fill := strings.Repeat(`<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>`, 3)
	return `<a:theme xmlns:a="` + drawNS + `" name="Plain"><a:themeElements><a:clrScheme name="Plain">` + c.String() + `</a:clrScheme>` +
		`<a:fontScheme name="Plain"><a:majorFont>` + font + `</a:majorFont><a:minorFont>` + font + `</a:minorFont></a:fontScheme>` +
		`<a:fmtScheme name="Plain"><a:fillStyleLst>` + fill + `</a:fillStyleLst><a:lnStyleLst>` + strings.Repeat(`<a:ln w="9525"><a:solidFill><a:schemeClr val="phClr"/></a:solidFill></a:ln>`, 3) +
		`</a:lnStyleLst><a:effectStyleLst>` + strings.Repeat(`<a:effectStyle><a:effectLst/></a:effectStyle>`, 3) + `</a:effectStyleLst><a:bgFillStyleLst>` + fill + `</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>`
}

func (d Doc) pptxSlide(p *pack, n int, blocks []extract.Block) {
	name := count("ppt/slides/slide", n) + ".xml"
	p.bind(name, "slideLayout", "../slideLayouts/slideLayout1.xml", false)
	title, body, notes := split(blocks)
	show := ""
	if slices.Contains(d.HiddenSlides, n) {
		show = ` show="0"`
	}
	shapes := shape(2, "title", drawn(title), 400000)
	for i, run := range tables(body) {
		at := 1600000 + i*700000
		switch run[0].Kind {
		case extract.Row:
			shapes += slideTable(3+i, run, at)
		case extract.Item:
			shapes += shape(3+i, "body", drawn(texts(run)...), at)
		default:
			shapes += shape(3+i, "", drawn(texts(run)...), at)
		}
	}
	if d.Header != "" {
		shapes += shape(90, "ftr", drawn(d.Header), 6300000)
	}
	p.add(name, ooxml+"presentationml.slide+xml", xmlHead+`<p:sld `+deckNames+show+`><p:cSld><p:spTree>`+emptyTree+shapes+`</p:spTree></p:cSld></p:sld>`)
	d.pptxNotes(p, n, name, notes)
	if n == 1 && len(d.Comments) > 0 {
		var list strings.Builder
		for i, c := range d.Comments {
			fmt.Fprintf(&list, `<p:cm authorId="0" dt="2027-05-04T09:30:00.000" idx="%d"><p:pos x="10" y="10"/><p:text>%s</p:text></p:cm>`, i+1, esc(c))
		}
		p.bind(name, "comments", "../comments/comment1.xml", false)
		p.add("ppt/comments/comment1.xml", ooxml+"presentationml.comments+xml", xmlHead+`<p:cmLst `+deckNames+`>`+list.String()+`</p:cmLst>`)
	}
}

func (d Doc) pptxNotes(p *pack, n int, slide string, notes []extract.Block) {
	if len(notes) == 0 {
		return
	}
	name := count("ppt/notesSlides/notesSlide", n) + ".xml"
	p.bind(slide, "notesSlide", "../notesSlides/"+count("notesSlide", n)+".xml", false)
	p.bind(name, "slide", "../slides/"+count("slide", n)+".xml", false)
	p.bind(name, "notesMaster", "../notesMasters/notesMaster1.xml", false)
	p.add(name, ooxml+"presentationml.notesSlide+xml", xmlHead+`<p:notes `+deckNames+`><p:cSld><p:spTree>`+emptyTree+shape(2, "body", drawn(texts(notes)...), 4000000)+`</p:spTree></p:cSld></p:notes>`)
}

func texts(blocks []extract.Block) []string {
	var s []string
	for _, x := range blocks {
		s = append(s, x.Text)
	}
	return s
}

// drawn makes paragraphs of DrawingML.
func drawn(lines ...string) string {
	var b strings.Builder
	for _, s := range lines {
		b.WriteString(`<a:p><a:r><a:rPr lang="en-GB"/><a:t>` + esc(s) + `</a:t></a:r></a:p>`)
	}
	return b.String()
}

// shape is a box on a slide; holds says which placeholder it is, if any.
func shape(id int, holds, paragraphs string, y int) string {
	ph := ""
	if holds != "" {
		ph = `<p:ph type="` + holds + `"`
		if holds != "title" {
			ph += fmt.Sprintf(` idx="%d"`, id)
		}
		ph += `/>`
	}
	return fmt.Sprintf(`<p:sp><p:nvSpPr><p:cNvPr id="%d" name="Box %d"/><p:cNvSpPr/><p:nvPr>%s</p:nvPr></p:nvSpPr><p:spPr><a:xfrm><a:off x="400000" y="%d"/><a:ext cx="8000000" cy="600000"/></a:xfrm>`+
		`<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr><p:txBody><a:bodyPr/><a:lstStyle/>%s</p:txBody></p:sp>`, id, id, ph, y, or(paragraphs, `<a:p/>`))
}

func slideTable(id int, rows []extract.Block, y int) string {
	columns := widest(rows)
	var b strings.Builder
	fmt.Fprintf(&b, `<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="%d" name="Table %d"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="400000" y="%d"/><a:ext cx="8000000" cy="600000"/></p:xfrm>`+
		`<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr/><a:tblGrid>%s</a:tblGrid>`, id, id, y, strings.Repeat(fmt.Sprintf(`<a:gridCol w="%d"/>`, 8000000/columns), columns))
	for _, x := range rows {
		b.WriteString(`<a:tr h="370000">`)
		for j := range columns {
			cell := ""
			if j < len(x.Cells) {
				cell = x.Cells[j]
			}
			b.WriteString(`<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>` + drawn(cell) + `</a:txBody><a:tcPr/></a:tc>`)
		}
		b.WriteString(`</a:tr>`)
	}
	return b.String() + `</a:tbl></a:graphicData></a:graphic></p:graphicFrame>`
}

package extract

import (
	"context"
	"fmt"
)

// readPPTX reads PresentationML (ECMA-376 part 1, 19).
func (b *builder) readPPTX(ctx context.Context, a *archive) error {
	main, err := b.openOOXML(ctx, a)
	if err != nil {
		return err
	}
	inside, _, err := a.relations(ctx, main)
	if err != nil {
		return err
	}
	targets := map[string]string{}
	for _, r := range inside {
		if r.is("slide") {
			targets[r.id] = r.target
		}
	}
	var slides []string
	err = a.walk(ctx, main, handlers{onStart: func(e element) {
		if part := targets[e.rel("id")]; e.name == "p:sldId" && part != "" && len(slides) < b.limits.Pages {
			slides = append(slides, part)
		}
	}})
	if err != nil {
		return err
	}
	b.reading.Pages = len(slides)
	for i, part := range slides {
		if err := b.readSlide(ctx, a, part, i+1); err != nil {
			return err
		}
	}
	return nil
}

// readSlide reads a slide, its drawings with text, its notes and its comments.
func (b *builder) readSlide(ctx context.Context, a *archive, part string, page int) error {
	slide := &pptxSlide{run: run{b: b}, b: b, page: page, row: row{b: b}}
	if err := a.walkIfThere(ctx, part, slide); err != nil {
		return err
	}
	inside, _, err := a.relations(ctx, part)
	if err != nil {
		return err
	}
	for _, r := range inside {
		switch {
		case r.is("diagramData"):
			err = a.walkIfThere(ctx, r.target, &pptxSlide{run: run{b: b}, b: b, page: page, row: row{b: b}, hidden: slide.hidden})
		case r.is("notesSlide"):
			err = a.walkIfThere(ctx, r.target, &pptxSlide{run: run{b: b}, b: b, page: page, row: row{b: b}, hidden: slide.hidden, notes: true})
		case r.is("comments"):
			err = a.walkIfThere(ctx, r.target, handlers{onStart: func(e element) {
				if e.name == "p:cm" || e.name == "cm" { // PowerPoint 2010, and of 2021
					b.found.add(Comments, fmt.Sprintf("page %d", page))
				}
			}})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// pptxSlide reads the text of a slide or of its notes.
type pptxSlide struct {
	run
	b      *builder
	page   int
	hidden bool
	notes  bool

	holder string // what the shape holds: title, body…; empty for a text box
	held   bool   // the shape is a placeholder
	row    row
	column int
	tables int
	skip   int
	inText bool
}

func (p *pptxSlide) start(e element) {
	if e.name == "mc:Fallback" {
		p.skip++
	}
	if p.skip > 0 {
		return
	}
	switch e.name {
	case "p:sld":
		if v := e.attr("show"); v != "" && !on(v) {
			p.hidden = true
			p.b.found.add(HiddenSlide, fmt.Sprintf("page %d", p.page))
		}
	case "p:sp", "p:graphicFrame":
		p.holder, p.held = "", false
	case "p:ph":
		p.holder, p.held = e.attr("type"), true
	case "a:t":
		p.inText = true
	case "a:br", "a:tab":
		p.write(" ")
	case "a:tbl":
		p.tables++
	case "a:tr":
		p.column = -1
	case "a:tc":
		p.column++
	}
}

func (p *pptxSlide) text(s string) {
	if p.inText && p.skip == 0 {
		p.write(s)
	}
}

func (p *pptxSlide) end(name string) {
	if name == "mc:Fallback" {
		p.skip--
		return
	}
	if p.skip > 0 {
		return
	}
	switch name {
	case "a:t":
		p.inText = false
	case "a:p":
		p.paragraph(p.take())
	case "a:tr":
		p.keep(Block{Kind: Row, Cells: p.row.take()})
	case "a:tbl":
		p.tables--
	}
}

func (p *pptxSlide) paragraph(text string) {
	switch {
	case p.holder == "sldNum" || p.holder == "dt" || p.holder == "sldImg":
	case p.holder == "ftr" || p.holder == "hdr":
		p.b.addMargin(text)
	case p.notes:
		if p.holder == "body" && tidy(text) != "" {
			p.b.found.add(SpeakerNotes, fmt.Sprintf("page %d", p.page))
			p.keep(Block{Kind: Note, Text: text})
		}
	case p.tables > 0:
		p.row.join(p.column, tidy(text))
	case p.holder == "title" || p.holder == "ctrTitle":
		p.keep(Block{Kind: Heading, Level: 1, Text: text})
	case p.held && p.holder != "subTitle":
		p.keep(Block{Kind: Item, Text: text})
	default:
		p.keep(Block{Kind: Paragraph, Text: text})
	}
}

func (p *pptxSlide) keep(x Block) {
	x.Page = p.page
	before := len(p.b.reading.Blocks)
	p.b.add(x)
	if p.hidden && len(p.b.reading.Blocks) > before {
		p.b.hide(nil)
	}
}

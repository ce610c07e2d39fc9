package extract

import (
	"context"
	"strings"
)

// readODF reads OpenDocument (OASIS ODF 1.3 part 3), whichever of the three.
func (b *builder) readODF(ctx context.Context, f Format, a *archive) error {
	if err := a.walkIfThere(ctx, "meta.xml", &properties{b: b}); err != nil {
		return err
	}
	if err := b.odfObjects(ctx, a); err != nil {
		return err
	}
	styles := &odfStyles{b: b, byName: map[string]*odfStyle{}, line: run{b: b}}
	if err := a.walkIfThere(ctx, "styles.xml", styles); err != nil {
		return err
	}
	body := &odfBody{run: run{b: b}, b: b, format: f, styles: styles, row: row{b: b}}
	if err := a.walk(ctx, "content.xml", body); err != nil {
		return err
	}
	if f != ODT {
		b.reading.Pages = body.pages
	}
	return nil
}

// odfObjects finds files within the file, by the list of its parts. Charts and
// formulas are drawn by the document itself and are none.
func (b *builder) odfObjects(ctx context.Context, a *archive) error {
	return a.walkIfThere(ctx, "META-INF/manifest.xml", handlers{onStart: func(e element) {
		kind := e.attr("media-type")
		path := e.attr("full-path")
		switch {
		case e.name != "manifest:file-entry" || path == "/" || path == "":
		case strings.HasSuffix(kind, ".chart") || strings.HasSuffix(kind, ".formula"):
		case kind == "application/vnd.sun.star.oleobject", strings.HasPrefix(kind, "application/vnd.oasis.opendocument."):
			b.found.add(EmbeddedObjects, strings.Trim(clip(path, 60), "/"))
		}
	}})
}

// odfStyle is what a style says that we ask for.
type odfStyle struct {
	parent string
	hidden bool // a sheet or slide that nobody sees
}

// odfStyles reads styles, and the headers and footers of pages.
type odfStyles struct {
	b        *builder
	byName   map[string]*odfStyle // by family and name
	current  *odfStyle
	line     run
	inMargin bool
	inText   bool
	standard bool // in a default style
}

func (s *odfStyles) start(e element) {
	switch e.name {
	case "style:header", "style:footer", "style:header-first", "style:footer-first", "style:header-left", "style:footer-left":
		s.inMargin = true
	case "text:p":
		s.inText = s.inMargin
	default:
		s.style(e)
	}
}

// style reads an element that belongs to a style.
func (s *odfStyles) style(e element) {
	switch e.name {
	case "style:default-style":
		s.standard = true
	case "style:style":
		s.current = &odfStyle{parent: e.attr("parent-style-name")}
		if len(s.byName) < s.b.limits.Entries {
			s.byName[e.attr("family")+"/"+e.attr("name")] = s.current
		}
	case "style:table-properties":
		if s.current != nil && e.attr("display") == "false" {
			s.current.hidden = true
		}
	case "style:drawing-page-properties":
		if s.current != nil && e.attr("visibility") == "hidden" {
			s.current.hidden = true
		}
	case "style:text-properties":
		if language := e.attr("language"); s.standard && s.b.reading.Language == "" && language != "none" {
			s.b.reading.Language = language
			if country := e.attr("country"); language != "" && country != "" && country != "none" {
				s.b.reading.Language += "-" + country
			}
		}
	}
}

func (s *odfStyles) text(t string) {
	if s.inText {
		s.line.write(t)
	}
}

func (s *odfStyles) end(name string) {
	switch name {
	case "style:default-style":
		s.standard = false
	case "style:style":
		s.current = nil
	case "text:p":
		if s.inText {
			s.b.addMargin(s.line.take())
		}
		s.inText = false
	case "style:header", "style:footer", "style:header-first", "style:footer-first", "style:header-left", "style:footer-left":
		s.inMargin = false
	}
}

func (s *odfStyles) isHidden(family, name string) bool {
	x := s.byName[family+"/"+name]
	return x != nil && x.hidden
}

// isTitle says whether a paragraph has the style of titles, or one based on it.
func (s *odfStyles) isTitle(name string) bool {
	for range 20 { // a style can be based on itself
		if name == "Title" {
			return true
		}
		x := s.byName["paragraph/"+name]
		if x == nil {
			return false
		}
		name = x.parent
	}
	return false
}

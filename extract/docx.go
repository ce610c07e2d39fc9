package extract

import (
	"context"
	"strconv"
	"strings"
)

// readDOCX reads WordprocessingML (ECMA-376 part 1, 17).
func (b *builder) readDOCX(ctx context.Context, a *archive) error {
	main, err := b.openOOXML(ctx, a)
	if err != nil {
		return err
	}
	inside, _, err := a.relations(ctx, main)
	if err != nil {
		return err
	}
	styles := docxStyles{b: b, byID: map[string]*docxStyle{}}
	for _, r := range inside {
		if r.is("styles") {
			if err := a.walkIfThere(ctx, r.target, &styles); err != nil {
				return err
			}
		}
	}
	d := &docxText{run: run{b: b}, b: b, styles: styles.byID, row: row{b: b}}
	if err := a.walk(ctx, main, d); err != nil {
		return err
	}
	return b.readDOCXRest(ctx, a, inside, d)
}

// readDOCXRest reads the parts beside the body: notes, headers and comments.
func (b *builder) readDOCXRest(ctx context.Context, a *archive, inside []relation, d *docxText) error {
	for _, r := range inside {
		var err error
		switch {
		case r.is("footnotes"), r.is("endnotes"):
			err = a.walkIfThere(ctx, r.target, &docxText{run: run{b: b}, b: b, styles: d.styles, row: row{b: b}, notes: true})
		case r.is("header"), r.is("footer"):
			err = a.walkIfThere(ctx, r.target, b.margin("w:p", "w:t"))
		case r.is("comments"):
			err = b.countOOXMLComments(ctx, a, r.target, "w:comment")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// countOOXMLComments counts the comments that are in a part, of which some may
// have been counted where the text points to them.
func (b *builder) countOOXMLComments(ctx context.Context, a *archive, part, element_ string) error {
	n := 0
	err := a.walkIfThere(ctx, part, handlers{onStart: func(e element) {
		if e.name == element_ {
			n++
		}
	}})
	if seen := b.found[Comments]; seen != nil {
		n = max(0, n-seen.Count)
	}
	b.found.addN(Comments, n, "")
	return err
}

// margin gathers the lines of a header or footer.
func (b *builder) margin(paragraph, text string) handler {
	line := run{b: b}
	inText := false
	return handlers{
		onStart: func(e element) { inText = inText || e.name == text },
		onText: func(s string) {
			if inText {
				line.write(s)
			}
		},
		onEnd: func(name string) {
			switch name {
			case text:
				inText = false
			case paragraph:
				b.addMargin(line.take())
			}
		},
	}
}

// docxStyle is what a style says about the paragraphs that have it.
type docxStyle struct {
	level   int // of a heading; zero for none
	list    bool
	basedOn string
}

type docxStyles struct {
	b       *builder
	byID    map[string]*docxStyle
	current *docxStyle
	inDef   bool
}

func (s *docxStyles) start(e element) {
	switch e.name {
	case "w:docDefaults":
		s.inDef = true
	case "w:lang":
		if s.inDef && s.b.reading.Language == "" {
			s.b.reading.Language = e.attr("val")
		}
	case "w:style":
		s.current = &docxStyle{}
		if id := e.attr("styleId"); len(s.byID) < s.b.limits.Entries {
			s.byID[id] = s.current
		}
	}
	if s.current != nil {
		s.current.read(e)
	}
}

func (s *docxStyle) read(e element) {
	switch e.name {
	case "w:name":
		s.named(strings.ToLower(e.attr("val")))
	case "w:basedOn":
		s.basedOn = e.attr("val")
	case "w:outlineLvl":
		if n, err := strconv.Atoi(e.attr("val")); err == nil && n >= 0 && n < 9 {
			s.level = min(n+1, 6)
		}
	case "w:numId":
		s.list = e.attr("val") != "0"
	}
}

func (s *docxStyle) named(name string) {
	if n, ok := strings.CutPrefix(name, "heading "); ok && len(n) == 1 && n >= "1" && n <= "9" {
		s.level = min(int(n[0]-'0'), 6)
	}
	if name == "title" {
		s.level = 1
	}
	if strings.HasPrefix(name, "list bullet") || strings.HasPrefix(name, "list number") {
		s.list = true
	}
}

func (s *docxStyles) text(string) {}

func (s *docxStyles) end(name string) {
	switch name {
	case "w:docDefaults":
		s.inDef = false
	case "w:style":
		s.current = nil
	}
}

// styleOf follows a style to what it is based on, as far as that says more.
func styleOf(styles map[string]*docxStyle, id string) docxStyle {
	var all docxStyle
	for range 20 { // a style can be based on itself
		s := styles[id]
		if s == nil {
			break
		}
		if all.level == 0 {
			all.level = s.level
		}
		all.list = all.list || s.list
		id = s.basedOn
	}
	return all
}

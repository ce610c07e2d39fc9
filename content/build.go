package content

import (
	"html"
	"slices"
	"strings"

	nethtml "golang.org/x/net/html"
)

// node is an element or, when tag is empty, text.
type node struct {
	tag      string
	text     string
	attrs    []nethtml.Attribute
	host     string // where a checked link leads
	children []*node
}

// builder makes a tree in which every element stands where an HTML parser
// leaves it. It closes what must be closed before the next element opens, so
// the parser never has to move anything; that is where markup changes its
// meaning between one reading and the next.
type builder struct {
	root *node
	open []*node
}

// accepts says what the elements that hold only certain others may hold; the
// first is put in where something else stands.
var accepts = map[string][]string{
	"ul": {"li"}, "ol": {"li"}, "dl": {"dd", "dt"},
	"table": {"tbody", "thead", "tfoot", "caption"},
	"thead": {"tr"}, "tbody": {"tr"}, "tfoot": {"tr"},
	"tr": {"td", "th"},
}

// isPart holds the elements that stand only in one that accepts them.
var isPart = func() map[string]bool {
	m := make(map[string]bool)
	for _, parts := range accepts {
		for _, p := range parts {
			m[p] = true
		}
	}
	return m
}()

// build reads s, keeps what the policy names, and writes it well nested.
func build(s string) string {
	b := &builder{root: &node{tag: "div"}}
	b.open = append(make([]*node, 0, MaxDepth+1), b.root)
	z := nethtml.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case nethtml.ErrorToken:
			return finish(b.root, len(s))
		case nethtml.TextToken:
			b.addText(string(z.Text()))
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			b.start(z.Token())
		case nethtml.EndTagToken:
			name, _ := z.TagName()
			b.end(known(string(name)))
		}
	}
}

func finish(root *node, size int) string {
	tidy(root, false)
	levelHeadings(root)
	var out strings.Builder
	out.Grow(size + size/4)
	for _, n := range root.children {
		n.write(&out)
	}
	return out.String()
}

// known gives the name under which an element is kept. Headings one and two
// keep theirs for levelHeadings.
func known(name string) string {
	if name == "h1" || name == "h2" {
		return name
	}
	if to, ok := renamed[name]; ok {
		return to
	}
	return name
}

func groupOf(tag string) group {
	if to, ok := renamed[tag]; ok {
		tag = to
	}
	return elements[tag]
}

func (b *builder) top() *node { return b.open[len(b.open)-1] }

func (b *builder) addText(s string) {
	s = cleanText(strings.ReplaceAll(s, "\r", ""))
	top := b.top()
	if top.tag == "pre" && len(top.children) == 0 {
		s = strings.TrimLeft(s, "\n") // a parser drops the first one
	}
	if s == "" {
		return
	}
	if _, narrow := accepts[top.tag]; narrow {
		if strings.TrimSpace(s) == "" {
			return
		}
		b.fill("")
	}
	top = b.top()
	top.children = append(top.children, &node{text: s})
}

func (b *builder) start(t nethtml.Token) {
	tag := known(t.Data)
	g := groupOf(tag)
	if g == dropped {
		return
	}
	switch {
	case isPart[tag]:
		tag = b.makeRoom(tag)
	case g == block || g == paragraph || tag == "hr":
		b.closeLines()
	case tag == "a":
		b.end("a") // links do not stand in links
	}
	b.fill(tag)
	n := &node{tag: tag, attrs: keepAttributes(tag, t.Attr)}
	if len(b.open) > MaxDepth && g != single {
		return
	}
	b.top().children = append(b.top().children, n)
	if g != single {
		b.open = append(b.open, n)
	}
}

// closeLines closes what cannot hold a block: open inline elements and the
// paragraph around them.
func (b *builder) closeLines() {
	for g := groupOf(b.top().tag); g == inline || g == paragraph; g = groupOf(b.top().tag) {
		b.pop(len(b.open) - 1)
	}
}

// makeRoom closes elements until tag, a part of a list or table, can stand in
// the one that is open. Where no list or table is open it becomes a div.
func (b *builder) makeRoom(tag string) string {
	for i := len(b.open) - 1; i > 0; i-- {
		if leadsTo(b.open[i].tag, tag) {
			b.pop(i + 1)
			return tag
		}
		if stops(b.open[i].tag, tag) {
			break
		}
	}
	b.closeLines()
	return "div"
}

// leadsTo says whether part may stand in parent, or in what parent is filled
// with by default.
func leadsTo(parent, part string) bool {
	for parts := accepts[parent]; len(parts) > 0; parts = accepts[parts[0]] {
		for _, p := range parts {
			if p == part {
				return true
			}
		}
	}
	return false
}

// stops says whether part, standing in e, cannot belong to a list or table
// outside e. A cell does belong to the table outside the cell before it.
func stops(e, part string) bool {
	switch e {
	case "table", "blockquote":
		return true
	case "td", "th", "caption":
		return part == "li" || part == "dt" || part == "dd"
	}
	return false
}

// fill opens what stands between the open element and tag: a row and a cell
// for words that stand right in a table, an item for those right in a list.
func (b *builder) fill(tag string) {
	for {
		parts, narrow := accepts[b.top().tag]
		if !narrow || slices.Contains(parts, tag) || len(b.open) > MaxDepth {
			return
		}
		n := &node{tag: parts[0]}
		b.top().children = append(b.top().children, n)
		b.open = append(b.open, n)
	}
}

// end closes the nearest open element of that name, and all within it, unless
// that would close one around it that is not its to close.
func (b *builder) end(tag string) {
	g := groupOf(tag)
	for i := len(b.open) - 1; i > 0; i-- {
		e := b.open[i].tag
		if e == tag {
			b.pop(i)
			return
		}
		switch {
		case g == inline && groupOf(e) != inline,
			g == paragraph && groupOf(e) == block,
			!isPart[tag] && tag != "table" && (e == "td" || e == "th" || e == "caption"),
			e == "table":
			return
		}
	}
}

func (b *builder) pop(to int) { b.open = b.open[:to] }

// write writes n as the parser's own renderer would, so that the two can be
// compared byte for byte.
func (n *node) write(b *strings.Builder) {
	if n.tag == "" {
		b.WriteString(html.EscapeString(n.text))
		return
	}
	b.WriteByte('<')
	b.WriteString(n.tag)
	slices.SortFunc(n.attrs, func(a, b nethtml.Attribute) int { return strings.Compare(a.Key, b.Key) })
	for _, a := range n.attrs {
		b.WriteByte(' ')
		b.WriteString(a.Key)
		b.WriteString(`="`)
		b.WriteString(html.EscapeString(a.Val))
		b.WriteByte('"')
	}
	if groupOf(n.tag) == single {
		b.WriteString("/>")
		return
	}
	b.WriteByte('>')
	for _, c := range n.children {
		c.write(b)
	}
	b.WriteString("</")
	b.WriteString(n.tag)
	b.WriteByte('>')
}

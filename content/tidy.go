package content

import (
	"strings"

	nethtml "golang.org/x/net/html"
)

// tidy goes through the tree bottom up: images become links, links are
// checked, and elements that hold nothing are taken out.
func tidy(n *node, inLink bool) {
	inLink = inLink || n.tag == "a"
	kept := make([]*node, 0, len(n.children))
	for _, c := range n.children {
		if c.tag == "a" && !checkLink(c) {
			c.tag, c.attrs = "span", nil // only its words stay
		}
		if c.tag != "" {
			tidy(c, inLink)
		}
		if c.tag == "img" {
			c = imageAsLink(c, inLink)
		}
		if c.tag == "a" {
			showTrueHost(c)
		}
		if c.tag == "span" && !checkSpan(c, inLink) {
			kept = append(kept, c.children...)
			continue
		}
		if !isEmpty(c) {
			kept = append(kept, c)
		}
	}
	n.children = kept
}

// isEmpty says whether an element shows nothing. Cells stay, since their place
// has a meaning.
func isEmpty(n *node) bool {
	switch n.tag {
	case "br", "hr", "td", "th":
		return false
	case "":
		return n.text == ""
	case "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd":
		return strings.TrimSpace(n.words(true)) == "" && !n.has("br") && !n.has("hr") && !n.has("td")
	}
	return len(n.children) == 0
}

func (n *node) has(tag string) bool {
	if n.tag == tag {
		return true
	}
	for _, c := range n.children {
		if c.has(tag) {
			return true
		}
	}
	return false
}

// imageAsLink turns an image into a link to it, or into its alternative text
// where there is a link around it or nothing to link to.
func imageAsLink(img *node, inLink bool) *node {
	words := "image"
	if alt, ok := find(img.attrs, "alt"); ok && alt != "" {
		words += ": " + alt
	}
	text := &node{text: words}
	src, ok := find(img.attrs, "src")
	if inLink || !ok {
		return text
	}
	link := &node{tag: "a", attrs: []nethtml.Attribute{{Key: "href", Val: src}}, children: []*node{text}}
	if !checkLink(link) {
		return text
	}
	return link
}

// checkSpan keeps a span only for what its attributes say. Classes that hide
// words are for the ends of long addresses, so only inside a link.
func checkSpan(n *node, inLink bool) bool {
	if class, ok := find(n.attrs, "class"); ok && !inLink && strings.Contains(class+" ", "invisible") {
		return false
	}
	return len(n.attrs) > 0
}

// words is the text inside n; without hidden, what a reader sees of it.
func (n *node) words(hidden bool) string {
	if n.tag == "" {
		return n.text
	}
	if len(n.children) == 1 && n.children[0].tag == "" && !n.hides() {
		return n.children[0].text
	}
	var b strings.Builder
	n.collect(&b, hidden)
	return b.String()
}

func (n *node) hides() bool {
	class, ok := find(n.attrs, "class")
	return ok && strings.Contains(class, "invisible")
}

func (n *node) collect(b *strings.Builder, hidden bool) {
	if !hidden && n.hides() {
		return
	}
	b.WriteString(n.text)
	for _, c := range n.children {
		c.collect(b, hidden)
	}
}

// levelHeadings makes headings start at level three and go down one at a time:
// pages own levels one and two (users.md A04).
func levelHeadings(root *node) {
	var above []byte
	var visit func(*node)
	visit = func(n *node) {
		for _, c := range n.children {
			if len(c.tag) == 2 && c.tag[0] == 'h' && c.tag[1] >= '1' && c.tag[1] <= '6' {
				for len(above) > 0 && above[len(above)-1] >= c.tag[1] {
					above = above[:len(above)-1]
				}
				above = append(above, c.tag[1])
				c.tag = "h" + string(byte('0'+min(2+len(above), 6)))
			}
			visit(c)
		}
	}
	visit(root)
}

package content

import (
	"regexp"

	"github.com/microcosm-cc/bluemonday"
)

// group says where an element may stand, for the builder.
type group uint8

const (
	dropped   group = iota // not kept; what is inside it is
	inline                 // within a line: a, em …
	paragraph              // holds a line, and no blocks: p, headings
	block                  // holds blocks: div, blockquote, li, td …
	single                 // has nothing inside: br, hr
)

// elements is the whole of what content may consist of. Images become links
// (security.md S120): a page makes no request to a third party.
var elements = map[string]group{
	"a": inline, "abbr": inline, "b": inline, "bdi": inline, "cite": inline, "code": inline,
	"del": inline, "em": inline, "i": inline, "ins": inline, "kbd": inline, "q": inline, "s": inline,
	"small": inline, "span": inline, "strong": inline, "sub": inline, "sup": inline, "u": inline,
	"p": paragraph, "pre": paragraph, "h3": paragraph, "h4": paragraph, "h5": paragraph, "h6": paragraph,
	"blockquote": block, "div": block, "ul": block, "ol": block, "li": block,
	"dl": block, "dt": block, "dd": block,
	"table": block, "caption": block, "thead": block, "tbody": block, "tfoot": block,
	"tr": block, "th": block, "td": block,
	"br": single, "hr": single, "img": single,
}

// renamed gives elements that we have no use for the nearest that we have.
// Headings are dealt with apart, because their level depends on the others.
var renamed = map[string]string{
	"h1": "h3", "h2": "h3",
	"address": "div", "article": "div", "aside": "div", "center": "div", "details": "div",
	"figcaption": "div", "figure": "div", "footer": "div", "header": "div", "main": "div",
	"nav": "div", "section": "div", "summary": "div",
	"strike": "s", "samp": "code", "tt": "code", "listing": "pre", "xmp": "pre",
}

// classes that mean something to readers of other software, and that our style
// sheet knows (security.md S121).
var classes = map[string]bool{"mention": true, "hashtag": true, "invisible": true, "ellipsis": true}

var (
	langValue  = regexp.MustCompile(`^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$`)
	classValue = regexp.MustCompile(`^[A-Za-z0-9_ -]{1,200}$`)
	startValue = regexp.MustCompile(`^[0-9]{1,4}$`)
	dirValue   = regexp.MustCompile(`^(ltr|rtl|auto)$`)
	scopeValue = regexp.MustCompile(`^(row|col|rowgroup|colgroup)$`)
)

// narrow is the first of two sieves; the builder is the second. It lets no
// element or attribute through that elements, renamed and keepAttribute do not name.
var narrow = newPolicy()

func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	for name := range elements {
		p.AllowElements(name)
	}
	for name := range renamed {
		p.AllowElements(name)
	}
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src", "alt").OnElements("img")
	p.AllowAttrs("class").Matching(classValue).OnElements("a", "span")
	p.AllowAttrs("lang").Matching(langValue).Globally()
	p.AllowAttrs("dir").Matching(dirValue).Globally()
	p.AllowAttrs("title").OnElements("abbr")
	p.AllowAttrs("scope").Matching(scopeValue).OnElements("th")
	p.AllowAttrs("start").Matching(startValue).OnElements("ol")
	p.AllowURLSchemes("https", "http", "mailto")
	p.RequireParseableURLs(true)
	p.SkipElementsContent("svg", "math", "template", "title", "textarea", "select", "option",
		"audio", "video", "canvas", "button", "form", "embed", "applet", "plaintext", "head")
	return p
}

package content

import (
	"bytes"
	"html"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// markdown turns Markdown into HTML without letting raw HTML through. It is
// safe for use by several goroutines.
var markdown = goldmark.New(
	goldmark.WithExtensions(
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)),
		extension.Strikethrough,
		extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"https:", "http:"})),
	),
	goldmark.WithParserOptions(parser.WithInlineParsers(util.Prioritized(mentionParser{}, 500))),
	goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(mentionRenderer{}, 500))),
)

var linksKey = parser.NewContextKey()

// Markdown makes safe HTML of what a person of this node typed: CommonMark with
// tables, strikethrough and bare addresses as links. HTML in it is left out.
func Markdown(source string) SafeHTML { return MarkdownWith(source, nil) }

// MarkdownWith is Markdown with the mentions found in links made into links to
// the addresses given there. Others stay text.
func MarkdownWith(source string, links map[Handle]string) SafeHTML {
	source = flatten(bound(source, 4*MaxText))
	ctx := parser.NewContext()
	ctx.Set(linksKey, links)
	var out bytes.Buffer
	if err := markdown.Convert([]byte(source), &out, parser.WithContext(ctx)); err != nil {
		// Only a writer that fails gives an error, and a buffer does not.
		return SafeHTML("<p>" + html.EscapeString(cleanText(source)) + "</p>")
	}
	return Clean(out.String())
}

func parseMarkdown(source string) (ast.Node, []byte) {
	src := []byte(flatten(bound(source, 4*MaxText)))
	return markdown.Parser().Parse(text.NewReader(src)), src
}

const (
	maxMarkers = 2 * MaxDepth // signs of quotations and lists at the start of a line
	maxTargets = 500          // "](" and "]:" in a text
)

// flatten takes out what makes a Markdown parser work long for nothing:
// quotations and lists nested deeper than anyone writes, and links beyond
// maxTargets, for each of which it may read to the end of the line.
func flatten(source string) string {
	var out []byte
	markers, targets, start := 0, 0, true
	for i := range len(source) {
		c := source[i]
		drop := false
		switch {
		case c == '\n':
			markers, start = 0, true
		case (c == '(' || c == ':') && i > 0 && source[i-1] == ']':
			targets++
			drop, start = targets > maxTargets, false
		case !start || c == ' ' || c == '\t':
		case isMarker(c):
			markers++
			drop = markers > maxMarkers
		default:
			start = false
		}
		switch {
		case drop && out == nil:
			out = append(make([]byte, 0, len(source)), source[:i]...)
		case !drop && out != nil:
			out = append(out, c)
		}
	}
	if out == nil {
		return source
	}
	return string(out)
}

func isMarker(c byte) bool {
	return c == '>' || c == '-' || c == '+' || c == '*' || c == '.' || c == ')' || c >= '0' && c <= '9'
}

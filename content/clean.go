package content

import (
	"html"
	"strings"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// SafeHTML is HTML that a page may show as it is. Only Clean and Markdown make
// it; a page that shows anything else escapes it.
type SafeHTML string

// maxRounds bounds the search for a form that a browser reads as it is written.
const maxRounds = 4

// Clean makes safe HTML of what another server sent (security.md S118 to
// S125). What comes out consists of the elements named in policy.go, nested
// at most MaxDepth deep, every tag closed, and is read back by an HTML parser
// as the same tree. Clean of what Clean gave changes nothing.
func Clean(remote string) SafeHTML {
	remote = bound(remote, MaxHTML)
	if isPlainParagraphs(remote) {
		return SafeHTML(remote)
	}
	return cleanFully(remote)
}

func cleanFully(remote string) SafeHTML {
	out := narrow.Sanitize(remote)
	for range maxRounds {
		out = build(out)
		again, ok := reparse(out)
		if ok && again == out {
			return SafeHTML(out)
		}
		out = again
	}
	return asText(remote)
}

// asText is the last resort for markup that parsers disagree about: its words.
func asText(remote string) SafeHTML {
	words := PlainText(remote)
	if words == "" {
		return ""
	}
	return SafeHTML("<p>" + html.EscapeString(words) + "</p>")
}

var divContext = &nethtml.Node{Type: nethtml.ElementNode, Data: "div", DataAtom: atom.Div}

// reparse reads s as a browser does and writes it again.
func reparse(s string) (string, bool) {
	nodes, err := nethtml.ParseFragment(strings.NewReader(s), divContext)
	if err != nil {
		return "", false
	}
	var b strings.Builder
	b.Grow(len(s) + 64)
	for _, n := range nodes {
		if err := nethtml.Render(&b, n); err != nil {
			return "", false
		}
	}
	return b.String(), true
}

// isPlainParagraphs says whether s is nothing but <p>…</p> around printable
// ASCII without any of < > & ' ". Such text is what Clean would give: there is
// no tag, attribute, entity or character in it for any rule to touch.
func isPlainParagraphs(s string) bool {
	for s != "" {
		rest, ok := strings.CutPrefix(s, "<p>")
		if !ok {
			return false
		}
		end := strings.IndexByte(rest, '<')
		if end <= 0 || !isPlainWords(rest[:end]) {
			return false
		}
		if s, ok = strings.CutPrefix(rest[end:], "</p>"); !ok {
			return false
		}
	}
	return true
}

func isPlainWords(s string) bool {
	visible := false
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7f || c == '>' || c == '&' || c == '\'' || c == '"' {
			return false
		}
		visible = visible || c != ' '
	}
	return visible
}

package content

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Handle is a name that a person typed to draw someone's attention.
type Handle struct {
	Name string // in lower case
	Host string // in lower case; empty for someone on this node
}

// String is the handle as people type it.
func (h Handle) String() string {
	if h.Host == "" {
		return "@" + h.Name
	}
	return "@" + h.Name + "@" + h.Host
}

// Mentions finds @name and @name@host in Markdown, each once, in the order in
// which they stand, at most MaxMentions. Code, links and e-mail addresses hold
// none.
func Mentions(source string) []Handle {
	doc, _ := parseMarkdown(source)
	var found []Handle
	seen := make(map[Handle]bool)
	// The walker below never returns an error.
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if n.Kind() == ast.KindLink {
			return ast.WalkSkipChildren, nil
		}
		if m, ok := n.(*mention); ok && entering && !seen[m.handle] && len(found) < MaxMentions {
			seen[m.handle] = true
			found = append(found, m.handle)
		}
		return ast.WalkContinue, nil
	})
	return found
}

const (
	maxHandleName = 64
	maxHandleHost = 253
)

// scanHandle reads the handle at the start of s and says how long it is. It
// looks at each byte at most twice (security.md S115).
func scanHandle(s string) (h Handle, size int, ok bool) {
	name := handlePart(s[1:], maxHandleName, isNameByte)
	if name == "" {
		return Handle{}, 0, false
	}
	h, size = Handle{Name: strings.ToLower(name)}, 1+len(name)
	rest := s[size:]
	if !strings.HasPrefix(rest, "@") {
		return h, size, !runsOn(rest)
	}
	host := handlePart(rest[1:], maxHandleHost, isHostByte)
	if host == "" {
		return Handle{}, 0, false
	}
	h.Host, size = strings.ToLower(host), size+1+len(host)
	return h, size, !runsOn(s[size:])
}

// handlePart takes the longest beginning of s that may be part of a handle,
// without the dots, hyphens and colons at its end, which belong to the sentence.
func handlePart(s string, limit int, may func(byte) bool) string {
	n := 0
	for n < len(s) && n <= limit && may(s[n]) {
		n++
	}
	if n > limit {
		return ""
	}
	return strings.TrimRight(s[:n], ".-:")
}

func isNameByte(c byte) bool {
	return isWordByte(c) || c == '.' || c == '-'
}

// isHostByte admits a colon for the ports of development nodes.
func isHostByte(c byte) bool { return isNameByte(c) && c != '_' || c == ':' }

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// runsOn says whether what follows shows that the word before is no handle.
func runsOn(rest string) bool {
	return rest != "" && (rest[0] == '@' || rest[0] >= 0x80 && !startsPunctuation(rest) || isWordByte(rest[0]))
}

func startsPunctuation(s string) bool {
	for _, mark := range []string{"’", "”", "“", "‘", "…", "–", "—", "»", "\u00a0"} {
		if strings.HasPrefix(s, mark) {
			return true
		}
	}
	return false
}

// mention is a handle in the tree of a Markdown document.
type mention struct {
	ast.BaseInline
	handle Handle
	href   string
	typed  []byte
}

var kindMention = ast.NewNodeKind("Mention")

// Kind is part of the Markdown library's node interface.
func (m *mention) Kind() ast.NodeKind { return kindMention }

// Dump is part of the Markdown library's node interface.
func (m *mention) Dump(source []byte, level int) {
	ast.DumpHelper(m, source, level, map[string]string{"Handle": m.handle.String()}, nil)
}

type mentionParser struct{}

// Trigger is part of the Markdown library's parser interface.
func (mentionParser) Trigger() []byte { return []byte{'@'} }

// Parse is part of the Markdown library's parser interface.
func (mentionParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	before := block.PrecendingCharacter()
	if before > 0x7f && before != '“' && before != '‘' && before != '—' && before != '–' && before != '\u00a0' {
		return nil
	}
	if before < 0x80 && (isWordByte(byte(before)) || strings.ContainsRune("@/.-+%&=#", before)) {
		return nil
	}
	line, _ := block.PeekLine()
	h, size, ok := scanHandle(string(line[:min(len(line), maxHandleName+maxHandleHost+8)]))
	if !ok {
		return nil
	}
	links, _ := pc.Get(linksKey).(map[Handle]string)
	block.Advance(size)
	return &mention{handle: h, href: links[h], typed: line[:size]}
}

type mentionRenderer struct{}

// RegisterFuncs is part of the Markdown library's renderer interface.
func (mentionRenderer) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(kindMention, renderMention)
}

func renderMention(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	m, ok := n.(*mention)
	if !ok || !entering {
		return ast.WalkContinue, nil
	}
	if m.href == "" || insideLink(n) {
		_, err := w.Write(util.EscapeHTML(m.typed))
		return ast.WalkContinue, err
	}
	_, err := w.WriteString(`<a href="` + string(util.EscapeHTML([]byte(m.href))) + `" class="mention">` +
		string(util.EscapeHTML(m.typed)) + `</a>`)
	return ast.WalkContinue, err
}

func insideLink(n ast.Node) bool {
	for p := n.Parent(); p != nil; p = p.Parent() {
		if p.Kind() == ast.KindLink || p.Kind() == ast.KindImage {
			return true
		}
	}
	return false
}

package content

import (
	"strings"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"
)

// PlainText is the words of HTML: a line for each paragraph, item or row, runs
// of space made one. It is text, and must be escaped where it is shown.
func PlainText(html string) string {
	var b strings.Builder
	z := nethtml.NewTokenizer(strings.NewReader(bound(html, MaxHTML)))
	skip := ""
	for {
		switch z.Next() {
		case nethtml.ErrorToken:
			return tidyLines(b.String())
		case nethtml.TextToken:
			if skip == "" {
				b.WriteString(cleanText(string(z.Text())))
			}
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			name, _ := z.TagName()
			if tag := string(name); hidden(tag) {
				skip = tag
			} else if breaksLine(tag) {
				b.WriteByte('\n')
			}
		case nethtml.EndTagToken:
			name, _ := z.TagName()
			if tag := string(name); tag == skip {
				skip = ""
			} else if breaksLine(tag) {
				b.WriteByte('\n')
			}
		}
	}
}

func hidden(tag string) bool {
	return tag == "script" || tag == "style" || tag == "template" || tag == "title" || tag == "noscript"
}

func breaksLine(tag string) bool {
	if tag == "br" || tag == "hr" {
		return true
	}
	g := groupOf(tag)
	return (g == block || g == paragraph) && tag != "td" && tag != "th"
}

func tidyLines(s string) string {
	lines := strings.Split(s, "\n")
	kept := lines[:0]
	for _, l := range lines {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

// Excerpt is the beginning of the words of HTML in one line, at most limit
// characters, cut between words and then ended with "…".
func Excerpt(html string, limit int) string {
	return shorten(strings.ReplaceAll(PlainText(html), "\n", " "), limit)
}

func shorten(words string, limit int) string {
	if utf8.RuneCountInString(words) <= limit {
		return words
	}
	cut := FirstRunes(words, limit-1)
	if i := strings.LastIndexFunc(cut, unicode.IsSpace); i > len(cut)/2 {
		cut = cut[:i]
	}
	return strings.TrimRightFunc(cut, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '.' }) + "…"
}

// FirstRunes keeps the first n characters of s.
func FirstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// FirstLine is the title of something that has none, such as a Note: the first
// line of its words, at most MaxTitle characters (protocol.md 5.2). People who
// write to a community from Mastodon or GoToSocial begin with its handle, which
// is no part of the title unless there is nothing else.
func FirstLine(html string) string {
	words := PlainText(html)
	for line := range strings.Lines(words) {
		if line = withoutHandles(line); line != "" {
			return PlainName(shorten(line, MaxTitle), MaxTitle)
		}
	}
	line, _, _ := strings.Cut(words, "\n")
	return PlainName(shorten(line, MaxTitle), MaxTitle)
}

// withoutHandles cuts handles off the beginning of a line.
func withoutHandles(line string) string {
	line = strings.TrimSpace(line)
	for strings.HasPrefix(line, "@") {
		_, size, ok := scanHandle(line)
		if !ok {
			break
		}
		line = strings.TrimSpace(line[size:])
	}
	return line
}

// Paragraphs is plain text as HTML: a paragraph for each block of lines.
func Paragraphs(plain string) SafeHTML {
	var b strings.Builder
	for block := range strings.SplitSeq(strings.ReplaceAll(cleanText(plain), "\r\n", "\n"), "\n\n") {
		if block = strings.TrimSpace(block); block != "" {
			b.WriteString("<p>" + strings.ReplaceAll(nethtml.EscapeString(block), "\n", "<br>") + "</p>")
		}
	}
	return SafeHTML(b.String())
}

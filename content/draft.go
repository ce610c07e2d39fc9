package content

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Check says what keeps the draft from being posted, as Problems by field:
// title, text, link, language, audience, kind. It returns nil when nothing does.
func (d Draft) Check() error {
	p := Problems{}
	words := d.Source
	if d.HTML != "" {
		words = PlainText(string(d.HTML))
	}
	switch d.Kind {
	case Discussion, Question:
		checkTitle(p, d.Title)
	case Comment:
		if d.Title != "" {
			p.Add("title", "Comments cannot have a title")
		}
		if PlainName(words, 1) == "" {
			p.Add("text", "Enter your comment")
		}
	default:
		p.Add("kind", "Select whether this is a discussion or a question")
	}
	if !utf8.ValidString(d.Source) {
		p.Add("text", "Text must not include characters that cannot be read")
	}
	if utf8.RuneCountInString(words) > MaxText {
		p.Add("text", fmt.Sprintf("Text must be %s characters or less", withCommas(MaxText)))
	}
	checkWebLink(p, d.Link)
	if d.Language != "" && Lang(d.Language) == "" {
		p.Add("language", "Select a language from the list")
	}
	if d.Audience != "" && !d.Audience.Valid() {
		p.Add("audience", "Select who can read this")
	}
	return p.Err()
}

func checkTitle(p Problems, title string) {
	switch {
	case PlainName(title, MaxTitle) == "":
		p.Add("title", "Enter a title")
	case utf8.RuneCountInString(strings.TrimSpace(title)) > MaxTitle:
		p.Add("title", fmt.Sprintf("Title must be %d characters or less", MaxTitle))
	}
}

func checkWebLink(p Problems, link string) {
	if link == "" {
		return
	}
	if len(link) > MaxLink {
		p.Add("link", fmt.Sprintf("Link must be %s characters or less", withCommas(MaxLink)))
		return
	}
	if _, ok := WebLink(link); !ok {
		p.Add("link", "Link must be a full web address starting with https:// or http://")
	}
}

// WebLink returns an absolute https or http address in the form in which a page
// may link to it, and whether s is one.
func WebLink(s string) (string, bool) {
	link, _, ok := safeLink(s)
	if !ok {
		return "", false
	}
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return "", false
	}
	return link, true
}

// withCommas writes a number below a million as people read it: 50,000.
func withCommas(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}

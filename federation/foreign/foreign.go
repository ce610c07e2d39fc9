// Package foreign turns what other software writes into what is shown here: an
// event of Mobilizon, a video of PeerTube, a poll, and whatever comes next. Each
// arrives as a discussion or a comment with a title, text that people can read and
// a link to the original.
//
// kinds.go is the table of kinds. What this node's own words add to a text (when an
// event starts, how a vote stands) is put below it and goes through the same
// cleaning. Files are never loaded from elsewhere: they are links.
//
// The package is pure. Its tests are the only home of the generated ActivityStreams
// library, which serves there as a second reader of everything that we write.
package foreign

import (
	"errors"
	"html"
	"strings"
	"time"

	"moothall/content"
	"moothall/federation/ap"
)

// Shown is an object as a post of this node has it.
type Shown struct {
	Title string // empty for an answer
	HTML  content.SafeHTML
	Link  string // what a link post points at
}

// Why an object is not shown.
var (
	ErrPrivate  = errors.New("it is a private message")
	ErrVote     = errors.New("it is a vote in a poll, not a comment")
	ErrWordless = errors.New("it has no words that could be shown")
	ErrDone     = errors.New("it is something done and not something written")
)

// Reader turns objects into what is shown.
type Reader struct {
	When func(time.Time) string // a date and time in the words of this node's pages
}

// Read says how an object is shown. The only errors are those above.
func (r Reader) Read(o ap.Object) (Shown, error) {
	k, known := kinds[o.Type]
	switch {
	case o.Type == "ChatMessage":
		return Shown{}, ErrPrivate
	case ap.IsDone(o.Type), k.never:
		return Shown{}, ErrDone
	case isVote(o):
		return Shown{}, ErrVote
	case !known && o.Name == "" && text(o) == "":
		return Shown{}, ErrWordless
	case !known:
		k = unknown
	}
	var above, below strings.Builder
	warning(o, &above)
	for _, add := range k.parts {
		add(r, o, &below)
	}
	files(o, &below)
	see(k, o, &below)
	s := Shown{HTML: content.Clean(above.String()) + text(o) + content.Clean(below.String())}
	if o.InReplyTo == "" {
		s.Title, s.Link = title(o, s.HTML), linkOf(o, k)
	}
	return s, nil
}

// isVote says whether an object is a choice in a poll: a name and no words
// (protocol.md 7.3, C62).
func isVote(o ap.Object) bool {
	return o.Type == "Note" && o.InReplyTo != "" && o.Name != "" && o.Content == "" && o.Source.Content == "" && len(o.Attachment) == 0
}

// text is what the author wrote.
func text(o ap.Object) content.SafeHTML {
	switch {
	case o.Content == "" && o.Source.Content != "" && o.Source.MediaType != "text/html":
		return content.Markdown(o.Source.Content)
	case o.Content == "":
		return content.Clean(o.Summary)
	case o.MediaType == "text/markdown":
		return content.Markdown(o.Content)
	case o.MediaType == "text/plain":
		return content.Clean("<p>" + strings.ReplaceAll(html.EscapeString(o.Content), "\n", "<br>") + "</p>")
	}
	return content.Clean(o.Content)
}

func title(o ap.Object, shown content.SafeHTML) string {
	if name := content.PlainName(o.Name, content.MaxTitle); name != "" {
		return name
	}
	if about := warned(o); about != "" {
		return content.PlainName(content.Excerpt(about, content.MaxTitle), content.MaxTitle)
	}
	if line := content.FirstLine(string(shown)); line != "" {
		return line
	}
	return "(no title)"
}

// linkOf is what a link post points at.
func linkOf(o ap.Object, k kind) string {
	if k.isLink {
		for _, at := range []string{o.Href, string(o.URL)} {
			if link, ok := content.WebLink(at); ok && at != o.ID {
				return link
			}
		}
	}
	for _, a := range o.Attachment {
		if link, ok := content.WebLink(a.URL); ok && a.Type == "Link" {
			return link
		}
	}
	return ""
}

package content

import (
	"time"

	"moothall/actors"
)

// Kind says what a post is. The values are also the stored text.
type Kind string

// The kinds of post. A comment is a post with a parent.
const (
	Discussion Kind = "discussion"
	Question   Kind = "question"
	Comment    Kind = "comment"
	// KindDocument is a post that carries a Document.
	KindDocument Kind = "document"
)

// Standing says whether a post has become part of its community: only what the
// community announces is (FEP-1b12).
type Standing string

// The standings of a post.
const (
	Sent     Standing = "sent"     // on its way to the community's home; its author sees it
	Accepted Standing = "accepted" // part of the community
	Hidden   Standing = "hidden"   // taken out by a facilitator
	Declined Standing = "declined" // the community did not take it
)

// Post starts a discussion or answers one.
type Post struct {
	ID       actors.ID
	URI      actors.URI
	Group    actors.ID
	Author   actors.ID
	Parent   actors.ID // zero for the start of a discussion
	Root     actors.ID // the start of the discussion; its own ID there
	Depth    int
	Kind     Kind
	Type     string // ActivityStreams type on the wire: Page, Article, Note, Question …
	Title    string
	HTML     SafeHTML
	Source   string // Markdown; empty for most remote posts
	Link     string // what a link post points at
	Language string // BCP 47; empty when unknown
	URL      string // page for people at its origin
	Audience actors.Audience
	Standing Standing
	Local    bool

	Pinned    bool
	Locked    bool      // takes no more replies, nor does what is below it
	LockedWhy string    // the facilitator's reason
	HiddenWhy string    // why a facilitator took it out
	Answer    actors.ID // the reply that answers this question; zero for none
	Replies   int       // accepted comments below it
	Useful    int       // people who said it helped
	LastReply time.Time

	Published time.Time
	Updated   time.Time // last edit; zero when never edited
	Deleted   time.Time // a tombstone from then on
}

// IsGone says whether the post has been deleted.
func (p Post) IsGone() bool { return !p.Deleted.IsZero() }

// IsDocument says whether the post carries a Document.
func (p Post) IsDocument() bool { return p.Kind == KindDocument }

// IsComment says whether the post answers another.
func (p Post) IsComment() bool { return p.Parent != 0 }

// Draft is what a person typed, before it is a post.
type Draft struct {
	Kind     Kind
	Title    string
	Source   string   // Markdown
	HTML     SafeHTML // text of a program that writes HTML; Source is empty then
	Link     string
	Language string
	Audience actors.Audience // empty: the community's own
}

// Rendered is the HTML of the draft, with the mentions found in links made into
// links to the addresses given there.
func (d Draft) Rendered(links map[Handle]string) SafeHTML {
	if d.HTML != "" {
		return d.HTML
	}
	return MarkdownWith(d.Source, links)
}

// Readable says whether an ActivityStreams type is something people write or
// show, and not something they do.
func Readable(typ string) bool {
	switch typ {
	case "Page", "Article", "Note", "Question", "Event", "Video", "Audio", "Image", "Document", "Link":
		return true
	}
	return false
}

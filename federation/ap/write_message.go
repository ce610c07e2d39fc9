package ap

import (
	"html"
	"time"

	"moothall/actors"
	"moothall/content"
)

// The kinds of messages between two people, as moothall:kind.
const (
	FormatRequest = "format-request" // somebody needs a document in another format
	FormatAnswer  = "format-answer"  // what they are answered
)

// Message is what one person says to another about a document, and to nobody else.
type Message struct {
	Activity  actors.URI // the message has the same address, with #note behind it
	Kind      string     // one of the kinds above
	By, To    actors.Actor
	InReplyTo actors.URI // the document, or the message that this one answers
	Words     string     // plain text
	Document  actors.URI // it is about, for people whose software knows nothing of the kind
	Title     string     // of the document
	At        time.Time
}

// ID is the address of the message. What is there is the activity, which is served to
// nobody: the message is in what was sent.
func (m Message) ID() actors.URI { return MessageAddress(m.Activity) }

// MessageAddress is the address of the message that an activity brings.
func MessageAddress(activity actors.URI) actors.URI { return activity + "#note" }

type messageDocument struct {
	ID           actors.URI      `json:"id"`
	Type         string          `json:"type"`
	AttributedTo actors.URI      `json:"attributedTo"`
	To           []actors.URI    `json:"to"`
	Cc           []actors.URI    `json:"cc"`
	InReplyTo    actors.URI      `json:"inReplyTo"`
	Content      string          `json:"content"`
	MediaType    string          `json:"mediaType"`
	Source       *sourceDocument `json:"source"`
	Published    string          `json:"published"`
	Tag          []linkDocument  `json:"tag"`
	Kind         string          `json:"moothall:kind"`
}

// WriteMessage writes a Note to one person, which other software shows as a private
// message (protocol.md 7.6). The words alone are in source.
func WriteMessage(m Message) ([]byte, error) {
	to := []actors.URI{m.To.URI}
	about := `<p>About <a href="` + html.EscapeString(string(m.Document)) + `">` + html.EscapeString(m.Title) + `</a></p>`
	note := messageDocument{
		ID: m.ID(), Type: "Note", AttributedTo: m.By.URI, To: list(to), Cc: list(nil), InReplyTo: m.InReplyTo,
		Content: string(content.Paragraphs(m.Words)) + about, MediaType: "text/html",
		Source: &sourceDocument{m.Words, "text/plain"}, Published: written(m.At),
		Tag: []linkDocument{{Type: "Mention", Name: m.To.Handle(), Href: string(m.To.URI)}}, Kind: m.Kind,
	}
	e := Envelope{ID: m.Activity, Actor: m.By.URI, To: to, Published: m.At}
	return document(e.document("Create", note))
}

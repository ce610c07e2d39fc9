package ap

import "moothall/actors"

// Flag is a report as it is sent to one server (protocol.md 9.3). Each server that
// is to know gets a Flag of its own.
type Flag struct {
	ID      actors.URI
	Actor   actors.URI // who reports, or the node's own actor where that is not said
	To      actors.URI // the community, or the person who is reported: Lemmy wants exactly one
	Group   actors.URI // the community it is sent to; empty for a person's server
	Objects []actors.URI
	Words   string // plain text
}

// WriteFlag writes a report. One object is written alone, as Lemmy wants it; of
// several, Mastodon finds in the array whom they are by. Lemmy reads the words in
// summary, Mastodon in content.
func WriteFlag(f Flag) ([]byte, error) {
	e := Envelope{ID: f.ID, Actor: f.Actor, To: []actors.URI{f.To}, Audience: f.Group}
	var object any = list(f.Objects)
	if len(f.Objects) == 1 {
		object = f.Objects[0]
	}
	d := e.document("Flag", object)
	d.Summary, d.Content = f.Words, f.Words
	return document(d)
}

// WriteMove says that an actor has moved to another address, which names this one
// as an earlier one of its own (FEP-7628).
func WriteMove(e Envelope, target actors.URI) ([]byte, error) {
	d := e.document("Move", e.Actor)
	d.Target = target
	return document(d)
}

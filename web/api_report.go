package web

import (
	"errors"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// flag reports a post, or a person or community, in the name of whoever asks. A
// program that names the author in to has the words sent to the author's server.
func (q command) flag() (actors.Activity, error) {
	items := q.draft.Object.Items()
	if len(items) == 0 || len(items) > 2 {
		return actors.Activity{}, wrongField("object", "Name one post, or one person or community")
	}
	c, err := q.complaint(items[len(items)-1].ID())
	if err != nil {
		return actors.Activity{}, err
	}
	if len(items) == 2 && (c.Post == nil || items[0].ID() != string(c.About.URI)) {
		return actors.Activity{}, wrongField("object", "Name the author and then one post of theirs")
	}
	if c.Words = content.PlainText(q.draft.Content); c.Words == "" {
		c.Words = content.PlainText(q.draft.Summary)
	}
	c.Forward = q.draft.To.Has(string(c.About.URI))
	sent, err := q.s.Actions.Report(q.ctx, q.tx, q.who, c)
	return sent.Activity, err
}

// complaint finds what is reported. A community that the person may not know of
// looks like one that does not exist.
func (q command) complaint(uri string) (c actions.Complaint, err error) {
	who, err := q.tx.ActorByURI(q.ctx, actors.URI(uri))
	if errors.Is(err, store.ErrNotFound) {
		p, err := q.post("object", uri)
		if err != nil {
			return c, err
		}
		author, err := q.tx.Actor(q.ctx, p.Author)
		return actions.Complaint{Post: &p, About: author}, err
	}
	if err == nil && who.Kind == actors.Group {
		_, err = q.knownCommunity(uri)
	}
	if errors.Is(err, store.ErrNotFound) || err == nil && who.Kind == actors.Application {
		err = wrongField("object", noSuchPost)
	}
	return actions.Complaint{About: who}, err
}

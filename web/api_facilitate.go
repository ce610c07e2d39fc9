package web

import (
	"errors"
	"strings"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

const noSuchPerson = "There is no such person here"

func (q command) add() (actors.Activity, error)     { return q.collect(true) }
func (q command) takeOut() (actors.Activity, error) { return q.collect(false) }

// collect pins a discussion or appoints a facilitator, or takes that back: target
// says which (protocol.md 5.4).
func (q command) collect(on bool) (actors.Activity, error) {
	target := actors.URI(q.draft.Target)
	c, err := q.lookedAfter(target[:max(strings.LastIndexByte(string(target), '/'), 0)])
	if err != nil {
		return actors.Activity{}, err
	}
	switch target {
	case c.Featured:
		p, err := q.post("object", q.draft.Object.ID())
		if err != nil {
			return actors.Activity{}, err
		}
		if p.Group != c.ID {
			return actors.Activity{}, wrongField("object", "It belongs to another community")
		}
		return q.s.Actions.Pin(q.ctx, q.tx, q.who, p, on)
	case c.Moderators:
		who, err := q.person(q.draft.Object.ID())
		if err != nil {
			return actors.Activity{}, err
		}
		return q.s.Actions.Appoint(q.ctx, q.tx, q.who, c, who, on)
	}
	return actors.Activity{}, wrongField("target", "Name the featured or moderators collection of a community")
}

func (q command) lookedAfter(uri actors.URI) (actors.Community, error) {
	c, err := q.knownCommunity(string(uri))
	if errors.Is(err, store.ErrNotFound) {
		err = wrongField("target", noSuchCommunity)
	}
	return c, err
}

func (q command) person(uri string) (actors.Actor, error) {
	who, err := q.tx.ActorByURI(q.ctx, actors.URI(uri))
	if errors.Is(err, store.ErrNotFound) || err == nil && who.Kind != actors.Person {
		err = wrongField("object", noSuchPerson)
	}
	return who, err
}

// lock ends replies to a post.
func (q command) lock() (actors.Activity, error) {
	return q.close(actors.URI(q.draft.Object.ID()), true)
}

func (q command) close(object actors.URI, on bool) (actors.Activity, error) {
	p, err := q.post("object", string(object))
	if err != nil {
		return actors.Activity{}, err
	}
	return q.s.Actions.Lock(q.ctx, q.tx, q.who, p, q.draft.Summary, on)
}

// chooseAnswer marks a reply as the answer of its question.
func (q command) chooseAnswer() (actors.Activity, error) {
	return q.choose(actors.URI(q.draft.Object.ID()), true)
}

func (q command) choose(object actors.URI, on bool) (actors.Activity, error) {
	p, err := q.post("object", string(object))
	if err != nil {
		return actors.Activity{}, err
	}
	return q.s.Actions.Answer(q.ctx, q.tx, q.who, p, on)
}

// undoDelete brings back what facilitators hid. To all others it is not there.
func (q command) undoDelete(object actors.URI) (actors.Activity, error) {
	p, err := q.tx.PostByURI(q.ctx, object)
	if errors.Is(err, store.ErrNotFound) {
		return actors.Activity{}, wrongField("object", noSuchPost)
	}
	if err != nil {
		return actors.Activity{}, err
	}
	m, err := q.tx.Membership(q.ctx, p.Group, q.who.ID)
	if err == nil && !m.May(actors.Moderator) {
		_, err = q.post("object", string(object))
	}
	if err != nil {
		return actors.Activity{}, err
	}
	return q.s.Actions.Restore(q.ctx, q.tx, q.who, p)
}

// describe changes what a community says of itself, or asks one elsewhere to. What
// the object leaves out stays (ActivityPub 6.3).
func (q command) describe(c actors.Community) (actors.Activity, error) {
	doc := q.draft.Object
	if !doc.Embedded() {
		return actors.Activity{}, wrongField("object", "Put what is to change into the object")
	}
	o, err := doc.AsObject()
	if err != nil {
		return actors.Activity{}, wrongField("object", "The object cannot be read: "+err.Error())
	}
	purpose, err := purposeOf(q.ctx, q.tx, c)
	if err != nil {
		return actors.Activity{}, err
	}
	words := actions.Words{Title: c.Title, Purpose: purpose, Posting: c.Posting}
	if o.Name != "" {
		words.Title = o.Name
	}
	if o.Source.Content != "" {
		words.Purpose = o.Source.Content
	}
	if !c.Local {
		return q.s.Actions.Suggest(q.ctx, q.tx, q.who, c, words.Title, words.Purpose)
	}
	return q.s.Actions.Describe(q.ctx, q.tx, q.who, c, actions.Charter{
		Title: words.Title, Purpose: words.Purpose, Posting: words.Posting,
		Audience: c.Audience, Joining: c.Joining, Language: c.Language,
	})
}

// block removes somebody from a community.
func (q command) block() (actors.Activity, error) {
	c, who, err := q.barred(q.draft)
	if err != nil {
		return actors.Activity{}, err
	}
	return q.s.Actions.Expel(q.ctx, q.tx, q.who, c, who, actions.Removal{
		Reason: q.draft.Summary, Until: q.draft.EndTime.Time, Posts: q.draft.RemoveData,
	})
}

// undoBlock lifts a removal: of the Block that is embedded, or of the one with
// the id that is given.
func (q command) undoBlock() (actors.Activity, error) {
	raw := q.draft.Object.Raw()
	if before, err := q.tx.ActivityByURI(q.ctx, actors.URI(q.draft.Object.ID()), q.who.URI); err == nil {
		raw = before.Body
	} else if !errors.Is(err, store.ErrNotFound) {
		return actors.Activity{}, err
	}
	d, err := ap.ParseDraft(raw)
	if err != nil {
		return actors.Activity{}, wrongField("object", "The activity cannot be read: "+err.Error())
	}
	c, who, err := q.barred(d)
	if err != nil {
		return actors.Activity{}, err
	}
	return q.s.Actions.LetBack(q.ctx, q.tx, q.who, c, who)
}

// barred is the community and the person that a Block is about.
func (q command) barred(d ap.Activity) (c actors.Community, who actors.Actor, err error) {
	if c, err = q.lookedAfter(actors.URI(d.Target)); err != nil {
		return c, who, err
	}
	who, err = q.person(d.Object.ID())
	return c, who, err
}

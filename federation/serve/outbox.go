package serve

import (
	"encoding/json"
	"fmt"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// outboxPage is how much of an outbox is read at once; Lemmy reads no more than
// fifty in any case.
const outboxPage = 20

// actions are what this package shares with those who write: the documents of
// posts and the heads of logs.
func (s *Serve) actions() *actions.Actions {
	return &actions.Actions{Site: s.Site, Now: s.Now, IDs: s.IDs, Keys: s.Keys}
}

// communityOutbox holds the Announce of every discussion, newest first, with the
// discussion as it is now (C12).
func (s *Serve) communityOutbox(q question) (reply, error) {
	c, err := s.readableCommunity(q)
	if err != nil {
		return reply{}, err
	}
	before, err := beforeOf(q)
	if err != nil {
		return reply{}, err
	}
	list, err := q.tx.Announced(q.ctx, q.viewer, c.ID, before, outboxPage+1)
	if err != nil {
		return reply{}, err
	}
	total, err := q.tx.CountDiscussions(q.ctx, q.viewer, c.ID)
	if err != nil {
		return reply{}, err
	}
	return s.outbox(q, ap.Listing{ID: c.URI + "/outbox", Total: total, AttributedTo: c.URI}, list)
}

// personOutbox holds the Create of everything public that a person wrote.
func (s *Serve) personOutbox(q question) (reply, error) {
	a, err := s.livePerson(q)
	if err != nil {
		return reply{}, err
	}
	before, err := beforeOf(q)
	if err != nil {
		return reply{}, err
	}
	list, err := q.tx.Authored(q.ctx, q.viewer, a, before, outboxPage+1)
	if err != nil {
		return reply{}, err
	}
	total, err := q.tx.CountAuthored(q.ctx, q.viewer, a.ID)
	if err != nil {
		return reply{}, err
	}
	return s.outbox(q, ap.Listing{ID: a.URI + "/outbox", Total: total}, list)
}

// beforeOf reads where a page of an outbox begins.
func beforeOf(q question) (actors.ID, error) {
	text := q.query.Get("before")
	if text == "" {
		return 0, nil
	}
	id, err := actors.ParseID(text)
	if err != nil {
		return 0, store.ErrNotFound
	}
	return id, nil
}

func (s *Serve) outbox(q question, l ap.Listing, list []store.Published) (reply, error) {
	id, size, shown := l.ID, 0, 0
	for ; shown < min(len(list), outboxPage); shown++ {
		raw, err := s.current(q, list[shown])
		if err != nil {
			return reply{}, err
		}
		if size += len(raw); size > maxListing && shown > 0 {
			break
		}
		l.Items = append(l.Items, raw)
	}
	if shown > 0 && shown < len(list) {
		l.Next = id + "?before=" + actors.URI(list[shown-1].Post.ID.String())
	}
	if before := q.query.Get("before"); before != "" || q.query.Has("page") {
		l.ID, l.PartOf = id+"?page=1", id
		if before != "" {
			l.ID = id + "?before=" + actors.URI(before)
		}
		return document(ap.WritePage(l))
	}
	l.First, l.Next = id+"?page=1", ""
	return document(ap.WriteCollection(l))
}

// current is the activity that published a post, with the post as it is now: a
// reader who comes later must not be left with what an edit took back.
func (s *Serve) current(q question, p store.Published) (json.RawMessage, error) {
	if p.Activity.Body != nil && p.Post.Updated.IsZero() {
		return p.Activity.Body, nil
	}
	object, err := s.object(q, p.Post)
	if err != nil {
		return nil, err
	}
	raw, err := withObject(p.Activity, object)
	if err != nil {
		return nil, fmt.Errorf("write activity %s again: %w", p.Activity.URI, err)
	}
	return raw, nil
}

// withObject writes a Create, or an Announce of one, again with another object.
func withObject(act actors.Activity, object json.RawMessage) (json.RawMessage, error) {
	a, err := ap.ParseActivity(act.Body)
	if err != nil {
		return nil, err
	}
	if a.Type != "Announce" {
		return ap.WriteCreate(envelopeOf(a), object)
	}
	inner, err := a.Object.AsActivity()
	if err != nil {
		return nil, err
	}
	create, err := ap.WriteCreate(envelopeOf(inner), object)
	if err != nil {
		return nil, err
	}
	embedded, err := ap.Embeddable(create)
	if err != nil {
		return nil, err
	}
	return ap.WriteAnnounce(envelopeOf(a), embedded, nil)
}

func envelopeOf(a ap.Activity) ap.Envelope {
	return ap.Envelope{
		ID: actors.URI(a.ID), Actor: actors.URI(a.Actor), To: uris(a.To), Cc: uris(a.Cc),
		Audience: actors.URI(a.Audience), Published: a.Published.Time,
	}
}

func uris(links ap.Links) []actors.URI {
	out := make([]actors.URI, len(links))
	for i, l := range links {
		out[i] = actors.URI(l)
	}
	return out
}

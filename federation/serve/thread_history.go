package serve

import (
	"encoding/json"
	"fmt"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// historyPage is how many activities a page of a conversation's history holds.
const historyPage = 50

// conversationHistory lists what a community here announced about a discussion,
// oldest first: the activities of its members, each with the words as they are
// now, so that nobody who comes later is left with what an edit took back
// (FEP-171b, protocol.md 6).
func (s *Serve) conversationHistory(q question) (reply, error) {
	root, err := s.localPost(q)
	if err != nil {
		return reply{}, err
	}
	group, err := q.tx.Community(q.ctx, root.Group)
	if err != nil {
		return reply{}, fmt.Errorf("community of post %s: %w", root.ID, err)
	}
	switch {
	case root.IsComment() || !group.Local:
		return reply{}, store.ErrNotFound
	case root.IsGone():
		return q.gone(root)
	}
	tag, err := s.threadTag(q, root.ID, "history")
	if err != nil || q.has(tag) {
		return reply{tag: tag, same: true}, err
	}
	after, err := afterOf(q)
	if err != nil {
		return reply{}, err
	}
	entries, err := q.tx.ThreadEntries(q.ctx, q.viewer, root.ID, after, historyPage+1)
	if err != nil {
		return reply{}, err
	}
	l := ap.Listing{ID: ap.ConversationAt(root.URI, true).History, AttributedTo: group.URI, Audience: group.URI}
	if l.Total, err = q.tx.CountThreadEntries(q.ctx, q.viewer, root.ID); err != nil {
		return reply{}, err
	}
	return s.historyListing(q, l, entries, tag)
}

// historyListing writes the collection, whole where that is short, or the page
// that is asked for: as much as fits into a document that peers read.
func (s *Serve) historyListing(q question, l ap.Listing, entries []store.Published, tag string) (reply, error) {
	id, size, next := l.ID, 0, actors.URI("")
	for i, e := range entries {
		raw, err := s.saidNow(q, e)
		if err != nil {
			return reply{}, err
		}
		if size += len(raw); i == historyPage || size > maxListing && i > 0 {
			next = id + "?after=" + actors.URI(entries[i-1].Activity.ID.String())
			break
		}
		l.Items = append(l.Items, raw)
	}
	switch {
	case q.query.Has("after"):
		l.ID, l.PartOf, l.Next = id+"?after="+actors.URI(q.query.Get("after")), id, next
		return tagged(tag)(ap.WritePage(l))
	case next != "":
		l.Items = nil // readers who find items here look for no pages
	}
	l.First = id + "?after=" + actors.URI(actors.ID(0).String())
	return tagged(tag)(ap.WriteCollection(l))
}

// afterOf reads where a page of a history begins.
func afterOf(q question) (actors.ID, error) {
	text := q.query.Get("after")
	if text == "" || text == actors.ID(0).String() {
		return 0, nil
	}
	id, err := actors.ParseID(text)
	if err != nil {
		return 0, store.ErrNotFound
	}
	return id, nil
}

// saidNow is the activity inside an Announce, with the post as it is now.
func (s *Serve) saidNow(q question, e store.Published) (json.RawMessage, error) {
	a, err := ap.ParseActivity(e.Activity.Body)
	if err != nil {
		return nil, fmt.Errorf("read activity %s: %w", e.Activity.ID, err)
	}
	inner, err := a.Object.AsActivity()
	if err != nil || e.Post.Updated.IsZero() || e.Post.IsGone() || inner.Type != "Create" && inner.Type != "Update" {
		return a.Object.Raw(), nil
	}
	if o, err := inner.Object.AsObject(); err == nil && o.Updated.Equal(e.Post.Updated) {
		return a.Object.Raw(), nil // it is how the words are now
	}
	object, err := s.object(q, e.Post)
	if err != nil {
		return nil, err
	}
	if inner.Type == "Update" {
		return ap.WriteUpdate(envelopeOf(inner), object)
	}
	return ap.WriteCreate(envelopeOf(inner), object)
}

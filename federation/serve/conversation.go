package serve

import (
	"fmt"
	"strconv"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// threadPage is how many ids a page of a conversation holds (protocol.md 6).
const threadPage = 50

// conversation lists the ids of a whole discussion, its start first, then by
// time (FEP-7888, C46).
func (s *Serve) conversation(q question) (reply, error) {
	root, err := s.localPost(q)
	if err != nil {
		return reply{}, err
	}
	if root.IsComment() {
		return reply{}, store.ErrNotFound
	}
	if root.IsGone() {
		return q.gone(root)
	}
	tag, err := s.threadTag(q, root.ID, "context")
	if err != nil || q.has(tag) {
		return reply{tag: tag, same: true}, err
	}
	thread, err := q.thread(root.ID)
	if err != nil {
		return reply{}, err
	}
	group, err := q.tx.Actor(q.ctx, root.Group)
	if err != nil {
		return reply{}, fmt.Errorf("community of post %s: %w", root.ID, err)
	}
	ids := addresses(thread, func(p content.Post) bool { return true })
	if len(ids) == 0 || ids[0] != root.URI {
		ids = append([]actors.URI{root.URI}, ids...) // sent, and not yet in the thread
	}
	id := root.URI + "/context"
	l := ap.Listing{ID: id, Total: len(ids), AttributedTo: group.URI, Audience: group.URI}
	l.History = ap.ConversationAt(root.URI, group.Local).History
	if !q.query.Has("page") {
		l.First = id + "?page=1"
		if len(ids) <= threadPage {
			l.Items = ap.Refs(ids...)
		}
		return tagged(tag)(ap.WriteCollection(l))
	}
	return threadListing(q, l, ids, tag)
}

// replies lists the ids of the direct answers to a post.
func (s *Serve) replies(q question) (reply, error) {
	p, err := s.localPost(q)
	if err != nil {
		return reply{}, err
	}
	if p.IsGone() {
		return q.gone(p)
	}
	tag, err := s.threadTag(q, p.Root, "replies")
	if err != nil || q.has(tag) {
		return reply{tag: tag, same: true}, err
	}
	thread, err := q.thread(p.Root)
	if err != nil {
		return reply{}, err
	}
	ids := addresses(thread, func(c content.Post) bool { return c.Parent == p.ID })
	id := p.URI + "/replies"
	if q.query.Has("page") {
		return threadListing(q, ap.Listing{ID: id, Total: len(ids)}, ids, tag)
	}
	first, next := ids, actors.URI("")
	if len(ids) > threadPage {
		first, next = ids[:threadPage], id+"?page=2"
	}
	return tagged(tag)(ap.WriteReplies(id, len(ids), first, next))
}

// addresses are the ids of the live posts that fit.
func addresses(thread []content.Post, fits func(content.Post) bool) []actors.URI {
	var ids []actors.URI
	for _, p := range thread {
		if !p.IsGone() && fits(p) {
			ids = append(ids, p.URI)
		}
	}
	return ids
}

// threadListing is one numbered page of ids.
func threadListing(q question, l ap.Listing, ids []actors.URI, tag string) (reply, error) {
	n, err := strconv.Atoi(q.query.Get("page"))
	last := max((len(ids)+threadPage-1)/threadPage, 1)
	if err != nil || n < 1 || n > last {
		return reply{}, store.ErrNotFound
	}
	page := func(n int) actors.URI { return l.PartOf + actors.URI("?page="+strconv.Itoa(n)) }
	l.PartOf = l.ID
	l.ID = page(n)
	if n < last {
		l.Next = page(n + 1)
	}
	if n > 1 {
		l.Prev = page(n - 1)
	}
	from := (n - 1) * threadPage
	l.Items = ap.Refs(ids[from:min(from+threadPage, len(ids))]...)
	return tagged(tag)(ap.WritePage(l))
}

// threadTag is the entity tag of what is served about a discussion, without
// reading it: it is another one after every change.
func (s *Serve) threadTag(q question, root actors.ID, what string) (string, error) {
	revision, err := q.tx.Revision(q.ctx, root)
	if err != nil {
		return "", err
	}
	return etag(fmt.Appendf(nil, "%s %s %d %s %s %s", what, root, revision, q.name, q.query.Encode(), s.Version)), nil
}

// has says whether the one who asks holds the answer with this tag.
func (q question) has(tag string) bool { return matches(q.holds, tag) }

// tagged is document for an answer whose tag is known.
func tagged(tag string) func(body []byte, err error) (reply, error) {
	return func(body []byte, err error) (reply, error) { return reply{body: body, tag: tag}, err }
}

package serve

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// localPost reads a post of this node that the viewer may read. One that was
// sent to a community elsewhere can be read before its Announce has come back:
// others may hear of it first, and fetch it to see that it is real.
func (s *Serve) localPost(q question) (content.Post, error) {
	id, err := actors.ParseID(q.name)
	if err != nil {
		return content.Post{}, store.ErrNotFound
	}
	p, err := q.tx.Post(q.ctx, q.viewer, id)
	if errors.Is(err, store.ErrNotFound) {
		p, err = awayPost(q, id)
	}
	if err == nil && !p.Local {
		return p, store.ErrNotFound
	}
	return p, err
}

// awayPost reads a post of ours in a community elsewhere, which may be on its way
// there, and may be for members whom only the community's home knows.
func awayPost(q question, id actors.ID) (content.Post, error) {
	p, err := q.tx.PostForRules(q.ctx, id)
	if err != nil {
		return content.Post{}, err
	}
	if !p.Local || p.Standing != content.Sent && p.Standing != content.Accepted {
		return content.Post{}, store.ErrNotFound
	}
	group, err := q.tx.Community(q.ctx, p.Group)
	if err != nil {
		return content.Post{}, err
	}
	m, err := q.tx.Membership(q.ctx, p.Group, q.viewer.Actor)
	switch {
	case err != nil:
		return content.Post{}, err
	case group.Local:
		return content.Post{}, store.ErrNotFound
	case q.viewer.MayRead(p.Audience, p.Author, m):
		return p, nil
	}
	return content.Post{}, q.unlessAtHome(group)
}

// thread reads a discussion as far as the viewer may read it.
func (q question) thread(root actors.ID) ([]content.Post, error) {
	if q.viewer.MemberOf == 0 {
		return q.tx.Thread(q.ctx, q.viewer, root)
	}
	m, err := q.tx.Membership(q.ctx, q.viewer.MemberOf, q.viewer.Actor)
	if err != nil {
		return nil, err
	}
	all, err := q.tx.ThreadForRules(q.ctx, root)
	return slices.DeleteFunc(all, func(p content.Post) bool {
		return p.Group != m.Group || p.Standing != content.Accepted || !q.viewer.MayRead(p.Audience, p.Author, m)
	}), err
}

func (s *Serve) post(q question) (reply, error) {
	p, err := s.localPost(q)
	if err != nil {
		return reply{}, err
	}
	if p.IsGone() {
		return gonePost(p)
	}
	return document(s.actions().Document(q.ctx, q.tx, p))
}

// gonePost is what is left of a withdrawn post (C52).
func gonePost(p content.Post) (reply, error) {
	former := "Note"
	if !p.IsComment() {
		former = "Page"
		if p.Type == "Article" {
			former = p.Type
		}
	}
	body, err := ap.WriteTombstone(p.URI, former, p.Deleted)
	return reply{http.StatusGone, body}, err
}

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
		return gonePost(root)
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
	if !q.query.Has("page") {
		l.First = id + "?page=1"
		if len(ids) <= threadPage {
			l.Items = ap.Refs(ids...)
		}
		return document(ap.WriteCollection(l))
	}
	return threadListing(q, l, ids)
}

// replies lists the ids of the direct answers to a post.
func (s *Serve) replies(q question) (reply, error) {
	p, err := s.localPost(q)
	if err != nil {
		return reply{}, err
	}
	if p.IsGone() {
		return gonePost(p)
	}
	thread, err := q.thread(p.Root)
	if err != nil {
		return reply{}, err
	}
	ids := addresses(thread, func(c content.Post) bool { return c.Parent == p.ID })
	id := p.URI + "/replies"
	if q.query.Has("page") {
		return threadListing(q, ap.Listing{ID: id, Total: len(ids)}, ids)
	}
	first, next := ids, actors.URI("")
	if len(ids) > threadPage {
		first, next = ids[:threadPage], id+"?page=2"
	}
	return document(ap.WriteReplies(id, len(ids), first, next))
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
func threadListing(q question, l ap.Listing, ids []actors.URI) (reply, error) {
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
	return document(ap.WritePage(l))
}

package serve

import (
	"errors"
	"net/http"
	"slices"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// localPost reads a post of this node that the viewer may read. One that was
// sent to a community elsewhere can be read before its Announce has come back:
// others may hear of it first, and fetch it to see that it is real.
func (s *Serve) localPost(q question) (content.Post, error) {
	id, err := s.postID(q)
	if err != nil {
		return content.Post{}, err
	}
	if q.paper {
		if err := q.mayLeave(id); err != nil {
			return content.Post{}, err
		}
	}
	p, err := q.tx.Post(q.ctx, q.viewer, id)
	if errors.Is(err, store.ErrNotFound) {
		p, err = awayPost(q, id)
	}
	if err == nil && (!p.Local || p.IsDocument() != q.paper) {
		return p, store.ErrNotFound
	}
	return p, err
}

// postID is the id of the post at the address that is asked for.
func (s *Serve) postID(q question) (actors.ID, error) {
	if !q.paper {
		id, err := actors.ParseID(q.name)
		if err != nil {
			return 0, store.ErrNotFound
		}
		return id, nil
	}
	name := content.DocumentName(q.name)
	if !name.Valid() {
		return 0, store.ErrNotFound
	}
	p, err := q.tx.PostByURI(q.ctx, s.Site.Document(name))
	return p.ID, err
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
	return content.Post{}, q.unlessAtHome(group, p.Audience)
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
		return q.gone(p)
	}
	return document(s.actions().Document(q.ctx, q.tx, p))
}

// gone is what is left of a withdrawn post (C52).
func (q question) gone(p content.Post) (reply, error) {
	if p.IsDocument() {
		return q.withdrawn(p)
	}
	former := "Note"
	if !p.IsComment() {
		former = "Page"
		if p.Type == "Article" {
			former = p.Type
		}
	}
	body, err := ap.WriteTombstone(p.URI, former, p.Deleted)
	return reply{status: http.StatusGone, body: body}, err
}

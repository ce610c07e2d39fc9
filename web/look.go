package web

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// look is what one viewer can see at one moment of the database, in the shape in
// which pages show it.
type look struct {
	ctx    context.Context
	tx     *store.Tx
	viewer actors.Viewer
	s      *Server
	homes  map[string]string // by host, the organisation whose site it is
}

// look reads for whoever asks.
func (s *Server) look(v *visit, f func(l *look) error) error {
	ctx := v.ctx()
	return s.DB.Read(ctx, func(tx *store.Tx) error {
		return f(&look{ctx: ctx, tx: tx, viewer: v.viewer(), s: s, homes: map[string]string{}})
	})
}

// maySee says whether a viewer may know of a community: everyone whom it lets
// read, its members and those who ask, and those who may find it in the
// directory (the listed rule of the store).
func maySee(v actors.Viewer, c actors.Community, m actors.Membership) bool {
	if v.MayRead(c.Audience, 0, m) {
		return true
	}
	if !v.SignedIn() {
		return false
	}
	if m.Actor == v.Actor && (m.Standing == actors.Joined || m.Standing == actors.Asked || m.Standing == actors.Invited) {
		return true
	}
	return c.Discoverable && (c.Audience != actors.AudienceOrganisation || v.Local)
}

// named reads the actor that a path names: ann, or ann@kent.example for one
// whose home is elsewhere.
func (l *look) named(kind actors.Kind, segment string) (a actors.Actor, err error) {
	name, host, elsewhere := strings.Cut(segment, "@")
	if elsewhere && host != l.s.Site.Host {
		a, err = l.tx.ActorOfKind(l.ctx, kind, name, host)
	} else {
		a, err = l.tx.LocalActor(l.ctx, name)
	}
	if err == nil && a.Kind != kind {
		err = store.ErrNotFound
	}
	return a, err
}

// communityNamed reads the community that a path names, if the viewer may know of it.
func (l *look) communityNamed(segment string) (templates.Community, error) {
	a, err := l.named(actors.Group, segment)
	if err != nil {
		return templates.Community{}, err
	}
	return l.communityByID(a.ID)
}

func (l *look) communityByID(id actors.ID) (templates.Community, error) {
	c, err := l.tx.Community(l.ctx, id)
	if err != nil {
		return templates.Community{}, err
	}
	t, err := l.community(c)
	if err == nil && !maySee(l.viewer, c, t.Membership) {
		err = store.ErrNotFound
	}
	return t, err
}

// community adds what a page says of a community.
func (l *look) community(c actors.Community) (t templates.Community, err error) {
	t = templates.Community{Community: c, Purpose: stored(c.Summary), Excerpt: content.Excerpt(c.Summary, 200)}
	if t.RunBy, err = l.home(c.Host); err != nil {
		return t, err
	}
	if l.viewer.SignedIn() {
		t.Membership, err = l.tx.Membership(l.ctx, c.ID, l.viewer.Actor)
		t.Membership = t.Membership.At(l.s.Now())
	}
	t.Closed = !l.viewer.MayRead(c.Audience, 0, t.Membership)
	return t, err
}

// stored is HTML that was cleaned before it was stored.
func stored(summary string) content.SafeHTML { return content.SafeHTML(summary) }

// home is the name of the organisation whose site a host is; empty when it is
// not known.
func (l *look) home(host string) (string, error) {
	if name, ok := l.homes[host]; ok {
		return name, nil
	}
	name, err := l.findHome(host)
	if err != nil {
		return "", fmt.Errorf("whose site is %s: %w", host, err)
	}
	l.homes[host] = name
	return name, nil
}

func (l *look) findHome(host string) (string, error) {
	if host == l.s.Site.Host {
		list, err := l.tx.LocalOrganisations(l.ctx)
		if err != nil || len(list) == 0 {
			return l.s.Site.Name, err
		}
		return list[0].Name, nil
	}
	at, err := l.tx.Instance(l.ctx, host)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return content.PlainName(at.Name, content.MaxName), err
}

// communities adds what a list says of each.
func (l *look) communities(list []actors.Community) ([]templates.Community, error) {
	out := make([]templates.Community, 0, len(list))
	for _, c := range list {
		t, err := l.community(c)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// readers says who will read what is posted into a community (users.md NEW-7).
func (l *look) readers(c templates.Community, a actors.Audience) (templates.Readers, error) {
	r := templates.Readers{Audience: a, Members: c.MemberCount}
	var err error
	if r.Organisations, r.Sites, err = l.spread(c); err != nil {
		return r, err
	}
	if !c.Local {
		r.Through = firstOf(c.RunBy, c.Host)
	}
	return r, nil
}

// spread is from how many organisations the members of a community come, as far
// as this node knows, and how many other sites have a copy of what is posted.
func (l *look) spread(c templates.Community) (organisations, sites int, err error) {
	sites, elsewhere, err := l.tx.Spread(l.ctx, c.ID)
	organisations = sites
	if c.MemberCount > elsewhere { // the others are here
		organisations++
	}
	if !c.Local && sites == 0 {
		sites = 1 // its home
	}
	return organisations, sites, err
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// entries adds what a list says of posts of one community.
func (l *look) entries(posts []content.Post, c templates.Community) ([]templates.Entry, error) {
	ids := make([]actors.ID, 0, len(posts))
	for _, p := range posts {
		ids = append(ids, p.Author)
	}
	authors, err := l.tx.ActorsByID(l.ctx, ids)
	out := make([]templates.Entry, 0, len(posts))
	for _, p := range posts {
		out = append(out, templates.Entry{Post: p, Author: authors[p.Author], Community: c})
	}
	return out, err
}

// mixed adds what a list says of posts of several communities.
func (l *look) mixed(posts []content.Post) ([]templates.Entry, error) {
	out, err := l.entries(posts, templates.Community{})
	if err != nil {
		return nil, err
	}
	met := map[actors.ID]templates.Community{}
	for i := range out {
		at, ok := met[out[i].Group]
		if !ok {
			c, err := l.tx.Community(l.ctx, out[i].Group)
			if err != nil {
				return nil, err
			}
			if at, err = l.community(c); err != nil {
				return nil, err
			}
			met[c.ID] = at
		}
		out[i].Community = at
	}
	return out, nil
}

// listPage is how many rows a list shows at once.
const listPage = 25

// paging places a page in a list of total rows. A page past the end is
// store.ErrNotFound, so that whoever walks on comes to an end (security.md S113).
func paging(v *visit, total, size int) (templates.Paging, error) {
	p := templates.Paging{Page: v.pageNumber(), Pages: max((total+size-1)/size, 1), Path: v.r.URL.Path}
	if p.Page > p.Pages {
		return p, store.ErrNotFound
	}
	return p, nil
}

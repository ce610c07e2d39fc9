package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// showCommunity shows a community and its discussions.
func (s *Server) showCommunity(v *visit) error {
	return s.renderCommunity(v, http.StatusOK, templates.CommunityPage{})
}

func (s *Server) renderCommunity(v *visit, status int, p templates.CommunityPage) error {
	if !v.SignedIn() { // the page has a form for strangers
		if err := s.keepForm(v); err != nil {
			return err
		}
	}
	problems := p.Problems
	p.Base = s.base(v)
	p.Problems = problems
	err := s.look(v, func(l *look) (err error) {
		if p.Community, err = l.communityNamed(v.param("name")); err != nil {
			return err
		}
		if err = l.discussions(v, &p); err != nil {
			return err
		}
		return l.around(&p)
	})
	if err != nil {
		return err
	}
	if !v.SignedIn() {
		allowOtherSites(v)
	}
	unlessIndexable(v, p.Community.Actor, p.Paging.Page)
	return s.render(v, status, p)
}

// unlessIndexable keeps a page out of search engines unless it is the first one
// of somebody of this node who wants it there. What came from elsewhere is found
// at its home (security.md S113).
func unlessIndexable(v *visit, of actors.Actor, page int) {
	if !of.Local || !of.Indexable || page > 1 {
		v.w.Header().Set("X-Robots-Tag", "noindex")
	}
}

// discussions reads the page of discussions that the request asks for.
func (l *look) discussions(v *visit, p *templates.CommunityPage) error {
	c := &p.Community
	total, err := l.tx.CountDiscussions(l.ctx, l.viewer, c.ID)
	if err != nil {
		return err
	}
	c.DiscussionCnt = total
	if p.Paging, err = paging(v, total, listPage); err != nil {
		return err
	}
	p.Paging.Path = templates.ActorPath(c.Actor)
	list, err := l.tx.Discussions(l.ctx, l.viewer, c.ID, store.Page{Number: p.Paging.Page, Size: listPage})
	if err != nil {
		return err
	}
	p.Discussions, err = l.entries(firstPinned(list), *c)
	return err
}

// firstPinned marks no more discussions as pinned than a community of ours has:
// other software lets facilitators pin any number.
func firstPinned(list []content.Post) []content.Post {
	n := 0
	for i := range list {
		if list[i].Pinned {
			n++
			list[i].Pinned = n <= actions.MostPinned
		}
	}
	return list
}

// around reads what stands beside the discussions.
func (l *look) around(p *templates.CommunityPage) (err error) {
	c := &p.Community
	if p.Facilitators, err = l.tx.Moderators(l.ctx, c.ID); err != nil {
		return err
	}
	if c.Organisations, _, err = l.spread(*c); err != nil {
		return err
	}
	m := c.Membership
	p.MayPost = l.mayPost(*c)
	p.MayJoin = l.viewer.SignedIn() && !c.IsGone() && !c.HasMoved() && m.Standing != actors.Joined && m.Standing != actors.Asked && m.Standing != actors.Banned
	p.MayRun = c.Local && m.May(actors.Moderator)
	if p.MovedTo, err = l.movedTo(c.Actor); err != nil {
		return err
	}
	if p.CompleteTo, err = l.completeTo(c.Community); err != nil || !p.MayRun {
		return err
	}
	p.Asking, err = l.tx.CountMembers(l.ctx, c.ID, actors.Asked)
	return err
}

// movedTo says where an actor has moved; nil for one that has not. What the viewer
// may not know of is an address.
func (l *look) movedTo(a actors.Actor) (*templates.Moved, error) {
	if !a.HasMoved() {
		return nil, nil
	}
	m := templates.Moved{Address: string(a.MovedTo)}
	at, err := l.tx.ActorByURI(l.ctx, a.MovedTo)
	if err == nil && at.Kind == actors.Group {
		_, err = l.communityByID(at.ID)
	}
	if errors.Is(err, store.ErrNotFound) {
		return &m, nil
	}
	m.Known, m.Actor = true, at
	return &m, err
}

// mayPost says whether the viewer may write in a community.
func (l *look) mayPost(c templates.Community) bool {
	switch {
	case !l.viewer.SignedIn() || c.IsGone() || c.HasMoved() || c.Membership.Standing == actors.Banned:
		return false
	case c.Local:
		return c.MayPost(c.Membership)
	}
	return c.Membership.Standing == actors.Joined
}

// completeTo is the time of the last entry up to which this node holds all of a
// community's log; zero when that is not proved.
func (l *look) completeTo(c actors.Community) (time.Time, error) {
	chain, ok := actors.ChainOf(c.Audience)
	if c.Local || !ok || c.History != actors.HistoryComplete || c.CompleteTo == 0 || c.CompleteTo < c.HeadSeq {
		return time.Time{}, nil
	}
	e, err := l.tx.Entry(l.ctx, c.ID, chain, c.CompleteTo)
	if errors.Is(err, store.ErrNotFound) {
		return time.Time{}, nil
	}
	return e.At, err
}

// joinFrom sends a visitor from another organisation to their own site, which
// asks them there whether they want to join (users.md MEM-3).
func (s *Server) joinFrom(v *visit) error {
	typed := v.value("site")
	host, ok := s.siteOf(typed)
	if !ok || host == s.Site.Host {
		p := templates.CommunityPage{OwnSite: typed}
		p.Problems = content.Problems{"site": "Enter the address of your organisation’s site, like communities.kent.example"}
		if host == s.Site.Host {
			p.Problems = content.Problems{"site": "This is the site you are on: sign in to join"}
		}
		return s.renderCommunity(v, http.StatusUnprocessableEntity, p)
	}
	var c templates.Community
	err := s.look(v, func(l *look) (err error) {
		c, err = l.communityNamed(v.param("name"))
		return err
	})
	if err != nil {
		return err
	}
	allowOtherSites(v)
	scheme, _, _ := strings.Cut(s.Site.Base, "://")
	return s.seeOther(v, scheme+"://"+host+"/communities/find?address="+url.QueryEscape(string(c.URI)))
}

// allowOtherSites lets the form of a page lead to the site that the visitor
// names: browsers hold a redirect after a form to the same rule as the form.
func allowOtherSites(v *visit) {
	v.w.Header().Set("Content-Security-Policy", strings.Replace(pagePolicy, "form-action 'self'", "form-action 'self' https: http:", 1))
}

// siteOf reads what a person typed as the address of a site.
func (s *Server) siteOf(typed string) (string, bool) {
	typed = strings.ToLower(strings.TrimSpace(typed))
	typed = strings.TrimPrefix(strings.TrimPrefix(typed, "https://"), "http://")
	typed, _, _ = strings.Cut(typed, "/")
	host, err := s.Site.ParseHost(typed)
	return host, err == nil
}

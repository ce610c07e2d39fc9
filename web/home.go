package web

import (
	"errors"
	"net/http"

	"moothall/actors"
	"moothall/store"
	"moothall/templates"
)

// showHome greets: strangers with what this is, members with their communities.
func (s *Server) showHome(v *visit) error {
	p := templates.HomePage{Base: s.base(v), MayStart: v.viewer().SignedIn()}
	err := s.look(v, func(l *look) (err error) {
		if !l.viewer.SignedIn() {
			p.Communities, _, err = l.directory(store.CommunityFilter{}, store.Page{Number: 1, Size: 10})
			return err
		}
		if p.Communities, err = l.mine(); err != nil {
			return err
		}
		latest, err := l.tx.Latest(l.ctx, l.viewer, store.Page{Number: 1, Size: listPage})
		if err != nil {
			return err
		}
		p.Latest, err = l.mixed(latest)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

// directory lists communities that the viewer may see, and says how many there are.
func (l *look) directory(f store.CommunityFilter, p store.Page) ([]templates.Community, int, error) {
	total, err := l.tx.CountCommunities(l.ctx, l.viewer, f)
	if err != nil {
		return nil, 0, err
	}
	list, err := l.tx.Communities(l.ctx, l.viewer, f, p)
	if err != nil {
		return nil, 0, err
	}
	out, err := l.communities(list)
	return out, total, err
}

// mine lists the communities that the viewer has joined, and those that have not
// answered yet.
func (l *look) mine() ([]templates.Community, error) {
	mine, _, err := l.directory(store.CommunityFilter{Mine: true}, store.Page{Number: 1, Size: 100})
	if err != nil {
		return nil, err
	}
	all, err := l.tx.MembershipsOf(l.ctx, l.viewer.Actor)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.Standing != actors.Asked {
			continue
		}
		c, err := l.communityByID(m.Group)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		mine = append(mine, c)
	}
	return mine, nil
}

// maxSearch is how long the words of a search may be, in characters (security.md S112).
const maxSearch = 200

// showCommunities is the directory.
func (s *Server) showCommunities(v *visit) error {
	return s.renderCommunities(v, http.StatusOK, templates.CommunitiesPage{Base: s.base(v)})
}

func (s *Server) renderCommunities(v *visit, status int, p templates.CommunitiesPage) error {
	p.MayStart = v.viewer().SignedIn()
	if words := []rune(v.r.URL.Query().Get("q")); len(words) <= maxSearch {
		p.Search = string(words)
	} else {
		p.Search = string(words[:maxSearch])
	}
	err := s.look(v, func(l *look) (err error) {
		page := store.Page{Number: v.pageNumber(), Size: listPage}
		if p.Communities, p.Total, err = l.directory(store.CommunityFilter{Words: p.Search}, page); err != nil {
			return err
		}
		p.Paging, err = paging(v, p.Total, listPage)
		p.Paging.Path = "/communities"
		return err
	})
	if err != nil {
		return err
	}
	if p.Search != "" {
		p.Paging.Query = map[string][]string{"q": {p.Search}}
	}
	return s.render(v, status, p)
}

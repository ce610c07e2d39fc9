package web

import (
	"net/http"
	"net/url"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// mostMine bounds how many documents that somebody looks after are listed.
const mostMine = 100

// showLibrary lists the documents of a community.
func (s *Server) showLibrary(v *visit) error {
	q := v.r.URL.Query()
	p := templates.LibraryPage{Type: q.Get("type"), Stage: q.Get("stage"), Due: q.Get("due") == "yes"}
	if !content.DocumentType(p.Type).Valid() {
		p.Type = ""
	}
	if !content.Stage(p.Stage).Valid() {
		p.Stage = ""
	}
	err := s.look(v, func(l *look) (err error) {
		if p.Community, err = l.communityNamed(v.param("name")); err != nil {
			return err
		}
		return l.library(v, &p)
	})
	if err != nil {
		return err
	}
	p.Base = s.base(v)
	unlessIndexable(v, p.Community.Actor, p.Paging.Page)
	return s.render(v, http.StatusOK, p)
}

func (l *look) library(v *visit, p *templates.LibraryPage) error {
	f := store.LibraryFilter{Group: p.Community.ID, Type: content.DocumentType(p.Type), Stage: content.Stage(p.Stage)}
	if p.Due {
		f.Due = l.s.Now()
	}
	total, err := l.tx.CountLibrary(l.ctx, l.viewer, f)
	if err != nil {
		return err
	}
	if p.Paging, err = paging(v, total, listPage); err != nil {
		return err
	}
	p.Paging.Path, p.Paging.Query = p.At(), url.Values{}
	for name, value := range map[string]string{"type": p.Type, "stage": p.Stage} {
		if value != "" {
			p.Paging.Query.Set(name, value)
		}
	}
	if p.Due {
		p.Paging.Query.Set("due", "yes")
	}
	list, err := l.tx.Library(l.ctx, l.viewer, f, store.Page{Number: p.Paging.Page, Size: listPage})
	if err != nil {
		return err
	}
	if p.Documents, err = l.shelved(list, false); err != nil || !p.Community.Membership.May(actors.Moderator) {
		return err
	}
	p.Condition, err = l.condition(p.Community.ID)
	return err
}

// condition counts what facilitators look after, with one query for each number.
func (l *look) condition(group actors.ID) (*templates.Condition, error) {
	var c templates.Condition
	for _, x := range []struct {
		into   *int
		filter store.LibraryFilter
	}{
		{&c.Documents, store.LibraryFilter{}}, {&c.Drafts, store.LibraryFilter{Stage: content.InDraft}},
		{&c.Due, store.LibraryFilter{Due: l.s.Now()}}, {&c.Unowned, store.LibraryFilter{Unowned: true}},
	} {
		x.filter.Group = group
		n, err := l.tx.CountLibrary(l.ctx, l.viewer, x.filter)
		if err != nil {
			return nil, err
		}
		*x.into = n
	}
	return &c, nil
}

// shelved adds what a list says of documents.
func (l *look) shelved(list []store.Paper, mixed bool) ([]templates.Shelved, error) {
	out := make([]templates.Shelved, 0, len(list))
	for _, d := range list {
		at := d.Published
		if d.Updated.After(at) {
			at = d.Updated
		}
		x := templates.Shelved{
			Path: templates.DocumentPath(d.Post), Title: firstOf(d.Title, "Document"), Lang: d.Language, Kind: d.Doc.Type.Words(), Stage: d.Doc.Stage.Words(),
			Issuer: d.Doc.Issuer, Date: templates.Date(at), Version: d.Doc.Number, Due: d.Doc.DueForReview(l.s.Now()),
		}
		if mixed {
			c, err := l.communityOf(d.Post)
			if err != nil {
				return nil, err
			}
			x.In = c.DisplayName()
		}
		out = append(out, x)
	}
	return out, nil
}

// showMyLibrary lists what the viewer saved, looks after, and has not shared yet.
func (s *Server) showMyLibrary(v *visit) error {
	p := templates.MyLibraryPage{Paging: templates.Paging{Page: v.pageNumber(), Pages: v.pageNumber(), Path: "/library"}}
	err := s.look(v, func(l *look) error {
		saved, err := l.tx.Saved(l.ctx, l.viewer, store.Page{Number: p.Paging.Page, Size: listPage})
		if err != nil {
			return err
		}
		if len(saved) == listPage {
			p.Paging.Pages++ // there may be more
		}
		if p.Saved, err = l.shelved(saved, true); err != nil {
			return err
		}
		mine, err := l.tx.Library(l.ctx, l.viewer, store.LibraryFilter{Owner: v.actor.ID}, store.Page{Size: mostMine})
		if err != nil {
			return err
		}
		if p.Mine, err = l.shelved(mine, true); err != nil {
			return err
		}
		uploads, err := l.tx.UploadsBy(l.ctx, v.actor.ID, store.Page{Size: mostMine})
		p.Uploads = len(uploads)
		return err
	})
	if err != nil {
		return err
	}
	p.Base = s.base(v)
	return s.render(v, http.StatusOK, p)
}

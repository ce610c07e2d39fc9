package web

import (
	"errors"
	"net/http"

	"moothall/actions"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// showEdit is the form that changes a post of one's own.
func (s *Server) showEdit(v *visit) error {
	t, p, err := s.threadOf(v)
	if err != nil {
		return err
	}
	d := content.Draft{Kind: p.Kind, Title: p.Title, Source: p.Source, Link: p.Link, Language: p.Language}
	if d.Source == "" { // a program wrote it in HTML
		d.Source = content.PlainText(string(p.HTML))
	}
	return s.renderEdit(v, http.StatusOK, t, p, d, nil)
}

func (s *Server) renderEdit(v *visit, status int, t thread, p content.Post, d content.Draft, problems content.Problems) error {
	if p.Author != v.actor.ID || !p.Local {
		return &actions.Refusal{Code: "not_owner", Words: "Only its author can change this."}
	}
	base := s.base(v)
	base.Problems = problems
	entry := templates.Entry{Post: p, Author: v.actor, Community: t.community}
	if p.IsComment() {
		return s.renderReply(v, status, t, templates.ReplyPage{Base: base, Draft: d, Editing: &entry}, p)
	}
	page := templates.ComposePage{Base: base, Community: t.community, Draft: d, Editing: &entry}
	err := s.look(v, func(l *look) (err error) {
		page.Readers, err = l.readers(t.community, p.Audience)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, status, page)
}

// postEdit changes a post.
func (s *Server) postEdit(v *visit) error {
	t, p, err := s.threadOf(v)
	if err != nil {
		return err
	}
	d := v.draft()
	d.Kind = p.Kind
	if p.IsComment() {
		d.Title, d.Link = "", ""
	}
	if d.Check() == nil && p.Author == v.actor.ID {
		s.meetMentioned(v.ctx(), v.actor, d.Source)
	}
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		if _, err := s.Actions.Edit(v.ctx(), tx, v.actor, p, d); err != nil {
			return err
		}
		return s.noteReaders(v, tx, t.community, p)
	})
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.renderEdit(v, http.StatusUnprocessableEntity, t, p, d, problems)
	}
	if err != nil {
		return err
	}
	if err := s.tell(v, templates.Flash{Success: true, Text: "Your changes are saved"}); err != nil {
		return err
	}
	return s.seeOther(v, templates.PostPath(p.ID))
}

// showDelete asks whether a post is really to go.
func (s *Server) showDelete(v *visit) error {
	return s.renderDelete(v, http.StatusOK, nil)
}

func (s *Server) renderDelete(v *visit, status int, problems content.Problems) error {
	t, p, err := s.threadOf(v)
	if err != nil {
		return err
	}
	page := templates.DeletePage{Base: s.base(v), Community: t.community, Reason: v.value("reason"), Report: cameFrom(v)}
	page.Problems = problems
	err = s.look(v, func(l *look) error {
		may := l.may(p, t)
		if !may.Delete && !may.Hide {
			return &actions.Refusal{Code: "not_owner", Words: "Only its author or a facilitator can take this away."}
		}
		page.Hiding = may.Hide
		entries, err := l.entries([]content.Post{p}, t.community)
		if err != nil {
			return err
		}
		page.Entry = entries[0]
		_, page.Sites, err = l.spread(t.community)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, status, page)
}

// postDelete withdraws a post of one's own, or hides somebody else's.
func (s *Server) postDelete(v *visit) error {
	t, p, err := s.threadOf(v)
	if err != nil {
		return err
	}
	reason := v.value("reason")
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		_, err := s.Actions.Delete(v.ctx(), tx, v.actor, p, reason)
		return err
	})
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.renderDelete(v, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	next := templates.ActorPath(t.community.Actor)
	if p.IsComment() {
		next = templates.PostPath(p.Root)
	}
	if p.Author != v.actor.ID {
		return s.tookEffect(v, t.community, "The "+kindOf(p)+" is hidden", afterwards(v, next))
	}
	if err := s.tell(v, templates.Flash{Success: true, Text: "Your " + kindOf(p) + " has been withdrawn"}); err != nil {
		return err
	}
	return s.seeOther(v, next)
}

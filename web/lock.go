package web

import (
	"context"
	"errors"
	"net/http"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// showLock asks a facilitator why a post is to take no more replies, or to take
// them again.
func (s *Server) showLock(v *visit) error { return s.renderLock(v, http.StatusOK, nil) }

func (s *Server) renderLock(v *visit, status int, problems content.Problems) error {
	t, p, err := s.threadOf(v)
	if err != nil {
		return err
	}
	page := templates.LockPage{Base: s.base(v), Community: t.community, Reason: v.value("reason")}
	page.Problems = problems
	err = s.look(v, func(l *look) error {
		if !l.may(p, t).Lock {
			return &actions.Refusal{Code: "not_moderator", Words: "Only facilitators can close a discussion to replies."}
		}
		entries, err := l.entries([]content.Post{p}, t.community)
		if err != nil {
			return err
		}
		page.Entry = entries[0]
		return nil
	})
	if err != nil {
		return err
	}
	return s.render(v, status, page)
}

// lockPost closes a post to replies, or opens it again.
func (s *Server) lockPost(v *visit) error {
	t, p, err := s.threadOf(v)
	if err != nil {
		return err
	}
	on := v.value("lock") != "no"
	err = s.facilitate(v, func(ctx context.Context, tx *store.Tx) (actors.Activity, error) {
		return s.Actions.Lock(ctx, tx, v.actor, p, v.value("reason"), on)
	})
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.renderLock(v, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	news := "This " + kindOf(p) + " is closed to replies"
	if !on {
		news = "This " + kindOf(p) + " is open to replies"
	}
	return s.tookEffect(v, t.community, news, t.commentPath(p.ID))
}

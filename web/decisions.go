package web

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// showDecisions lists what facilitators did in a community, for its members.
func (s *Server) showDecisions(v *visit) error {
	p := templates.DecisionsPage{}
	err := s.look(v, func(l *look) (err error) {
		if p.Community, err = l.communityNamed(v.param("name")); err != nil {
			return err
		}
		if p.Community.Membership.Standing != actors.Joined {
			return &actions.Refusal{Code: "not_a_member", Words: "Only members can see what facilitators did."}
		}
		total, err := l.tx.CountAuditsOf(l.ctx, p.Community.ID)
		if err != nil {
			return err
		}
		if p.Paging, err = paging(v, total, listPage); err != nil {
			return err
		}
		list, err := l.tx.AuditsOf(l.ctx, p.Community.ID, store.Page{Number: p.Paging.Page, Size: listPage})
		if err != nil {
			return err
		}
		p.Decisions, err = l.decisions(p.Community, list)
		return err
	})
	if err != nil {
		return err
	}
	p.Base = s.base(v)
	return s.render(v, http.StatusOK, p)
}

func (l *look) decisions(c templates.Community, list []store.Audit) ([]templates.Decision, error) {
	ids := make([]actors.ID, 0, len(list))
	for _, a := range list {
		ids = append(ids, a.By)
	}
	who, err := l.tx.ActorsByID(l.ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]templates.Decision, 0, len(list))
	offered := map[string]bool{}
	for _, a := range list {
		d := templates.Decision{By: who[a.By], Did: a.Action, Reason: a.Detail, At: a.At}
		if a.Action == actions.DidHandOver {
			d.Reason = "" // in its place is whom it came to, who is for the community to know
			d.Whom = a.Detail
		}
		if strings.HasPrefix(a.Target, "@") {
			err = l.decidedPerson(c, a, &d)
		} else if a.Target != "" {
			err = l.decidedPost(c, a, &d)
		}
		if err != nil {
			return nil, err
		}
		if offered[d.Restore] {
			d.Restore = "" // once is enough, at the newest
		}
		offered[d.Restore] = true
		out = append(out, d)
	}
	return out, nil
}

// decidedPerson names whom a decision is about. Who was removed is for the
// facilitators to know.
func (l *look) decidedPerson(c templates.Community, a store.Audit, d *templates.Decision) error {
	runs := c.Membership.May(actors.Moderator)
	if !runs && (a.Action == actions.DidExpel || a.Action == actions.DidLetBack) {
		return nil
	}
	d.Whom = a.Target
	name, host, _ := strings.Cut(strings.TrimPrefix(a.Target, "@"), "@")
	who, err := l.tx.ActorByHandle(l.ctx, name, host)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	d.Whom, d.Link = who.DisplayName(), templates.ActorPath(who)
	if runs {
		d.Link = templates.MemberPath(c, templates.Member{Actor: who})
	}
	return nil
}

// decidedPost names the post that a decision is about, as far as the viewer may
// read it. What is hidden the facilitators see too, so that they can bring it back.
func (l *look) decidedPost(c templates.Community, a store.Audit, d *templates.Decision) error {
	p, err := l.tx.PostByURI(l.ctx, actors.URI(a.Target))
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Group != c.ID {
		return nil
	}
	if err != nil {
		return err
	}
	d.What = kindOf(p)
	_, err = l.tx.Post(l.ctx, l.viewer, p.ID)
	switch {
	case err == nil && !p.IsGone():
		d.Link, d.Title = templates.DocumentPath(p), excerptOf(p)
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	}
	if c.Membership.May(actors.Moderator) && p.Standing == content.Hidden && !p.IsGone() {
		d.Title = excerptOf(p)
		if a.Action == actions.DidHide {
			d.Restore = templates.PostPath(p.ID) + "/restore"
		}
	}
	return nil
}

func excerptOf(p content.Post) string {
	if p.Title != "" {
		return p.Title
	}
	return content.Excerpt(string(p.HTML), 80)
}

// restorePost brings back what facilitators hid.
func (s *Server) restorePost(v *visit) error {
	id, err := actors.ParseID(v.param("id"))
	if err != nil {
		return store.ErrNotFound
	}
	var c templates.Community
	var p content.Post
	err = s.look(v, func(l *look) (err error) {
		if p, err = l.tx.PostForRules(l.ctx, id); err != nil {
			return err
		}
		if c, err = l.communityOf(p); err == nil && !c.Membership.May(actors.Moderator) {
			err = store.ErrNotFound // others do not learn that it is there
		}
		return err
	})
	if err != nil {
		return err
	}
	err = s.facilitate(v, func(ctx context.Context, tx *store.Tx) (actors.Activity, error) {
		return s.Actions.Restore(ctx, tx, v.actor, p)
	})
	if err != nil {
		return err
	}
	return s.tookEffect(v, c, "The "+kindOf(p)+" can be read again", templates.ActorPath(c.Actor)+"/decisions")
}

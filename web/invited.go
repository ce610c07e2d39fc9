package web

import (
	"errors"
	"net/http"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// bidden reads what the link of the visit leads to, for whoever holds it.
func (s *Server) bidden(v *visit) (p templates.InvitedPage, err error) {
	p.Token = v.param("secret")
	err = s.look(v, func(l *look) error {
		x, err := s.Actions.OfBid(l.ctx, l.tx, p.Token)
		if err != nil {
			return err
		}
		if p.Community, err = l.community(x.Group); err != nil {
			return err
		}
		p.Accounts, p.Elsewhere, p.Mailed = x.Accounts, x.Group.Audience.Federates(), x.Email != ""
		p.Theirs = !p.Mailed || v.SignedIn() && store.FoldEmail(v.account.Email) == x.Email
		if x.By == 0 {
			return nil
		}
		by, err := l.tx.Actor(l.ctx, x.By)
		p.By = by.DisplayName()
		return err
	})
	if errors.Is(err, actions.ErrSpent) {
		return p, spent
	}
	return p, err
}

// showInvited says into which community a link leads, and what whoever has it can do.
func (s *Server) showInvited(v *visit) error {
	p, err := s.bidden(v)
	if err != nil {
		return err
	}
	return s.renderInvited(v, http.StatusOK, p, nil)
}

func (s *Server) renderInvited(v *visit, status int, p templates.InvitedPage, problems content.Problems) error {
	if err := s.keepForm(v); err != nil {
		return err
	}
	p.Base = s.base(v)
	p.Problems = problems
	return s.render(v, status, p)
}

// takeUp lets the one who is signed in join, or asks the site of somebody who is at
// home elsewhere.
func (s *Server) takeUp(v *visit) error {
	p, err := s.bidden(v)
	if err != nil {
		return err
	}
	if !v.SignedIn() {
		return s.takeUpElsewhere(v, p)
	}
	var m actors.Membership
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		c, err := s.Actions.TakeUp(v.ctx(), tx, v.actor, p.Token)
		if err != nil {
			return err
		}
		m, err = tx.Membership(v.ctx(), c.ID, v.actor.ID)
		return err
	})
	switch {
	case errors.Is(err, actions.ErrSpent):
		return spent
	case errors.Is(err, actions.ErrNotTheirs):
		return s.renderInvited(v, http.StatusForbidden, p, nil)
	case err != nil:
		return err
	}
	if err := s.tell(v, joinedNews(p.Community.Community, m)); err != nil {
		return err
	}
	return s.seeOther(v, templates.ActorPath(p.Community.Actor))
}

func (s *Server) takeUpElsewhere(v *visit, p templates.InvitedPage) error {
	p.Address = v.value("address")
	who, err := s.guestElsewhere(v, p)
	if err == nil {
		err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
			_, err := s.Actions.TakeUpElsewhere(v.ctx(), tx, who, p.Token)
			return err
		})
	}
	problems, ok := errors.AsType[content.Problems](err)
	switch {
	case ok:
		return s.renderInvited(v, http.StatusUnprocessableEntity, p, problems)
	case errors.Is(err, actions.ErrSpent):
		return spent
	case err != nil:
		return err
	}
	p.Base, p.Sent = s.base(v), &who
	return s.render(v, http.StatusOK, p)
}

func (s *Server) guestElsewhere(v *visit, p templates.InvitedPage) (who actors.Actor, err error) {
	a, ok := s.parseAddress(p.Address)
	switch {
	case !ok:
		return who, content.Problems{"address": "Enter your address, like @ann@kent.example"}
	case a.host == s.Site.Host:
		return who, content.Problems{"address": "This is an address of the site you are on: sign in to join"}
	case !s.mayCome(p.Community.Community, a.host):
		return who, content.Problems{"address": "This site does not share with " + a.host}
	}
	return s.findPerson(v, p.Address)
}

// sayNo turns an invitation down.
func (s *Server) sayNo(v *visit) error {
	c, err := s.community(v)
	if err != nil {
		return err
	}
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error { return s.Actions.SayNo(v.ctx(), tx, v.actor, c.Community) })
	if err != nil {
		return err
	}
	return s.done(v, "/notifications", "You have turned the invitation down", "")
}

package web

import (
	"errors"
	"net/http"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// passwordLinkLasts is how long a link to set a password works, as the page says.
const passwordLinkLasts = 3 * 24 * time.Hour

func (s *Server) listAccounts(v *visit) error {
	p := templates.AdminPeoplePage{Base: s.base(v)}
	err := s.DB.Read(v.ctx(), func(tx *store.Tx) (err error) {
		if p.Total, err = tx.CountAccounts(v.ctx()); err != nil {
			return err
		}
		if p.Paging, err = paging(v, p.Total, listPage); err != nil {
			return err
		}
		people, err := tx.People(v.ctx(), store.Page{Number: v.pageNumber(), Size: listPage})
		for _, x := range people {
			p.People = append(p.People, templates.AdminPerson{Actor: x.Profile, Account: x.Account, Seen: x.SignedIn})
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

// accountNamed reads the account that the path names.
func (s *Server) accountNamed(v *visit) (p templates.AdminPersonPage, err error) {
	p.Base = s.base(v)
	err = s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		if p.Person.Actor, err = tx.LocalActor(v.ctx(), v.param("name")); err != nil {
			return err
		}
		if p.Person.Account, err = tx.Account(v.ctx(), p.Person.ID); err != nil {
			return err
		}
		p.Person.Seen = p.Person.Account.SignedIn
		admins, err := tx.CountAdmins(v.ctx())
		p.LastAdmin = admins == 1 && p.Person.Account.Role == actors.AccountAdmin && p.Person.Account.Disabled.IsZero()
		return err
	})
	return p, err
}

func (s *Server) showAccount(v *visit) error {
	p, err := s.accountNamed(v)
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

func (s *Server) changeAccount(v *visit) error {
	p, err := s.accountNamed(v)
	if err != nil {
		return err
	}
	if v.value("do") == "password" {
		return s.linkForPassword(v, p)
	}
	said := ""
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) (err error) {
		switch who := p.Person.Actor; v.value("do") {
		case "role":
			said = "The role is changed"
			return s.Actions.SetRole(v.ctx(), tx, v.actor.ID, who, actors.AccountRole(v.value("role")))
		case "disable":
			said = "The account is stopped"
			return s.Actions.Disable(v.ctx(), tx, v.actor.ID, who, true)
		case "enable":
			said = "The person can sign in again"
			return s.Actions.Disable(v.ctx(), tx, v.actor.ID, who, false)
		}
		return store.ErrNotFound
	})
	var problems content.Problems
	switch {
	case errors.As(err, &problems):
		p.Problems = problems
		return s.render(v, http.StatusUnprocessableEntity, p)
	case errors.Is(err, actions.ErrLastAdmin):
		return failure{status: http.StatusConflict, because: "This is the only administrator. Make somebody else an administrator first."}
	case err != nil:
		return err
	}
	return s.done(v, "/admin/people/"+p.Person.Name, said, "")
}

// linkForPassword shows the link this once: only its hash is kept.
func (s *Server) linkForPassword(v *visit, p templates.AdminPersonPage) error {
	err := s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		secret, err := s.Actions.InviteBy(v.ctx(), tx, v.actor.ID, actors.Invitation{
			Email: p.Person.Account.Email, Role: p.Person.Account.Role, Actor: p.Person.ID, Expires: s.Now().Add(passwordLinkLasts),
		})
		p.Link = s.Site.Join(secret)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

func (s *Server) listInvitations(v *visit) error {
	return s.renderInvitations(v, http.StatusOK, templates.AdminInvitationsPage{Base: s.base(v), Role: actors.AccountMember})
}

func (s *Server) renderInvitations(v *visit, status int, p templates.AdminInvitationsPage) error {
	err := s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		list, err := tx.UnusedInvitations(v.ctx(), store.Page{Size: 100})
		if err != nil {
			return err
		}
		ids := make([]actors.ID, len(list))
		for i, x := range list {
			ids[i] = x.By
		}
		by, err := tx.ActorsByID(v.ctx(), ids)
		for _, x := range list {
			one := templates.AdminInvitation{Invitation: x}
			if a, ok := by[x.By]; ok {
				one.ByName = a.DisplayName()
			}
			p.Invitations = append(p.Invitations, one)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, status, p)
}

// invite makes an invitation and shows its link this once, or takes one back.
func (s *Server) invite(v *visit) error {
	if v.checked("revoke") {
		return s.uninvite(v)
	}
	p := templates.AdminInvitationsPage{Base: s.base(v), Email: v.value("email"), Role: actors.AccountRole(v.value("role"))}
	err := s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		secret, err := s.Actions.InviteBy(v.ctx(), tx, v.actor.ID, actors.Invitation{Email: p.Email, Role: p.Role})
		p.Link, p.LinkFor = s.Site.Join(secret), p.Email
		return err
	})
	var problems content.Problems
	if errors.As(err, &problems) {
		p.Problems, p.Link = problems, ""
		return s.renderInvitations(v, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	p.Email = ""
	return s.renderInvitations(v, http.StatusOK, p)
}

func (s *Server) uninvite(v *visit) error {
	id, err := v.id("revoke")
	if err != nil {
		return err
	}
	err = s.asAdmin(v, func(tx *store.Tx) error { return s.Actions.Uninvite(v.ctx(), tx, v.actor.ID, id) })
	if errors.Is(err, store.ErrNotFound) {
		return failure{status: http.StatusConflict, because: "The invitation has been used or taken back already."}
	}
	if err != nil {
		return err
	}
	return s.done(v, "/admin/invitations", "The invitation is taken back", "Its link does not work any more.")
}

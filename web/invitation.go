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

// spent answers a link that does not work any more (security.md S152, S153).
var spent = failure{status: http.StatusGone, expired: true}

// invitation reads what the link of the visit is for.
func (s *Server) invitation(v *visit) (p templates.InvitationPage, err error) {
	p.Token = v.param("secret")
	err = s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		if p.Invitation, err = s.Actions.Invited(v.ctx(), tx, p.Token); err != nil {
			return err
		}
		p.Form = templates.AccountForm{Email: p.Invitation.Email, Organisation: s.Site.Name}
		if p.Invitation.By == 0 || p.Invitation.By == p.Invitation.Actor {
			return nil
		}
		by, err := tx.Actor(v.ctx(), p.Invitation.By)
		p.By = by.DisplayName()
		return err
	})
	if errors.Is(err, actions.ErrSpent) {
		return p, spent
	}
	return p, err
}

func (s *Server) showInvitation(v *visit) error {
	p, err := s.invitation(v)
	if err != nil {
		return err
	}
	return s.renderInvitation(v, http.StatusOK, p, nil)
}

func (s *Server) renderInvitation(v *visit, status int, p templates.InvitationPage, problems content.Problems) error {
	if err := s.keepForm(v); err != nil {
		return err
	}
	p.Base = s.base(v)
	p.Problems = problems
	return s.render(v, status, p)
}

// acceptInvitation makes the account, or sets the password of one that exists.
func (s *Server) acceptInvitation(v *visit) error {
	p, err := s.invitation(v)
	if err != nil {
		return err
	}
	answer := actions.NewPerson{
		Name: v.value("name"), Title: v.value("title"), Email: v.value("email"), Password: v.typed("password"),
		Organisation: v.value("organisation"), JobTitle: v.value("job"), Role: p.Invitation.Role,
	}
	p.Form = templates.AccountForm{
		Title: answer.Title, Name: answer.Name, Email: answer.Email, Organisation: answer.Organisation, JobTitle: answer.JobTitle,
	}
	account, err := s.accept(v, p, answer)
	var problems content.Problems
	switch {
	case errors.As(err, &problems):
		return s.renderInvitation(v, http.StatusUnprocessableEntity, p, problems)
	case errors.Is(err, actions.ErrSpent):
		return spent
	case err != nil:
		return err
	}
	return s.welcome(v, p, account)
}

// accept checks the answer before it hashes the password and makes keys, which
// takes long, and does both before the transaction.
func (s *Server) accept(v *visit, p templates.InvitationPage, answer actions.NewPerson) (account actors.Account, err error) {
	if p.Existing() {
		if answer.Name, answer.Email, err = s.nameOf(v, p.Invitation.Actor); err != nil {
			return account, err
		}
	}
	if err := actions.CheckAnswer(p.Invitation, answer); err != nil {
		return account, err
	}
	hash, err := s.hashPassword(v.ctx(), answer.Password)
	if err != nil {
		return account, err
	}
	var keys actions.KeyPair
	if !p.Existing() {
		if keys, err = s.Actions.MakeKeys(); err != nil {
			return account, err
		}
	}
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		account, err = s.Actions.AcceptInvitation(v.ctx(), tx, p.Token, answer, hash, keys)
		return err
	})
	return account, err
}

// nameOf is what a new password must not be made from.
func (s *Server) nameOf(v *visit, who actors.ID) (name, email string, err error) {
	err = s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		account, err := tx.Account(v.ctx(), who)
		if err != nil {
			return err
		}
		actor, err := tx.Actor(v.ctx(), who)
		name, email = actor.Name, account.Email
		return err
	})
	return name, email, err
}

// welcome signs in whoever made an account. Who set a password is asked for it:
// the link may have been read by others on its way.
func (s *Server) welcome(v *visit, p templates.InvitationPage, account actors.Account) error {
	if p.Existing() {
		if err := s.tell(v, templates.Flash{Success: true, Text: "Your password is set", Detail: "You are signed out everywhere. Sign in with the new password."}); err != nil {
			return err
		}
		return s.seeOther(v, "/sign-in")
	}
	if err := s.letIn(v, account); err != nil {
		return err
	}
	news := templates.Flash{
		Success: true, Text: "Your account is ready", Detail: "Your address is " + v.actor.Handle() + ".",
		Link: "/communities", LinkText: "Find a community to join",
	}
	if p.Invitation.Group != 0 {
		news.Detail += " You have joined the community that invited you."
	}
	if err := s.tell(v, news); err != nil {
		return err
	}
	return s.seeOther(v, "/")
}

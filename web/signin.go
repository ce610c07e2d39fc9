package web

import (
	"errors"
	"net/http"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

func (s *Server) signInPage(v *visit) error {
	next := nextPath(v.r.URL.Query().Get("next"))
	if v.SignedIn() {
		return s.seeOther(v, next)
	}
	return s.showSignIn(v, http.StatusOK, templates.SignInPage{Next: next})
}

func (s *Server) showSignIn(v *visit, status int, p templates.SignInPage) error {
	if err := s.keepForm(v); err != nil {
		return err
	}
	problems := p.Problems
	p.Base = s.base(v)
	p.Problems = problems
	return s.render(v, status, p)
}

// signIn lets a person in. What it says when it does not is the same whatever
// was wrong (security.md S149).
func (s *Server) signIn(v *visit) error {
	p := templates.SignInPage{Email: v.value("email"), Next: nextPath(v.value("next")), Kept: v.carried()}
	password := v.typed("password")
	problems := content.Problems{}
	if p.Email == "" {
		problems.Add("email", "Enter your email address")
	}
	if password == "" {
		problems.Add("password", "Enter your password")
	}
	if problems.Err() != nil {
		p.Problems = problems
		return s.showSignIn(v, http.StatusUnprocessableEntity, p)
	}
	account, err := s.checkPassword(v, p.Email, password)
	switch {
	case errors.Is(err, errLocked), errors.Is(err, errBusy):
		p.Locked = true
		return s.showSignIn(v, http.StatusTooManyRequests, p)
	case errors.Is(err, errWrong):
		p.Problems = content.Problems{"email": "Check your email address and password"}
		return s.showSignIn(v, http.StatusUnprocessableEntity, p)
	case err != nil:
		return err
	}
	if err := s.letIn(v, account); err != nil {
		return err
	}
	if len(p.Kept) > 0 {
		return s.carryOn(v, p.Next, p.Kept)
	}
	return s.seeOther(v, p.Next)
}

// letIn starts a session. The one that the browser had, of whomever, ends
// (security.md S148).
func (s *Server) letIn(v *visit, account actors.Account) error {
	ctx := v.ctx()
	var secret string
	var session actors.Session
	var actor actors.Actor
	err := s.DB.Write(ctx, func(tx *store.Tx) (err error) {
		if v.SignedIn() {
			if err := tx.EndSession(ctx, v.actor.ID, v.session.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		if actor, err = tx.Actor(ctx, account.Actor); err != nil {
			return err
		}
		session, secret, err = s.Actions.StartSession(ctx, tx, account, browserName(v.r.UserAgent()))
		return err
	})
	if err != nil {
		return err
	}
	v.account, v.actor, v.unread = account, actor, 0
	s.begin(v, session, secret)
	return nil
}

func (s *Server) signOutPage(v *visit) error {
	if !v.SignedIn() {
		return s.seeOther(v, "/")
	}
	return s.render(v, http.StatusOK, templates.SignOutPage{Base: s.base(v)})
}

func (s *Server) signOut(v *visit) error {
	if v.SignedIn() {
		err := s.DB.Write(v.ctx(), func(tx *store.Tx) error { return tx.EndSession(v.ctx(), v.actor.ID, v.session.ID) })
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	s.setCookie(v.w, sessionCookie, "")
	return s.seeOther(v, "/")
}

func (s *Server) forgottenPassword(v *visit) error {
	b, err := s.withContact(v)
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, templates.ForgottenPasswordPage{Base: b})
}

// browserName says in a few words which browser it is, for the list that people
// see of where they are signed in. Many name themselves after others, so the
// order counts.
func browserName(agent string) string {
	return strings.TrimPrefix(firstIn(agent, browsers)+firstIn(agent, systems), " on ")
}

var browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}

var systems = [][2]string{
	{"iPhone", " on iPhone"}, {"iPad", " on iPad"}, {"Android", " on Android"}, {"Windows", " on Windows"},
	{"Macintosh", " on Mac"}, {"CrOS", " on Chromebook"}, {"Linux", " on Linux"},
}

func firstIn(text string, list [][2]string) string {
	for _, x := range list {
		if strings.Contains(text, x[0]) {
			return x[1]
		}
	}
	return ""
}

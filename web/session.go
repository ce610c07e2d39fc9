package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
	"moothall/templates"
)

// Names of the cookies. Over HTTPS they begin with __Host-, with which a browser
// lets no other host and no plain connection set them (security.md S165).
const (
	sessionCookie = "moothall"
	formCookie    = "moothall-form"
	flashCookie   = "moothall-news"
)

// touchEvery is how much later a session must be used again for that to be noted.
const touchEvery = time.Minute

// provedFor is how long a password lets an admin change rules and roles
// (security.md S169).
const provedFor = 15 * time.Minute

func (s *Server) cookieName(name string) string {
	if s.Development {
		return name
	}
	return "__Host-" + name
}

// setCookie lasts until the browser is closed; an empty value ends it.
func (s *Server) setCookie(w http.ResponseWriter, name, value string) {
	c := &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: !s.Development,
	}
	if value == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

func (s *Server) cookie(r *http.Request, name string) string {
	c, err := r.Cookie(s.cookieName(name))
	if err != nil || len(c.Value) > 500 {
		return ""
	}
	return c.Value
}

// recognise finds out who asks, and notes that their session is in use.
func (s *Server) recognise(v *visit) error {
	err := s.identify(v)
	if err == nil && v.SignedIn() {
		s.touch(v, s.Now())
	}
	return err
}

// identify finds out who asks: the person of the session, or a stranger.
func (s *Server) identify(v *visit) error {
	secret := s.cookie(v.r, sessionCookie)
	if secret == "" {
		v.secret = s.cookie(v.r, formCookie)
		return nil
	}
	now := s.Now()
	var found store.SessionPerson
	err := s.DB.Read(v.ctx(), func(tx *store.Tx) (err error) {
		if found, err = tx.SessionBySecret(v.ctx(), actions.HashSecret(secret), now); err != nil {
			return err
		}
		if v.unread, err = tx.CountUnseen(v.ctx(), found.Actor); err != nil {
			return err
		}
		v.reports, err = tx.CountOpenReports(v.ctx(), actions.ReportReader(found.Account))
		return err
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && !now.Before(actions.SessionEnds(found.Session, found.Role)) {
		v.secret, v.unread, v.reports = s.cookie(v.r, formCookie), 0, 0
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the session: %w", err)
	}
	v.session, v.account, v.actor, v.secret = found.Session, found.Account, found.Profile, secret
	return nil
}

// touch notes that a session is in use, so that it does not end. A page is shown
// also when that cannot be written.
func (s *Server) touch(v *visit, now time.Time) {
	if now.Sub(v.session.Seen) < touchEvery {
		return
	}
	v.session.Seen = now
	v.session.Expires = actions.SessionEnds(v.session, v.account.Role)
	err := s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		return tx.TouchSession(v.ctx(), v.session.ID, v.session.Seen, v.session.Expires)
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		s.Log.WarnContext(v.ctx(), "session not prolonged", slog.Any("err", err))
	}
}

// isProved says whether the password was given a short while ago.
func (s *Server) isProved(v *visit) bool { return s.Now().Sub(v.session.Proved) < provedFor }

// begin signs the browser in with a new id, whatever it held before
// (security.md S148).
func (s *Server) begin(v *visit, session actors.Session, secret string) {
	v.session, v.secret = session, secret
	s.setCookie(v.w, sessionCookie, secret)
	s.setCookie(v.w, formCookie, "")
}

// askToSignIn sends a stranger to the sign-in page and from there back. What a
// form held is kept (users.md MEM-4).
func (s *Server) askToSignIn(v *visit) error {
	if isWrite(v.r) {
		return s.showSignIn(v, http.StatusForbidden, templates.SignInPage{Next: v.r.URL.Path, Kept: v.kept(keptPrefix)})
	}
	return s.seeOther(v, "/sign-in?"+url.Values{"next": {v.r.URL.RequestURI()}}.Encode())
}

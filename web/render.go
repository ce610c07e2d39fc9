package web

import (
	"bytes"
	"net/http"
	"strconv"

	"moothall/actions"
	"moothall/store"
	"moothall/templates"
)

// pagePolicy lets a page have its own style and script and nothing else
// (security.md S238).
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// guard sets what every answer tells browsers (security.md S239).
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Content-Security-Policy", pagePolicy)
		if !s.Development {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// base is what every page says. A stranger's page holds a form token only when
// keepForm was called first.
func (s *Server) base(v *visit) templates.Base {
	b := templates.Base{
		Site: templates.Site{Name: s.Site.Name + " communities", Organisation: s.Site.Name, Host: s.Site.Host},
		Path: v.r.URL.Path, CSRF: formToken(v.secret), Now: s.Now(), Flash: s.takeFlash(v),
	}
	if v.SignedIn() {
		b.Viewer = templates.Viewer{
			Name: v.actor.DisplayName(), Path: templates.ActorPath(v.actor), SignedIn: true, Admin: v.isAdmin(), Unread: v.unread,
			Reports: v.reports,
		}
	}
	return b
}

// withContact is base for a page that says whom to write to.
func (s *Server) withContact(v *visit) (templates.Base, error) {
	b := s.base(v)
	err := s.DB.Read(v.ctx(), func(tx *store.Tx) (err error) {
		b.Site.Contact, err = actions.Contact(v.ctx(), tx)
		return err
	})
	return b, err
}

// render sends a whole page or, with an error, nothing.
func (s *Server) render(v *visit, status int, p templates.Page) error {
	var b bytes.Buffer
	if err := s.Pages.Render(&b, p); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	h.Add("Vary", "Cookie")
	h.Set("Cache-Control", "private, no-cache")
	if v.SignedIn() || isWrite(v.r) {
		h.Set("Cache-Control", "private, no-store")
	}
	v.w.WriteHeader(status)
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(b.Bytes()) // a reader who has gone away is told nothing
	}
	return nil
}

// seeOther sends the browser on to a page of ours after something was done.
func (s *Server) seeOther(v *visit, path string) error {
	v.w.Header().Set("Cache-Control", "private, no-store")
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

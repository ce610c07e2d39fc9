package web

import (
	"net/http"

	"moothall/store"
	"moothall/templates"
)

func (s *Server) help(v *visit) error {
	return s.render(v, http.StatusOK, templates.HelpPage{Base: s.base(v)})
}

func (s *Server) cookies(v *visit) error {
	return s.render(v, http.StatusOK, templates.CookiesPage{Base: s.base(v)})
}

func (s *Server) contact(v *visit) error {
	b, err := s.withContact(v)
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, templates.ContactPage{Base: b})
}

func (s *Server) accessibility(v *visit) error {
	b, err := s.withContact(v)
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, templates.AccessibilityPage{Base: b})
}

func (s *Server) complain(v *visit) error {
	b, err := s.withContact(v)
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, templates.ComplainPage{Base: b})
}

// privacy names every site that is sent what people here post.
func (s *Server) privacy(v *visit) error {
	b, err := s.withContact(v)
	if err != nil {
		return err
	}
	p := templates.PrivacyPage{Base: b}
	err = s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		cursors, err := tx.Cursors(v.ctx())
		for _, c := range cursors {
			p.Sites = append(p.Sites, c.Host)
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

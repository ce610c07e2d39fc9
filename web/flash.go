package web

import (
	"encoding/base64"
	"encoding/json"

	"moothall/templates"
)

// tell keeps news for the next page: what was done, after the redirect that
// follows a form. The cookie is the browser's own and is shown as text only.
func (s *Server) tell(v *visit, f templates.Flash) error {
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	s.setCookie(v.w, flashCookie, base64.RawURLEncoding.EncodeToString(b))
	return nil
}

// takeFlash is the news kept for this page, which is shown once.
func (s *Server) takeFlash(v *visit) *templates.Flash {
	c, err := v.r.Cookie(s.cookieName(flashCookie))
	if err != nil {
		return nil
	}
	s.setCookie(v.w, flashCookie, "")
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return nil
	}
	var f templates.Flash
	if err := json.Unmarshal(b, &f); err != nil || f.Link != "" && nextPath(f.Link) != f.Link {
		return nil
	}
	return &f
}

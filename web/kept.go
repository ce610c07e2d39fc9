package web

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// keptPrefix marks the fields of a form that waits for somebody to sign in.
const keptPrefix = "kept."

// proofField is the field in which an admin gives their password again.
const proofField = "confirm-password"

// notKept are fields that are never sent back to a browser.
var notKept = map[string]bool{tokenField: true, proofField: true, "password": true, "current": true}

// kept is what a form held, to be carried over while somebody signs in or gives
// their password. Prefix goes in front of each name.
func (v *visit) kept(prefix string) []templates.Hidden {
	var out []templates.Hidden
	for _, name := range slices.Sorted(maps.Keys(v.r.PostForm)) {
		if notKept[name] {
			continue
		}
		for _, value := range v.r.PostForm[name] {
			out = append(out, templates.Hidden{Name: prefix + name, Value: value})
		}
	}
	return out
}

// carried are the fields that an earlier form put into the one for signing in.
func (v *visit) carried() []templates.Hidden {
	var out []templates.Hidden
	for _, h := range v.kept("") {
		if strings.HasPrefix(h.Name, keptPrefix) {
			out = append(out, h)
		}
	}
	return out
}

// carryOn shows what was kept, with a button that sends it where it was going.
func (s *Server) carryOn(v *visit, action string, kept []templates.Hidden) error {
	p := templates.CarryOnPage{Base: s.base(v), Action: action}
	for _, h := range kept {
		h.Name = strings.TrimPrefix(h.Name, keptPrefix)
		p.Kept = append(p.Kept, h)
		if len(h.Value) > len(p.Text) {
			p.Text = h.Value
		}
	}
	return s.render(v, http.StatusOK, p)
}

// prove lets a form through that came with the admin's password, or soon after
// it was given. For others it asks for the password and keeps the form
// (security.md S169).
func (s *Server) prove(v *visit) (ok bool, err error) {
	if s.isProved(v) {
		return true, nil
	}
	p := templates.ConfirmPage{Base: s.base(v), Action: v.r.URL.Path, Kept: v.kept("")}
	password := v.typed(proofField)
	if password == "" {
		return false, s.render(v, http.StatusForbidden, p)
	}
	_, err = s.checkPassword(v, v.account.Email, password)
	if words := whyNot(err, "This is not your password"); words != "" {
		p.Problems = content.Problems{proofField: words}
		return false, s.render(v, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return false, err
	}
	v.session.Proved = s.Now()
	return true, s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		return tx.ProveSession(v.ctx(), v.session.ID, v.session.Proved)
	})
}

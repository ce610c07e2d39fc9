package web

import (
	"errors"
	"net/http"

	"moothall/actions"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
	"moothall/templates"
)

// showAdminFiles says for what in a file no reason to share it is enough.
func (s *Server) showAdminFiles(v *visit) error {
	p := templates.AdminFilesPage{Base: s.base(v)}
	err := s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		kinds, err := actions.NoReason(v.ctx(), tx)
		for _, k := range kinds {
			p.Kinds = append(p.Kinds, string(k))
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

func (s *Server) saveAdminFiles(v *visit) error {
	typed := v.r.PostForm["kind"]
	var kinds []extract.StopKind
	for _, k := range typed {
		kinds = append(kinds, extract.StopKind(k))
	}
	err := s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		return s.Actions.SetNoReason(v.ctx(), tx, v.actor.ID, kinds)
	})
	if problems, ok := errors.AsType[content.Problems](err); ok {
		p := templates.AdminFilesPage{Base: s.base(v), Kinds: typed}
		p.Problems = problems
		return s.render(v, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	return s.done(v, "/admin/files", "The setting is saved", "It applies from now on.")
}

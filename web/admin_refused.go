package web

import (
	"errors"
	"net/http"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// turnedSince is how far back requests that were turned away are listed.
const turnedSince = 7 * 24 * time.Hour

// listRefused shows everything that was not taken in (invariant I5).
func (s *Server) listRefused(v *visit) error {
	p := templates.AdminRefusedPage{Base: s.base(v)}
	ctx := v.ctx()
	err := s.DB.Read(ctx, func(tx *store.Tx) error {
		total, err := tx.CountUnapplied(ctx, actors.Rejected, time.Time{})
		if err != nil {
			return err
		}
		if p.Paging, err = paging(v, total, listPage); err != nil {
			return err
		}
		if p.Held, err = tx.UnappliedIn(ctx, actors.Held, store.Page{Size: 100}); err != nil {
			return err
		}
		if p.Refused, err = tx.UnappliedIn(ctx, actors.Rejected, store.Page{Number: v.pageNumber(), Size: listPage}); err != nil {
			return err
		}
		for _, list := range [][]actors.Activity{p.Held, p.Refused} {
			if err := nameOnlyReadable(v, tx, list); err != nil {
				return err
			}
		}
		turned, err := tx.RefusalsSince(ctx, s.Now().Add(-turnedSince), store.Page{Size: 100})
		for _, r := range turned {
			p.Turned = append(p.Turned, templates.TurnedAway(r))
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

// nameOnlyReadable leaves out the addresses of posts that are for members of something
// to which the viewer does not belong.
func nameOnlyReadable(v *visit, tx *store.Tx, list []actors.Activity) error {
	for i, act := range list {
		p, err := tx.PostByURI(v.ctx(), act.Object)
		if errors.Is(err, store.ErrNotFound) {
			var version content.Version
			version, err = tx.VersionByURI(v.ctx(), act.Object)
			p.ID = version.Document
		}
		if errors.Is(err, store.ErrNotFound) {
			continue // it is not here
		}
		if err == nil {
			_, err = tx.Post(v.ctx(), v.viewer(), p.ID)
		}
		if errors.Is(err, store.ErrNotFound) {
			list[i].Object, err = "", nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// decideHeld lets a held activity through or refuses it.
func (s *Server) decideHeld(v *visit) error {
	id, err := v.id("activity")
	if err != nil {
		return err
	}
	switch v.value("decision") {
	case "release":
		if err := s.release(v, id); err != nil {
			return err
		}
		return s.done(v, "/admin/refused", "It is let through", "")
	case "refuse":
		err := s.asAdmin(v, func(tx *store.Tx) error { return s.Actions.RefuseHeld(v.ctx(), tx, v.actor.ID, id) })
		if err != nil {
			return err
		}
		return s.done(v, "/admin/refused", "It is refused", "")
	}
	return store.ErrNotFound
}

// release notes the decision first, so that nothing is let through without a
// trace, and leaves the rest to those who take activities in.
func (s *Server) release(v *visit, id actors.ID) error {
	if s.Release == nil {
		return failure{status: http.StatusServiceUnavailable}
	}
	err := s.asAdmin(v, func(tx *store.Tx) error {
		held, err := tx.Activity(v.ctx(), id)
		if err != nil {
			return err
		}
		if held.State != actors.Held {
			return store.ErrNotFound
		}
		return s.Actions.NoteRelease(v.ctx(), tx, v.actor.ID, held.URI)
	})
	if err != nil {
		return err
	}
	return s.Release(v.ctx(), id)
}

package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// The longest lists of the overview. What is longer is worth a page of its own.
const (
	shownFailing = 20
	shownOwed    = 20
	shownGivenUp = 10
)

// overview answers one question: is all well?
func (s *Server) overview(v *visit) error {
	p := templates.AdminPage{Base: s.base(v), Version: s.Version, Database: s.DB.Kind()}
	err := s.DB.Read(v.ctx(), func(tx *store.Tx) (err error) {
		if p.Site.Contact, err = actions.Contact(v.ctx(), tx); err != nil {
			return err
		}
		if err := s.countAll(v, tx, &p); err != nil {
			return err
		}
		if err := s.troubles(v.ctx(), tx, &p); err != nil {
			return err
		}
		letters, err := tx.DeadLetters(v.ctx(), "", store.Page{Size: shownGivenUp})
		for _, d := range letters {
			p.GivenUp = append(p.GivenUp, templates.GivenUp{Host: d.Host, Reason: d.Reason, At: d.At})
		}
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

func (s *Server) countAll(v *visit, tx *store.Tx, p *templates.AdminPage) error {
	ctx, today := v.ctx(), s.Now().Truncate(24*time.Hour)
	policy, err := actions.Policy(ctx, tx, s.Mode)
	if err != nil {
		return err
	}
	p.Mode = policy.Mode
	turned := 0
	for n, count := range map[*int]func() (int, error){
		&p.People:      func() (int, error) { return tx.CountPeople(ctx) },
		&p.Communities: func() (int, error) { return tx.CountCommunities(ctx, v.viewer(), store.CommunityFilter{}) },
		&p.Connections: func() (int, error) { return tx.CountInstances(ctx) },
		&p.Held:        func() (int, error) { return tx.CountUnapplied(ctx, actors.Held, time.Time{}) },
		&p.Refused:     func() (int, error) { return tx.CountUnapplied(ctx, actors.Rejected, today) },
		&turned:        func() (int, error) { return tx.CountRefusals(ctx, today) },
	} {
		if *n, err = count(); err != nil {
			return err
		}
	}
	p.Refused += turned
	return nil
}

// troubles lists the partners that fail and those that wait for something.
func (s *Server) troubles(ctx context.Context, tx *store.Tx, p *templates.AdminPage) error {
	policy, err := actions.Policy(ctx, tx, s.Mode)
	if err != nil {
		return err
	}
	all, err := actions.Partners(ctx, tx, policy)
	if err != nil {
		return err
	}
	var failing, waiting []actions.Partner
	for _, x := range all {
		switch x.State {
		case actors.PartnerFailing, actors.PartnerGivenUp:
			p.NotWorking++
			if len(failing) < shownFailing {
				failing = append(failing, x)
			}
		case actors.PartnerWaiting:
			waiting = append(waiting, x)
		}
	}
	// What fails waits too, and has most to send.
	waiting = slices.Concat(failing, waiting)
	waiting = waiting[:min(len(waiting), shownFailing+shownOwed)]
	if err := actions.CountOwed(ctx, tx, waiting); err != nil {
		return err
	}
	for i, x := range waiting {
		c := connectionOf(x, policy)
		if i < len(failing) {
			p.Failing = append(p.Failing, c)
		}
		if x.Owed > 0 && len(p.Owed) < shownOwed {
			p.Owed = append(p.Owed, c)
		}
	}
	return nil
}

func (s *Server) showPolicy(v *visit) error { return s.renderPolicy(v, http.StatusOK, nil) }

func (s *Server) renderPolicy(v *visit, status int, problems content.Problems) error {
	p := templates.AdminPolicyPage{Base: s.base(v)}
	p.Problems = problems
	err := s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		policy, err := actions.Policy(v.ctx(), tx, s.Mode)
		if err != nil {
			return err
		}
		rules, err := tx.Rules(v.ctx())
		p.Mode, p.Rules = policy.Mode, len(rules)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(v, status, p)
}

func (s *Server) savePolicy(v *visit) error {
	err := s.asAdmin(v, func(tx *store.Tx) error {
		return s.Actions.SetMode(v.ctx(), tx, v.actor.ID, actors.Mode(v.value("mode")))
	})
	var problems content.Problems
	if errors.As(err, &problems) {
		return s.renderPolicy(v, http.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	return s.done(v, "/admin/policy", "The setting is saved", "It applies from now on.")
}

// asAdmin runs f in a transaction in which the one who asks still runs this node.
func (s *Server) asAdmin(v *visit, f func(tx *store.Tx) error) error {
	return s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		if err := s.Actions.MayRun(v.ctx(), tx, v.actor.ID); err != nil {
			return err
		}
		return f(tx)
	})
}

func (s *Server) showContact(v *visit) error {
	b, err := s.withContact(v)
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, templates.AdminContactPage{Base: b, Typed: b.Site.Contact})
}

func (s *Server) saveContact(v *visit) error {
	p := templates.AdminContactPage{Base: s.base(v), Typed: v.value("contact")}
	err := s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		return s.Actions.SetContact(v.ctx(), tx, v.actor.ID, p.Typed)
	})
	if errors.As(err, &p.Problems) {
		return s.render(v, http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return err
	}
	return s.done(v, "/admin/contact", "The contact address is saved", "")
}

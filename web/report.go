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

// showReportPost asks what is wrong with a post. Strangers read where they can
// say so.
func (s *Server) showReportPost(v *visit) error {
	p, _, err := s.reportOfPost(v)
	if err != nil {
		return err
	}
	return s.renderReport(v, http.StatusOK, p, nil)
}

func (s *Server) reportPost(v *visit) error {
	p, c, err := s.reportOfPost(v)
	if err != nil {
		return err
	}
	return s.report(v, p, c)
}

func (s *Server) showReportPerson(v *visit) error {
	p, _, err := s.reportOfPerson(v)
	if err != nil {
		return err
	}
	return s.renderReport(v, http.StatusOK, p, nil)
}

func (s *Server) reportPerson(v *visit) error {
	p, c, err := s.reportOfPerson(v)
	if err != nil {
		return err
	}
	return s.report(v, p, c)
}

// reportOfPost reads the post that the path names, if the viewer may read it
// (security.md S180).
func (s *Server) reportOfPost(v *visit) (p templates.ReportPage, c actions.Complaint, err error) {
	t, asked, err := s.threadOf(v)
	if err != nil {
		return p, c, err
	}
	err = s.look(v, func(l *look) error {
		entries, err := l.entries([]content.Post{asked}, t.community)
		if err != nil {
			return err
		}
		p.Entry, p.Who, p.Community = &entries[0], entries[0].Author, &t.community
		return nil
	})
	c = actions.Complaint{Post: &asked, About: p.Who}
	if !t.community.Local {
		p.Reader = firstOf(t.community.RunBy, t.community.Host)
	}
	if !p.Who.Local && p.Who.Host != t.community.Host {
		p.Other = p.Who.Host
	}
	return p, c, err
}

func (s *Server) reportOfPerson(v *visit) (p templates.ReportPage, c actions.Complaint, err error) {
	err = s.look(v, func(l *look) (err error) {
		if p.Who, err = l.named(actors.Person, v.param("name")); err != nil {
			return err
		}
		if p.Who.IsGone() {
			return failure{status: http.StatusGone}
		}
		if !p.Who.Local {
			home, err := l.home(p.Who.Host)
			p.Reader = firstOf(home, p.Who.Host)
			return err
		}
		return nil
	})
	return p, actions.Complaint{About: p.Who}, err
}

func (s *Server) renderReport(v *visit, status int, p templates.ReportPage, problems content.Problems) error {
	v.w.Header().Set("X-Robots-Tag", "noindex")
	p.Base = s.base(v)
	p.Problems = problems
	return s.render(v, status, p)
}

// report sends what was typed to those who decide.
func (s *Server) report(v *visit, p templates.ReportPage, c actions.Complaint) error {
	p.Words, p.Named, p.Forward = v.value("reason"), v.checked("named"), v.checked("forward")
	c.Words, c.Unnamed, c.Forward = p.Words, !p.Named, p.Forward
	var sent actions.Sent
	err := s.DB.Write(v.ctx(), func(tx *store.Tx) (err error) {
		sent, err = s.Actions.Report(v.ctx(), tx, v.actor, c)
		return err
	})
	if problems, ok := errors.AsType[content.Problems](err); ok {
		return s.renderReport(v, http.StatusUnprocessableEntity, p, problems)
	}
	if err != nil {
		return err
	}
	return s.done(v, p.Back(), "Your report is sent", whoHears(p, sent))
}

// whoHears says to whom a report went, in words for whoever made it.
func whoHears(p templates.ReportPage, sent actions.Sent) string {
	switch {
	case p.Reader != "" && sent.Here:
		return "Those who look after " + readers(p) + " and those who run this site decide about it."
	case p.Reader != "":
		return "Those who look after " + readers(p) + " decide about it."
	case p.Community != nil:
		return "The facilitators of the community and those who run this site decide about it."
	}
	return "Those who run this site decide about it."
}

// readers names those elsewhere who decide about a report.
func readers(p templates.ReportPage) string {
	if p.Community != nil {
		return "the community at " + p.Reader
	}
	return p.Reader
}

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

// reportReader is who asks for reports: they see those of the communities that they
// look after, and who looks after this node sees all (security.md S179).
func (v *visit) reportReader() store.ReportReader { return actions.ReportReader(v.account) }

// showReports lists what waits for the viewer's decision, or what was decided.
func (s *Server) showReports(v *visit) error {
	p := templates.ReportsPage{Base: s.base(v), Closed: v.r.URL.Query().Get("show") == "decided"}
	err := s.look(v, func(l *look) (err error) {
		who, total := v.reportReader(), v.reports
		list := l.tx.OpenReports
		if p.Closed {
			list = l.tx.ClosedReports
			if total, err = l.tx.CountClosedReports(l.ctx, who); err != nil {
				return err
			}
		}
		if p.Paging, err = paging(v, total, listPage); err != nil {
			return err
		}
		rows, err := list(l.ctx, who, store.Page{Number: p.Paging.Page, Size: listPage})
		if err != nil {
			return err
		}
		for _, r := range rows {
			shown, err := l.report(r)
			if err != nil {
				return err
			}
			p.Reports = append(p.Reports, shown)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if p.Closed {
		p.Paging.Query = map[string][]string{"show": {"decided"}}
	}
	return s.render(v, http.StatusOK, p)
}

// report adds what a page says of a report. Names that are kept back stay here.
func (l *look) report(r store.Report) (t templates.Report, err error) {
	t = templates.Report{
		ID: r.ID, At: r.At, Words: r.Words, Outcome: string(r.Outcome), Decided: r.Decided, Note: r.Note,
	}
	if r.Outcome == store.ReportOpen {
		t.Outcome = "open"
	}
	people, err := l.tx.ActorsByID(l.ctx, []actors.ID{r.By, r.About, r.DecidedBy})
	if err != nil {
		return t, err
	}
	by := people[r.By]
	t.About = people[r.About]
	home, err := l.home(by.Host)
	if err != nil {
		return t, err
	}
	t.From = firstOf(home, by.Host)
	if !r.Unnamed && by.Kind == actors.Person {
		t.By = &by
	}
	// Whoever takes a report back made it, and may keep their name back.
	if decider, ok := people[r.DecidedBy]; ok && r.Outcome != store.ReportWithdrawn {
		t.Decider = &decider
	}
	if r.Group != 0 {
		c, err := l.communityByID(r.Group)
		if err == nil {
			t.Community = &c
		} else if !errors.Is(err, store.ErrNotFound) { // closed to the viewer
			return t, err
		}
	}
	if r.Post != 0 {
		err = l.reportedPost(r, &t)
	}
	return t, err
}

// reportedPost shows the post where the viewer may read it; facilitators may also
// read what one of them has hidden.
func (l *look) reportedPost(r store.Report, t *templates.Report) error {
	p, err := l.tx.Post(l.ctx, l.viewer, r.Post)
	if errors.Is(err, store.ErrNotFound) {
		t.Unread = t.Community == nil || !t.Community.Membership.May(actors.Moderator)
		p, err = l.tx.PostForRules(l.ctx, r.Post)
	}
	if err != nil {
		return err
	}
	if t.Withdrawn = p.IsGone(); t.Withdrawn || t.Unread {
		return nil
	}
	t.Entry = &templates.Entry{Post: p, Author: t.About}
	return nil
}

// reportAsked reads the report that the path names.
func (s *Server) reportAsked(v *visit) (p templates.DecideReportPage, id actors.ID, err error) {
	if id, err = actors.ParseID(v.param("id")); err != nil {
		return p, id, store.ErrNotFound
	}
	err = s.look(v, func(l *look) error {
		r, err := l.tx.Report(l.ctx, v.reportReader(), id)
		if err != nil {
			return err
		}
		if p.Report, err = l.report(r); err != nil {
			return err
		}
		return l.remedies(&p)
	})
	return p, id, err
}

// remedies says what the viewer can do about what was reported, and takes it for
// dealt with when something of that was done.
func (l *look) remedies(p *templates.DecideReportPage) error {
	c, who := p.Report.Community, p.Report.About
	if c == nil || !c.Membership.May(actors.Moderator) {
		return nil
	}
	p.MayHide = p.Report.Entry != nil && l.may(p.Report.Entry.Post, thread{community: *c}).Hide
	hidden := p.Report.Entry != nil && p.Report.Entry.Standing == content.Hidden
	m, err := l.tx.Membership(l.ctx, c.ID, who.ID)
	if err != nil {
		return err
	}
	p.Removed = m.At(l.s.Now()).Standing == actors.Banned
	if who.Kind == actors.Person && who.ID != l.viewer.Actor && !p.Removed {
		p.Remove = templates.MemberPath(*c, templates.Member{Actor: who}) + "/remove"
	}
	if hidden || p.Removed {
		p.Outcome = string(store.ReportActed)
	}
	return nil
}

// afterwards is the report that led to what was done, so that it can be closed, or
// the page where one goes otherwise.
func afterwards(v *visit, next string) string {
	if report := cameFrom(v); report != "" {
		return "/reports/" + report
	}
	return next
}

// cameFrom is the report that a link or the form it led to names; empty for none.
func cameFrom(v *visit) string {
	id, err := actors.ParseID(firstOf(v.value("report"), v.r.URL.Query().Get("report")))
	if err != nil {
		return ""
	}
	return id.String()
}

func (s *Server) showReport(v *visit) error {
	p, _, err := s.reportAsked(v)
	if err != nil {
		return err
	}
	p.Base = s.base(v)
	return s.render(v, http.StatusOK, p)
}

// decideReport closes a report with what was decided.
func (s *Server) decideReport(v *visit) error {
	p, id, err := s.reportAsked(v)
	if err != nil {
		return err
	}
	p.Outcome, p.Note = v.value("outcome"), v.value("note")
	err = s.DB.Write(v.ctx(), func(tx *store.Tx) error {
		return s.Actions.DecideReport(v.ctx(), tx, v.actor.ID, id, store.Outcome(p.Outcome), p.Note)
	})
	if problems, ok := errors.AsType[content.Problems](err); ok {
		p.Base = s.base(v)
		p.Problems = problems
		return s.render(v, http.StatusUnprocessableEntity, p)
	}
	if errors.Is(err, store.ErrNotFound) {
		return s.done(v, "/reports", "Somebody else has closed this report", "")
	}
	if err != nil {
		return err
	}
	return s.done(v, "/reports", "The report is closed", "")
}

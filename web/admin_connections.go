package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

// longestReason bounds what an admin writes beside a decision, in characters.
const longestReason = 500

// listConnections lists the sites this node has met or has a rule about, those
// who need attention first.
func (s *Server) listConnections(v *visit) error {
	p := templates.AdminConnectionsPage{
		Base: s.base(v), Show: actors.PartnerState(v.r.URL.Query().Get("show")), Counts: map[actors.PartnerState]int{},
	}
	if p.Show != "" && !p.Show.Valid() {
		return store.ErrNotFound
	}
	err := s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		policy, err := actions.Policy(v.ctx(), tx, s.Mode)
		if err != nil {
			return err
		}
		all, err := actions.Partners(v.ctx(), tx, policy)
		if err != nil {
			return err
		}
		var shown []actions.Partner
		for _, x := range all {
			p.Counts[x.State]++
			if p.Show == "" || x.State == p.Show {
				shown = append(shown, x)
			}
		}
		if p.Paging, err = paging(v, len(shown), listPage); err != nil {
			return err
		}
		if p.Show != "" {
			p.Paging.Query = url.Values{"show": {string(p.Show)}}
		}
		first := (p.Paging.Page - 1) * listPage
		shown = shown[first:min(first+listPage, len(shown))]
		if err := actions.CountOwed(v.ctx(), tx, shown); err != nil {
			return err
		}
		for _, x := range shown {
			p.Connections = append(p.Connections, connectionOf(x, policy))
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

// connectionOf is a partner as the pages show it.
func connectionOf(x actions.Partner, policy actors.Policy) templates.Connection {
	c := templates.Connection{
		Instance: x.Instance, State: x.State, Cursor: x.Cursor, Owed: x.Owed,
		Decision: policy.Decide(x.Host, actors.ToPost), Sending: policy.Decide(x.Host, actors.ToDeliver),
	}
	if rule, ok := policy.RuleFor(x.Host); ok {
		c.Rule = &rule
	}
	return c
}

func (s *Server) newConnection(v *visit) error {
	return s.render(v, http.StatusOK, templates.AdminConnectionPage{Base: s.base(v)})
}

func (s *Server) showConnection(v *visit) error {
	p := templates.AdminConnectionPage{Base: s.base(v)}
	host := v.param("host")
	if err := s.fillConnection(v, &p, host); err != nil {
		return err
	}
	if r := p.Connection.Rule; r != nil && r.Host == host {
		p.Form.Verdict, p.Form.Reason = r.Verdict.String(), r.Reason
	}
	return s.render(v, http.StatusOK, p)
}

// fillConnection reads all about one site; ErrNotFound when it was neither met
// nor named in a rule.
func (s *Server) fillConnection(v *visit, p *templates.AdminConnectionPage, host string) error {
	return s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		policy, err := actions.Policy(v.ctx(), tx, s.Mode)
		if err != nil {
			return err
		}
		l, err := actions.PartnerLogOf(v.ctx(), tx, policy, host, s.Now())
		if err != nil {
			return err
		}
		one := connectionOf(l.Partner, policy)
		one.Oldest = l.Oldest
		p.Connection, p.Log = &one, logShown(l)
		return nil
	})
}

// logShown is what happened with a partner as its page shows it. What was sent is
// named by its kind only: an admin need not be a member of what it is about.
func logShown(l actions.PartnerLog) templates.ConnectionLog {
	out := templates.ConnectionLog{GivenUp: l.GivenUp, Held: l.Held, Rejected: l.Rejected, Unapplied: l.Unapplied}
	for _, m := range l.Setbacks {
		out.Missed = append(out.Missed, templates.Missed{
			Type: m.Type, Status: m.Status, Reason: m.Reason, Times: m.Times, First: m.First, Last: m.Last, GivenUp: m.GivenUp,
		})
	}
	for _, r := range l.Turned {
		out.Turned = append(out.Turned, templates.TurnedAway(r))
	}
	if r := l.Recheck; r.Host != "" {
		out.Tried = &templates.Tried{
			Asked: r.Asked, Ended: r.Ended, Site: r.Site, Account: string(r.Account), AccountNo: r.AccountNo, Sent: r.Sent, SendNo: r.SendNo,
		}
		if r.By != 0 {
			out.Tried.By = l.AskedBy.DisplayName()
		}
	}
	return out
}

// tryConnection has a site tried at once. It says afterwards on its page what
// came of it: whoever sends need not be this process.
func (s *Server) tryConnection(v *visit) error {
	host := v.param("host")
	err := s.asAdmin(v, func(tx *store.Tx) error {
		policy, err := actions.Policy(v.ctx(), tx, s.Mode)
		if err != nil {
			return err
		}
		return s.Actions.TryAgain(v.ctx(), tx, v.actor.ID, policy, host)
	})
	var problems content.Problems
	if errors.As(err, &problems) {
		return failure{status: http.StatusConflict, because: "Nothing is sent to a site that you do not share with. Change the decision first."}
	}
	if err != nil {
		return err
	}
	return s.done(v, "/admin/connections/"+host, "We are trying "+host+" now", "What comes of it is shown below. Load this page again in a moment.")
}

var verdicts = map[string]actors.Verdict{
	actors.Accept.String(): actors.Accept, actors.Hold.String(): actors.Hold, actors.Refuse.String(): actors.Refuse,
}

func (s *Server) decideConnection(v *visit) error {
	form := templates.ConnectionForm{Host: typedHost(v.value("host")), Verdict: v.value("verdict"), Reason: v.value("reason")}
	rule, err := s.saveRule(v, form)
	var problems content.Problems
	if errors.As(err, &problems) {
		return s.mendConnection(v, form, problems)
	}
	if err != nil {
		return err
	}
	said := map[actors.Verdict]string{
		actors.Accept: "This site now shares with ", actors.Hold: "What comes from here now waits for you: ", actors.Refuse: "This site has stopped sharing with ",
	}
	return s.done(v, "/admin/connections/"+rule.Host, said[rule.Verdict]+rule.Host, "It applies from now on.")
}

func (s *Server) saveRule(v *visit, form templates.ConnectionForm) (actors.Rule, error) {
	verdict, known := verdicts[form.Verdict]
	problems := content.Problems{}
	if form.Host == "" {
		problems.Add("host", "Enter the address of the site")
	} else if _, err := s.Site.ParseHost(form.Host); err != nil {
		problems.Add("host", "Enter the address of a site, like communities.kent.example")
	}
	if !known {
		problems.Add("verdict", "Select what you want to do")
	}
	switch n := utf8.RuneCountInString(form.Reason); {
	case n == 0:
		problems.Add("reason", "Enter a reason")
	case n > longestReason:
		problems.Add("reason", "Reason must be 500 characters or less")
	}
	if err := problems.Err(); err != nil {
		return actors.Rule{}, err
	}
	rule := actors.Rule{Host: form.Host, Verdict: verdict, Reason: form.Reason}
	return rule, s.asAdmin(v, func(tx *store.Tx) error { return s.Actions.SetRule(v.ctx(), tx, v.actor.ID, rule) })
}

// mendConnection shows the form again, with what is known of a site that is.
func (s *Server) mendConnection(v *visit, form templates.ConnectionForm, problems content.Problems) error {
	p := templates.AdminConnectionPage{Base: s.base(v), Form: form}
	p.Problems = problems
	if problems["host"] == "" {
		if err := s.fillConnection(v, &p, form.Host); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return s.render(v, http.StatusUnprocessableEntity, p)
}

// typedHost is the host in what people paste: often a whole address.
func typedHost(text string) string {
	_, rest, found := strings.Cut(text, "://")
	if found {
		text = rest
	}
	host, _, _ := strings.Cut(text, "/")
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

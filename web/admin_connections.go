package web

import (
	"context"
	"errors"
	"net/http"
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

// listConnections lists the sites this node has met, and on the first page those
// that an admin has decided about before they were met.
func (s *Server) listConnections(v *visit) error {
	p := templates.AdminConnectionsPage{Base: s.base(v)}
	err := s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		total, err := tx.CountInstances(v.ctx())
		if err != nil {
			return err
		}
		if p.Paging, err = paging(v, total, listPage); err != nil {
			return err
		}
		met, err := tx.Instances(v.ctx(), store.Page{Number: v.pageNumber(), Size: listPage})
		if err != nil {
			return err
		}
		for _, i := range met {
			c, err := served(v.ctx(), tx, templates.Connection{Instance: i})
			if err != nil {
				return err
			}
			p.Connections = append(p.Connections, c)
		}
		if v.pageNumber() == 1 {
			if err := addUnmet(v.ctx(), tx, &p.Connections); err != nil {
				return err
			}
		}
		return s.decide(v.ctx(), tx, p.Connections)
	})
	if err != nil {
		return err
	}
	return s.render(v, http.StatusOK, p)
}

func addUnmet(ctx context.Context, tx *store.Tx, list *[]templates.Connection) error {
	rules, err := tx.Rules(ctx)
	if err != nil {
		return err
	}
	for _, r := range rules {
		_, err := tx.Instance(ctx, r.Host)
		if errors.Is(err, store.ErrNotFound) {
			*list = append(*list, templates.Connection{Instance: actors.Instance{Host: r.Host, FirstSeen: r.Created}})
		} else if err != nil {
			return err
		}
	}
	return nil
}

// decide says of each connection what the rules say of it now.
func (s *Server) decide(ctx context.Context, tx *store.Tx, list []templates.Connection) error {
	policy, err := actions.Policy(ctx, tx, s.Mode)
	if err != nil {
		return err
	}
	for i := range list {
		list[i].Decision = policy.Decide(list[i].Host, actors.ToPost)
	}
	return nil
}

func (s *Server) newConnection(v *visit) error {
	return s.render(v, http.StatusOK, templates.AdminConnectionPage{Base: s.base(v)})
}

func (s *Server) showConnection(v *visit) error {
	p := templates.AdminConnectionPage{Base: s.base(v)}
	if err := s.fillConnection(v, &p, v.param("host")); err != nil {
		return err
	}
	if r := p.Connection.Rule; r != nil {
		p.Form.Verdict, p.Form.Reason = r.Verdict.String(), r.Reason
	}
	return s.render(v, http.StatusOK, p)
}

// fillConnection reads one site; ErrNotFound when it was neither met nor named
// in a rule.
func (s *Server) fillConnection(v *visit, p *templates.AdminConnectionPage, host string) error {
	return s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		rules, err := tx.Rules(v.ctx())
		if err != nil {
			return err
		}
		var rule *actors.Rule
		for _, r := range rules {
			if r.Host == host {
				rule = &r
			}
		}
		if _, err := tx.Instance(v.ctx(), host); err != nil && (rule == nil || !errors.Is(err, store.ErrNotFound)) {
			return err
		}
		one, err := connection(v.ctx(), tx, host)
		if err != nil {
			return err
		}
		one.Rule = rule
		list := []templates.Connection{one}
		if err := s.decide(v.ctx(), tx, list); err != nil {
			return err
		}
		p.Connection = &list[0]
		return nil
	})
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

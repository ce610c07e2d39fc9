package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/node"
	"moothall/store"
	"moothall/templates"
)

func partnerCommands() []command {
	return []command{
		{name: "partner list", form: "[STATE]", about: "show who is connected and how sending to them goes", prints: true, run: listPartners},
		{name: "partner show", form: "HOST", about: "show all that is known of one partner", prints: true, run: showPartner},
		{name: "partner retry", form: "HOST", about: "try a partner at once instead of waiting", changes: true, prints: true, run: retryPartner},
	}
}

// partnerLine is one partner as partner list prints it.
type partnerLine struct {
	Host        string    `json:"host"`
	State       string    `json:"state"`
	Software    string    `json:"software,omitempty"`
	Version     string    `json:"version,omitempty"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	LastInbound time.Time `json:"last_inbound,omitzero"`
	LastError   string    `json:"last_error,omitempty"`
	NextTry     time.Time `json:"next_try,omitzero"`
	Owed        int       `json:"owed"` // counting to store.MostQueued
	Words       string    `json:"words"`
}

func partnerOf(p actions.Partner, policy actors.Policy) partnerLine {
	return partnerLine{
		Host: p.Host, State: string(p.State), Software: p.Software, Version: p.Version, LastSuccess: p.LastSuccess, LastInbound: p.LastInbound,
		LastError: p.Cursor.LastError, NextTry: p.Cursor.NextTry, Owed: p.Owed, Words: partnerWords(p, policy),
	}
}

// partnerWords are those that the page for admins has, with times in UTC.
func partnerWords(p actions.Partner, policy actors.Policy) string {
	c := templates.Connection{Instance: p.Instance, State: p.State, Cursor: p.Cursor, Owed: p.Owed, Sending: policy.Decide(p.Host, actors.ToDeliver)}
	if rule, ok := policy.RuleFor(p.Host); ok {
		c.Rule = &rule
	}
	return templates.ConnectionStanding(c, atUTC)
}

func atUTC(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

// countedAtOnce is for how many partners is counted what they are owed, in one query.
const countedAtOnce = 500

func listPartners(ctx context.Context, k *call) error {
	var only actors.PartnerState
	if len(k.args) == 1 {
		only = actors.PartnerState(k.args[0])
		if !only.Valid() {
			return usage("state %q is none of failing, given-up, waiting, fine, refused", k.args[0])
		}
	} else if err := k.want(); err != nil {
		return err
	}
	return k.withNode(ctx, func(n *node.Node) error {
		lines, words := []partnerLine{}, []string{}
		err := n.DB.Read(ctx, func(tx *store.Tx) error {
			policy, err := actions.Policy(ctx, tx, n.Config.Mode)
			if err != nil {
				return err
			}
			all, err := actions.Partners(ctx, tx, policy)
			if err != nil {
				return err
			}
			for at := 0; at < len(all); at += countedAtOnce {
				if err := actions.CountOwed(ctx, tx, all[at:min(at+countedAtOnce, len(all))]); err != nil {
					return err
				}
			}
			for _, p := range all {
				if only == "" || p.State == only {
					line := partnerOf(p, policy)
					lines, words = append(lines, line), append(words, fmt.Sprintf("%-8s %s  %s", line.State, line.Host, line.Words))
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(words) == 0 {
			words = []string{"There are none."}
		}
		return k.say(lines, "%s", strings.Join(words, "\n"))
	})
}

// partnerLog is one partner as partner show prints it.
type partnerLog struct {
	partnerLine
	Oldest         time.Time          `json:"oldest_owed,omitzero"`
	Signature      actors.Style       `json:"signature,omitempty"`
	SignatureSince time.Time          `json:"signature_since,omitzero"`
	SignatureWhy   actors.StyleReason `json:"signature_why,omitempty"`
	Rule           string             `json:"rule"`
	GivenUp        int                `json:"given_up"`
	Held           int                `json:"held"`
	Rejected       int                `json:"rejected"`
	Missed         []missed           `json:"missed"`
	Turned         []turned           `json:"turned_away"`
	Retry          *retried           `json:"last_retry,omitempty"`
}

type missed struct {
	At      time.Time `json:"at"`
	Type    string    `json:"type,omitempty"`
	Status  int       `json:"status,omitempty"`
	Reason  string    `json:"reason"`
	Times   int       `json:"times"`
	GivenUp bool      `json:"given_up"`
	Words   string    `json:"words"`
	Do      string    `json:"do"`
}

type turned struct {
	Code  string    `json:"code"`
	Times int       `json:"times"`
	Last  time.Time `json:"last"`
	Words string    `json:"words"`
}

type retried struct {
	Asked time.Time `json:"asked"`
	Ended time.Time `json:"ended,omitzero"`
	Words []string  `json:"words,omitempty"`
}

func logOf(l actions.PartnerLog, policy actors.Policy) partnerLog {
	out := partnerLog{
		partnerLine: partnerOf(l.Partner, policy), Oldest: l.Oldest, Signature: l.Style, SignatureSince: l.StyleSince, SignatureWhy: l.StyleWhy,
		Rule: l.Sending.Rule, GivenUp: l.GivenUp, Held: l.Held, Rejected: l.Rejected, Missed: []missed{}, Turned: []turned{},
	}
	for _, m := range l.Setbacks {
		why := templates.WhyNotSent(m.Reason)
		out.Missed = append(out.Missed, missed{m.Last, m.Type, m.Status, m.Reason, m.Times, m.GivenUp, why.Says, why.Do})
	}
	for _, r := range l.Turned {
		out.Turned = append(out.Turned, turned{r.Code, r.Times, r.Last, templates.WhyTurnedAway(r.Code).Says})
	}
	if r := l.Recheck; r.Host != "" {
		out.Retry = &retried{Asked: r.Asked, Ended: r.Ended}
		if !r.Ended.IsZero() {
			out.Retry.Words = templates.Tried{Site: r.Site, Account: string(r.Account), AccountNo: r.AccountNo, Sent: r.Sent, SendNo: r.SendNo}.Lines()
		}
	}
	return out
}

// text is what partner show prints for people.
func (l partnerLog) text() string {
	lines := []string{
		l.Host + ": " + l.Words,
		"software   " + strings.TrimSpace(l.Software+" "+l.Version),
		fmt.Sprintf("signature  %s %s", l.Signature, l.SignatureWhy),
		"rule       " + l.Rule,
		fmt.Sprintf("owed       %d", l.Owed),
	}
	if !l.Oldest.IsZero() {
		lines[4] += ", the oldest since " + atUTC(l.Oldest)
	}
	lines = append(lines, fmt.Sprintf("given up   %d", l.GivenUp), fmt.Sprintf("from there %d held, %d rejected", l.Held, l.Rejected))
	for _, m := range l.Missed {
		lines = append(lines, fmt.Sprintf("missed     %s %s: %s (%s)", atUTC(m.At), m.Type, m.Words, m.Reason))
	}
	for _, r := range l.Turned {
		lines = append(lines, fmt.Sprintf("turned away %d times, last %s: %s (%s)", r.Times, atUTC(r.Last), r.Words, r.Code))
	}
	switch r := l.Retry; {
	case r == nil:
	case r.Ended.IsZero():
		lines = append(lines, "retry      asked for at "+atUTC(r.Asked)+", not done yet")
	default:
		lines = append(lines, "retry      "+atUTC(r.Ended)+": "+strings.Join(r.Words, " "))
	}
	return strings.Join(lines, "\n")
}

func showPartner(ctx context.Context, k *call) error {
	if err := k.want("HOST"); err != nil {
		return err
	}
	return k.withNode(ctx, func(n *node.Node) error {
		var out partnerLog
		err := n.DB.Read(ctx, func(tx *store.Tx) error {
			policy, err := actions.Policy(ctx, tx, n.Config.Mode)
			if err != nil {
				return err
			}
			l, err := actions.PartnerLogOf(ctx, tx, policy, k.args[0], time.Now())
			out = logOf(l, policy)
			return err
		})
		if err != nil {
			return unknownPartner(err, k.args[0])
		}
		return k.say(out, "%s", out.text())
	})
}

func retryPartner(ctx context.Context, k *call) error {
	if err := k.want("HOST"); err != nil {
		return err
	}
	host := k.args[0]
	return k.withNode(ctx, func(n *node.Node) error {
		err := k.write(ctx, n, func(tx *store.Tx) error {
			policy, err := actions.Policy(ctx, tx, n.Config.Mode)
			if err != nil {
				return err
			}
			return n.Actions.TryAgain(ctx, tx, 0, policy, host)
		})
		if err != nil {
			return unknownPartner(err, host)
		}
		return k.say(map[string]string{"host": host}, "%s is tried within five seconds where the node runs. See what came of it: moothall partner show %s", host, host)
	})
}

func unknownPartner(err error, host string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("nothing is known of %s", host)
	}
	return err
}

package templates

import (
	"slices"
	"time"

	"moothall/actors"
)

// Connection is another organisation's site as an administrator sees it.
type Connection struct {
	actors.Instance
	State    actors.PartnerState
	Cursor   actors.Cursor
	Decision actors.Decision // about what its people post
	Sending  actors.Decision
	Rule     *actors.Rule // that decides; nil where the general setting does
	Owed     int          // entries it has not been sent, counting to 1,000
	Oldest   time.Time    // since when the first of them waits
}

// ConnectionForm is what an administrator decides about a site.
type ConnectionForm struct{ Host, Verdict, Reason string }

// AdminConnectionsPage lists the sites this one deals with, those who need
// attention first.
type AdminConnectionsPage struct {
	Base
	Connections []Connection
	Show        actors.PartnerState // empty for all
	Counts      map[actors.PartnerState]int
	Paging      Paging
}

func (AdminConnectionsPage) template() string { return "admin-connections" }
func (p AdminConnectionsPage) title() string {
	return "Connections" + p.Paging.title() + " – Administration"
}

// Choice is one of the ways to shorten a list.
type Choice struct {
	Label  string
	Path   string
	Count  int
	Chosen bool
}

// Choices are all connections, and those in each state that there is.
func (p AdminConnectionsPage) Choices() []Choice {
	all := Choice{Label: "All", Path: "/admin/connections", Chosen: p.Show == ""}
	list := []Choice{all}
	for _, s := range actors.PartnerStates() {
		n := p.Counts[s]
		list[0].Count += n
		if n > 0 || s == p.Show {
			list = append(list, Choice{stateLabel(s), "/admin/connections?show=" + string(s), n, s == p.Show})
		}
	}
	return list
}

// AdminConnectionPage shows one site, or takes in a new one, and decides about it.
type AdminConnectionPage struct {
	Base
	Connection *Connection // nil for a new one
	Log        ConnectionLog
	Form       ConnectionForm
}

func (AdminConnectionPage) template() string { return "admin-connection" }
func (p AdminConnectionPage) title() string {
	if p.Connection == nil {
		return "Add a connection – Administration"
	}
	return p.Connection.Host + " – Administration"
}
func (AdminConnectionPage) fields() []string { return []string{"host", "verdict", "reason"} }

// ConnectionLog is what went wrong between this site and another, both ways.
// Counts go to 1,000.
type ConnectionLog struct {
	Missed    []Missed
	GivenUp   int
	Held      int
	Rejected  int
	Unapplied []actors.Activity // the last of those held and rejected
	Turned    []TurnedAway      // in the last 30 days
	Tried     *Tried            // the last time that somebody asked for; nil for never
}

// Missed is something that did not arrive there.
type Missed struct {
	Type    string // of the activity; empty where it is not known
	Status  int    // zero when there was no answer
	Reason  string
	Times   int
	First   time.Time
	Last    time.Time
	GivenUp bool
}

// Tried is what came of trying a site at once.
type Tried struct {
	By    string // who wanted it; empty for whoever has the machine
	Asked time.Time
	Ended time.Time // zero until it has been done

	Site      string // why the site did not say what it is; empty when it did
	Account   string // address of whom we read again; empty when nobody there is known
	AccountNo string // why that could not be read; empty when it could
	Sent      int
	SendNo    string // why the last thing sent did not arrive; empty when it did
}

// Lines say what came of it, one sentence each.
func (t Tried) Lines() []string {
	lines := []string{"Their site answered and said what it is."}
	if t.Site != "" {
		lines[0] = "We asked their site what it is: " + WhyNotSent(t.Site).Says + "."
	}
	switch {
	case t.Account != "" && t.AccountNo == "":
		lines = append(lines, "We read "+t.Account+" there again.")
	case t.Account != "":
		lines = append(lines, "We could not read "+t.Account+" again: "+WhyNotSent(t.AccountNo).Says+".")
	}
	switch {
	case t.Sent > 0:
		lines = append(lines, Count(t.Sent, "thing", "things")+" arrived.")
	case t.SendNo == "":
		lines = append(lines, "Nothing was waiting to be sent.")
	}
	if t.SendNo != "" {
		lines = append(lines, "The last thing we sent did not arrive: "+WhyNotSent(t.SendNo).Says+".")
	}
	return lines
}

// Reasons are the technical lines of what went wrong.
func (t Tried) Reasons() []string {
	out := []string{t.Site, t.AccountNo, t.SendNo}
	return slices.Compact(slices.DeleteFunc(out, func(s string) bool { return s == "" }))
}

// ConnectionStanding is how things stand with a site, in sentences for
// administrators. when gives a date and time.
func ConnectionStanding(c Connection, when func(time.Time) string) string {
	switch c.State {
	case actors.PartnerRefused:
		return "Nothing is exchanged: " + ruleWords(c) + "."
	case actors.PartnerGivenUp:
		return "They have not answered " + since(c, when) + ": " + WhyNotSent(c.Cursor.LastError).Says + ". We ask once a day whether they are back."
	case actors.PartnerFailing:
		s := "Nothing has reached them " + since(c, when) + ": " + WhyNotSent(c.Cursor.LastError).Says + "."
		if !c.Cursor.NextTry.IsZero() {
			s += " We try again on " + when(c.Cursor.NextTry) + "."
		}
		return s
	case actors.PartnerWaiting:
		return "All is well. " + waiting(c.Owed) + " to be sent."
	}
	if c.LastSuccess.IsZero() {
		return "Nothing has been sent to them yet."
	}
	return "All is well. We last reached them on " + when(c.LastSuccess) + "."
}

func waiting(n int) string {
	if n >= 1000 {
		return "1,000 things or more wait"
	}
	return Count(n, "thing waits", "things wait")
}

func since(c Connection, when func(time.Time) string) string {
	if c.LastSuccess.IsZero() {
		return "so far"
	}
	return "since " + when(c.LastSuccess)
}

func ruleWords(c Connection) string {
	if c.Rule != nil {
		return "it was decided about " + c.Rule.Host
	}
	return "they are " + c.Sending.Rule
}

func stateLabel(s actors.PartnerState) string {
	switch s {
	case actors.PartnerFailing:
		return "Not working"
	case actors.PartnerGivenUp:
		return "Given up"
	case actors.PartnerWaiting:
		return "Waiting"
	case actors.PartnerFine:
		return "Working"
	default:
		return "Not sharing"
	}
}

// signedHow says how what we send to a site is signed, and why.
func (c clock) signedHow(i actors.Instance) string {
	how := map[actors.Style]string{
		actors.StyleRFC9421: "In the standard way (RFC 9421)", actors.StyleEd25519: "In the standard way with a modern key (RFC 9421, Ed25519)",
	}[i.Style]
	if how == "" {
		how = "In the way that everyone reads (draft-cavage)"
	}
	why := map[actors.StyleReason]string{
		actors.StyleSigned: "they sign so themselves", actors.StyleClaimed: "they say that they read it",
		actors.StyleAsked: "they asked for it", actors.StyleRefused: "they did not take the standard way",
	}[i.StyleWhy]
	if why == "" {
		return how + ", until we know that they read another."
	}
	if i.StyleSince.IsZero() {
		return how + ", because " + why + "."
	}
	return how + " since " + c.dateTime(i.StyleSince) + ", because " + why + "."
}

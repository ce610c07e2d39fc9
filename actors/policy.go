package actors

import (
	"strings"
	"time"
)

// Verdict is what a policy says of a request. The zero value refuses.
type Verdict uint8

// The verdicts.
const (
	Refuse Verdict = iota
	Hold
	Accept
)

// String is the word used in logs and on pages.
func (v Verdict) String() string {
	switch v {
	case Accept:
		return "accept"
	case Hold:
		return "hold"
	default:
		return "refuse"
	}
}

// Purpose is what a host wants, or what this node wants with it.
type Purpose string

// The purposes. Every door asks with its own.
const (
	ToReceive Purpose = "receive" // take in an activity that it signed
	ToFetch   Purpose = "fetch"   // read a document from it
	ToServe   Purpose = "serve"   // let it read what is not public
	ToFollow  Purpose = "follow"  // let its people join, or ours join there
	ToPost    Purpose = "post"    // take in a discussion
	ToReply   Purpose = "reply"   // take in a comment
	ToReport  Purpose = "report"  // take in a complaint
	ToDeliver Purpose = "deliver" // send to it
	ToShow    Purpose = "show"    // show what came from it
)

// Mode is what happens to hosts that no rule names.
type Mode string

// The modes.
const (
	ModeList   Mode = "list"   // only partners on the list
	ModePublic Mode = "public" // strangers may read and follow what is public, not post
	ModeOpen   Mode = "open"   // everyone who is not blocked
)

// Valid says whether m is a mode.
func (m Mode) Valid() bool { return m == ModeList || m == ModePublic || m == ModeOpen }

// Rule is a decision about a host and, by default, all hosts below it.
type Rule struct {
	Host    string
	Verdict Verdict
	Exact   bool // this host only, not those below it
	Reason  string
	By      ID
	Created time.Time
}

// Policy decides with whom this node deals. The zero value refuses everyone.
type Policy struct {
	Mode  Mode
	rules map[string]Rule
}

// NewPolicy makes a policy from a mode and rules.
func NewPolicy(mode Mode, rules []Rule) Policy {
	p := Policy{Mode: mode, rules: make(map[string]Rule, len(rules))}
	for _, r := range rules {
		p.rules[canonicalHost(r.Host)] = r
	}
	return p
}

// Decision is a verdict with the rule that gave it, in words an admin can read.
type Decision struct {
	Verdict Verdict
	Rule    string
}

// OK says whether the decision accepts.
func (d Decision) OK() bool { return d.Verdict == Accept }

// Decide is pure: the same policy, host and purpose give the same decision.
// The most specific rule wins, and where none applies the mode decides. A host
// whose name has another spelling than the canonical one is the same host
// where that is only case or a dot at the end, and refused otherwise.
func (p Policy) Decide(host string, purpose Purpose) Decision {
	host = canonicalHost(host)
	name, _, _ := strings.Cut(host, ":")
	if !isHostName(name) {
		return Decision{Refuse, "not a host name"}
	}
	if r, ok := p.rule(host, name); ok {
		return r.decide(purpose)
	}
	return p.byMode(purpose)
}

// RuleFor is the rule that Decide goes by for a host; false where the mode decides.
func (p Policy) RuleFor(host string) (Rule, bool) {
	host = canonicalHost(host)
	name, _, _ := strings.Cut(host, ":")
	return p.rule(host, name)
}

func (p Policy) rule(host, name string) (Rule, bool) {
	if r, ok := p.rules[host]; ok {
		return r, true
	}
	for at := name; at != ""; {
		if r, ok := p.rules[at]; ok && (at == name || !r.Exact) {
			return r, true
		}
		_, rest, more := strings.Cut(at, ".")
		if !more {
			break
		}
		at = rest
	}
	return Rule{}, false
}

// decide is what a rule says about one purpose. Hold is about what comes in:
// those who are watched are still sent what they are due, and read.
func (r Rule) decide(purpose Purpose) Decision {
	d := Decision{r.Verdict, "rule for " + r.Host}
	if r.Verdict == Hold && (purpose == ToDeliver || purpose == ToFetch || purpose == ToShow) {
		d.Verdict = Accept
	}
	return d
}

// canonicalHost takes case and the root's dot away.
func canonicalHost(host string) string {
	name, port, hasPort := strings.Cut(strings.ToLower(host), ":")
	name = strings.TrimSuffix(name, ".")
	if hasPort {
		return name + ":" + port
	}
	return name
}

func isHostName(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		if !isLabel(label) {
			return false
		}
	}
	return true
}

func (p Policy) byMode(purpose Purpose) Decision {
	switch p.Mode {
	case ModeOpen:
		return Decision{Accept, "open to everyone"}
	case ModePublic:
		switch purpose {
		case ToPost, ToReply, ToServe, ToReport:
			return Decision{Refuse, "not a partner"}
		}
		return Decision{Accept, "public to strangers"}
	default:
		return Decision{Refuse, "not on the list of partners"}
	}
}

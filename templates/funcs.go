package templates

import (
	"html/template"
	"strconv"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
)

// funcs are what templates can call. The location is where dates are read; the
// report is what the accessibility statement states.
func funcs(at *time.Location, tests AccessibilityReport) template.FuncMap {
	c := clock{at}
	return template.FuncMap{
		"comments":     c.comments,
		"listed":       c.listed,
		"buttons":      c.buttons,
		"tag":          func(e Entry) *standingTag { return tagOf(&e) },
		"when":         c.when,
		"date":         func(t time.Time) string { return Date(t.In(at)) },
		"clock":        func(t time.Time) string { return Clock(t.In(at)) },
		"dateTime":     c.dateTime,
		"machine":      machine,
		"number":       Number,
		"count":        Count,
		"safe":         safe,
		"sentence":     sentence,
		"foreign":      foreign,
		"path":         ActorPath,
		"post":         PostPath,
		"home":         func(e Entry) string { return DocumentPath(e.Post) },
		"pair":         newPair,
		"field":        field,
		"hint":         hint,
		"kind":         kind,
		"autocomplete": autocomplete,
		"width":        width,
		"rows":         rows,
		"options":      options,
		"unspelled":    unspelled,
		"languages":    Languages,
		"audiences":    audiences,
		"joinings":     joinings,
		"postings":     postings,
		"threadTypes":  threadTypes,
		"kinds":        kinds,
		"roles":        accountRoles,
		"document":     DocumentPath,
		"stops":        stopOptions,
		"chosen":       chosen,
		"asks":         newAsks,
		"fileSize":     Size,
		"types":        documentTypes,
		"stages":       func() []Option { return named(content.Stages) },
		"classes":      classifications,
		"narrower":     narrower,
		"modes":        modes,
		"verdicts":     verdicts,
		"readers":      whoReads,
		"joins":        howToJoin,
		"roleName":     roleName,
		"account":      accountRole,
		"sort":         whatKind,
		"activity":     whatHappened,
		"standing":     func(x Connection) string { return ConnectionStanding(x, c.dateTime) },
		"state":        stateLabel,
		"signed":       c.signedHow,
		"unsent":       WhyNotSent,
		"turned":       WhyTurnedAway,
		"unapplied":    whyUnapplied,
		"tests":        func() AccessibilityReport { return tests },
		"under":        func(path, at string) bool { return path == at || strings.HasPrefix(path, at+"/") },
	}
}

// safe is the one place where text becomes HTML without being escaped: what
// package content has cleaned (security.md S127).
func safe(h content.SafeHTML) template.HTML { return template.HTML(h) } //nolint:gosec // made by content only

// foreign is the language to mark a text with: nothing when it is the page's own.
func foreign(language, page string) string {
	if strings.EqualFold(language, page) || page == "" && strings.EqualFold(language, "en") {
		return ""
	}
	return language
}

// Date is "4 May 2027" (users.md C04).
func Date(t time.Time) string { return t.Format("2 January 2006") }

// Clock is "3:30pm", "9am", "midday" or "midnight", as the GOV.UK style has it.
func Clock(t time.Time) string {
	switch h, m := t.Hour(), t.Minute(); {
	case h == 0 && m == 0:
		return "midnight"
	case h == 12 && m == 0:
		return "midday"
	case m == 0:
		return t.Format("3pm")
	default:
		return t.Format("3:04pm")
	}
}

// Ago says how long before now t was, in words, and nothing past thirty days or
// for a time to come: pages always give the date as well (users.md C04).
func Ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d < 0 || d >= 30*24*time.Hour:
		return ""
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return Count(int(d/time.Minute), "minute", "minutes") + " ago"
	case d < 24*time.Hour:
		return Count(int(d/time.Hour), "hour", "hours") + " ago"
	default:
		return Count(int(d/(24*time.Hour)), "day", "days") + " ago"
	}
}

// Number is n with commas: 12,345.
func Number(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Count is a number with its noun: "1 reply", "1,204 replies", "no replies".
func Count(n int, one, many string) string {
	switch n {
	case 0:
		return "no " + many
	case 1:
		return "1 " + one
	}
	return Number(n) + " " + many
}

// roleName is what a page calls a role in a community.
func roleName(r actors.Role) string {
	switch r {
	case actors.Owner:
		return "Lead facilitator"
	case actors.Moderator:
		return "Facilitator"
	case actors.Member:
		return "Member"
	default:
		return "Visitor"
	}
}

// whatKind is what a page calls a kind of post.
func whatKind(p content.Post) string {
	switch {
	case p.IsComment():
		return "reply"
	case p.Kind == content.Question:
		return "question"
	case p.IsDocument():
		return "document"
	default:
		return "discussion"
	}
}

// sentence ends what somebody typed with a full stop, where it has no end yet, so
// that a sentence of ours can follow.
func sentence(words string) string {
	words = strings.TrimSpace(words)
	if words == "" || strings.ContainsAny(words[len(words)-1:], ".!?") || strings.HasSuffix(words, "…") {
		return words
	}
	return words + "."
}

package templates

import (
	"time"

	"moothall/actors"
	"moothall/content"
)

// ReportPage asks what is wrong with a post or a person. Strangers are told where
// they can say so.
type ReportPage struct {
	Base
	Who       actors.Actor // who wrote it, or is reported
	Entry     *Entry       // nil for the person as such
	Community *Community   // nil for the person as such
	Reader    string       // organisation or host whose people decide; empty for this site
	Other     string       // host that hears of it too; empty for none
	Words     string       // typed so far
	Named     bool
	Forward   bool
}

func (ReportPage) template() string { return "report" }
func (ReportPage) fields() []string { return []string{"reason"} }
func (p ReportPage) title() string  { return p.Heading() }

// Heading says what is reported.
func (p ReportPage) Heading() string {
	if p.Entry != nil {
		return "Report this " + whatKind(p.Entry.Post)
	}
	return "Report " + p.Who.DisplayName()
}

// Back is where the reader came from.
func (p ReportPage) Back() string {
	if p.Entry != nil {
		return PostPath(p.Entry.ID)
	}
	return ActorPath(p.Who)
}

// Action is where the form goes.
func (p ReportPage) Action() string { return p.Back() + "/report" }

// Report is a complaint as those who decide see it.
type Report struct {
	ID        actors.ID
	At        time.Time
	Words     string
	By        *actors.Actor // nil when the name is kept back
	From      string        // organisation or host from where it came
	About     actors.Actor
	Entry     *Entry     // nil for the person or community as such
	Community *Community // whose facilitators decide; nil for none, or one that the viewer may not know of
	Withdrawn bool       // the post is no more
	Unread    bool       // the viewer may not read the post

	Outcome string // open, nothing, acted, sent or withdrawn
	Decided time.Time
	Decider *actors.Actor
	Note    string
}

// Path is the page of the report.
func (r Report) Path() string { return "/reports/" + r.ID.String() }

// backTo is the page of a report that somebody came from, or another page.
func backTo(report, other string) string {
	if report != "" {
		return "/reports/" + report
	}
	return other
}

// Open says whether it waits for a decision.
func (r Report) Open() bool { return r.Outcome == "open" }

// Excerpt is the beginning of what they say.
func (r Report) Excerpt() string { return content.PlainName(r.Words, 200) }

// Title says what was reported.
func (r Report) Title() string {
	switch {
	case r.Entry == nil && !r.Withdrawn && !r.Unread && r.About.Kind == actors.Group:
		return "The community " + r.About.DisplayName()
	case r.Entry != nil && r.Entry.Title != "":
		return r.Entry.Title
	case r.Entry != nil:
		return "Reply by " + r.About.DisplayName() + ": " + content.Excerpt(string(r.Entry.HTML), 60)
	case r.Withdrawn || r.Unread:
		return "Something that " + r.About.DisplayName() + " wrote"
	}
	return r.About.DisplayName()
}

// ReportsPage lists what waits for the viewer's decision, or what was decided.
type ReportsPage struct {
	Base
	Reports []Report
	Closed  bool
	Paging  Paging
}

func (ReportsPage) template() string { return "reports" }
func (p ReportsPage) title() string {
	if p.Closed {
		return "Decided reports" + p.Paging.title()
	}
	return "Reports" + p.Paging.title()
}

// DecideReportPage shows one report with what can be done about it.
type DecideReportPage struct {
	Base
	Report  Report
	MayHide bool
	// Remove is where the person can be removed from the community; empty where the
	// viewer may not.
	Remove  string
	Removed bool   // they are removed from it already
	Outcome string // chosen so far
	Note    string // typed so far
}

func (DecideReportPage) template() string { return "report-decide" }
func (DecideReportPage) fields() []string { return []string{"outcome", "note"} }
func (p DecideReportPage) title() string {
	return p.Heading() + ": " + p.Report.Title() + " – Reports"
}

// Heading says what was reported, in one line.
func (p DecideReportPage) Heading() string {
	r := p.Report
	switch {
	case r.Entry != nil:
		return "Report about a " + whatKind(r.Entry.Post)
	case r.Withdrawn || r.Unread:
		return "Report about a post"
	case r.About.Kind == actors.Group:
		return "Report about a community"
	}
	return "Report about a person"
}

// Choices are the decisions.
func (DecideReportPage) Choices() []Option {
	return []Option{
		{Value: "nothing", Label: "No action needed"},
		{Value: "acted", Label: "I have dealt with it", Hint: "For example, you have hidden the post or spoken with the person"},
	}
}

package templates

import (
	"time"

	"moothall/actors"
)

// Decision is one thing that a facilitator did in a community.
type Decision struct {
	By      actors.Actor
	Did     string // as the log has it: pin, hide, lock …
	What    string // discussion, question or reply; empty for what is about a person
	Title   string // of the post; empty where the viewer may not read it
	Whom    string // the handle of a person; empty where the viewer may not know
	Link    string // to the post or person; empty for none
	Reason  string
	Restore string // where a facilitator brings back what was hidden; empty for none
	At      time.Time
}

// DecisionsPage lists what facilitators did, newest first.
type DecisionsPage struct {
	Base
	Community Community
	Decisions []Decision
	Paging    Paging
}

func (DecisionsPage) template() string { return "decisions" }
func (p DecisionsPage) title() string {
	return "What facilitators did" + p.Paging.title() + " – " + p.Community.DisplayName()
}

package templates

// MemberPage is what a facilitator can do about one person of a community.
type MemberPage struct {
	Base
	Community    Community
	Who          Member
	Self         bool // the facilitator looks at themselves
	MayAppoint   bool
	MayStandDown bool
	MayRemove    bool
	MayLetBack   bool
	Hidden       []HiddenPost // of what they wrote in the community, the newest
}

// HiddenPost is one that a facilitator can bring back.
type HiddenPost struct{ What, Title, Restore string }

func (MemberPage) template() string { return "member" }
func (p MemberPage) title() string {
	return p.Who.DisplayName() + " – " + p.Community.DisplayName()
}

// Action is where the forms go.
func (p MemberPage) Action() string { return MemberPath(p.Community, p.Who) }

// RemoveMemberPage asks a facilitator why somebody is removed, and until when.
type RemoveMemberPage struct {
	Base
	Community        Community
	Who              Member
	Reason           string // typed so far
	Day, Month, Year string // the day on which it ends; all empty for none
	Posts            bool   // ticked: what they wrote goes too
	Report           string // the report that led here; empty for none
}

func (RemoveMemberPage) template() string { return "member-remove" }
func (RemoveMemberPage) fields() []string { return []string{"reason", "until"} }
func (p RemoveMemberPage) title() string {
	return "Remove " + p.Who.DisplayName() + " – " + p.Community.DisplayName()
}

// Action is where the form goes.
func (p RemoveMemberPage) Action() string { return MemberPath(p.Community, p.Who) + "/remove" }

// Back is where the facilitator came from.
func (p RemoveMemberPage) Back() string { return backTo(p.Report, MemberPath(p.Community, p.Who)) }

// MemberPath is where facilitators find what they can do about somebody.
func MemberPath(c Community, m Member) string {
	return ActorPath(c.Actor) + "/members/" + m.Actor.ID.String()
}

// LockPage asks a facilitator whether a post is to take no more replies, or to
// take them again, and why.
type LockPage struct {
	Base
	Community Community
	Entry     Entry
	Reason    string // typed so far
}

func (LockPage) template() string { return "lock" }
func (LockPage) fields() []string { return []string{"reason"} }
func (p LockPage) title() string  { return p.Heading() + " – " + p.Community.DisplayName() }

// Heading says what the form is for.
func (p LockPage) Heading() string {
	what := "this " + whatKind(p.Entry.Post)
	if p.Entry.Locked {
		return "Open " + what + " to replies?"
	}
	return "Close " + what + " to replies?"
}

// Action is where the form goes.
func (p LockPage) Action() string { return PostPath(p.Entry.ID) + "/lock" }

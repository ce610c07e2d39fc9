package templates

import "moothall/actors"

// InvitePage takes a list of people to invite, and makes links to hand round.
type InvitePage struct {
	Base
	Community Community
	People    string // typed so far, one a line
	Uses      string
	Lasts     string
}

func (InvitePage) template() string { return "community-invite" }
func (InvitePage) fields() []string { return []string{"people", "uses", "lasts"} }
func (p InvitePage) title() string  { return "Invite people – " + p.Community.DisplayName() }

// Times are how long a link can be made for.
func (InvitePage) Times() []Option {
	return []Option{{"week", "1 week", ""}, {"month", "4 weeks", ""}, {"quarter", "3 months", ""}, {"year", "1 year", ""}}
}

// GuestKind is what can come of one line of a list of people.
type GuestKind string

// The kinds of guest. New is the zero value: nothing stands against it.
const (
	GuestNew        GuestKind = ""
	GuestAsked      GuestKind = "asked"
	GuestMember     GuestKind = "member"
	GuestInvited    GuestKind = "invited"
	GuestTwice      GuestKind = "twice"
	GuestRemoved    GuestKind = "removed"
	GuestNotAllowed GuestKind = "not allowed"
	GuestNotFound   GuestKind = "not found"
	GuestUnclear    GuestKind = "unclear"
)

// GuestKinds are all kinds in the order of the page.
func GuestKinds() []GuestKind {
	return []GuestKind{
		GuestNew, GuestAsked, GuestUnclear, GuestNotFound, GuestNotAllowed, GuestRemoved, GuestMember, GuestInvited, GuestTwice,
	}
}

// guestWords say of each kind what it is, and what can be done about it.
var guestWords = map[GuestKind][2]string{
	GuestNew:        {"Will be invited", ""},
	GuestAsked:      {"Have asked to join, and will be let in", ""},
	GuestMember:     {"Are members already", "Nothing happens to them."},
	GuestInvited:    {"Are invited already", "To ask them again, use the list of invitations."},
	GuestTwice:      {"Stand on the list twice", "Each is invited once."},
	GuestRemoved:    {"Have been removed from the community", "Lift the removal first."},
	GuestNotAllowed: {"Are not allowed", "This site does not share with theirs, invites no one there by email, or the community is only for people of this site."},
	GuestNotFound:   {"Were not found", "There is nobody with that address, or their site did not answer. Check it, or try again later."},
	GuestUnclear:    {"Were not understood", "Write an email address, or the address of a person, like @ann@kent.example."},
}

// GuestGroup is the lines of one kind.
type GuestGroup struct {
	Kind  GuestKind
	Lines []GuestLine
}

// GuestLine is one line of the list, as it was typed.
type GuestLine struct {
	Line  int
	Typed string
}

// Title says what the lines are.
func (g GuestGroup) Title() string { return guestWords[g.Kind][0] }

// Help says what can be done about them.
func (g GuestGroup) Help() string { return guestWords[g.Kind][1] }

// CheckGuestsPage shows what would come of a list before anybody is invited.
type CheckGuestsPage struct {
	Base
	Community Community
	Text      string // the list
	Groups    []GuestGroup
}

func (CheckGuestsPage) template() string { return "community-guests" }
func (p CheckGuestsPage) title() string  { return "Check the list – " + p.Community.DisplayName() }

// Coming is how many would be invited or let in.
func (p CheckGuestsPage) Coming() (n int) {
	for _, g := range p.Groups {
		if g.Kind == GuestNew || g.Kind == GuestAsked {
			n += len(g.Lines)
		}
	}
	return n
}

// MadeLink is a link that is shown once.
type MadeLink struct{ For, Link string }

// Bid is an invitation with the people it names.
type Bid struct {
	actors.Bid
	Who  actors.Actor // zero for an e-mail address, or a link
	By   string
	Over bool
}

// Tag says what has become of it.
func (b Bid) Tag() standingTag {
	switch {
	case b.Over:
		return standingTag{"grey", "Ran out", ""}
	case b.State == actors.BidAccepted && b.IsLink():
		return standingTag{"grey", "Used up", ""}
	case b.State == actors.BidAccepted:
		return standingTag{"green", "Accepted", ""}
	case b.State == actors.BidDeclined:
		return standingTag{"orange", "Declined", ""}
	case b.State == actors.BidBounced:
		return standingTag{"red", "Not delivered", ""}
	case b.State == actors.BidWithdrawn:
		return standingTag{"grey", "Taken back", ""}
	case b.IsLink():
		return standingTag{"blue", "Works", ""}
	}
	return standingTag{"yellow", "No answer yet", ""}
}

// Waits says whether it can be taken back.
func (b Bid) Waits() bool { return b.State == actors.BidPending || b.State == actors.BidBounced }

// Name is whom it is for, in words.
func (b Bid) Name() string {
	switch {
	case b.Who.ID != 0 && !b.IsLink():
		return b.Who.DisplayName()
	case b.Email != "":
		return b.Email
	}
	return "Link for " + Count(b.Most, "person", "people")
}

// BidCounts say how many invitations of a community there are of each kind.
type BidCounts struct{ Accepted, Pending, Declined, Bounced, Over, Withdrawn int }

// BidsPage lists the invitations of a community.
type BidsPage struct {
	Base
	Community Community
	Counts    BidCounts
	Bids      []Bid
	Paging    Paging
	Links     []MadeLink // just made
}

func (BidsPage) template() string { return "community-bids" }
func (p BidsPage) title() string {
	return "Invitations" + p.Paging.title() + " – " + p.Community.DisplayName()
}

// Unanswered is how many can be asked again.
func (p BidsPage) Unanswered() int { return p.Counts.Pending + p.Counts.Over + p.Counts.Bounced }

// BidsPath is where facilitators see whom they have invited.
func BidsPath(c Community) string { return ActorPath(c.Actor) + "/invitations" }

// InvitedPage is what a link into a community leads to.
type InvitedPage struct {
	Base
	Community Community
	By        string // who invites; empty when that is not known any more
	Token     string // of the link
	Mailed    bool   // the link went to one e-mail address
	Theirs    bool   // to that of the viewer's account, or it was not mailed
	Accounts  bool   // an account can be made with it
	Elsewhere bool   // people of other sites can join
	Address   string // typed so far
	Sent      *actors.Actor
}

func (InvitedPage) template() string { return "invited" }
func (InvitedPage) fields() []string { return []string{"address"} }
func (p InvitedPage) title() string  { return "Join " + p.Community.DisplayName() }

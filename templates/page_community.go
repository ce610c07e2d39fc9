package templates

import (
	"time"

	"moothall/actors"
	"moothall/content"
)

// Community is a community with what a list or a heading says of it.
type Community struct {
	actors.Community
	RunBy         string // organisation whose site is its home
	Purpose       content.SafeHTML
	Excerpt       string // start of the purpose, as plain text, for lists
	Organisations int    // that its members belong to
	Membership    actors.Membership
	New           int // discussions since the viewer last looked
	// Closed says that the viewer may know of it and not look inside: no numbers
	// are shown (security.md S173).
	Closed bool
}

// Entry is a post with what a page says of it.
type Entry struct {
	content.Post
	Author     actors.Actor
	Community  Community // filled where a list mixes communities
	ParentName string    // who is answered; empty for a first answer
	Said       bool      // the viewer has marked it useful
	May        May       // what the viewer may do with it
	Chosen     bool      // the answer of its question
	Within     bool      // drawn in a list of its own community, which need not be named
}

// Indent is how far in a comment is drawn: three steps at the most, so that it
// can be read on a telephone.
func (e Entry) Indent() int { return min(max(e.Depth-1, 0), 3) }

// Here is e as the page of its own community lists it.
func (e Entry) Here() Entry {
	e.Within = true
	return e
}

// May says which buttons an entry has for the viewer.
type May struct {
	Reply, Useful, Edit, Delete bool
	Hide                        bool // a facilitator takes out what somebody else wrote
	Report                      bool // strangers too: they are told where
	Pin                         bool // a facilitator puts it at the top, or takes it from there
	Answer                      bool // whoever asked, or a facilitator, says that it answers the question
	Lock                        bool // a facilitator closes it to replies, or opens it again
}

// HomePage greets: strangers with what this is, members with their communities.
type HomePage struct {
	Base
	Communities []Community // the viewer's own; for strangers, some that are open
	Latest      []Entry     // across the viewer's communities, newest first
	MayStart    bool        // may start a community
}

func (HomePage) template() string { return "home" }
func (p HomePage) title() string {
	if p.Viewer.SignedIn {
		return "Your communities"
	}
	return "Home"
}

// CommunitiesPage is the directory of what this site knows.
type CommunitiesPage struct {
	Base
	Search      string
	Communities []Community
	Total       int
	Paging      Paging
	MayStart    bool
	Address     string // typed into "find by address", kept when it was wrong
}

func (CommunitiesPage) template() string { return "communities" }
func (p CommunitiesPage) title() string  { return "Communities" + p.Paging.title() }
func (CommunitiesPage) fields() []string { return []string{"address"} }

// FoundPage answers a search by address on another organisation's site.
type FoundPage struct {
	Base
	Address string
	Found   *Community // nil when there is none
	Blocked bool       // this site does not share with the one that was named
	Reason  string     // what went wrong, in words; empty for nothing found
}

func (FoundPage) template() string { return "found" }
func (p FoundPage) title() string {
	if p.Found != nil {
		return p.Found.DisplayName()
	}
	return "We could not find that community"
}

// CommunityPage shows a community and its discussions.
type CommunityPage struct {
	Base
	Community    Community
	Facilitators []actors.Actor
	Discussions  []Entry // pinned first
	Paging       Paging
	CompleteTo   time.Time // how far its past is proved complete; zero when unknown
	MovedTo      *Moved    // nil for one that has not moved
	MayJoin      bool
	MayPost      bool
	MayRun       bool   // the viewer is a facilitator here
	Asking       int    // people who wait for a facilitator's answer
	OwnSite      string // typed into "join from your council"
}

func (CommunityPage) template() string { return "community" }
func (p CommunityPage) title() string  { return p.Community.DisplayName() + p.Paging.title() }
func (CommunityPage) fields() []string { return []string{"site"} }

// CommunityForm is what a person types to start or change a community.
type CommunityForm struct {
	Title, Name, Purpose string
	Audience             actors.Audience
	Joining              actors.Joining
	Posting              actors.Posting
	Language             string
	ThreadType           string
}

// StartCommunityPage starts a community.
type StartCommunityPage struct {
	Base
	Form CommunityForm
}

func (StartCommunityPage) template() string { return "community-start" }
func (StartCommunityPage) title() string    { return "Start a community" }
func (StartCommunityPage) fields() []string {
	return []string{"title", "name", "purpose", "audience", "joining", "posting", "language"}
}

// CommunitySettingsPage lets facilitators change a community. Its address is
// for ever, and it is not made wider: people wrote in it for fewer.
type CommunitySettingsPage struct {
	Base
	Community Community
	Form      CommunityForm
}

func (CommunitySettingsPage) template() string { return "community-settings" }
func (p CommunitySettingsPage) title() string {
	return "Settings – " + p.Community.DisplayName()
}
func (CommunitySettingsPage) fields() []string {
	return []string{"title", "purpose", "audience", "joining", "posting", "language", "thread"}
}

// NarrowCommunityPage asks whether a community is really to be for fewer people.
type NarrowCommunityPage struct {
	Base
	Community Community
	To        actors.Audience
	Asked     int      // other organisations' sites that are asked to take their copies away or keep them for members
	Kept      []Hidden // the form that waits for the answer
}

func (NarrowCommunityPage) template() string { return "community-narrow" }
func (p NarrowCommunityPage) title() string {
	return "Fewer readers – " + p.Community.DisplayName()
}
func (NarrowCommunityPage) fields() []string { return nil }

// Member is one line of the list of members.
type Member struct {
	actors.Actor
	Membership actors.Membership
}

// MembersPage lists the members, and for facilitators those who ask to join.
type MembersPage struct {
	Base
	Community Community
	Asking    []Member // only for facilitators
	Removed   []Member // only for facilitators
	Members   []Member
	Paging    Paging
	MayRun    bool // a facilitator, of a community that lives here
	// MayModerate is a facilitator, wherever the community lives.
	MayModerate bool
	MayRead     bool // a member, who may read what facilitators did
}

func (MembersPage) template() string { return "members" }
func (p MembersPage) title() string {
	return "Members" + p.Paging.title() + " – " + p.Community.DisplayName()
}

// LeavePage asks whether a member really wants to leave.
type LeavePage struct {
	Base
	Community Community
}

func (LeavePage) template() string { return "leave" }
func (p LeavePage) title() string  { return "Leave " + p.Community.DisplayName() }

// JoinPage is where a person lands on their own site when they chose "Join from
// your council" elsewhere, and where joining is confirmed (users.md MEM-3).
type JoinPage struct {
	Base
	Community Community
	Readers   Readers // who will receive what the person posts there
}

func (JoinPage) template() string { return "join" }
func (p JoinPage) title() string  { return "Join " + p.Community.DisplayName() }

// PersonPage shows a person, and of what they wrote only what the viewer may read.
type PersonPage struct {
	Base
	Person      actors.Actor
	About       content.SafeHTML
	Home        string // organisation whose site is theirs; empty for this one
	Communities []Community
	Posts       []Entry
	Self        bool
	MovedTo     *Moved // nil for one who has not moved
}

func (PersonPage) template() string { return "person" }
func (p PersonPage) title() string  { return p.Person.DisplayName() }

// Notice is one line of the notifications.
type Notice struct {
	Who    actors.Actor
	What   string // reply, mention, accepted, asked: which words are used
	Entry  Entry  // the post it concerns; zero for none
	Group  Community
	Reason string    // why the viewer was removed, or their post hidden or closed; empty for everything else
	Due    time.Time // day on which a document is to be looked at again
	At     time.Time
	Unread bool
}

// NotificationsPage lists what concerns the viewer.
type NotificationsPage struct {
	Base
	Notices []Notice
	Paging  Paging
}

func (NotificationsPage) template() string { return "notifications" }
func (p NotificationsPage) title() string  { return "Notifications" + p.Paging.title() }

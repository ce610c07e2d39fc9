package actors

import "time"

// Audience says who may read a thing. A community sets the widest; an item may
// be narrower, never wider.
type Audience string

// The audiences, widest first.
const (
	AudiencePublic       Audience = "public"       // anyone
	AudienceNetwork      Audience = "network"      // signed-in people at trusted partners
	AudienceMembers      Audience = "members"      // members of the community, wherever they are
	AudienceOrganisation Audience = "organisation" // never leaves this node
)

var audienceWidth = map[Audience]int{
	AudienceOrganisation: 1, AudienceMembers: 2, AudienceNetwork: 3, AudiencePublic: 4,
}

// Valid says whether a is one of the four audiences.
func (a Audience) Valid() bool { return audienceWidth[a] > 0 }

// WiderThan says whether a lets in people whom b keeps out.
func (a Audience) WiderThan(b Audience) bool { return audienceWidth[a] > audienceWidth[b] }

// Federates says whether things with this audience ever leave the node.
func (a Audience) Federates() bool { return a.Valid() && a != AudienceOrganisation }

// Joining says how people become members.
type Joining string

// How people become members.
const (
	JoinOpen       Joining = "open"
	JoinRequest    Joining = "request"
	JoinInvitation Joining = "invitation"
)

// Posting says who may start discussions and reply.
type Posting string

// Who may post.
const (
	PostAnyone     Posting = "anyone" // whom the policy lets in and who is not banned
	PostMembers    Posting = "members"
	PostModerators Posting = "moderators"
)

// History says how much of a remote community's past this node holds.
type History string

// The states of a community's history on this node.
const (
	HistoryComplete History = "complete" // ours, or proved against the signed head
	HistoryFetching History = "fetching" // being fetched now
	HistoryPartial  History = "partial"  // all that could be had, without proof
	HistoryNone     History = "none"     // nobody here follows it
)

// Community is a Group actor with the settings that govern it here.
type Community struct {
	Actor
	Audience   Audience
	Joining    Joining
	Posting    Posting
	ThreadType string // ActivityStreams type of a new discussion: Article always, or Page wherever that is understood
	Language   string // BCP 47
	Epoch      int64  // grows when a member leaves or is removed; of one elsewhere the newest that it has signed
	// MemberToken is where the home of a community elsewhere gives out member tokens
	// (decision 0033); empty where it does not, and for those that live here.
	MemberToken URI

	History       History
	HistoryNote   string // what is still missing, in words for people
	HeadSeq       int64  // highest entry of the community's log seen in a signed head
	CompleteTo    int64  // highest entry such that this node holds all before it
	LastPost      time.Time
	MemberCount   int
	DiscussionCnt int
}

// May says whether m, who comes with the community's own rules, may post.
func (c Community) MayPost(m Membership) bool {
	if m.Standing == Banned {
		return false
	}
	switch c.Posting {
	case PostModerators:
		return m.May(Moderator)
	case PostAnyone:
		return true
	default:
		return m.May(Member)
	}
}

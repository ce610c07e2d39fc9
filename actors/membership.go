package actors

import "time"

// Role is what a member may do in a community. Pages say facilitator for
// Moderator.
type Role uint8

// The roles, in order: each may do what the one before it may.
const (
	Guest Role = iota
	Member
	Moderator
	Owner
)

var roleNames = []string{"guest", "member", "moderator", "owner"}

// String is the stored form of a role.
func (r Role) String() string {
	if int(r) < len(roleNames) {
		return roleNames[r]
	}
	return "guest"
}

// ParseRole reads what String wrote; anything else is Guest, who may do nothing.
func ParseRole(s string) Role {
	for i, n := range roleNames {
		if n == s {
			return Role(i)
		}
	}
	return Guest
}

// Standing says how an actor stands towards a community.
type Standing string

// The standings.
const (
	NoStanding Standing = ""
	Asked      Standing = "asked"
	Joined     Standing = "joined"
	Refused    Standing = "refused"
	Left       Standing = "left"
	Banned     Standing = "banned"
	Invited    Standing = "invited" // a facilitator lets this one in as soon as they ask
)

// Membership ties an actor to a community, or a follower to a person. The zero
// value may do nothing.
type Membership struct {
	Group    ID
	Actor    ID
	Role     Role
	Standing Standing
	Follow   URI // id of the Follow that asked for it
	Since    time.Time

	Appointed time.Time // when a facilitator became one; zero for others
	Until     time.Time // when a removal ends by itself; zero for never
	Note      string    // why somebody was removed, in the facilitator's words
}

// At is the membership as it counts at a time: a removal ends by itself when its
// date has come, and whoever was removed may join again.
func (m Membership) At(now time.Time) Membership {
	if m.Standing == Banned && !m.Until.IsZero() && !m.Until.After(now) {
		m.Standing, m.Since, m.Until, m.Note = Left, m.Until, time.Time{}, ""
	}
	return m
}

// Outranks says whether a facilitator may stand another one down: the owner may,
// and otherwise whoever has been a facilitator for longer (security.md S51).
func (m Membership) Outranks(other Membership) bool {
	switch {
	case !m.May(Moderator):
		return false
	case !other.May(Moderator):
		return true
	case m.Role != other.Role:
		return m.Role > other.Role
	case m.Appointed.Equal(other.Appointed):
		return m.Actor < other.Actor
	}
	return m.Appointed.Before(other.Appointed)
}

// May says whether the member has at least this role.
func (m Membership) May(r Role) bool { return m.Standing == Joined && m.Role >= r }

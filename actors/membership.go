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
}

// May says whether the member has at least this role.
func (m Membership) May(r Role) bool { return m.Standing == Joined && m.Role >= r }

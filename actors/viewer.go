package actors

import "errors"

// ErrForbidden says that the one who asks may not do this.
var ErrForbidden = errors.New("not allowed")

// Viewer is whoever asks to read or do something. The zero Viewer is the
// anonymous public. It is always passed as an argument, never hidden in a
// context, so that a signature shows who is asking.
type Viewer struct {
	Actor ID     // zero when nobody is signed in
	Local bool   // an account of this node
	Host  string // host that signed the request, when one did
	Admin bool   // may run this node; gives no right to read closed communities
	// MemberOf is a community elsewhere whose home has just confirmed that Actor
	// belongs to it (protocol.md 8.11). This node's own memberships say nothing of
	// it, and so the store's queries do not know it: whoever sets it asks MayRead.
	MemberOf ID
}

// SignedIn says whether the viewer is a person whom this node or a partner vouches for.
func (v Viewer) SignedIn() bool { return v.Actor != 0 }

// BelongsTo says whether the viewer is a member of the community that m, which is
// the viewer's own, is about.
func (v Viewer) BelongsTo(m Membership) bool {
	switch {
	case !v.SignedIn() || m.Standing == Banned:
		return false
	case m.Standing == Joined && m.Actor == v.Actor:
		return true
	}
	return v.MemberOf != 0 && v.MemberOf == m.Group
}

// MayRead is the one rule of who may read a thing (invariant I4). The store
// holds the same rule as SQL in its readable predicate, and a test compares the two.
func (v Viewer) MayRead(a Audience, author ID, m Membership) bool {
	if v.Actor != 0 && v.Actor == author && m.Standing != Banned {
		return true
	}
	switch a {
	case AudiencePublic:
		return true
	case AudienceNetwork:
		return v.SignedIn()
	case AudienceMembers:
		return v.BelongsTo(m)
	case AudienceOrganisation:
		return v.Local && v.BelongsTo(m)
	}
	return false
}

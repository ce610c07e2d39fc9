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
}

// SignedIn says whether the viewer is a person whom this node or a partner vouches for.
func (v Viewer) SignedIn() bool { return v.Actor != 0 }

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
		return v.SignedIn() && m.Standing == Joined && m.Actor == v.Actor
	case AudienceOrganisation:
		return v.SignedIn() && v.Local && m.Standing == Joined && m.Actor == v.Actor
	}
	return false
}

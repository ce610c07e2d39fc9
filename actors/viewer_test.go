package actors

import "testing"

// A member vouched for by a community's home reads what is for its members: of
// that community, not when banned here, and nothing that never leaves a node.
func TestI4_MemberOf(t *testing.T) {
	t.Parallel()
	const group, other, author = 7, 8, 9
	v := Viewer{Actor: 1, MemberOf: group}
	for name, c := range map[string]struct {
		viewer   Viewer
		audience Audience
		m        Membership
		want     bool
	}{
		"vouched for":             {v, AudienceMembers, Membership{Group: group, Actor: 1}, true},
		"left here, vouched for":  {v, AudienceMembers, Membership{Group: group, Actor: 1, Standing: Left}, true},
		"another community":       {v, AudienceMembers, Membership{Group: other, Actor: 1}, false},
		"banned here":             {v, AudienceMembers, Membership{Group: group, Actor: 1, Standing: Banned}, false},
		"what never leaves":       {v, AudienceOrganisation, Membership{Group: group, Actor: 1}, false},
		"nobody":                  {Viewer{MemberOf: group}, AudienceMembers, Membership{Group: group}, false},
		"no community, none said": {Viewer{Actor: 1}, AudienceMembers, Membership{}, false},
		"someone else's":          {Viewer{Actor: 1}, AudienceMembers, Membership{Group: group, Actor: 2, Standing: Joined}, false},
	} {
		if got := c.viewer.MayRead(c.audience, author, c.m); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

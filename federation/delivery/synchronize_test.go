package delivery

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/store"
)

func syncOf(digest string) string {
	return fmt.Sprintf(`collectionId="%s/c/roads/followers", url="%s/c/roads/followers_synchronization", digest="%s"`, ourBase, ourBase, digest)
}

// TestFEP8fcf_FollowersAreComparedHostByHost: what is for followers says which of
// them the receiver's host has, and what is for somebody says nothing.
func TestFEP8fcf_FollowersAreComparedHostByHost(t *testing.T) {
	h := newHall(t)
	ann, abe := h.follower(peerA, "ann", true), h.follower(peerA, "abe", true)
	bob := h.follower(peerB, "bob", false)
	other := h.localActor("bridges")
	h.say("to all", h.toFollowers())
	h.say("to bob", store.ToInbox(bob))
	h.sayAs(other, "in another's name", h.toFollowers())
	h.settle()
	h.leave(abe)
	h.say("again", h.toFollowers())
	h.settle()
	got := map[string]string{}
	for i, m := range h.mail {
		got[m.Inbox.Host()+" "+m.Body] = h.syncs[i]
	}
	want := map[string]string{
		"a.example to all":            syncOf(store.DigestOf([]actors.URI{ann.URI, abe.URI})),
		"b.example to all":            syncOf(store.DigestOf([]actors.URI{bob.URI})),
		"b.example to bob":            "",
		"a.example in another's name": "", "b.example in another's name": "",
		"a.example again": syncOf(store.DigestOf([]actors.URI{ann.URI})),
		"b.example again": syncOf(store.DigestOf([]actors.URI{bob.URI})),
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

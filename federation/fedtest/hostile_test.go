package fedtest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actors"
)

// TestS50_CollectionsOfOursAreChangedByFacilitatorsOnly sends Add and Remove by
// somebody who is nobody here, and by one who is a member.
func TestS50_CollectionsOfOursAreChangedByFacilitatorsOnly(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	mal := eve.of.Person("mal")
	mal.follows(parks)
	pinned, post := ann.Posts(parks, "Pinned"), ann.Posts(parks, "Not pinned")
	ann.Pins(parks, pinned)
	eve.isMet("north.example")
	for _, by := range []*Puppet{eve, mal} {
		for _, target := range []actors.URI{parks.URI + "/featured", parks.URI + "/moderators", parks.URI + "/followers", parks.URI, ann.URI + "/followers", "https://north.example/"} {
			for kind, objects := range map[string][]actors.URI{
				"Add":    {post.URI, by.URI, eve.URI},
				"Remove": {pinned.URI, ann.URI, mal.URI},
			} {
				for _, object := range objects {
					town.Unchanged("north.example", func() {
						act := moderation(by, parks, kind, object)
						act["target"] = target
						r := by.Sends(inbox(parks), act)
						town.Settle()
						if r.Status != http.StatusAccepted {
							t.Errorf("%s %s to %s: %d", kind, object, target, r.Status)
						}
					})
				}
			}
		}
	}
	if lines := town.dump("north.example"); !strings.Contains(lines, "not_moderator: ") {
		t.Error("no row says why")
	}
	if !ann.IsPinned(pinned) || ann.IsPinned(post) {
		t.Error("what is pinned has changed")
	}
}

// TestS69_S70_InboxesAreOfTheActorsOwnHost lets actors say that they are to be
// reached at ours, or at somebody else's. What is due to them must not go there.
func TestS69_S70_InboxesAreOfTheActorsOwnHost(t *testing.T) {
	for name, tt := range map[string]struct {
		spoil  func(doc Doc)
		status int // of the Follow
	}{
		"sharedInbox is ours":            {func(d Doc) { d["endpoints"] = Doc{"sharedInbox": "https://north.example/c/parks/inbox"} }, 202},
		"sharedInbox is a bank's":        {func(d Doc) { d["endpoints"] = Doc{"sharedInbox": "https://bank.example/transfer"} }, 202},
		"sharedInbox at the top is ours": {func(d Doc) { delete(d, "endpoints"); d["sharedInbox"] = "https://north.example/inbox" }, 202},
		"inbox is ours":                  {func(d Doc) { d["inbox"] = "https://north.example/c/parks/inbox" }, 401},
		"inbox is a bank's":              {func(d Doc) { d["inbox"] = "https://bank.example/transfer" }, 401},
		"inbox is plain HTTP":            {func(d Doc) { d["inbox"] = "http://evil.example/u/eve/inbox" }, 401},
		"inbox is of a host below":       {func(d Doc) { d["inbox"] = "https://a.evil.example/u/eve/inbox" }, 401},
	} {
		t.Run(name, func(t *testing.T) {
			town, ann, parks, eve := besieged(t)
			bank := town.Stranger("bank.example")
			doc := eve.Document("Person", "eve")
			tt.spoil(doc)
			eve.of.Serves("/u/eve", Answer{Body: doc})
			eve.of.Forget()
			r := eve.Sends(inbox(parks), follow(eve, parks))
			ann.Posts(parks, "For members")
			town.Pass(time.Hour)
			if r.Status != tt.status {
				t.Errorf("Follow is answered %d %s", r.Status, r.Body)
			}
			if got := bank.Requests(); len(got) > 0 {
				t.Errorf("the bank was sent %s %s", got[0].Method, got[0].URL)
			}
			if in := rowsOfKind(town.dump("north.example"), "in"); strings.Contains(in, `host="north.example"`) {
				t.Errorf("we sent something to ourselves: %s", in)
			}
			sent := 0
			for _, x := range eve.of.Requests() {
				if x.Method == http.MethodPost {
					sent++
					if x.URL != "/u/eve/inbox" {
						t.Errorf("it was sent to %s", x.URL)
					}
				}
			}
			if tt.status == 202 && sent == 0 || tt.status != 202 && sent > 0 {
				t.Errorf("%d things were sent to the actor's own inbox", sent)
			}
		})
	}
}

// rowsOfKind keeps the activities that crossed the border this way.
func rowsOfKind(lines, direction string) string {
	var out strings.Builder
	for l := range strings.Lines(lines) {
		if strings.Contains(l, `direction="`+direction+`"`) {
			out.WriteString(l)
		}
	}
	return out.String()
}

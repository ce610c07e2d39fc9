package fedtest

import (
	"strings"
	"testing"

	"moothall/actors"
)

func TestFacilitatorElsewhereDescribesTheCommunity(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	ann.Appoints(parks, bob)
	town.Settle()
	bob.Describes(parks, "Parks and gardens", "For *all* who plant.")
	town.Settle()
	for _, p := range []*Person{ann, bob, cer} {
		if c := p.Knows(parks); c.Title != "Parks and gardens" || !strings.Contains(c.Summary, "<em>all</em>") {
			t.Errorf("%s: %q %q", p.URI, c.Title, c.Summary)
		}
	}
	page := textOf(bob.browser().open("/c/parks@north.example/settings"))
	if !strings.Contains(page, "For *all* who plant.") || !strings.Contains(page, "Send changes to") || strings.Contains(page, "Who can post?") {
		t.Errorf("bob's page for it:\n%s", page)
	}
	if page := textOf(bob.browser().open("/c/parks@north.example")); !strings.Contains(page, "Change this community") {
		t.Errorf("nothing leads there:\n%s", page)
	}
	_, err := cer.Try(Doc{"type": "Update", "object": Doc{"id": parks.URI, "type": "Group", "name": "Mine"}})
	refused(t, err, "not_moderator")
	ann.Describes(parks, "Parks", "For all.")
	town.Settle()
	if c := cer.Knows(parks); c.Title != "Parks" || !strings.Contains(c.Summary, "For all.") {
		t.Errorf("%q %q", c.Title, c.Summary)
	}
}

// lemmyGroup is a community as Lemmy's moderators send it, with what is not theirs
// to say twisted.
func lemmyGroup(by *Puppet, parks Community, more Doc) Doc {
	group := Doc{
		"type": "Group", "id": parks.URI, "preferredUsername": "stolen", "name": "The Updated Community",
		"summary": "<p>updated 2</p>\n", "source": Doc{"content": "updated 2", "mediaType": "text/markdown"},
		"sensitive": false, "postingRestrictedToMods": true,
		"inbox": by.URI + "/inbox", "outbox": by.URI + "/outbox", "followers": by.URI + "/followers", "attributedTo": by.URI + "/moderators",
		"featured": by.URI + "/featured", "endpoints": Doc{"sharedInbox": "https://evil.example/inbox"},
		"publicKey": Doc{"id": parks.URI + "#main-key", "owner": parks.URI, "publicKeyPem": "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n"},
		"movedTo":   by.URI, "manuallyApprovesFollowers": true, "moothall:audience": "public",
	}
	for k, v := range more {
		group[k] = v
	}
	return moderation(by, parks, "Update", group)
}

// TestGroupUpdatesGiveWordsAndNoAddresses: a facilitator of ours on a server that
// is not to be trusted with more (security.md S50).
func TestGroupUpdatesGiveWordsAndNoAddresses(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	eve := town.Stranger("evil.example").Person("eve")
	eve.follows(parks)
	town.Unchanged("north.example", func() {
		eve.Sends(inbox(parks), lemmyGroup(eve, parks, nil)) // a plain member
		town.Settle()
	})
	ann.Appoints(parks, &Person{URI: eve.URI, town: town})
	town.Settle()
	before := ann.Knows(parks)
	eve.of.Forget()
	eve.Sends(inbox(parks), lemmyGroup(eve, parks, nil))
	town.Settle()
	after := ann.Knows(parks)
	if after.Title != "The Updated Community" || after.Source != "updated 2" || after.Posting != actors.PostModerators {
		t.Errorf("it is now %q %q %q", after.Title, after.Source, after.Posting)
	}
	after.Title, after.Source, after.Summary, after.Posting, after.Updated = before.Title, before.Source, before.Summary, before.Posting, before.Updated
	if after != before {
		t.Errorf("more than words has changed:\n%+v\n%+v", before, after)
	}
	if c := bob.Knows(parks); c.Title != "The Updated Community" || c.Inbox != before.Inbox || c.PublicKey != before.PublicKey {
		t.Errorf("south.example has %+v", c.Actor)
	}
	if heard := heardBy(eve.of); !strings.Contains(heard, "The Updated Community") || strings.Contains(heard, "stolen") {
		t.Errorf("what was passed on:\n%s", heard)
	}
	eve.of.Forget()
	eve.Sends(inbox(parks), lemmyGroup(eve, parks, nil)) // the same again
	town.Settle()
	if heard := heardBy(eve.of); heard != "" {
		t.Errorf("what has not changed was passed on:\n%s", heard)
	}
	town.Unchanged("north.example", func() {
		eve.Sends(inbox(parks), lemmyGroup(eve, parks, Doc{"name": strings.Repeat("x", 300), "inbox": nil}))
		town.Settle()
	})
}

// TestGroupUpdatesFromElsewhere: a moderator of theirs says that a community has
// changed. Its own host is asked what it is now.
func TestGroupUpdatesFromElsewhere(t *testing.T) {
	town := New(t, "south.example")
	bob := town.Person("bob@south.example")
	lemmy := town.Stranger("lemmy.example")
	ponds, mod := lemmy.Group("ponds"), lemmy.Person("mod")
	c := Community{Name: "ponds", URI: ponds.URI}
	bob.Joins(c)
	town.Settle()
	ponds.Sends("https://south.example/inbox", Doc{"id": ponds.ID(), "type": "Accept", "actor": ponds.URI, "object": lastFollow(lemmy)})
	town.Settle()
	update := lemmyGroup(mod, c, nil)
	announce := func() Doc {
		return Doc{"id": ponds.ID(), "type": "Announce", "actor": ponds.URI, "object": update}
	}
	ponds.Sends("https://south.example/inbox", announce())
	town.Settle()
	if found := bob.Knows(c); found.Title == "The Updated Community" || found.Inbox != ponds.URI+"/inbox" {
		t.Errorf("believed without asking: %+v", found.Actor)
	}
	doc := ponds.Document("Group", "ponds")
	doc["name"] = "The Updated Community"
	lemmy.Serves("/u/ponds", Answer{Body: doc})
	ponds.Sends("https://south.example/inbox", announce())
	town.Settle()
	if found := bob.Knows(c); found.Title != "The Updated Community" {
		t.Errorf("not read again: %+v", found.Actor)
	}
	// A stranger makes us ask nobody.
	eve := town.Stranger("evil.example").Person("eve")
	lemmy.Forget()
	eve.Sends("https://south.example/inbox", lemmyGroup(eve, c, nil))
	town.Settle()
	for _, x := range lemmy.Requests() {
		if x.URL == "/u/ponds" {
			t.Error("a stranger made the node read the community again")
		}
	}
}

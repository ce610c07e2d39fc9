package fedtest

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
)

// parish is a community on one node, with a member on each of two others.
func parish(t *testing.T) (town *Town, ann, bob, cer *Person, parks Community) {
	t.Helper()
	town = New(t, "north.example", "south.example", "west.example")
	ann, bob, cer = town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	parks = ann.Starts("parks")
	bob.Joins(parks)
	cer.Joins(parks)
	town.Settle()
	return town, ann, bob, cer, parks
}

// refused fails the test unless a node refused with this code.
func refused(t *testing.T, err error, code string) {
	t.Helper()
	no, ok := errors.AsType[*Refused](err)
	if !ok || !strings.Contains(no.Words, `"`+code+`"`) {
		t.Errorf("want a refusal with %s, got %v", code, err)
	}
}

func TestC42_PinsTravel(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	post := cer.Posts(parks, "Start here")
	town.Settle()
	ann.Pins(parks, post)
	town.Settle()
	for _, p := range []*Person{ann, bob, cer} {
		if !p.IsPinned(post) {
			t.Errorf("%s: it is not pinned", p.URI)
		}
	}
	ann.Unpins(parks, post)
	town.Settle()
	for _, p := range []*Person{ann, bob, cer} {
		if p.IsPinned(post) {
			t.Errorf("%s: it is still pinned", p.URI)
		}
	}
	_, err := bob.Try(Doc{"type": "Add", "object": post.URI, "target": parks.URI + "/featured"})
	refused(t, err, "not_moderator")
	_, err = ann.Try(Doc{"type": "Add", "object": post.URI, "target": parks.URI + "/followers"})
	if no, ok := errors.AsType[*Refused](err); !ok || no.Status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong target: %v", err)
	}
}

func TestThreeDiscussionsAreThePinnedOnes(t *testing.T) {
	town, ann, _, _, parks := parish(t)
	for _, title := range []string{"One", "Two", "Three"} {
		ann.Pins(parks, ann.Posts(parks, title))
	}
	fourth := ann.Posts(parks, "Four")
	town.Settle()
	_, err := ann.Try(Doc{"type": "Add", "object": fourth.URI, "target": parks.URI + "/featured"})
	refused(t, err, "too_many_pinned")
}

func TestC42_FacilitatorElsewhere(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	post := cer.Posts(parks, "Start here")
	ann.Appoints(parks, bob)
	town.Settle()
	for _, p := range []*Person{ann, bob, cer} {
		if m := p.Stands(parks, bob); !m.May(actors.Moderator) {
			t.Fatalf("%s: bob is %s", p.URI, m.Role)
		}
	}
	bob.Pins(parks, post)
	town.Settle()
	for _, p := range []*Person{ann, bob, cer} {
		if !p.IsPinned(post) {
			t.Errorf("%s: it is not pinned", p.URI)
		}
	}
	ann.StandsDown(parks, bob)
	town.Settle()
	for _, p := range []*Person{ann, bob, cer} {
		if m := p.Stands(parks, bob); m.May(actors.Moderator) {
			t.Errorf("%s: bob is still a %s", p.URI, m.Role)
		}
	}
	if !bob.IsMember(parks) {
		t.Error("bob is no longer a member")
	}
}

func TestS51_JuniorsDoNotRemoveSeniors(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	ann.Appoints(parks, bob)
	town.Pass(time.Hour)
	ann.Appoints(parks, cer)
	town.Settle()
	// cer's node sends what it is asked to; the community's node refuses it.
	cer.StandsDown(parks, bob)
	cer.Removes(parks, bob, "I want to be first", time.Time{})
	cer.StandsDown(parks, ann)
	town.Settle()
	for _, who := range []*Person{ann, bob} {
		if m := ann.Stands(parks, who); !m.May(actors.Moderator) {
			t.Errorf("%s was stood down by a junior", who.URI)
		}
	}
	bob.StandsDown(parks, cer)
	town.Settle()
	if m := ann.Stands(parks, cer); m.May(actors.Moderator) || m.Standing != actors.Joined {
		t.Errorf("the senior could not: %+v", m)
	}
	bob.StandsDown(parks, bob)
	town.Settle()
	_, err := ann.Try(Doc{"type": "Remove", "object": ann.URI, "target": parks.URI + "/moderators"})
	refused(t, err, "last_moderator")
}

func TestC44_RemovedFromACommunity(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	until := town.Clock.Now().Add(72 * time.Hour)
	ann.Removes(parks, bob, "advertises", until)
	town.Settle()
	for _, p := range []*Person{ann, bob} {
		if m := p.Stands(parks, bob); m.Standing != actors.Banned || m.Note != "advertises" || !m.Until.Equal(until.Truncate(time.Second)) {
			t.Errorf("%s: bob stands %+v", p.URI, m)
		}
	}
	if _, err := bob.TryPublish(bob.draft(parks, "Page", "Cheap chairs", "Buy now")); err == nil {
		t.Error("a removed person can post")
	}
	refused(t, bob.TryJoin(parks), "banned")

	town.Pass(73 * time.Hour)
	bob.Joins(parks)
	town.Settle()
	bob.Posts(parks, "I am back")
	town.Settle()
	cer.Sees(parks, "I am back")
}

func TestC44_RemovalIsLifted(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	ann.Removes(parks, bob, "advertises", time.Time{})
	town.Pass(1000 * time.Hour)
	if m := bob.Stands(parks, bob); m.Standing != actors.Banned {
		t.Fatalf("bob stands %+v", m)
	}
	ann.LetsBack(parks, bob)
	town.Settle()
	if m := bob.Stands(parks, bob); m.Standing != actors.Left {
		t.Fatalf("bob stands %+v", m)
	}
	bob.Joins(parks)
	town.Settle()
	bob.Posts(parks, "Thank you")
	town.Settle()
	cer.Sees(parks, "Thank you")
}

func TestC44_CreateOfARemovedStrangerIsNotAnnounced(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	if r := eve.Sends(inbox(parks), note(eve, parks, "A fair question")); r.Status != http.StatusAccepted {
		t.Fatal(r)
	}
	town.Settle()
	ann.Removes(parks, &Person{URI: eve.URI, town: town}, "advertises", time.Time{})
	town.Settle()
	eve.Sends(inbox(parks), note(eve, parks, "Cheap chairs"))
	town.Settle()
	ann.SeesNot(parks, "Cheap chairs")
	ann.Sees(parks, "A fair question")
}

func TestS52_CommunityRemovesFromItselfOnly(t *testing.T) {
	town, ann, bob, _, parks := parish(t)
	woods := ann.Starts("woods")
	bob.Joins(woods)
	evil := town.Stranger("evil.example")
	ponds := evil.Group("ponds")
	bob.Joins(Community{Name: "ponds", URI: ponds.URI})
	town.Settle()
	follow := lastFollow(evil)
	ponds.Sends("https://south.example/inbox", Doc{"id": ponds.ID(), "type": "Accept", "actor": ponds.URI, "object": follow})
	town.Settle()
	for _, target := range []actors.URI{parks.URI, "https://north.example/", "https://south.example/"} {
		ponds.Sends("https://south.example/inbox", Doc{
			"id": ponds.ID(), "type": "Announce", "actor": ponds.URI, "object": Doc{
				"id": ponds.ID(), "type": "Block", "actor": ponds.URI, "object": bob.URI, "target": target, "summary": "no",
			},
		})
		town.Settle()
	}
	for _, c := range []Community{parks, woods, {Name: "ponds", URI: ponds.URI}} {
		if !bob.IsMember(c) {
			t.Errorf("bob was removed from %s", c.Name)
		}
	}
	ponds.Sends("https://south.example/inbox", Doc{
		"id": ponds.ID(), "type": "Announce", "actor": ponds.URI, "object": Doc{
			"id": ponds.ID(), "type": "Block", "actor": ponds.URI, "object": bob.URI, "target": ponds.URI, "summary": "no",
		},
	})
	town.Settle()
	if bob.IsMember(Community{Name: "ponds", URI: ponds.URI}) {
		t.Error("bob was not removed by the community itself")
	}
}

func lastFollow(s *Stranger) string {
	for _, x := range s.Requests() {
		if _, rest, ok := strings.Cut(string(x.Body), `"id":"`); ok && strings.Contains(string(x.Body), `"Follow"`) {
			id, _, _ := strings.Cut(rest, `"`)
			return id
		}
	}
	return ""
}

func TestInvitedPeopleAreLetIn(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob, dan := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("dan@south.example")
	board := ann.StartsAs(actions.Charter{
		Name: "board", Title: "Board", Audience: actors.AudienceMembers, Joining: actors.JoinInvitation,
	})
	dan.Joins(board)
	town.Settle()
	if dan.IsMember(board) {
		t.Fatal("dan was let in without an invitation")
	}
	bob.Joins(board) // which makes him known here
	town.Settle()
	ann.Invites(board, bob)
	bob.Joins(board)
	town.Settle()
	if !bob.IsMember(board) {
		t.Error("bob was invited and not let in")
	}
}

// TestOldRemovalsDoNotCount: whoever joins last reads the community's whole log.
// What it says of pins holds; a removal that was lifted since does not come back,
// neither for others nor for oneself.
func TestOldRemovalsDoNotCount(t *testing.T) {
	town := New(t, "north.example", "south.example", "east.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	town.Settle()
	first, second := ann.Posts(parks, "Start here"), ann.Posts(parks, "Old news")
	ann.Pins(parks, first)
	ann.Pins(parks, second)
	ann.Unpins(parks, second)
	ann.Removes(parks, bob, "advertises", time.Time{})
	town.Pass(time.Hour)
	ann.LetsBack(parks, bob)
	town.Pass(time.Hour)
	bob.Joins(parks) // the only one at south.example: its history is fetched again
	dan := town.Person("dan@east.example")
	dan.Joins(parks)
	town.Pass(time.Hour)
	if !bob.IsMember(parks) || !dan.IsMember(parks) {
		t.Fatal("they are not members")
	}
	if !dan.IsPinned(first) || dan.IsPinned(second) {
		t.Errorf("pinned: %v %v, want the first alone", dan.IsPinned(first), dan.IsPinned(second))
	}
	bob.Posts(parks, "I am still here")
	town.Settle()
	dan.Sees(parks, "I am still here")
	town.Agree(parks, ann, bob, dan)
}

func TestC44_RemovedFromAClosedCommunity(t *testing.T) {
	town := New(t, "north.example", "south.example", "west.example")
	ann, bob, cer := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	board := ann.StartsAs(actions.Charter{Name: "board", Title: "Board", Audience: actors.AudienceMembers, Joining: actors.JoinOpen})
	dan := town.Person("dan@south.example") // beside bob
	bob.Joins(board)
	dan.Joins(board)
	cer.Joins(board)
	town.Settle()
	post := ann.Posts(board, "For members")
	ann.Pins(board, post)
	town.Settle()
	bob.Sees(board, "For members")
	if !cer.IsPinned(post) {
		t.Error("a pin does not travel in a closed community")
	}
	ann.Removes(board, bob, "has left the council", time.Time{})
	ann.Posts(board, "After that")
	town.Settle()
	if m := bob.Stands(board, bob); m.Standing != actors.Banned || m.Note != "has left the council" {
		t.Errorf("bob's own site says %+v", m)
	}
	if view := bob.View(board); view != "" {
		t.Errorf("bob still reads:\n%s", view)
	}
	if page := textOf(bob.browser().open("/notifications")); !strings.Contains(page, "has left the council") {
		t.Errorf("bob is not told why:\n%s", page)
	}
	if _, err := bob.post(Post{URI: post.URI}); err != nil {
		t.Error("what bob's site had is gone, though dan is a member there:", err)
	}
	dan.Sees(board, "For members")
	for _, words := range []string{"For members", "After that"} {
		cer.Sees(board, words)
	}
}

// TestC42_WrongTargets: a facilitator on another server may do much, by name of
// the collection, and nothing beside it.
func TestC42_WrongTargets(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	eve.follows(parks)
	ann.Appoints(parks, &Person{URI: eve.URI, town: town})
	post := ann.Posts(parks, "Start here")
	other := ann.Posts(ann.Starts("woods"), "In the woods")
	town.Settle()
	act := func(kind string, object, target actors.URI) Doc {
		return Doc{"id": eve.ID(), "type": kind, "actor": eve.URI, "object": object, "target": target, "to": []actors.URI{actors.Public}, "cc": []actors.URI{parks.URI}}
	}
	for _, no := range []Doc{
		act("Add", post.URI, parks.URI+"/followers"), act("Add", post.URI, parks.URI+"/outbox"), act("Add", post.URI, parks.URI),
		act("Add", other.URI, parks.URI+"/featured"), act("Add", ann.URI, "https://north.example/c/woods/moderators"),
		act("Remove", ann.URI, parks.URI+"/moderators"), act("Block", ann.URI, parks.URI), act("Add", parks.URI, parks.URI+"/moderators"),
	} {
		town.Unchanged("north.example", func() {
			eve.Sends(inbox(parks), no)
			town.Settle()
		})
	}
	eve.Sends(inbox(parks), act("Add", post.URI, parks.URI+"/featured"))
	town.Settle()
	if !ann.IsPinned(post) {
		t.Error("a facilitator elsewhere cannot pin")
	}
}

package fedtest

import (
	"testing"
	"time"

	"moothall/actors"
)

func TestC44_RemovedWithWhatTheyWrote(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	woods := ann.Starts("woods")
	bob.Joins(woods)
	town.Settle()
	post := bob.Posts(parks, "Cheap chairs")
	bob.Posts(woods, "A walk in the woods")
	town.Settle()
	dogs := cer.Posts(parks, "Dogs")
	town.Settle()
	bob.Replies(dogs, "Buy chairs")
	town.Settle()
	ann.does(Doc{"type": "Block", "object": bob.URI, "target": parks.URI, "summary": "advertises", "removeData": true})
	town.Settle()
	for _, p := range []*Person{ann, cer} {
		p.SeesNot(parks, "chairs")
	}
	ann.Sees(woods, "A walk in the woods") // another community's is not touched
	town.Agree(parks, ann, cer)

	// What was hidden is not erased: it comes back one by one.
	ann.LetsBack(parks, bob)
	ann.Restores(post)
	town.Settle()
	cer.Sees(parks, "Cheap chairs")
}

// TestC44_MbinsExpires: Mbin writes expires where others write endTime. When the
// time has come they may join again by themselves.
func TestC44_MbinsExpires(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	eve := town.Stranger("mbin.example").Person("eve")
	eve.follows(parks)
	ann.Appoints(parks, &Person{URI: eve.URI, town: town})
	town.Settle()
	until := town.Clock.Now().Add(72 * time.Hour)
	block := func(expires time.Time) Doc {
		return Doc{
			"id": eve.ID(), "type": "Block", "actor": eve.URI, "object": bob.URI, "target": parks.URI, "summary": "spam",
			"audience": parks.URI, "expires": expires.Format("2006-01-02T15:04:05+00:00"), "endTime": nil,
			"to": []actors.URI{actors.Public}, "cc": []actors.URI{parks.URI},
		}
	}
	town.Unchanged("north.example", func() {
		eve.Sends(inbox(parks), block(town.Clock.Now().Add(-time.Hour))) // it has ended already
		town.Settle()
	})
	eve.Sends(inbox(parks), block(until))
	town.Settle()
	for _, p := range []*Person{ann, bob} {
		if m := p.Stands(parks, bob); m.Standing != actors.Banned || !m.Until.Equal(until.Truncate(time.Second)) {
			t.Errorf("%s: bob stands %+v", p.URI, m)
		}
	}
	refused(t, bob.TryJoin(parks), "banned")
	town.Pass(73 * time.Hour)
	bob.Joins(parks)
	town.Settle()
	if !bob.IsMember(parks) {
		t.Error("bob cannot come back")
	}
}

// TestC44_SiteBan: a server shuts somebody out of itself. What is that server's is
// touched, and nothing else (protocol.md 5.4, security.md S52).
func TestC44_SiteBan(t *testing.T) {
	town := New(t, "south.example")
	bob := town.Person("bob@south.example")
	lemmy := town.Stranger("lemmy.example")
	admin, mal := lemmy.Person("admin"), lemmy.Person("mal")
	here := bob.Starts("parks")
	joins := func(g *Puppet) Community {
		c := Community{Name: g.URI.Host(), URI: g.URI}
		bob.Joins(c)
		town.Settle()
		g.Sends("https://south.example/inbox", Doc{"id": g.ID(), "type": "Accept", "actor": g.URI, "object": lastFollow(g.of)})
		town.Settle()
		if !bob.IsMember(c) {
			t.Fatalf("bob is no member of %s", g.URI)
		}
		return c
	}
	ponds, woods := joins(lemmy.Group("ponds")), joins(town.Stranger("other.example").Group("woods"))
	chairs := note(mal, here, "Cheap chairs")
	mal.Sends(inbox(here), chairs)
	town.Settle()
	bob.Sees(here, "Cheap chairs")

	ban := func(by *Puppet, who, target actors.URI) Doc {
		return Doc{
			"id": by.ID(), "type": "Block", "actor": by.URI, "object": who, "target": target, "removeData": true, "summary": "no",
			"to": []actors.URI{actors.Public}, "cc": []actors.URI{},
		}
	}
	eve := town.Stranger("evil.example").Person("eve")
	for _, no := range []struct {
		by          *Puppet
		who, target actors.URI
	}{
		{eve, bob.URI, "https://lemmy.example/"}, {eve, mal.URI, "https://lemmy.example/"},
		{admin, bob.URI, "https://south.example/"}, {admin, bob.URI, "https://other.example/"}, {admin, bob.URI, "https://lemmy.example/u/admin"},
	} {
		town.Unchanged("south.example", func() {
			no.by.Sends("https://south.example/inbox", ban(no.by, no.who, no.target))
			town.Settle()
		})
	}
	eve.Sends("https://south.example/inbox", ban(eve, mal.URI, "https://evil.example/")) // her own, where mal is not
	town.Settle()
	bob.Sees(here, "Cheap chairs")
	block := ban(admin, bob.URI, "https://lemmy.example/")
	admin.Sends("https://south.example/inbox", block)
	admin.Sends("https://south.example/inbox", ban(admin, mal.URI, "https://lemmy.example/"))
	town.Settle()
	if bob.IsMember(ponds) || !bob.IsMember(woods) || !bob.IsMember(here) {
		t.Errorf("bob belongs to ponds %v, woods %v, parks %v", bob.IsMember(ponds), bob.IsMember(woods), bob.IsMember(here))
	}
	bob.SeesNot(here, "Cheap chairs")
	admin.Sends("https://south.example/inbox", Doc{"id": admin.ID(), "type": "Undo", "actor": admin.URI, "object": block})
	town.Settle()
	if m := bob.Stands(ponds, bob); m.Standing != actors.Left {
		t.Errorf("bob stands %+v", m)
	}
}

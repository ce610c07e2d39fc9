package fedtest

import (
	"context"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// announcedBy lists what a community's Announces brought to a stranger.
func announcedBy(t *testing.T, s *Stranger) (inner []ap.Activity) {
	t.Helper()
	for _, x := range s.Requests() {
		if x.Method != "POST" {
			continue
		}
		act, err := ap.ParseActivity(x.Body)
		if err != nil {
			t.Fatal(err)
		}
		if in, err := act.Object.AsActivity(); act.Type == "Announce" && err == nil {
			inner = append(inner, in)
		}
	}
	return inner
}

// TestUpdatesOfACommunityAreAnnounced: Lemmy reads no bare Update of a community.
// Whoever gets both reads the community again once.
func TestUpdatesOfACommunityAreAnnounced(t *testing.T) {
	town, ann, _, cer, parks := parish(t)
	eve := town.Stranger("lemmy.example").Person("eve")
	eve.follows(parks)
	eve.of.Forget()
	since := len(town.Exchanges())
	ann.Describes(parks, "Parks and ponds", "For *all*.")
	town.Settle()
	heard := announcedBy(t, eve.of)
	if len(heard) != 1 || heard[0].Type != "Update" || heard[0].Actor != string(ann.URI) || heard[0].Object.ID() != string(parks.URI) {
		t.Fatalf("announced: %+v", heard)
	}
	if err := town.holdsProof(heard[0].Raw, ann.URI); err != nil {
		t.Error(err)
	}
	asked := 0
	for _, e := range town.Exchanges()[since:] {
		if e.From == "west.example" && e.Method == "GET" && e.URL == string(parks.URI) {
			asked++
		}
	}
	if c := cer.Knows(parks); c.Title != "Parks and ponds" || asked != 1 {
		t.Errorf("west has %q and asked %d times", c.Title, asked)
	}

	ann.Appoints(parks, &Person{URI: eve.URI, town: town})
	town.Settle()
	eve.of.Forget()
	own := Doc{"type": "Group", "id": parks.URI, "preferredUsername": "parks", "name": "Parks and hills",
		"inbox": parks.URI + "/inbox", "source": Doc{"content": "Up", "mediaType": "text/markdown"}}
	update := Doc{"id": eve.ID(), "type": "Update", "actor": eve.URI, "object": own, "to": []actors.URI{actors.Public}, "cc": []actors.URI{parks.URI}}
	eve.Sends(inbox(parks), update)
	town.Settle()
	heard = announcedBy(t, eve.of)
	if len(heard) != 1 || heard[0].ID != update["id"] {
		t.Errorf("an Update that takes nothing over was not announced as it came: %+v", heard)
	}
	eve.of.Forget()
	eve.Sends(inbox(parks), lemmyGroup(eve, parks, nil))
	town.Settle()
	heard = announcedBy(t, eve.of)
	if len(heard) != 1 || heard[0].Actor != string(parks.URI) || strings.Contains(string(heard[0].Raw), "stolen") {
		t.Errorf("an Update with other addresses was announced: %+v", heard)
	}
	if c := cer.Knows(parks); c.Title != "The Updated Community" {
		t.Errorf("west has %q", c.Title)
	}
	town.Agree(parks, ann, cer)
}

// TestC20_FacilitatorsProveWhatTheyDo: in a community for everyone, and in no other.
func TestC20_FacilitatorsProveWhatTheyDo(t *testing.T) {
	for _, audience := range []actors.Audience{actors.AudiencePublic, actors.AudienceNetwork} {
		town := New(t, "north.example", "south.example")
		ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
		parks := ann.StartsAs(actions.Charter{Name: "parks", Title: "Parks", Audience: audience, Joining: actors.JoinOpen})
		town.must(bob.TryJoin(parks))
		town.Settle()
		post := bob.Posts(parks, "A start")
		town.Settle()
		ann.Pins(parks, post)
		ann.Unpins(parks, post)
		ann.Locks(post, "Too loud")
		ann.Unlocks(post)
		ann.Hides(post, "Too loud")
		ann.Restores(post)
		ann.Appoints(parks, bob)
		ann.StandsDown(parks, bob)
		ann.Removes(parks, bob, "Too loud", time.Time{})
		ann.LetsBack(parks, bob)
		town.Settle()
		seen := map[string]int{}
		for _, act := range town.written("north.example") {
			in, err := act.Object.AsActivity()
			if act.Type != "Announce" || err != nil || in.Actor != string(ann.URI) || in.Type == "Update" {
				continue // the older form of a lock is mostly somebody else's words
			}
			seen[in.Type]++
			proved := town.holdsProof(in.Raw, ann.URI) == nil
			if proved != (audience == actors.AudiencePublic) || !proved && strings.Contains(string(act.Raw), `"proof"`) {
				t.Errorf("%s: proved %v: %s", audience, proved, in.Raw)
			}
		}
		for kind, n := range map[string]int{"Add": 2, "Remove": 2, "Lock": 1, "Delete": 1, "Block": 1, "Undo": 3} {
			if seen[kind] != n {
				t.Errorf("%s: %d of %s were announced, want %d", audience, seen[kind], kind, n)
			}
		}
	}
}

// TestC23_NamesOfFacilitatorsAreTheirOwn: a community may do what it likes within
// itself, but not in the name of one who would have said so themselves.
func TestC23_NamesOfFacilitatorsAreTheirOwn(t *testing.T) {
	town := New(t, "south.example")
	bob := town.Person("bob@south.example")
	lemmy := town.Stranger("lemmy.example")
	ponds, mod := lemmy.Group("ponds"), lemmy.Person("mod")
	mia := town.Stranger("third.example").Person("mia")
	c := Community{Name: "ponds", URI: ponds.URI}
	bob.Joins(c)
	town.Settle()
	ponds.Sends("https://south.example/inbox", Doc{"id": ponds.ID(), "type": "Accept", "actor": ponds.URI, "object": lastFollow(lemmy)})
	town.Settle()
	pass := func(inner Doc) {
		ponds.Sends("https://south.example/inbox", Doc{"id": ponds.ID(), "type": "Announce", "actor": ponds.URI, "object": inner})
		town.Settle()
	}
	create := note(mia, c, "What is there to say?")
	pass(note(mod, c, "The moderator is known"))
	pass(mia.Proves(create))
	bob.Sees(c, "What is there to say?")
	lock := func(by *Puppet, why string) Doc {
		return Doc{"id": by.ID(), "type": "Lock", "actor": by.URI, "object": create["object"].(Doc)["id"], "summary": why,
			"to": []actors.URI{actors.Public}, "cc": []actors.URI{ponds.URI}, "audience": ponds.URI}
	}
	open := func(inner Doc) {
		by := inner["actor"]
		pass(Doc{"id": ponds.ID(), "type": "Undo", "actor": by, "object": inner})
	}
	for _, step := range []struct {
		why    string
		inner  Doc
		author string
	}{
		{"By one of its own host", lock(mod, "By one of its own host"), "mod"},
		{"With a proof", mia.Proves(lock(mia, "With a proof")), "mia"},
		{"Without one", lock(mia, "Without one"), "ponds"},
		{"With a broken one", func() Doc {
			d := mia.Proves(lock(mia, "Other words"))
			d["summary"] = "With a broken one"
			return d
		}(), "ponds"},
		{"In the name of Bob", Doc{"id": string(bob.URI) + "/x", "type": "Lock", "actor": bob.URI, "object": create["object"].(Doc)["id"],
			"summary": "In the name of Bob"}, "ponds"},
	} {
		pass(step.inner)
		if who := bob.didIt(c, step.why); who != step.author {
			t.Errorf("%s: it says that %s did it, want %s", step.why, who, step.author)
		}
		open(step.inner)
	}
}

// didIt is who did what had this reason, as a person's node has it.
func (p *Person) didIt(c Community, why string) (name string) {
	p.town.T.Helper()
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		group, err := tx.CommunityByURI(ctx, c.URI)
		if err != nil {
			return err
		}
		list, err := tx.AuditsOf(ctx, group.ID, store.Page{Number: 1, Size: 50})
		if err != nil {
			return err
		}
		for _, a := range list {
			if a.Detail == why {
				who, err := tx.Actor(ctx, a.By)
				name = who.Name
				return err
			}
		}
		return nil
	}))
	return name
}

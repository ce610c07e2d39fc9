package fedtest

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
)

// moves fills in the form with which a person or a community moves away.
func (p *Person) moves(path, to string) (status int, page string) {
	p.town.T.Helper()
	return p.browser().submits(path, map[string]string{"do": "move", "new": to, "password": password})
}

// calls names an earlier address of a person or a community.
func (p *Person) calls(path, old string) {
	p.town.T.Helper()
	if status, page := p.browser().submits(path, map[string]string{"do": "alias", "old": old}); status != http.StatusSeeOther {
		p.town.T.Fatalf("%s at %s: %d\n%s", old, path, status, textOf(page))
	}
}

func TestC54_CommunityMovesToAnotherCouncil(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	nia := town.Person("nia@north.example")
	nia.Joins(parks)
	before := bob.Posts(parks, "What was before")
	for _, title := range []string{"One", "Two", "Three"} {
		ann.Pins(parks, ann.Posts(parks, title))
	}
	wes := town.Person("wes@west.example")
	next := wes.Starts("gardens")
	town.Settle()
	if status, page := ann.moves("/c/parks/move", "@gardens@west.example"); status != http.StatusUnprocessableEntity || !strings.Contains(page, "does not name this one") {
		t.Fatalf("moved although the new address names no old one: %d", status)
	}
	wes.calls("/c/gardens/move", "@parks@north.example")
	if status, page := ann.moves("/c/parks/move", "@gardens@west.example"); status != http.StatusSeeOther {
		t.Fatalf("not moved: %d\n%s", status, textOf(page))
	}
	town.Pass(time.Minute)
	for _, p := range []*Person{bob, cer, nia, ann} {
		if !p.IsMember(next) {
			t.Errorf("%s does not belong to the new community", p.URI)
		}
		p.Sees(parks, "has moved to")
		p.Sees(parks, "What was before")
		if got := textOf(p.browser().open("/notifications")); !strings.Contains(got, "Parks has moved to another site, and you have moved with it: Gardens at west.example") {
			t.Errorf("%s is told:\n%s", p.URI, got)
		}
	}
	if bob.IsMember(parks) || cer.IsMember(parks) {
		t.Error("members elsewhere have not left the old one")
	}
	notice := town.postCalled("south.example", "Parks has moved")
	if !bob.IsPinned(Post{URI: notice}) || !ann.IsPinned(Post{URI: notice}) {
		t.Error("the notice is not pinned")
	}
	// The old address is a signpost: nobody posts in it or joins it, its own included.
	_, err := ann.TryPublish(ann.draft(parks, "Page", "After", "x"))
	refused(t, err, "moved")
	dan := town.Person("dan@south.example")
	if err := dan.TryJoin(parks); err == nil {
		t.Error("somebody joined what has moved, by their own node")
	}
	eve := town.Stranger("evil.example").Person("eve")
	eve.Sends(inbox(parks), follow(eve, parks))
	eve.Sends(inbox(parks), note(eve, parks, "After"))
	town.Settle()
	ann.SeesNot(parks, "After")
	if m := ann.Stands(parks, &Person{URI: eve.URI}); m.Standing == actors.Joined {
		t.Error("a stranger joined what has moved")
	}
	if doc := town.ask("evil.example", string(parks.URI), nil).Body; !strings.Contains(doc, `"movedTo":"`+string(next.URI)+`"`) {
		t.Errorf("the old document: %s", doc)
	}
	if doc := town.ask("evil.example", string(next.URI), nil).Body; !strings.Contains(doc, `"alsoKnownAs":["`+string(parks.URI)+`"]`) {
		t.Errorf("the new document: %s", doc)
	}
	if status, _ := ann.moves("/c/parks/move", "@gardens@west.example"); status != http.StatusForbidden {
		t.Errorf("moved a second time: %d", status)
	}
	bob.Replies(bob.Posts(next, "What comes"), "Here")
	town.Settle()
	wes.Sees(next, "What comes")
	if !bob.Holds(before) {
		t.Error("what was written before is lost")
	}
}

// TestC54_ClosedCommunityMoves: its members must be let in anew, and go on reading
// what was written before.
func TestC54_ClosedCommunityMoves(t *testing.T) {
	town := New(t, "north.example", "south.example", "west.example")
	ann, bob, wes := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("wes@west.example")
	charter := actions.Charter{Name: "board", Title: "Board", Audience: actors.AudienceMembers, Joining: actors.JoinRequest}
	board := ann.StartsAs(charter)
	charter.Name, charter.Title = "panel", "Panel"
	panel := wes.StartsAs(charter)
	bob.Joins(board)
	town.Settle()
	ann.letsIn(board, bob)
	town.Settle()
	ann.publish(Doc{"type": "Page", "name": "Minutes", "content": "x", "mediaType": "text/markdown", "to": []actors.URI{board.URI}, "audience": board.URI})
	town.Pass(time.Minute)
	wes.calls("/c/panel/move", string(board.URI))
	if status, page := ann.moves("/c/board/move", string(panel.URI)); status != http.StatusSeeOther {
		t.Fatalf("not moved: %d\n%s", status, textOf(page))
	}
	town.Pass(time.Minute)
	if m := bob.Stands(panel, bob); m.Standing != actors.Asked {
		t.Errorf("bob stands %q in the new one", m.Standing)
	}
	if !bob.IsMember(board) {
		t.Error("bob has left the old one")
	}
	bob.Sees(board, "Minutes")
	wes.letsIn(panel, bob)
	town.Settle()
	if !bob.IsMember(panel) {
		t.Error("bob was let in and is no member")
	}
}

// letsIn answers a request to join, as the button for it does.
func (p *Person) letsIn(c Community, who *Person) {
	p.town.T.Helper()
	p.decides(c, who, func(ctx context.Context, tx *store.Tx, me actors.Actor, group actors.Community, them actors.Actor) error {
		return p.hall().node.Actions.Decide(ctx, tx, me, group, them, true, "")
	})
}

// movable is a stranger's community that bob has joined, and the one that it could
// move to, on a third host.
type movable struct {
	town     *Town
	bob      *Person
	old, new *Puppet
}

func newMovable(t *testing.T) movable {
	t.Helper()
	town := New(t, "south.example")
	m := movable{town: town, bob: town.Person("bob@south.example"),
		old: town.Stranger("old.example").Group("ponds"), new: town.Stranger("new.example").Group("lakes")}
	m.bob.Joins(Community{Name: "ponds", URI: m.old.URI})
	town.Settle()
	m.old.Sends("https://south.example/inbox", Doc{"id": m.old.ID(), "type": "Accept", "actor": m.old.URI, "object": lastFollow(m.old.of)})
	town.Settle()
	if !m.bob.IsMember(Community{URI: m.old.URI}) {
		t.Fatal("bob is no member")
	}
	m.new.isMet("south.example")
	m.says(m.old, "Group", "movedTo", m.new.URI)
	m.says(m.new, "Group", "alsoKnownAs", []actors.URI{m.old.URI})
	return m
}

// isMet makes a node know of the puppet, as it is now.
func (p *Puppet) isMet(host string) {
	p.Sends(actors.URI("https://"+host+"/inbox"), Doc{"id": p.ID(), "type": "Like", "actor": p.URI, "object": p.URI + "/nothing"})
	p.of.town.Pass(25 * time.Hour)
}

// says changes one part of what a puppet's host says of it.
func (m movable) says(p *Puppet, kind, part string, value any) {
	name := string(p.URI[strings.LastIndexByte(string(p.URI), '/')+1:])
	doc := p.Document(kind, name)
	if value != nil {
		doc[part] = value
	}
	p.of.Serves("/u/"+name, Answer{Body: doc})
}

func (m movable) move() Doc {
	return Doc{"id": m.old.ID(), "type": "Move", "actor": m.old.URI, "object": m.old.URI, "target": m.new.URI, "to": []string{string(m.old.URI) + "/followers"}}
}

func (m movable) bobIsIn(p *Puppet) bool { return m.bob.IsMember(Community{URI: p.URI}) }

func TestC54_S72_MoveNeedsBothEnds(t *testing.T) {
	for name, spoil := range map[string]func(m movable, move Doc) (by *Puppet){
		"the new end says nothing": func(m movable, _ Doc) *Puppet { m.says(m.new, "Group", "", nil); return m.old },
		"the old end says nothing": func(m movable, _ Doc) *Puppet { m.says(m.old, "Group", "", nil); return m.old },
		"the new end names another": func(m movable, _ Doc) *Puppet {
			m.says(m.new, "Group", "alsoKnownAs", []actors.URI{m.old.URI + "x"})
			return m.old
		},
		"the old end names another": func(m movable, _ Doc) *Puppet { m.says(m.old, "Group", "movedTo", m.new.URI+"x"); return m.old },
		"a loop": func(m movable, move Doc) *Puppet {
			m.says(m.old, "Group", "movedTo", m.old.URI)
			move["target"] = m.old.URI
			return m.old
		},
		"a chain": func(m movable, _ Doc) *Puppet {
			doc := m.new.Document("Group", "lakes")
			doc["alsoKnownAs"], doc["movedTo"] = []actors.URI{m.old.URI}, m.old.URI
			m.new.of.Serves("/u/lakes", Answer{Body: doc})
			return m.old
		},
		"the new end is a person": func(m movable, _ Doc) *Puppet {
			m.says(m.new, "Person", "alsoKnownAs", []actors.URI{m.old.URI})
			return m.old
		},
		"the new end is a person whom nobody here knew": func(m movable, move Doc) *Puppet {
			per := m.town.Stranger("person.example").Person("per")
			m.says(per, "Person", "alsoKnownAs", []actors.URI{m.old.URI})
			m.says(m.old, "Group", "movedTo", per.URI)
			move["target"] = per.URI
			return m.old
		},
		"the new end is not there": func(m movable, _ Doc) *Puppet { m.new.of.Serves("/u/lakes", Answer{Status: 404}); return m.old },
		"it moves somebody else": func(m movable, move Doc) *Puppet {
			move["object"] = m.old.URI + "x"
			return m.old
		},
		"it moves one of ours": func(m movable, move Doc) *Puppet {
			move["object"] = m.bob.URI
			return m.old
		},
		"the new end says it": func(m movable, move Doc) *Puppet {
			move["id"], move["actor"] = m.new.ID(), m.new.URI
			return m.new
		},
		"another signs it": func(m movable, move Doc) *Puppet {
			move["id"] = m.new.ID()
			return m.new
		},
		"another passes it on": func(m movable, move Doc) *Puppet {
			inner := Doc{}
			for k, v := range move {
				inner[k] = v
			}
			move["id"], move["type"], move["actor"], move["object"] = m.new.ID(), "Announce", m.new.URI, inner
			delete(move, "target")
			return m.new
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMovable(t)
			move := m.move()
			by := spoil(m, move)
			m.town.Unchanged("south.example", func() {
				by.Sends("https://south.example/inbox", move)
				m.town.Pass(25 * time.Hour)
			})
			if strings.Contains(rowsOf(m.town.dump("south.example"), "actor "), `moved_to="http`) {
				t.Error("somebody is taken to have moved")
			}
		})
	}
}

func TestC54_MoveOfAGroupElsewhere(t *testing.T) {
	m := newMovable(t)
	m.old.of.Forget()
	m.new.of.Forget()
	if r := m.old.Sends("https://south.example/inbox", m.move()); r.Status != http.StatusAccepted {
		t.Fatalf("Move: %d %s", r.Status, r.Body)
	}
	m.town.Settle()
	follow := lastFollow(m.new.of)
	if follow == "" {
		t.Fatal("nobody asks to join the new one")
	}
	if got := m.old.of.Requests(); len(got) == 0 || !strings.Contains(string(got[len(got)-1].Body), `"Undo"`) {
		t.Error("the old one is not left")
	}
	m.new.Sends("https://south.example/inbox", Doc{"id": m.new.ID(), "type": "Accept", "actor": m.new.URI, "object": follow})
	m.town.Settle()
	if m.bobIsIn(m.old) || !m.bobIsIn(m.new) {
		t.Error("bob has not moved along")
	}
	// Neither the same news again nor another move within a week does anything.
	third := m.town.Stranger("third.example").Group("seas")
	third.isMet("south.example")
	m.says(third, "Group", "alsoKnownAs", []actors.URI{m.old.URI})
	again := m.move()
	m.old.Sends("https://south.example/inbox", again)
	m.town.Settle()
	m.says(m.old, "Group", "movedTo", third.URI)
	onward := m.move()
	onward["target"] = third.URI
	m.town.Unchanged("south.example", func() {
		m.old.Sends("https://south.example/inbox", again) // byte for byte
		m.old.Sends("https://south.example/inbox", onward)
		m.town.Pass(time.Hour)
	})
	if m.bobIsIn(third) || !m.bobIsIn(m.new) {
		t.Error("bob was moved again")
	}
	// A week later old news of the first move is stale.
	m.town.Pass(8 * 24 * time.Hour)
	stale := m.move()
	stale["target"], stale["published"] = third.URI, Opening.Add(-time.Hour).Format(time.RFC3339)
	m.town.Unchanged("south.example", func() {
		m.old.Sends("https://south.example/inbox", stale)
		m.town.Pass(time.Hour)
	})
}

// TestC54_PersonElsewhereMoves: nothing that they were let into moves with them.
func TestC54_PersonElsewhereMoves(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	eve.follows(parks)
	ann.Appoints(parks, &Person{URI: eve.URI})
	fay := town.Stranger("new.example").Person("fay")
	m := movable{town: town, old: eve, new: fay}
	m.says(eve, "Person", "movedTo", fay.URI)
	m.says(fay, "Person", "alsoKnownAs", []actors.URI{eve.URI})
	town.Settle()
	eve.Sends(inbox(parks), m.move())
	town.Settle()
	if s := ann.Stands(parks, &Person{URI: fay.URI}); s.Standing != actors.NoStanding {
		t.Errorf("the new address stands %+v", s)
	}
	if s := ann.Stands(parks, &Person{URI: eve.URI}); s.Standing != actors.Joined {
		t.Errorf("the old address stands %+v", s)
	}
	if got := textOf(ann.browser().open("/u/eve@evil.example")); !strings.Contains(got, "eve has moved to fay at new.example") {
		t.Errorf("the page of the old address:\n%s", got)
	}
}

func TestC54_S72_PersonMovesAway(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	if r := eve.Sends(ann.URI+"/inbox", Doc{"id": eve.ID(), "type": "Follow", "actor": eve.URI, "object": ann.URI}); r.Status != http.StatusAccepted {
		t.Fatalf("Follow: %d", r.Status)
	}
	new := town.Stranger("new.example").Person("ann2")
	m := movable{town: town, new: new}
	m.says(new, "Person", "alsoKnownAs", []actors.URI{ann.URI})
	town.Settle()
	eve.of.Forget()
	ann.browser() // signs in
	town.Unchanged("north.example", func() {
		for _, with := range []map[string]string{
			{"do": "move", "new": "@ann2@new.example"},
			{"do": "move", "new": "@ann2@new.example", "password": "correct horse battery2"},
		} {
			if status, _ := ann.browser().submits("/settings/move", with); status != http.StatusUnprocessableEntity {
				t.Errorf("moved with %v: %d", with, status)
			}
		}
	})
	if status, page := ann.moves("/settings/move", "@ann2@new.example"); status != http.StatusSeeOther {
		t.Fatalf("not moved: %d\n%s", status, textOf(page))
	}
	town.Settle()
	sent := ""
	for _, x := range eve.of.Requests() {
		sent += string(x.Body)
	}
	if !strings.Contains(sent, `"type":"Move"`) || !strings.Contains(sent, `"target":"https://new.example/u/ann2"`) {
		t.Errorf("a follower was sent %s", sent)
	}
	if doc := town.ask("evil.example", string(ann.URI), nil).Body; !strings.Contains(doc, `"movedTo":"https://new.example/u/ann2"`) {
		t.Errorf("the document: %s", doc)
	}
	if !ann.IsMember(parks) {
		t.Error("memberships ended")
	}
	other := town.Stranger("other.example").Person("ann3")
	m.says(other, "Person", "alsoKnownAs", []actors.URI{ann.URI})
	if status, _ := ann.moves("/settings/move", "@ann3@other.example"); status != http.StatusForbidden {
		t.Errorf("moved again on the same day: %d", status)
	}
}

// TestS72_OnlyTheOwnerMovesACommunity also keeps facilitators out.
func TestS72_OnlyTheOwnerMovesACommunity(t *testing.T) {
	town, ann, parks, _ := besieged(t)
	dan := town.Person("dan@north.example")
	dan.Joins(parks)
	ann.Appoints(parks, dan)
	if status := dan.browser().status("/c/parks/move"); status != http.StatusForbidden {
		t.Errorf("a facilitator: %d", status)
	}
	if status := ann.browser().status("/c/parks/move"); status != http.StatusOK {
		t.Errorf("the owner: %d", status)
	}
}

// TestS72_NobodyIsLedAlongAChain: a community to which people have just been brought
// cannot bring them on to the next, and the next.
func TestS72_NobodyIsLedAlongAChain(t *testing.T) {
	m := newMovable(t)
	third := m.town.Stranger("third.example").Group("seas")
	third.isMet("south.example")
	m.old.Sends("https://south.example/inbox", m.move())
	m.town.Settle()
	follow := lastFollow(m.new.of)
	if follow == "" {
		t.Fatal("nobody asks to join the new one")
	}
	m.new.Sends("https://south.example/inbox", Doc{"id": m.new.ID(), "type": "Accept", "actor": m.new.URI, "object": follow})
	m.town.Settle()
	next := movable{town: m.town, bob: m.bob, old: m.new, new: third}
	next.says(next.old, "Group", "movedTo", third.URI)
	next.says(third, "Group", "alsoKnownAs", []actors.URI{next.old.URI})
	third.of.Forget()
	m.town.Unchanged("south.example", func() {
		next.old.Sends("https://south.example/inbox", next.move())
		m.town.Pass(time.Hour)
	})
	if !m.bobIsIn(m.new) || lastFollow(third.of) != "" {
		t.Error("bob is led on at once")
	}
	m.town.Pass(8 * 24 * time.Hour)
	next.old.Sends("https://south.example/inbox", next.move())
	m.town.Settle()
	if lastFollow(third.of) == "" {
		t.Error("a week later it may move")
	}
}

package inbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/fedtest"
	"moothall/store"
)

// TestS27_S40_LikeTakenBackIsNotForwardedAgain: an id with a fragment may be given
// again by whoever gave it, so a copy of a Like that was taken back cannot be told
// from a new one. It counts only when it comes from its own server.
func TestS27_S40_LikeTakenBackIsNotForwardedAgain(t *testing.T) {
	t.Parallel()
	for _, mark := range []string{"", "#likes/1"} {
		s := besiege(t)
		like := s.act(s.bob, "Like", s.annPost, nil)
		like["id"] = fmt.Sprint(like["id"]) + mark
		like = s.bob.Proves(like)
		useful := func(want int) {
			t.Helper()
			if p, _ := s.post(s.annPost); p.Useful != want {
				t.Errorf("%q: useful to %d, want %d", mark, p.Useful, want)
			}
		}
		s.takes(s.bob, like)
		s.Settle()
		useful(1)
		undo := s.act(s.bob, "Undo", like, nil)
		s.takes(s.bob, undo)
		s.Settle()
		useful(0)
		s.sends(s.mal, like)
		s.Settle()
		useful(0)
	}
}

// TestS40_NewsOfActorsIsNotForwarded: what becomes of an actor is heard from the
// actor itself, whatever proof somebody else can show.
func TestS40_NewsOfActorsIsNotForwarded(t *testing.T) {
	t.Parallel()
	b := convene(t)
	later := b.Clock.Now().Add(time.Minute).Format(time.RFC3339)
	person := with(b.bob.Document("Person", "bob"), doc{"updated": later, "name": "Bob as he was"})
	group := with(b.verbs(b.bob)["describe"]["object"].(doc), doc{"updated": later})
	for name, act := range map[string]doc{
		"an edit of themselves":     b.act(b.bob, "Update", person, nil),
		"the end of themselves":     b.act(b.bob, "Delete", b.bob.URI, nil),
		"an edit of a community":    b.act(b.bob, "Update", group, nil),
		"the end of a person there": b.act(b.bob, "Delete", doc{"type": "Tombstone", "id": b.bob.URI}, nil),
	} {
		b.Unchanged(here, func() {
			if r := b.sends(b.mal, b.bob.Proves(act)); r.Status != 401 {
				t.Errorf("%s: answered %d, want 401", name, r.Status)
			}
			b.Settle()
		})
	}
	// An edit of a community as if it were a post is none of either.
	b.refusesForwarded(b.bob.Proves(b.act(b.bob, "Update", with(group, doc{"type": "Note"}), nil)), "document")
}

// TestS58_PrivateAnswersStayPrivate: an answer that was meant for one person is not
// put into a public community by whoever got it.
func TestS58_PrivateAnswersStayPrivate(t *testing.T) {
	t.Parallel()
	s := relay(t)
	s.knows()
	opening := s.said("An opening", nil)
	s.believes(opening)
	at := opening["object"].(map[string]any)["id"]
	answer := func(words string, to ...any) doc {
		return s.vic.Proves(s.act(s.vic, "Create", doc{
			"id": s.id(s.vic, "p"), "type": "Note", "attributedTo": s.vic.URI, "content": words, "inReplyTo": at,
			"to": to, "cc": []any{}, "published": s.Clock.Now().Format(time.RFC3339),
		}, doc{"to": to}))
	}
	s.believes(answer("Said to everyone", actors.Public, s.mal.URI))
	for _, to := range [][]any{{s.mal.URI}, {}, {string(s.vic.URI) + "/followers"}} {
		s.refusesSoft(s.announces(answer("Between us", to...)), "private")
	}
	if strings.Contains(s.State(here), "Between us") {
		t.Error("what was said to one is stored here")
	}
}

// TestC41_S46_DeletedPersonStaysDeleted: a community cannot bring back the words of
// somebody who is no more, even where a careless server still shows them.
func TestC41_S46_DeletedPersonStaysDeleted(t *testing.T) {
	t.Parallel()
	s := relay(t)
	s.knows()
	said := s.said("Words to be forgotten", nil)
	s.believes(said)
	page := said["object"].(map[string]any)
	s.serve(s.victim, page)
	s.takes(s.vic, s.act(s.vic, "Delete", s.vic.URI, nil))
	s.Settle()
	s.Unchanged(here, func() {
		s.takes(s.soil, s.announces(s.act(s.vic, "Undo", s.act(s.vic, "Delete", page["id"], nil), nil)))
		s.Pass(time.Minute)
	})
	if strings.Contains(s.State(here), "to be forgotten") {
		t.Error("the words of somebody who has been deleted are stored again")
	}
}

// TestS56_CommunitiesPutNothingIntoTheMouthsOfOurPeople: what a community says that
// somebody here did as a facilitator is shown as the community's own doing, unless
// they did it.
func TestS56_CommunitiesPutNothingIntoTheMouthsOfOurPeople(t *testing.T) {
	t.Parallel()
	s := goAway(t)
	said := s.page(s.bob, "To be locked", nil)
	s.serve(s.peer, said)
	s.takes(s.soil, s.announces(s.act(s.bob, "Create", said, nil)))
	s.Settle()
	var liked actors.URI // what ann did do: its address is known to all
	s.ann.Useful(fedtest.Post{URI: actors.URI(fmt.Sprint(said["id"]))})
	s.Settle()
	s.read(func(ctx context.Context, tx *store.Tx) (err error) {
		ann, err := tx.ActorByURI(ctx, s.ann.URI)
		if err != nil {
			return err
		}
		p, err := tx.PostByURI(ctx, actors.URI(fmt.Sprint(said["id"])))
		if err != nil {
			return err
		}
		liked, err = tx.Useful(ctx, p.ID, ann.ID)
		return err
	})
	forged := func(kind string, object any, more doc) {
		t.Helper()
		id := liked
		s.takes(s.soil, s.announces(with(s.act(s.bob, kind, object, more), doc{"id": id, "actor": s.ann.URI})))
		s.Settle()
	}
	forged("Lock", said["id"], doc{"summary": "I, Ann, find this foolish"})
	forged("Block", s.bob.URI, doc{"target": s.c.URI, "summary": "I, Ann, find him foolish"})
	forged("Delete", said["id"], doc{"summary": "I, Ann, find this worse"})
	if p, _ := s.post(said["id"]); !p.Locked {
		t.Error("what the community says of its own posts counts")
	}
	s.read(func(ctx context.Context, tx *store.Tx) error {
		ann, err := tx.ActorByURI(ctx, s.ann.URI)
		if err != nil {
			return err
		}
		group, err := tx.ActorByURI(ctx, s.c.URI)
		if err != nil {
			return err
		}
		n := 0
		err = tx.Dump(ctx, func(table string, row map[string]string) {
			if table != "audit" || !strings.Contains(row["detail"], "I, Ann") {
				return
			}
			n++
			if row["by_id"] == fmt.Sprint(int64(ann.ID)) {
				t.Errorf("ann is said to have done it: %v", row)
			}
		})
		if n == 0 {
			t.Errorf("nothing is noted for %s", group.URI)
		}
		return err
	})
}

// TestC46_S52_NothingIsListedIntoAClosedDiscussion: a server that knows nothing of a
// Lock goes on listing replies. What was said before it still comes in that way.
func TestC46_S52_NothingIsListedIntoAClosedDiscussion(t *testing.T) {
	t.Parallel()
	p := before(t)
	c := p.opens(nil)
	p.Pass(2 * time.Minute)
	const at = "https://evil.example/n/root"
	p.page(p.evil, p.mal, "/n/root", "The start of mal's.", doc{"replies": at + "/replies"})
	list := func(items ...any) { p.shows(p.evil, "/n/root/replies", doc{"type": "Collection", "items": items}) }
	late := func(n int) { // makes the list be read
		parent := p.reply(p.peer, fmt.Sprintf("/p/parent%d", n), at, fmt.Sprintf("Parent %d.", n), nil)
		p.relays(p.reply(p.peer, fmt.Sprintf("/p/late%d", n), parent["id"].(string), fmt.Sprintf("Late %d.", n), nil))
		p.Pass(20 * time.Minute)
	}
	list()
	late(1)
	shut := p.Clock.Now()
	lock := p.act(p.bob, "Lock", at, doc{"published": shut.Format(time.RFC3339), "summary": "settled"})
	p.Pass(time.Hour) // it is long on its way
	p.takes(p.group, p.act(p.group, "Announce", lock, nil))
	p.Settle()
	said := func(n int, by time.Duration, words, to string) string {
		return p.reply(p.evil, fmt.Sprint("/n/", n), to, words, doc{"published": shut.Add(by).Format(time.RFC3339)})["id"].(string)
	}
	list(said(1, -time.Minute, "Said in time.", at), said(2, time.Minute, "Said too late.", at),
		said(3, time.Minute, "Said below that too late.", "https://evil.example/n/1"))
	late(2)
	p.ann.Sees(c, "Late 2.") // the community lists this itself
	p.ann.Sees(c, "Said in time.")
	p.ann.SeesNot(c, "Said too late.")
	p.ann.SeesNot(c, "Said below that too late.")
	p.takes(p.group, p.act(p.group, "Announce", p.act(p.bob, "Undo", lock, nil), nil))
	late(3)
	p.ann.Sees(c, "Said too late.")
}

// TestC46_S52_RemovedPersonListsNoMoreOfTheirOwn: whoever began a discussion keeps the
// list of what answers it. Once the community has removed them, nothing gets into
// the community that way.
func TestC46_S52_RemovedPersonListsNoMoreOfTheirOwn(t *testing.T) {
	t.Parallel()
	p := before(t)
	c := p.opens(nil)
	p.Pass(2 * time.Minute)
	const at = "https://evil.example/n/root"
	p.page(p.evil, p.mal, "/n/root", "The start of mal's.", doc{"replies": at + "/replies"})
	list := func(items ...any) { p.shows(p.evil, "/n/root/replies", doc{"type": "Collection", "items": items}) }
	late := func(n int) { // makes the list be read
		parent := p.reply(p.peer, fmt.Sprintf("/p/parent%d", n), at, fmt.Sprintf("Parent %d.", n), nil)
		p.relays(p.reply(p.peer, fmt.Sprintf("/p/late%d", n), parent["id"].(string), fmt.Sprintf("Late %d.", n), nil))
		p.Pass(20 * time.Minute)
	}
	first := p.reply(p.evil, "/n/1", at, "Before it came to that.", nil)
	list(first)
	late(1)
	p.ann.Sees(c, "Before it came to that.")
	p.takes(p.group, p.act(p.group, "Announce", p.act(p.bob, "Block", p.mal.URI, doc{"target": p.uri, "summary": "advertises"}), nil))
	p.Settle()
	list(first, p.reply(p.evil, "/n/2", at, "Cheap chairs.", nil), p.reply(p.peer, "/p/fair", at, "A fair reply.", nil)["id"])
	late(2)
	p.ann.Sees(c, "Late 2.")
	p.ann.Sees(c, "A fair reply.")
	p.ann.SeesNot(c, "Cheap chairs.")
	if _, ok := p.post("https://evil.example/n/2"); ok {
		t.Error("it is stored")
	}
}

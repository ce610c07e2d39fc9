package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/fedtest"
	"moothall/store"
)

// court is a community here with a facilitator on another server, and everyone
// who is none: a plain member, a stranger, one who was a facilitator and has been
// removed, one who looks after another community here, and somebody on the host of
// that facilitator.
type court struct {
	*siege
	facilitator                                   *fedtest.Puppet
	member, stranger, banned, elsewhere, sameHost *fedtest.Puppet
	open, shut, hidden, pinned, answer, chosen    actors.URI
	out                                           *fedtest.Puppet // removed from the community
}

func convene(t *testing.T) *court {
	t.Helper()
	s := besiege(t)
	b := &court{siege: s, facilitator: s.bob, member: s.mal, stranger: s.evil.Person("eve"), sameHost: s.peer.Person("clerk")}
	b.banned, b.elsewhere, b.out = s.evil.Person("fallen"), s.evil.Person("neighbour"), s.evil.Person("out")
	woods := s.ann.Starts("woods")
	for _, p := range []*fedtest.Puppet{b.banned, b.out} {
		s.takes(p, s.act(p, "Follow", s.parks.URI, nil))
	}
	s.takes(b.elsewhere, s.act(b.elsewhere, "Follow", woods.URI, nil))
	s.Settle()
	b.facilitates(s.parks, b.facilitator)
	b.facilitates(s.parks, b.banned)
	b.facilitates(woods, b.elsewhere)
	b.removed(b.banned)
	b.removed(b.out)
	for _, p := range []*fedtest.Puppet{b.stranger, b.sameHost} {
		s.takes(p, s.act(p, "Listen", s.parks.URI, nil)) // their keys are read once
	}
	chairs := s.create(s.mal, "Cheap chairs", nil)
	s.takes(s.mal, chairs)
	s.Settle()
	b.hidden = chairs["object"].(doc)["id"].(actors.URI)
	for i, uri := range []*actors.URI{&b.open, &b.shut, &b.pinned} {
		*uri = s.ann.Posts(s.parks, fmt.Sprint("Number ", i)).URI
	}
	for _, uri := range []*actors.URI{&b.answer, &b.chosen} {
		*uri = s.ann.Replies(s.ann.Asks(s.parks, "When?"), "In May").URI
	}
	s.ann.Marks(fedtest.Post{URI: b.chosen})
	s.ann.Locks(fedtest.Post{URI: b.shut}, "settled")
	s.ann.Hides(fedtest.Post{URI: b.hidden}, "off topic")
	s.ann.Pins(s.parks, fedtest.Post{URI: b.pinned})
	s.Settle()
	return b
}

func (b *court) facilitates(c fedtest.Community, who *fedtest.Puppet) {
	b.t.Helper()
	b.write(func(ctx context.Context, tx *store.Tx, a *actions.Actions) error {
		group, err := tx.CommunityByURI(ctx, c.URI)
		if err != nil {
			return err
		}
		ann, err := tx.ActorByURI(ctx, b.ann.URI)
		if err != nil {
			return err
		}
		them, err := tx.ActorByURI(ctx, who.URI)
		if err != nil {
			return err
		}
		_, err = a.Appoint(ctx, tx, ann, group, them, true)
		return err
	})
}

func (b *court) removed(who *fedtest.Puppet) {
	b.t.Helper()
	b.write(func(ctx context.Context, tx *store.Tx, a *actions.Actions) error {
		group, err := tx.CommunityByURI(ctx, b.parks.URI)
		if err != nil {
			return err
		}
		ann, err := tx.ActorByURI(ctx, b.ann.URI)
		if err != nil {
			return err
		}
		them, err := tx.ActorByURI(ctx, who.URI)
		if err != nil {
			return err
		}
		_, err = a.Expel(ctx, tx, ann, group, them, actions.Removal{Reason: "advertises"})
		return err
	})
}

// verbs is everything that a facilitator on another server may do, in the shapes
// of Lemmy.
func (b *court) verbs(by *fedtest.Puppet) map[string]doc {
	address := doc{"to": []actors.URI{actors.Public}, "cc": []actors.URI{b.parks.URI}, "audience": b.parks.URI}
	act := func(kind string, object any, more doc) doc {
		return b.act(by, kind, object, with(with(doc{}, address), more))
	}
	group := doc{
		"id": b.parks.URI, "type": "Group", "preferredUsername": "parks", "name": "Parks, as " + string(by.URI) + " has it",
		"summary": "<p>New</p>", "source": doc{"content": "New", "mediaType": "text/markdown"}, "inbox": b.parks.URI + "/inbox",
	}
	page := doc{"id": b.open, "type": "Page", "attributedTo": b.ann.URI, "name": "Forged", "content": "Forged", "commentsEnabled": false,
		"updated": b.Clock.Now().Add(time.Minute).Format(time.RFC3339)}
	return map[string]doc{
		"lock":       act("Lock", b.open, doc{"summary": "A reason for the lock"}),
		"unlock":     act("Undo", act("Lock", b.shut, nil), doc{"summary": "A reason for an unlock"}),
		"answer":     act(ap.ChooseAnswer, b.answer, nil),
		"unanswer":   act("Undo", act("ChooseAnswer", b.chosen, nil), nil),
		"hide":       act("Delete", b.open, doc{"summary": "bad post"}),
		"hide, bare": act("Delete", b.open, doc{"summary": ""}),
		"restore":    act("Undo", act("Delete", b.hidden, doc{"summary": "bad post"}), nil),
		"remove":     act("Block", b.member.URI, doc{"target": b.parks.URI, "removeData": true, "summary": "spam", "endTime": "2031-11-01T12:23:50.151874Z"}),
		"let back":   act("Undo", act("Block", b.out.URI, doc{"target": b.parks.URI, "summary": "spam"}), nil),
		"pin":        act("Add", b.open, doc{"target": b.parks.URI + "/featured"}),
		"unpin":      act("Remove", b.pinned, doc{"target": b.parks.URI + "/featured"}),
		"appoint":    act("Add", b.member.URI, doc{"target": b.parks.URI + "/moderators"}),
		"stand down": act("Remove", b.facilitator.URI, doc{"target": b.parks.URI + "/moderators"}),
		"describe":   act("Update", group, nil),
		"comments":   act("Update", page, nil),
	}
}

// codes are the reasons that differ from "not_moderator".
var codes = map[string]string{"hide": "not_owner", "hide, bare": "not_owner"}

// TestC41_C42_C43_C44_S46_S50_Authority: who may do what in a community here is
// decided from this node's own tables. A server vouches for its own people, and
// that somebody lives on the same one as a facilitator gives them nothing
// (docs/decisions/0027).
func TestC41_C42_C43_C44_S46_S50_Authority(t *testing.T) {
	t.Parallel()
	b := convene(t)
	for who, p := range map[string]*fedtest.Puppet{
		"a plain member": b.member, "a stranger": b.stranger, "one who was removed": b.banned,
		"a facilitator of another community": b.elsewhere, "somebody on a facilitator's host": b.sameHost,
	} {
		for verb, act := range b.verbs(p) {
			code := codes[verb]
			if code == "" {
				code = "not_moderator"
			}
			t.Run(who+": "+verb, func(t *testing.T) { b.refuses(p, act, code) })
		}
	}
}

// TestC41_C42_C43_C44_FacilitatorsElsewhereMay: the same from a facilitator is
// taken and announced, each in a community of its own.
func TestC41_C42_C43_C44_FacilitatorsElsewhereMay(t *testing.T) {
	t.Parallel()
	for verb := range codesOfAll {
		t.Run(verb, func(t *testing.T) {
			t.Parallel()
			b := convene(t)
			act := b.verbs(b.facilitator)[verb]
			before, entries := b.lasting(false), b.entries()
			b.takes(b.facilitator, act)
			b.Settle()
			if line := b.line(act["id"], b.facilitator); line.State != actors.Applied || line.Reason != "" {
				t.Fatalf("%s, %q", line.State, line.Reason)
			}
			if b.lasting(false) == before {
				t.Error("nothing has changed")
			}
			if verb != "describe" && b.entries() != entries+1 {
				t.Errorf("the community's log has %d entries more", b.entries()-entries)
			}
		})
	}
}

var codesOfAll = map[string]bool{
	"lock": true, "unlock": true, "hide": true, "hide, bare": true, "restore": true, "remove": true, "let back": true,
	"answer": true, "unanswer": true, "pin": true, "unpin": true, "appoint": true, "stand down": true, "describe": true, "comments": true,
}

// entries counts what the community has announced.
func (b *court) entries() int {
	b.t.Helper()
	n := 0
	b.read(func(ctx context.Context, tx *store.Tx) error {
		group, err := tx.CommunityByURI(ctx, b.parks.URI)
		if err != nil {
			return err
		}
		next, err := tx.NextEntry(ctx, group.Actor, actors.ChainPublic)
		n = int(next.Seq)
		return err
	})
	return n
}

// TestS50_PeopleHereNeedARoleToo: that a community lives on one's own site gives
// nobody anything either.
func TestS50_PeopleHereNeedARoleToo(t *testing.T) {
	t.Parallel()
	b := convene(t)
	dan := b.Person("dan@" + here)
	for verb, act := range b.verbs(&fedtest.Puppet{URI: dan.URI}) {
		b.Unchanged(here, func() {
			delete(act, "id")
			_, err := dan.Try(act)
			if no, ok := errors.AsType[*fedtest.Refused](err); !ok || no.Status != 403 && no.Status != 422 {
				t.Errorf("%s: %v", verb, err)
			}
		})
	}
}

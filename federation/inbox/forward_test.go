package inbox_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/fedtest"
)

// TestC21_S40_Forwarded: an activity of another's is believed at the door with
// their proof, and with nothing else.
func TestC21_S40_Forwarded(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	proved := func(p *fedtest.Puppet, kind string, object any, more doc) func() doc {
		return func() doc { return p.Proves(s.act(p, kind, object, more)) }
	}
	forge := *s.mal
	forge.Proof.Method = s.bob.Proof.Method
	later := s.Clock.Now().Add(time.Minute).Format(time.RFC3339)
	annKey := *s.mal
	annKey.Proof.Method = string(s.ann.URI) + "#ed25519-key"
	refused := map[string]struct {
		act  func() doc
		want int
	}{
		"without a proof": {func() doc { return s.create(s.bob, "Foul", nil) }, 401},
		"with an LD signature": {func() doc {
			return with(s.create(s.bob, "Foul", nil), doc{"signature": doc{"type": "RsaSignature2017"}})
		}, 401},
		"with the forwarder's proof": {func() doc { return s.mal.Proves(s.create(s.bob, "Foul", nil)) }, 401},
		"with a forged proof":        {func() doc { return forge.Proves(s.create(s.bob, "Foul", nil)) }, 401},
		"changed after":              {func() doc { return with(s.bob.Proves(s.create(s.bob, "Fair", nil)), doc{"summary": "Foul"}) }, 401},
		"with two proofs": {func() doc {
			d := s.bob.Proves(s.create(s.bob, "Fair", nil))
			return with(d, doc{"proof": []any{d["proof"], d["proof"]}})
		}, 401},
		"the proof on the object only": {func() doc {
			d := s.create(s.bob, "Fair", nil)
			return with(d, doc{"object": s.bob.Proves(d["object"].(doc))})
		}, 401},
		"by one of ours": {func() doc {
			return annKey.Proves(s.act(s.mal, "Create", s.note(s.mal, "Fake", nil), doc{"actor": s.ann.URI}))
		}, 401},
		"an id of another host": {func() doc {
			return s.bob.Proves(with(s.create(s.bob, "Foul", nil), doc{"id": "https://evil.example/a/1"}))
		}, 400},
		"a wish to join":  {proved(s.bob, "Follow", s.tender.URI, nil), 401},
		"a wish to leave": {proved(s.bob, "Undo", doc{"type": "Follow", "actor": s.bob.URI, "object": s.parks.URI, "id": "https://peer.example/a/1"}, nil), 401},
		"a yes":           {proved(s.bob, "Accept", doc{"type": "Follow", "actor": s.ann.URI, "object": s.bob.URI}, nil), 401},
		"a removal":       {proved(s.bob, "Block", s.mal.URI, doc{"target": s.parks.URI}), 401},
		"an announcement": {proved(s.bob, "Announce", s.annPost, nil), 401},
		"an edit that does not say when": {func() doc {
			return s.bob.Proves(s.act(s.bob, "Update", s.note(s.bob, "Foul", doc{"id": s.bobPost}), nil))
		}, 401},
		"an edit of tomorrow": {func() doc {
			return s.bob.Proves(s.act(s.bob, "Update", s.note(s.bob, "Foul", doc{"id": s.bobPost, "updated": s.Clock.Now().Add(24 * time.Hour).Format(time.RFC3339)}), nil))
		}, 401},
		"an edit of what is elsewhere": {func() doc { return s.bob.Proves(s.act(s.bob, "Update", s.bobPost, nil)) }, 401},
	}
	for name, tt := range refused {
		t.Run(name, func(t *testing.T) {
			s.T, s.t = t, t
			since := len(s.Exchanges())
			s.Unchanged(here, func() {
				if r := s.sends(s.mal, tt.act()); r.Status != tt.want {
					t.Errorf("answered %d %s, want %d", r.Status, r.Body, tt.want)
				}
				s.Settle()
			})
			if asked := s.egress(since); len(asked) > 0 {
				t.Errorf("asked for %v", asked)
			}
		})
	}
	s.T, s.t = t, t
	create := s.bob.Proves(s.create(s.bob, "Carried by another", nil))
	id := create["object"].(map[string]any)["id"]
	s.takes(s.mal, create)
	s.Settle()
	s.ann.Sees(s.parks, "Carried by another")
	if line := s.line(create["id"], s.bob); line.Actor != s.bob.URI || line.State != actors.Applied {
		t.Errorf("it is by %s, %s", line.Actor, line.State)
	}
	s.Unchanged(here, func() { // S26: by whichever way it comes again
		s.takes(s.mal, create)
		s.takes(s.bob, create)
		s.Settle()
	})
	s.takes(s.mal, s.bob.Proves(s.act(s.bob, "Update", s.note(s.bob, "Changed, and carried", doc{"id": id, "updated": later}), nil)))
	s.takes(s.mal, s.bob.Proves(s.act(s.bob, "Like", s.annPost, nil)))
	s.Settle()
	s.ann.Sees(s.parks, "Changed, and carried")
	if p, _ := s.post(s.annPost); p.Useful != 1 {
		t.Errorf("useful to %d, want 1", p.Useful)
	}
	s.takes(s.mal, s.bob.Proves(s.act(s.bob, "Delete", id, nil)))
	s.Settle()
	if p, _ := s.post(id); !p.IsGone() {
		t.Error("its author deleted it")
	}
	// Others' words stay others': a proof of who acts is no right to act.
	s.refusesForwarded(s.bob.Proves(s.act(s.bob, "Delete", s.annPost, nil)), "not_owner")
	s.refusesForwarded(s.bob.Proves(s.create(s.bob, "Foul", doc{"attributedTo": s.ann.URI})), "owner_mismatch")
}

func (s *siege) refusesForwarded(act doc, code string) {
	s.t.Helper()
	s.takes(s.mal, act)
	s.Settle()
	if line := s.line(act["id"], s.bob); line.State != actors.Rejected || !strings.HasPrefix(line.Reason, code+":") {
		s.t.Errorf("%s %q, want rejected as %s", line.State, line.Reason, code)
	}
}

// TestS40_OldDeleteIsCheckedAtItsOrigin: in a community elsewhere a Delete may have
// been undone in ways that this node never heard of. Whoever kept it cannot bring it
// again to take down what is back.
func TestS40_OldDeleteIsCheckedAtItsOrigin(t *testing.T) {
	t.Parallel()
	s := relay(t)
	show := func(title string) (id any, at string, page doc) {
		create := s.said(title, nil)
		s.believes(create)
		s.ann.Sees(s.c, title)
		page = create["object"].(doc)
		at = strings.TrimPrefix(fmt.Sprint(page["id"]), "https://victim.example")
		s.victim.Serves(at, fedtest.Answer{Body: page})
		return page["id"], at, page
	}
	id, at, page := show("Withdrawn and back")
	old := s.vic.Proves(s.act(s.vic, "Delete", id, nil))
	s.victim.Serves(at, fedtest.Answer{Status: 410})
	s.believes(s.act(s.vic, "Delete", id, nil))
	s.ann.SeesNot(s.c, "Withdrawn and back")
	s.victim.Serves(at, fedtest.Answer{Body: page})
	s.believes(s.act(s.vic, "Undo", s.act(s.vic, "Delete", id, nil), nil))
	s.ann.Sees(s.c, "Withdrawn and back")

	s.takes(s.mal, old)
	s.Settle()
	if line := s.line(old["id"], s.vic); line.State != actors.Rejected || !strings.HasPrefix(line.Reason, "still_there:") {
		t.Errorf("an old Delete, forwarded: %s %q", line.State, line.Reason)
	}
	s.ann.Sees(s.c, "Withdrawn and back")

	s.victim.Serves(at, fedtest.Answer{Status: 410})
	s.takes(s.mal, s.vic.Proves(s.act(s.vic, "Delete", id, nil)))
	s.Settle()
	s.ann.SeesNot(s.c, "Withdrawn and back")

	// From its author it is believed at once, and nobody is asked.
	id, _, _ = show("Withdrawn by its author")
	since := len(s.Exchanges())
	s.takes(s.vic, s.vic.Proves(s.act(s.vic, "Delete", id, nil)))
	s.Settle()
	s.ann.SeesNot(s.c, "Withdrawn by its author")
	if asked := s.asked(since); len(asked) > 0 {
		t.Errorf("its origin was asked: %v", asked)
	}
}

func TestC21_ForwardedByOneForAStranger(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	victim := s.Stranger("victim.example")
	vic := victim.Person("vic")
	since := len(s.Exchanges())
	first := vic.Proves(s.create(vic, "By one who is no member", nil))
	s.takes(s.mal, first)
	s.Settle()
	s.ann.Sees(s.parks, "By one who is no member")
	s.takes(s.mal, vic.Proves(s.create(vic, "Again", nil)))
	s.Settle()
	asked := slices.DeleteFunc(s.egress(since), func(e string) bool { return !strings.HasPrefix(e, "GET ") })
	if len(asked) != 1 || asked[0] != "GET "+string(vic.URI) {
		t.Errorf("asked for %v", asked)
	}
	// S25: the policy is asked about both.
	s.block("victim.example")
	s.Unchanged(here, func() {
		if r := s.sends(s.mal, vic.Proves(s.create(vic, "Blocked", nil))); r.Status != 403 {
			t.Errorf("the actor is blocked: answered %d", r.Status)
		}
	})
	s.block("evil.example")
	s.Unchanged(here, func() {
		if r := s.sends(s.mal, s.bob.Proves(s.create(s.bob, "Blocked", nil))); r.Status != 403 {
			t.Errorf("the carrier is blocked: answered %d", r.Status)
		}
	})
}

// TestS31_ForwardedByManyStrangers: looking for the keys of proofs has the limits
// that looking for those of requests has.
func TestS31_ForwardedByManyStrangers(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	victim := s.Stranger("victim.example")
	since, answers := len(s.Exchanges()), map[int]int{}
	for i := range 15 {
		p := victim.Person(fmt.Sprintf("v%d", i))
		answers[s.sends(s.mal, p.Proves(s.create(p, "By a stranger", nil))).Status]++
	}
	asked := slices.DeleteFunc(s.egress(since), func(e string) bool { return !strings.HasPrefix(e, "GET https://victim.example/u/") })
	if len(asked) > 10 || answers[202] != len(asked) || answers[429] != 15-len(asked) {
		t.Errorf("asked %d times, and answered %v", len(asked), answers)
	}
}

// TestC21_ForwardedWhileTheirHostIsAway: that is no fault of the carrier's.
func TestC21_ForwardedWhileTheirHostIsAway(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	victim := s.Stranger("victim.example")
	vic := victim.Person("vic")
	s.Partition(here, "victim.example")
	act := vic.Proves(s.create(vic, "By one who is away", nil))
	if r := s.sends(s.mal, act); r.Status != 503 || r.Header.Get("Retry-After") == "" {
		t.Errorf("answered %d", r.Status)
	}
	victim.Serves("/u/vic", fedtest.Answer{Status: 404})
	s.Heal(here, "victim.example")
	s.Pass(2 * time.Minute)
	if r := s.sends(s.mal, act); r.Status != 401 {
		t.Errorf("of nobody: answered %d", r.Status)
	}
}

// TestS31_APartnerIsMetWithAllItsPeople: they begin to talk in the same minute, and none
// of them is told to come back later, which would hold up all that follows.
func TestS31_APartnerIsMetWithAllItsPeople(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	partner := s.Stranger("partner.example")
	answers := map[int]int{}
	for i := range 25 {
		p := partner.Person(fmt.Sprintf("p%d", i))
		answers[s.sends(p, s.act(p, "Follow", s.parks.URI, nil)).Status]++
	}
	if answers[202] != 25 {
		t.Errorf("answered %v", answers)
	}
}

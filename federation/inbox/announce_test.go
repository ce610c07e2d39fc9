package inbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/fedtest"
)

// away is a community on the partner that ann belongs to.
type away struct {
	*siege
	soil *fedtest.Puppet
	c    fedtest.Community
}

func goAway(t testing.TB) *away {
	t.Helper()
	s := besiege(t)
	soil, c := s.joinsElsewhere("soil", s.peer)
	return &away{s, soil, c}
}

// page is a discussion in the community elsewhere.
func (s *away) page(by *fedtest.Puppet, title string, more doc) doc {
	return s.note(by, title, with(doc{"to": []any{actors.Public, s.c.URI}, "audience": s.c.URI}, more))
}

// serve lets an object's own host show it.
func (s *away) serve(at *fedtest.Stranger, d doc) {
	at.Serves(strings.TrimPrefix(fmt.Sprint(d["id"]), "https://"+at.Host), fedtest.Answer{Body: d})
}

func (s *away) announces(inner any) doc { return s.act(s.soil, "Announce", inner, nil) }

func TestC23_S54_S56_AnnouncedWordsNeedTheirOrigin(t *testing.T) {
	t.Parallel()
	s := goAway(t)
	victim := s.Stranger("victim.example")
	vic := victim.Person("vic")
	said := s.page(vic, "As Vic said it", nil)
	s.serve(victim, said)
	forged := with(s.page(vic, "As the group says Vic said it", nil), doc{"id": said["id"]})
	s.takes(s.soil, s.announces(s.act(vic, "Create", forged, nil)))
	s.Settle()
	s.ann.Sees(s.c, "As Vic said it")
	s.ann.SeesNot(s.c, "As the group says")

	// A forged edit: what the origin has counts.
	s.takes(s.soil, s.announces(s.act(vic, "Update", with(forged, doc{"updated": s.Clock.Now().Add(time.Minute).Format(time.RFC3339)}), nil)))
	s.Settle()
	s.ann.SeesNot(s.c, "As the group says")

	// What was never said at all.
	s.refusesSoft(s.announces(s.act(vic, "Create", s.page(vic, "Never said", nil), nil)), "gone")
	// S56: words of our own people that were never said here.
	for _, inner := range []doc{
		s.act(s.mal, "Create", s.page(s.mal, "Fake", doc{"id": "https://north.example/p/fake", "attributedTo": s.ann.URI}), doc{"actor": s.ann.URI}),
		s.act(s.mal, "Update", s.page(s.mal, "Fake", doc{"id": "https://north.example/p/fake", "attributedTo": s.ann.URI}), doc{"actor": s.ann.URI}),
	} {
		s.refuses(s.soil, s.announces(inner), "local_forgery")
	}
	// Words of an officer of ours on the group's own host.
	s.refuses(s.soil, s.announces(s.act(s.bob, "Create", s.page(s.bob, "Fake", doc{"attributedTo": s.ann.URI}), nil)), "owner_mismatch")
	// Of our own posts, those of other communities are not the group's to touch.
	for _, inner := range []any{
		s.annPost, s.tenderPost,
		s.act(s.bob, "Delete", s.annPost, nil), s.act(s.bob, "Delete", s.annPost, doc{"summary": "spam"}),
		s.act(s.bob, "Update", s.page(s.bob, "Foul", doc{"id": s.annPost, "attributedTo": s.ann.URI}), nil),
	} {
		s.refuses(s.soil, s.announces(inner), "other_community")
	}
	// Nor does it count for them.
	before, _ := s.post(s.annPost)
	s.takes(s.soil, s.announces(s.act(s.mal, "Like", s.annPost, nil)))
	s.Settle()
	if after, _ := s.post(s.annPost); after.Useful != before.Useful {
		t.Error("a community counted for a post of another")
	}
}

// refusesSoft is refuses where reading what the activity names is allowed.
func (s *away) refusesSoft(act doc, code string) {
	s.t.Helper()
	s.Unchanged(here, func() {
		s.takes(s.soil, act)
		s.Settle()
	})
	if line := s.line(act["id"], s.soil); line.State != actors.Rejected || !strings.HasPrefix(line.Reason, code) {
		s.t.Errorf("%s %q, want rejected as %s", line.State, line.Reason, code)
	}
}

func TestS55_GroupThatNobodyFollows(t *testing.T) {
	t.Parallel()
	s := goAway(t)
	stray := s.evil.Group("stray")
	s.takes(stray, s.act(stray, "View", s.annPost, nil)) // its key is known from here on
	s.Settle()
	for _, inner := range []any{s.act(s.mal, "Like", s.bobPost, nil), s.annPost, s.note(s.mal, "Foul", doc{"audience": stray.URI})} {
		s.refuses(stray, s.act(stray, "Announce", inner, nil), "announcer")
	}
}

func TestC39_BatchesAreTakenApart(t *testing.T) {
	t.Parallel()
	for name, wrap := range map[string]func([]any) any{
		"array":      func(items []any) any { return items },
		"collection": func(items []any) any { return doc{"type": "OrderedCollection", "orderedItems": items} },
	} {
		t.Run(name, func(t *testing.T) {
			s := goAway(t)
			s.Partition(here, "evil.example")
			one, dead, three := s.page(s.bob, "One", nil), s.page(s.mal, "Two", nil), s.page(s.bob, "Three", nil)
			s.takes(s.soil, s.announces(wrap([]any{
				s.act(s.bob, "Create", one, nil), s.act(s.mal, "Create", dead, nil), s.act(s.bob, "Create", doc{"id": "nonsense", "type": "Page"}, nil),
				s.act(s.bob, "Create", three, nil), s.act(s.bob, "Like", one["id"], nil),
			})))
			s.Settle()
			s.ann.Sees(s.c, "One")
			s.ann.Sees(s.c, "Three")
			if p, _ := s.post(one["id"]); p.Useful != 1 {
				t.Errorf("the vote in the batch counted %d times", p.Useful)
			}
			s.Heal(here, "evil.example")
			s.serve(s.evil, dead)
			s.Pass(2 * time.Hour)
			s.ann.Sees(s.c, "Two")
			// What its author withdraws is erased from all that brought it.
			s.takes(s.bob, s.act(s.bob, "Delete", three["id"], nil))
			s.Settle()
			if strings.Contains(s.State(here), "Three") {
				t.Error("the words of a deleted post are still stored")
			}
		})
	}
}

func TestS54_RelayedDeletions(t *testing.T) {
	t.Parallel()
	s := goAway(t)
	theirs := s.page(s.mal, "Of a third host", nil)
	s.serve(s.evil, theirs)
	own := s.page(s.bob, "Of the group's host", nil)
	s.takes(s.soil, s.announces(s.act(s.mal, "Create", theirs, nil)))
	s.takes(s.soil, s.announces(s.act(s.bob, "Create", own, nil)))
	s.Settle()
	s.ann.Sees(s.c, "Of a third host")
	s.ann.Sees(s.c, "Of the group's host")

	s.refusesSoft(s.announces(s.act(s.mal, "Delete", theirs["id"], nil)), "still_there")
	path := strings.TrimPrefix(fmt.Sprint(theirs["id"]), "https://evil.example")
	s.evil.Serves(path, fedtest.Answer{Status: 410})
	s.takes(s.soil, s.announces(s.act(s.mal, "Delete", theirs["id"], nil)))
	s.takes(s.soil, s.announces(s.act(s.bob, "Delete", own["id"], nil)))
	s.Settle()
	for _, d := range []doc{theirs, own} {
		if p, ok := s.post(d["id"]); !ok || !p.IsGone() {
			t.Errorf("%s is still there", d["id"])
		}
	}
	if state := s.State(here); strings.Contains(state, "Of the group's host") || strings.Contains(state, "Of a third host") {
		t.Error("words of deleted posts are still stored")
	}
	// A moderator's deletion hides it in the community, and touches nothing else.
	hidden := s.page(s.mal, "To be hidden", nil)
	s.serve(s.evil, hidden)
	s.takes(s.soil, s.announces(s.act(s.mal, "Create", hidden, nil)))
	s.Settle()
	s.takes(s.soil, s.announces(s.act(s.bob, "Delete", hidden["id"], doc{"summary": "off topic"})))
	s.Settle()
	if p, _ := s.post(hidden["id"]); p.Standing != content.Hidden || p.IsGone() || p.HTML == "" {
		t.Errorf("hidden: %q, gone %v", p.Standing, p.IsGone())
	}
}

func TestC58_BlockedInsideAnAnnounce(t *testing.T) {
	t.Parallel()
	s := goAway(t)
	own := s.page(s.bob, "Own", nil)
	s.takes(s.soil, s.announces(s.act(s.bob, "Create", own, nil)))
	s.Settle()
	s.block("evil.example")
	theirs := s.page(s.mal, "Of a blocked host", nil)
	s.serve(s.evil, theirs)
	for _, inner := range []any{s.act(s.mal, "Create", theirs, nil), theirs["id"], s.act(s.mal, "Like", own["id"], nil)} {
		s.refuses(s.soil, s.announces(inner), "policy")
	}
	s.takes(s.soil, s.announces(s.act(s.bob, "Like", own["id"], nil)))
	s.Settle()
	if p, _ := s.post(own["id"]); p.Useful != 1 {
		t.Errorf("useful to %d, want 1", p.Useful)
	}
}

func TestAnnouncedByAnotherCommunity(t *testing.T) {
	t.Parallel()
	s := goAway(t)
	rival, rc := s.joinsElsewhere("rival", s.evil)
	own := s.page(s.bob, "Said in soil", nil)
	s.serve(s.peer, own)
	s.refusesSoftBy(rival, s.act(rival, "Announce", s.act(s.bob, "Create", own, nil), nil), "other_community")
	s.ann.SeesNot(rc, "Said in soil")
	s.takes(s.soil, s.announces(own["id"]))
	s.Settle()
	s.ann.Sees(s.c, "Said in soil")
	s.refuses(rival, s.act(rival, "Announce", s.act(s.bob, "Delete", own["id"], doc{"summary": "x"}), nil), "other_community")
}

func (s *away) refusesSoftBy(p *fedtest.Puppet, act doc, code string) {
	s.t.Helper()
	was := s.soil
	s.soil = p
	s.refusesSoft(act, code)
	s.soil = was
}

func TestS44_OurPostComesBack(t *testing.T) {
	t.Parallel()
	s := goAway(t)
	mine := s.ann.Posts(s.c, "Ann abroad")
	s.Settle()
	if p, _ := s.post(mine.URI); p.Standing != content.Sent {
		t.Fatalf("before the community answered: %q", p.Standing)
	}
	s.takes(s.soil, s.announces(s.act(s.bob, "Create", s.page(s.bob, "Twisted", doc{"id": mine.URI, "attributedTo": s.ann.URI}), doc{"actor": s.ann.URI})))
	s.Settle()
	p, _ := s.post(mine.URI)
	if p.Standing != content.Accepted || p.Title != "Ann abroad" {
		t.Errorf("%q %q: the community's yes counts, its words do not", p.Standing, p.Title)
	}
}

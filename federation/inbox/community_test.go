package inbox_test

import (
	"context"
	"fmt"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
)

// TestC33_C32_WhatIsAnnounced: the values that came are the values that go on.
func TestC32_C33_WhatIsAnnounced(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	act := s.create(s.mal, "Passed on", doc{"x-odd": 1.50, "unknown": doc{"deep": []any{1, "ü<&>", nil}}})
	s.evil.Forget()
	s.peer.Forget()
	s.takes(s.mal, act)
	s.Settle()
	wrapped, plain := 0, 0
	for _, e := range s.peer.Requests() {
		if e.Method != "POST" {
			continue
		}
		d := parse(t, e.Body)
		if inner, ok := d["object"].(doc); ok {
			wrapped++
			sent := parse(t, bytesOf(t, act))
			if fmt.Sprint(inner) != fmt.Sprint(sent) {
				t.Errorf("announced\n%v\nwant\n%v", inner, sent)
			}
			for _, member := range []string{"id", "actor", "to", "cc"} {
				if inner[member] == nil {
					t.Errorf("the announced activity lacks %s", member)
				}
			}
		} else if d["object"] == string(act["object"].(doc)["id"].(actors.URI)) {
			plain++
		}
	}
	if wrapped != 1 || plain != 1 {
		t.Errorf("%d wrapped and %d plain announcements, want one of each", wrapped, plain)
	}
	s.peer.Forget()
	s.takes(s.bob, s.create(s.bob, "A reply", doc{"type": "Note", "inReplyTo": act["object"].(doc)["id"]}))
	s.Settle()
	for _, e := range s.peer.Requests() {
		if e.Method != "POST" {
			continue
		}
		if d := parse(t, e.Body); d["type"] == "Announce" {
			if _, ok := d["object"].(doc); !ok {
				t.Errorf("a reply is boosted: %s", e.Body)
			}
		}
	}
}

func TestC29_C30_C31_Follows(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	group := s.peer.Group("soil") // C31: communities follow too
	follow := s.act(group, "Follow", s.parks.URI, nil)
	again := s.act(group, "Follow", s.parks.URI, nil)
	for _, f := range []doc{follow, again} {
		s.peer.Forget()
		s.takes(group, f)
		s.Settle()
		found := false
		for _, e := range s.peer.Requests() {
			if e.Method != "POST" {
				continue
			}
			if d := parse(t, e.Body); d["type"] == "Accept" {
				inner, _ := d["object"].(doc)
				found = inner["id"] == fmt.Sprint(f["id"]) && inner["type"] == "Follow" && inner["actor"] == string(group.URI) && inner["object"] == string(s.parks.URI)
			}
		}
		if !found {
			t.Errorf("no Accept with the Follow %s in it", f["id"])
		}
	}
	// C30: an Undo by id alone is understood too, and stops what is sent.
	s.takes(group, s.act(group, "Undo", again["id"], nil))
	s.takes(s.bob, s.act(s.bob, "Undo", doc{"type": "Follow", "actor": s.bob.URI, "object": s.parks.URI, "id": "https://peer.example/a/f"}, nil))
	s.Settle()
	s.peer.Forget()
	s.ann.Posts(s.parks, "After they left")
	s.Settle()
	for _, e := range s.peer.Requests() {
		if e.Method == "POST" {
			t.Errorf("still sent: %s", e.Body)
		}
	}
}

func TestC37_C38_Likes(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	useful := func() int { p, _ := s.post(s.annPost); return p.Useful }
	like := doc{"id": "https://peer.example/a/like1", "type": "Like", "actor": s.bob.URI, "object": s.annPost, "audience": s.parks.URI}
	s.evil.Forget()
	s.takes(s.bob, like) // Lemmy: no to, no cc
	s.takes(s.bob, s.act(s.bob, "Like", s.annPost, nil))
	s.Settle()
	if useful() != 1 {
		t.Errorf("one person counts %d times", useful())
	}
	if n := announced(t, s.evil, "Like"); n != 1 {
		t.Errorf("announced %d times, want once", n)
	}
	s.takes(s.bob, s.act(s.bob, "Undo", like, nil))
	s.Settle()
	if useful() != 0 || announced(t, s.evil, "Undo") != 1 {
		t.Errorf("after the Undo %d, announced %d", useful(), announced(t, s.evil, "Undo"))
	}
	// C38: NodeBB gives a vote the same id again.
	vote := doc{"id": "https://peer.example/uid/1#activity/like/7", "type": "Like", "actor": s.bob.URI, "object": s.annPost}
	for i := range 3 {
		s.takes(s.bob, vote)
		s.Settle()
		if useful() != 1 {
			t.Errorf("round %d: %d, want 1", i, useful())
		}
		s.takes(s.bob, s.act(s.bob, "Undo", vote, nil))
		s.Settle()
		if useful() != 0 {
			t.Errorf("round %d: %d after the Undo", i, useful())
		}
	}
}

func TestC28_DoorAnswersWhileWorkersRest(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	for i := range 50 { // nobody calls Settle: no worker runs
		act := s.create(s.bob, fmt.Sprintf("No %d", i), nil)
		s.takes(s.bob, act)
		if _, ok := s.post(act["object"].(doc)["id"]); !ok {
			t.Fatal("answered before it was kept")
		}
	}
}

func TestS104_RequestsToJoinAreBounded(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	asked := func() (n int) {
		s.read(func(ctx context.Context, tx *store.Tx) error {
			g, err := tx.CommunityByURI(ctx, s.tender.URI)
			if err == nil {
				n, _, err = tx.CountAsked(ctx, g.ID, "evil.example")
			}
			return err
		})
		return n
	}
	notices := func() (n int) {
		s.read(func(ctx context.Context, tx *store.Tx) error {
			me, err := tx.ActorByURI(ctx, s.ann.URI)
			if err == nil {
				n, err = tx.CountUnseen(ctx, me.ID)
			}
			return err
		})
		return n
	}
	for i := range 104 {
		p := *s.mal
		s.write(func(ctx context.Context, tx *store.Tx, a *actions.Actions) error {
			mal, err := tx.ActorByURI(ctx, s.mal.URI)
			mal.URI, mal.Name = actors.URI(fmt.Sprintf("https://evil.example/u/m%d", i)), fmt.Sprintf("m%d", i)
			mal.KeyID = string(mal.URI) + "#main-key"
			if err == nil {
				_, err = a.Learn(ctx, tx, mal, nil, false)
			}
			p.URI = mal.URI
			return err
		})
		s.takes(&p, s.act(&p, "Follow", s.tender.URI, nil))
	}
	if asked() != 100 {
		t.Errorf("%d wait, want 100", asked())
	}
	// Asking again is not asking anew.
	before := notices()
	p := *s.mal
	p.URI = "https://evil.example/u/m3"
	s.takes(&p, s.act(&p, "Follow", s.tender.URI, nil))
	if notices() != before || before == 0 {
		t.Errorf("%d notices became %d", before, notices())
	}
}

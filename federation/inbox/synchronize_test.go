package inbox_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/fedtest"
	"moothall/store"
)

// knows makes the community say, in an Announce, whom it counts here; change may
// make that a lie.
func (p *past) knows(followers []actors.URI, change func(s *ap.Synchronization)) fedtest.Reply {
	p.t.Helper()
	s := ap.Synchronization{
		Collection: p.uri + "/followers", URL: p.uri + "/followers_synchronization", Digest: store.DigestOf(followers),
	}
	if change != nil {
		change(&s)
	}
	return p.sends(p.group, p.act(p.group, "Announce", "https://peer.example/p/none", nil), header(ap.SynchronizationHeader, s.String()))
}

func (p *past) lists(path string, more doc, followers ...actors.URI) {
	p.shows(p.peer, path, with(doc{"type": "OrderedCollection", "orderedItems": followers}, more))
}

func (p *past) standing() (s actors.Standing) {
	p.read(func(ctx context.Context, tx *store.Tx) error {
		group, err := tx.ActorByURI(ctx, p.uri)
		if err != nil {
			return err
		}
		ann, err := tx.ActorByURI(ctx, p.ann.URI)
		if err != nil {
			return err
		}
		m, err := tx.Membership(ctx, group.ID, ann.ID)
		s = m.Standing
		return err
	})
	return s
}

// asked counts the questions for a list.
func (p *past) asked() (n int) {
	for _, e := range p.Exchanges() {
		if e.From == here && strings.Contains(e.URL, "synchronization") {
			n++
		}
	}
	return n
}

const syncPath = "/u/soil/followers_synchronization"

func TestFEP8fcf_MemberWhoIsNotListedHasBeenRemoved(t *testing.T) {
	t.Parallel()
	for name, show := range map[string]func(p *past){
		"nobody": func(p *past) { p.lists(syncPath, nil) },
		"tootik: under another id": func(p *past) {
			p.lists(syncPath, doc{"id": "https://peer.example/followers/soil?domain=north.example"})
		},
		"Mastodon: a page of its own": func(p *past) {
			p.lists(syncPath, doc{"orderedItems": nil, "first": "https://peer.example" + syncPath + "?page=1"})
			p.lists(syncPath+"?page=1", nil)
		},
		"Fedify: a page that is in it": func(p *past) {
			p.lists(syncPath, doc{"orderedItems": nil, "first": doc{"type": "OrderedCollectionPage", "orderedItems": []any{}}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := before(t)
			p.opens(nil)
			p.Pass(2 * time.Minute)
			show(p)
			p.knows(nil, nil)
			if p.Settle(); p.asked() != 0 {
				t.Error("it was asked at once: what explains the difference may be on its way")
			}
			p.Pass(2 * time.Minute)
			if s := p.standing(); s != actors.Left {
				t.Errorf("ann is %q", s)
			}
		})
	}
}

// TestFEP8fcf_WhatChangesNothing: nobody's membership ends for a list that is
// broken, cut short, of somebody else, or only claimed.
func TestFEP8fcf_WhatChangesNothing(t *testing.T) {
	t.Parallel()
	ann := actors.URI("https://north.example/u/ann")
	long := make([]actors.URI, 1500)
	for i := range long {
		long[i] = actors.URI(fmt.Sprintf("https://north.example/u/p%d", i))
	}
	for name, tt := range map[string]struct {
		show      func(p *past)
		followers []actors.URI
		change    func(s *ap.Synchronization)
		asks      int
	}{
		"both know the same":       {followers: []actors.URI{ann}},
		"an empty list by mistake": {show: func(p *past) { p.lists(syncPath, nil) }, followers: long[:1], asks: 1},
		"a list that is cut short": {show: func(p *past) { p.lists(syncPath, nil, long[:1000]...) }, followers: long, asks: 1},
		"a list on pages":          {show: func(p *past) { p.lists(syncPath, doc{"next": "https://peer.example/more"}) }, asks: 1},
		"no list":                  {asks: 1},
		"names of another node":    {show: func(p *past) { p.lists(syncPath, nil, "https://west.example/u/x") }, followers: []actors.URI{"https://west.example/u/x"}, asks: 1},
		"names that are none":      {show: func(p *past) { p.lists(syncPath, doc{"orderedItems": []any{7, doc{}}}) }, asks: 1},
		"an error":                 {show: func(p *past) { p.peer.Serves(syncPath, fedtest.Answer{Status: 500}) }, asks: 1},
		"a slow drip":              {show: func(p *past) { p.peer.Serves(syncPath, fedtest.Answer{Status: 503, After: time.Second}) }, asks: 1},
		"S90 a redirect elsewhere": {show: func(p *past) {
			p.peer.Serves(syncPath, fedtest.Answer{Status: 302, Header: map[string]string{"Location": "https://evil.example" + syncPath}})
			p.shows(p.evil, syncPath, doc{"type": "OrderedCollection", "orderedItems": []any{}})
		}, asks: 1},
		"a page on another host":    {show: func(p *past) { p.lists(syncPath, doc{"orderedItems": nil, "first": "https://evil.example/f"}) }, asks: 1},
		"a list on another host":    {change: func(s *ap.Synchronization) { s.URL = "https://evil.example/followers_synchronization" }},
		"a list at a private place": {change: func(s *ap.Synchronization) { s.URL = "https://127.0.0.1/followers_synchronization" }},
		"another's followers":       {change: func(s *ap.Synchronization) { s.Collection = "https://peer.example/u/bob/followers" }},
		"a digest of no length":     {change: func(s *ap.Synchronization) { s.Digest = "00" }},
		"no address":                {change: func(s *ap.Synchronization) { s.URL = "" }},
	} {
		t.Run(name, func(t *testing.T) {
			p := before(t)
			p.opens(nil)
			p.Pass(2 * time.Minute)
			if tt.show != nil {
				tt.show(p)
			}
			for range 20 { // however often it is said, it is asked once an hour
				if r := p.knows(tt.followers, tt.change); r.Status != 202 {
					t.Fatalf("a header keeps an activity out: %d", r.Status)
				}
				p.Pass(2 * time.Minute)
			}
			if s := p.standing(); s != actors.Joined {
				t.Errorf("ann is %q", s)
			}
			if n := p.asked(); n < min(tt.asks, 1) || n > 2*tt.asks {
				t.Errorf("the list was asked for %d times", n)
			}
		})
	}
}

// TestFEP8fcf_ListedWhoIsNoMember: who waits has been let in, who is nobody of
// the community takes the Follow back, and who does not exist says nothing.
func TestFEP8fcf_ListedWhoIsNoMember(t *testing.T) {
	t.Parallel()
	p := before(t)
	p.group = p.peer.Group("soil")
	c := fedtest.Community{Name: "soil", URI: p.uri}
	p.ann.Joins(c)
	eve := p.Person("eve@" + here)
	eve.Joins(c)
	p.Settle()
	eve.Leaves(c)
	p.Settle()
	dan := p.Person("dan@" + here) // has never heard of it, and signs nothing about it
	all := []actors.URI{p.ann.URI, eve.URI, dan.URI, "https://north.example/u/nobody"}
	p.lists(syncPath, nil, all...)
	p.peer.Forget()
	p.knows(all, nil)
	p.Pass(5 * time.Minute)
	if s := p.standing(); s != actors.Joined {
		t.Errorf("who waited is %q", s)
	}
	undone := 0
	for _, e := range p.peer.Requests() {
		if e.Method != "POST" {
			continue
		}
		if d := parse(t, e.Body); d["type"] != "Undo" || d["actor"] != string(eve.URI) || d["object"].(doc)["object"] != string(p.uri) {
			t.Errorf("sent %s", e.Body)
		}
		undone++
	}
	if undone != 1 {
		t.Errorf("%d Undos were sent, want one", undone)
	}
}

// TestFEP8fcf_OnlyAboutOnesOwn: nobody's header is about another actor, and what
// is not a community's is left alone.
func TestFEP8fcf_OnlyAboutOnesOwn(t *testing.T) {
	t.Parallel()
	p := before(t)
	p.opens(nil)
	p.Pass(2 * time.Minute)
	s := ap.Synchronization{Collection: p.uri + "/followers", URL: "https://evil.example/followers_synchronization", Digest: store.DigestOf(nil)}
	p.shows(p.evil, "/followers_synchronization", doc{"type": "OrderedCollection", "orderedItems": []any{}})
	p.sends(p.mal, p.create(p.mal, "Hello", nil), header(ap.SynchronizationHeader, s.String()))
	s.Collection, s.URL = p.mal.URI+"/followers", "https://evil.example/followers_synchronization"
	p.sends(p.mal, p.create(p.mal, "Hello again", nil), header(ap.SynchronizationHeader, s.String()))
	p.Pass(time.Hour)
	if n := p.asked(); n != 0 || p.standing() != actors.Joined {
		t.Errorf("%d questions, ann is %q", n, p.standing())
	}
}

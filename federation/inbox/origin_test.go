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

// TestB2_NobodySpeaksForOthers is the table of what a member of good standing
// may not do with a good signature. Its neighbours are in TestB2_Neighbours.
func TestB2_NobodySpeaksForOthers(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	victim := s.Stranger("victim.example")
	vic := victim.Person("vic")
	victim.Serves("/n/1", fedtest.Answer{Body: with(s.note(vic, "Said by Vic", nil), doc{"id": "https://victim.example/n/1"})})
	other := s.evil.Person("other")
	otherNote := s.create(other, "By another of the same host", nil)
	s.takes(other, s.act(other, "Follow", s.parks.URI, nil))
	s.takes(other, otherNote)
	s.Settle()
	otherPost := otherNote["object"].(doc)["id"]
	many := make([]any, 150)
	for i := range many {
		many[i] = fmt.Sprintf("https://victim.example/n/%d", i)
	}
	fetchVictim := "GET https://victim.example/n/1"
	object := func(d doc, change doc) doc { with(d["object"].(doc), change); return d }
	tests := []struct {
		name   string
		act    func() doc
		code   string
		egress []string
	}{
		{"S41 a post of another's host, embedded", func() doc {
			return object(s.create(s.mal, "Foul", nil), doc{"id": "https://victim.example/n/1"})
		}, "owner_mismatch", []string{fetchVictim}},
		{"S42 said by another", func() doc {
			return object(s.create(s.mal, "Foul", nil), doc{"attributedTo": vic.URI})
		}, "owner_mismatch", nil},
		{"S43 said by two", func() doc {
			return object(s.create(s.mal, "Foul", nil), doc{"attributedTo": []any{s.mal.URI, s.ann.URI}})
		}, "document", nil},
		{"S43 said by a number", func() doc { return object(s.create(s.mal, "Foul", nil), doc{"attributedTo": 1}) }, "document", nil},
		{"S43 said by true", func() doc { return object(s.create(s.mal, "Foul", nil), doc{"attributedTo": true}) }, "document", nil},
		{"S43 said by nobody", func() doc { return object(s.create(s.mal, "Foul", nil), doc{"attributedTo": nil}) }, "owner_mismatch", nil},
		{"S43 said by what is no address", func() doc {
			return object(s.create(s.mal, "Foul", nil), doc{"attributedTo": "not-a-uri"})
		}, "owner_mismatch", nil},
		{"S44 said by one of ours", func() doc {
			return object(s.create(s.mal, "Foul", nil), doc{"attributedTo": s.ann.URI})
		}, "owner_mismatch", nil},
		{"S44 a post at our address", func() doc {
			return object(s.create(s.mal, "Foul", nil), doc{"id": "https://north.example/p/new"})
		}, "local_forgery", nil},
		{"S45 an edit of another's on the same host", func() doc {
			return s.act(s.mal, "Update", s.note(s.mal, "Foul", doc{"id": otherPost, "updated": "2026-11-24T10:00:00Z"}), nil)
		}, "not_owner", nil},
		{"S45 an edit of one of ours", func() doc {
			return s.act(s.mal, "Update", s.note(s.mal, "Foul", doc{"id": s.annPost, "updated": "2026-11-24T10:00:00Z"}), nil)
		}, "not_owner", nil},
		{"S46 a deletion of ours", func() doc { return s.act(s.mal, "Delete", s.annPost, nil) }, "not_owner", nil},
		{"S46 a deletion of another host's", func() doc { return s.act(s.mal, "Delete", s.bobPost, nil) }, "not_owner", nil},
		{"S46 a moderator's deletion by no moderator (C41)", func() doc {
			return s.act(s.mal, "Delete", s.annPost, doc{"summary": "spam"})
		}, "not_owner", nil},
		{"S46 many at once", func() doc { return s.act(s.mal, "Delete", many, nil) }, "shape", nil},
		{"S48 yes to what nobody asked", func() doc {
			return s.act(s.mal, "Accept", doc{"type": "Follow", "actor": s.ann.URI, "object": s.mal.URI, "id": "https://north.example/a/none"}, nil)
		}, "no_such_follow", nil},
		{"S49 no to what another answered", func() doc {
			return s.act(s.mal, "Reject", doc{"type": "Follow", "actor": s.bob.URI, "object": s.parks.URI, "id": "https://north.example/a/none"}, nil)
		}, "no_such_follow", nil},
		{"S55 a person who announces", func() doc {
			return s.act(s.mal, "Announce", s.act(s.bob, "Delete", s.bobPost, nil), nil)
		}, "announcer", nil},
		{"S58 a person who announces what is closed", func() doc { return s.act(s.mal, "Announce", s.tenderPost, nil) }, "announcer", nil},
		{"S58 useful, from one who cannot read it", func() doc { return s.act(s.mal, "Like", s.tenderPost, nil) }, "not_a_member", nil},
		{"S58 useful, what never leaves", func() doc { return s.act(s.mal, "Like", s.staffPost, nil) }, "not_a_member", nil},
		{"a post into what is closed", func() doc {
			return s.create(s.mal, "Foul", doc{"to": []any{s.tender.URI}, "audience": s.tender.URI})
		}, "not_a_member", nil},
		{"a post into what never leaves", func() doc {
			return s.create(s.mal, "Foul", doc{"to": []any{actors.Public, s.staff.URI}, "audience": s.staff.URI})
		}, "no_community", nil},
		{"a wish to join what never leaves", func() doc { return s.act(s.mal, "Follow", s.staff.URI, nil) }, "not_here", nil},
		{"7.6 a private message that answers a thread", func() doc {
			return s.create(s.mal, "Foul", doc{"to": []any{s.ann.URI}, "audience": nil, "inReplyTo": s.annPost, "type": "Note"})
		}, "no_community", nil},
		{"S73 an object of two kinds, one of them a deed", func() doc {
			return object(s.create(s.mal, "Foul", nil), doc{"type": []any{"Note", "Delete"}})
		}, "document", nil},
		{"S75 a wish to leave for another", func() doc {
			return s.act(s.mal, "Undo", doc{"type": "Follow", "actor": s.bob.URI, "object": s.parks.URI, "id": "https://peer.example/a/1"}, nil)
		}, "not_owner", nil},
		{"S75 another's vote taken back", func() doc {
			return s.act(s.mal, "Undo", doc{"type": "Like", "actor": s.bob.URI, "object": s.annPost, "id": "https://peer.example/a/l"}, nil)
		}, "not_owner", nil},
		{"C62 a vote in a poll", func() doc {
			return s.create(s.mal, "Option A", doc{"type": "Note", "content": nil, "inReplyTo": s.annPost})
		}, "vote", nil},
		{"S103 too large to be passed on", func() doc {
			return s.create(s.mal, "Foul", doc{"content": "<p>" + strings.Repeat("word ", 28_000) + "</p>"})
		}, "too_large", nil},
		{"S101 fifty-one are named", func() doc {
			tags := make([]any, 51)
			for i := range tags {
				tags[i] = doc{"type": "Mention", "href": fmt.Sprintf("https://h%d.example/u/x", i)}
			}
			return s.create(s.mal, "Foul", doc{"tag": tags})
		}, "document", nil},
		{"S102 too many attachments", func() doc {
			files := make([]any, 2000)
			for i := range files {
				files[i] = doc{"type": "Document", "url": "https://evil.example/f"}
			}
			return s.create(s.mal, "Foul", doc{"attachment": files})
		}, "document", nil},
		{"useful, something of ours that is not", func() doc { return s.act(s.mal, "Like", "https://north.example/p/none", nil) }, "unknown_object", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s.T, s.t = t, t
			s.refuses(s.mal, tt.act(), tt.code, tt.egress...)
		})
	}
}

// TestB2_Neighbours: next to each refusal there is what is accepted.
func TestB2_Neighbours(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	mine := s.create(s.mal, "Fair words", nil)
	id := mine["object"].(doc)["id"]
	s.takes(s.mal, mine)
	s.Settle()
	s.ann.Sees(s.parks, "Fair words")

	s.takes(s.mal, s.act(s.mal, "Update", s.note(s.mal, "Fairer words", doc{"id": id, "updated": s.Clock.Now().Add(time.Minute).Format(time.RFC3339)}), nil))
	s.Settle()
	s.ann.Sees(s.parks, "Fairer words")

	s.takes(s.mal, s.act(s.mal, "Like", s.bobPost, nil))
	s.Settle()
	if p, _ := s.post(s.bobPost); p.Useful != 1 {
		t.Errorf("useful to %d, want 1", p.Useful)
	}
	s.takes(s.mal, s.act(s.mal, "Delete", id, nil))
	s.Settle()
	if p, _ := s.post(id); !p.IsGone() || p.Title != "" {
		t.Errorf("its author deleted it, and it still says %q", p.Title)
	}
	// S53, C52: it does not come back, in whatever words.
	s.takes(s.mal, with(s.create(s.mal, "Back again", nil), doc{"object": s.note(s.mal, "Back again", doc{"id": id})}))
	s.Settle()
	s.ann.SeesNot(s.parks, "Back again")

	// S50, S52: what a moderator may do is decided here. Nothing of it is done for others.
	block := s.act(s.mal, "Block", s.bob.URI, doc{"target": s.parks.URI})
	for _, tt := range []struct {
		act  doc
		want string
	}{
		{s.act(s.mal, "Add", s.mal.URI, doc{"target": s.parks.URI + "/moderators"}), "not_moderator"},
		{s.act(s.mal, "Add", s.mal.URI, doc{"target": s.parks.URI + "/followers"}), "not_moderator"},
		{s.act(s.mal, "Add", s.mal.URI, nil), "address"},
		{s.act(s.mal, "Remove", s.annPost, doc{"target": s.parks.URI + "/featured"}), "not_moderator"},
		{block, "not_moderator"},
		{s.act(s.mal, "Undo", block, nil), "not_moderator"},
		{s.act(s.mal, "Block", s.bob.URI, doc{"target": "https://north.example/"}), "not_moderator"},
		{s.act(s.mal, "Block", s.bob.URI, nil), "personal"},
		{s.act(s.mal, "Move", s.mal.URI, doc{"target": s.ann.URI}), "one_way"},
		{s.act(s.mal, "Lock", s.annPost, nil), "not_moderator"},
	} {
		act := tt.act
		before := s.ann.View(s.parks)
		s.takes(s.mal, act)
		s.Settle()
		if line := s.line(act["id"], s.mal); !strings.HasPrefix(line.Reason, tt.want) {
			t.Errorf("%s: %s %q", act["type"], line.State, line.Reason)
		}
		if s.ann.View(s.parks) != before {
			t.Errorf("%s changed what people see", act["type"])
		}
	}
}

func TestC22_S41_FetchedFromItsOrigin(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	n := s.note(s.bob, "As its origin has it", nil)
	s.peer.Serves(strings.TrimPrefix(string(n["id"].(actors.URI)), "https://peer.example"), fedtest.Answer{Body: n})
	s.takes(s.bob, s.act(s.bob, "Create", n["id"], nil)) // an id alone: it is read
	s.Settle()
	s.ann.Sees(s.parks, "As its origin has it")
}

func TestS43_ArrayOfOneAuthor(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	s.takes(s.mal, s.create(s.mal, "Alone in a list", doc{"attributedTo": []any{s.mal.URI}}))
	s.Settle()
	s.ann.Sees(s.parks, "Alone in a list")
}

func TestS59_TheAudienceNeverGrows(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	quiet := doc{"to": []any{string(s.mal.URI) + "/followers"}, "cc": []any{s.parks.URI}}
	first := s.create(s.mal, "For followers", quiet)
	id := first["object"].(doc)["id"]
	s.takes(s.mal, first)
	s.Settle()
	p, ok := s.post(id)
	if !ok || p.Audience != actors.AudienceMembers {
		t.Fatalf("%v, audience %q, want members", ok, p.Audience)
	}
	s.takes(s.mal, s.act(s.mal, "Create", s.note(s.mal, "For followers", doc{"id": id}), nil))
	s.takes(s.mal, s.act(s.mal, "Update", s.note(s.mal, "For all", doc{"id": id, "updated": s.Clock.Now().Add(time.Hour).Format(time.RFC3339)}), nil))
	s.Settle()
	if p, _ := s.post(id); p.Audience != actors.AudienceMembers {
		t.Errorf("the audience became %q", p.Audience)
	}
	// A reply that is not for everyone does not become so below a post that is.
	reply := s.create(s.mal, "Aside", with(doc{"type": "Note", "inReplyTo": s.annPost}, quiet))
	s.takes(s.mal, reply)
	// And one for everyone is not for more than what it answers.
	loud := s.create(s.mal, "Shouted", doc{"type": "Note", "inReplyTo": id})
	s.takes(s.mal, loud)
	s.Settle()
	for _, d := range []doc{reply, loud} {
		if p, ok := s.post(d["object"].(doc)["id"]); !ok || p.Audience != actors.AudienceMembers {
			t.Errorf("%v, %s: audience %q, want members", ok, p.URI, p.Audience)
		}
	}
}

func TestS77_OnlyExactSpellingsArePublic(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	for spelling, want := range map[string]actors.Audience{
		"https://www.w3.org/ns/activitystreams#Public": actors.AudiencePublic, "as:Public": actors.AudiencePublic, "Public": actors.AudiencePublic,
		"https://www.w3.org/ns/activitystreams#public": actors.AudienceMembers, "https://www.w3.org/ns/activitystreams": actors.AudienceMembers,
	} {
		act := s.create(s.bob, "To "+spelling, doc{"to": []any{spelling, s.parks.URI}})
		s.takes(s.bob, act)
		s.Settle()
		if p, ok := s.post(act["object"].(doc)["id"]); !ok || p.Audience != want {
			t.Errorf("%s: %v %q, want %q", spelling, ok, p.Audience, want)
		}
	}
}

func TestC63_HTMLIsCleaned(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	act := s.create(s.bob, "Clean", doc{"content": `<p onclick="x()">Fine<script>alert(1)</script><img src=x onerror=alert(1)></p><a href="javascript:x()">l</a>`})
	s.takes(s.bob, act)
	s.Settle()
	p, _ := s.post(act["object"].(doc)["id"])
	if html := string(p.HTML); !strings.Contains(html, "Fine") || strings.Contains(html, "alert") || strings.Contains(html, "on") && strings.Contains(html, "x()") || strings.Contains(html, "javascript") {
		t.Errorf("kept %q", html)
	}
}

// announced counts the activities of a kind that came wrapped to a stranger.
func announced(t testing.TB, at *fedtest.Stranger, kind string) (n int) {
	t.Helper()
	for _, e := range at.Requests() {
		if e.Method != "POST" {
			continue
		}
		if inner, ok := parse(t, e.Body)["object"].(doc); ok && inner["type"] == kind {
			n++
		}
	}
	return n
}

func TestS116_PanicIsHeld(t *testing.T) {
	t.Parallel()
	x := newBench(t)
	x.in.Decide = func(_ string, p actors.Purpose) actors.Decision {
		if p == actors.ToPost {
			panic("a mistake of ours")
		}
		return actors.Decision{Verdict: actors.Accept}
	}
	if code := x.answer(x.request(t)); code != 202 {
		t.Errorf("answered %d", code)
	}
	err := x.db.Read(context.Background(), func(tx *store.Tx) error {
		list, err := tx.Unapplied(context.Background(), store.Page{})
		if err == nil && (len(list) != 1 || list[0].State != actors.Held || !strings.Contains(list[0].Reason, "a mistake of ours")) {
			t.Errorf("admins see %+v", list)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestS99_ChainsThatNeverEnd(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	soil, c := s.joinsElsewhere("soil", s.peer)
	reply := func(id, to string) doc {
		return s.note(s.bob, "Reply "+id, doc{"id": id, "type": "Note", "inReplyTo": to, "to": []any{actors.Public, c.URI}, "audience": c.URI})
	}
	serve := func(d doc) {
		s.peer.Serves(strings.TrimPrefix(d["id"].(string), "https://peer.example"), fedtest.Answer{Body: d})
	}
	serve(reply("https://peer.example/l/1", "https://peer.example/l/2"))
	serve(reply("https://peer.example/l/2", "https://peer.example/l/1"))
	serve(reply("https://peer.example/l/3", "https://peer.example/l/3"))
	for i := range 200 {
		serve(reply(fmt.Sprintf("https://peer.example/c/%d", i), fmt.Sprintf("https://peer.example/c/%d", i+1)))
	}
	for _, id := range []string{"/l/1", "/l/3", "/c/0"} {
		since := len(s.Exchanges())
		act := s.act(soil, "Announce", "https://peer.example"+id, nil)
		s.takes(soil, act)
		s.Pass(time.Hour)
		if n := len(s.egress(since)); n > 22 {
			t.Errorf("%s: %d requests", id, n)
		}
		if line := s.line(act["id"], soil); line.State != actors.Rejected {
			t.Errorf("%s: %s %q", id, line.State, line.Reason)
		}
	}
	// The neighbour: three that end.
	serve(reply("https://peer.example/e/1", "https://peer.example/e/2"))
	serve(with(reply("https://peer.example/e/2", ""), doc{"inReplyTo": nil, "type": "Page"}))
	s.takes(soil, s.act(soil, "Announce", "https://peer.example/e/1", nil))
	s.Settle()
	if _, ok := s.post("https://peer.example/e/1"); !ok {
		t.Error("a chain that ends was not taken in")
	}
}

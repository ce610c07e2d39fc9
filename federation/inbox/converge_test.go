package inbox_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/fedtest"
	"moothall/store"
)

// deed is an activity with whoever signs it.
type deed struct {
	by  *fedtest.Puppet
	act doc
}

// life is what a few people do in a community, told in order. Each thing is
// allowed; what it comes to must not depend on the order in which it arrives.
func (s *siege) life(group actors.URI) []deed {
	var out []deed
	do := func(p *fedtest.Puppet, kind string, object any) doc {
		act := s.act(p, kind, object, doc{"to": []any{actors.Public, group}, "audience": group})
		out = append(out, deed{p, act})
		return act
	}
	at := s.Clock.Now()
	stamp := func() string { at = at.Add(time.Second); return at.Format(time.RFC3339) }
	page := func(p *fedtest.Puppet, title string, more doc) doc {
		return s.note(p, title, with(doc{"to": []any{actors.Public, group}, "audience": group, "published": stamp()}, more))
	}
	root, gone := page(s.bob, "Root", nil), page(s.mal, "Gone", nil)
	reply := page(s.mal, "Reply", doc{"type": "Note", "inReplyTo": root["id"]})
	deep := page(s.bob, "Deep", doc{"type": "Note", "inReplyTo": reply["id"]})
	for _, d := range []deed{{s.bob, root}, {s.mal, gone}, {s.mal, reply}, {s.bob, deep}} {
		do(d.by, "Create", d.act)
	}
	do(s.bob, "Like", reply["id"])
	taken := do(s.mal, "Like", root["id"])
	do(s.bob, "Like", root["id"])
	do(s.bob, "Update", with(page(s.bob, "Root edited", nil), doc{"id": root["id"], "updated": stamp()}))
	do(s.bob, "Update", with(page(s.bob, "Root edited twice", nil), doc{"id": root["id"], "updated": stamp()}))
	do(s.mal, "Undo", taken)
	do(s.mal, "Delete", gone["id"])
	return out
}

// outcome is what everyone sees, but for times of this node's own.
func (s *siege) outcome(group actors.URI) string {
	s.t.Helper()
	var out []string
	s.read(func(ctx context.Context, tx *store.Tx) error {
		g, err := tx.CommunityByURI(ctx, group)
		if err != nil {
			return err
		}
		posts, err := tx.Discussions(ctx, actors.Viewer{}, g.ID, store.Page{Size: 100})
		if err != nil {
			return err
		}
		for _, d := range posts {
			thread, err := tx.Thread(ctx, actors.Viewer{}, d.ID)
			if err != nil {
				return err
			}
			uris := map[actors.ID]actors.URI{}
			for _, p := range thread {
				uris[p.ID] = p.URI
				out = append(out, fmt.Sprintf("%s in %s: %q %q useful %d replies %d %s", p.URI, uris[p.Parent], p.Title, p.HTML, p.Useful, p.Replies, p.Standing))
			}
		}
		return nil
	})
	// The address of what ann wrote here is a new one in every town.
	return strings.ReplaceAll(strings.Join(out, "\n"), string(s.annPost), "ann's")
}

// rounds is how long a property is looked at: a while, or as ROUNDS says.
func rounds() int {
	if n, err := strconv.Atoi(os.Getenv("ROUNDS")); err == nil {
		return n
	}
	return 6
}

// TestP7_AnyOrderComesToTheSame brings the same activities in many orders, some
// of them twice: directly to a community here, and by a community elsewhere.
func TestP7_AnyOrderComesToTheSame(t *testing.T) {
	t.Parallel()
	for _, relayed := range []bool{false, true} {
		want := ""
		for round := range rounds() {
			t.Run(fmt.Sprintf("relayed=%v/%d", relayed, round), func(t *testing.T) {
				a := goAway(t)
				s, group := a.siege, a.parks.URI
				if relayed {
					group = a.c.URI
				}
				deeds := s.life(group)
				for _, d := range deeds {
					if d.act["type"] == "Create" && d.by == s.mal {
						a.serve(s.evil, d.act["object"].(doc))
					}
					if d.act["type"] == "Delete" && relayed {
						s.evil.Serves(strings.TrimPrefix(fmt.Sprint(d.act["object"]), "https://evil.example"), fedtest.Answer{Status: 410})
					}
				}
				if relayed {
					for i, d := range deeds {
						deeds[i] = deed{a.soil, a.announces(d.act)}
					}
				}
				if round > 0 {
					chance := rand.New(rand.NewPCG(uint64(round), 7))
					deeds = append(deeds, deeds[:chance.IntN(len(deeds))]...)
					chance.Shuffle(len(deeds), func(i, j int) { deeds[i], deeds[j] = deeds[j], deeds[i] })
				}
				for i, d := range deeds {
					s.takes(d.by, d.act)
					if i%5 == 0 {
						s.Settle()
					}
				}
				s.Pass(time.Hour)
				got := s.outcome(group)
				if round == 0 {
					want = got
					for _, words := range []string{"Root edited twice", "Reply", "Deep", "useful 1"} {
						if !strings.Contains(want, words) {
							t.Fatalf("in the order of events there is no %q in\n%s", words, want)
						}
					}
				}
				if got != want {
					t.Errorf("it came to\n%s\nwant\n%s\nafter %s", got, want, told(deeds))
				}
			})
		}
	}
}

func told(deeds []deed) string {
	var out []string
	for _, d := range deeds {
		kind := fmt.Sprint(d.act["type"])
		if inner, ok := d.act["object"].(doc); ok && kind == "Announce" {
			kind += " " + fmt.Sprint(inner["type"])
		}
		out = append(out, kind)
	}
	return strings.Join(out, ", ")
}

// rows lists what is stored of posts, actors and reactions, with whoever owns it.
func (s *siege) rows() map[string]actors.URI {
	out := map[string]actors.URI{}
	uris := map[string]actors.URI{}
	s.read(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.Dump(ctx, func(_ string, row map[string]string) {
			uris[row["id"]] = actors.URI(row["uri"])
		}, "actor"); err != nil {
			return err
		}
		return tx.Dump(ctx, func(table string, row map[string]string) {
			owner := actors.URI("")
			switch table {
			case "post":
				owner = uris[row["author_id"]]
				for _, counted := range []string{"replies", "useful", "revision", "last_reply_at"} {
					delete(row, counted)
				}
			case "reaction", "membership":
				owner = uris[row["actor_id"]]
			case "activity":
				if row["direction"] == "out" {
					return // what this node says itself
				}
				owner = actors.URI(row["signer"])
			}
			out[table+fmt.Sprint(row)] = owner
		}, "post", "reaction", "membership", "activity")
	})
	return out
}

// TestP2_OnlyOwnersChangeTheirRows makes up activities of all kinds about all
// that there is, signed by whoever comes, and looks at every row that changed.
func TestP2_OnlyOwnersChangeTheirRows(t *testing.T) {
	t.Parallel()
	a := goAway(t)
	s := a.siege
	stray := s.evil.Group("stray")
	abroad := a.page(s.bob, "Abroad", nil)
	s.takes(a.soil, a.announces(s.act(s.bob, "Create", abroad, nil)))
	s.Settle()
	chance := rand.New(rand.NewPCG(2, 22))
	signers := []*fedtest.Puppet{s.bob, s.mal, a.soil, stray}
	things := []any{
		s.annPost, s.bobPost, s.tenderPost, s.staffPost, abroad["id"], s.parks.URI, s.tender.URI, a.c.URI, s.ann.URI, s.bob.URI, s.mal.URI,
		"https://north.example/a/1", "https://victim.example/n/1", "nonsense", 7, nil, []any{}, doc{},
	}
	pick := func(from []any) any { return from[chance.IntN(len(from))] }
	kinds := []any{"Create", "Update", "Delete", "Like", "Undo", "Follow", "Accept", "Reject", "Announce", "Add", "Remove", "Block", "Move", "Flag", "EmojiReact"}
	var invent func(depth int) doc
	invent = func(depth int) doc {
		by := signers[chance.IntN(len(signers))]
		var object any = pick(things)
		switch chance.IntN(4) {
		case 0:
			if depth > 0 {
				object = invent(depth - 1)
			}
		case 1:
			object = s.note(by, "Invented", doc{"attributedTo": pick(things), "to": []any{actors.Public, pick(things)}, "inReplyTo": pick(things)})
		case 2:
			object = s.note(by, "Invented", doc{"id": pick(things), "to": []any{actors.Public, pick(things)}, "updated": "2026-11-24T12:00:00Z"})
		}
		more := doc{"target": pick(things), "to": []any{pick(things)}}
		if chance.IntN(3) == 0 {
			more["summary"] = "spam"
		}
		return s.act(by, pick(kinds).(string), object, more)
	}
	accepted, before := 0, s.rows()
	for i := range 60 * rounds() {
		act := invent(2)
		by := signers[chance.IntN(len(signers))]
		act["actor"], act["id"] = by.URI, s.id(by, "a")
		if about, ok := act["object"].(doc); act["type"] == "Delete" && (act["object"] == by.URI || ok && about["id"] == by.URI) {
			continue // who has gone does nothing more
		}
		r := s.sends(by, act)
		if r.Status >= 500 || r.Status == 401 {
			t.Fatalf("answered %d to %s", r.Status, bytesOf(t, act))
		}
		if i%10 == 0 {
			s.Settle()
		}
		after := s.rows()
		found := changes(before, after)
		before = after
		for row, owner := range found {
			accepted++
			switch {
			case strings.HasPrefix(row, "activity"), owner == by.URI:
			case by == a.soil && a.inSoil(row): // the community speaks for what is in it
			default:
				t.Fatalf("%s changed what belongs to %s:\n%s\nwith %s", by.URI, owner, row, bytesOf(t, act))
			}
		}
	}
	if accepted < 12*rounds() {
		t.Errorf("only %d rows changed: the inventor invents nothing that works", accepted)
	}
}

// inSoil says whether a row is about the community elsewhere.
func (s *away) inSoil(row string) (is bool) {
	s.read(func(ctx context.Context, tx *store.Tx) error {
		g, err := tx.CommunityByURI(ctx, s.c.URI)
		if err != nil {
			return err
		}
		is = strings.Contains(row, "group_id:"+g.ID.String()) || strings.Contains(row, fmt.Sprintf("group_id:%d", int64(g.ID)))
		return nil
	})
	return is || strings.HasPrefix(row, "reaction")
}

func changes(before, after map[string]actors.URI) map[string]actors.URI {
	out := map[string]actors.URI{}
	for row, owner := range before {
		if _, ok := after[row]; !ok {
			out[row] = owner
		}
	}
	for row, owner := range after {
		if _, ok := before[row]; !ok {
			out[row] = owner
		}
	}
	return out
}

// FuzzInbox signs whatever bytes there are and brings them to the door of a whole
// node with a real database: it never panics, never answers 5xx, and nothing
// changes that is not the signer's.
func FuzzInbox(f *testing.F) {
	a := goAway(f)
	s := a.siege
	for _, d := range s.life(s.parks.URI) {
		if d.by == s.mal {
			f.Add(bytesOf(f, d.act))
		}
	}
	for _, object := range []any{s.annPost, s.mal.URI, s.parks.URI, []any{s.annPost, doc{"type": "Note"}}, doc{"type": "Follow", "actor": s.mal.URI, "object": s.parks.URI}} {
		for _, kind := range []string{"Follow", "Undo", "Accept", "Reject", "Announce", "Delete", "Update", "Like"} {
			f.Add(bytesOf(f, s.act(s.mal, kind, object, nil)))
		}
	}
	f.Add([]byte(`{"type":[],"actor":"https://evil.example/u/mal","id":"https://evil.example/a"}`))
	f.Add([]byte(`{"type":"Announce","actor":"https://evil.example/u/mal","id":"https://evil.example/a\u0000b","object":{"type":["Note"]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		s.T, s.t = t, t
		before := s.rows()
		r := s.mal.Sends("https://"+here+"/inbox", body)
		if r.Status >= 500 {
			t.Errorf("answered %d %s", r.Status, r.Body)
		}
		s.Settle()
		for row, owner := range changes(before, s.rows()) {
			if owner != s.mal.URI {
				t.Errorf("it changed what belongs to %s:\n%s", owner, row)
			}
		}
		if !json.Valid(body) && r.Status == 202 {
			t.Error("what is no JSON was taken")
		}
	})
}

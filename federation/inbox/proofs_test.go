package inbox_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/fedtest"
	"moothall/federation/proof"
)

// relays is a community elsewhere that passes on what vic says, on a third host
// that shows nothing but its people: what is believed is believed for its proof.
type relays struct {
	*away
	victim     *fedtest.Stranger
	vic, other *fedtest.Puppet
}

func relay(t testing.TB) *relays {
	t.Helper()
	s := &relays{away: goAway(t)}
	s.victim = s.Stranger("victim.example")
	s.vic, s.other = s.victim.Person("vic"), s.victim.Person("other")
	return s
}

// knows lets the node meet vic, so that nothing needs to be fetched any more.
func (s *relays) knows() {
	s.t.Helper()
	s.takes(s.soil, s.announces(s.said("Good morning", nil)))
	s.Settle()
	s.ann.Sees(s.c, "Good morning")
	s.Pass(time.Minute)
}

// said is a proved Create by vic.
func (s *relays) said(title string, more doc) doc { return s.vic.Proves(s.creates(title, more)) }

func (s *relays) creates(title string, more doc) doc {
	return s.act(s.vic, "Create", s.page(s.vic, title, more), nil)
}

// asked lists what the third host was asked for since.
func (s *relays) asked(since int) []string {
	return slices.DeleteFunc(s.egress(since), func(e string) bool { return !strings.Contains(e, "victim.example") })
}

// believes announces, and says what the third host was asked.
func (s *relays) believes(inner any) []string {
	s.t.Helper()
	since := len(s.Exchanges())
	act := s.announces(inner)
	s.takes(s.soil, act)
	s.Settle()
	if line := s.line(act["id"], s.soil); line.State != actors.Applied {
		s.t.Errorf("%s %q, want it applied", line.State, line.Reason)
	}
	return s.asked(since)
}

func TestC23_ProofIsBelievedWithoutAskingItsOrigin(t *testing.T) {
	t.Parallel()
	s := relay(t)
	if got := s.believes(s.said("The first", nil)); len(got) != 1 || got[0] != "GET "+string(s.vic.URI) {
		t.Errorf("for the words of one who is not known these were asked for: %v", got)
	}
	s.ann.Sees(s.c, "The first")
	quiet := func(what string, asked []string) {
		t.Helper()
		if len(asked) > 0 {
			t.Errorf("%s: asked for %v", what, asked)
		}
	}
	create := s.said("As a Create", nil)
	id := create["object"].(doc)["id"]
	quiet("Create", s.believes(create))
	s.ann.Sees(s.c, "As a Create")

	own := s.vic.Proves(s.page(s.vic, "With a proof of its own", nil))
	quiet("an object", s.believes(own))
	s.ann.Sees(s.c, "With a proof of its own")

	inside := s.creates("Proved inside", nil)
	inside["object"] = s.vic.Proves(inside["object"].(doc))
	quiet("an object in a Create without a proof", s.believes(inside))
	s.ann.Sees(s.c, "Proved inside")

	quiet("several", s.believes([]any{s.said("One of two", nil), s.said("Two of two", nil)}))
	quiet("a collection", s.believes(doc{"type": "OrderedCollection", "orderedItems": []any{s.said("One in a collection", nil), s.vic.Proves(s.page(s.vic, "Two in a collection", nil))}}))
	for _, words := range []string{"One of two", "Two of two", "One in a collection", "Two in a collection"} {
		s.ann.Sees(s.c, words)
	}

	embedded := s.creates("With an actor inside (C40)", nil)
	embedded["actor"] = s.vic.Document("Person", "vic")
	quiet("an embedded actor", s.believes(s.vic.Proves(embedded)))
	s.ann.Sees(s.c, "With an actor inside (C40)")

	edit := s.vic.Proves(s.act(s.vic, "Update", s.page(s.vic, "As it was changed", doc{
		"id": id, "updated": s.Clock.Now().Add(time.Minute).Format(time.RFC3339)}), nil))
	quiet("Update", s.believes(edit))
	s.ann.Sees(s.c, "As it was changed")
	s.ann.SeesNot(s.c, "As a Create")

	quiet("Delete", s.believes(s.vic.Proves(s.act(s.vic, "Delete", id, nil))))
	if p, _ := s.post(id); !p.IsGone() {
		t.Error("its author deleted it, with a proof")
	}
	s.ann.SeesNot(s.c, "As it was changed")
}

// TestC23_ForgedProofs: next to a good proof, everything that differs in one
// thing is as if there were none. The origin, which is then asked, shows nothing.
func TestC23_S54_ForgedProofsAreNone(t *testing.T) {
	t.Parallel()
	s := relay(t)
	s.knows()
	good := s.said("Fair words", nil)
	good["object"].(doc)["id"] = "https://victim.example/p/fair"
	delete(good, "proof")
	good = s.vic.Proves(good)
	forge := s.mal.Proof
	forge.Method = s.vic.Proof.Method
	imposter := *s.mal
	imposter.Proof = forge
	change := func(d doc, more doc) doc { return with(maps.Clone(d), more) }
	proofOf := func(d doc) doc { return maps.Clone(d["proof"].(map[string]any)) }
	object := func(more doc) doc { return change(doc(good["object"].(map[string]any)), more) }
	tests := map[string]func() any{
		"no proof":                    func() any { return change(good, doc{"proof": nil}) },
		"words changed after":         func() any { return change(good, doc{"object": object(doc{"content": "<p>Foul</p>"})}) },
		"a field more":                func() any { return change(good, doc{"summary": "Foul"}) },
		"the proof of something else": func() any { return change(good, doc{"proof": s.said("Other words", nil)["proof"]}) },
		"the proof moved to the object": func() any {
			return change(good, doc{"proof": nil, "object": object(doc{"proof": proofOf(good)})})
		},
		"by a key of somebody else":     func() any { return imposter.Proves(change(good, doc{"proof": nil})) },
		"by somebody else, who says so": func() any { return s.mal.Proves(change(good, doc{"proof": nil})) },
		"by another of the host":        func() any { return s.other.Proves(change(good, doc{"proof": nil})) },
		"by the group":                  func() any { return s.soil.Proves(change(good, doc{"proof": nil})) },
		"by another, who is the actor":  func() any { return s.other.Proves(change(good, doc{"proof": nil, "actor": s.other.URI})) },
		"by a stranger, who is the actor": func() any {
			return s.mal.Proves(change(good, doc{"proof": nil, "actor": s.mal.URI, "id": s.id(s.mal, "a")}))
		},
		"said by two": func() any {
			return s.vic.Proves(change(good, doc{"proof": nil, "object": object(doc{"attributedTo": s.other.URI})}))
		},
		"an activity of another host": func() any {
			return s.vic.Proves(change(good, doc{"proof": nil, "id": "https://evil.example/a/1"}))
		},
		"two proofs":       func() any { return change(good, doc{"proof": []any{good["proof"], good["proof"]}}) },
		"a list of one":    func() any { return change(good, doc{"proof": []any{good["proof"]}}) },
		"another @context": func() any { return change(good, doc{"@context": "https://evil.example/ns"}) },
		"no @context":      func() any { return change(good, doc{"@context": nil}) },
		"another @context in the proof": func() any {
			return change(good, doc{"proof": with(proofOf(good), doc{"@context": "https://evil.example/ns"})})
		},
		"a key that is not listed": func() any {
			key := *s.vic
			key.Proof.Method = string(s.vic.URI) + "#other"
			return key.Proves(change(good, doc{"proof": nil}))
		},
		"a key on another host": func() any {
			key := *s.vic
			key.Proof.Method = "https://evil.example/u/vic#ed25519-key"
			return key.Proves(change(good, doc{"proof": nil}))
		},
		"for another purpose": func() any {
			return change(good, doc{"proof": with(proofOf(good), doc{"proofPurpose": "authentication"})})
		},
		"made tomorrow": func() any {
			p, err := s.vic.Proof.Attach(bytesOf(t, change(good, doc{"proof": nil})), s.Clock.Now().Add(24*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			return parse(t, p)
		},
		"an LD signature (S40)": func() any {
			return change(good, doc{"proof": nil, "signature": doc{"type": "RsaSignature2017", "creator": s.vic.KeyID(), "signatureValue": "AAAA"}})
		},
	}
	for name, make := range tests {
		t.Run(name, func(t *testing.T) {
			s.T, s.t = t, t
			s.refusesSoft(s.announces(make()), "gone")
			s.ann.SeesNot(s.c, "Fair words")
		})
	}
	s.T, s.t = t, t
	if got := s.believes(good); len(got) > 0 {
		t.Errorf("asked for %v", got)
	}
	s.ann.Sees(s.c, "Fair words")
}

// TestS56_OurOwnPeopleNeedNoProof: what is said to come from one of ours is judged
// by what is stored here, whatever proof it carries.
func TestS56_OurOwnPeopleNeedNoProof(t *testing.T) {
	t.Parallel()
	s := relay(t)
	forge := *s.mal
	forge.Proof.Method = string(s.ann.URI) + "#ed25519-key"
	fake := forge.Proves(s.act(s.mal, "Create", s.page(s.mal, "Fake", doc{
		"id": "https://north.example/p/fake", "attributedTo": s.ann.URI}), doc{"actor": s.ann.URI, "id": "https://north.example/a/fake"}))
	s.refuses(s.soil, s.announces(fake), "local_forgery")

	// What she did say in another community stays there.
	var create doc
	for _, e := range s.Exchanges() {
		if e.From == here && strings.Contains(string(e.Body), string(s.annPost)) {
			if inner, ok := parse(t, e.Body)["object"].(map[string]any); ok && inner["type"] == "Create" && e.Method == "POST" {
				create = inner
			}
		}
	}
	if create["proof"] == nil {
		t.Fatal("what ann said has no proof")
	}
	s.refuses(s.soil, s.announces(create), "other_community")
	// Nor can an old version take the place of what she says now.
	s.ann.Edits(fedtest.Post{URI: s.annPost, Title: "By Ann"}, "As it is now")
	s.Settle()
	s.Unchanged(here, func() {
		s.takes(s.soil, s.announces(with(maps.Clone(create), doc{"type": "Update"})))
		s.Settle()
	})
}

func TestS59_ProvedReplaysChangeNothing(t *testing.T) {
	t.Parallel()
	s := relay(t)
	s.knows()
	at := func(d time.Duration) string { return s.Clock.Now().Add(d).UTC().Format(time.RFC3339) }
	create := s.said("Version one", nil)
	id := create["object"].(map[string]any)["id"]
	edit := func(title string, more doc) doc {
		return s.vic.Proves(s.act(s.vic, "Update", s.page(s.vic, title, with(doc{"id": id}, more)), nil))
	}
	two, three := edit("Version two", doc{"updated": at(time.Minute)}), edit("Version three", doc{"updated": at(2 * time.Minute)})
	undated, early := edit("Version undated", nil), edit("Version from tomorrow", doc{"updated": at(24 * time.Hour)})
	for _, a := range []doc{create, three} {
		s.believes(a)
	}
	s.Pass(time.Hour)
	holds := func() {
		t.Helper()
		if p, _ := s.post(id); p.Title != "Version three" {
			t.Errorf("it says %q", p.Title)
		}
	}
	for _, a := range []doc{create, two, three} {
		s.takes(s.soil, s.announces(a)) // under a new id of the group's
		s.Settle()
		holds()
	}
	for _, a := range []doc{undated, early} { // no telling which version it is: the origin says
		s.refusesSoft(s.announces(a), "gone")
		holds()
	}

	s.believes(s.vic.Proves(s.act(s.vic, "Delete", id, nil)))
	late := edit("Version four", doc{"updated": at(3 * time.Minute)})
	for _, a := range []doc{create, two, three, late} {
		s.takes(s.soil, s.announces(a))
		s.Settle()
		if p, _ := s.post(id); !p.IsGone() || p.Title != "" {
			t.Errorf("it was deleted, and says %q", p.Title)
		}
	}
	if strings.Contains(s.State(here), "Version ") {
		t.Error("the words of a deleted post are stored again")
	}

	// What was deleted before it came.
	never := s.said("Never to come", nil)
	s.takes(s.soil, s.announces(s.vic.Proves(s.act(s.vic, "Delete", never["object"].(map[string]any)["id"], nil))))
	s.Settle()
	s.refusesSoft(s.announces(never), "gone")
	// A deletion by somebody else is none, whoever proves it.
	kept := s.said("To be kept", nil)
	s.believes(kept)
	kid := kept["object"].(map[string]any)["id"]
	s.serve(s.victim, kept["object"].(map[string]any))
	s.refusesSoft(s.announces(s.other.Proves(s.act(s.other, "Delete", kid, nil))), "still_there")
	s.refusesSoft(s.announces(s.act(s.vic, "Delete", kid, nil)), "still_there")
	s.ann.Sees(s.c, "To be kept")
}

func TestS58_ProofsMoveNothing(t *testing.T) {
	t.Parallel()
	s := relay(t)
	s.knows()
	rival, rc := s.joinsElsewhere("rival", s.evil)
	by := func(p *fedtest.Puppet, inner doc, code string) {
		t.Helper()
		was := s.soil
		s.soil = p
		s.refusesSoft(s.announces(inner), code)
		s.soil = was
	}
	// Said in soil, and shown by another community; the second only names it too.
	by(rival, s.said("Said in soil", nil), "other_community")
	by(rival, s.said("Said in soil to rival", doc{"cc": []any{rival.URI}}), "other_community")
	by(rival, s.said("Said in soil about rival", doc{"tag": []any{doc{"type": "Mention", "href": rival.URI}}}), "other_community")
	s.ann.SeesNot(rc, "Said in soil")
	// Said to nobody in particular.
	by(s.soil, s.said("Said to everyone", doc{"to": []any{actors.Public}, "audience": nil}), "other_community")
	// Said to the members of soil, and not to everyone: no wider for its proof.
	closed := s.said("Said to members", doc{"to": []any{s.c.URI}, "cc": []any{}})
	s.believes(closed)
	p, ok := s.post(closed["object"].(map[string]any)["id"])
	if !ok || p.Audience != actors.AudienceMembers {
		t.Errorf("it is for %q, want members", p.Audience)
	}
	s.refusesSoft(s.announces(s.vic.Proves(s.act(s.vic, "Update", s.page(s.vic, "Said to members", doc{
		"id": p.URI, "updated": s.Clock.Now().Add(time.Minute).Format(time.RFC3339), "attributedTo": s.other.URI}), nil))), "gone")
	s.believes(s.vic.Proves(s.act(s.vic, "Update", s.page(s.vic, "Said to all now", doc{
		"id": p.URI, "updated": s.Clock.Now().Add(time.Minute).Format(time.RFC3339)}), nil)))
	if p, _ := s.post(p.URI); p.Audience != actors.AudienceMembers {
		t.Errorf("an edit made it for %q", p.Audience)
	}
}

func TestC58_ProofsOfBlockedHosts(t *testing.T) {
	t.Parallel()
	s := relay(t)
	s.knows()
	s.block("victim.example")
	s.refuses(s.soil, s.announces(s.said("From a blocked host", nil)), "policy")
	s.refuses(s.soil, s.announces(s.vic.Proves(s.page(s.vic, "From a blocked host", nil))), "policy")
}

// TestC17_KeysOfProofsAreReadAgain: once a day for a key that is not listed, once a
// week for one that is.
func TestC17_KeysOfProofsAreReadAgain(t *testing.T) {
	t.Parallel()
	s := relay(t)
	s.knows()
	old := s.said("With the old key", nil)
	s.vic.Proof.Method = string(s.vic.URI) + "#second-key"
	s.victim.Serves("/u/vic", fedtest.Answer{Body: s.vic.Document("Person", "vic")})
	s.refusesSoft(s.announces(s.said("Too early", nil)), "gone")
	s.Pass(25 * time.Hour)
	if got := s.believes(s.said("With a new key", nil)); len(got) != 1 || got[0] != "GET "+string(s.vic.URI) {
		t.Errorf("asked for %v", got)
	}
	s.ann.Sees(s.c, "With a new key")
	s.refusesSoft(s.announces(old), "gone")
	s.Pass(6 * 24 * time.Hour)
	if got := s.believes(s.said("Days after", nil)); len(got) > 0 {
		t.Errorf("asked for %v", got)
	}
	s.Pass(2 * 24 * time.Hour)
	// An account that is no more proves nothing any more.
	s.victim.Serves("/u/vic", fedtest.Answer{Status: 410})
	s.refusesSoft(s.announces(s.said("After the end", nil)), "gone")
}

// TestC20_ProofsSurviveOurAnnounce: what a member says is passed on so that the
// proof in it still holds, however it was written.
func TestC20_ProofsSurviveOurAnnounce(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	s.peer.Forget()
	raw := fmt.Appendf(nil, "{ \"@context\" : [\"https://www.w3.org/ns/activitystreams\",{\"x\":\"https://x.example/ns#\"}],\n \"id\":%q, \"type\":\"Create\",\"actor\":%q,"+
		"\"to\":[%q,%q], \"cc\":[ ],\"x:more\":{\"n\":[1.50,1E2,-0,25.273962],\"t\":\"<&>\\u0041\\/\"},"+
		"\"object\":{\"id\":%q,\"type\":\"Page\",\"attributedTo\":%q,\"name\":\"Odd\",\"content\":\"<p>Odd</p>\",\"to\":[%q,%q],\"cc\":[],\"audience\":%q,\"published\":%q} }",
		s.id(s.bob, "a"), s.bob.URI, actors.Public, s.parks.URI, s.id(s.bob, "p"), s.bob.URI, actors.Public, s.parks.URI, s.parks.URI, s.Clock.Now().Format(time.RFC3339))
	signed, err := s.bob.Proof.Attach(raw, s.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	if r := s.bob.Sends("https://"+here+"/inbox", signed); r.Status != 202 {
		t.Fatalf("answered %d", r.Status)
	}
	s.Settle()
	for _, e := range s.peer.Requests() {
		var announce struct {
			Type   string
			Object json.RawMessage
		}
		if json.Unmarshal(e.Body, &announce) == nil && announce.Type == "Announce" && strings.Contains(string(announce.Object), `"proof"`) {
			if err := holds(announce.Object, s.bob, s.Clock.Now()); err != nil {
				t.Errorf("%v: %s", err, announce.Object)
			}
			return
		}
	}
	t.Error("nothing with a proof was announced")
}

// holds verifies the proof of a document by a puppet.
func holds(document []byte, by *fedtest.Puppet, now time.Time) error {
	c, err := proof.Read(document, by.URI, now)
	if err != nil {
		return err
	}
	return c.Prove(proof.Key{ID: by.Proof.Method, Owner: by.URI, Public: by.Proof.Key.Public().(ed25519.PublicKey)})
}

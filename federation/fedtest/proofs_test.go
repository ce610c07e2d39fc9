package fedtest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/federation/proof"
	"moothall/federation/sign"
	"moothall/store"
)

// written lists the activities that a node's own actors did, by kind.
func (town *Town) written(host string) (out []ap.Activity) {
	town.T.Helper()
	town.must(town.hall(host).read(func(ctx context.Context, tx *store.Tx) error {
		return tx.Dump(ctx, func(table string, row map[string]string) {
			if table != "activity" || row["direction"] != "out" || !strings.HasPrefix(row["body"], "{") {
				return
			}
			act, err := ap.ParseActivity([]byte(row["body"]))
			town.must(err)
			out = append(out, act)
		})
	}))
	return out
}

// holdsProof says whether a document carries a good proof by an actor of a node.
func (town *Town) holdsProof(document []byte, by actors.URI) error {
	town.T.Helper()
	c, err := proof.Read(document, by, town.Clock.Now())
	if err != nil {
		return err
	}
	var key actors.Actor
	town.must(town.hall(by.Host()).read(func(ctx context.Context, tx *store.Tx) (err error) {
		key, err = tx.ActorByURI(ctx, by)
		return err
	}))
	pub, err := sign.ParseMultikey(key.Ed25519Key)
	town.must(err)
	return c.Prove(proof.Key{ID: ap.ProofKeyID(by), Owner: by, Public: pub})
}

// TestC20_ProofsAreOnWhatEveryoneMayRead walks all that two nodes write while
// everything happens in communities of every kind: what is public can be proved, and
// nothing else ever is, alone or inside something.
func TestC20_ProofsAreOnWhatEveryoneMayRead(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	public := map[actors.URI]bool{}
	for _, audience := range []actors.Audience{actors.AudiencePublic, actors.AudienceNetwork, actors.AudienceMembers, actors.AudienceOrganisation} {
		name := "c" + string(audience)
		c := ann.StartsAs(actions.Charter{Name: name, Title: name, Audience: audience, Joining: actors.JoinOpen})
		public[c.URI] = audience == actors.AudiencePublic
		people := []*Person{ann}
		if audience.Federates() {
			town.must(bob.TryJoin(c))
			town.Settle()
			if bob.IsMember(c) {
				people = append(people, bob)
			}
		}
		for _, p := range people {
			town.busy(p, c, ann)
		}
		if audience == actors.AudiencePublic {
			town.forMembers(ann, c)
		}
	}
	town.Settle()
	seen := map[string]int{}
	for _, host := range []string{"north.example", "south.example"} {
		for _, act := range town.written(host) {
			town.judge(act, public, seen)
		}
	}
	for _, kind := range []string{"Create", "Update", "Delete", "Like", "Undo"} {
		if seen[kind+" proved"] == 0 || seen[kind+" not"] == 0 {
			t.Errorf("%s: %d proved, %d not: the walk saw too little", kind, seen[kind+" proved"], seen[kind+" not"])
		}
	}
}

// forMembers posts for the members of a public community alone.
func (town *Town) forMembers(p *Person, c Community) {
	town.T.Helper()
	town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		by, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		group, err := tx.CommunityByURI(ctx, c.URI)
		if err != nil {
			return err
		}
		_, _, err = p.hall().node.Actions.Publish(ctx, tx, by, group, nil, content.Draft{
			Kind: content.Discussion, Title: "For members", Source: "Only", HTML: "<p>Only</p>", Audience: actors.AudienceMembers,
		})
		return err
	}))
}

// busy does everything that is done with posts.
func (town *Town) busy(p *Person, c Community, also *Person) {
	town.T.Helper()
	post, gone := p.Posts(c, "First of "+p.Name), p.Posts(c, "Gone of "+p.Name)
	town.Settle()
	p.Replies(post, "An answer")
	p.Edits(post, "Better words")
	p.Deletes(gone)
	liked := also.Posts(c, "To be liked by "+p.Name)
	town.Settle()
	if p != also {
		p.Useful(liked)
		town.Settle()
		p.NotUseful(liked)
	}
	town.Pass(time.Second)
}

func (town *Town) judge(act ap.Activity, public map[actors.URI]bool, seen map[string]int) {
	town.T.Helper()
	isPerson := strings.Contains(act.Actor, "/u/")
	isPublic := isPerson && public[actors.URI(act.Audience)] && (act.To.Public() || act.Cc.Public())
	isProvable := slices.Contains([]string{"Create", "Update", "Delete", "Like", "Undo"}, act.Type)
	if isPublic && isProvable {
		seen[act.Type+" proved"]++
		if err := town.holdsProof(act.Raw, actors.URI(act.Actor)); err != nil {
			town.T.Errorf("%s: %v\n%s", act.Type, err, act.Raw)
		}
		if act.Type == "Update" {
			town.must(town.holdsProof(act.Object.Raw(), actors.URI(act.Actor)))
		} else if inside := string(act.Object.Raw()); strings.Contains(inside, `"proof"`) || strings.Contains(inside, `"@context"`) {
			town.T.Errorf("%s: a proof or @context inside: %s", act.Type, inside)
		}
		return
	}
	seen[act.Type+" not"]++
	if inner, err := act.Object.AsActivity(); act.Type == "Announce" && err == nil {
		town.judge(inner, public, seen)
		var outer map[string]json.RawMessage
		town.must(json.Unmarshal(act.Raw, &outer))
		if outer["proof"] != nil {
			town.T.Errorf("an Announce has a proof of its own")
		}
		return
	}
	// A receipt is proved, and says nothing but that something is gone (decision 34).
	isReceipt := act.Type == "Accept" && strings.Contains(string(act.Raw), `"type":"moothall:Receipt"`)
	if !isReceipt && strings.Contains(string(act.Raw), `proof`) {
		town.T.Errorf("something that is not for everyone can be proved: %s", act.Raw)
	}
}

// objectsAsked lists the posts, and not the people, that one node read from another.
func (town *Town) objectsAsked(from, to string, since int) (out []string) {
	for _, e := range town.Exchanges()[since:] {
		if e.From == from && e.To == to && e.Method == "GET" && strings.Contains(e.URL, "/p/") {
			out = append(out, e.URL)
		}
	}
	return out
}

// TestC23_OurNodesAskNothingThatAProofAnswers: three nodes, the community on one,
// the words from another, and nobody asks where they came from.
func TestC23_OurNodesAskNothingThatAProofAnswers(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	first := cer.Posts(parks, "The first of Cer's")
	town.Settle()
	bob.Sees(parks, first.Title)
	since := len(town.Exchanges())
	second := cer.Posts(parks, "The second of Cer's")
	town.Settle()
	cer.Replies(first, "An answer by Cer")
	cer.Edits(second, "Words that Cer changed")
	town.Pass(time.Minute)
	bob.Sees(parks, "The second of Cer's")
	town.Agree(parks, ann, bob, cer)
	cer.Deletes(first)
	town.Settle()
	bob.SeesNot(parks, first.Title)
	for _, e := range town.Exchanges()[since:] {
		if e.From == "south.example" && e.To == "west.example" && e.Method == "GET" {
			t.Errorf("south asked west for %s", e.URL)
		}
	}

	// While west is down its words still come through.
	town.Partition("south.example", "west.example")
	cer.Posts(parks, "From behind a broken line")
	town.Settle()
	bob.Sees(parks, "From behind a broken line")
}

// TestC23_HistoryAsksNothingThatAProofAnswers: someone who joins late reads the log
// of the community's home, where every proof still is.
func TestC23_HistoryAsksNothingThatAProofAnswers(t *testing.T) {
	town := New(t, "north.example", "south.example", "west.example")
	ann, bob, cer := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	parks := ann.Starts("parks")
	cer.Joins(parks)
	town.Settle()
	for i := range 30 {
		post := cer.Posts(parks, fmt.Sprintf("Past words %d.", i))
		town.Settle()
		answer := cer.Replies(post, "An answer")
		town.Pass(time.Second)
		if i%3 == 0 {
			cer.Edits(post, fmt.Sprintf("Better words %d.", i))
			cer.Edits(answer, fmt.Sprintf("A better answer %d.", i))
			town.Settle()
		}
		if i == 0 {
			ann.Pins(parks, post)
		}
	}
	since := len(town.Exchanges())
	bob.Joins(parks)
	town.Pass(5 * time.Minute)
	bob.Sees(parks, "Past words 0.")
	bob.Sees(parks, "Past words 29.")
	bob.Sees(parks, "A better answer 27.")
	town.Agree(parks, ann, bob, cer)
	asked := town.objectsAsked("south.example", "west.example", since)
	if len(asked) > 0 {
		t.Errorf("asked west for %d posts: %v", len(asked), asked[:min(3, len(asked))])
	}
}

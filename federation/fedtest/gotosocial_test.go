package fedtest

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
)

// social is a server that behaves as GoToSocial 0.20 did beside us on one
// machine (docs/interop.md): keys in documents of their own, no shared inbox,
// one value where others send a list.
type social struct {
	*Stranger
	gina *Puppet
}

func (town *Town) social(host string) social {
	s := town.Stranger(host)
	gina := s.Person("gina")
	doc := gina.Document("Person", "gina")
	delete(doc, "endpoints")
	doc["following"], doc["manuallyApprovesFollowers"], doc["tag"] = gina.URI+"/following", false, []string{}
	s.Serves("/u/gina", Answer{Body: doc})
	s.Serves("/.well-known/nodeinfo", Answer{Type: "application/json", Body: Doc{"links": []Doc{
		{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "https://" + host + "/nodeinfo/2.0"},
	}}})
	s.Serves("/nodeinfo/2.0", Answer{Type: "application/json", Body: Doc{"software": Doc{"name": "gotosocial", "version": "0.20.0"}}})
	return social{s, gina}
}

// follows lets gina follow a community, and forgets what was said meanwhile.
func (s social) follows(c Community) {
	s.gina.Sends(inbox(c), Doc{
		"@context": "https://www.w3.org/ns/activitystreams", "id": s.gina.URI + "/follow/01", "type": "Follow",
		"actor": s.gina.URI, "object": c.URI, "to": c.URI,
	})
	s.town.Settle()
	s.Forget()
}

// note is what gina writes, to the public and to those whom she mentions.
func (s social) note(id, text string, above actors.URI, mentioned ...actors.URI) Doc {
	cc, tags := []actors.URI{s.gina.URI + "/followers"}, []Doc{}
	for _, m := range mentioned {
		cc = append(cc, m)
		tags = append(tags, Doc{"type": "Mention", "href": m, "name": "@someone@" + m.Host()})
	}
	uri := s.gina.URI + actors.URI("/statuses/"+id)
	d := Doc{
		"attachment": []string{}, "attributedTo": s.gina.URI, "cc": cc, "content": "<p>" + text + "</p>",
		"contentMap": Doc{"en": "<p>" + text + "</p>"}, "id": uri, "published": s.town.Clock.Now().Format(time.RFC3339),
		"replies": Doc{"id": uri + "/replies", "type": "Collection"}, "sensitive": false, "summary": "",
		"to": actors.Public, "type": "Note", "url": uri,
	}
	if above != "" {
		d["inReplyTo"] = above
	}
	if len(tags) == 1 {
		d["tag"] = tags[0]
	} else {
		d["tag"] = tags
	}
	s.Serves("/u/gina/statuses/"+id, Answer{Body: d})
	return Doc{
		"@context": []string{"https://gotosocial.org/ns", "https://www.w3.org/ns/activitystreams"}, "actor": s.gina.URI, "cc": cc,
		"id": uri + "/activity#Create", "object": d, "published": d["published"], "to": actors.Public, "type": "Create",
	}
}

// heard lists the activities that were posted to gina's server, as the words
// "Type actor object", without those that a community wraps.
func (s social) heard(t *testing.T) (said []string) {
	t.Helper()
	for _, x := range s.Requests() {
		if x.Method != http.MethodPost {
			continue
		}
		a, err := ap.ParseActivity(x.Body)
		if err != nil {
			t.Fatal(err)
		}
		what := a.Object.ID()
		if inner, err := a.Object.AsActivity(); err == nil && a.Object.Embedded() && inner.Actor != "" {
			if a.Type == "Announce" {
				continue
			}
			what = inner.Type + " " + inner.Object.ID()
		}
		said = append(said, a.Type+" "+a.Actor+" "+what)
	}
	return said
}

// TestC36_ReplyThatNamesOnlyItsAuthor: an answer from a server that knows no
// communities mentions the author above it and nobody else. The community's home
// takes it, and so must everyone to whom the community passes it on.
func TestC36_ReplyThatNamesOnlyItsAuthor(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	s := town.social("social.example")
	s.follows(parks)
	post := ann.Posts(parks, "Trial results")
	town.Settle()
	if r := s.gina.Sends(ann.URI+"/inbox", s.note("01", "Which plot was it?", post.URI, ann.URI)); r.Status != http.StatusAccepted {
		t.Fatalf("it was answered %d %s", r.Status, r.Body)
	}
	town.Settle()
	for _, p := range []*Person{ann, bob, cer} {
		p.Sees(parks, "Which plot was it?")
	}
	town.Agree(parks, ann, bob, cer)
}

// TestS77_CommunityClaimsNoReplyOfAnother: what answers something elsewhere does
// not become part of a community because it says so.
func TestS77_CommunityClaimsNoReplyOfAnother(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	parks, ponds := ann.Starts("parks"), bob.Starts("ponds")
	s := town.social("social.example")
	group := town.Stranger("evil.example").Group("claims")
	ann.does(Doc{"type": "Follow", "object": group.URI})
	town.Settle()
	group.Sends("https://north.example/inbox", Doc{
		"id": group.ID(), "type": "Accept", "actor": group.URI,
		"object": Doc{"type": "Follow", "actor": ann.URI, "object": group.URI},
	})
	post := ann.Posts(parks, "Trial results")
	elsewhere := bob.Posts(ponds, "Herons")
	town.Settle()
	for i, above := range []actors.URI{post.URI, elsewhere.URI, s.gina.URI + "/statuses/none"} {
		create := s.note("0"+string(rune('1'+i)), "Stolen words", above, ann.URI)
		town.Unchanged("north.example", func() {
			group.Sends("https://north.example/inbox", Doc{
				"id": group.ID(), "type": "Announce", "actor": group.URI, "to": []actors.URI{actors.Public}, "object": create,
			})
			town.Pass(48 * time.Hour)
		})
	}
	ann.SeesNot(Community{URI: group.URI}, "Stolen words")
}

// TestC33_ChangesReachThoseWhoHaveTheBoost: who knows a post from a boost reads
// no Announce of its Update or Delete. The author says it to them, and the
// community takes the boost back.
func TestC33_ChangesReachThoseWhoHaveTheBoost(t *testing.T) {
	town := New(t, "north.example")
	ann, eve := town.Person("ann@north.example"), town.Person("eve@north.example")
	parks := ann.Starts("parks")
	eve.Joins(parks)
	s := town.social("social.example")
	s.follows(parks)
	post := ann.Posts(parks, "Trial results")
	town.Settle()
	want := []string{"Announce " + string(parks.URI) + " " + string(post.URI)}
	expect(t, s, want...)

	ann.Edits(post, "Plot D kept moisture.")
	town.Settle()
	expect(t, s, "Update "+string(ann.URI)+" "+string(post.URI))

	ann.Deletes(post)
	town.Settle()
	expect(t, s, "Undo "+string(parks.URI)+" Announce "+string(post.URI), "Delete "+string(ann.URI)+" "+string(post.URI))

	other := eve.Posts(parks, "Cheap watches")
	town.Settle()
	s.Forget()
	ann.Hides(other, "an advertisement")
	town.Settle()
	expect(t, s, "Undo "+string(parks.URI)+" Announce "+string(other.URI))

	for range 2 { // what is taken back is the newest boost
		ann.Restores(other)
		town.Settle()
		boost := s.boostOf(t, other)
		expect(t, s, "Announce "+string(parks.URI)+" "+string(other.URI))
		ann.Hides(other, "an advertisement all the same")
		town.Settle()
		if undone := s.boostOf(t, other); undone != boost {
			t.Errorf("%s was boosted, %s taken back", boost, undone)
		}
		expect(t, s, "Undo "+string(parks.URI)+" Announce "+string(other.URI))
	}
}

// boostOf is the id of the last boost that gina's server was told of, or was
// told to take back.
func (s social) boostOf(t *testing.T, post Post) (id string) {
	t.Helper()
	for _, x := range s.Requests() {
		a, err := ap.ParseActivity(x.Body)
		if x.Method != http.MethodPost || err != nil {
			continue
		}
		if a.Type == "Undo" {
			if a, err = a.Object.AsActivity(); err != nil {
				t.Fatal(err)
			}
		}
		if a.Type == "Announce" && a.Object.ID() == string(post.URI) && !a.Object.Embedded() {
			id = a.ID
		}
	}
	return id
}

func expect(t *testing.T, s social, want ...string) {
	t.Helper()
	if got := s.heard(t); !slices.Equal(got, want) {
		t.Errorf("it was told\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	s.Forget()
}

// TestC36_NamedBeforeBoosted: who is named in a new discussion is told before
// the boost arrives. GoToSocial and Mastodon make no notification of a post that
// they have already.
func TestC36_NamedBeforeBoosted(t *testing.T) {
	town := New(t, "north.example")
	ann := town.Person("ann@north.example")
	parks := ann.Starts("parks")
	s := town.social("social.example")
	s.follows(parks)
	post := ann.publish(ann.draft(parks, "Page", "A question", "What do you use, @gina@social.example?"))
	town.Settle()
	expect(t, s, "Create "+string(ann.URI)+" "+string(post.URI), "Announce "+string(parks.URI)+" "+string(post.URI))
}

// TestC37_AuthorElsewhereLearnsOfPraise: a server that reads nothing that is
// wrapped is told by the one who found its person's words useful.
func TestC37_AuthorElsewhereLearnsOfPraise(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	s := town.social("social.example")
	s.follows(parks)
	s.gina.Sends(inbox(parks), s.note("01", "Rain barrels in schools", "", parks.URI))
	town.Settle()
	own := Post{URI: s.gina.URI + "/statuses/01"}
	s.Forget()
	for _, p := range []*Person{ann, bob} {
		p.Useful(own)
		town.Settle()
		expect(t, s, "Like "+string(p.URI)+" "+string(own.URI))
		p.NotUseful(own)
		town.Settle()
		expect(t, s, "Undo "+string(p.URI)+" Like "+string(own.URI))
	}
}

package fedtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
)

// asDiscourse puts the whole actor where others name it (protocol.md 4.2(1)).
func asDiscourse(p *Puppet, d Doc) Doc {
	name := string(p.URI)
	d["actor"] = p.Document("Person", name[strings.LastIndexByte(name, '/')+1:])
	return d
}

// TestC40_EmbeddedActorIsItsID: Discourse writes its whole actor into each
// activity. Only its id counts, and that is the signer's.
func TestC40_EmbeddedActorIsItsID(t *testing.T) {
	town, ann, parks, eve := follower(t)
	post := ann.Posts(parks, "Ours")
	object := note(eve, parks, "Theirs")
	for what, d := range map[string]Doc{"Follow": follow(eve, parks), "Create": object} {
		if r := eve.Sends(inbox(parks), asDiscourse(eve, d)); r.Status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", what, r.Status, r.Body)
		}
	}
	like := asDiscourse(eve, Doc{"id": eve.ID(), "type": "Like", "object": post.URI})
	eve.Sends(inbox(parks), like)
	town.Settle()
	ann.Sees(parks, "Theirs")
	if n := ann.UsefulTo(post); n != 1 {
		t.Errorf("the Like counts %d", n)
	}
	// An Undo names it once more inside.
	eve.Sends(inbox(parks), asDiscourse(eve, Doc{"id": eve.ID(), "type": "Undo", "object": like}))
	town.Settle()
	if n := ann.UsefulTo(post); n != 0 {
		t.Errorf("after the Undo it counts %d", n)
	}
	if got := town.get(string(parks.URI)+"/followers", activityType).Body; !strings.Contains(got, `"totalItems":2`) {
		t.Errorf("she does not follow: %s", got)
	}
}

// TestC40_EmbeddedActorProvesNothing: neither another's id with the signer's key
// in it, nor a stolen key, nor an inbox elsewhere is believed for being there.
func TestC40_EmbeddedActorProvesNothing(t *testing.T) {
	for name, spoil := range map[string]func(actor Doc, mal *Puppet){
		"another's id":       func(actor Doc, mal *Puppet) { actor["id"] = mal.URI },
		"no id":              func(actor Doc, _ *Puppet) { delete(actor, "id") },
		"a list of its own":  func(actor Doc, mal *Puppet) { actor["id"] = []any{mal.URI} },
		"an id of this node": func(actor Doc, _ *Puppet) { actor["id"] = "https://north.example/u/ann" },
	} {
		t.Run(name, func(t *testing.T) {
			town, ann, parks, eve := besieged(t)
			mal := town.Stranger("other.example").Person("mal")
			d := asDiscourse(eve, note(eve, parks, "A foul question"))
			spoil(d["actor"].(Doc), mal)
			town.Unchanged("north.example", func() {
				if r := eve.Sends(inbox(parks), d); r.Status != http.StatusUnauthorized && r.Status != http.StatusBadRequest {
					t.Errorf("it was answered %d %s", r.Status, r.Body)
				}
				town.Settle()
			})
			ann.SeesNot(parks, "A foul question")
		})
	}
	town, ann, parks, eve := follower(t)
	bank := town.Stranger("bank.example")
	d := asDiscourse(eve, follow(eve, parks))
	d["actor"].(Doc)["inbox"] = "https://bank.example/transfer"
	d["actor"].(Doc)["endpoints"] = Doc{"sharedInbox": "https://bank.example/transfer"}
	eve.Sends(inbox(parks), d)
	ann.Posts(parks, "No 1")
	town.Settle()
	if n, m := len(bank.Requests()), len(deliveries(eve.of, "/inbox")); n != 0 || m != 1 {
		t.Errorf("the inbox in the activity was sent %d, the actor's own %d", n, m)
	}
}

// TestC36_ReplyNamesItsParentsAuthorAndTheCommunity: Mastodon tells nobody who is
// not mentioned, and an answer there goes to those who are.
func TestC36_ReplyNamesItsParentsAuthorAndTheCommunity(t *testing.T) {
	town, ann, parks, eve := follower(t)
	eve.Sends(inbox(parks), follow(eve, parks))
	theirs := note(eve, parks, "Theirs")
	eve.Sends(inbox(parks), theirs)
	town.Settle()
	root := Post{URI: actors.URI(theirs["object"].(Doc)["id"].(string))}
	eve.of.Forget()
	reply := ann.Replies(root, "An answer")
	town.Settle()

	var d struct {
		Type, InReplyTo, Context, Audience, Content, Published string
		To, Cc                                                 []actors.URI
		Tag                                                    []struct{ Type, Name, Href string }
	}
	r := town.get(string(reply.URI), activityType)
	if err := json.Unmarshal([]byte(r.Body), &d); err != nil {
		t.Fatal(err)
	}
	for name, href := range map[string]string{"@eve@peer.example": string(eve.URI), "@parks@north.example": string(parks.URI)} {
		if !slices.Contains(d.Tag, struct{ Type, Name, Href string }{"Mention", name, href}) {
			t.Errorf("%s is not mentioned: %v", name, d.Tag)
		}
	}
	if !slices.Contains(d.To, actors.Public) || !slices.Contains(d.To, eve.URI) || !slices.Contains(d.Cc, parks.URI) ||
		!slices.Contains(d.Cc, ann.URI+"/followers") || d.InReplyTo != string(root.URI) || d.Type != "Note" || d.Audience != string(parks.URI) {
		t.Errorf("%+v", d)
	}
	// The author above hears of it from the one who wrote it and from the community, in the same words.
	wrapped, bare := 0, 0
	for _, e := range eve.of.Requests() {
		if e.Method != http.MethodPost || !strings.Contains(string(e.Body), string(reply.URI)) {
			continue
		}
		a, err := ap.ParseActivity(e.Body)
		if err != nil {
			t.Fatal(err)
		}
		switch a.Type {
		case "Announce":
			wrapped++
		case "Create":
			bare++
		}
		if !strings.Contains(string(e.Body), `"href":"`+string(eve.URI)+`"`) {
			t.Errorf("sent without the mention: %s", e.Body)
		}
	}
	if wrapped != 1 || bare != 1 {
		t.Errorf("she was sent %d announcements and %d Creates of it", wrapped, bare)
	}
}

// TestC33_OneBoostForEachThread: what knows no communities gets one boost for a
// new thread, by the id alone, and none for what happens in it.
func TestC33_OneBoostForEachThread(t *testing.T) {
	town, ann, parks, eve := follower(t)
	eve.Sends(inbox(parks), follow(eve, parks))
	town.Settle()
	eve.of.Forget()
	post := ann.Posts(parks, "Ours")
	town.Settle()
	reply := ann.Replies(post, "And more")
	ann.Edits(post, "Better words")
	ann.Pins(parks, post)
	ann.Edits(reply, "And less")
	town.Pass(48 * time.Hour)
	boosts := map[any]int{}
	for _, e := range eve.of.Requests() {
		var d Doc
		if e.Method != http.MethodPost {
			continue
		}
		if err := json.Unmarshal(e.Body, &d); err != nil {
			t.Fatal(err)
		}
		if _, wrapped := d["object"].(Doc); d["type"] == "Announce" && !wrapped {
			boosts[d["object"]]++
			to, _ := d["to"].([]any)
			cc, _ := d["cc"].([]any)
			if d["actor"] != string(parks.URI) || !slices.Contains(to, any(string(actors.Public))) || !slices.Contains(cc, any(string(parks.URI)+"/followers")) {
				t.Errorf("%s", e.Body)
			}
		}
	}
	if len(boosts) != 1 || boosts[string(post.URI)] != 1 {
		t.Errorf("boosted: %v", boosts)
	}
}

// TestC35_DiscourseGetsArticles: it takes no Page. From its first follower on,
// new threads are articles, and so is what everyone else is sent.
func TestC35_DiscourseGetsArticles(t *testing.T) {
	for software, want := range map[string]string{"discourse": "Article", "lemmy": "Page"} {
		t.Run(software, func(t *testing.T) {
			town, ann, parks, eve := follower(t)
			category := eve.of.Group("category")
			eve.of.Serves("/.well-known/nodeinfo", Answer{Type: "application/json", Body: Doc{"links": []Doc{
				{"rel": "http://nodeinfo.diaspora.software/ns/schema/2.0", "href": "https://peer.example/nodeinfo/2.0"},
			}}})
			eve.of.Serves("/nodeinfo/2.0", Answer{Type: "application/json", Body: Doc{"software": Doc{"name": software, "version": "1"}}})
			category.Sends(inbox(parks), follow(category, parks))
			town.Pass(time.Hour)
			eve.of.Forget()
			ann.Posts(parks, "No 1")
			town.Settle()
			if got := heardBy(eve.of); len(deliveries(eve.of, "/inbox")) != 1 || !strings.Contains(got, `"type":"`+want+`"`) {
				t.Errorf("want a thread of type %s: %s", want, got)
			}
		})
	}
}

// TestC3_NameIsTakenOnce: the form for a new community says so, whoever has the name.
func TestC3_NameIsTakenOnce(t *testing.T) {
	town := New(t, "north.example")
	ann := town.Person("ann@north.example")
	ann.Starts("parks")
	starts := func(name string) (status int, page string) {
		return ann.browser().submits("/communities/new", map[string]string{
			"name": name, "title": "Again", "audience": "public", "joining": "open", "posting": "anyone",
		})
	}
	for _, name := range []string{"ann", "parks", "Ann"} {
		status, page := starts(name)
		if status == http.StatusSeeOther || !strings.Contains(page, `<a href="#name">`) || strings.Count(page, `<a href="#`) != 2 {
			t.Errorf("%s: %d %s", name, status, textOf(page))
		}
	}
	for resource, want := range map[string]string{"ann": "/u/ann", "parks": "/c/parks"} {
		r := town.get("https://north.example/.well-known/webfinger?resource=acct:"+resource+"@north.example", "application/jrd+json")
		if !strings.Contains(r.Body, `"https://north.example`+want+`"`) || strings.Count(r.Body, `"self"`) != 1 {
			t.Errorf("%s: %s", resource, r.Body)
		}
	}
	if status, page := starts("ponds"); status != http.StatusSeeOther {
		t.Errorf("a free name: %d %s", status, textOf(page))
	}
}

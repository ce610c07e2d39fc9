package fedtest

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/store"
)

// TestC4_NodeInfoIsNeverRefused: Lemmy takes a node for dead that answers this
// with 4xx, however much it asks beside.
func TestC4_NodeInfoIsNeverRefused(t *testing.T) {
	town := New(t, "north.example")
	for range 400 {
		for _, path := range []string{"/.well-known/nodeinfo", "/nodeinfo/2.0", "/nodeinfo/2.1"} {
			if r := town.get("https://north.example"+path, "application/json"); r.Status != http.StatusOK {
				t.Fatalf("%s: %d", path, r.Status)
			}
		}
	}
}

// TestC24_WhatIsNeverRead: the object of a Create is an id, and where it leads
// nothing may be read.
func TestC24_WhatIsNeverRead(t *testing.T) {
	const id = "https://evil.example/p/1"
	moved := func(to string) Answer {
		return Answer{Status: http.StatusFound, Header: map[string]string{"Location": to}}
	}
	typed := func(kind string) func(object Doc) Answer {
		return func(object Doc) Answer { return Answer{Type: kind, Body: object} }
	}
	for name, tt := range map[string]struct {
		id     string
		answer func(object Doc) Answer // at id; nil: it may not even be asked
	}{
		"loopback":                {"https://127.0.0.1/p/1", nil},
		"loopback, IPv6":          {"https://[::1]/p/1", nil},
		"a private network":       {"https://10.0.0.8/p/1", nil},
		"metadata of a cloud":     {"https://169.254.169.254/latest", nil},
		"a name without a dot":    {"https://localhost/p/1", nil},
		"a port":                  {"https://evil.example:8443/p/1", nil},
		"plain HTTP":              {"http://evil.example/p/1", nil},
		"redirect to loopback":    {id, func(Doc) Answer { return moved("https://127.0.0.1/p/1") }},
		"redirect to a port":      {id, func(Doc) Answer { return moved("https://evil.example:22/p/1") }},
		"redirect to plain HTTP":  {id, func(Doc) Answer { return moved("http://evil.example/p/1") }},
		"redirect to ourselves":   {id, func(Doc) Answer { return moved("https://north.example/") }},
		"a page":                  {id, typed("text/html")},
		"a file":                  {id, typed("application/octet-stream")},
		"plain JSON":              {id, typed("application/json")},
		"JSON-LD of another sort": {id, typed(`application/ld+json; profile="https://example.org/"`)},
		"another id": {id, func(object Doc) Answer {
			object["id"] = "https://peer.example/p/1"
			return Answer{Body: object}
		}},
		"another's words": {id, func(object Doc) Answer {
			object["attributedTo"] = "https://north.example/u/ann"
			return Answer{Body: object}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			town, ann, parks, eve := besieged(t)
			act := note(eve, parks, "A foul question")
			object := act["object"].(Doc)
			act["object"], object["id"] = tt.id, tt.id
			if tt.answer != nil {
				eve.of.Serves("/p/1", tt.answer(object))
			}
			eve.Sends(inbox(parks), act)
			since := len(town.Exchanges())
			town.Pass(48 * time.Hour)
			ann.SeesNot(parks, "A foul question")
			for _, e := range town.Exchanges()[since:] {
				if e.From == "north.example" && (e.To != "evil.example" || tt.answer == nil && strings.HasPrefix(e.URL, tt.id)) {
					t.Errorf("it asked %s", e.URL)
				}
			}
		})
	}
	// What differs from these in nothing but that it is allowed is read.
	town, ann, parks, eve := besieged(t)
	act := note(eve, parks, "A fair question")
	object := act["object"].(Doc)
	act["object"], object["id"] = id, id
	eve.of.Serves("/p/1", moved("https://evil.example/p/1?x=1"))
	eve.of.Serves("/p/1?x=1", Answer{Type: `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, Body: object})
	eve.Sends(inbox(parks), act)
	town.Settle()
	ann.SeesNot(parks, "A fair question") // its id is not where it was found, and leads there again
	eve.of.Serves("/p/1", Answer{Type: `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, Body: object})
	act["id"] = eve.ID()
	eve.Sends(inbox(parks), act)
	town.Settle()
	ann.Sees(parks, "A fair question")
}

// TestC27_InboxOfOneWhoLeft answers 404. PieFed takes 410 and 418 from an inbox
// for the end of the whole server.
func TestC27_InboxOfOneWhoLeft(t *testing.T) {
	town, ann, parks, eve := follower(t)
	bob := town.Person("bob@north.example")
	bob.leavesForGood()
	for what, at := range map[string]actors.URI{
		"who left": bob.URI + "/inbox", "nobody": "https://north.example/u/nobody/inbox", "no community": "https://north.example/c/nothing/inbox",
	} {
		if r := eve.Sends(at, note(eve, parks, "Hello")); r.Status != http.StatusNotFound {
			t.Errorf("%s: %d %s", what, r.Status, r.Body)
		}
	}
	if r := town.get(string(bob.URI), activityType); r.Status != http.StatusGone || !strings.Contains(r.Body, `"Tombstone"`) {
		t.Errorf("the actor: %d %s", r.Status, r.Body)
	}
	if r := eve.Sends(ann.URI+"/inbox", note(eve, parks, "Hello")); r.Status != http.StatusAccepted {
		t.Errorf("one who is there: %d", r.Status)
	}
}

// leavesForGood ends an account, for which there is no page yet.
func (p *Person) leavesForGood() {
	p.town.T.Helper()
	p.town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		a, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		return tx.MarkActorGone(ctx, a.ID, p.town.Clock.Now())
	}))
}

// TestC58_RefusedHost: who is refused gets 403, is sent nothing, asked nothing,
// and is not heard through others; all of it for hosts below as well.
func TestC58_RefusedHost(t *testing.T) {
	for name, host := range map[string]string{"the host": "evil.example", "a host below": "deep.down.evil.example"} {
		t.Run(name, func(t *testing.T) {
			town := New(t, "north.example")
			ann := town.Person("ann@north.example")
			parks := ann.Starts("parks")
			mal, bo := town.Stranger(host).Person("mal"), town.Stranger("notevil.example").Person("bo")
			for _, p := range []*Puppet{mal, bo} {
				p.Sends(inbox(parks), follow(p, parks))
			}
			town.Settle()
			town.refuses("north.example", "evil.example")
			mal.of.Forget()
			since := len(town.Exchanges())
			town.Unchanged("north.example", func() {
				for _, d := range []Doc{note(mal, parks, "A foul question"), follow(mal, parks), {"id": mal.ID(), "type": "Delete", "actor": mal.URI, "object": mal.URI}} {
					if r := mal.Sends(inbox(parks), d); r.Status != http.StatusForbidden {
						t.Errorf("%s: %d %s", d["type"], r.Status, r.Body)
					}
				}
				town.Settle()
			})
			// One whom we deal with hands on what one of them wrote.
			foreign := note(mal, parks, "Passed on")
			mal.of.Serves(strings.TrimPrefix(foreign["object"].(Doc)["id"].(string), "https://"+host), Answer{Body: foreign["object"]})
			bo.Sends(inbox(parks), Doc{"id": bo.ID(), "type": "Create", "actor": bo.URI, "object": foreign["object"], "to": foreign["to"], "audience": parks.URI})
			bo.Sends(inbox(parks), mal.Proves(note(mal, parks, "Proved")))
			ann.Posts(parks, "No 1")
			town.Pass(24 * time.Hour)
			for _, words := range []string{"A foul question", "Passed on", "Proved"} {
				ann.SeesNot(parks, words)
			}
			if got := mal.of.Requests(); len(got) > 0 {
				t.Errorf("it was asked or sent %s %s", got[0].Method, got[0].URL)
			}
			if len(deliveries(bo.of, "/inbox")) != 1 {
				t.Error("a host whose name only ends so was not sent the post")
			}
			for _, e := range town.Exchanges()[since:] {
				if e.From == "north.example" && e.To == host {
					t.Errorf("%s %s", e.Method, e.URL)
				}
			}
		})
	}
}

// refuses makes a rule, as the page of the policy does.
func (town *Town) refuses(host, whom string) {
	town.T.Helper()
	h := town.hall(host)
	town.must(h.write(func(ctx context.Context, tx *store.Tx) error {
		return h.node.Actions.SetRule(ctx, tx, 0, actors.Rule{Host: whom, Verdict: actors.Refuse})
	}))
}

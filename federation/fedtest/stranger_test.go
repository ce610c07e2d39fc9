package fedtest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actors"
)

// besieged is a node with a community, and a stranger with somebody who can be
// looked up.
func besieged(t *testing.T) (town *Town, ann *Person, parks Community, eve *Puppet) {
	town = New(t, "north.example")
	ann = town.Person("ann@north.example")
	parks = ann.Starts("parks")
	eve = town.Stranger("evil.example").Person("eve")
	return town, ann, parks, eve
}

// note is a Create of a discussion by the puppet.
func note(by *Puppet, parks Community, title string) Doc {
	id := by.ID()
	return Doc{
		"@context": "https://www.w3.org/ns/activitystreams", "id": id + "/create", "type": "Create", "actor": by.URI,
		"to": []actors.URI{parks.URI, actors.Public}, "audience": parks.URI, "object": Doc{
			"id": id, "type": "Page", "attributedTo": by.URI, "name": title, "content": "<p>" + title + "</p>",
			"to": []actors.URI{parks.URI, actors.Public}, "audience": parks.URI, "published": Opening.Format(time.RFC3339),
		},
	}
}

func inbox(c Community) actors.URI { return c.URI + "/inbox" }

func follow(by *Puppet, c Community) Doc {
	return Doc{"id": by.ID(), "type": "Follow", "actor": by.URI, "object": c.URI}
}

// follows joins a community, which must be able to say so at once.
func (p *Puppet) follows(c Community) {
	p.of.town.T.Helper()
	if r := p.Sends(inbox(c), follow(p, c)); r.Status != http.StatusAccepted {
		p.of.town.T.Fatalf("Follow: %d %s", r.Status, r.Body)
	}
	p.of.town.Settle()
}

// TestStrangerPostsWhenSigned shows that what the refusals below refuse is
// accepted without the one thing that each of them breaks.
func TestStrangerPostsWhenSigned(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	if r := eve.Sends(inbox(parks), note(eve, parks, "A fair question")); r.Status != http.StatusAccepted {
		t.Fatalf("it was answered %d %s", r.Status, r.Body)
	}
	town.Settle()
	ann.Sees(parks, "A fair question")
}

func TestBrokenSignaturesChangeNothing(t *testing.T) {
	tests := []struct {
		name  string
		twist Twist
		want  int
	}{
		{"S01 unsigned", Unsigned(), 401},
		{"C16 another body than was signed", After(func(l *Letter) {
			l.Body = []byte(strings.Replace(string(l.Body), "A fair question", "A foul question", 2))
		}), 401},
		{"S07 two hours old", Before(func(l *Letter) { l.At = l.At.Add(-2 * time.Hour) }), 401},
		{"S07 two hours early", Before(func(l *Letter) { l.At = l.At.Add(2 * time.Hour) }), 401},
		{"S11 another inbox than was signed", After(func(l *Letter) { l.Request.URL.Path = "/u/ann/inbox" }), 401},
		{"S11 a query", After(func(l *Letter) { l.Request.URL.RawQuery = "x=1" }), 400},
		{"S12 two signatures", After(func(l *Letter) { l.Request.Header.Add("Signature", l.Request.Header.Get("Signature")) }), 401},
		{"a key that nobody has", Before(func(l *Letter) { l.Signer.KeyID = "https://evil.example/u/nobody#main-key" }), 401},
		{"a key of this node", Before(func(l *Letter) { l.Signer.KeyID = "https://north.example/u/ann#main-key" }), 401},
		{"S94 compressed", After(func(l *Letter) { l.Request.Header.Set("Content-Encoding", "gzip") }), 415},
		{"no JSON", Before(func(l *Letter) { l.Body = []byte("{") }), 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			town, ann, parks, eve := besieged(t)
			town.Unchanged("north.example", func() {
				r := eve.Sends(inbox(parks), note(eve, parks, "A fair question"), tt.twist)
				if r.Status != tt.want {
					t.Errorf("it was answered %d %s, want %d", r.Status, r.Body, tt.want)
				}
				town.Settle()
			})
			ann.SeesNot(parks, "A fair question")
			ann.SeesNot(parks, "A foul question")
			if town.Refusals("north.example") == "" {
				t.Error("nothing says so to an admin (I5)")
			}
		})
	}
}

func TestI3_NobodySpeaksForOthers(t *testing.T) {
	tests := []struct {
		name   string
		change func(doc Doc, ann *Person)
		want   int
	}{
		{"in another's name", func(d Doc, ann *Person) { d["actor"] = ann.URI }, 401},
		{"under this node's address", func(d Doc, _ *Person) { d["id"] = "https://north.example/a/1" }, 400},
		{"words put into another's mouth", func(d Doc, ann *Person) { d["object"].(Doc)["attributedTo"] = ann.URI }, 202},
		{"a post at this node's address", func(d Doc, _ *Person) { d["object"].(Doc)["id"] = "https://north.example/p/1" }, 202},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			town, ann, parks, eve := besieged(t)
			doc := note(eve, parks, "A foul question")
			tt.change(doc, ann)
			town.Unchanged("north.example", func() {
				if r := eve.Sends(inbox(parks), doc); r.Status != tt.want {
					t.Errorf("it was answered %d %s, want %d", r.Status, r.Body, tt.want)
				}
				town.Pass(48 * time.Hour)
			})
			ann.SeesNot(parks, "A foul question")
		})
	}
}

func TestS106_SlowPartnerIsLeftAlone(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	parks := ann.Starts("parks")
	evil := town.Stranger("evil.example")
	eve := evil.Person("eve")
	bob.Joins(parks)
	eve.follows(parks)
	evil.Serves("/inbox", Answer{Status: 500})
	evil.Forget()
	for range 20 {
		ann.Posts(parks, "Notice")
		town.Settle()
	}
	bob.Sees(parks, "Notice")
	if n := len(evil.Requests()); n == 0 || n > 5 {
		t.Errorf("a failing partner was asked %d times within a moment", n)
	}
}

package inbox_test

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
	"moothall/federation/fedtest"
	"moothall/store"
)

type doc = fedtest.Doc

const here = "north.example"

// siege is a node with a public community, a closed one and one that never
// leaves the node; a partner with a member; and an attacker who is a member of
// the public community too, so that what is refused is refused for what it is.
type siege struct {
	*fedtest.Town
	t                     testing.TB
	ann                   *fedtest.Person
	parks, tender, staff  fedtest.Community
	peer, evil            *fedtest.Stranger
	bob, mal              *fedtest.Puppet
	annPost, bobPost      actors.URI
	tenderPost, staffPost actors.URI
	serial                int
}

func besiege(t testing.TB) *siege {
	t.Helper()
	s := &siege{Town: fedtest.New(t, here), t: t}
	s.ann = s.Person("ann@" + here)
	s.parks = s.ann.Starts("parks")
	s.tender = s.ann.StartsAs(actions.Charter{Name: "tender", Title: "Tender", Audience: actors.AudienceMembers, Joining: actors.JoinRequest})
	s.staff = s.ann.StartsAs(actions.Charter{Name: "staff", Title: "Staff", Audience: actors.AudienceOrganisation, Joining: actors.JoinOpen})
	s.peer, s.evil = s.Stranger("peer.example"), s.Stranger("evil.example")
	s.bob, s.mal = s.peer.Person("bob"), s.evil.Person("mal")
	for _, p := range []*fedtest.Puppet{s.bob, s.mal} {
		s.takes(p, s.act(p, "Follow", s.parks.URI, nil))
	}
	s.annPost = s.ann.Posts(s.parks, "By Ann").URI
	s.tenderPost = s.ann.Posts(s.tender, "Sealed bids").URI
	s.staffPost = s.ann.Posts(s.staff, "Rota").URI
	create := s.create(s.bob, "By Bob", nil)
	s.bobPost = create["object"].(doc)["id"].(actors.URI)
	s.takes(s.bob, create)
	s.Settle()
	return s
}

func (s *siege) id(p *fedtest.Puppet, kind string) actors.URI {
	s.serial++
	return actors.URI(fmt.Sprintf("https://%s/%s/%d", p.URI.Host(), kind, s.serial))
}

// act is an activity of the puppet's; more is laid over it.
func (s *siege) act(p *fedtest.Puppet, kind string, object any, more doc) doc {
	d := doc{
		"@context": "https://www.w3.org/ns/activitystreams", "id": s.id(p, "a"), "type": kind, "actor": p.URI, "object": object,
	}
	return with(d, more)
}

func with(d, more doc) doc {
	for k, v := range more {
		if v == nil {
			delete(d, k)
			continue
		}
		d[k] = v
	}
	return d
}

// note is an object by the puppet for the public community.
func (s *siege) note(p *fedtest.Puppet, title string, more doc) doc {
	return with(doc{
		"id": s.id(p, "p"), "type": "Page", "attributedTo": p.URI, "name": title, "content": "<p>" + title + "</p>",
		"to": []actors.URI{actors.Public, s.parks.URI}, "cc": []actors.URI{}, "audience": s.parks.URI,
		"published": s.Clock.Now().Format(time.RFC3339),
	}, more)
}

func (s *siege) create(p *fedtest.Puppet, title string, more doc) doc {
	n := s.note(p, title, more)
	return s.act(p, "Create", n, doc{"to": n["to"], "cc": n["cc"], "audience": n["audience"]})
}

func (s *siege) sends(p *fedtest.Puppet, act doc, twists ...fedtest.Twist) fedtest.Reply {
	s.t.Helper()
	return p.Sends("https://"+here+"/inbox", act, twists...)
}

// takes sends what must be accepted.
func (s *siege) takes(p *fedtest.Puppet, act doc) {
	s.t.Helper()
	if r := s.sends(p, act); r.Status != 202 || r.Body != "" {
		s.t.Fatalf("%s was answered %d %s", act["type"], r.Status, r.Body)
	}
}

func (s *siege) read(f func(ctx context.Context, tx *store.Tx) error) {
	s.t.Helper()
	ctx := context.Background()
	if err := s.Node(here).DB.Read(ctx, func(tx *store.Tx) error { return f(ctx, tx) }); err != nil {
		s.t.Fatal(err)
	}
}

func (s *siege) write(f func(ctx context.Context, tx *store.Tx, a *actions.Actions) error) {
	s.t.Helper()
	ctx := context.Background()
	n := s.Node(here)
	if err := n.DB.Write(ctx, func(tx *store.Tx) error { return f(ctx, tx, n.Actions) }); err != nil {
		s.t.Fatal(err)
	}
}

// line is what the log says of an activity.
func (s *siege) line(uri any, p *fedtest.Puppet) (line actors.Activity) {
	s.t.Helper()
	ctx := context.Background()
	err := s.Node(here).DB.Read(ctx, func(tx *store.Tx) (err error) {
		line, err = tx.ActivityByURI(ctx, actors.URI(fmt.Sprint(uri)), p.URI)
		return err
	})
	if err != nil {
		s.t.Fatalf("activity %s: %v", uri, err)
	}
	return line
}

// post is a post as it is stored; false when there is none.
func (s *siege) post(uri any) (p content.Post, ok bool) {
	ctx := context.Background()
	err := s.Node(here).DB.Read(ctx, func(tx *store.Tx) (err error) {
		p, err = tx.PostByURI(ctx, actors.URI(fmt.Sprint(uri)))
		return err
	})
	return p, err == nil
}

func (s *siege) block(host string) {
	s.write(func(ctx context.Context, tx *store.Tx, a *actions.Actions) error {
		return a.SetRule(ctx, tx, 0, actors.Rule{Host: host, Verdict: actors.Refuse})
	})
}

// egress lists the addresses that the node asked for, or sent to, since.
func (s *siege) egress(since int) (out []string) {
	for _, e := range s.Exchanges()[since:] {
		if e.From == here && !strings.Contains(e.URL, "nodeinfo") {
			out = append(out, e.Method+" "+e.URL)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// lasting is the node's state. The answer to a post that is not taken, a Reject,
// may be left out of it.
func (s *siege) lasting(butAnswers bool) string {
	s.t.Helper()
	var out []string
	for line := range strings.Lines(s.State(here)) {
		isAnswer := strings.HasPrefix(line, "delivery_cursor") || strings.HasPrefix(line, "outbound") ||
			strings.HasPrefix(line, "activity") && strings.Contains(line, `type="Reject"`) && strings.Contains(line, `direction="out"`)
		if !butAnswers || !isAnswer {
			out = append(out, line)
		}
	}
	return strings.Join(out, "")
}

// refuses sends what must be accepted at the door and change nothing, for a
// reason that an admin can read.
func (s *siege) refuses(p *fedtest.Puppet, act doc, code string, egress ...string) {
	s.t.Helper()
	since := len(s.Exchanges())
	isCreate := act["type"] == "Create"
	before := s.lasting(isCreate)
	if r := s.sends(p, act); r.Status != 202 || r.Body != "" {
		s.t.Errorf("answered %d %s, want 202 and nothing", r.Status, r.Body)
		return
	}
	s.Settle()
	line := s.line(act["id"], p)
	if line.State != actors.Rejected || !strings.HasPrefix(line.Reason, code+":") {
		s.t.Errorf("the log says %s, %q; want it rejected as %s", line.State, line.Reason, code)
	}
	if after := s.lasting(isCreate); after != before {
		s.t.Errorf("it changed something:\n%s\n--- before ---\n%s", after, before)
	}
	if isCreate {
		egress = append(egress, "POST https://"+p.URI.Host()+"/inbox") // the community says no
	}
	for _, asked := range s.egress(since) {
		if !slices.Contains(egress, asked) {
			s.t.Errorf("the node made a request that nothing allows: %s", asked)
		}
	}
}

// joinsElsewhere makes ann a member of a community of a stranger's.
func (s *siege) joinsElsewhere(name string, at *fedtest.Stranger) (*fedtest.Puppet, fedtest.Community) {
	s.t.Helper()
	g := at.Group(name)
	c := fedtest.Community{Name: name, URI: g.URI}
	at.Forget()
	s.ann.Joins(c)
	s.Settle()
	for _, e := range at.Requests() {
		if e.Method == "POST" {
			follow := parse(s.t, e.Body)
			s.takes(g, s.act(g, "Accept", follow, nil))
			s.Settle()
			if !s.ann.IsMember(c) {
				s.t.Fatal("ann is no member after the Accept")
			}
			return g, c
		}
	}
	s.t.Fatal("no Follow was sent")
	return nil, c
}

func bytesOf(t testing.TB, d doc) []byte {
	t.Helper()
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

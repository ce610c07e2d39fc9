package fedtest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/sign"
	"moothall/store"
)

// The words of closedTown that nobody but members may ever read.
const (
	titleMark = "Quartzite"
	bodyMark  = "Obsidian"
	nameMark  = "Malachite"
)

// leakTown is a closed community, hidden from strangers, in which everything has
// happened that members do.
type leakTown struct {
	*closedTown
	evil        *Stranger
	mal, server *Puppet // of a host with no member; mal follows bob, and was never let in
	dan         *Person // at west, a member of another community only
	dee         *Person // at west, a member until she was removed
	posts       []Post
}

func leaky(t *testing.T) *leakTown {
	t.Helper()
	town := &leakTown{closedTown: &closedTown{Town: New(t, "north.example", "south.example", "west.example")}}
	town.ann, town.bob, town.cer = town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	town.dan, town.dee = town.Person("dan@west.example"), town.Person("dee@west.example")
	town.evil = town.Stranger("evil.example")
	town.mal, town.server = town.evil.Person("mal"), town.evil.Actor("Application", "server")
	town.tender = town.ann.StartsAs(actions.Charter{
		Name: "tender", Title: nameMark + " tender", Purpose: nameMark, Audience: actors.AudienceMembers, Joining: actors.JoinRequest,
	})
	parks := town.ann.Starts("parks")
	town.dan.Joins(parks)
	for _, p := range []*Person{town.bob, town.cer, town.dee} {
		town.joins(p)
	}
	town.mal.Sends(town.bob.URI+"/inbox", Doc{"id": town.mal.ID(), "type": "Follow", "actor": town.mal.URI, "object": town.bob.URI})
	town.mal.Sends(town.tender.URI+"/inbox", Doc{"id": town.mal.ID(), "type": "Follow", "actor": town.mal.URI, "object": town.tender.URI})
	town.Settle()
	town.life()
	town.stands("north.example", town.dee, actors.Banned)
	town.stands("west.example", town.dee, actors.Refused)
	town.hide()
	town.Pass(time.Hour)
	return town
}

// life is all that members do in a community.
func (town *leakTown) life() {
	for _, p := range []*Person{town.ann, town.bob, town.cer, town.dee} {
		title, body := titleMark+" of "+p.Name, bodyMark
		if p == town.dee {
			title, body = "My own question", "My own words" // which she may read for ever
		}
		topic := town.says(p, title, body+", says @mal@evil.example and @bob@south.example", "")
		town.Settle()
		for _, q := range []*Person{town.ann, town.bob, town.cer, town.dee} {
			answer := bodyMark + " again"
			if q == town.dee {
				answer = "My own answer"
			}
			reply := town.says(q, "", answer, topic.URI)
			town.Settle()
			if p != q {
				q.Useful(topic)
				q.NotUseful(topic)
			}
			town.posts = append(town.posts, reply)
		}
		p.Edits(topic, body+" in other words")
		town.Settle()
		town.posts = append(town.posts, topic)
	}
	withdrawn := town.says(town.bob, titleMark+" withdrawn", bodyMark, "")
	hidden := town.says(town.bob, titleMark+" hidden", bodyMark, "")
	town.Settle()
	town.bob.Deletes(withdrawn)
	town.ann.Hides(hidden, "off topic")
	town.describe(actors.AudienceMembers)
	town.posts = append(town.posts, withdrawn, hidden)
	town.Pass(time.Hour)
}

func (town *leakTown) says(p *Person, title, text string, answers actors.URI) Post {
	town.T.Helper()
	object := Doc{
		"type": "Page", "name": title, "content": text, "mediaType": "text/markdown",
		"to": []actors.URI{town.tender.URI, town.tender.URI + "/followers"}, "audience": town.tender.URI,
	}
	if answers != "" {
		object["type"], object["inReplyTo"] = "Note", answers
		delete(object, "name")
	}
	post := p.publish(object)
	post.Reply = answers != ""
	return post
}

func (town *leakTown) stands(host string, p *Person, s actors.Standing) {
	town.T.Helper()
	town.must(town.hall(host).write(func(ctx context.Context, tx *store.Tx) error {
		group, err := tx.CommunityByURI(ctx, town.tender.URI)
		if err != nil {
			return err
		}
		who, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		m, err := tx.Membership(ctx, group.ID, who.ID)
		if err != nil {
			return err
		}
		m.Standing = s
		return tx.SetMembership(ctx, m)
	}))
}

// hide takes the community out of all lists for strangers.
func (town *leakTown) hide() {
	town.T.Helper()
	town.must(town.hall("north.example").write(func(ctx context.Context, tx *store.Tx) error {
		group, err := tx.CommunityByURI(ctx, town.tender.URI)
		if err != nil {
			return err
		}
		group.Discoverable = false
		return tx.SaveActor(ctx, group.Actor, nil)
	}))
}

// C49: nothing that members do names the public, and nothing goes to a host that
// no member comes from.
func TestC49_S184_NothingOfMembersNamesThePublicOrLeavesThem(t *testing.T) {
	town := leaky(t)
	sent := 0
	for _, e := range town.Exchanges() {
		body := string(e.Body)
		if e.Method != http.MethodPost || e.From == "evil.example" || !town.isOfMembers(body) {
			continue
		}
		sent++
		if strings.Contains(body, "activitystreams#Public") || strings.Contains(body, `"as:Public"`) || strings.Contains(body, `"Public"`) {
			t.Errorf("to %s, naming the public: %s", e.To, body)
		}
		if e.To == "evil.example" {
			t.Errorf("to a host with no member: %s", body)
		}
	}
	if sent < 20 {
		t.Errorf("only %d deliveries were about the community", sent)
	}
}

// isOfMembers says whether an activity holds anything that was said in the
// community, or about it.
func (town *leakTown) isOfMembers(body string) bool {
	for _, mark := range []string{titleMark, bodyMark, nameMark} {
		if strings.Contains(body, mark) {
			return true
		}
	}
	for _, p := range town.posts {
		if strings.Contains(body, string(p.URI)) {
			return true
		}
	}
	return false
}

// visitor is somebody who asks, in one way, without being a member.
type visitor struct {
	name string
	host string // whose pages they see; empty for any
	// knowsName is for one who was removed: her node may name the community from
	// which she was.
	knowsName bool
	ask       func(r *http.Request) (status int, header http.Header, body string)
}

// TestC48_S171_S174_NoRouteLeaks asks for every route of every node in the name of
// everyone who is no member, and looks for the marks in every byte of the answer.
func TestC48_S171_S174_NoRouteLeaks(t *testing.T) {
	town := leaky(t)
	routes := readRoutes(t)
	asked := 0
	for _, h := range town.halls {
		for _, v := range town.visitors() {
			if v.host != "" && v.host != h.host {
				continue
			}
			for _, path := range town.places(h, routes) {
				r, err := http.NewRequest(http.MethodGet, "https://"+h.host+path, nil)
				town.must(err)
				status, header, body := v.ask(r)
				asked++
				for _, mark := range []string{titleMark, bodyMark, nameMark} {
					if mark == nameMark && v.knowsName {
						continue
					}
					if strings.Contains(body, mark) || strings.Contains(fmt.Sprint(header), mark) {
						t.Errorf("%s reads %q at %s%s (%d)", v.name, mark, h.host, path, status)
					}
				}
			}
		}
	}
	t.Logf("%d routes, %d requests", len(routes), asked)
	// The marks are there for those who may read: the walk could have found them.
	found := 0
	for _, path := range town.places(town.hall("west.example"), routes) {
		r, err := http.NewRequest(http.MethodGet, "https://west.example"+path, nil)
		town.must(err)
		r.Header.Set("Accept", "text/html")
		if _, body := town.cer.browser().send(r); strings.Contains(body, titleMark) || strings.Contains(body, nameMark) {
			found++
		}
	}
	if found < 10 {
		t.Errorf("a member finds the marks at %d places only", found)
	}
}

func (town *leakTown) visitors() []visitor {
	list := []visitor{
		town.program("anonymous", "", nil),
		town.page("anonymous", nil),
		town.program("a stranger who follows an author", "evil.example", town.mal.signer()),
		town.program("a server with no member", "evil.example", town.server.signer()),
		town.program("a member of something else", "west.example", town.dan.signer()),
		town.program("a removed member", "west.example", town.dee.signer()),
	}
	for _, p := range []*Person{town.dan, town.dee} {
		list = append(list, town.page(p.Name, p), town.token(p))
	}
	return list
}

func (town *leakTown) program(name, from string, as *sign.Signer) visitor {
	return visitor{name: name + " asking as a program", ask: func(r *http.Request) (int, http.Header, string) {
		reply := town.ask(from, r.URL.String(), as)
		return reply.Status, reply.Header, reply.Body
	}}
}

func (town *leakTown) page(name string, p *Person) visitor {
	v := visitor{name: name + " in a browser"}
	if p != nil {
		v.host, v.knowsName = p.host, p == town.dee
	}
	v.ask = func(r *http.Request) (int, http.Header, string) {
		r.Header.Set("Accept", "text/html")
		if p != nil {
			status, body := p.browser().send(r)
			return status, nil, body
		}
		return town.fetch(r)
	}
	return v
}

func (town *leakTown) token(p *Person) visitor {
	return visitor{name: p.Name + " with a token", host: p.host, knowsName: p == town.dee, ask: func(r *http.Request) (int, http.Header, string) {
		r.Header.Set("Accept", activityType)
		r.Header.Set("Authorization", "Bearer "+p.Token)
		return town.fetch(r)
	}}
}

func (town *leakTown) fetch(r *http.Request) (int, http.Header, string) {
	town.T.Helper()
	resp, err := town.net.visit(r.URL.Host, r)
	town.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	town.must(err)
	return resp.StatusCode, resp.Header, string(body)
}

// readRoutes finds every GET in the tables of both doors, so that the next route
// that somebody adds is walked too.
func readRoutes(t *testing.T) []string {
	t.Helper()
	var routes []string
	for file, line := range map[string]string{
		"../../web/server.go": `\{get, "([^"]+)"`, "../serve/serve.go": `(?m)^\t\t"(/[^"]*)": +[{s]`,
	} {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(line).FindAllStringSubmatch(string(src), -1)
		if len(found) < 15 {
			t.Fatalf("%d routes in %s: the table has another form now", len(found), file)
		}
		for _, m := range found {
			routes = append(routes, m[1])
		}
	}
	return append(routes, "/.well-known/webfinger?resource=acct:tender@north.example", "/c/{name}/log?chain=members",
		"/c/{name}/outbox?page=1", "/c/{name}/followers?is_follower=https://south.example/u/bob", "/u/{name}/outbox?page=1", "/u/{name}/inbox")
}

// places are the paths of all routes on a node, with everything in them that the
// community has there.
func (town *leakTown) places(h *hall, routes []string) []string {
	town.T.Helper()
	names := map[string][]string{"/c/{name}": {"tender", "tender@north.example", "parks"}, "/u/{name}": {"ann", "bob", "bob@south.example", "dee", "dan"}}
	var posts, acts []string
	town.must(h.read(func(ctx context.Context, tx *store.Tx) error {
		for _, p := range town.posts {
			held, err := tx.PostByURI(ctx, p.URI)
			if err == nil {
				posts = append(posts, held.ID.String())
			}
		}
		for _, e := range town.Exchanges() {
			if e.From == h.host && e.Method == http.MethodPost {
				if id := ownActivity(e.Body, h.host); id != "" {
					acts = append(acts, id)
				}
			}
		}
		return nil
	}))
	var out []string
	for _, route := range routes {
		switch {
		case strings.HasPrefix(route, "/p/"):
			out = append(out, filled(route, posts)...)
		case strings.HasPrefix(route, "/a/"):
			out = append(out, filled(route, acts)...)
		case strings.HasPrefix(route, "/c/{name}"):
			out = append(out, filled(route, names["/c/{name}"])...)
		case strings.HasPrefix(route, "/u/{name}"):
			out = append(out, filled(route, names["/u/{name}"])...)
		default:
			out = append(out, strings.NewReplacer("{host}", "south.example", "{secret}", "x", "{name}", "ann").Replace(route))
		}
	}
	return out
}

var ownID = regexp.MustCompile(`"id":"https://([^/"]+)/a/([0-9a-z]+)"`)

func ownActivity(body []byte, host string) string {
	for _, m := range ownID.FindAllStringSubmatch(string(body), -1) {
		if m[1] == host {
			return m[2]
		}
	}
	return ""
}

func filled(route string, with []string) (out []string) {
	for _, w := range with {
		out = append(out, regexp.MustCompile(`\{\w+\}`).ReplaceAllLiteralString(route, w))
	}
	return out
}

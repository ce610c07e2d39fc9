package fedtest

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
)

// recallTown has a public community at north. An author at south and a member at west
// belong to it; at east somebody did once, and holds copies of what was public.
type recallTown struct {
	*Town
	ann, bob, cer, dan, eve *Person
	parks                   Community
	old, reply, guide       Post
}

// quincunx is in all that the tests narrow and in nothing else.
const quincunx = "quincunx"

func recall(t *testing.T) *recallTown {
	t.Helper()
	town := &recallTown{Town: New(t, "north.example", "south.example", "west.example", "east.example")}
	town.ann, town.bob, town.cer = town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	town.dan, town.eve = town.Person("dan@west.example"), town.Person("eve@east.example")
	town.parks = town.ann.Starts("parks")
	for _, p := range []*Person{town.bob, town.cer, town.eve} {
		p.Joins(town.parks)
	}
	town.Settle()
	town.old = town.bob.Posts(town.parks, "The "+quincunx+" of oaks")
	town.Settle()
	town.reply = town.ann.Replies(town.old, "No "+quincunx+" without beeches")
	town.guide = town.ann.SharesFile(town.parks, "Guide to the "+quincunx, actors.AudiencePublic, "Oaks stand in a "+quincunx+".")
	town.Pass(time.Hour)
	town.eve.Leaves(town.parks)
	town.Pass(time.Hour)
	return town
}

// Narrows makes a community of this person's node narrower.
func (p *Person) Narrows(c Community, to actors.Audience) {
	p.town.T.Helper()
	p.town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		me, group, err := p.meIn(ctx, tx, c.URI)
		if err != nil {
			return err
		}
		_, err = p.hall().node.Actions.Describe(ctx, tx, me, group, actions.Charter{
			Title: group.Title, Purpose: group.Source, Audience: to, Joining: group.Joining, Posting: group.Posting,
		})
		return err
	}))
}

// everywhere are the answers that anybody gets at a host to all that could hold a post.
func (town *recallTown) everywhere(host string) (out []Reply) {
	base := "https://" + host
	paths := []string{base + "/", base + "/c/parks", base + "/c/parks@north.example", base + "/search?q=" + quincunx, base + "/library",
		base + "/c/parks/library", base + "/c/parks@north.example/library", base + "/c/parks/outbox", base + "/c/parks/outbox?page=1",
		base + "/c/parks/log", base + "/c/parks/log?after=0", base + "/c/parks/featured", base + "/u/ann/outbox?page=1", base + "/u/bob/outbox?page=1",
		base + "/u/ann", base + "/u/bob@south.example", base + "/sitemap.xml", base + "/c/parks/feed"}
	for _, p := range []Post{town.old, town.reply, town.guide} {
		if strings.HasPrefix(string(p.URI), base) {
			paths = append(paths, string(p.URI), string(p.URI)+"/replies", string(p.URI)+"/context", string(p.URI)+"/v/1", string(p.URI)+"/v/1/file", string(p.URI)+"/history")
		}
	}
	for _, path := range paths {
		for _, accept := range []string{"text/html", activityType} {
			got := town.get(path, accept)
			got.Body = strings.ReplaceAll(got.Body, "q="+quincunx, "")
			got.Body = strings.ReplaceAll(got.Body, `value="`+quincunx+`"`, "")
			got.Body = path + " " + got.Body
			out = append(out, got)
		}
	}
	return out
}

// leaks says what anybody finds of the quincunx at a host.
func (town *recallTown) leaks(host string) (out []string) {
	for _, got := range town.everywhere(host) {
		path, body, _ := strings.Cut(got.Body, " ")
		if got.Status == http.StatusOK && strings.Contains(body, quincunx) && !strings.Contains(path, "/search") {
			out = append(out, path)
		}
	}
	return out
}

// TestS190_NarrowedCommunityIsRecalled: what was public in a community that closes is
// for its members at once at its home, and at every partner as soon as it hears of it,
// also where nobody is a member any more and where the line was down.
func TestS190_NarrowedCommunityIsRecalled(t *testing.T) {
	town := recall(t)
	hosts := []string{"north.example", "south.example", "west.example", "east.example"}
	for _, host := range hosts {
		if len(town.leaks(host)) == 0 {
			t.Fatalf("%s shows nothing of what is public: nothing could be recalled there", host)
		}
	}
	if town.eve.Finds(quincunx) == 0 || town.dan.Finds(quincunx) == 0 {
		t.Fatal("what is public is not found everywhere")
	}
	town.Partition("north.example", "east.example")
	town.ann.Narrows(town.parks, actors.AudienceMembers)
	if at := town.leaks("north.example"); len(at) > 0 {
		t.Errorf("the home still shows it at %s", at)
	}
	town.Pass(time.Hour)
	for _, host := range hosts[:3] {
		if at := town.leaks(host); len(at) > 0 {
			t.Errorf("%s still shows it at %s", host, at)
		}
	}
	town.Heal("north.example", "east.example")
	town.Pass(26 * time.Hour)
	if at := town.leaks("east.example"); len(at) > 0 {
		t.Errorf("east.example still shows it at %s", at)
	}
	for _, p := range []*Person{town.dan, town.eve} {
		if n := p.Finds(quincunx); n > 0 {
			t.Errorf("%s finds it %d times", p.URI, n)
		}
	}
	for _, p := range []*Person{town.ann, town.bob, town.cer} {
		if p.Finds(quincunx) == 0 {
			t.Errorf("%s is a member and does not find it", p.URI)
		}
		if !strings.Contains(p.Opens(town.old), quincunx) {
			t.Errorf("%s is a member and cannot read it", p.URI)
		}
	}
	if err := town.cer.opens(town.guide); err != nil {
		t.Errorf("a member opens the file: %v", err)
	}
	town.Agree(town.parks, town.ann, town.bob, town.cer)
	later := town.cer.Posts(town.parks, "Since it is closed")
	town.Pass(time.Hour)
	if !town.bob.Holds(later) || town.eve.Holds(later) {
		t.Errorf("what was said since is not for the members alone:\n%s", town.Refusals("south.example"))
	}
}

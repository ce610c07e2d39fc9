package fedtest

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/sign"
	"moothall/store"
)

// closedTown has a closed community at north with a member on each of three
// nodes, of whom the one at west came last.
type closedTown struct {
	*Town
	ann, bob, cer *Person
	tender        Community
	early, late   Post // by bob, before and after cer joined
	answer        Post // by bob, to early
	opening       Post // by ann, before cer joined
}

func closed(t *testing.T, audience actors.Audience) *closedTown {
	t.Helper()
	town := &closedTown{Town: New(t, "north.example", "south.example", "west.example")}
	town.ann, town.bob, town.cer = town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	town.tender = town.ann.StartsAs(actions.Charter{
		Name: "tender", Title: "Tender", Audience: audience, Joining: actors.JoinRequest,
	})
	town.joins(town.bob)
	town.opening = town.ann.Posts(town.tender, "Opening of the tender")
	town.early = town.bob.Posts(town.tender, "Early offer")
	town.answer = town.bob.Replies(town.early, "Early remark")
	town.Settle()
	town.Pass(time.Hour)
	town.joins(town.cer)
	town.late = town.bob.Posts(town.tender, "Late offer")
	town.Pass(time.Hour)
	return town
}

// joins asks for a membership and has it granted.
func (town *closedTown) joins(p *Person) {
	town.T.Helper()
	p.Joins(town.tender)
	town.Settle()
	town.must(town.hall("north.example").write(func(ctx context.Context, tx *store.Tx) error {
		by, group, who, err := town.parties(ctx, tx, p)
		if err != nil {
			return err
		}
		return town.Node("north.example").Actions.Decide(ctx, tx, by, group, who, true, "")
	}))
	town.Settle()
}

func (town *closedTown) parties(ctx context.Context, tx *store.Tx, p *Person) (by actors.Actor, group actors.Community, who actors.Actor, err error) {
	if by, err = tx.ActorByURI(ctx, town.ann.URI); err != nil {
		return by, group, who, err
	}
	if group, err = tx.CommunityByURI(ctx, town.tender.URI); err != nil {
		return by, group, who, err
	}
	who, err = tx.ActorByURI(ctx, p.URI)
	return by, group, who, err
}

// What a member on a second node writes, before and after, reaches a member on a
// third, and each node proves that it holds everything.
func TestC48_ThirdHostReadsInTheNameOfAMember(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	for _, p := range []Post{town.opening, town.early, town.answer, town.late} {
		if !town.cer.Holds(p) {
			t.Errorf("west does not hold %s %q:\n%s", p.URI, p.Title, town.Refusals("west.example"))
		}
	}
	town.cer.Sees(town.tender, "Late offer")
	town.cer.Sees(town.tender, "Early remark")
	town.Agree(town.tender, town.ann, town.bob, town.cer)
	town.wantHistory("west.example", actors.HistoryComplete)

	answer := town.cer.Replies(town.early, "What of the price?")
	town.Pass(time.Hour)
	if !town.bob.Holds(answer) {
		t.Errorf("south does not hold west's answer")
	}
	town.bob.Edits(town.late, "A better offer")
	town.Pass(time.Hour)
	town.cer.Sees(town.tender, "A better offer")
	town.bob.Deletes(town.early)
	town.Pass(time.Hour)
	town.cer.SeesNot(town.tender, "Early offer")
	town.Agree(town.tender, town.ann, town.bob, town.cer)
}

func (town *closedTown) wantHistory(host string, want actors.History) {
	town.T.Helper()
	town.must(town.hall(host).read(func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.CommunityByURI(ctx, town.tender.URI)
		if err == nil && c.History != want {
			town.T.Errorf("%s has the history as %q (%s), want %q", host, c.History, c.HistoryNote, want)
		}
		return err
	}))
}

// Reads for a closed community are signed by a member, reads for a public one by
// the node, whoever belongs to it.
func TestS186_OnlyClosedCommunitiesAreReadInAMembersName(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	parks := town.ann.Starts("parks")
	town.bob.Joins(parks)
	town.cer.Joins(parks)
	town.Settle()
	open := town.bob.Posts(parks, "Trees")
	town.Pass(time.Hour)
	closedReads, openReads := 0, 0
	for _, e := range town.Exchanges() {
		if e.Method != http.MethodGet || e.From != "west.example" {
			continue
		}
		byPerson := strings.Contains(e.Header.Get("Signature")+e.Header.Get("Signature-Input"), "/u/cer#")
		switch {
		case e.URL == string(town.late.URI):
			closedReads++
			if !byPerson {
				t.Errorf("GET %s is not signed by a member: %s", e.URL, e.Header.Get("Signature"))
			}
		case strings.HasPrefix(e.URL, string(parks.URI)) && strings.HasSuffix(e.URL, "chain=members"):
			// What a public community keeps for its members.
		case e.URL == string(open.URI), strings.HasPrefix(e.URL, string(parks.URI)):
			openReads++
			if byPerson {
				t.Errorf("GET %s is signed by a person: a public read says who reads", e.URL)
			}
		}
	}
	if closedReads == 0 || openReads == 0 {
		t.Errorf("%d reads of the closed post, %d of public ones", closedReads, openReads)
	}
}

func TestC50_HomeSaysWhoIsAMember(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	evil := town.Stranger("evil.example")
	mal, server := evil.Person("mal"), evil.Actor("Application", "server")
	dan := town.Person("dan@west.example") // no member
	parks := town.ann.Starts("parks")
	missing := town.ask("evil.example", "https://north.example/c/nothing/followers?is_follower=x", nil)
	if missing.Status != http.StatusNotFound {
		t.Fatalf("what does not exist: %d", missing.Status)
	}
	node := func(host string) *sign.Signer { return town.signerOf(host, actors.URI("https://"+host+"/")) }
	for name, c := range map[string]struct {
		from string
		as   *sign.Signer
		who  actors.URI
		want int
	}{
		"a member about a member":           {"west.example", town.cer.signer(), town.bob.URI, 200},
		"a member about one at home":        {"west.example", town.cer.signer(), town.ann.URI, 200},
		"a member about a stranger":         {"west.example", town.cer.signer(), dan.URI, 404},
		"a member's node about a member":    {"west.example", node("west.example"), town.bob.URI, 200},
		"a member's node about a stranger":  {"west.example", node("west.example"), mal.URI, 404},
		"a member's neighbour":              {"west.example", dan.signer(), town.bob.URI, 404},
		"a stranger":                        {"evil.example", mal.signer(), town.bob.URI, 404},
		"a stranger's server":               {"evil.example", server.signer(), town.bob.URI, 404},
		"a stranger about himself":          {"evil.example", mal.signer(), mal.URI, 404},
		"nobody":                            {"evil.example", nil, town.bob.URI, 404},
		"a member about what is no address": {"west.example", town.cer.signer(), "?", 404},
	} {
		got := town.ask(c.from, town.memberQuestion(town.tender, c.who), c.as)
		if got.Status != c.want {
			t.Errorf("%s: %d, want %d", name, got.Status, c.want)
		}
		if c.want == http.StatusNotFound && got.Body != missing.Body {
			t.Errorf("%s: %q, but of what does not exist %q", name, got.Body, missing.Body)
		}
	}
	if got := town.ask("west.example", town.memberQuestion(parks, town.ann.URI), town.cer.signer()); got.Status != http.StatusBadRequest {
		t.Errorf("about a public community: %d, want 400", got.Status)
	}
}

// A post, its context, its replies and its activity at a third host are there for
// members of the community and nobody else.
func TestS171_ThirdHostShowsMembersOnly(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	evil := town.Stranger("evil.example")
	mal := evil.Person("mal")
	dan := town.Person("dan@west.example")
	create := town.activityOf("south.example", town.early)
	missing := town.ask("evil.example", "https://south.example/p/0123456789bcd", nil)
	for _, path := range []string{string(town.early.URI), string(town.early.URI) + "/context", string(town.early.URI) + "/replies", string(create)} {
		got := town.ask("west.example", path, town.cer.signer())
		if got.Status != http.StatusOK || got.Header.Get("Cache-Control") != "private, no-store" {
			t.Errorf("a member asks for %s: %d %s", path, got.Status, got.Header.Get("Cache-Control"))
		}
		for name, reply := range map[string]Reply{
			"nobody":              town.ask("evil.example", path, nil),
			"a stranger":          town.ask("evil.example", path, mal.signer()),
			"a neighbour":         town.ask("west.example", path, dan.signer()),
			"a member's own node": town.ask("west.example", path, town.signerOf("west.example", "https://west.example/")),
		} {
			if reply.Status != http.StatusNotFound || reply.Body != missing.Body {
				t.Errorf("%s asks for %s: %d %q, want 404 %q", name, path, reply.Status, reply.Body, missing.Body)
			}
		}
	}
	context := town.ask("west.example", string(town.early.URI)+"/context", town.cer.signer())
	if !strings.Contains(context.Body, string(town.answer.URI)) {
		t.Errorf("the context does not name the answer: %s", context.Body)
	}
}

func (town *Town) activityOf(host string, p Post) (id actors.URI) {
	town.T.Helper()
	for _, e := range town.Exchanges() {
		var doc struct {
			ID, Type string
			Object   json.RawMessage
		}
		if e.From == host && json.Unmarshal(e.Body, &doc) == nil && doc.Type == "Create" && innermost(doc.Object) == string(p.URI) {
			id = actors.URI(doc.ID)
		}
	}
	if id == "" {
		town.T.Fatalf("%s has not sent a Create of %s", host, p.URI)
	}
	return id
}

// The home shows a member everything, also one whose key it has to look up first.
func TestC48_HomeShowsAMemberEverything(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	c := string(town.tender.URI)
	for _, path := range []string{
		string(town.opening.URI), string(town.opening.URI) + "/context", string(town.opening.URI) + "/replies",
		c + "/outbox", c + "/outbox?page=1", c + "/featured", c + "/followers", c + "/log?after=0&chain=members",
	} {
		if got := town.ask("west.example", path, town.cer.signer()); got.Status != http.StatusOK {
			t.Errorf("a member asks for %s: %d %s", path, got.Status, got.Body)
		}
		if got := town.ask("west.example", path, town.signerOf("west.example", "https://west.example/")); got.Status != http.StatusNotFound {
			t.Errorf("a member's node asks for %s: %d", path, got.Status)
		}
	}
}

// Somebody whom the third host has never met is looked up, and asked about.
func TestC50_UnknownMemberIsLookedUp(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	dan := town.Person("dan@west.example")
	town.joins(dan)
	if got := town.ask("west.example", string(town.early.URI), dan.signer()); got.Status != http.StatusOK {
		t.Errorf("a member new to south: %d", got.Status)
	}
}

// Whoever is removed loses access at home at once, and on third hosts when the
// ten minutes are over for which they believe the home.
func TestS188_RemovedMemberLosesAccess(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	home, third := string(town.opening.URI), string(town.early.URI)
	for _, at := range []string{home, third} {
		if got := town.ask("west.example", at, town.cer.signer()); got.Status != http.StatusOK {
			t.Fatalf("a member asks for %s: %d", at, got.Status)
		}
	}
	ban(t, town.Town, "north.example", town.tender, town.cer)
	if got := town.ask("west.example", home, town.cer.signer()); got.Status != http.StatusNotFound {
		t.Errorf("at home after the removal: %d", got.Status)
	}
	town.Clock.Move(10 * time.Minute)
	if got := town.ask("west.example", third, town.cer.signer()); got.Status != http.StatusNotFound {
		t.Errorf("on the third host after ten minutes: %d", got.Status)
	}
}

// A third host that cannot reach the home believes it for ten minutes and no longer.
func TestS188_HomeIsDown(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	third := string(town.early.URI)
	town.ask("west.example", third, town.cer.signer())
	town.Partition("north.example", "south.example")
	town.Clock.Move(9 * time.Minute)
	if got := town.ask("west.example", third, town.cer.signer()); got.Status != http.StatusOK {
		t.Errorf("while the answer holds: %d", got.Status)
	}
	town.Clock.Move(2 * time.Minute)
	missing := town.ask("west.example", "https://south.example/p/0123456789bcd", nil)
	if got := town.ask("west.example", third, town.cer.signer()); got.Status != http.StatusNotFound || got.Body != missing.Body {
		t.Errorf("when it has run out: %d %s", got.Status, got.Body)
	}
	town.Heal("north.example", "south.example")
	town.Clock.Move(2 * time.Minute)
	if got := town.ask("west.example", third, town.cer.signer()); got.Status != http.StatusOK {
		t.Errorf("when the home is back: %d", got.Status)
	}
}

// A post whose host cannot ask the home just then is not lost for a third one, which
// knows of no tokens.
func TestC48_UnreachableHomeDelaysButLosesNothing(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	town.withoutTokens("west.example", town.tender)
	town.Clock.Move(time.Hour) // what south was told has run out
	offer := town.bob.Posts(town.tender, "Last offer")
	town.hall("south.example").step() // the home has it, and south has not heard back
	town.Partition("north.example", "south.example")
	town.Settle()
	if town.cer.Holds(offer) {
		t.Fatal("west has read it although south could not ask")
	}
	town.Pass(10 * time.Minute)
	town.Heal("north.example", "south.example")
	town.Pass(3 * time.Hour)
	if !town.cer.Holds(offer) {
		t.Errorf("west never got it:\n%s", town.Refusals("west.example"))
	}
	town.Agree(town.tender, town.ann, town.bob, town.cer)
}

// Questions to the home are few, however often somebody asks.
func TestC50_HomeIsAskedOnce(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	mal := town.Stranger("evil.example").Person("mal")
	town.Clock.Move(time.Hour)
	before := town.questions()
	for range 20 {
		town.ask("west.example", string(town.early.URI), town.cer.signer())
		town.ask("evil.example", string(town.early.URI), mal.signer())
	}
	if n := town.questions() - before; n != 2 {
		t.Errorf("the home was asked %d times, want once for each person", n)
	}
}

func (town *Town) questions() (n int) {
	for _, e := range town.Exchanges() {
		if strings.Contains(e.URL, "is_follower=") {
			n++
		}
	}
	return n
}

// A partner is sent nothing more of a community once its last member has been
// removed, also not what waited for it.
func TestC51_RemovalStopsQueuedDeliveries(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	town.Partition("north.example", "west.example")
	queued := town.ann.Posts(town.tender, "Only for members")
	town.Settle()
	ban(t, town.Town, "north.example", town.tender, town.cer)
	town.Heal("north.example", "west.example")
	before := len(town.Exchanges())
	town.Pass(48 * time.Hour)
	for _, e := range town.Exchanges()[before:] {
		if e.To == "west.example" && strings.Contains(string(e.Body), string(queued.URI)) {
			t.Errorf("west was sent what waited for a member who is none any more: %s", e.Body)
		}
	}
	if town.cer.Holds(queued) {
		t.Error("west holds it")
	}
}

// Who may not be read for any more is not read for: what waited is given up.
func TestS188_NothingIsReadOnceTheLastMemberHasLeft(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	town.Partition("south.example", "west.example")
	offer := town.bob.Posts(town.tender, "Last offer")
	town.Settle()
	town.cer.Leaves(town.tender)
	town.Settle()
	before := len(town.Exchanges())
	town.Heal("south.example", "west.example")
	town.Pass(48 * time.Hour)
	for _, e := range town.Exchanges()[before:] {
		if e.From == "west.example" && e.Method == http.MethodGet && strings.HasPrefix(e.URL, string(offer.URI)) {
			t.Errorf("west asks for %s, signed %q", e.URL, e.Header.Get("Signature"))
		}
	}
	if town.cer.Holds(offer) {
		t.Error("west holds what was said after its last member left")
	}
}

package fedtest

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/sign"
	"moothall/store"
)

// narrowTown has a public community at north with an author at south, a member at
// west beside one who is none, and a partner at east with no member. What the author
// wrote for the members lies at south, where nobody knows who they are.
type narrowTown struct {
	*Town
	ann, bob, cer, dan, eve *Person
	parks                   Community
	open, post, reply       Post
	guide                   Post
}

func narrow(t *testing.T) *narrowTown {
	t.Helper()
	town := &narrowTown{Town: New(t, "north.example", "south.example", "west.example", "east.example")}
	town.ann, town.bob, town.cer = town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	town.dan, town.eve = town.Person("dan@west.example"), town.Person("eve@east.example")
	town.parks = town.ann.Starts("parks")
	town.bob.Joins(town.parks)
	town.cer.Joins(town.parks)
	town.Settle()
	town.open = town.bob.Posts(town.parks, "Trees")
	town.post = town.bob.ForMembers(town.parks, "Felling of the old oak", "")
	town.Settle()
	town.reply = town.bob.ForMembers(town.parks, "Remark on the oak", town.post.URI)
	town.guide = town.bob.SharesFile(town.parks, "Felling plan", actors.AudienceMembers, "The oak comes down in March.")
	town.Pass(time.Hour)
	return town
}

// ForMembers posts a discussion, or an answer, for the members of a community alone.
func (p *Person) ForMembers(c Community, words string, answers actors.URI) Post {
	p.town.T.Helper()
	object := Doc{
		"type": "Page", "name": words, "content": "About: " + words, "mediaType": "text/markdown",
		"to": []actors.URI{c.URI + "/followers"}, "audience": c.URI,
	}
	if answers != "" {
		object["type"], object["inReplyTo"] = "Note", answers
		delete(object, "name")
	}
	post := p.publish(object)
	post.Reply = answers != ""
	return post
}

func (town *narrowTown) narrowed() []Post { return []Post{town.post, town.reply, town.guide} }

// addresses are all at south that hold something of what is for members.
func (town *narrowTown) addresses() []string {
	var all []string
	for _, p := range town.narrowed() {
		all = append(all, string(p.URI), string(p.URI)+"/replies")
	}
	guide := string(town.guide.URI)
	return append(all, string(town.post.URI)+"/context", guide+"/context", guide+"/history", guide+"/v/1", guide+"/v/1/file",
		string(town.activityOf("south.example", town.post)))
}

// signed asks as a program that signs, for whatever is at an address.
func (town *Town) signed(from, address string, as *sign.Signer) Reply {
	town.T.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	town.must(err)
	r.Header.Set("Accept", activityType)
	if strings.HasSuffix(address, "/file") {
		r.Header.Set("Accept", "*/*")
	}
	town.must(as.Sign(r, nil, town.Clock.Now()))
	return town.carries(from, r)
}

// TestC48_C50_S171_ItemsNarrowerThanTheirCommunity: what a member on a third node wrote
// for the members of a public community is read by members on every node, and by
// nobody else.
func TestC48_C50_S171_ItemsNarrowerThanTheirCommunity(t *testing.T) {
	town := narrow(t)
	for _, p := range town.narrowed() {
		if !town.cer.Holds(p) || !town.ann.Holds(p) {
			t.Errorf("%s is not held:\n%s", p.URI, town.Refusals("west.example"))
		}
		if town.eve.Holds(p) {
			t.Errorf("%s came to a node without a member", p.URI)
		}
	}
	town.Agree(town.parks, town.ann, town.bob, town.cer)
	if err := town.cer.opens(town.guide); err != nil {
		t.Errorf("a member opens the file: %v", err)
	}
	for _, words := range []string{"old oak", "Felling plan"} {
		town.cer.Sees(town.parks, words)
		town.dan.SeesNot(town.parks, words)
	}
	answer := town.cer.ForMembers(town.parks, "When exactly?", town.post.URI)
	town.Pass(time.Hour)
	if !town.bob.Holds(answer) {
		t.Errorf("the author does not hold the answer:\n%s", town.Refusals("south.example"))
	}
	town.bob.Edits(town.post, "The oak stays")
	town.Pass(time.Hour)
	town.cer.Sees(town.parks, "The oak stays")

	town.areForMembers()
	town.cer.Leaves(town.parks)
	town.Pass(time.Hour)
	town.areFor("who has left", "west.example", town.cer.signer())
	town.cer.SeesNot(town.parks, "old oak")
}

// areForMembers checks every address at south for everyone who may not read there.
func (town *narrowTown) areForMembers() {
	town.T.Helper()
	for _, at := range town.addresses() {
		if got := town.signed("west.example", at, town.cer.signer()); got.Status != http.StatusOK {
			town.T.Errorf("a member asks for %s: %d %.200s", at, got.Status, got.Body)
		}
	}
	node := func(host string) *sign.Signer { return town.signerOf(host, actors.URI("https://"+host+"/")) }
	town.areFor("the member's neighbour", "west.example", town.dan.signer())
	town.areFor("the member's node", "west.example", node("west.example"))
	town.areFor("a partner's person", "east.example", town.eve.signer())
	town.areFor("a partner's node", "east.example", node("east.example"))
	missing := town.ask("east.example", "https://south.example/p/0123456789bcd", nil)
	for _, at := range town.addresses() {
		if strings.HasSuffix(at, "/file") {
			continue // unsigned, it is a page
		}
		if got := town.ask("east.example", at, nil); got.Status != http.StatusNotFound || got.Body != missing.Body {
			town.T.Errorf("anybody asks for %s: %d %.200q", at, got.Status, got.Body)
		}
	}
}

// areFor fails the test unless somebody gets the same bytes as for nothing.
func (town *narrowTown) areFor(who, from string, as *sign.Signer) {
	town.T.Helper()
	missing := town.signed(from, "https://south.example/p/0123456789bcd", as)
	for _, at := range town.addresses() {
		if got := town.signed(from, at, as); got.Status != http.StatusNotFound || got.Body != missing.Body {
			town.T.Errorf("%s asks for %s: %d %.200q, want %d %q", who, at, got.Status, got.Body, missing.Status, missing.Body)
		}
	}
}

// TestC48_PublicReadsDoNotNameAMember: the rest of a public community is read by the
// node as such.
func TestC48_PublicReadsDoNotNameAMember(t *testing.T) {
	town := narrow(t)
	byMember := map[string]bool{}
	for _, e := range town.Exchanges() {
		if e.From == "west.example" && e.Method == http.MethodGet {
			byMember[e.URL] = strings.Contains(e.Header.Get("Signature")+e.Header.Get("Signature-Input"), "/u/cer#")
		}
	}
	for _, p := range town.narrowed() {
		if is, asked := byMember[string(p.URI)]; !is || !asked {
			t.Errorf("%s: asked for %t, by a member %t", p.URI, asked, is)
		}
	}
	if byMember[string(town.open.URI)] {
		t.Error("a public post was read in the name of a member")
	}
}

// TestC48_HistoryBringsWhatIsForMembers: who joins later has it too, from the chain of
// the log that is for members, and a gap in it is closed.
func TestC48_HistoryBringsWhatIsForMembers(t *testing.T) {
	town := narrow(t)
	town.eve.Joins(town.parks)
	town.Settle()
	town.Pass(time.Hour)
	for _, p := range town.narrowed() {
		if !town.eve.Holds(p) {
			t.Errorf("who joined later does not hold %s:\n%s", p.URI, town.Refusals("east.example"))
		}
	}
	town.Agree(town.parks, town.ann, town.bob, town.cer, town.eve)
	seq := int64(0)
	town.must(town.hall("east.example").read(func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.CommunityByURI(ctx, town.parks.URI)
		if err != nil {
			return err
		}
		e, err := tx.UnbrokenTo(ctx, c.ID, actors.ChainMembers)
		seq = e.Seq
		return err
	}))
	if seq != 3 {
		t.Errorf("the chain for members is held up to %d, want 3", seq)
	}
}

// TestC50_HomeOfAPublicCommunitySaysWhoIsAMember: where something is for its members,
// to members and their servers; to all others it is a public community like any other.
func TestC50_HomeOfAPublicCommunitySaysWhoIsAMember(t *testing.T) {
	town := narrow(t)
	ponds := town.ann.Starts("ponds")
	town.cer.Joins(ponds)
	town.Settle()
	usual := town.ask("east.example", town.memberQuestion(ponds, town.bob.URI), nil)
	if usual.Status != http.StatusBadRequest {
		t.Fatalf("of a public community with nothing for its members: %d", usual.Status)
	}
	node := func(host string) *sign.Signer { return town.signerOf(host, actors.URI("https://"+host+"/")) }
	for name, c := range map[string]struct {
		in   Community
		from string
		as   *sign.Signer
		who  actors.URI
		want int
	}{
		"a member about a member":        {town.parks, "west.example", town.cer.signer(), town.bob.URI, 200},
		"a member about a stranger":      {town.parks, "west.example", town.cer.signer(), town.dan.URI, 404},
		"a member's node about a member": {town.parks, "west.example", node("west.example"), town.bob.URI, 200},
		"a member's neighbour":           {town.parks, "west.example", town.dan.signer(), town.bob.URI, 400},
		"a partner":                      {town.parks, "east.example", town.eve.signer(), town.bob.URI, 400},
		"a partner's node":               {town.parks, "east.example", node("east.example"), town.bob.URI, 400},
		"nobody":                         {town.parks, "east.example", nil, town.bob.URI, 400},
		"where nothing is for members":   {ponds, "west.example", town.cer.signer(), town.ann.URI, 400},
	} {
		got := town.ask(c.from, town.memberQuestion(c.in, c.who), c.as)
		if got.Status != c.want || c.want == http.StatusBadRequest && got.Body != usual.Body {
			t.Errorf("%s: %d %s, want %d", name, got.Status, got.Body, c.want)
		}
	}
}

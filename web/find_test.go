package web

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/remote"
	"moothall/federation/serve"
	"moothall/federation/sign"
	"moothall/store"
	"moothall/templates"
)

// network is other sites in memory, by host.
type network struct {
	hosts map[string]http.Handler
	mu    sync.Mutex
	asked int
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	n.asked++
	n.mu.Unlock()
	h, ok := n.hosts[r.URL.Host]
	if !ok {
		return nil, &net.DNSError{Err: "no such host", Name: r.URL.Host, IsNotFound: true}
	}
	in := httptest.NewRequest(r.Method, r.URL.RequestURI(), io.NopCloser(strings.NewReader("")))
	in.Host, in.Header = r.URL.Host, r.Header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, in)
	res := w.Result()
	res.Request = r
	return res, nil
}

func (n *network) count() int { n.mu.Lock(); defer n.mu.Unlock(); return n.asked }

// kent is another council's site with the community licensing, run by dan.
func kent(t *testing.T) http.Handler {
	ctx := context.Background()
	h := newHall(t)
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "kent.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	mine := h.server.Actions
	a := &actions.Actions{
		Site: actions.NewSite("kent.example", "Kent", false), Keys: actions.NewKeyring(),
		Now: mine.Now, IDs: mine.IDs, Random: mine.Random, NewKeys: mine.NewKeys,
	}
	if _, err := a.EnsureInstance(ctx, db); err != nil {
		t.Fatal(err)
	}
	keys, err := testKeys()
	if err != nil {
		t.Fatal(err)
	}
	err = db.Write(ctx, func(tx *store.Tx) error {
		dan, err := a.CreatePerson(ctx, tx, actions.NewPerson{Name: "dan", Title: "Dan", Email: "dan@kent.example", Role: actors.AccountMember}, "", keys)
		if err != nil {
			return err
		}
		_, err = a.StartCommunity(ctx, tx, dan, actions.Charter{
			Name: "licensing", Title: "Licensing officers", Purpose: "Compare schemes.", Audience: actors.AudiencePublic, Joining: actors.JoinOpen,
		}, keys)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return (&serve.Serve{DB: db, Site: a.Site, Keys: a.Keys, Now: h.server.Now}).Routes(nil)
}

// connected is a hall that can reach kent.example and shares with it.
func connected(t *testing.T) (*hall, *network) {
	h, n := newHall(t), &network{hosts: map[string]http.Handler{"kent.example": kent(t)}}
	h.server.Decide = func(host string, _ actors.Purpose) actors.Decision {
		switch host {
		case "kent.example", "nowhere.example":
			return actors.Decision{Verdict: actors.Accept, Rule: "rule for " + host}
		}
		return actors.Decision{Rule: "not on the list of partners"}
	}
	h.server.Remote = &remote.Client{
		HTTP: n, Addresses: h.server.Site.Addresses, Decide: h.server.Decide, OwnHost: hallHost, UserAgent: "test", Now: h.server.Now,
		Signer: func(ctx context.Context) (s sign.Signer, err error) {
			err = h.db.Read(ctx, func(tx *store.Tx) error {
				instance, err := tx.ActorByURI(ctx, h.server.Site.Instance())
				if err != nil {
					return err
				}
				s, err = h.server.Actions.Keys.SignerOf(ctx, tx, instance)
				return err
			})
			return s, err
		},
	}
	return h, n
}

func TestMEM3_JoinACommunityOfAnotherCouncil(t *testing.T) {
	t.Parallel()
	for name, typed := range map[string]string{
		"handle":           "@licensing@kent.example",
		"handle of Lemmy":  "!licensing@kent.example",
		"address":          " https://kent.example/c/licensing ",
		"without https":    "Kent.example/c/licensing",
		"as a third shows": "https://sussex.example/c/licensing@kent.example",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, n := connected(t)
			ann := h.person("ann", actors.AccountMember)
			b := h.signedIn("ann")
			found := b.open("/communities").fill("/communities/find", url.Values{"address": {typed}}).follow()
			found.says(http.StatusOK, "Licensing officers", "Compare schemes.", "Run bykent.example", "Join this community")
			asked := n.count()
			join := b.open("/join?address=" + url.QueryEscape("https://kent.example/c/licensing"))
			join.says(http.StatusOK, "Join Licensing officers", "run by kent.example", "It goes to kent.example’s site").
				fill("/join", nil).follow().says(http.StatusOK, "You have asked to join Licensing officers", "A facilitator will answer")
			if n.count() != asked {
				t.Error("a community that is known was asked for again")
			}
			h.read(func(ctx context.Context, tx *store.Tx) error {
				list, err := tx.Outbox(ctx, ann.URI, store.Page{})
				if err == nil && (len(list) != 1 || list[0].Type != "Follow" || list[0].Object != "https://kent.example/c/licensing") {
					t.Errorf("the log holds %v", list)
				}
				return err
			})
		})
	}
}

func TestMEM3_WhyNothingWasFound(t *testing.T) {
	t.Parallel()
	h, n := connected(t)
	h.person("ann", actors.AccountMember)
	b := h.signedIn("ann")
	for _, c := range []struct {
		typed  string
		status int
		words  string
	}{
		{"@licensing@evil.example", http.StatusForbidden, "The reason: not on the list of partners."},
		{"https://evil.example/c/x", http.StatusForbidden, "does not share discussions with that site"},
		{"@dan@kent.example", http.StatusNotFound, "belongs to a person"},
		{"@nobody@kent.example", http.StatusNotFound, "We could not find that community"},
		{"https://kent.example/c/nothing", http.StatusNotFound, "We could not find that community"},
		{"https://nowhere.example/c/x", http.StatusNotFound, "There is no site with that name"},
		{"https://hub.example/c/nothing", http.StatusNotFound, "We could not find that community"},
		{"https://127.0.0.1/c/x", http.StatusNotFound, "Enter the address of a community"},
		{"javascript:alert(1)", http.StatusNotFound, "Enter the address of a community"},
		{strings.Repeat("x", 5000) + "@kent.example", http.StatusNotFound, "Enter the address of a community"},
		{"", http.StatusNotFound, "Enter the address of a community"},
	} {
		b.open("/communities/find?address="+url.QueryEscape(c.typed)).says(c.status, c.words)
		b.open("/join?address="+url.QueryEscape(c.typed)).says(c.status, c.words)
	}
	before := n.count()
	b.open("/communities/find?address=@licensing@evil.example")
	if n.count() != before {
		t.Error("a site that we do not share with was asked")
	}
}

func TestS86_OnlyPeopleHereMakeUsAsk(t *testing.T) {
	t.Parallel()
	h, n := connected(t)
	h.person("ann", actors.AccountMember)
	v := h.browser()
	for _, path := range []string{"/communities/find?address=@licensing@kent.example", "/join?address=@licensing@kent.example"} {
		if got := v.open(path); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), "/sign-in?next=") {
			t.Errorf("%s: %d to %s", path, got.status, got.header.Get("Location"))
		}
	}
	// Whoever has an account signs in and goes on.
	to := v.open("/communities/find?address=" + url.QueryEscape("https://hub.example/c/nothing")).follow()
	to.fill("/sign-in", url.Values{"email": {"ann@hub.example"}, "password": {password}}).follow().says(http.StatusNotFound, "hub.example/c/nothing")
	v = h.browser()
	v.open("/c/licensing@kent.example").says(http.StatusNotFound)
	v.open("/u/dan@kent.example").says(http.StatusNotFound)
	if n.count() != 0 {
		t.Fatalf("%d requests for strangers", n.count())
	}
	// Nobody without end.
	b := h.signedIn("ann")
	for range asking.each {
		b.open("/communities/find?address=@nobody@kent.example").says(http.StatusNotFound)
	}
	asked := n.count()
	b.open("/communities/find?address=@licensing@kent.example").says(http.StatusTooManyRequests, "Wait a few minutes")
	if n.count() != asked {
		t.Error("asked once too often")
	}
	h.later(fetchWindow)
	b.open("/communities/find?address=@licensing@kent.example").says(http.StatusOK, "Licensing officers")
}

func TestMEM3_JoinFromYourCouncil(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.community(h.person("ann", actors.AccountMember), actions.Charter{Name: "parks"})
	v := h.browser()
	page := v.open("/c/parks").says(http.StatusOK, "Join from your council")
	if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self' https:") {
		t.Errorf("a browser would not follow: %s", policy)
	}
	for typed, want := range map[string]string{
		"communities.kent.example":           "https://communities.kent.example/communities/find?address=https%3A%2F%2Fhub.example%2Fc%2Fparks",
		" HTTPS://Communities.Kent.example/": "https://communities.kent.example/communities/find?address=https%3A%2F%2Fhub.example%2Fc%2Fparks",
	} {
		if got := page.fill("/c/parks/join-from", url.Values{"site": {typed}}); got.header.Get("Location") != want || got.status != http.StatusSeeOther {
			t.Errorf("%q leads to %d %s", typed, got.status, got.header.Get("Location"))
		}
	}
	for _, typed := range []string{"", "kent", "127.0.0.1", "localhost", "evil.example@kent.example", "kent.example:99", "ⓔvil.example", "a.example?b", "\\\\evil.example"} {
		got := page.fill("/c/parks/join-from", url.Values{"site": {typed}})
		got.says(http.StatusUnprocessableEntity, "Enter the address of your organisation’s site")
		if got.header.Get("Location") != "" {
			t.Errorf("%q leads to %s", typed, got.header.Get("Location"))
		}
	}
	page.fill("/c/parks/join-from", url.Values{"site": {hallHost}}).says(http.StatusUnprocessableEntity, "sign in to join")
}

func TestMentionsOfStrangersAreLookedUp(t *testing.T) {
	t.Parallel()
	h, n := connected(t)
	ann := h.person("ann", actors.AccountMember)
	h.community(ann, actions.Charter{Name: "parks"})
	b := h.signedIn("ann")
	text := "Ask @dan@kent.example, not @mal@evil.example or @nobody@kent.example."
	got := b.open("/c/parks/new").fill("/c/parks/new", url.Values{"title": {"Who knows?"}, "text": {text}}).follow().says(http.StatusOK, "Who knows?")
	if !strings.Contains(got.body, `href="https://kent.example/u/dan"`) || strings.Contains(got.body, `href="https://evil.example`) {
		t.Errorf("the mentions are:\n%s", got.body)
	}
	before := n.count()
	h.program(ann).does("Create", `{"type":"Note","content":"<p>Again @dan@kent.example</p>",`+toParks+`}`)
	if n.count() != before {
		t.Error("somebody known was looked up again")
	}
	h.program(ann).does("Follow", `{"type":"Follow","object":"https://kent.example/c/licensing"}`)
	b.open("/c/licensing@kent.example").says(http.StatusOK, "You have asked to join")
}

func TestInReadingOrder(t *testing.T) {
	t.Parallel()
	of := func(id, parent actors.ID) content.Post { return content.Post{ID: id, Parent: parent} }
	deep := []content.Post{of(2, 1)}
	for i := actors.ID(3); i <= 2000; i++ {
		deep = append(deep, of(i, i-1))
	}
	if got := inReadingOrder(1, deep); len(got) != 1999 || got[1998].Depth != 1999 {
		t.Errorf("a deep thread has %d comments", len(got))
	}
	got := inReadingOrder(1, []content.Post{of(2, 1), of(3, 1), of(4, 2), of(5, 99), of(6, 4), of(7, 7), of(8, 2)})
	var order, depth []actors.ID
	for _, p := range got {
		order, depth = append(order, p.ID), append(depth, actors.ID(p.Depth))
	}
	if want := []actors.ID{2, 4, 6, 8, 3, 5, 7}; !slices.Equal(order, want) {
		t.Errorf("the order is %d, want %d", order, want)
	}
	if want := []actors.ID{1, 2, 3, 2, 1, 1, 1}; !slices.Equal(depth, want) {
		t.Errorf("the depths are %d, want %d", depth, want)
	}
}

func TestACommentLeadsToItsPlaceInTheDiscussion(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	start := h.publish(ann, parks, nil, content.Draft{Title: "Leaves"})
	var last content.Post
	for range commentPage + 5 {
		last = h.publish(ann, parks, &start, content.Draft{Source: "x"})
	}
	got := h.browser().open(templates.PostPath(last.ID)).header.Get("Location")
	if want := templates.PostPath(start.ID) + "?page=2#" + templates.CommentAnchor(last.ID); got != want {
		t.Errorf("it leads to %s, want %s", got, want)
	}
	if page := h.browser().open(templates.PostPath(start.ID) + "?page=2"); strings.Count(page.body, `id="comment-`) != 5 {
		t.Error("the second page does not have the rest")
	}
}

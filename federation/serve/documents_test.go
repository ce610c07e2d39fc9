package serve_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/serve"
	"moothall/store"
)

type collection struct {
	ID, Type, First, Next, PartOf, AttributedTo, Audience string
	TotalItems                                            int
	OrderedItems                                          []json.RawMessage
}

func (h *hall) collection(path string, signer actors.Actor) collection {
	h.t.Helper()
	path = strings.TrimPrefix(path, "https://north.example")
	w := h.as(signer, path)
	var c collection
	if err := json.Unmarshal(w.Body.Bytes(), &c); err != nil || w.Code != http.StatusOK {
		h.t.Fatalf("%s: %d %v %s", path, w.Code, err, w.Body)
	}
	if c.ID != "https://north.example"+path {
		h.t.Errorf("%s says it is %s", path, c.ID)
	}
	return c
}

func refs(t *testing.T, items []json.RawMessage) []string {
	t.Helper()
	ids := make([]string, len(items))
	for i, raw := range items {
		if err := json.Unmarshal(raw, &ids[i]); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

var spellings = []struct {
	accept string
	json   bool
}{
	{`application/activity+json`, true},
	{`application/ld+json`, true},
	{`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, true},
	{`application/ld+json;profile="https://www.w3.org/ns/activitystreams"`, true},
	{`application/ld+json ; profile = "https://www.w3.org/ns/activitystreams" ; q=0.9`, true},
	{`APPLICATION/Activity+JSON`, true},
	{`application/activity+json;q=0.1`, true},
	{`application/activity+json;charset=utf-8`, true},
	{`application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, true},
	{`application/activity+json, text/html;q=0.1`, true},
	{`text/html;q=0.9, application/activity+json`, true},
	{`text/html, application/activity+json`, true},
	{`*/*;q=0.1, application/activity+json`, true},
	{`application/x; a="b,c", application/activity+json`, true},
	{`application/activity+json; q=broken`, true},
	{`application/activity+json;q=0`, false},
	{`text/html, application/activity+json;q=0.5`, false},
	{`application/x; a="application/activity+json"`, false},
	{`text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8`, false},
	{`*/*`, false},
	{`application/json`, false},
	{`application/activity+jsonx`, false},
	{``, false},
}

func TestC6_C7_AcceptSpellings(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	for _, c := range spellings {
		r := httptest.NewRequest(http.MethodGet, "/u/ann", nil)
		r.Header.Set("Accept", c.accept)
		if got := serve.WantsJSON(r); got != c.json {
			t.Errorf("WantsJSON(%q) = %v", c.accept, got)
		}
		for _, path := range []string{"/", "/u/ann", "/c/parks", "/c/parks/outbox"} {
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Accept", c.accept)
			w := httptest.NewRecorder()
			h.handler.ServeHTTP(w, r)
			want := "text/html; charset=utf-8"
			if c.json {
				want = streams
			}
			if got := w.Header().Get("Content-Type"); w.Code != http.StatusOK || got != want {
				t.Errorf("%s with %q: %d %q", path, c.accept, w.Code, got)
			}
			if vary := strings.Join(w.Header().Values("Vary"), ", "); !strings.Contains(vary, "Accept") {
				t.Errorf("%s with %q: Vary %q", path, c.accept, vary)
			}
		}
	}
	two := httptest.NewRequest(http.MethodGet, "/", nil)
	two.Header["Accept"] = []string{"text/html", streams}
	if !serve.WantsJSON(two) {
		t.Error("a second Accept line is not read")
	}
}

// TestC6_OneAddress: a document is at its id and nowhere else, without redirects.
func TestC6_OneAddress(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	id := h.acts.Site.Path(h.post(h.parks, nil, "Trees").URI)
	for _, path := range []string{
		"/u/Ann", "/u/parks", "/c/ann", "/u/mia", "/u/%61nn", "/c/parks/log/x",
		strings.ToUpper(id), id + "x", "/p/0", "/a/" + strings.TrimPrefix(id, "/p/"),
	} {
		if w := h.get(path); w.Code == http.StatusOK && w.Header().Get("Content-Type") == streams || w.Code/100 == 3 {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestC8_ActorsUnderAuthorizedFetch(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	id := h.acts.Site.Path(h.post(h.parks, nil, "Trees").URI)
	h.serve.AuthorizedFetch = true
	stranger := remote("stranger.example", "x", actors.Person)
	blocked := remote("blocked.example", "x", actors.Person)
	for path, open := range map[string]bool{
		"/": true, "/u/ann": true, "/c/parks": true, "/nodeinfo/2.0": true, "/.well-known/host-meta": true,
		"/.well-known/webfinger?resource=acct:ann@north.example": true,
		id: false, id + "/context": false, "/c/parks/outbox": false, "/u/ann/outbox": false, "/p/0123456789bcd": false,
	} {
		if w := h.get(path); open && w.Code != 200 || !open && w.Code != 401 {
			t.Errorf("unsigned %s: %d", path, w.Code)
		}
		if w := h.ask(request{path: path, signer: "bad"}); open && w.Code != 200 || !open && w.Code != 401 {
			t.Errorf("badly signed %s: %d", path, w.Code)
		}
		if w := h.as(blocked, path); open && w.Code != 200 || !open && w.Code != 403 {
			t.Errorf("blocked %s: %d", path, w.Code)
		}
	}
	for _, who := range []actors.Actor{stranger, h.mal} {
		if w := h.as(who, id); w.Code != http.StatusOK {
			t.Errorf("%s: %d", who.URI, w.Code)
		}
	}
}

func TestC10_ActorFields(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	for path, a := range map[string]actors.Actor{"/u/ann": h.ann, "/c/parks": h.parks.Actor, "/c/listed": h.listed.Actor} {
		var d struct {
			ID, Type, PreferredUsername, Inbox, Outbox, Followers, AttributedTo string
			PublicKey                                                           struct{ ID, Owner, PublicKeyPem string }
			Endpoints                                                           struct{ SharedInbox string }
			Log                                                                 string `json:"moothall:log"`
			ManuallyApprovesFollowers                                           bool
			Discoverable, Indexable                                             *bool
			AssertionMethod                                                     []struct{ Type, Controller, PublicKeyMultibase string }
		}
		if err := json.Unmarshal(h.get(path).Body.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		id := string(a.URI)
		if d.ID != id || d.Type != string(a.Kind) || d.PreferredUsername != a.Name || d.Inbox != id+"/inbox" ||
			d.Outbox != id+"/outbox" || d.Followers != id+"/followers" || d.PublicKey.ID != id+"#main-key" ||
			d.PublicKey.Owner != id || d.PublicKey.PublicKeyPem == "" || d.Endpoints.SharedInbox != "https://north.example/inbox" {
			t.Errorf("%s: %+v", path, d)
		}
		if group := a.Kind == actors.Group; group && (d.AttributedTo != id+"/moderators" || d.Log != id+"/log") || !group && d.Log != "" {
			t.Errorf("%s: %+v", path, d)
		}
		if group := a.Kind == actors.Group; !group && d.AttributedTo != "" || d.Discoverable == nil || d.Indexable == nil || len(d.AssertionMethod) != 1 ||
			!strings.HasPrefix(d.AssertionMethod[0].PublicKeyMultibase, "z6Mk") || d.AssertionMethod[0].Controller != id {
			t.Errorf("%s: %+v", path, d)
		}
		if d.ManuallyApprovesFollowers != (path == "/c/listed") {
			t.Errorf("%s approves: %v", path, d.ManuallyApprovesFollowers)
		}
	}
}

func TestC11_FollowersAndModerators(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.join(h.mia, h.parks)
	w := h.get("/c/parks/followers")
	if body := w.Body.String(); !strings.Contains(body, `"totalItems":2`) || strings.Contains(body, "orderedItems") || strings.Contains(body, "mia") {
		t.Errorf("followers: %s", body)
	}
	c := h.collection("/c/parks/moderators", actors.Actor{})
	if got := refs(t, c.OrderedItems); c.Type != "OrderedCollection" || len(got) != 1 || got[0] != string(h.ann.URI) || c.TotalItems != 1 {
		t.Errorf("moderators: %+v", c)
	}
	if c := h.collection("/u/ann/followers", actors.Actor{}); c.TotalItems != 0 {
		t.Errorf("%+v", c)
	}
}

func TestC12_OutboxIsFlatAndPaged(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	var ids []string
	for range 45 {
		ids = append([]string{string(h.post(h.parks, nil, "Trees").URI)}, ids...)
	}
	first := h.post(h.parks, nil, "Ponds")
	h.post(h.parks, &first, "A comment is not in it")
	h.withdraw(first)
	c := h.collection("/c/parks/outbox", actors.Actor{})
	if c.Type != "OrderedCollection" || c.TotalItems != 45 || len(c.OrderedItems) != 20 || c.First == "" {
		t.Fatalf("%s of %d, %d flat, first %q", c.Type, c.TotalItems, len(c.OrderedItems), c.First)
	}
	var got []string
	for page := c.First; page != ""; {
		p := h.collection(page, actors.Actor{})
		if p.Type != "OrderedCollectionPage" || p.PartOf != c.ID {
			t.Fatalf("%+v", p)
		}
		for _, raw := range p.OrderedItems {
			got = append(got, announced(t, raw))
		}
		page = p.Next
	}
	if strings.Join(got, " ") != strings.Join(ids, " ") {
		t.Errorf("pages hold %d posts in another order or number", len(got))
	}
}

// announced is the id of the object of an Announce of a Create.
func announced(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var d struct {
		ID, Type, Actor string
		Object          struct {
			ID, Type, Actor string
			Object          struct{ ID, Name, Content string }
		}
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	if d.Type != "Announce" || d.Object.Type != "Create" || d.ID == "" || d.Object.ID == "" || d.Actor == d.Object.Actor {
		t.Errorf("not an Announce of a Create: %s", raw)
	}
	return d.Object.Object.ID
}

func TestC12_FeaturedIsWholeAndFlat(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.post(h.parks, nil, "Read first")
	h.post(h.parks, nil, "Not pinned")
	h.write(func(tx *store.Tx) error { return tx.PinPost(h.ctx, p.ID, true) })
	c := h.collection("/c/parks/featured", actors.Actor{})
	if c.TotalItems != 1 || len(c.OrderedItems) != 1 || c.First == "" {
		t.Fatalf("%+v", c)
	}
	var d struct{ ID, Type, Name, Content string }
	if err := json.Unmarshal(c.OrderedItems[0], &d); err != nil || d.ID != string(p.URI) || d.Name != "Read first" || d.Content == "" {
		t.Errorf("%v %+v", err, d)
	}
	page := h.collection(c.First, actors.Actor{})
	if len(page.OrderedItems) != 1 || page.Type != "OrderedCollectionPage" {
		t.Errorf("%+v", page)
	}
	if c := h.collection("/u/ann/featured", actors.Actor{}); c.TotalItems != 0 || c.OrderedItems == nil {
		t.Errorf("%+v", c)
	}
}

// TestOutboxShowsWhatAnEditLeft: words that were taken back do not come out again.
func TestOutboxShowsWhatAnEditLeft(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.post(h.parks, nil, "Trees are blue")
	h.write(func(tx *store.Tx) error {
		_, err := h.acts.Edit(h.ctx, tx, h.ann, p, content.Draft{Kind: content.Discussion, Title: "Trees are green", Source: "Green."})
		return err
	})
	for _, path := range []string{"/c/parks/outbox", "/u/ann/outbox"} {
		body := h.get(path).Body.String()
		if strings.Contains(body, "blue") || !strings.Contains(body, "Trees are green") || !strings.Contains(body, `"Create"`) {
			t.Errorf("%s: %s", path, body)
		}
	}
	if id := announced(t, h.collection("/c/parks/outbox", actors.Actor{}).OrderedItems[0]); id != string(p.URI) {
		t.Error(id)
	}
}

func TestC34_ObjectFields(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	root := h.post(h.parks, nil, "Trees")
	comment := h.post(h.parks, &root, "In autumn, @bob")
	for _, p := range []content.Post{root, comment} {
		var d map[string]any
		if err := json.Unmarshal(h.get(h.acts.Site.Path(p.URI)).Body.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"to", "cc", "audience", "context", "published", "content", "attributedTo", "replies", "tag", "attachment"} {
			if _, ok := d[name]; !ok {
				t.Errorf("%v lacks %s", d["type"], name)
			}
		}
		if d["context"] != string(root.URI)+"/context" || d["audience"] != string(h.parks.URI) {
			t.Errorf("%v", d)
		}
		if _, isReply := d["inReplyTo"]; isReply != p.IsComment() || (d["name"] == nil) != p.IsComment() {
			t.Errorf("%v", d)
		}
	}
	if body := h.get(h.acts.Site.Path(comment.URI)).Body.String(); !strings.Contains(body, `"href":"https://north.example/u/bob"`) {
		t.Errorf("the mention is lost: %s", body)
	}
}

func TestC46_ContextIsCompleteAndChronological(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	root := h.post(h.parks, nil, "Trees")
	want := []string{string(root.URI)}
	path := h.acts.Site.Path(root.URI) + "/context"
	last := root
	for range 60 {
		last = h.post(h.parks, &last, "and so on")
		want = append(want, string(last.URI))
		if len(want) == 50 {
			c := h.collection(path, actors.Actor{})
			if got := refs(t, c.OrderedItems); strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("fifty are not all in it: %d", len(got))
			}
		}
	}
	w := h.get(path)
	tag := w.Header().Get("ETag")
	c := h.collection(path, actors.Actor{})
	if c.TotalItems != 61 || len(c.OrderedItems) != 0 || c.AttributedTo != string(h.parks.URI) || c.Audience != string(h.parks.URI) {
		t.Errorf("%+v", c)
	}
	var got []string
	for page := c.First; page != ""; {
		p := h.collection(page, actors.Actor{})
		got = append(got, refs(t, p.OrderedItems)...)
		page = p.Next
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("pages hold %d ids in another order or number", len(got))
	}
	again := h.ask(request{path: path, header: map[string]string{"If-None-Match": `"x", W/` + tag}})
	if tag == "" || again.Code != http.StatusNotModified || again.Body.Len() != 0 || again.Header().Get("ETag") != tag {
		t.Errorf("conditional: %d %v", again.Code, again.Header())
	}
	h.post(h.parks, &root, "one more")
	if w := h.ask(request{path: path, header: map[string]string{"If-None-Match": tag}}); w.Code != http.StatusOK {
		t.Errorf("after a change: %d", w.Code)
	}
	for _, bad := range []string{"?page=0", "?page=3", "?page=x", "?page=-1"} {
		if w := h.get(path + bad); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	root := h.post(h.parks, nil, "Trees")
	a := h.post(h.parks, &root, "one")
	h.post(h.parks, &a, "below one")
	gone := h.post(h.parks, &root, "withdrawn")
	h.withdraw(gone)
	var d struct {
		Type       string
		TotalItems int
		First      struct {
			Type  string
			Items []string
			Next  string
		}
	}
	path := h.acts.Site.Path(root.URI) + "/replies"
	if err := json.Unmarshal(h.get(path).Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.Type != "Collection" || d.TotalItems != 1 || len(d.First.Items) != 1 || d.First.Items[0] != string(a.URI) || d.First.Next != "" {
		t.Errorf("%+v", d)
	}
	for range 51 {
		h.post(h.parks, &root, "more")
	}
	if err := json.Unmarshal(h.get(path).Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	next := h.collection(d.First.Next, actors.Actor{})
	if d.TotalItems != 52 || len(d.First.Items) != 50 || len(next.OrderedItems) != 2 {
		t.Errorf("%d, %d in the first page, %d in the second", d.TotalItems, len(d.First.Items), len(next.OrderedItems))
	}
}

func TestC52_WithdrawnIsGone(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p, act := h.posted(h.parks, nil, "Trees")
	h.withdraw(p)
	path := h.acts.Site.Path(p.URI)
	var d struct{ ID, Type, FormerType, Deleted string }
	w := h.get(path)
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusGone || d.Type != "Tombstone" || d.ID != string(p.URI) || d.FormerType != "Page" || d.Deleted == "" {
		t.Errorf("%d %+v", w.Code, d)
	}
	for _, path := range []string{path + "/context", path + "/replies", h.acts.Site.Path(act.URI)} {
		if w := h.get(path); w.Code != http.StatusGone || strings.Contains(w.Body.String(), "Trees") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if c := h.collection("/c/parks/outbox", actors.Actor{}); c.TotalItems != 0 || len(c.OrderedItems) != 0 {
		t.Errorf("outbox: %+v", c)
	}
}

// TestSentPostIsReadBeforeItsAnnounceComesBack: a third server hears of our post
// from the community's home, possibly before we do.
func TestSentPostIsReadBeforeItsAnnounceComesBack(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	var ponds actors.Community
	h.write(func(tx *store.Tx) error {
		group := remote("south.example", "ponds", actors.Group)
		a, err := h.acts.Learn(h.ctx, tx, group, nil, false)
		if err != nil {
			return err
		}
		ponds, err = tx.Community(h.ctx, a.ID)
		return err
	})
	h.join(h.ann, ponds)
	p, act := h.posted(ponds, nil, "Newts")
	for _, path := range []string{h.acts.Site.Path(p.URI), h.acts.Site.Path(p.URI) + "/context", h.acts.Site.Path(act.URI)} {
		if w := h.get(path); w.Code != http.StatusOK {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	h.write(func(tx *store.Tx) error { return tx.SetStanding(h.ctx, p, content.Declined) })
	for _, path := range []string{h.acts.Site.Path(p.URI), h.acts.Site.Path(act.URI)} {
		if w := h.get(path); w.Code != http.StatusNotFound {
			t.Errorf("declined, %s: %d", path, w.Code)
		}
	}
	// What belongs to another host is never served as ours.
	if w := h.get("/c/ponds"); w.Code != http.StatusNotFound {
		t.Errorf("a remote community: %d", w.Code)
	}
}

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

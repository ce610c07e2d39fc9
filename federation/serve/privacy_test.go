package serve_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// same compares two answers byte for byte (security.md 404N).
func same(t *testing.T, what string, want, got *httptest.ResponseRecorder) {
	t.Helper()
	if want.Code != got.Code || want.Body.String() != got.Body.String() {
		t.Errorf("%s: %d %s, want %d %s", what, got.Code, got.Body, want.Code, want.Body)
	}
	if d := cmp.Diff(want.Header(), got.Header()); d != "" {
		t.Errorf("%s: headers (-want +got):\n%s", what, d)
	}
}

// secrets are the paths of what only members of tender may read, each with a
// path of the same form at which there is nothing.
func (h *hall) secrets() map[string]string {
	root, create := h.posted(h.tender, nil, "Prices")
	comment := h.post(h.tender, &root, "Too high")
	office := h.post(h.office, nil, "Rota")
	gone, goneCreate := h.posted(h.tender, nil, "Withdrawn")
	h.withdraw(gone)
	hidden, hiddenCreate := h.posted(h.parks, nil, "Rude "+marker)
	h.write(func(tx *store.Tx) error { return tx.SetStanding(h.ctx, hidden, content.Hidden) })
	paths := map[string]string{}
	for _, p := range []content.Post{root, comment, office, gone, hidden} {
		at := h.acts.Site.Path(p.URI)
		for _, part := range []string{"", "/context", "/replies", "/context?page=1", "/context/history", "/context/history?after=0000000000000"} {
			paths[at+part] = "/p/0123456789bcd" + part
		}
	}
	for _, act := range []actors.Activity{create, goneCreate, hiddenCreate, h.announceOf(root), h.announceOf(office)} {
		if act.ID != 0 {
			paths[h.acts.Site.Path(act.URI)] = "/a/0123456789bcd"
		}
	}
	for _, name := range []string{"tender", "office"} {
		for _, part := range []string{
			"", "/followers", "/moderators", "/featured", "/outbox", "/log", "/outbox?page=1", "/featured?page=1",
			"/log?after=0&chain=public", "/log?after=0&chain=members", "/followers?is_follower=https://south.example/u/mia",
		} {
			paths["/c/"+name+part] = "/c/absent" + part
		}
	}
	for _, part := range []string{"/followers", "/featured", "/outbox", "/log", "/log?chain=members"} {
		paths["/c/listed"+part] = "/c/absent" + part
	}
	paths["/c/parks/log?chain=members"] = "/c/absent/log?chain=members"
	return paths
}

// announceOf is what a community here first passed on about a post; nothing when
// the post never leaves.
func (h *hall) announceOf(p content.Post) (act actors.Activity) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		for _, chain := range []actors.Chain{actors.ChainPublic, actors.ChainMembers} {
			entries, err := tx.EntriesAfter(h.ctx, p.Group, chain, 0, 100)
			if err != nil {
				return err
			}
			for _, e := range entries {
				if e.Object == p.URI && e.Activity != 0 {
					act, err = tx.Activity(h.ctx, e.Activity)
					return err
				}
			}
		}
		return nil
	})
	return act
}

// TestC48_S171_S173_ClosedThingsLookLikeNothing asks for everything closed in
// every way, and compares the answers with those for what does not exist.
func TestC48_S171_S173_ClosedThingsLookLikeNothing(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	etag := map[string]string{"If-None-Match": "*", "Range": "bytes=0-10"}
	asks := map[string]request{
		"anonymous":             {},
		"HEAD":                  {method: http.MethodHead},
		"OPTIONS":               {method: http.MethodOptions},
		"conditional and range": {header: etag},
		"a browser's cookie":    {header: map[string]string{"Cookie": "session=anything"}},
		"a stranger":            {signer: h.mal.URI},
		"a bad signature":       {signer: "bad"},
		"one never met":         {signer: "https://south.example/u/new"},
		"an unknown host":       {signer: "https://stranger.example/u/x"},
		"a blocked host":        {signer: "https://blocked.example/u/x"},
		"someone of ours":       {signer: h.ann.URI},
	}
	for path, absent := range h.secrets() {
		for name, q := range asks {
			q.path = path
			got := h.ask(q)
			q.path = absent
			same(t, name+" asks for "+path, h.ask(q), got)
			if strings.Contains(got.Body.String(), marker) {
				t.Errorf("%s asks for %s and reads what is closed", name, path)
			}
			if q.method == "" && got.Code != http.StatusNotFound {
				t.Errorf("%s asks for %s: %d", name, path, got.Code)
			}
		}
	}
}

func TestC48_MembersRead(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	root, create := h.posted(h.tender, nil, "Prices")
	comment := h.post(h.tender, &root, "Too high")
	at := h.acts.Site.Path(root.URI)
	paths := []string{
		at, at + "/context", at + "/context/history", at + "/replies", h.acts.Site.Path(comment.URI), h.acts.Site.Path(create.URI),
		h.acts.Site.Path(h.announceOf(root).URI), "/c/tender", "/c/tender/outbox", "/c/tender/featured",
		"/c/tender/followers", "/c/tender/moderators", "/c/tender/log?after=0&chain=members", "/c/tender/log",
		"/c/tender/followers_synchronization",
	}
	for _, path := range paths {
		w := h.as(h.mia, path)
		if w.Code != http.StatusOK {
			t.Errorf("a member asks for %s: %d %s", path, w.Code, w.Body)
		}
		if w.Header().Get("Cache-Control") != "private, no-store" || w.Header().Get("ETag") != "" {
			t.Errorf("%s may be kept by others: %v", path, w.Header())
		}
		if strings.Contains(w.Body.String(), "activitystreams#Public") {
			t.Errorf("%s names the public: %s", path, w.Body)
		}
	}
	if c := h.collection(at+"/context", h.mia); len(c.OrderedItems) != 2 {
		t.Errorf("context: %+v", c)
	}
	if c := h.collection("/c/tender/outbox", h.mia); c.TotalItems != 1 || announced(t, c.OrderedItems[0]) != string(root.URI) {
		t.Errorf("outbox: %+v", c)
	}
	h.standing(h.mia, h.tender, actors.Left)
	for _, path := range paths {
		if w := h.as(h.mia, path); w.Code != http.StatusNotFound {
			t.Errorf("who has left asks for %s: %d", path, w.Code)
		}
	}
}

func TestS186_AServerIsNoMember(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	path := h.acts.Site.Path(h.post(h.tender, nil, "Prices").URI)
	server := remote("south.example", "server", actors.Application)
	h.write(func(tx *store.Tx) (err error) {
		if server, err = h.acts.Learn(h.ctx, tx, server, nil, false); err != nil {
			return err
		}
		return tx.SetMembership(h.ctx, actors.Membership{Group: h.tender.ID, Actor: server.ID, Role: actors.Member, Standing: actors.Joined, Since: h.clock})
	})
	if w := h.as(server, path); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

func TestC50_IsFollower(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	server := remote("south.example", "server", actors.Application)
	server.URI = "https://south.example/"
	for who, want := range map[actors.URI]int{
		h.mia.URI: 200, h.mal.URI: 404, h.bob.URI: 404, "https://south.example/u/new": 404,
	} {
		w := h.as(server, "/c/tender/followers?is_follower="+string(who))
		if w.Code != want || w.Header().Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %d %v", who, w.Code, w.Header())
		}
	}
	// A host that no member comes from learns nothing.
	h.standing(h.mia, h.tender, actors.Left)
	if w := h.as(server, "/c/tender/followers?is_follower="+string(h.ann.URI)); w.Code != http.StatusNotFound {
		t.Errorf("%d", w.Code)
	}
}

func TestS33_S34_SignaturesThatDoNotHoldCountForNothing(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	open := h.acts.Site.Path(h.post(h.parks, nil, "Trees").URI)
	closed := h.acts.Site.Path(h.post(h.tender, nil, "Prices").URI)
	same(t, "public", h.get(open), h.ask(request{path: open, signer: "bad"}))
	same(t, "closed", h.get("/p/0123456789bcd"), h.ask(request{path: closed, signer: "bad"}))
	h.serve.Verify, h.serve.Decide = nil, nil
	same(t, "nobody verifies", h.get("/p/0123456789bcd"), h.as(h.mia, closed))
}

func TestS172_ActivitiesCarryNothingClosed(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	follow := h.record("Follow", func(id actors.URI) ([]byte, error) {
		return ap.WriteFollow(ap.Follow{ID: id, Actor: h.ann.URI, Object: h.mia.URI})
	}, h.mia.URI)
	undo := h.record("Undo", func(id actors.URI) ([]byte, error) {
		return ap.WriteUndo(ap.Envelope{ID: id, Actor: h.ann.URI, To: []actors.URI{h.mia.URI}}, follow.Body)
	}, follow.URI)
	accept := h.record("Accept", func(id actors.URI) ([]byte, error) {
		return ap.WriteAccept(id, ap.Follow{ID: "https://south.example/a/1", Actor: h.mia.URI, Object: h.parks.URI})
	}, "https://south.example/a/1")
	for _, act := range []actors.Activity{follow, undo, accept} {
		path := h.acts.Site.Path(act.URI)
		if w := h.as(h.mia, path); w.Code != http.StatusOK || w.Body.String() != string(act.Body) {
			t.Errorf("a party asks for %s: %d %s", act.Type, w.Code, w.Body)
		}
		same(t, act.Type, h.get("/a/0123456789bcd"), h.get(path))
		same(t, act.Type, h.as(h.mal, "/a/0123456789bcd"), h.as(h.mal, path))
	}
	p := h.post(h.tender, nil, "Prices")
	like := h.record("Like", func(id actors.URI) ([]byte, error) {
		return ap.WriteLike(ap.Envelope{ID: id, Actor: h.ann.URI, To: []actors.URI{h.tender.URI}}, p.URI)
	}, p.URI)
	// The words of a closed post stay closed even in an activity that is addressed to everyone.
	wide := h.record("Update", func(id actors.URI) ([]byte, error) {
		raw, err := ap.WriteUpdate(ap.Envelope{ID: id, Actor: h.ann.URI, To: []actors.URI{actors.Public}},
			json.RawMessage(`{"id":"`+string(p.URI)+`","type":"Page","content":"`+marker+`"}`))
		return raw, err
	}, p.URI)
	for _, act := range []actors.Activity{like, wide} {
		same(t, act.Type, h.get("/a/0123456789bcd"), h.get(h.acts.Site.Path(act.URI)))
	}
	open, create := h.posted(h.parks, nil, "Trees")
	for _, act := range []actors.Activity{create, h.announceOf(open)} {
		if w := h.get(h.acts.Site.Path(act.URI)); w.Code != 200 || w.Body.String() != string(act.Body) {
			t.Errorf("a public %s: %d", act.Type, w.Code)
		}
	}
}

// record puts an activity of ann's into the log.
func (h *hall) record(kind string, write func(id actors.URI) ([]byte, error), object actors.URI) actors.Activity {
	h.t.Helper()
	id := h.acts.IDs.Next()
	act := actors.Activity{
		ID: id, URI: h.acts.Site.Activity(id), Type: kind, Actor: h.ann.URI, Signer: h.ann.URI, Host: "north.example",
		Object: object, Direction: actors.Outbound, State: actors.Applied, At: h.clock,
	}
	var err error
	if act.Body, err = write(act.URI); err != nil {
		h.t.Fatal(err)
	}
	h.write(func(tx *store.Tx) error { _, err := tx.Record(h.ctx, act); return err })
	return act
}

func TestS174_APersonsListsHoldNothingClosed(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.post(h.parks, nil, "Trees")
	h.post(h.parks, &p, "And bushes")
	h.post(h.tender, nil, "Prices")
	h.join(h.bob, h.tender)
	h.join(h.bob, h.office)
	h.join(h.bob, h.parks)
	c := h.collection("/u/ann/outbox", actors.Actor{})
	if c.TotalItems != 2 || len(c.OrderedItems) != 2 {
		t.Errorf("outbox holds %d of %d", len(c.OrderedItems), c.TotalItems)
	}
	if body := h.get("/u/ann/outbox").Body.String(); strings.Contains(body, marker) || strings.Contains(body, "tender") {
		t.Errorf("outbox: %s", body)
	}
	if c := h.collection("/u/bob/following", actors.Actor{}); c.TotalItems != 1 {
		t.Errorf("bob follows %d", c.TotalItems)
	}
}

func TestS192_NothingThatDependsOnTheReaderIsKept(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	path := h.acts.Site.Path(h.post(h.tender, nil, "Prices").URI)
	if w := h.as(h.mia, path); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	w := h.get(path)
	if w.Code != http.StatusNotFound || w.Header().Get("Cache-Control") != "private, no-store" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if vary := w.Header().Get("Vary"); vary != "Accept, Signature, Authorization" {
		t.Errorf("Vary: %s", vary)
	}
}

// TestS193_ETagIsComparedLast: a reader who may not read cannot test a guess.
func TestS193_ETagIsComparedLast(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.post(h.parks, nil, "Trees")
	path := h.acts.Site.Path(p.URI)
	tag := map[string]string{"If-None-Match": h.get(path).Header().Get("ETag")}
	if w := h.ask(request{path: path, header: tag}); w.Code != http.StatusNotModified {
		t.Fatalf("%d", w.Code)
	}
	h.write(func(tx *store.Tx) error { return tx.SetStanding(h.ctx, p, content.Hidden) })
	same(t, "guess", h.ask(request{path: "/p/0123456789bcd", header: tag}), h.ask(request{path: path, header: tag}))
}

func TestS239_S240_S244_HeadersCookiesMethods(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	for _, path := range []string{"/", "/u/ann", "/c/parks/outbox", "/u/absent", "/nodeinfo/2.0"} {
		w := h.get(path)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox", "Server": "", "Set-Cookie": "",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		same(t, "with a cookie "+path, w, h.ask(request{path: path, header: map[string]string{"Cookie": "session=x"}}))
		head := h.ask(request{method: http.MethodHead, path: path})
		if d := cmp.Diff(w.Header(), head.Header()); d != "" || head.Code != w.Code || head.Body.Len() != 0 {
			t.Errorf("HEAD %s: %d %s", path, head.Code, d)
		}
		for _, method := range []string{"TRACE", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND", "get"} {
			q := request{method: method, path: path, header: map[string]string{"X-HTTP-Method-Override": "GET"}}
			if w := h.ask(q); w.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, path, w.Code)
			}
		}
	}
}

// TestWhatIsNotOurs goes to the pages: what is posted, browsers, owners.
func TestWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	token := map[string]string{"Authorization": "Bearer x"}
	for name, q := range map[string]request{
		"a post into the inbox": {method: "POST", path: "/inbox"},
		"a post by a program":   {method: "POST", path: "/u/ann/outbox"},
		"a browser":             {path: "/c/parks", accept: "text/html"},
		"a page of no document": {path: "/about"},
		"an owner's inbox":      {path: "/u/ann/inbox", header: token},
		"an owner's outbox":     {path: "/u/ann/outbox", header: token},
	} {
		if w := h.ask(q); w.Body.String() != "<p>a page</p>" {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	for _, path := range []string{"/inbox", "/u/ann/inbox", "/u/absent/inbox", "/c/tender/inbox"} {
		if w := h.get(path); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "POST" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
}

func benchmark(b *testing.B, path string) {
	h := newHall(b)
	for b.Loop() {
		if w := h.get(path); w.Code != http.StatusOK {
			b.Fatal(w.Code)
		}
	}
}

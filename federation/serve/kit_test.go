package serve_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/serve"
	"moothall/store"
)

// someKeys are made once: making RSA keys takes longer than everything else here.
var someKeys = sync.OnceValues(func() (actions.KeyPair, error) { return actions.NewKeyPair(nil) })

const streams = "application/activity+json"

// marker stands in every word of what only members may read.
const marker = "Wasserzeichen"

// hall is a node with people and communities, and its answers.
type hall struct {
	t       testing.TB
	ctx     context.Context
	db      *store.DB
	acts    *actions.Actions
	serve   *serve.Serve
	handler http.Handler
	mu      sync.Mutex // of clock: a download asks while the test goes on
	clock   time.Time
	refuses atomic.Bool // deals with nobody any more

	ann, bob       actors.Actor // here
	mia, mal       actors.Actor // at south.example: a member of tender, a stranger
	parks          actors.Community
	tender, listed actors.Community // closed: hidden, and shown in lists
	office         actors.Community // never leaves
}

func newHall(t testing.TB) *hall {
	t.Helper()
	return newHallAt(t, actions.NewSite("north.example", "North Council", false))
}

func newHallAt(t testing.TB, site actions.Site) *hall {
	t.Helper()
	h := &hall{t: t, ctx: context.Background(), clock: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	var err error
	if h.db, err = store.Open(h.ctx, "sqlite:"+filepath.Join(t.TempDir(), "hall.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.db.Close() })
	now := func() time.Time { return h.after(time.Second) }
	h.acts = &actions.Actions{
		Site: site, Now: now,
		IDs: actors.NewIDs(now, nil), Keys: actions.NewKeyring(),
	}
	if _, err := h.acts.EnsureInstance(h.ctx, h.db); err != nil {
		t.Fatal(err)
	}
	h.people()
	h.communities()
	h.serve = &serve.Serve{
		DB: h.db, Site: h.acts.Site, Keys: h.acts.Keys, Version: "0.1.0", Now: func() time.Time { return h.after(0) },
		Decide: h.decide, Verify: verify, IDs: h.acts.IDs,
	}
	h.handler = h.serve.Routes(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, "<p>a page</p>")
	}))
	return h
}

// after lets time pass and says what it is then.
func (h *hall) after(d time.Duration) time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clock = h.clock.Add(d)
	return h.clock
}

// decide knows partners, one host that may only follow, and one that is blocked.
func (h *hall) decide(host string, p actors.Purpose) actors.Decision {
	switch {
	case h.refuses.Load():
	case host == "south.example", host == "stranger.example" && p != actors.ToServe:
		return actors.Decision{Verdict: actors.Accept}
	}
	return actors.Decision{}
}

// verify stands in for federation/sign: a request is signed by whom it names.
func verify(r *http.Request, _ []byte) (serve.Signature, error) {
	if r.Header.Get("Signature") == "bad" {
		return serve.Signature{}, errors.New("does not verify")
	}
	return serve.Signature{By: actors.URI(r.Header.Get("Signature"))}, nil
}

func (h *hall) write(f func(tx *store.Tx) error) {
	h.t.Helper()
	if err := h.db.Write(h.ctx, f); err != nil {
		h.t.Fatal(err)
	}
}

func (h *hall) people() {
	keys, err := someKeys()
	if err != nil {
		h.t.Fatal(err)
	}
	h.write(func(tx *store.Tx) (err error) {
		person := func(name string) (actors.Actor, error) {
			n := actions.NewPerson{Name: name, Title: name, Email: name + "@north.example", Role: actors.AccountMember}
			return h.acts.CreatePerson(h.ctx, tx, n, "", keys)
		}
		if h.ann, err = person("ann"); err != nil {
			return err
		}
		if h.bob, err = person("bob"); err != nil {
			return err
		}
		if h.mia, err = h.acts.Learn(h.ctx, tx, remote("south.example", "mia", actors.Person), nil, false); err != nil {
			return err
		}
		h.mal, err = h.acts.Learn(h.ctx, tx, remote("south.example", "mal", actors.Person), nil, false)
		return err
	})
}

func remote(host, name string, kind actors.Kind) actors.Actor {
	id := actors.URI("https://" + host + "/u/" + name)
	return actors.Actor{
		URI: id, Kind: kind, Name: name, Host: host, Inbox: id + "/inbox", Followers: id + "/followers",
		KeyID: string(id) + "#main-key", PublicKey: "key of " + name,
	}
}

func (h *hall) communities() {
	h.parks = h.start("parks", actors.AudiencePublic, true)
	h.tender = h.start("tender", actors.AudienceMembers, false)
	h.listed = h.start("listed", actors.AudienceMembers, true)
	h.office = h.start("office", actors.AudienceOrganisation, true)
	h.join(h.mia, h.tender)
}

func (h *hall) start(name string, a actors.Audience, discoverable bool) actors.Community {
	h.t.Helper()
	keys, err := someKeys()
	if err != nil {
		h.t.Fatal(err)
	}
	title := name
	if a != actors.AudiencePublic && !discoverable {
		title = name + " " + marker
	}
	var c actors.Community
	h.write(func(tx *store.Tx) (err error) {
		charter := actions.Charter{Name: name, Title: title, Audience: a, Joining: actors.JoinRequest}
		if c, err = h.acts.StartCommunity(h.ctx, tx, h.ann, charter, keys); err != nil {
			return err
		}
		c.Discoverable = discoverable
		return tx.SaveActor(h.ctx, c.Actor, nil)
	})
	return c
}

func (h *hall) join(who actors.Actor, c actors.Community) {
	h.t.Helper()
	h.standing(who, c, actors.Joined)
}

func (h *hall) standing(who actors.Actor, c actors.Community, s actors.Standing) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		return tx.SetMembership(h.ctx, actors.Membership{Group: c.ID, Actor: who.ID, Role: actors.Member, Standing: s, Since: h.clock})
	})
}

// post lets ann write; words of closed communities carry the marker.
func (h *hall) post(c actors.Community, parent *content.Post, words string) content.Post {
	h.t.Helper()
	p, _ := h.posted(c, parent, words)
	return p
}

func (h *hall) posted(c actors.Community, parent *content.Post, words string) (p content.Post, act actors.Activity) {
	h.t.Helper()
	if c.Audience != actors.AudiencePublic {
		words += " " + marker
	}
	d := content.Draft{Kind: content.Discussion, Title: words, Source: words}
	if parent != nil {
		d.Title = ""
	}
	h.write(func(tx *store.Tx) (err error) {
		p, act, err = h.acts.Publish(h.ctx, tx, h.ann, c, parent, d)
		return err
	})
	return p, act
}

func (h *hall) withdraw(p content.Post) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error { return h.acts.Withdraw(h.ctx, tx, p) })
}

// request is what a test asks.
type request struct {
	method string // GET when empty
	path   string // or a whole address
	accept string // ActivityStreams when empty
	signer actors.URI
	header map[string]string
}

func (h *hall) ask(q request) *httptest.ResponseRecorder {
	h.t.Helper()
	if q.method == "" {
		q.method = http.MethodGet
	}
	if q.accept == "" {
		q.accept = streams
	}
	r := httptest.NewRequest(q.method, q.path, nil)
	r.Host = "north.example"
	r.Header.Set("Accept", q.accept)
	if q.signer != "" {
		r.Header.Set("Signature", string(q.signer))
	}
	for k, v := range q.header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	return w
}

// get asks as the anonymous public.
func (h *hall) get(path string) *httptest.ResponseRecorder { return h.ask(request{path: path}) }

// as asks with a signature.
func (h *hall) as(signer actors.Actor, path string) *httptest.ResponseRecorder {
	return h.ask(request{path: path, signer: signer.URI})
}

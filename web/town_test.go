package web

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"moothall/actions"
	"moothall/actors"
	"moothall/blobs"
	"moothall/store"
	"moothall/templates"
)

// hall is one node's pages over a real database, under a clock that stands still.
type hall struct {
	testing.TB
	db     *store.DB
	file   string
	server *Server
	routes http.Handler
	log    strings.Builder
	mu     sync.Mutex
	now    time.Time
	spool  string // folder of files that are being received
}

const (
	hallHost = "hub.example"
	password = "correct horse battery"
)

var testPages = sync.OnceValues(func() (*templates.Set, error) {
	return templates.New(fstest.MapFS{"manifest.json": {Data: []byte(`{"moothall.css":"moothall.css","moothall.js":"moothall.js"}`)}})
})

// testKeys are made once: RSA keys take long.
var testKeys = sync.OnceValues(func() (actions.KeyPair, error) { return actions.NewKeyPair(nil) })

func newHall(t testing.TB) *hall {
	t.Helper()
	ctx := context.Background()
	h := &hall{TB: t, file: filepath.Join(t.TempDir(), "hall.db"), now: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)}
	pages, err := testPages()
	if err != nil {
		t.Fatal(err)
	}
	if h.db, err = store.Open(ctx, "sqlite:"+h.file); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.db.Close() })
	clock := func() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now }
	site := actions.NewSite(hallHost, "Medway Council", false)
	ids := actors.NewIDs(clock, nil)
	h.spool = t.TempDir()
	files, err := blobs.Memory(h.spool)
	if err != nil {
		t.Fatal(err)
	}
	h.server = &Server{
		Files: files,
		DB:    h.db, Site: site, Pages: pages, Now: clock, IDs: ids, Version: "test", Mode: actors.ModeList,
		Actions: &actions.Actions{Site: site, Now: clock, IDs: ids, Keys: actions.NewKeyring(), NewKeys: testKeys},
		Log:     slog.New(slog.NewTextHandler(&h.log, nil)),
	}
	if _, err := h.server.Actions.EnsureInstance(ctx, h.db); err != nil {
		t.Fatal(err)
	}
	h.routes = h.server.Routes()
	return h
}

// later moves the clock.
func (h *hall) later(d time.Duration) { h.mu.Lock(); defer h.mu.Unlock(); h.now = h.now.Add(d) }

// hash is made once for all tests: it takes long on purpose.
var hash = sync.OnceValues(func() (string, error) { return (&actions.Actions{}).HashPassword(password) })

// person makes an account whose password is password.
func (h *hall) person(name string, role actors.AccountRole) actors.Actor {
	h.Helper()
	keys, err := testKeys()
	if err != nil {
		h.Fatal(err)
	}
	hashed, err := hash()
	if err != nil {
		h.Fatal(err)
	}
	var a actors.Actor
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		a, err = h.server.Actions.CreatePerson(ctx, tx, actions.NewPerson{
			Name: name, Title: strings.ToUpper(name[:1]) + name[1:], Email: name + "@" + hallHost, Role: role}, hashed, keys)
		return err
	})
	return a
}

func (h *hall) write(f func(ctx context.Context, tx *store.Tx) error) {
	h.Helper()
	ctx := context.Background()
	if err := h.db.Write(ctx, func(tx *store.Tx) error { return f(ctx, tx) }); err != nil {
		h.Fatal(err)
	}
}

func (h *hall) read(f func(ctx context.Context, tx *store.Tx) error) {
	h.Helper()
	ctx := context.Background()
	if err := h.db.Read(ctx, func(tx *store.Tx) error { return f(ctx, tx) }); err != nil {
		h.Fatal(err)
	}
}

// browser is one without JavaScript: it keeps cookies, follows redirects and
// sends what a form holds.
type browser struct {
	*hall
	jar     http.CookieJar
	from    string            // address of the connection
	headers map[string]string // sent with everything
	plain   bool              // says nothing about where a form comes from
}

func (h *hall) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.Fatal(err)
	}
	return &browser{hall: h, jar: jar, from: "192.0.2.1:5000"}
}

// signedIn is a browser in which somebody has just signed in.
func (h *hall) signedIn(name string) *browser {
	h.Helper()
	b := h.browser()
	p := b.open("/sign-in").fill("/sign-in", url.Values{"email": {name + "@" + hallHost}, "password": {password}})
	if p.status != http.StatusSeeOther {
		h.Fatalf("%s could not sign in: %d %s", name, p.status, p.text())
	}
	return b
}

// shown is an answer, as the browser has it.
type shown struct {
	*browser
	path   string
	status int
	header http.Header
	body   string
	root   *html.Node
}

func (b *browser) send(r *http.Request) *shown {
	b.Helper()
	r.RemoteAddr, r.Host = b.from, hallHost
	at := &url.URL{Scheme: "https", Host: hallHost, Path: "/"}
	for _, c := range b.jar.Cookies(at) {
		r.AddCookie(c)
	}
	for k, v := range b.headers {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	b.routes.ServeHTTP(w, r)
	res := w.Result()
	b.jar.SetCookies(at, res.Cookies())
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		b.Fatal(err)
	}
	return &shown{b, r.URL.Path, res.StatusCode, res.Header, string(body), root}
}

func (b *browser) open(path string) *shown {
	b.Helper()
	return b.send(httptest.NewRequest(http.MethodGet, path, nil))
}

// post sends a form as another page of ours would, without looking at that page.
func (b *browser) post(path string, form url.Values) *shown {
	b.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if !b.plain {
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return b.send(r)
}

// fill sends the form of the page that goes to action. What is not in values
// keeps what the page had in it; a button is a value too.
func (s *shown) fill(action string, values url.Values) *shown {
	s.Helper()
	form := s.form(action, values)
	if form == nil {
		s.Fatalf("%s (%d) has no form that goes to %s with %v:\n%s", s.path, s.status, action, values, s.body)
	}
	for k, v := range values {
		form[k] = v
	}
	return s.browser.post(action, form)
}

// form is what the first form for action holds in which each value has a place.
func (s *shown) form(action string, values url.Values) url.Values {
	for n := range s.root.Descendants() {
		if n.DataAtom != atom.Form || attr(n, "action") != action {
			continue
		}
		held, names := fieldsOf(n)
		all := true
		for k := range values {
			all = all && names[k]
		}
		if all {
			return held
		}
	}
	return nil
}

func fieldsOf(form *html.Node) (held url.Values, names map[string]bool) {
	held, names = url.Values{}, map[string]bool{}
	for n := range form.Descendants() {
		name := attr(n, "name")
		if name == "" {
			continue
		}
		names[name] = true
		switch {
		case n.DataAtom == atom.Textarea:
			held.Set(name, strings.TrimPrefix(textOf(n), "\n"))
		case n.DataAtom == atom.Select:
			for o := range n.Descendants() {
				if o.DataAtom == atom.Option && has(o, "selected") {
					held.Set(name, attr(o, "value"))
				}
			}
		case n.DataAtom == atom.Input && (attr(n, "type") != "radio" && attr(n, "type") != "checkbox" || has(n, "checked")):
			held.Add(name, attr(n, "value"))
		}
	}
	return held, names
}

// follow opens where a redirect leads.
func (s *shown) follow() *shown {
	s.Helper()
	to := s.header.Get("Location")
	if s.status != http.StatusSeeOther || to == "" {
		s.Fatalf("%s: %d, no redirect:\n%s", s.path, s.status, s.text())
	}
	to, _, _ = strings.Cut(to, "#") // stays in the browser
	return s.open(to)
}

// says fails the test unless the page has a status and these words.
func (s *shown) says(status int, words ...string) *shown {
	s.Helper()
	text := s.text()
	if s.status != status {
		s.Errorf("%s: status %d, want %d:\n%s", s.path, s.status, status, text)
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			s.Errorf("%s does not say %q:\n%s", s.path, w, text)
		}
	}
	return s
}

// text is what a person reads.
func (s *shown) text() string { return strings.Join(strings.Fields(textOf(s.root)), " ") }

// title is what the tab says.
func (s *shown) title() string {
	for n := range s.root.Descendants() {
		if n.DataAtom == atom.Title {
			return textOf(n)
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			fmt.Fprintf(&b, "%s", d.Data)
		}
	}
	return b.String()
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

// actor reads a person of this node.
func (h *hall) actor(name string) (a actors.Actor, err error) {
	err = h.db.Read(context.Background(), func(tx *store.Tx) error {
		a, err = tx.LocalActor(context.Background(), name)
		return err
	})
	return a, err
}

package web

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/remote"
	"moothall/store"
	"moothall/templates"
)

// crowded is a hall with one of everything that a path can name.
type crowded struct {
	*hall
	places *strings.Replacer
}

func newCrowded(t *testing.T) crowded {
	t.Helper()
	h := newHall(t)
	ann := h.person("ann", actors.AccountAdmin)
	ben := h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	p := h.publish(ann, parks, nil, content.Draft{Title: "Trees", Source: "When?"})
	secret := h.invites(actors.Invitation{Role: actors.AccountMember, By: ann.ID})
	h.write(func(ctx context.Context, tx *store.Tx) error { return tx.MeetInstance(ctx, "kent.example", h.now) })
	return crowded{h, strings.NewReplacer(
		"/c/{name}", "/c/parks", "/u/{name}", "/u/ann", "/people/{name}", "/people/"+ben.Name, "{id}", p.ID.String(),
		"/d/{name}", "/d/4kz7w9xb", "{n}", "1", "{secret}", secret, "{host}", "kent.example",
	)}
}

// invites makes an invitation and gives the secret of its link.
func (h *hall) invites(i actors.Invitation) (secret string) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		secret, err = h.server.Actions.Invite(ctx, tx, i)
		return err
	})
	return secret
}

// contents changes with every commit: a commit adds to the log beside the file.
func (h *hall) contents() string {
	h.Helper()
	sum := sha256.New()
	for _, name := range []string{h.file, h.file + "-wal"} {
		b, err := os.ReadFile(name)
		if err != nil {
			h.Fatal(err)
		}
		sum.Write(b)
	}
	return string(sum.Sum(nil))
}

func TestS147_NoGETWrites(t *testing.T) {
	t.Parallel()
	c := newCrowded(t)
	b := c.signedIn("ann")
	before := c.contents()
	walked := 0
	for _, x := range c.server.routes() {
		if x.method != get {
			continue
		}
		walked++
		path := c.places.Replace(x.path)
		for _, query := range []string{"", "?do=disable&decision=refuse&others=all&confirm=yes&_method=POST"} {
			if got := b.open(path + query); got.status >= 500 {
				t.Errorf("GET %s: %d", path, got.status)
			}
			if c.contents() != before {
				t.Fatalf("GET %s wrote to the database", path+query)
			}
		}
	}
	if walked < 25 {
		t.Errorf("only %d addresses walked", walked)
	}
	c.write(func(ctx context.Context, tx *store.Tx) error { return tx.SetSetting(ctx, "any", "thing") })
	if c.contents() == before {
		t.Error("a write is not noticed")
	}
}

// No page fetches, shows or leads to an address that a query names.
func TestS87_NoAddressInAQueryIsFetched(t *testing.T) {
	t.Parallel()
	c := newCrowded(t)
	asked := &asked{}
	c.server.Remote = &remote.Client{HTTP: asked, OwnHost: hallHost, Now: c.server.Now,
		Decide: func(string, actors.Purpose) actors.Decision { return actors.Decision{Verdict: actors.Accept} }}
	const evil = "http://evil.example/x.png"
	q := url.Values{"type": {"png&proxy=" + evil}, "format": {"../?url=" + evil}}
	for _, name := range []string{"url", "uri", "src", "image", "proxy", "avatar", "icon", "thumbnail", "file", "href", "redirect", "return", "to", "callback"} {
		q.Set(name, evil)
	}
	for _, b := range []*browser{c.browser(), c.signedIn("ann")} {
		for _, x := range c.server.routes() {
			if x.method != get {
				continue
			}
			path := c.places.Replace(x.path) + "?" + q.Encode()
			got := b.open(path)
			if got.status >= 500 || strings.Contains(got.header.Get("Location"), "://evil") || evilAddress.MatchString(got.body) {
				t.Errorf("GET %s: %d to %q", x.path, got.status, got.header.Get("Location"))
			}
		}
	}
	if n := asked.n.Load(); n > 0 {
		t.Errorf("%d requests to an address that a query named", n)
	}
	if _, err := c.server.Remote.ResolveHandle(context.Background(), "parks", "evil.example"); err == nil || asked.n.Load() == 0 {
		t.Errorf("a request is not noticed: %v", err)
	}
}

var evilAddress = regexp.MustCompile(`(src|href|action|content|srcset)="[^"?]*//evil`)

// asked counts what is asked of other hosts, and answers nothing.
type asked struct{ n atomic.Int64 }

func (a *asked) RoundTrip(*http.Request) (*http.Response, error) {
	a.n.Add(1)
	return nil, errors.New("nobody there")
}

func TestS146_FormsOfOthersChangeNothing(t *testing.T) {
	t.Parallel()
	c := newCrowded(t)
	admin, stranger := c.signedIn("ann"), c.browser()
	stranger.open("/sign-in")
	token := url.Values{tokenField: {formToken(strings.Repeat("x", 43))}}
	for _, x := range c.server.routes() {
		if x.method == get || x.needs == program {
			continue
		}
		path := c.places.Replace(x.path)
		for name, headers := range map[string]map[string]string{
			"another site":                  {"Sec-Fetch-Site": "cross-site"},
			"a site beside ours":            {"Sec-Fetch-Site": "same-site"},
			"an old browser":                {"Origin": "https://evil.example"},
			"a page without origin":         {"Origin": "null"},
			"the right host, another site":  {"Origin": "https://" + hallHost, "Sec-Fetch-Site": "cross-site"},
			"nothing said, no token":        {},
			"nothing said, another's token": {},
		} {
			form := url.Values{"text": {"spam"}}
			if strings.Contains(name, "another's token") {
				form = token
			}
			for who, b := range map[string]*browser{"admin": admin, "stranger": stranger} {
				b.plain, b.headers = true, headers
				before := c.contents()
				if got := b.post(path, form); got.status != http.StatusForbidden {
					t.Errorf("POST %s by %s from %s: %d", path, who, name, got.status)
				}
				if c.contents() != before {
					t.Errorf("POST %s by %s from %s wrote to the database", path, who, name)
				}
			}
		}
	}
}

func TestS146_TokenOfThePageIsEnoughForAnOldBrowser(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	b := h.browser()
	b.plain = true
	in := b.open("/sign-in").fill("/sign-in", url.Values{"email": {"ann@hub.example"}, "password": {password}})
	if in.status != http.StatusSeeOther {
		t.Fatalf("signing in: %d %s", in.status, in.text())
	}
	if got := b.open("/settings").fill("/settings", url.Values{"job": {"Arborist"}}); got.status != http.StatusSeeOther {
		t.Errorf("saving the profile: %d %s", got.status, got.text())
	}
	b.open("/settings/password").says(http.StatusOK)
	other := h.signedIn("ann")
	stolen := other.open("/settings").form("/settings", url.Values{"job": nil}).Get(tokenField)
	got := b.post("/settings", url.Values{tokenField: {stolen}, "job": {"Thief"}})
	got.says(http.StatusForbidden, "too old")
}

const wantPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

func TestS238_S239_HeadersOnEveryAnswer(t *testing.T) {
	t.Parallel()
	c := newCrowded(t)
	c.broken("/broken", errors.New("pq: relation \"secret_table\" at /srv/x.go"))
	admin, stranger := c.signedIn("ann"), c.browser()
	var answers []*shown
	for _, x := range c.server.routes() {
		path := c.places.Replace(x.path)
		if x.method == get {
			answers = append(answers, stranger.open(path), admin.open(path))
		} else {
			answers = append(answers, stranger.post(path, nil), admin.post(path, url.Values{"x": {strings.Repeat("x", largestForm)}}))
		}
	}
	answers = append(answers, stranger.open("/nowhere"), stranger.open("/broken"), stranger.open(templates.AssetsPath+"none.css"),
		stranger.send(httptest.NewRequest("TRACE", "/help", nil)))
	statuses := map[int]bool{}
	for _, a := range answers {
		statuses[a.status] = true
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "X-Frame-Options": "DENY",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=31536000", "Server": "", "X-Powered-By": "",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s (%d): %s is %q", a.path, a.status, name, got)
			}
		}
		if a.header.Get("Permissions-Policy") == "" {
			t.Errorf("%s (%d): no Permissions-Policy", a.path, a.status)
		}
		if a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s (%d): open to scripts of others", a.path, a.status)
		}
		want := wantPolicy
		if strings.HasSuffix(a.path, "/share") || strings.HasSuffix(a.path, "/new-version") || strings.HasPrefix(a.path, "/uploads/") {
			if strings.HasSuffix(a.header.Get("Content-Security-Policy"), "; connect-src 'self'") {
				want += "; connect-src 'self'" // their scripts send a file, and ask how far it is
			}
		}
		if a.browser == stranger && a.path == "/c/parks" || strings.HasSuffix(a.path, "/join-from") && a.status == 422 {
			want = strings.Replace(want, "form-action 'self'", "form-action 'self' https: http:", 1) // "Join from your council" leads there
		}
		if got := a.header.Get("Content-Security-Policy"); strings.HasPrefix(a.header.Get("Content-Type"), "text/html") && got != want {
			t.Errorf("%s (%d): policy is %q", a.path, a.status, got)
		}
	}
	for _, want := range []int{200, 303, 403, 404, 405, 413, 422, 500} {
		if !statuses[want] {
			t.Errorf("no answer had status %d", want)
		}
	}
}

// broken adds an address whose handler fails.
func (h *hall) broken(path string, err error) {
	routes := h.routes
	fails := h.server.guard(h.server.page(anyone, func(*visit) error { return err }))
	h.routes = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			fails.ServeHTTP(w, r)
			return
		}
		routes.ServeHTTP(w, r)
	})
}

func TestS243_FaultsTellOnlyTheirReference(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.broken("/broken", errors.New("pq: relation \"secret_table\" at /srv/x.go:12"))
	p := h.browser().open("/broken").says(http.StatusInternalServerError, "Sorry, there is a problem with the service")
	id := p.header.Get(requestIDHeader)
	if id == "" || !strings.Contains(p.text(), id) {
		t.Errorf("the page does not name the request %q", id)
	}
	for _, secret := range []string{"secret_table", "/srv", "pq:"} {
		if strings.Contains(p.body, secret) {
			t.Errorf("the page says %q", secret)
		}
	}
	if log := h.log.String(); strings.Count(log, "secret_table") != 1 || !strings.Contains(log, id) {
		t.Errorf("the log is to name the fault once, with the request:\n%s", log)
	}
}

func TestS244_OtherMethods(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	b := h.signedIn("ann")
	for method, want := range map[string]int{
		"TRACE": 405, "PUT": 405, "DELETE": 405, "PATCH": 405, "CONNECT": 405, "BREW": 405, "HEAD": 200,
	} {
		r := httptest.NewRequest(method, "/settings", nil)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if got := b.send(r); got.status != want {
			t.Errorf("%s /settings: %d, want %d", method, got.status, want)
		} else if allow := got.header.Get("Allow"); want == 405 && allow != "GET, HEAD, POST" {
			t.Errorf("%s /settings may be asked %q", method, allow)
		}
	}
	for _, headers := range []map[string]string{{"X-Http-Method-Override": "POST"}, {"X-Method-Override": "DELETE"}, {"X-HTTP-Method": "PUT"}} {
		b.headers = headers
		b.open("/sign-out?_method=POST").says(http.StatusOK, "Sign out?")
	}
	b.headers = nil
	b.open("/help").says(http.StatusOK, "Ann")
}

func TestS246_Assets(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	b := h.browser()
	for _, path := range []string{"", "manifest.json", ".keep", ".gitkeep", "../pages/home.html", "%2e%2e/pages/home.html", "none.css"} {
		if got := b.open(templates.AssetsPath + path); got.status != http.StatusNotFound && got.status != http.StatusMovedPermanently {
			t.Errorf("%s: %d", path, got.status)
		} else if strings.Contains(got.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: kept for ever", path)
		}
	}
}

func TestS246_AssetsAreKeptForEver(t *testing.T) {
	t.Parallel()
	h := assets(fstest.MapFS{"moothall-0123456789ab.css": {Data: []byte("a{}")}, "manifest.json": {Data: []byte("{}")}, "LICENSE.txt": {Data: []byte("MIT")}})
	for path, want := range map[string]int{"moothall-0123456789ab.css": 200, "manifest.json": 404, "": 404, "none.js": 404} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, templates.AssetsPath+path, nil))
		if w.Code != want {
			t.Errorf("%q: %d, want %d", path, w.Code, want)
		}
		if kept := w.Header().Get("Cache-Control") == "public, max-age=31536000, immutable"; kept != (want == 200) {
			t.Errorf("%q: Cache-Control %q", path, w.Header().Get("Cache-Control"))
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, templates.AssetsPath+"moothall-0123456789ab.css", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestS240_NobodyIsSignedInOnProgramRoutes(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	b := h.signedIn("ann")
	for _, x := range h.server.routes() {
		if x.needs != program {
			continue
		}
		path := strings.ReplaceAll(x.path, "{name}", "ann")
		r := httptest.NewRequest(x.method, path, strings.NewReader(`{"type":"Note","content":"x"}`))
		r.Header.Set("Content-Type", "application/activity+json")
		if got := b.send(r); got.status != http.StatusUnauthorized && got.status != http.StatusNotFound && got.status != http.StatusForbidden {
			t.Errorf("%s %s with a cookie: %d", x.method, path, got.status)
		}
	}
}

func TestA13_NotFoundAndNotAllowed(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	h.community(ann, actions.Charter{Name: "closed", Audience: actors.AudienceMembers})
	h.person("ben", actors.AccountMember)
	b := h.signedIn("ben")
	gone := b.open("/c/nowhere").says(http.StatusNotFound, "Page not found", "Look at all communities")
	if gone.title() != "Page not found – Medway Council communities" {
		t.Errorf("title %q", gone.title())
	}
	b.open("/admin").says(http.StatusForbidden, "You cannot do that", "Only administrators of this site", "ask the people who run this site")
	h.browser().open("/nowhere").says(http.StatusNotFound, "Sign in if you have an account")
}

func TestS164_Next(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/c/parks": "/c/parks", "/p/1?page=2": "/p/1?page=2", "/": "/", "/a%20b": "/a%20b",
		"": "/", "https://evil.example": "/", "//evil.example": "/", `/\evil.example`: "/", `\evil.example`: "/", `\\evil.example`: "/",
		"/%5cevil.example": "/", "/%5Cevil.example": "/", "/%09/evil.example": "/", "/\t/evil.example": "/", "/%0a/evil.example": "/",
		"javascript:alert(1)": "/", "/%2f/evil.example": "/", "/%2Fevil.example": "/", "///evil.example": "/", "evil.example": "/",
		"https:evil.example": "/", "http:///evil.example": "/", " //evil.example": "/", "/\x00": "/", "/%zz": "/", "?x": "/", "#x": "/",
		"//user@evil.example/": "/", "/c/parks#part": "/c/parks",
	} {
		if got := nextPath(next); got != want {
			t.Errorf("nextPath(%q) = %q, want %q", next, got, want)
		}
	}
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	b := h.browser()
	in := b.open("/sign-in?next=%2F%5Cevil.example").fill("/sign-in", url.Values{"email": {"ann@hub.example"}, "password": {password}})
	if to := in.header.Get("Location"); to != "/" {
		t.Errorf("went on to %q", to)
	}
	b.open("/sign-in?next=//evil.example").follow().says(http.StatusOK)
	if got := b.open("/help/").header.Get("Location"); got != "" {
		t.Errorf("a slash too much leads to %q", got)
	}
}

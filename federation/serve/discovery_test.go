package serve_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
)

type fingered struct {
	Subject string
	Links   []struct{ Rel, Type, Href string }
}

func (f fingered) self(t *testing.T) string {
	t.Helper()
	self := ""
	for _, l := range f.Links {
		if l.Rel == "self" {
			self = l.Href
		}
		if strings.HasPrefix(l.Type, "application/") && l.Rel != "self" {
			t.Errorf("a second link of a type of programs: %+v", l)
		}
	}
	return self
}

func TestC1_C2_WebFinger(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	for resource, want := range map[string]struct {
		status int
		self   string
	}{
		"acct:parks@north.example":         {200, "https://north.example/c/parks"},
		"acct:Parks@North.Example":         {200, "https://north.example/c/parks"},
		"ACCT:parks@north.example":         {200, "https://north.example/c/parks"},
		"@parks@north.example":             {200, "https://north.example/c/parks"},
		"acct:@parks@north.example":        {200, "https://north.example/c/parks"},
		"parks@north.example":              {200, "https://north.example/c/parks"},
		"acct:ann@north.example":           {200, "https://north.example/u/ann"},
		"https://north.example/c/parks":    {200, "https://north.example/c/parks"},
		"https://north.example/u/ann":      {200, "https://north.example/u/ann"},
		"acct:north.example@north.example": {200, "https://north.example/"},
		"https://north.example/":           {200, "https://north.example/"},
		"https://north.example":            {200, "https://north.example/"},
		"acct:listed@north.example":        {200, "https://north.example/c/listed"},
		"acct:nobody@north.example":        {404, ""},
		"acct:mia@south.example":           {404, ""},
		"acct:mia@north.example":           {404, ""},
		"https://south.example/u/mia":      {404, ""},
		"https://north.example/u/nobody":   {404, ""},
		"https://north.example/u/Ann":      {404, ""},
		"acct:tender@north.example":        {404, ""},
		"acct:office@north.example":        {404, ""},
		"https://north.example/c/tender":   {404, ""},
		"":                                 {400, ""},
		"acct:":                            {400, ""},
		"parks":                            {400, ""},
		"https://":                         {400, ""},
	} {
		w := h.get("/.well-known/webfinger?resource=" + strings.NewReplacer(" ", "%20").Replace(resource))
		if w.Code != want.status {
			t.Errorf("%q: %d, want %d", resource, w.Code, want.status)
			continue
		}
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != "*" {
			t.Errorf("%q: allows %q", resource, got)
		}
		if want.status != http.StatusOK {
			continue
		}
		var f fingered
		if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		if w.Header().Get("Content-Type") != "application/jrd+json" || f.self(t) != want.self {
			t.Errorf("%q: %s %+v", resource, w.Header().Get("Content-Type"), f)
		}
		// The handle leads back to the same actor.
		back := h.get("/.well-known/webfinger?resource=" + f.Subject)
		if back.Body.String() != w.Body.String() {
			t.Errorf("%q: its subject %q leads elsewhere", resource, f.Subject)
		}
	}
	if w := h.get("/.well-known/webfinger"); w.Code != http.StatusBadRequest {
		t.Errorf("no resource: %d", w.Code)
	}
}

func TestDeletedActorIsGone(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.write(func(tx *store.Tx) error { return tx.MarkActorGone(h.ctx, h.bob.ID, h.clock) })
	if w := h.get("/.well-known/webfinger?resource=acct:bob@north.example"); w.Code != http.StatusGone {
		t.Errorf("webfinger: %d", w.Code)
	}
	w := h.get("/u/bob")
	var d struct{ ID, Type, FormerType string }
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if w.Code != http.StatusGone || d.Type != "Tombstone" || d.ID != string(h.bob.URI) || d.FormerType != "Person" {
		t.Errorf("actor: %d %+v", w.Code, d)
	}
	for _, part := range []string{"outbox", "followers", "following", "featured"} {
		if w := h.get("/u/bob/" + part); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", part, w.Code)
		}
	}
}

func TestC4_NodeInfo(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.post(h.parks, nil, "Trees")
	h.post(h.tender, nil, "Prices")
	var links struct{ Links []struct{ Rel, Href string } }
	if err := json.Unmarshal(h.get("/.well-known/nodeinfo").Body.Bytes(), &links); err != nil || len(links.Links) != 3 {
		t.Fatalf("%v %+v", err, links)
	}
	for _, version := range []string{"2.0", "2.1"} {
		w := h.get("/nodeinfo/" + version)
		var d struct {
			Version           string
			Software          struct{ Name, Version string }
			Usage             struct{ Users, LocalPosts json.RawMessage }
			OpenRegistrations *bool
		}
		if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		want := `application/json; profile="http://nodeinfo.diaspora.software/ns/schema/` + version + `#"`
		if w.Code != 200 || d.Version != version || w.Header().Get("Content-Type") != want {
			t.Errorf("%s: %d %q %+v", version, w.Code, w.Header().Get("Content-Type"), d)
		}
		if string(d.Usage.Users) != `{"total":2}` || string(d.Usage.LocalPosts) != "1" {
			t.Errorf("%s: counts %s", version, w.Body)
		}
		if d.Software.Name != "moothall" || d.OpenRegistrations == nil || *d.OpenRegistrations {
			t.Errorf("%s: %+v", version, d)
		}
	}
}

func TestC4_NodeInfoCountsOnceAMinuteAndOutlivesTheDatabase(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	first := h.get("/nodeinfo/2.0").Body.String()
	h.post(h.parks, nil, "Trees")
	if again := h.get("/nodeinfo/2.0").Body.String(); again != first {
		t.Errorf("counted again at once: %s", again)
	}
	h.clock = h.clock.Add(61e9)
	later := h.get("/nodeinfo/2.0").Body.String()
	if later == first {
		t.Error("not counted again after a minute")
	}
	h.clock = h.clock.Add(61e9)
	tooLate, cancel := context.WithDeadline(h.ctx, time.Unix(1, 0))
	defer cancel()
	var group sync.WaitGroup
	for range 40 {
		group.Go(func() {
			w := httptest.NewRecorder()
			h.handler.ServeHTTP(w, httptest.NewRequestWithContext(tooLate, http.MethodGet, "/nodeinfo/2.0", nil))
			if w.Code != 200 || w.Body.String() != later {
				t.Errorf("without the database: %d %s", w.Code, w.Body)
			}
		})
	}
	group.Wait()
}

func TestC5_HostMeta(t *testing.T) {
	t.Parallel()
	w := newHall(t).get("/.well-known/host-meta")
	var x struct {
		Link []struct {
			Rel      string `xml:"rel,attr"`
			Template string `xml:"template,attr"`
		}
	}
	if err := xml.Unmarshal(w.Body.Bytes(), &x); err != nil {
		t.Fatal(err)
	}
	if len(x.Link) != 1 || x.Link[0].Rel != "lrdd" || x.Link[0].Template != "https://north.example/.well-known/webfinger?resource={uri}" {
		t.Errorf("%+v", x)
	}
	if got := w.Header().Get("Content-Type"); got != "application/xrd+xml; charset=utf-8" {
		t.Error(got)
	}
}

// TestS177_HiddenCommunityIsUnknownToWebFinger compares byte for byte.
func TestS177_HiddenCommunityIsUnknownToWebFinger(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	for _, name := range []string{"tender", "office"} {
		got := h.get("/.well-known/webfinger?resource=acct:" + name + "@north.example")
		want := h.get("/.well-known/webfinger?resource=acct:absent@north.example")
		same(t, name, want, got)
	}
}

func TestS241_OnlyDiscoveryIsOpenToOtherOrigins(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.post(h.parks, nil, "Trees")
	origin := map[string]string{"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
	for path, want := range map[string]string{
		"/.well-known/webfinger?resource=acct:ann@north.example": "*", "/.well-known/nodeinfo": "*", "/nodeinfo/2.0": "*", "/nodeinfo/2.1": "*",
		"/": "", "/u/ann": "", "/c/parks/outbox": "", h.acts.Site.Path(p.URI): "", "/p/absent": "",
	} {
		w := h.ask(request{path: path, header: origin})
		if got := w.Header().Get("Access-Control-Allow-Origin"); got != want || w.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s: allows %q, want %q", path, got, want)
		}
		w = h.ask(request{method: http.MethodOptions, path: path, header: origin})
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("preflight of %s: %d %v", path, w.Code, w.Header())
		}
	}
}

func TestC9_InstanceActor(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	var d struct {
		Type, ID, PreferredUsername, Inbox, Outbox string
		PublicKey                                  struct{ ID, Owner, PublicKeyPem string }
	}
	if err := json.Unmarshal(h.get("/").Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	got := []string{d.Type, d.ID, d.PreferredUsername, d.Inbox, d.Outbox, d.PublicKey.ID, d.PublicKey.Owner}
	want := []string{"Application", "https://north.example/", "north.example", "https://north.example/inbox",
		"https://north.example/outbox", "https://north.example/#main-key", "https://north.example/"}
	if diff := cmp.Diff(want, got); diff != "" || d.PublicKey.PublicKeyPem == "" {
		t.Error(diff)
	}
	c := h.collection("/outbox", actors.Actor{})
	if c.Type != "OrderedCollection" || c.TotalItems != 0 || c.OrderedItems == nil {
		t.Errorf("outbox: %+v", c)
	}
}

// TestC9_InstanceNameHasNoPort: GoToSocial takes no colon in a name, and refuses
// every signature of a node whose own actor it cannot name. Both spellings lead
// to the actor.
func TestC9_InstanceNameHasNoPort(t *testing.T) {
	t.Parallel()
	h := newHallAt(t, actions.NewSite("127.0.0.3:8081", "North Council", true))
	for _, name := range []string{"127.0.0.3", "127.0.0.3:8081"} {
		var d struct {
			Subject string
			Aliases []string
		}
		if err := json.Unmarshal(h.get("/.well-known/webfinger?resource=acct:"+name+"@127.0.0.3:8081").Body.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		if d.Subject != "acct:127.0.0.3@127.0.0.3:8081" || !slices.Equal(d.Aliases, []string{"http://127.0.0.3:8081/"}) {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

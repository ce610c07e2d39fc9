package web

import (
	"net/http"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
)

// FuzzOutbox sends anything at all to an outbox: it is done or refused, and never
// our fault (security.md P2).
func FuzzOutbox(f *testing.F) {
	for _, seed := range []string{
		`{"type":"Note","content":"<p>x</p>",` + toParks + `}`,
		`{"type":"Create","object":{"type":"Page","name":"x","source":{"content":"*x*","mediaType":"text/markdown"}},` + toParks + `}`,
		`{"type":"Update","object":{"id":"https://hub.example/p/0000000000001","type":"Note","content":"x"}}`,
		`{"type":"Undo","object":{"type":"Like","object":{"id":"https://hub.example/p/0000000000001"}}}`,
		`{"type":"Follow","object":"https://hub.example/c/parks"}`,
		`{"type":"Delete","object":["https://hub.example/p/0000000000001"],"summary":7}`,
	} {
		f.Add(seed)
	}
	h := newHall(f)
	h.server.Decide = func(string, actors.Purpose) actors.Decision { return actors.Decision{Rule: "nobody"} }
	ann := h.program(h.person("ann", actors.AccountMember))
	h.community(ann.who, actions.Charter{Name: "parks"})
	f.Fuzz(func(t *testing.T, body string) {
		h.TB = t
		s := ann.ask(http.MethodPost, "/u/ann/outbox", activityJSON, body)
		if s.status >= 500 || s.status < 400 && !strings.HasPrefix(s.header.Get("Location"), "https://hub.example/a/") {
			t.Errorf("%q gives %d to %q", body, s.status, s.header.Get("Location"))
		}
	})
}

// FuzzParseAddress reads what people paste: what is accepted names a host in the
// one spelling that rules about hosts are written in.
func FuzzParseAddress(f *testing.F) {
	for _, seed := range []string{
		"@a@kent.example", "!a@kent.example", "acct:a@kent.example", "https://Kent.example/c/a#x", "kent.example/c/a@sussex.example",
		"https://kent.example:443/", "https://u@kent.example/", "//kent.example/c", "https://１２７.0.0.1/", "@@", "/",
	} {
		f.Add(seed)
	}
	s := &Server{Site: actions.NewSite(hallHost, "Medway", false)}
	f.Fuzz(func(t *testing.T, typed string) {
		a, ok := s.parseAddress(typed)
		if !ok {
			return
		}
		if host, err := s.Site.ParseHost(a.host); err != nil || host != a.host {
			t.Errorf("%q names the host %q: %v", typed, a.host, err)
		}
		if a.uri == "" && a.name == "" || a.uri != "" && a.uri.Host() != a.host {
			t.Errorf("%q is read as %+v", typed, a)
		}
	})
}

package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/serve"
	"moothall/templates"
)

// TestOneAddressTwoAnswers puts the pages behind the documents, as a node does.
func TestOneAddressTwoAnswers(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.program(h.person("ann", actors.AccountMember))
	parks := h.community(ann.who, actions.Charter{Name: "parks"})
	p := h.publish(ann.who, parks, nil, content.Draft{Title: "Trees", Source: "When?"})
	all := (&serve.Serve{DB: h.db, Site: h.server.Site, Keys: h.server.Actions.Keys, Now: h.server.Now}).Routes(h.routes)
	const page, document = "text/html; charset=utf-8", "application/activity+json"
	for _, c := range []struct {
		method, path, accept, token string
		status                      int
		kind                        string
	}{
		{"GET", "/", "text/html", "", 200, page},
		{"GET", "/c/parks", "text/html", "", 200, page},
		{"GET", "/c/parks", document, "", 200, document},
		{"GET", "/u/ann", "*/*", "", 200, page},
		{"HEAD", "/u/ann", "text/html", "", 200, page},
		{"GET", templates.PostPath(p.ID), "text/html", "", 200, page},
		{"GET", templates.PostPath(p.ID), document, "", 200, document},
		{"GET", "/c/parks/members", "text/html", "", 303, ""},
		{"GET", "/communities", "text/html", "", 200, page},
		{"GET", "/u/ann/outbox", document, "", 200, document},
		{"GET", "/u/ann/outbox", document, ann.token, 200, document},
		{"GET", "/u/ann/outbox", document, "wrong", 401, problemJSON},
		{"GET", "/u/ann/inbox", document, ann.token, 200, document},
		{"GET", "/u/ann/inbox", document, "", 405, ""},
		{"POST", "/u/ann/outbox", document, "", 401, problemJSON},
		{"POST", "/u/ann/outbox", document, ann.token, 201, document},
		{"DELETE", "/c/parks", document, ann.token, 405, ""},
	} {
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(`{"type":"Note","content":"x",`+toParks+`}`))
		r.Host = hallHost
		r.Header.Set("Accept", c.accept)
		r.Header.Set("Content-Type", document)
		if c.token != "" {
			r.Header.Set("Authorization", "Bearer "+c.token)
		}
		w := httptest.NewRecorder()
		all.ServeHTTP(w, r)
		if w.Code != c.status || c.kind != "" && w.Header().Get("Content-Type") != c.kind {
			t.Errorf("%s %s as %s: %d %s, want %d %s", c.method, c.path, c.accept, w.Code, w.Header().Get("Content-Type"), c.status, c.kind)
		}
	}
}

func TestS113_OnlyFirstPagesOfOurOwnAreForSearchEngines(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	h.stranger(actors.Group, "soil", "kent.example")
	p := h.publish(ann, parks, nil, content.Draft{Title: "Trees"})
	for range 30 {
		h.publish(ann, parks, nil, content.Draft{Title: "More"})
	}
	for path, want := range map[string]string{
		"/c/parks": "", "/c/parks?page=2": "noindex", "/c/soil@kent.example": "noindex", templates.PostPath(p.ID): "", "/u/ann": "noindex",
	} {
		got := h.browser().open(path).says(http.StatusOK)
		if robots := got.header.Get("X-Robots-Tag"); robots != want {
			t.Errorf("%s is %q for search engines, want %q", path, robots, want)
		}
	}
}

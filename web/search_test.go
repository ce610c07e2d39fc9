package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/templates"
)

func (h *hall) index() {
	h.Helper()
	for n := 1; n > 0; {
		var err error
		if n, _, err = h.db.IndexDue(context.Background()); err != nil {
			h.Fatal(err)
		}
	}
}

func TestMEM1_SearchShowsWhatMayBeRead(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks", Title: "Parks"})
	inner := h.community(ann, actions.Charter{Name: "inner", Title: "Inner circle", Audience: actors.AudienceMembers})
	h.joins(ben, parks)
	p := h.publish(ben, parks, nil, content.Draft{Title: "Selective licensing", Source: "What did <b>you</b> charge & why?"})
	reply := h.publish(ann, parks, &p, content.Draft{Source: "Nothing, for licences of a year"})
	h.publish(ann, inner, nil, content.Draft{Title: "Licensing in secret", Source: "Zanzibar"})
	h.index()
	a, b, nobody := h.signedIn("ann"), h.signedIn("ben"), h.browser()

	nobody.open("/search").says(http.StatusOK, "Search discussions and documents")
	for name, x := range map[string]*browser{"nobody": nobody, "ben": b} {
		page := x.open("/search?q=licensing").says(http.StatusOK, "2 results", "Reply in: Selective licensing", "in Parks", "Anyone can read")
		for _, part := range []string{templates.PostPath(p.ID), templates.PostPath(reply.ID), `<mark class="app-mark">licences</mark>`} {
			if !strings.Contains(page.body, part) {
				t.Errorf("%s does not see %s", name, part)
			}
		}
		if strings.Contains(page.body, "secret") || strings.Contains(page.body, "Inner") {
			t.Errorf("%s sees what is closed", name)
		}
		x.open("/search?q=zanzibar").says(http.StatusOK, "No results", "What you can do")
	}
	a.open("/search?q=licensing").says(http.StatusOK, "3 results", "Licensing in secret", "Inner circle")
	a.open("/search?q=licensing&community="+inner.ID.String()).says(http.StatusOK, "1 result")
	b.open("/search?q=licensing&community="+inner.ID.String()).says(http.StatusOK, "No results", "Look everywhere")
	if page := nobody.open("/search?q=licensing&community="+inner.ID.String()).says(http.StatusOK, "No results"); strings.Contains(page.body, "Inner") {
		t.Error("a search names a community that its reader may not know of")
	}
	nobody.open("/c/parks").says(http.StatusOK, "Search this community")
	nobody.open("/c/parks/library").says(http.StatusOK, "Search these documents")
	nobody.open("/search?q=licensing&community="+parks.ID.String()).says(http.StatusOK, "Search in Parks", "2 results", "Search everywhere")
	nobody.open("/search?community="+parks.ID.String()+"&kind=documents").says(http.StatusOK, "Search the documents of this community")
	b.open("/search?q=licensing&kind=comments&year=2026&readers=public").says(http.StatusOK, "1 result", "narrowed down")
	b.open("/search?q=licensing&kind=nonsense&community=x&type=%22").says(http.StatusOK, "No results")
	b.open("/search?q=licensing&year=soon").says(http.StatusUnprocessableEntity, "Enter a year, like 2027")
	if page := b.open("/search?q=charge"); !strings.Contains(page.body, "<mark class=\"app-mark\">charge</mark> &amp; why?") {
		t.Errorf("what was written is not shown as text: %s", page.body)
	}
}

func TestS112_S113_SearchIsBounded(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	for range searchPage + 1 {
		h.publish(ann, parks, nil, content.Draft{Title: "Oaks", Source: "Oaks"})
	}
	h.index()
	b := h.browser()
	page := b.open("/search?q=oaks").says(http.StatusOK, "21 results", "Next")
	if page.header.Get("X-Robots-Tag") != "noindex" {
		t.Error("search engines may walk through searches")
	}
	b.open("/search?q=oaks&page=2").says(http.StatusOK, "page 2 of 2")
	b.open("/search?q=oaks&page=3").says(http.StatusNotFound)
	b.open("/search?q=oaks&page=1000000000").says(http.StatusNotFound)
	for _, typed := range []string{"%%%%", `NEAR(a b, 999999)`, `"`, "words:oaks", strings.Repeat("oaks ", 2000), "\xff\x00", "<script>alert(1)</script>"} {
		got := b.open("/search?" + url.Values{"q": {typed}, "issuer": {typed}}.Encode())
		if got.status != http.StatusOK || strings.Contains(got.body, "<script>alert") {
			t.Errorf("%.30q is answered %d", typed, got.status)
		}
	}
	// More searches than may wait are sent away.
	for range cap(h.server.searching.waiting) {
		h.server.searching.waiting <- struct{}{}
	}
	b.open("/search?q=oaks").says(http.StatusTooManyRequests, "Wait a few seconds")
}

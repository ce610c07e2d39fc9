package serve_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// TestC61_WhatWeServeIsBoring walks everything public.
func TestC61_WhatWeServeIsBoring(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p, act := h.posted(h.parks, nil, "Trees")
	c := h.post(h.parks, &p, "In autumn")
	gone := h.post(h.parks, nil, "Gone")
	h.withdraw(gone)
	h.write(func(tx *store.Tx) error { return tx.PinPost(h.ctx, p.ID, true) })
	for _, path := range []string{
		"/", "/outbox", "/u/ann", "/u/ann/followers", "/u/ann/following", "/u/ann/featured", "/u/ann/outbox",
		"/u/ann/outbox?page=1", "/c/parks", "/c/listed", "/c/parks/followers", "/c/parks/moderators", "/c/parks/featured",
		"/c/parks/featured?page=1", "/c/parks/outbox", "/c/parks/outbox?page=1", "/c/parks/log",
		h.acts.Site.Path(p.URI), h.acts.Site.Path(c.URI), h.acts.Site.Path(gone.URI), h.acts.Site.Path(act.URI),
		h.acts.Site.Path(p.URI) + "/context", h.acts.Site.Path(p.URI) + "/context?page=1", h.acts.Site.Path(p.URI) + "/replies",
		"/.well-known/webfinger?resource=acct:ann@north.example", "/.well-known/nodeinfo", "/nodeinfo/2.0", "/nodeinfo/2.1",
	} {
		w := h.get(path)
		if w.Code != 200 && w.Code != 410 {
			t.Errorf("%s: %d", path, w.Code)
		}
		var d map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil {
			t.Fatal(path, err)
		}
		walk(t, path, d)
	}
}

func walk(t *testing.T, at string, v any) {
	switch v := v.(type) {
	case nil:
		t.Errorf("%s is null", at)
	case string:
		if strings.HasPrefix(v, "http:") && !strings.HasPrefix(v, "http://nodeinfo.diaspora.software/") && !strings.HasPrefix(v, "http://webfinger.net/") {
			t.Errorf("%s: %s", at, v)
		}
		if strings.HasPrefix(v, "https:") && strings.Contains(actors.URI(v).Host(), ":") {
			t.Errorf("%s names a port: %s", at, v)
		}
	case []any:
		for _, e := range v {
			walk(t, at, e)
		}
	case map[string]any:
		for name, e := range v {
			if name == "@context" {
				continue // names of vocabularies, some of them http:
			}
			walk(t, at+" "+name, e)
		}
	}
}

// readLog reads a whole log and checks that it holds together.
func (h *hall) readLog(c actors.Community, chain actors.Chain, signer actors.Actor) []ap.LogLine {
	h.t.Helper()
	keys, err := someKeys()
	if err != nil {
		h.t.Fatal(err)
	}
	var lines []ap.LogLine
	seq, hash := int64(0), ""
	for page := string(c.URI) + "/log?after=0&chain=" + string(chain); page != ""; {
		w := h.as(signer, strings.TrimPrefix(page, "https://north.example"))
		p, err := ap.ParseLogPage(w.Body.Bytes())
		if err != nil || w.Code != http.StatusOK || p.ID != page {
			h.t.Fatalf("%s: %d %v %s", page, w.Code, err, p.ID)
		}
		if !p.Head.For(c.URI, chain).Verify(keys.Ed25519.Public().(ed25519.PublicKey)) {
			h.t.Fatal("the head is not signed by the community")
		}
		for _, l := range p.Entries {
			if err := l.Follows(c.URI, chain, seq, hash); err != nil {
				h.t.Fatal(err)
			}
			seq, hash = l.Seq, l.Hash
		}
		lines = append(lines, p.Entries...)
		if page = p.Next; page == "" && (p.Head.Seq != seq || p.Head.Hash != hash) {
			h.t.Fatalf("the log ends at %d, its head at %d", seq, p.Head.Seq)
		}
	}
	return lines
}

func TestLogProvesThatNothingIsMissing(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	if lines := h.readLog(h.parks, actors.ChainPublic, actors.Actor{}); len(lines) != 0 {
		t.Errorf("an empty log has %d entries", len(lines))
	}
	var last content.Post
	for range 55 {
		last = h.post(h.parks, nil, "Trees")
	}
	h.withdraw(last)
	hidden := h.post(h.parks, nil, "Rude")
	h.write(func(tx *store.Tx) error { return tx.SetStanding(h.ctx, hidden, content.Hidden) })
	lines := h.readLog(h.parks, actors.ChainPublic, actors.Actor{})
	if len(lines) != 56 {
		t.Fatalf("%d entries", len(lines))
	}
	for i, l := range lines {
		if l.Erased() != (i >= 54) || l.Erased() != (l.Salt == "") {
			t.Errorf("entry %d: erased %v, salt %q", i+1, l.Erased(), l.Salt)
		}
	}
	if got := lines[54].Object.ID(); got != string(last.URI) {
		t.Errorf("what is left of an erased entry names %s", got)
	}
	h.post(h.tender, nil, "Prices")
	members := h.readLog(h.tender, actors.ChainMembers, h.mia)
	if len(members) != 1 || !strings.Contains(string(members[0].Object.Raw()), marker) {
		t.Errorf("%+v", members)
	}
	for _, bad := range []string{"?after=-1", "?after=x", "?chain=other"} {
		if w := h.get("/c/parks/log" + bad); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

func TestFailureOfTheDatabaseIsNotAnAnswer(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	tooLate, cancel := context.WithDeadline(h.ctx, time.Unix(1, 0))
	defer cancel()
	for _, path := range []string{"/u/ann", "/nodeinfo/2.0", "/.well-known/webfinger?resource=acct:ann@north.example"} {
		r := httptest.NewRequestWithContext(tooLate, http.MethodGet, path, nil)
		r.Header.Set("Accept", streams)
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
}

func BenchmarkActor(b *testing.B) { benchmark(b, "/u/ann") }

func BenchmarkCommunity(b *testing.B) { benchmark(b, "/c/parks") }

func BenchmarkWebFinger(b *testing.B) {
	benchmark(b, "/.well-known/webfinger?resource=acct:parks@north.example")
}

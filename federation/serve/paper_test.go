package serve_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/federation/ap"
	"moothall/store"
)

// sentFile is a file of ann's that has been read.
func (h *hall) sentFile(tx *store.Tx, c actors.Community, words string) (store.Upload, error) {
	u, err := h.acts.Receive(h.ctx, tx, h.ann, c, store.Upload{
		Name: "guide.docx", Format: extract.DOCX, Digest: content.DigestOf([]byte(words)), Size: int64(len(words)),
	})
	if err != nil {
		return u, err
	}
	body := `{"blocks":[{"kind":"heading","level":1,"text":"` + words + `"},{"kind":"row","cells":["a","b"]}]}`
	if err := tx.AddReading(h.ctx, u.Digest, []byte(body), h.clock); err != nil {
		return u, err
	}
	u.State = store.UploadReady
	return u, tx.FinishUpload(h.ctx, u)
}

// shares lets ann share a document; change may make the draft another.
func (h *hall) shares(c actors.Community, title string, change func(d *content.DocumentDraft)) (p content.Post) {
	h.t.Helper()
	if c.Audience != actors.AudiencePublic {
		title += " " + marker
	}
	d := content.DocumentDraft{Title: title, Confirmed: true, Document: content.Document{Summary: title, Type: "guidance", Stage: content.InDraft}}
	if change != nil {
		change(&d)
	}
	h.write(func(tx *store.Tx) error {
		u, err := h.sentFile(tx, c, title)
		if err != nil {
			return err
		}
		p, err = h.acts.Share(h.ctx, tx, h.ann, c, d, u, "")
		return err
	})
	return p
}

// next adds a version to a document of ann's.
func (h *hall) next(c actors.Community, p content.Post, note string) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		u, err := h.sentFile(tx, c, note)
		if err != nil {
			return err
		}
		d := content.DocumentDraft{Note: note, Confirmed: true, Document: content.Document{Stage: content.Agreed}}
		_, err = h.acts.ShareVersion(h.ctx, tx, h.ann, p, d, u, "")
		return err
	})
}

func (h *hall) withdrawn(p content.Post, reason string) { h.t.Helper(); h.withdrawnFor(p, reason, "") }

func (h *hall) withdrawnFor(p content.Post, reason, replaced string) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		return h.acts.WithdrawDocument(h.ctx, tx, h.ann, p, content.Withdrawal{Title: p.Title, Reason: reason, Replaced: replaced})
	})
}

func (h *hall) object(path string) ap.Object {
	h.t.Helper()
	w := h.get(path)
	o, err := ap.ParseObject(w.Body.Bytes())
	if err != nil {
		h.t.Fatalf("%s: %d %v", path, w.Code, err)
	}
	return o
}

func TestDocumentsAndVersionsAreServed(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.shares(h.parks, "Pond lining guide", nil)
	at := h.acts.Site.Path(p.URI)
	h.post(h.parks, &p, "Useful!")
	h.next(h.parks, p, "New costs")
	o := h.object(at)
	if o.Paper == nil || o.Paper.Version.Number != 2 || o.Paper.Version.URI != p.URI+"/v/2" || o.Name != "Pond lining guide" {
		t.Fatalf("%+v", o.Paper)
	}
	for path, n := range map[string]int{at + "/v/1": 1, at + "/v/2": 2} {
		v := h.object(path)
		if v.Paper == nil || v.Paper.Version.Number != n || v.Paper.Of != ap.Link(p.URI) || v.ID != "https://north.example"+path {
			t.Errorf("%s: %+v", path, v.Paper)
		}
		first := h.get(path)
		if w := h.ask(request{path: path, header: map[string]string{"If-None-Match": first.Header().Get("ETag")}}); w.Code != http.StatusNotModified {
			t.Errorf("%s asked for again: %d", path, w.Code)
		}
	}
	if c := h.collection(at+"/context", actors.Actor{}); len(c.OrderedItems) != 2 {
		t.Errorf("context: %+v", c)
	}
	if w := h.get(at + "/replies"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"totalItems":1`) {
		t.Errorf("replies: %d %s", w.Code, w.Body)
	}
	for _, path := range []string{"/p/" + p.ID.String(), at + "/v/3", at + "/v/0", at + "/v/01", at + "/v/-1", at + "/v/x", "/d/23456789", "/d/x"} {
		if w := h.get(path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := h.ask(request{path: at, accept: "text/html"}); !strings.Contains(w.Body.String(), "a page") {
		t.Errorf("a browser gets %s", w.Body)
	}
	post := h.post(h.parks, nil, "A discussion")
	if w := h.get(strings.Replace(h.acts.Site.Path(post.URI), "/p/", "/d/", 1)); w.Code != http.StatusNotFound {
		t.Errorf("a discussion as a document: %d", w.Code)
	}
}

// TestTextGoesToIndexesOfWhatIsOpen: what everyone may read and pass on, to who signs.
func TestTextGoesToIndexesOfWhatIsOpen(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	open := h.shares(h.parks, "Open guide", nil)
	rights := h.shares(h.parks, "Rights reserved", func(d *content.DocumentDraft) { d.Licence = content.ReadOnly })
	closed := h.shares(h.tender, "Guide", nil)
	at := func(p content.Post) string { return h.acts.Site.Path(p.URI) + "/v/1/text" }
	if o := h.object(h.acts.Site.Path(open.URI)); o.Paper.Version.File.Text != "https://north.example"+at(open) {
		t.Errorf("its document says %q", o.Paper.Version.File.Text)
	}
	if w := h.as(h.mal, at(open)); w.Code != http.StatusOK || w.Body.String() != "Open guide\na\tb\n" || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%d %v %q", w.Code, w.Header(), w.Body)
	}
	if w := h.get(at(open)); !strings.Contains(w.Body.String(), "a page") {
		t.Errorf("who does not sign gets %d %s", w.Code, w.Body)
	}
	for _, p := range []content.Post{rights, closed} {
		if w := h.as(h.mia, at(p)); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d %s", p.Title, w.Code, w.Body)
		}
	}
}

// TestS114_FewTextsAtOnce: whoever asks while too many wait is to try again, and what is
// light is answered meanwhile.
func TestS114_FewTextsAtOnce(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.shares(h.parks, "Open guide", nil)
	release := h.serve.HoldTexts(t)
	if w := h.as(h.mal, h.acts.Site.Path(p.URI)+"/v/1/text"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("too many: %d %s", w.Code, w.Body)
	}
	if w := h.as(h.mal, h.acts.Site.Path(p.URI)); w.Code != http.StatusOK {
		t.Errorf("its document: %d %s", w.Code, w.Body)
	}
	release()
	if w := h.as(h.mal, h.acts.Site.Path(p.URI)+"/v/1/text"); w.Code != http.StatusOK || w.Body.String() != "Open guide\na\tb\n" {
		t.Errorf("then: %d %q", w.Code, w.Body)
	}
}

// TestHistoryOfADocument: each version with the activity that brought it, the latest
// first, and for one that was withdrawn the activity that withdrew it.
func TestHistoryOfADocument(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.shares(h.parks, "Pond lining guide", nil)
	at := h.acts.Site.Path(p.URI) + "/history"
	h.next(h.parks, p, "Second costs")
	h.next(h.parks, p, "Third costs")
	h.write(func(tx *store.Tx) error { return h.acts.WithdrawVersion(h.ctx, tx, h.ann, p, 2, "Wrong figures") })
	c := h.collection(at, actors.Actor{})
	if len(c.OrderedItems) != 3 || c.TotalItems != 3 {
		t.Fatalf("%+v", c)
	}
	var got []string
	for _, raw := range c.OrderedItems {
		act, err := ap.ParseActivity(raw)
		if err != nil {
			t.Fatal(err)
		}
		o, err := act.Object.AsObject()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, act.Type+" "+o.Type+" "+strings.TrimPrefix(o.ID, string(p.URI)))
	}
	if want := "Update Article /v/3, Delete Tombstone /v/2, Create Article /v/1"; strings.Join(got, ", ") != want {
		t.Errorf("%v", got)
	}
	page := h.collection(at+"?before=3", actors.Actor{})
	if len(page.OrderedItems) != 2 || page.TotalItems != 3 {
		t.Errorf("the page before version 3: %+v", page)
	}
	w := h.get(h.acts.Site.Path(p.URI) + "/v/2")
	o, err := ap.ParseObject(w.Body.Bytes())
	if err != nil || w.Code != http.StatusGone || o.Reason != "Wrong figures" || o.ReplacedBy != ap.Link(p.URI) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if strings.Contains(h.get(at).Body.String(), "Second costs") {
		t.Error("the history tells of a version that was withdrawn")
	}
}

func TestC52_DOC4_WithdrawnDocumentSaysWhy(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.shares(h.parks, "Pond lining guide", nil)
	later := h.shares(h.parks, "Pond lining guide, new", func(d *content.DocumentDraft) {
		d.Related = []content.Related{{Relation: content.Replaces, URI: p.URI}}
	})
	h.withdrawn(p, "The figures were wrong")
	at := h.acts.Site.Path(p.URI)
	for _, path := range []string{at, at + "/v/1", at + "/history", at + "/context", at + "/replies"} {
		w := h.get(path)
		o, err := ap.ParseObject(w.Body.Bytes())
		if err != nil || w.Code != http.StatusGone || !o.IsTombstone() || o.Name != "Pond lining guide" ||
			o.Reason != "The figures were wrong" || o.ReplacedBy != ap.Link(later.URI) || w.Header().Get("Cache-Control") != "private, no-store" {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// TestDOC4_ItsOwnerSaysWhatToReadInstead: their word counts before that of a later
// document which says that it replaces this one.
func TestDOC4_ItsOwnerSaysWhatToReadInstead(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.shares(h.parks, "Pond lining guide", nil)
	h.shares(h.parks, "Pond lining guide, new", func(d *content.DocumentDraft) {
		d.Related = []content.Related{{Relation: content.Replaces, URI: p.URI}}
	})
	h.withdrawnFor(p, "The figures were wrong", "https://kent.example/d/4kz7w9xb")
	w := h.get(h.acts.Site.Path(p.URI))
	o, err := ap.ParseObject(w.Body.Bytes())
	if err != nil || w.Code != http.StatusGone || o.ReplacedBy != "https://kent.example/d/4kz7w9xb" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// paperCase is a document as it may stand.
type paperCase struct {
	name  string
	in    actors.Community
	draft func(d *content.DocumentDraft)
	then  func(p content.Post)
	kept  bool // it never leaves, whoever asks
}

func (h *hall) paperCases() []paperCase {
	none := func(content.Post) {}
	plain := func(*content.DocumentDraft) {}
	sensitive := func(d *content.DocumentDraft) { d.Classification, d.Handling = content.Sensitive, "Lock it away" }
	later := func(d *content.DocumentDraft) { d.Embargo = h.clock.Add(24 * time.Hour) }
	gone := func(p content.Post) { h.withdrawn(p, "Because "+marker) }
	hide := func(p content.Post) {
		h.write(func(tx *store.Tx) error { return tx.SetStanding(h.ctx, p, content.Hidden) })
	}
	var out []paperCase
	for name, c := range map[string]actors.Community{"parks": h.parks, "tender": h.tender, "listed": h.listed, "office": h.office} {
		for _, v := range []paperCase{
			{"open", c, plain, none, false}, {"sensitive", c, sensitive, none, true}, {"embargo", c, later, none, true},
			{"withdrawn", c, plain, gone, false}, {"sensitive, withdrawn", c, sensitive, gone, true},
			{"embargo, withdrawn", c, later, gone, true}, {"hidden", c, plain, hide, true},
		} {
			v.name = name + ": " + v.name
			out = append(out, v)
		}
	}
	return out
}

// TestS171_S174_WhatIsServedOfDocumentsMayBeRead: for each way in which a document may
// stand and each who may ask, everything at its addresses is served only to those who
// may read it, and is otherwise as nothing at all (users.md 3.9, number 7).
func TestS171_S174_WhatIsServedOfDocumentsMayBeRead(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	server := remote("south.example", "server", actors.Application)
	h.write(func(tx *store.Tx) (err error) {
		server, err = h.acts.Learn(h.ctx, tx, server, nil, false)
		return err
	})
	askers := map[string]actors.Actor{"nobody": {}, "mia": h.mia, "mal": h.mal, "the server": server, "ann": h.ann, "a stranger": {URI: "https://stranger.example/u/x"}}
	for _, c := range h.paperCases() {
		p := h.shares(c.in, "Guide", c.draft)
		c.then(p)
		at := h.acts.Site.Path(p.URI)
		for name, who := range askers {
			var m actors.Membership
			h.write(func(tx *store.Tx) (err error) { m, err = tx.Membership(h.ctx, c.in.ID, who.ID); return err })
			viewer := actors.Viewer{Actor: who.ID, Host: who.Host}
			if who.Local || who.Kind == actors.Application {
				viewer = actors.Viewer{} // our own come by other doors, and a server is no member
			}
			may := !c.kept && viewer.MayRead(p.Audience, p.Author, m)
			for _, part := range []string{"", "/v/1", "/history", "/history?before=9", "/context", "/context/history", "/replies"} {
				got := h.as(who, at+part)
				served := got.Code == http.StatusOK || got.Code == http.StatusGone
				if served != may {
					t.Errorf("%s, %s asks for %s: %d, may read: %v", c.name, name, part, got.Code, may)
				}
				if !may {
					same(t, c.name+", "+name+" asks for "+part, h.as(who, "/d/"+string(content.NewDocumentName(7))+part), got)
				}
			}
		}
	}
}

// TestS172_KeptDocumentsAreInNoList: neither they nor what was done with them.
func TestS172_KeptDocumentsAreInNoList(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	for _, c := range h.paperCases() {
		if c.in.ID == h.parks.ID && c.kept && !strings.HasSuffix(c.name, "hidden") {
			c.then(h.shares(c.in, "Guide "+marker, c.draft))
		}
	}
	h.shares(h.parks, "Pond lining guide", nil)
	for path, told := range map[string]bool{
		"/c/parks/outbox?page=1": true, "/c/parks/featured": false, "/u/ann/outbox?page=1": true, "/c/parks/log?chain=public&after=0": true,
	} {
		w := h.as(h.mia, path)
		if w.Code != http.StatusOK || strings.Contains(w.Body.String(), marker) || strings.Contains(w.Body.String(), "Pond lining") != told {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

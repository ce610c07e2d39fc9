package serve_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// said is an activity as a history holds it.
type said struct {
	Type, Actor string
	Object      json.RawMessage
}

func (s said) String() string {
	var o struct{ ID, Content string }
	if json.Unmarshal(s.Object, &o) != nil {
		return s.Type + " " + string(s.Object)
	}
	return s.Type + " " + o.ID + " " + strings.TrimSpace(o.Content)
}

func (h *hall) history(path string, signer actors.Actor) (c collection, all []string) {
	h.t.Helper()
	c = h.collection(path, signer)
	for _, raw := range c.OrderedItems {
		var s said
		if err := json.Unmarshal(raw, &s); err != nil {
			h.t.Fatal(err)
		}
		all = append(all, s.String())
	}
	return c, all
}

func (h *hall) edit(p content.Post, words string) {
	h.t.Helper()
	d := content.Draft{Kind: p.Kind, Source: words}
	if !p.IsComment() {
		d.Title = words
	}
	h.write(func(tx *store.Tx) error { _, err := h.acts.Edit(h.ctx, tx, h.ann, p, d); return err })
}

func (h *hall) like(who actors.Actor, p content.Post) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error { _, err := h.acts.SayUseful(h.ctx, tx, who, p); return err })
}

// TestC46_HistoryTellsWhatWasAnnounced: in order, with the words as they are now,
// and without those that are gone.
func TestC46_HistoryTellsWhatWasAnnounced(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.join(h.bob, h.parks)
	root := h.post(h.parks, nil, "Trees")
	wrong := h.post(h.parks, &root, "a mistake")
	gone := h.post(h.parks, &root, "withdrawn words")
	h.post(h.parks, nil, "Another discussion")
	h.like(h.bob, wrong)
	h.edit(wrong, "put right")
	h.write(func(tx *store.Tx) error { _, err := h.acts.Delete(h.ctx, tx, h.ann, gone, ""); return err })
	path := h.acts.Site.Path(root.URI) + "/context"
	var d struct{ History string }
	if err := json.Unmarshal(h.get(path).Body.Bytes(), &d); err != nil || d.History != string(root.URI)+"/context/history" {
		t.Fatalf("the context names the history %q: %v", d.History, err)
	}
	var doc struct{ Context, ContextHistory, Replies string }
	if err := json.Unmarshal(h.get(h.acts.Site.Path(wrong.URI)).Body.Bytes(), &doc); err != nil || doc.ContextHistory != d.History || doc.Context == "" || doc.Replies == "" {
		t.Errorf("a comment says %+v", doc)
	}
	c, all := h.history(d.History, actors.Actor{})
	want := []string{
		"Create " + string(root.URI) + " <p>Trees</p>", "Create " + string(wrong.URI) + " <p>put right</p>",
		`Like "` + string(wrong.URI) + `"`, "Update " + string(wrong.URI) + " <p>put right</p>", `Delete "` + string(gone.URI) + `"`,
	}
	if !slices.Equal(all, want) {
		t.Errorf("the history tells\n%s\nwant\n%s", strings.Join(all, "\n"), strings.Join(want, "\n"))
	}
	if c.Type != "OrderedCollection" || c.AttributedTo != string(h.parks.URI) || c.Audience != string(h.parks.URI) || c.TotalItems != len(want) {
		t.Errorf("%s of %s for %s with %d", c.Type, c.AttributedTo, c.Audience, c.TotalItems)
	}
}

func TestC46_LongHistoryHasPages(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	root := h.post(h.parks, nil, "Trees")
	for i := range 59 {
		h.post(h.parks, &root, fmt.Sprint("Reply ", i))
	}
	top := h.collection(h.acts.Site.Path(root.URI)+"/context/history", actors.Actor{})
	if len(top.OrderedItems) != 0 || top.TotalItems != 60 || top.First == "" {
		t.Fatalf("%d items of %d, first %q", len(top.OrderedItems), top.TotalItems, top.First)
	}
	first, one := h.history(top.First, actors.Actor{})
	second, two := h.history(first.Next, actors.Actor{})
	if len(one) != 50 || len(two) != 10 || second.Next != "" || first.PartOf != top.ID {
		t.Errorf("%d activities, then %d, then %q", len(one), len(two), second.Next)
	}
	for _, path := range []string{"/context/history?after=x", "/context/history?after=-1"} {
		if w := h.get(h.acts.Site.Path(root.URI) + path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

// TestC46_SameTagUntilSomethingChanges: what a reader holds of a discussion is
// confirmed without being sent, until anything about it is another than before.
func TestC46_SameTagUntilSomethingChanges(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.join(h.bob, h.parks)
	root := h.post(h.parks, nil, "Trees")
	reply := h.post(h.parks, &root, "Oaks")
	at := h.acts.Site.Path(root.URI)
	paths := []string{at + "/context", at + "/context?page=1", at + "/replies", at + "/context/history"}
	server := remote("south.example", "instance", actors.Application)
	h.write(func(tx *store.Tx) error { _, err := h.acts.Learn(h.ctx, tx, server, nil, false); return err })
	tags := func() map[string]string {
		out := map[string]string{}
		for _, path := range paths {
			w := h.get(path)
			tag := w.Header().Get("ETag")
			out[path] = tag
			if w.Code != http.StatusOK || tag == "" || strings.HasPrefix(tag, "W/") || w.Header().Get("Cache-Control") != "public, no-cache" ||
				!strings.Contains(w.Header().Get("Vary"), "Signature") {
				t.Errorf("%s: %d %v", path, w.Code, w.Header())
			}
			for _, signer := range []actors.URI{"", server.URI} { // a server as such reads what the public reads
				again := h.ask(request{path: path, signer: signer, header: map[string]string{"If-None-Match": tag}})
				if again.Code != http.StatusNotModified || again.Body.Len() != 0 || again.Header().Get("ETag") != tag {
					t.Errorf("%s again, signed %q: %d %s", path, signer, again.Code, again.Body)
				}
			}
			head := h.ask(request{method: http.MethodHead, path: path})
			if head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("ETag") != tag || head.Header().Get("Content-Length") != w.Header().Get("Content-Length") {
				t.Errorf("HEAD %s: %d %v", path, head.Code, head.Header())
			}
		}
		return out
	}
	before := tags()
	if again := tags(); fmt.Sprint(again) != fmt.Sprint(before) {
		t.Errorf("tags changed by themselves: %v, then %v", before, again)
	}
	for name, change := range map[string]func(){
		"a like":    func() { h.like(h.bob, reply) },
		"an edit":   func() { h.edit(reply, "Oaks and limes") },
		"a reply":   func() { h.post(h.parks, &reply, "Elms") },
		"a removal": func() { h.write(func(tx *store.Tx) error { return tx.SetStanding(h.ctx, reply, content.Hidden) }) },
		"a withdrawal": func() {
			p := h.post(h.parks, &root, "For a moment")
			before = tags()
			h.withdraw(p)
		},
	} {
		change()
		after := tags()
		for _, path := range paths {
			if after[path] == before[path] {
				t.Errorf("%s is the same after %s", path, name)
			}
		}
		before = after
	}
	if seen := map[string]bool{}; len(before) == len(paths) {
		for _, tag := range before {
			if seen[tag] {
				t.Error("two documents have one tag")
			}
			seen[tag] = true
		}
	}
}

// TestC46_S173_S174_S176_RepliesForFewerLeaveNoTrace: whatever happens to a reply for
// members only, the public is given the same answers with the same tags as before.
func TestC46_S173_S174_S176_RepliesForFewerLeaveNoTrace(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.join(h.bob, h.parks)
	root := h.post(h.parks, nil, "Trees")
	h.post(h.parks, &root, "Oaks")
	h.post(h.parks, nil, "A later one")
	at := h.acts.Site.Path(root.URI)
	answers := func() string {
		var out strings.Builder
		for _, path := range []string{
			at, at + "/context", at + "/context?page=1", at + "/replies", at + "/context/history", "/c/parks", "/c/parks/outbox",
			"/c/parks/outbox?page=1", "/c/parks/featured", "/u/ann/outbox", "/u/ann/outbox?page=1", "/nodeinfo/2.1",
		} {
			w := h.get(path)
			fmt.Fprintln(&out, path, w.Code, w.Header(), w.Body)
		}
		h.write(func(tx *store.Tx) error {
			list, err := tx.Discussions(h.ctx, actors.Viewer{}, h.parks.ID, store.Page{})
			fmt.Fprintf(&out, "%+v", list)
			return err
		})
		return out.String()
	}
	before := answers()
	var aside content.Post
	for _, change := range []struct {
		name string
		make func()
	}{
		{"a reply for members", func() {
			h.write(func(tx *store.Tx) (err error) {
				d := content.Draft{Kind: content.Comment, Source: "Limes " + marker, Audience: actors.AudienceMembers}
				aside, _, err = h.acts.Publish(h.ctx, tx, h.ann, h.parks, &root, d)
				return err
			})
			if aside.Audience != actors.AudienceMembers || aside.Standing != content.Accepted {
				t.Fatalf("the reply is %s for %s", aside.Standing, aside.Audience)
			}
		}},
		{"a like of it", func() { h.like(h.bob, aside) }},
		{"an edit of it", func() { h.edit(aside, "Elms "+marker) }},
		{"an answer to it", func() { h.post(h.parks, &aside, "More elms "+marker) }},
		{"its removal", func() { h.write(func(tx *store.Tx) error { return tx.SetStanding(h.ctx, aside, content.Hidden) }) }},
	} {
		change.make()
		if after := answers(); after != before {
			t.Fatalf("after %s\n%s\nbefore\n%s", change.name, after, before)
		}
	}
	h.write(func(tx *store.Tx) error {
		seen, err := tx.Post(h.ctx, actors.Viewer{Actor: h.bob.ID, Host: h.bob.Host}, root.ID)
		if seen.Replies != 2 {
			t.Errorf("a member sees %d replies, want those two that are left", seen.Replies)
		}
		return err
	})
}

// TestC46_S193_TagsAreForOneViewer: a tag gives no right, and what a member reads
// has none.
func TestC46_S193_TagsAreForOneViewer(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	root := h.post(h.tender, nil, "Prices")
	at := h.acts.Site.Path(root.URI)
	for _, path := range []string{at, at + "/context", at + "/replies", at + "/context/history", "/c/tender/outbox"} {
		any := map[string]string{"If-None-Match": "*"}
		if w := h.ask(request{path: path, signer: h.mia.URI, header: any}); w.Code != http.StatusOK || w.Header().Get("ETag") != "" ||
			w.Header().Get("Cache-Control") != "private, no-store" {
			t.Errorf("a member asks for %s: %d %v", path, w.Code, w.Header())
		}
		for _, signer := range []actors.URI{"", h.mal.URI} {
			if w := h.ask(request{path: path, signer: signer, header: any}); w.Code != http.StatusNotFound {
				t.Errorf("%q asks for %s: %d", signer, path, w.Code)
			}
		}
	}
	// A member's view of a public discussion may hold more than the public's.
	open := h.acts.Site.Path(h.post(h.parks, nil, "Trees").URI) + "/context"
	tag := h.get(open).Header().Get("ETag")
	if w := h.ask(request{path: open, signer: h.mia.URI, header: map[string]string{"If-None-Match": tag}}); w.Code != http.StatusOK || w.Header().Get("ETag") != "" {
		t.Errorf("a person is told 304 of what the public reads: %d %v", w.Code, w.Header())
	}
}

// TestS198_FollowersAreListedToTheirOwnHost and to no other (FEP-8fcf).
func TestS198_FollowersAreListedToTheirOwnHost(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	west := remote("west.example", "wim", actors.Person)
	server := remote("south.example", "instance", actors.Application)
	h.write(func(tx *store.Tx) (err error) {
		if west, err = h.acts.Learn(h.ctx, tx, west, nil, false); err == nil {
			_, err = h.acts.Learn(h.ctx, tx, server, nil, false)
		}
		return err
	})
	for _, who := range []actors.Actor{h.mia, h.mal, west, h.bob} {
		h.join(who, h.parks)
	}
	h.standing(h.mal, h.parks, actors.Left)
	for _, signer := range []actors.Actor{server, h.mal, h.mia} {
		c := h.collection("/c/parks/followers_synchronization", signer)
		if got := refs(t, c.OrderedItems); c.Type != "OrderedCollection" || !slices.Equal(got, []string{string(h.mia.URI)}) || c.TotalItems != 1 {
			t.Errorf("%s is told %+v", signer.URI, c)
		}
	}
	for _, path := range []string{"/c/parks", "/c/tender", "/c/office", "/c/absent", "/u/ann", "/u/nobody"} {
		for _, signer := range []actors.URI{"", "bad"} {
			w := h.ask(request{path: path + "/followers_synchronization", signer: signer})
			if w.Code != http.StatusUnauthorized || w.Header().Get("Cache-Control") != "private, no-store" {
				t.Errorf("signed %q, %s: %d %s", signer, path, w.Code, w.Body)
			}
		}
	}
	stranger := remote("stranger.example", "x", actors.Person) // may follow, and has no followers here
	if c := h.collection("/c/parks/followers_synchronization", stranger); c.TotalItems != 0 {
		t.Errorf("a host without followers is told %+v", c)
	}
	for _, signer := range []actors.Actor{h.mal, stranger, west} {
		same(t, "a closed community", h.as(signer, "/c/absent/followers_synchronization"), h.as(signer, "/c/tender/followers_synchronization"))
	}
	if c := h.collection("/c/tender/followers_synchronization", server); len(c.OrderedItems) != 1 {
		t.Errorf("a member's server is told %+v", c)
	}
	h.join(h.mia, actors.Community{Actor: h.ann})
	if c := h.collection("/u/ann/followers_synchronization", server); !slices.Equal(refs(t, c.OrderedItems), []string{string(h.mia.URI)}) {
		t.Errorf("of a person, %+v", c)
	}
}

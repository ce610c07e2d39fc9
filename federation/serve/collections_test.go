package serve_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

type collection struct {
	ID, Type, First, Next, PartOf, AttributedTo, Audience string
	TotalItems                                            int
	OrderedItems                                          []json.RawMessage
}

func (h *hall) collection(path string, signer actors.Actor) collection {
	h.t.Helper()
	path = strings.TrimPrefix(path, "https://north.example")
	w := h.as(signer, path)
	var c collection
	if err := json.Unmarshal(w.Body.Bytes(), &c); err != nil || w.Code != http.StatusOK {
		h.t.Fatalf("%s: %d %v %s", path, w.Code, err, w.Body)
	}
	if c.ID != "https://north.example"+path {
		h.t.Errorf("%s says it is %s", path, c.ID)
	}
	return c
}

func refs(t *testing.T, items []json.RawMessage) []string {
	t.Helper()
	ids := make([]string, len(items))
	for i, raw := range items {
		if err := json.Unmarshal(raw, &ids[i]); err != nil {
			t.Fatal(err)
		}
	}
	return ids
}

func TestC11_FollowersAndModerators(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.join(h.mia, h.parks)
	w := h.get("/c/parks/followers")
	if body := w.Body.String(); !strings.Contains(body, `"totalItems":2`) || strings.Contains(body, "orderedItems") || strings.Contains(body, "mia") {
		t.Errorf("followers: %s", body)
	}
	c := h.collection("/c/parks/moderators", actors.Actor{})
	if got := refs(t, c.OrderedItems); c.Type != "OrderedCollection" || len(got) != 1 || got[0] != string(h.ann.URI) || c.TotalItems != 1 {
		t.Errorf("moderators: %+v", c)
	}
	if c := h.collection("/u/ann/followers", actors.Actor{}); c.TotalItems != 0 {
		t.Errorf("%+v", c)
	}
}

func TestC12_OutboxIsFlatAndPaged(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	var ids []string
	for range 45 {
		ids = append([]string{string(h.post(h.parks, nil, "Trees").URI)}, ids...)
	}
	first := h.post(h.parks, nil, "Ponds")
	h.post(h.parks, &first, "A comment is not in it")
	h.withdraw(first)
	c := h.collection("/c/parks/outbox", actors.Actor{})
	if c.Type != "OrderedCollection" || c.TotalItems != 45 || len(c.OrderedItems) != 20 || c.First == "" {
		t.Fatalf("%s of %d, %d flat, first %q", c.Type, c.TotalItems, len(c.OrderedItems), c.First)
	}
	var got []string
	for page := c.First; page != ""; {
		p := h.collection(page, actors.Actor{})
		if p.Type != "OrderedCollectionPage" || p.PartOf != c.ID {
			t.Fatalf("%+v", p)
		}
		for _, raw := range p.OrderedItems {
			got = append(got, announced(t, raw))
		}
		page = p.Next
	}
	if strings.Join(got, " ") != strings.Join(ids, " ") {
		t.Errorf("pages hold %d posts in another order or number", len(got))
	}
}

// announced is the id of the object of an Announce of a Create.
func announced(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var d struct {
		ID, Type, Actor string
		Object          struct {
			ID, Type, Actor string
			Object          struct{ ID, Name, Content string }
		}
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatal(err)
	}
	if d.Type != "Announce" || d.Object.Type != "Create" || d.ID == "" || d.Object.ID == "" || d.Actor == d.Object.Actor {
		t.Errorf("not an Announce of a Create: %s", raw)
	}
	return d.Object.Object.ID
}

func TestC12_FeaturedIsWholeAndFlat(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.post(h.parks, nil, "Read first")
	h.post(h.parks, nil, "Not pinned")
	h.write(func(tx *store.Tx) error { return tx.PinPost(h.ctx, p.ID, true) })
	c := h.collection("/c/parks/featured", actors.Actor{})
	if c.TotalItems != 1 || len(c.OrderedItems) != 1 || c.First == "" {
		t.Fatalf("%+v", c)
	}
	var d struct{ ID, Type, Name, Content string }
	if err := json.Unmarshal(c.OrderedItems[0], &d); err != nil || d.ID != string(p.URI) || d.Name != "Read first" || d.Content == "" {
		t.Errorf("%v %+v", err, d)
	}
	page := h.collection(c.First, actors.Actor{})
	if len(page.OrderedItems) != 1 || page.Type != "OrderedCollectionPage" {
		t.Errorf("%+v", page)
	}
	if c := h.collection("/u/ann/featured", actors.Actor{}); c.TotalItems != 0 || c.OrderedItems == nil {
		t.Errorf("%+v", c)
	}
}

// TestOutboxShowsWhatAnEditLeft: words that were taken back do not come out again.
func TestOutboxShowsWhatAnEditLeft(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	p := h.post(h.parks, nil, "Trees are blue")
	h.write(func(tx *store.Tx) error {
		_, err := h.acts.Edit(h.ctx, tx, h.ann, p, content.Draft{Kind: content.Discussion, Title: "Trees are green", Source: "Green."})
		return err
	})
	for _, path := range []string{"/c/parks/outbox", "/u/ann/outbox"} {
		body := h.get(path).Body.String()
		if strings.Contains(body, "blue") || !strings.Contains(body, "Trees are green") || !strings.Contains(body, `"Create"`) {
			t.Errorf("%s: %s", path, body)
		}
	}
	if id := announced(t, h.collection("/c/parks/outbox", actors.Actor{}).OrderedItems[0]); id != string(p.URI) {
		t.Error(id)
	}
}

func TestC46_ContextIsCompleteAndChronological(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	root := h.post(h.parks, nil, "Trees")
	want := []string{string(root.URI)}
	path := h.acts.Site.Path(root.URI) + "/context"
	last := root
	for range 60 {
		last = h.post(h.parks, &last, "and so on")
		want = append(want, string(last.URI))
		if len(want) == 50 {
			c := h.collection(path, actors.Actor{})
			if got := refs(t, c.OrderedItems); strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("fifty are not all in it: %d", len(got))
			}
		}
	}
	w := h.get(path)
	tag := w.Header().Get("ETag")
	c := h.collection(path, actors.Actor{})
	if c.TotalItems != 61 || len(c.OrderedItems) != 0 || c.AttributedTo != string(h.parks.URI) || c.Audience != string(h.parks.URI) {
		t.Errorf("%+v", c)
	}
	var got []string
	for page := c.First; page != ""; {
		p := h.collection(page, actors.Actor{})
		got = append(got, refs(t, p.OrderedItems)...)
		page = p.Next
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("pages hold %d ids in another order or number", len(got))
	}
	again := h.ask(request{path: path, header: map[string]string{"If-None-Match": `"x", W/` + tag}})
	if tag == "" || again.Code != http.StatusNotModified || again.Body.Len() != 0 || again.Header().Get("ETag") != tag {
		t.Errorf("conditional: %d %v", again.Code, again.Header())
	}
	h.post(h.parks, &root, "one more")
	if w := h.ask(request{path: path, header: map[string]string{"If-None-Match": tag}}); w.Code != http.StatusOK {
		t.Errorf("after a change: %d", w.Code)
	}
	for _, bad := range []string{"?page=0", "?page=3", "?page=x", "?page=-1"} {
		if w := h.get(path + bad); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", bad, w.Code)
		}
	}
}

func TestReplies(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	root := h.post(h.parks, nil, "Trees")
	a := h.post(h.parks, &root, "one")
	h.post(h.parks, &a, "below one")
	gone := h.post(h.parks, &root, "withdrawn")
	h.withdraw(gone)
	var d struct {
		Type       string
		TotalItems int
		First      struct {
			Type  string
			Items []string
			Next  string
		}
	}
	path := h.acts.Site.Path(root.URI) + "/replies"
	if err := json.Unmarshal(h.get(path).Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	if d.Type != "Collection" || d.TotalItems != 1 || len(d.First.Items) != 1 || d.First.Items[0] != string(a.URI) || d.First.Next != "" {
		t.Errorf("%+v", d)
	}
	for range 51 {
		h.post(h.parks, &root, "more")
	}
	if err := json.Unmarshal(h.get(path).Body.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	next := h.collection(d.First.Next, actors.Actor{})
	if d.TotalItems != 52 || len(d.First.Items) != 50 || len(next.OrderedItems) != 2 {
		t.Errorf("%d, %d in the first page, %d in the second", d.TotalItems, len(d.First.Items), len(next.OrderedItems))
	}
}

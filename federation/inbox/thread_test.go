package inbox_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/fedtest"
	"moothall/store"
)

const rootAt = "https://peer.example/p/root"

// halfThread is a community elsewhere in which a discussion went on before anyone
// here belonged to it. more is laid over its start.
func halfThread(t testing.TB, more doc) (*past, fedtest.Community) {
	t.Helper()
	p := before(t)
	c := p.opens(nil)
	p.Pass(2 * time.Minute)
	p.page(p.peer, p.bob, "/p/root", "The start.", with(doc{"context": rootAt + "/context", "replies": rootAt + "/replies"}, more))
	return p, c
}

// reply is a comment by bob, or by mal where it is on the other host.
func (p *past) reply(at *fedtest.Stranger, path, to, words string, more doc) doc {
	p.t.Helper()
	by := p.bob
	if at == p.evil {
		by = p.mal
	}
	return p.page(at, by, path, words, with(doc{"type": "Note", "inReplyTo": to}, more))
}

// relays makes the community pass on a comment.
func (p *past) relays(object doc) {
	p.t.Helper()
	create := p.act(p.bob, "Create", object, nil)
	p.takes(p.group, p.act(p.group, "Announce", create, nil))
}

// late passes on a reply to something that is not here.
func (p *past) late(n int) {
	p.t.Helper()
	parent := p.reply(p.peer, fmt.Sprintf("/p/parent%d", n), rootAt, fmt.Sprintf("Parent %d.", n), nil)
	p.relays(p.reply(p.peer, fmt.Sprintf("/p/late%d", n), string(parent["id"].(string)), fmt.Sprintf("Late %d.", n), nil))
	p.Settle()
}

func (p *past) thread() (j store.ThreadJob) {
	p.read(func(ctx context.Context, tx *store.Tx) error {
		root, err := tx.PostByURI(ctx, rootAt)
		if err != nil {
			return err
		}
		j, err = tx.ThreadJob(ctx, root.ID)
		return err
	})
	return j
}

func (p *past) creates(object doc) doc {
	return doc{"id": string(p.id(p.bob, "a")), "type": "Create", "actor": p.bob.URI, "object": object}
}

// TestC46_MissingRepliesAreFound in each of the ways in which peers list them.
func TestC46_MissingRepliesAreFound(t *testing.T) {
	t.Parallel()
	first := func(p *past) doc {
		return p.reply(p.peer, "/p/c1", rootAt, "First reply.", doc{"replies": "https://peer.example/p/c1/replies"})
	}
	second := func(p *past) doc { return p.reply(p.evil, "/n/c2", "https://peer.example/p/c1", "Second reply.", nil) }
	ordered := func(items ...any) doc { return doc{"type": "OrderedCollection", "orderedItems": items} }
	for name, show := range map[string]func(p *past){
		"Moothall: contextHistory": func(p *past) {
			p.page(p.peer, p.bob, "/p/root", "The start.", doc{"contextHistory": rootAt + "/h", "context": rootAt + "/context"})
			p.shows(p.peer, "/p/root/h", ordered(p.creates(first(p)), p.act(p.group, "Announce", p.creates(second(p)), nil), p.act(p.bob, "Like", rootAt, nil)))
		},
		"Lemmy, Discourse: a context of ids": func(p *past) {
			p.shows(p.peer, "/p/root/context", ordered(rootAt, first(p)["id"], second(p)["id"]))
		},
		"NodeBB: a context of objects and Creates, on pages": func(p *past) {
			p.shows(p.peer, "/p/root/context", doc{"type": "OrderedCollection", "first": rootAt + "/context?page=1"})
			p.shows(p.peer, "/p/root/context?page=1", doc{"type": "OrderedCollectionPage", "orderedItems": []any{first(p)}, "next": rootAt + "/context?page=2"})
			p.shows(p.peer, "/p/root/context?page=2", doc{"type": "OrderedCollectionPage", "orderedItems": []any{p.creates(second(p))}})
		},
		"Mastodon: replies, and theirs": func(p *past) {
			p.page(p.peer, p.bob, "/p/root", "The start.", doc{"context": "tag:peer.example,2026:1", "replies": doc{"type": "Collection", "id": rootAt + "/replies",
				"first": doc{"type": "CollectionPage", "items": []any{}, "next": rootAt + "/replies?page=2"}}})
			p.shows(p.peer, "/p/root/replies", doc{"type": "Collection", "first": doc{"type": "CollectionPage", "items": []any{}, "next": rootAt + "/replies?page=2"}})
			p.shows(p.peer, "/p/root/replies?page=2", doc{"type": "CollectionPage", "items": []any{first(p)["id"]}})
			p.shows(p.peer, "/p/c1/replies", doc{"type": "Collection", "items": []any{second(p)["id"]}})
		},
		"a history that is broken, a context that is not there": func(p *past) {
			p.page(p.peer, p.bob, "/p/root", "The start.", doc{"contextHistory": rootAt + "/h", "context": rootAt + "/context", "replies": rootAt + "/replies"})
			p.peer.Serves("/p/root/h", fedtest.Answer{Body: "]]"})
			p.shows(p.peer, "/p/root/replies", doc{"type": "Collection", "items": []any{first(p), second(p)}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, c := halfThread(t, nil)
			show(p)
			p.late(1)
			p.Pass(time.Minute)
			for _, words := range []string{"The start.", "Parent 1.", "Late 1.", "First reply.", "Second reply."} {
				p.ann.Sees(c, words)
			}
			if j := p.thread(); j.State != store.ThreadComplete || j.Found != 2 {
				t.Errorf("%+v", j)
			}
			for _, e := range p.Exchanges() {
				if strings.HasPrefix(e.URL, "tag:") {
					t.Error("an opaque context was asked for")
				}
			}
		})
	}
}

// TestC46_AskedAgainOnlyIfChanged: a quarter of an hour apart, and with the tag of
// what is held.
func TestC46_AskedAgainOnlyIfChanged(t *testing.T) {
	t.Parallel()
	p, _ := halfThread(t, nil)
	list := doc{"id": rootAt + "/context", "type": "OrderedCollection", "orderedItems": []any{rootAt}}
	p.peer.Serves("/p/root/context", fedtest.Answer{Body: list, Header: map[string]string{"ETag": `"one"`}})
	runs := func() (tags []string) {
		for _, e := range p.peer.Requests() {
			if e.URL == "/p/root/context" {
				tags = append(tags, e.Header.Get("If-None-Match"))
			}
		}
		return tags
	}
	p.late(1)
	p.Pass(time.Minute)
	p.peer.Serves("/p/root/context", fedtest.Answer{Status: http.StatusNotModified})
	for n := range 5 {
		p.late(2 + n)
		p.Pass(time.Minute)
	}
	if got := runs(); len(got) != 1 || got[0] != "" {
		t.Fatalf("within five minutes it was asked %q", got)
	}
	p.Pass(15 * time.Minute)
	if got := runs(); len(got) != 2 || got[1] != `"one"` {
		t.Fatalf("then %q", got)
	}
	if j := p.thread(); j.State != store.ThreadComplete {
		t.Errorf("not changed is complete, but it is %+v", j)
	}
	p.peer.Serves("/p/root/context", fedtest.Answer{Body: list})
	p.late(9)
	p.Pass(30 * time.Minute)
	p.late(10)
	p.Pass(30 * time.Minute)
	if got := runs(); len(got) != 4 || got[2] != `"one"` || got[3] != "" {
		t.Errorf("without a tag it was asked %q", got)
	}
}

func TestI1_ThreadGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	for n := 1; n < 12; n += 2 {
		p, c := halfThread(t, nil)
		var all []any
		for i := range 6 {
			all = append(all, p.reply(p.peer, fmt.Sprintf("/p/c%d", i), rootAt, fmt.Sprintf("Reply %d.", i), nil)["id"])
		}
		p.shows(p.peer, "/p/root/context", doc{"type": "OrderedCollection", "orderedItems": all})
		p.KillAfter(here, n)
		p.late(1)
		p.Pass(30 * time.Minute)
		for i := range 6 {
			p.ann.Sees(c, fmt.Sprintf("Reply %d.", i))
		}
	}
}

// TestC47_ThreadEnds: whatever a server lists, a run ends within bounds, and
// nothing that it asked for is left behind.
func TestC47_ThreadEnds(t *testing.T) {
	t.Parallel()
	pages := func(p *past, item func(i int) any) {
		for i := range 400 {
			p.shows(p.peer, fmt.Sprintf("/p/root/context?page=%d", i), doc{"type": "OrderedCollectionPage", "orderedItems": []any{item(i)},
				"next": fmt.Sprintf("%s/context?page=%d", rootAt, i+1)})
		}
		p.shows(p.peer, "/p/root/context", doc{"type": "OrderedCollection", "totalItems": 1_000_000, "first": rootAt + "/context?page=0"})
	}
	for name, lie := range map[string]func(p *past){
		"next without end": func(p *past) { pages(p, func(int) any { return rootAt }) },
		"pages of nothing": func(p *past) { pages(p, func(i int) any { return fmt.Sprintf("https://peer.example/nothing/%d", i) }) },
		"next is itself": func(p *past) {
			p.shows(p.peer, "/p/root/context", doc{"type": "OrderedCollection", "next": rootAt + "/context"})
		},
		"pages in a circle": func(p *past) {
			p.shows(p.peer, "/p/root/context", doc{"type": "OrderedCollection", "first": rootAt + "/context?page=1"})
			p.shows(p.peer, "/p/root/context?page=1", doc{"type": "OrderedCollectionPage", "next": rootAt + "/context?page=2"})
			p.shows(p.peer, "/p/root/context?page=2", doc{"type": "OrderedCollectionPage", "next": rootAt + "/context?page=1"})
		},
		"a page of 5000 items": func(p *past) {
			items := make([]any, 5000)
			for i := range items {
				items[i] = fmt.Sprintf("https://peer.example/nothing/%d", i)
			}
			p.shows(p.peer, "/p/root/context", doc{"type": "OrderedCollection", "orderedItems": items})
		},
		"900 items on 900 hosts": func(p *past) {
			items := make([]any, 900)
			for i := range items {
				items[i] = fmt.Sprintf("https://a%d.example/p/1", i)
			}
			p.shows(p.peer, "/p/root/context", doc{"type": "OrderedCollection", "orderedItems": items})
		},
		"next on another host": func(p *past) {
			p.shows(p.peer, "/p/root/context", doc{"type": "OrderedCollection", "next": "https://victim.example/c"})
		},
		"next at a private place": func(p *past) {
			p.shows(p.peer, "/p/root/context", doc{"type": "OrderedCollection", "next": "https://127.0.0.1/c"})
		},
		"items at private places": func(p *past) {
			p.shows(p.peer, "/p/root/context", doc{"type": "OrderedCollection", "orderedItems": []any{"https://10.0.0.1/p", "http://peer.example/p", "file:///etc/passwd", 7, nil, []any{}}})
		},
		"a context on another host": func(p *past) {
			p.page(p.peer, p.bob, "/p/root", "The start.", doc{"context": "https://victim.example/c", "contextHistory": "https://victim.example/h"})
		},
		"replies in a circle over two hosts": func(p *past) {
			p.page(p.peer, p.bob, "/p/root", "The start.", doc{"replies": rootAt + "/replies"})
			p.reply(p.peer, "/p/x", rootAt, "X", doc{"replies": "https://evil.example/n/y/replies"})
			p.reply(p.evil, "/n/y", "https://peer.example/p/x", "Y", doc{"replies": rootAt + "/replies"})
			p.shows(p.peer, "/p/root/replies", doc{"type": "Collection", "items": []any{"https://peer.example/p/x"}})
			p.shows(p.evil, "/n/y/replies", doc{"type": "Collection", "items": []any{"https://evil.example/n/y", "https://peer.example/p/x"}})
		},
		"a slow drip": func(p *past) {
			var items []any
			for i := range 300 {
				path := fmt.Sprintf("/p/slow%d", i)
				items = append(items, "https://peer.example"+path)
				p.peer.Serves(path, fedtest.Answer{Status: 404, After: 9 * time.Second})
			}
			p.shows(p.peer, "/p/root/context", doc{"type": "OrderedCollection", "orderedItems": items})
		},
		"always down":     func(p *past) { p.peer.Serves("/p/root/context", fedtest.Answer{Status: 503}) },
		"nothing is JSON": func(p *past) { p.peer.Serves("/p/root/context", fedtest.Answer{Body: "]]"}) },
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := halfThread(t, nil)
			lie(p)
			since := len(p.Exchanges())
			p.late(1)
			p.Pass(6 * time.Hour)
			n := 0
			for _, e := range p.Exchanges()[since:] {
				if e.From != here {
					continue
				}
				n++
				if strings.Contains(e.URL, "victim") || strings.Contains(e.URL, "127.0.0.1") || strings.Contains(e.URL, "10.0.0.1") {
					t.Errorf("asked %s", e.URL)
				}
			}
			if n > 600 {
				t.Errorf("%d requests", n)
			}
			if j := p.thread(); j.State == store.ThreadDue {
				t.Errorf("after six hours it goes on: %+v", j)
			}
			p.read(func(ctx context.Context, tx *store.Tx) error {
				waiting, err := tx.NextWaiting(ctx)
				if !waiting.IsZero() {
					t.Error("it left activities behind that wait")
				}
				return err
			})
		})
	}
}

// TestC47_LongThreadComesInParts: no run brings more than 200 posts, and the rest
// is looked for when somebody opens the discussion, not before.
func TestC47_LongThreadComesInParts(t *testing.T) {
	t.Parallel()
	p, _ := halfThread(t, nil)
	items := make([]any, 450)
	for i := range items {
		items[i] = p.creates(p.reply(p.peer, fmt.Sprintf("/p/c%d", i), rootAt, fmt.Sprintf("Reply %d.", i), nil))
	}
	p.shows(p.peer, "/p/root/context", doc{"type": "OrderedCollection", "orderedItems": items})
	count := func() int {
		root, _ := p.post(rootAt)
		return root.Replies - 2 // the parent and the late one
	}
	p.late(1)
	p.Pass(5 * time.Hour)
	if n, j := count(), p.thread(); n != 200 || j.State != store.ThreadPartial {
		t.Fatalf("the first run brought %d: %+v", n, j)
	}
	page := p.ann.Opens(fedtest.Post{URI: rootAt})
	if !strings.Contains(page, "Some replies may be missing here") {
		t.Error("the page does not say that replies are missing")
	}
	p.Pass(time.Minute)
	if n := count(); n != 400 {
		t.Errorf("after it was opened there are %d", n)
	}
	for range 3 {
		p.ann.Opens(fedtest.Post{URI: rootAt})
	}
	p.Pass(5 * time.Minute)
	if n := count(); n != 400 {
		t.Errorf("it was looked for again within a quarter of an hour: %d", n)
	}
	p.Pass(20 * time.Minute)
	if n, j := count(), p.thread(); n != 450 || j.State != store.ThreadComplete {
		t.Errorf("in the end there are %d: %+v", n, j)
	}
}

// TestC22_ListsGiveNobodyWords: what a server that is not the community's lists is
// read where it comes from, and says nothing about posts of ours.
func TestC22_ListsGiveNobodyWords(t *testing.T) {
	t.Parallel()
	p := before(t)
	c := p.opens(nil)
	p.Pass(2 * time.Minute)
	ours := p.ann.Posts(c, "Not taken yet")
	p.Settle()
	const start = "https://evil.example/n/start"
	forged := func(path, words string) doc {
		return doc{"id": "https://peer.example" + path, "type": "Note", "attributedTo": p.bob.URI, "content": words, "inReplyTo": start,
			"to": []any{actors.Public, p.uri}, "audience": p.uri}
	}
	p.page(p.evil, p.mal, "/n/start", "Mal begins.", doc{"context": start + "/context", "contextHistory": start + "/h"})
	listed := []any{
		forged("/p/forged", "Words that nobody said."), p.creates(forged("/p/forged2", "Nor these.")), ours.URI,
		p.act(p.group, "Announce", p.creates(forged("/p/forged3", "Nor those.")), nil),
		p.act(p.group, "Delete", "https://peer.example/p/parent0", doc{"summary": "x"}),
	}
	for _, path := range []string{"/n/start/context", "/n/start/h"} {
		p.shows(p.evil, path, doc{"type": "OrderedCollection", "orderedItems": listed})
	}
	parent := p.reply(p.peer, "/p/parent0", start, "Parent 0.", nil)
	p.relays(p.reply(p.peer, "/p/late0", parent["id"].(string), "Late 0.", nil))
	p.Pass(time.Hour)
	p.ann.Sees(c, "Parent 0.")
	for _, words := range []string{"nobody said", "Nor these", "Nor those"} {
		p.ann.SeesNot(c, words)
	}
	if post, _ := p.post(string(ours.URI)); post.Standing != content.Sent {
		t.Errorf("a third host had our post taken: %q", post.Standing)
	}
}

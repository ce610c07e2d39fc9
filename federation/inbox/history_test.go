package inbox_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/fedtest"
	"moothall/store"
)

// past is a community elsewhere whose past is to be read.
type past struct {
	*siege
	group *fedtest.Puppet
	uri   actors.URI
	key   ed25519.PrivateKey
	log   []ap.LogLine
}

// before makes a community of the partner's that nobody here knows yet.
func before(t testing.TB) *past {
	t.Helper()
	s := besiege(t)
	p := &past{siege: s, uri: "https://peer.example/u/soil", key: ed25519.NewKeyFromSeed(make([]byte, 32))}
	return p
}

// opens lets ann join, which begins the reading. more is laid over what the
// community says of itself.
func (p *past) opens(more doc) fedtest.Community {
	p.t.Helper()
	p.group = p.peer.Group("soil")
	p.peer.Serves("/u/soil", fedtest.Answer{Body: with(p.group.Document("Group", "soil"), more)})
	c := fedtest.Community{Name: "soil", URI: p.uri}
	p.peer.Forget()
	p.ann.Joins(c)
	p.Settle()
	for _, e := range p.peer.Requests() {
		if e.Method == "POST" {
			p.takes(p.group, p.act(p.group, "Accept", parse(p.t, e.Body), nil))
			return c
		}
	}
	p.t.Fatal("no Follow was sent")
	return c
}

func (p *past) shows(at *fedtest.Stranger, path string, d doc) {
	at.Serves(path, fedtest.Answer{Body: with(doc{"id": "https://" + at.Host + path}, d)})
}

func (p *past) page(at *fedtest.Stranger, by *fedtest.Puppet, path, title string, more doc) doc {
	d := p.note(by, title, with(doc{
		"id": "https://" + at.Host + path, "to": []any{actors.Public, p.uri}, "audience": p.uri,
	}, more))
	p.shows(at, path, d)
	return d
}

func (p *past) community() (c actors.Community) {
	p.read(func(ctx context.Context, tx *store.Tx) (err error) {
		c, err = tx.CommunityByURI(ctx, p.uri)
		return err
	})
	return c
}

// village fills the outbox with 25 discussions, the first of which have replies,
// in the shapes that peers have.
func (p *past) village() {
	var items []any
	for i := range 25 {
		path := fmt.Sprintf("/p/h%d", i)
		more := doc{}
		switch i {
		case 0: // Lemmy, NodeBB: a context
			more["context"] = "https://peer.example/p/h0/context"
			p.shows(p.peer, "/p/h0/context", doc{"type": "OrderedCollection", "orderedItems": []any{
				"https://peer.example/p/h0", "https://peer.example/p/r0", "https://evil.example/n/r1"}})
		case 1: // Mastodon: replies and theirs
			more["replies"] = doc{"type": "Collection", "id": "https://peer.example/p/h1/replies", "first": doc{
				"type": "CollectionPage", "items": []any{"https://peer.example/p/r2"}}}
			p.shows(p.peer, "/p/h1/replies", doc{"type": "Collection", "items": []any{"https://peer.example/p/r2"}})
		}
		d := p.page(p.peer, p.bob, path, fmt.Sprintf("Old talk %d.", i), more)
		switch i % 3 {
		case 0:
			items = append(items, doc{"id": fmt.Sprintf("https://peer.example/x/%d", i), "type": "Announce", "actor": p.uri,
				"object": doc{"id": fmt.Sprintf("https://peer.example/c/%d", i), "type": "Create", "actor": p.bob.URI, "object": d}})
		case 1:
			items = append(items, doc{"id": fmt.Sprintf("https://peer.example/x/%d", i), "type": "Announce", "actor": p.uri, "object": d["id"]})
		default:
			items = append(items, d)
		}
	}
	reply := func(at *fedtest.Stranger, by *fedtest.Puppet, path, to, title string, more doc) {
		p.page(at, by, path, title, with(doc{"type": "Note", "inReplyTo": "https://peer.example" + to}, more))
	}
	reply(p.peer, p.bob, "/p/r0", "/p/h0", "First answer", nil)
	reply(p.evil, p.mal, "/n/r1", "/p/r0", "From a third host", nil)
	reply(p.peer, p.bob, "/p/r2", "/p/h1", "Second answer", doc{"replies": "https://peer.example/p/r2/replies"})
	p.shows(p.peer, "/p/r2/replies", doc{"type": "Collection", "items": []any{"https://peer.example/p/r3"}})
	reply(p.peer, p.bob, "/p/r3", "/p/r2", "Answer to the answer", nil)
	pinned := p.page(p.peer, p.bob, "/p/pin", "Read this first", nil)
	p.shows(p.peer, "/u/soil/featured", doc{"type": "OrderedCollection", "orderedItems": []any{pinned}})
	p.shows(p.peer, "/u/soil/outbox", doc{"type": "OrderedCollection", "totalItems": 25, "first": "https://peer.example/u/soil/outbox?page=1"})
	p.shows(p.peer, "/u/soil/outbox?page=1", doc{"type": "OrderedCollectionPage", "orderedItems": items[:10], "next": "https://peer.example/u/soil/outbox?page=2"})
	p.shows(p.peer, "/u/soil/outbox?page=2", doc{"type": "OrderedCollectionPage", "orderedItems": items[10:]})
}

var featured = doc{"featured": "https://peer.example/u/soil/featured"}

func (p *past) hasVillage(c fedtest.Community) {
	p.t.Helper()
	for _, words := range []string{"Read this first", "Old talk 0.", "Old talk 19.", "First answer", "From a third host", "Second answer", "Answer to the answer"} {
		p.ann.Sees(c, words)
	}
	p.ann.SeesNot(c, "Old talk 20.")
	if post, _ := p.post("https://peer.example/p/pin"); !post.Pinned {
		p.t.Error("what is pinned there is not pinned here")
	}
	if h := p.community().History; h != actors.HistoryPartial {
		p.t.Errorf("history is %q: without a log nobody can say it is complete", h)
	}
}

func TestHistory_LatestDiscussionsWithTheirThreads(t *testing.T) {
	t.Parallel()
	p := before(t)
	p.village()
	c := p.opens(featured)
	p.Pass(time.Minute)
	p.hasVillage(c)
}

func TestI1_HistoryGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	p := before(t)
	p.village()
	c := p.opens(featured)
	for i := range 12 {
		p.KillAfter(here, 5+i)
		p.Pass(20 * time.Second)
	}
	p.Pass(30 * time.Minute)
	p.hasVillage(c)
}

func TestHistory_DeadThirdHostHoldsUpNothing(t *testing.T) {
	t.Parallel()
	p := before(t)
	p.village()
	var items []any
	for i := range 5 {
		path := fmt.Sprintf("/n/dead%d", i)
		p.page(p.evil, p.mal, path, fmt.Sprintf("Of the dead host %d", i), nil)
		items = append(items, "https://evil.example"+path, fmt.Sprintf("https://peer.example/p/h%d", i))
	}
	p.shows(p.peer, "/u/soil/outbox", doc{"type": "OrderedCollection", "orderedItems": items})
	p.Partition(here, "evil.example")
	c := p.opens(featured)
	p.Pass(time.Minute)
	p.ann.Sees(c, "Old talk 4.")
	p.ann.Sees(c, "First answer")
	p.ann.SeesNot(c, "Of the dead host")
	tries := 0
	for _, e := range p.Exchanges() {
		if e.To == "evil.example" && e.From == here && e.Status == 0 && e.Method == "GET" {
			tries++
		}
	}
	if tries > 10 {
		t.Errorf("the dead host was asked %d times within a minute", tries)
	}
	p.Heal(here, "evil.example")
	p.Pass(2 * time.Hour)
	p.ann.Sees(c, "Of the dead host 4") // nothing is lost
	p.ann.Sees(c, "From a third host")
}

// TestC47_HistoryEnds: whatever a community serves, the job ends within bounds.
func TestC47_HistoryEnds(t *testing.T) {
	t.Parallel()
	for name, lie := range map[string]func(p *past){
		"next is itself": func(p *past) {
			p.shows(p.peer, "/u/soil/outbox", doc{"type": "OrderedCollectionPage", "next": "https://peer.example/u/soil/outbox"})
		},
		"next without end": func(p *past) {
			for i := range 500 {
				p.shows(p.peer, fmt.Sprintf("/u/soil/outbox?page=%d", i), doc{"type": "OrderedCollectionPage", "orderedItems": []any{},
					"next": fmt.Sprintf("https://peer.example/u/soil/outbox?page=%d", i+1)})
			}
			p.shows(p.peer, "/u/soil/outbox", doc{"type": "OrderedCollection", "first": "https://peer.example/u/soil/outbox?page=0", "totalItems": -1})
		},
		"items without end": func(p *past) {
			items := make([]any, 900)
			for i := range items {
				items[i] = fmt.Sprintf("https://peer.example/nothing/%d", i)
			}
			p.shows(p.peer, "/u/soil/outbox", doc{"type": "OrderedCollection", "orderedItems": items})
		},
		"pages of another host": func(p *past) {
			p.shows(p.peer, "/u/soil/outbox", doc{"type": "OrderedCollection", "first": "https://victim.example/o"})
		},
		"a thread that contains itself": func(p *past) {
			p.page(p.peer, p.bob, "/p/loop", "Looping", doc{"context": "https://peer.example/p/loop", "replies": "https://peer.example/p/loop"})
			p.shows(p.peer, "/u/soil/outbox", doc{"type": "OrderedCollection", "orderedItems": []any{"https://peer.example/p/loop"}})
		},
		"everything is an error": func(p *past) { p.peer.Serves("/u/soil/outbox", fedtest.Answer{Status: 500}) },
		"nothing is JSON":        func(p *past) { p.peer.Serves("/u/soil/outbox", fedtest.Answer{Body: "]]"}) },
	} {
		t.Run(name, func(t *testing.T) {
			p := before(t)
			lie(p)
			p.opens(nil)
			since := len(p.Exchanges())
			p.Pass(6 * time.Hour)
			if n := len(p.Exchanges()) - since; n > 800 {
				t.Errorf("%d requests", n)
			}
			if h := p.community().History; h != actors.HistoryPartial {
				t.Errorf("after six hours the history is %q", h)
			}
		})
	}
}

func change(g *ap.LogPage, f func(*ap.LogLine)) {
	if len(g.Entries) > 0 {
		f(&g.Entries[0])
	}
}

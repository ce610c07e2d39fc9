package inbox_test

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/fedtest"
	"moothall/federation/sign"
)

// enters adds an activity to the community's numbered log.
func (p *past) enters(inner doc) {
	p.t.Helper()
	raw, err := ap.Embeddable(bytesOf(p.t, inner))
	if err != nil {
		p.t.Fatal(err)
	}
	e := actors.Entry{Group: p.uri, Chain: actors.ChainPublic, Seq: int64(len(p.log)) + 1, Salt: fmt.Sprintf("salt%d", len(p.log))}
	if n := len(p.log); n > 0 {
		e.Prev = p.log[n-1].Hash
	}
	e.Digest = actors.EntryDigest(e.Salt, raw)
	line, err := ap.LineOf(e, json.RawMessage(raw), "")
	if err != nil {
		p.t.Fatal(err)
	}
	p.log = append(p.log, line)
}

func (p *past) head(n int) actors.Head {
	h := actors.Head{Group: p.uri, Chain: actors.ChainPublic, Seq: int64(n)}
	if n > 0 {
		h.Hash = p.log[n-1].Hash
	}
	return h.Sign(p.key)
}

// keeps serves the log, two entries to a page, with the lie of the test.
func (p *past) keeps(lie func(page *ap.LogPage)) {
	p.t.Helper()
	for after := 0; after <= len(p.log); after++ {
		page := ap.LogPage{Log: "https://peer.example/u/soil/log", Chain: "public", Head: ap.HeadOf(p.head(len(p.log)))}
		page.ID = fmt.Sprintf("%s?after=%d&chain=public", page.Log, after)
		page.Entries = append(page.Entries, p.log[after:min(after+2, len(p.log))]...)
		if lie != nil {
			lie(&page)
		}
		raw, err := ap.WriteLogPage(page)
		if err != nil {
			p.t.Fatal(err)
		}
		p.peer.Serves(strings.TrimPrefix(page.ID, "https://peer.example"), fedtest.Answer{Body: raw})
	}
}

func (p *past) withLog() doc {
	return doc{"moothall:log": "https://peer.example/u/soil/log", "assertionMethod": []any{doc{
		"id": "https://peer.example/u/soil#ed", "type": "Multikey", "controller": p.uri,
		"publicKeyMultibase": sign.EncodeMultikey(p.key.Public().(ed25519.PublicKey)),
	}}}
}

// chronicle enters seven things.
func (p *past) chronicle() {
	for i := range 5 {
		p.enters(p.act(p.bob, "Create", p.page(p.peer, p.bob, fmt.Sprintf("/p/l%d", i), fmt.Sprintf("Logged %d.", i), nil), nil))
	}
	p.enters(p.act(p.bob, "Like", "https://peer.example/p/l0", nil))
	p.enters(p.act(p.mal, "Create", p.page(p.evil, p.mal, "/n/l6", "Logged of a third host", nil), nil))
}

func TestHistory_NumberedLogIsReadAndProved(t *testing.T) {
	t.Parallel()
	p := before(t)
	p.chronicle()
	p.keeps(nil)
	p.Partition(here, "evil.example") // the last entry's author cannot be reached
	c := p.opens(p.withLog())
	p.Pass(time.Minute)
	got := p.community()
	if got.History != actors.HistoryComplete || got.CompleteTo != 7 || got.HeadSeq != 7 {
		t.Errorf("%q, complete to %d of %d", got.History, got.CompleteTo, got.HeadSeq)
	}
	p.ann.Sees(c, "Logged 4.")
	if post, _ := p.post("https://peer.example/p/l0"); post.Useful != 1 {
		t.Errorf("the vote in the log counts %d times", post.Useful)
	}
	p.Heal(here, "evil.example")
	p.Pass(time.Hour)
	p.ann.Sees(c, "Logged of a third host")
}

// announceEntry sends an entry live, with its place in the log.
func (p *past) announceEntry(n int, change func(log doc)) {
	p.t.Helper()
	line, head := p.log[n-1], p.head(n)
	place := doc{"audience": "public", "seq": n, "hash": line.Hash, "prev": line.Prev, "salt": line.Salt, "epoch": head.Epoch, "signature": head.Signature}
	if change != nil {
		change(place)
	}
	p.takes(p.group, p.act(p.group, "Announce", json.RawMessage(line.Object.Raw()), doc{"moothall:log": place}))
}

func TestHistory_GapIsClosed(t *testing.T) {
	t.Parallel()
	p := before(t)
	p.chronicle()
	p.keeps(nil)
	c := p.opens(p.withLog())
	p.Pass(time.Minute)
	for i := range 4 {
		p.enters(p.act(p.bob, "Create", p.page(p.peer, p.bob, fmt.Sprintf("/p/g%d", i), fmt.Sprintf("Later %d.", i), nil), nil))
	}
	p.keeps(nil)
	p.announceEntry(11, nil) // 8, 9 and 10 are lost on the way
	p.Settle()
	if got := p.community(); got.CompleteTo != 7 || got.HeadSeq != 11 {
		t.Errorf("complete to %d of %d, want 7 of 11", got.CompleteTo, got.HeadSeq)
	}
	p.ann.SeesNot(c, "Later 1.")
	p.announceEntry(9, nil) // one comes late, out of order
	p.Pass(time.Minute)
	if got := p.community(); got.CompleteTo != 11 || got.History != actors.HistoryComplete {
		t.Errorf("complete to %d, %q", got.CompleteTo, got.History)
	}
	for i := range 4 {
		p.ann.Sees(c, fmt.Sprintf("Later %d.", i))
	}
}

// TestHistory_LogThatLies: the mark never moves over what is not proved, and
// people can read that something is wrong.
func TestHistory_LogThatLies(t *testing.T) {
	t.Parallel()
	stranger := ed25519.NewKeyFromSeed([]byte(strings.Repeat("x", 32)))
	for name, lie := range map[string]func(page *ap.LogPage){
		"head signed by another": func(g *ap.LogPage) {
			g.Head = ap.HeadOf(g.Head.For("https://peer.example/u/soil", "public").Sign(stranger))
		},
		"head not signed":    func(g *ap.LogPage) { g.Head.Signature = "" },
		"longer than signed": func(g *ap.LogPage) { g.Head.Seq++ },
		"hash of an entry":   func(g *ap.LogPage) { change(g, func(l *ap.LogLine) { l.Hash = l.Digest }) },
		"link of an entry":   func(g *ap.LogPage) { change(g, func(l *ap.LogLine) { l.Prev = l.Digest }) },
		"salt of an entry":   func(g *ap.LogPage) { change(g, func(l *ap.LogLine) { l.Salt = "other" }) },
		"entry rewritten": func(g *ap.LogPage) {
			change(g, func(l *ap.LogLine) {
				l.Object = ap.InnerOf([]byte(strings.ReplaceAll(string(l.Object.Raw()), "Logged", "Forged")))
			})
		},
		"entry of another community": func(g *ap.LogPage) { change(g, func(l *ap.LogLine) { l.Group = "https://peer.example/u/other" }) },
		"entries out of order": func(g *ap.LogPage) {
			if len(g.Entries) == 2 {
				g.Entries[0], g.Entries[1] = g.Entries[1], g.Entries[0]
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := before(t)
			p.chronicle()
			p.keeps(lie)
			c := p.opens(p.withLog())
			p.Pass(2 * time.Hour)
			got := p.community()
			if got.CompleteTo != 0 || got.History != actors.HistoryPartial || got.HistoryNote == "" {
				t.Errorf("complete to %d, %q, note %q", got.CompleteTo, got.History, got.HistoryNote)
			}
			p.ann.SeesNot(c, "Forged")
			p.keeps(nil) // and once it tells the truth
			p.announceEntry(7, nil)
			p.Pass(time.Hour)
			if got := p.community(); got.CompleteTo != 7 || got.History != actors.HistoryComplete || got.HistoryNote != "" {
				t.Errorf("honest again: complete to %d, %q, note %q", got.CompleteTo, got.History, got.HistoryNote)
			}
		})
	}
}

func TestHistory_PagesThatDoNotMove(t *testing.T) {
	t.Parallel()
	p := before(t)
	p.chronicle()
	p.keeps(func(g *ap.LogPage) { g.Entries = p.log[:2] }) // whatever is asked
	p.opens(p.withLog())
	since := len(p.Exchanges())
	p.Pass(6 * time.Hour)
	if n := len(p.Exchanges()) - since; n > 50 {
		t.Errorf("%d requests for a log that does not move", n)
	}
	if got := p.community(); got.CompleteTo != 2 || got.History != actors.HistoryPartial {
		t.Errorf("complete to %d, %q", got.CompleteTo, got.History)
	}
}

// TestHistory_AnnouncedLies: an Announce whose place in the log does not hold
// still counts for what it says, as it does from communities that keep no log.
func TestHistory_AnnouncedLies(t *testing.T) {
	t.Parallel()
	for name, lie := range map[string]func(d doc){
		"seq":       func(d doc) { d["seq"] = 99 },
		"zero":      func(d doc) { d["seq"] = 0 },
		"signature": func(d doc) { d["signature"] = "AAAA" },
		"salt":      func(d doc) { d["salt"] = "x" },
		"chain":     func(d doc) { d["audience"] = "nobody" },
	} {
		t.Run(name, func(t *testing.T) {
			p := before(t)
			p.chronicle()
			p.keeps(nil)
			c := p.opens(p.withLog())
			p.Pass(time.Minute)
			p.enters(p.act(p.bob, "Create", p.page(p.peer, p.bob, "/p/after", "Afterwards", nil), nil))
			p.announceEntry(8, lie)
			p.Settle()
			p.ann.Sees(c, "Afterwards")
			if got := p.community(); got.CompleteTo != 7 || got.HistoryNote == "" {
				t.Errorf("complete to %d, note %q", got.CompleteTo, got.HistoryNote)
			}
		})
	}
}

func TestHistory_OneNumberTwice(t *testing.T) {
	t.Parallel()
	p := before(t)
	p.chronicle()
	p.keeps(nil)
	c := p.opens(p.withLog())
	p.Pass(time.Minute)
	p.log = p.log[:6] // the seventh is entered anew
	p.enters(p.act(p.bob, "Create", p.page(p.peer, p.bob, "/p/anew", "Entered anew", nil), nil))
	p.announceEntry(7, nil)
	p.Settle()
	p.ann.Sees(c, "Entered anew")
	if got := p.community(); got.CompleteTo != 7 || got.HistoryNote == "" {
		t.Errorf("complete to %d, note %q", got.CompleteTo, got.HistoryNote)
	}
}

func TestHistory_EmptyLogIsComplete(t *testing.T) {
	t.Parallel()
	p := before(t)
	p.keeps(nil)
	p.opens(p.withLog())
	p.Pass(time.Minute)
	if got := p.community(); got.History != actors.HistoryComplete {
		t.Errorf("%q: the signed head says that there is nothing", got.History)
	}
}

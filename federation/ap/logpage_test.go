package ap

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
)

// someLog is a short log: a post, a post that was erased, and a Like.
func someLog() ([]LogLine, []string) {
	group := soil().URI
	activities := []json.RawMessage{
		json.RawMessage(`{"id":"https://north.example/a/c1","type":"Create","actor":"https://north.example/u/ana","object":{"id":"https://north.example/p/41","type":"Page","content":"<p>\u00e9 < 1.50</p>"}}`),
		nil,
		json.RawMessage(`{"id":"https://south.example/a/l1","type":"Like","actor":"https://south.example/u/bo","object":"https://north.example/p/41"}`),
	}
	var lines []LogLine
	hashes := []string{""}
	for i, raw := range activities {
		e := actors.Entry{Group: group, Chain: actors.ChainPublic, Seq: int64(i + 1), Salt: "salt", Prev: hashes[i]}
		e.Digest = actors.EntryDigest(e.Salt, raw)
		line, err := LineOf(e, raw, "https://north.example/p/40")
		if err != nil {
			panic(err) // only when the fixtures above are no JSON
		}
		lines, hashes = append(lines, line), append(hashes, e.Hash())
	}
	return lines, hashes
}

func logKey() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)) }

func somePage() LogPage {
	lines, hashes := someLog()
	head := actors.Head{Group: soil().URI, Chain: actors.ChainPublic, Seq: 9, Hash: hashes[3], Epoch: 2}.Sign(logKey())
	log := string(soil().URI) + "/log"
	return LogPage{
		ID: log + "?after=0&chain=public", Log: log, Next: log + "?after=3&chain=public",
		Chain: "public", Head: HeadOf(head), Entries: lines,
	}
}

func TestLogPageIsReadBack(t *testing.T) {
	t.Parallel()
	page := somePage()
	for i := range page.Entries {
		page.Entries[i].Log = page.Log
	}
	raw, err := WriteLogPage(page)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseLogPage(raw)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(page, got, cmp.AllowUnexported(Inner{})); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if !got.Head.For(soil().URI, actors.ChainPublic).Verify(logKey().Public().(ed25519.PublicKey)) {
		t.Error("the head does not verify")
	}
	if got.Head.For(soil().URI, actors.ChainMembers).Verify(logKey().Public().(ed25519.PublicKey)) {
		t.Error("the head verifies for the other chain")
	}
	seq, hash := int64(0), ""
	for _, l := range got.Entries {
		if err := l.Follows(soil().URI, actors.ChainPublic, seq, hash); err != nil {
			t.Error(err)
		}
		seq, hash = l.Seq, l.Hash
	}
	if !got.Entries[1].Erased() || got.Entries[1].Salt != "" || got.Entries[0].Erased() {
		t.Errorf("erased entries: %+v", got.Entries)
	}
}

func TestLogLineFollowsOnlyItsOwn(t *testing.T) {
	t.Parallel()
	lines, hashes := someLog()
	other := soil().URI + "2"
	for name, c := range map[string]struct {
		change func(*LogLine)
		group  actors.URI
		chain  actors.Chain
		seq    int64
		prev   string
		words  string
	}{
		"as it is":           {words: ""},
		"another community":  {change: func(l *LogLine) { l.Group = string(other) }, words: "another community"},
		"another group":      {group: other, words: "another community"},
		"another chain":      {chain: actors.ChainMembers, words: "hash of entry"},
		"a gap":              {seq: 1, words: "follows 1"},
		"another past":       {prev: hashes[1], words: "does not link"},
		"another hash":       {change: func(l *LogLine) { l.Hash = hashes[1] }, words: "hash of entry"},
		"another digest":     {change: func(l *LogLine) { l.Digest = lines[0].Digest }, words: "hash of entry"},
		"another salt":       {change: func(l *LogLine) { l.Salt = "" }, words: "another activity"},
		"another activity":   {change: func(l *LogLine) { l.Object = lines[0].Object }, words: "another activity"},
		"an erased activity": {change: func(l *LogLine) { l.Object, l.Salt = lines[1].Object, "" }, words: ""},
	} {
		l := lines[2]
		group, chain, seq, prev := soil().URI, actors.ChainPublic, int64(2), hashes[2]
		if c.change != nil {
			c.change(&l)
		}
		if c.group != "" {
			group = c.group
		}
		if c.chain != "" {
			chain = c.chain
		}
		if c.seq != 0 {
			seq = c.seq
		}
		if c.prev != "" {
			prev = c.prev
		}
		err := l.Follows(group, chain, seq, prev)
		switch {
		case c.words == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.words != "" && (!errors.Is(err, ErrChain) || !strings.Contains(err.Error(), c.words)):
			t.Errorf("%s: got %v, want %q", name, err, c.words)
		}
	}
}

func TestParseLogPageRefuses(t *testing.T) {
	t.Parallel()
	whole, err := WriteLogPage(somePage())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, words string }{
		"a collection":       {`"type":"OrderedCollectionPage"`, `"type":"OrderedCollection"`, "not a page"},
		"no id":              {`"id":"https://north.example/c/soil/log?after=0&chain=public"`, `"name":"x"`, "id: missing"},
		"no log":             {`"partOf":`, `"attributedTo":`, "partOf: missing"},
		"no head":            {`"moothall:head":`, `"moothall:tail":`, "moothall:head: missing"},
		"a head that is not": {`"chain":"public"`, `"chain":{}`, "moothall:head"},
		"a number as text":   {`"moothall:seq":1`, `"moothall:seq":"1"`, "moothall:seq"},
		"number nought":      {`"moothall:seq":1`, `"moothall:seq":0`, "item 1"},
		"not an Add":         {`"type":"Add"`, `"type":"Remove"`, "item 1"},
		"the digest twice":   {`"moothall:salt"`, `"moothall:digest"`, "twice"},
		"another spelling":   {`"moothall:salt"`, `"moothall:Salt"`, "should be"},
		"not JSON":           {`{"@context"`, `["@context"`, "not a JSON object"},
	} {
		raw := strings.Replace(string(whole), c.old, c.new, 1)
		if raw == string(whole) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := ParseLogPage([]byte(raw)); !errors.Is(err, ErrDocument) || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: got %v, want %q", name, err, c.words)
		}
	}
}

func TestCommunityNamesItsLog(t *testing.T) {
	t.Parallel()
	raw, err := WriteCommunity(actors.Community{Actor: soil(), Audience: actors.AudiencePublic})
	if err != nil {
		t.Fatal(err)
	}
	a, err := ParseActor(raw)
	if want := Link(soil().URI + "/log"); err != nil || a.Log != want {
		t.Errorf("log is %q, %v; want %q", a.Log, err, want)
	}
	if raw, err = WriteActor(ana()); err != nil || bytes.Contains(raw, []byte(`"moothall:log":`)) {
		t.Errorf("a person has a log: %v %s", err, raw)
	}
}

// FuzzParseLogPage: what is read can be written and read again as the same.
func FuzzParseLogPage(f *testing.F) {
	whole, err := WriteLogPage(somePage())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(`{"id":"a","type":"OrderedCollectionPage","partOf":"b","moothall:head":{"chain":"public"},"orderedItems":{"type":"Add","moothall:seq":1,"object":{}}}`))
	f.Add([]byte(`{"id":"a","type":"OrderedCollectionPage","partOf":"b","moothall:head":{"chain":"x"},"orderedItems":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := ParseLogPage(raw)
		if err != nil {
			if !errors.Is(err, ErrDocument) {
				t.Fatalf("another kind of error: %v", err)
			}
			return
		}
		again, err := WriteLogPage(p)
		if err != nil {
			t.Fatal(err)
		}
		q, err := ParseLogPage(again)
		if err != nil {
			return // a name that stood alone may stand beside one of ours now
		}
		if len(q.Entries) != len(p.Entries) || q.ID != p.ID || q.Head != p.Head {
			t.Fatalf("read as %+v, again as %+v", p, q)
		}
	})
}

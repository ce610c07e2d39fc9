package ap

import (
	"encoding/json"
	"errors"
	"fmt"

	"moothall/actors"
)

// LogPage is one page of a community's numbered log, oldest entry first
// (design.md 4). Members of a community on other nodes of ours read it to catch
// up and to prove that nothing is missing.
type LogPage struct {
	ID      string
	Log     string // the whole log
	Next    string // the page after this one; empty at the end
	Chain   string // which chain: public or members
	Head    PageHead
	Entries []LogLine
}

// PageHead is what the community says of its log now, however many pages away.
type PageHead struct {
	Chain     string `json:"chain"`
	Seq       int64  `json:"seq"`
	Hash      string `json:"hash"` // empty for an empty log
	Epoch     int64  `json:"epoch"`
	Signature string `json:"signature"`
}

// LogLine is one entry of the log. Object is the activity in the exact bytes
// that the community announced, or a Tombstone where it has been erased; then
// there is no Salt either, by which the words could be guessed.
type LogLine struct {
	Group  string
	Log    string
	Seq    int64
	Prev   string
	Hash   string
	Digest string
	Salt   string
	Object Inner
}

// ErrChain says that an entry of a log does not fit.
var ErrChain = errors.New("log does not hold together")

// HeadOf is a signed head as a page carries it.
func HeadOf(h actors.Head) PageHead {
	return PageHead{Chain: string(h.Chain), Seq: h.Seq, Hash: h.Hash, Epoch: h.Epoch, Signature: h.Signature}
}

// For is the head as a claim of this community about this chain, to be verified
// with the community's key.
func (h PageHead) For(group actors.URI, chain actors.Chain) actors.Head {
	return actors.Head{Group: group, Chain: chain, Seq: h.Seq, Hash: h.Hash, Epoch: h.Epoch, Signature: h.Signature}
}

// LineOf is an entry of a log as a page carries it. activity is what the
// community announced, as Embeddable gives it; nil when it is no longer shown,
// and object then says what it was about.
func LineOf(e actors.Entry, activity json.RawMessage, object actors.URI) (LogLine, error) {
	l := LogLine{Group: string(e.Group), Seq: e.Seq, Prev: e.Prev, Hash: e.Hash(), Digest: e.Digest, Salt: e.Salt}
	if activity == nil {
		l.Salt = ""
		var err error
		if activity, err = plain(tombstoneDocument{ID: object, Type: "Tombstone"}); err != nil {
			return LogLine{}, err
		}
	}
	var err error
	l.Object, err = readInner(trimmed(activity))
	return l, err
}

// Erased says whether the activity is no longer shown.
func (l LogLine) Erased() bool { return l.Object.Type() == "Tombstone" }

// Follows checks that l is the entry after one with this number and hash, in
// this chain of this community, and that the activity in it is the one that was
// entered. An erased entry still links the chain.
func (l LogLine) Follows(group actors.URI, chain actors.Chain, seq int64, hash string) error {
	e := actors.Entry{Group: group, Chain: chain, Seq: l.Seq, Salt: l.Salt, Digest: l.Digest, Prev: l.Prev}
	switch {
	case l.Group != string(group):
		return fmt.Errorf("%w: entry %d is of another community", ErrChain, l.Seq)
	case l.Seq != seq+1:
		return fmt.Errorf("%w: entry %d follows %d", ErrChain, l.Seq, seq)
	case l.Prev != hash:
		return fmt.Errorf("%w: entry %d does not link to the one before", ErrChain, l.Seq)
	case l.Hash != e.Hash():
		return fmt.Errorf("%w: hash of entry %d", ErrChain, l.Seq)
	case !l.Erased() && actors.EntryDigest(l.Salt, l.Object.Raw()) != l.Digest:
		return fmt.Errorf("%w: entry %d holds another activity than was entered", ErrChain, l.Seq)
	}
	return nil
}

type logPageDocument struct {
	ID     string            `json:"id"`
	Type   string            `json:"type"`
	PartOf string            `json:"partOf"`
	Next   string            `json:"next,omitempty"`
	Total  int64             `json:"totalItems"`
	Head   PageHead          `json:"moothall:head"`
	Items  []logLineDocument `json:"orderedItems"`
}

type logLineDocument struct {
	Type   string          `json:"type"`
	Actor  string          `json:"actor"`
	Target string          `json:"target"`
	Seq    int64           `json:"moothall:seq"`
	Prev   string          `json:"moothall:prev,omitempty"`
	Hash   string          `json:"moothall:hash"`
	Salt   string          `json:"moothall:salt,omitempty"`
	Digest string          `json:"moothall:digest"`
	Object json.RawMessage `json:"object"`
}

// WriteLogPage writes a page of a community's log.
func WriteLogPage(p LogPage) ([]byte, error) {
	items := make([]logLineDocument, len(p.Entries))
	for i, l := range p.Entries {
		items[i] = logLineDocument{
			Type: "Add", Actor: l.Group, Target: p.Log, Seq: l.Seq, Prev: l.Prev, Hash: l.Hash,
			Salt: l.Salt, Digest: l.Digest, Object: l.Object.Raw(),
		}
	}
	p.Head.Chain = p.Chain
	return document(logPageDocument{p.ID, "OrderedCollectionPage", p.Log, p.Next, p.Head.Seq, p.Head, items})
}

// ParseLogPage reads a page of a community's log. It says nothing about whether
// the entries hold together: LogLine.Follows does.
func ParseLogPage(raw []byte) (LogPage, error) {
	if err := Check(raw); err != nil {
		return LogPage{}, err
	}
	p := LogPage{}
	typ := ""
	for key, m := range trimmed(raw).members() {
		var err error
		switch string(key) {
		case "id":
			p.ID, err = m.optionalID()
		case "type":
			typ, err = m.oneType()
		case "partOf":
			p.Log, err = m.id()
		case "next":
			p.Next, err = m.id()
		case "moothall:head":
			p.Head, err = readPageHead(m)
		case "orderedItems":
			p.Entries, err = readLogLines(m)
		}
		if err != nil {
			return LogPage{}, wrong("log", key, err)
		}
	}
	p.Chain = p.Head.Chain
	switch {
	case typ != "OrderedCollectionPage":
		return LogPage{}, fmt.Errorf("%w: log: type: %q is not a page", ErrDocument, typ)
	case p.ID == "":
		return LogPage{}, missing("log", "id")
	case p.Log == "":
		return LogPage{}, missing("log", "partOf")
	case p.Chain == "":
		return LogPage{}, missing("log", "moothall:head")
	}
	return p, nil
}

func readPageHead(v value) (h PageHead, err error) {
	if !v.isObject() {
		return h, errShape
	}
	for key, m := range v.members() {
		switch string(key) {
		case "chain":
			h.Chain, err = m.words(maxShort)
		case "seq":
			h.Seq, err = m.int()
		case "hash":
			h.Hash, err = m.words(maxShort)
		case "epoch":
			h.Epoch, err = m.int()
		case "signature":
			h.Signature, err = m.words(maxShort)
		}
		if err != nil {
			return PageHead{}, fmt.Errorf("%s: %w", key, err)
		}
	}
	return h, nil
}

func readLogLines(v value) ([]LogLine, error) {
	var lines []LogLine
	for e := range v.elements() {
		if len(lines) == maxItems {
			return nil, fmt.Errorf("more than %d items", maxItems)
		}
		l, err := readLogLine(e)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", len(lines)+1, err)
		}
		lines = append(lines, l)
	}
	return lines, nil
}

func readLogLine(v value) (LogLine, error) {
	l, typ := LogLine{}, ""
	for key, m := range v.members() {
		var err error
		switch string(key) {
		case "type":
			typ, err = m.oneType()
		case "actor":
			l.Group, err = m.id()
		case "target":
			l.Log, err = m.id()
		case "moothall:seq":
			l.Seq, err = m.int()
		case "moothall:prev":
			l.Prev, err = m.words(maxShort)
		case "moothall:hash":
			l.Hash, err = m.words(maxShort)
		case "moothall:salt":
			l.Salt, err = m.words(maxShort)
		case "moothall:digest":
			l.Digest, err = m.words(maxShort)
		case "object":
			l.Object, err = readInner(m)
		}
		if err != nil {
			return LogLine{}, fmt.Errorf("%s: %w", key, err)
		}
	}
	if typ != "Add" || l.Seq < 1 || !l.Object.Embedded() {
		return LogLine{}, errShape
	}
	return l, nil
}

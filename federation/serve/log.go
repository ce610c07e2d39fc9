package serve

import (
	"errors"
	"fmt"
	"strconv"

	"moothall/actions"
	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// logPage is how many entries of a log are read at once.
const logPage = 50

// log serves a page of a community's numbered log with its signed head (design.md
// 4). The chain of members is for members.
func (s *Serve) log(q question) (reply, error) {
	c, err := s.localCommunity(q)
	if err != nil {
		return reply{}, err
	}
	chain, after, err := s.whichLog(q, c)
	if err != nil {
		return reply{}, err
	}
	head, err := s.head(q, c, chain)
	if err != nil {
		return reply{}, err
	}
	entries, err := q.tx.EntriesAfter(q.ctx, c.ID, chain, after, logPage)
	if err != nil {
		return reply{}, err
	}
	p := ap.LogPage{Log: string(actions.LogOf(c.URI)), Chain: string(chain), Head: ap.HeadOf(head)}
	p.ID = logAddress(p.Log, after, chain)
	size := 0
	for _, e := range entries {
		line, err := q.line(c, e)
		if err != nil {
			return reply{}, err
		}
		if size += len(line.Object.Raw()); size > maxListing && len(p.Entries) > 0 {
			break
		}
		p.Entries = append(p.Entries, line)
	}
	return writeLogPage(p)
}

// writeLogPage writes as many entries as a reader takes in one document: what
// members send decides how many names and values are in an entry.
func writeLogPage(p ap.LogPage) (reply, error) {
	for {
		p.Next = ""
		if n := len(p.Entries); n > 0 && p.Entries[n-1].Seq < p.Head.Seq {
			p.Next = logAddress(p.Log, p.Entries[n-1].Seq, actors.Chain(p.Chain))
		}
		body, err := ap.WriteLogPage(p)
		if err != nil || len(p.Entries) < 2 || ap.Check(body) == nil {
			return reply{body: body}, err
		}
		p.Entries = p.Entries[:len(p.Entries)/2]
	}
}

func logAddress(log string, after int64, chain actors.Chain) string {
	return fmt.Sprintf("%s?after=%d&chain=%s", log, after, chain)
}

// whichLog reads which part of which chain is asked for, and whether the viewer
// may have it.
func (s *Serve) whichLog(q question, c actors.Community) (chain actors.Chain, after int64, err error) {
	if text := q.query.Get("after"); text != "" {
		if after, err = strconv.ParseInt(text, 10, 64); err != nil || after < 0 {
			return "", 0, store.ErrNotFound
		}
	}
	m, err := q.tx.Membership(q.ctx, c.ID, q.viewer.Actor)
	if err != nil {
		return "", 0, err
	}
	isMember := q.viewer.BelongsTo(m) && c.Audience.Federates()
	may := false
	switch chain = actors.Chain(q.query.Get("chain")); chain {
	case "", actors.ChainPublic:
		chain, may = actors.ChainPublic, isMember || q.viewer.MayRead(c.Audience, 0, m)
	case actors.ChainMembers:
		may = isMember
	}
	if !may || c.IsGone() {
		return "", 0, store.ErrNotFound
	}
	return chain, after, nil
}

// head is what the community says of the chain now, signed by it.
func (s *Serve) head(q question, c actors.Community, chain actors.Chain) (actors.Head, error) {
	last, err := q.tx.LastEntry(q.ctx, c.ID, chain)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return actors.Head{}, err
	}
	return s.actions().SignedHead(q.ctx, q.tx, c, chain, last.Seq, last.Hash)
}

// line is an entry with the activity in it, or without where that was erased or
// carries a post that the viewer may no longer read.
func (q question) line(c actors.Community, e store.LogEntry) (ap.LogLine, error) {
	e.Group = c.URI
	act, err := q.tx.Activity(q.ctx, e.Activity)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return ap.LogLine{}, err
	}
	if err != nil || len(act.Body) == 0 {
		return ap.LineOf(e.Entry, nil, e.Object)
	}
	a, err := ap.ParseActivity(act.Body)
	if err != nil {
		return ap.LogLine{}, fmt.Errorf("read activity %s: %w", act.ID, err)
	}
	if post, ok := carriedPost(a); ok {
		may, err := q.mayReadPost(post)
		if err != nil {
			return ap.LogLine{}, err
		}
		if !may {
			return ap.LineOf(e.Entry, nil, e.Object)
		}
	}
	return ap.LineOf(e.Entry, a.Object.Raw(), e.Object)
}

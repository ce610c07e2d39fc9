package store

import (
	"context"
	"errors"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/search"
)

const (
	// SearchReach is how many results a search has at the most: the best of them.
	// Who looks for more narrows the search.
	SearchReach = 200
	// searchLooks is how many texts one search reads to see whether words follow
	// each other there, and lookText how many bytes of each.
	searchLooks = 300
	lookText    = 4 << 20
	// searchTime is how long one question to the index may take (security.md S112).
	searchTime = time.Second
)

// Found is what a search has found, the best first.
type Found struct {
	IDs    []actors.ID
	More   bool // there are more than SearchReach
	Partly bool // it took too long to look everywhere
}

// Search finds what the viewer may read, and says nothing of anything else (I4,
// security.md S176). What it costs depends on SearchReach, not on how much is stored.
func (t *Tx) Search(ctx context.Context, v actors.Viewer, q search.Query, f search.Filter, now time.Time) (Found, error) {
	if q.IsEmpty() {
		return Found{}, nil
	}
	joined, err := t.joinedGroups(ctx, v.Actor)
	if err != nil {
		return Found{}, err
	}
	groups := make([]actors.ID, len(joined))
	for i, g := range joined {
		groups[i] = g.id
	}
	if t.dialect.forSearch != "" {
		if _, err := t.exec(ctx, t.dialect.forSearch); err != nil {
			return Found{}, err
		}
	}
	defer t.stoppable()()
	s := finding{Tx: t, viewer: v, query: q, now: now, seen: map[actors.ID]bool{}}
	for i, tier := range q.Tiers(search.Scope(v, groups), f) {
		if i == 2 && len(q.Terms) == 1 && !q.HasPhrase() {
			continue // one word in the title is all words in the title
		}
		done, err := s.ask(ctx, tier)
		if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
			s.partly, err = true, nil
			done = true // on PostgreSQL the transaction has ended
		}
		if err != nil {
			return Found{}, err
		}
		if done {
			break
		}
	}
	return s.ranked(), nil
}

// finding is one search under way.
type finding struct {
	*Tx
	viewer actors.Viewer
	query  search.Query
	now    time.Time
	seen   map[actors.ID]bool
	list   []search.Candidate
	looks  int
	partly bool
}

// ask asks one question and says whether there is enough.
func (s *finding) ask(ctx context.Context, tier search.Tier) (done bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, searchTime)
	defer cancel()
	rows, err := s.candidates(ctx, tier)
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	for _, c := range rows {
		if err != nil || s.enough() {
			break
		}
		if s.seen[c.ID] {
			continue
		}
		s.seen[c.ID] = true
		var holds bool
		if holds, err = s.holds(ctx, c); holds {
			c.Theme = tier.Theme
			s.list = append(s.list, c)
		}
	}
	return s.enough(), err
}

func (s *finding) enough() bool { return len(s.list) > SearchReach || s.partly }

func (s *finding) candidates(ctx context.Context, tier search.Tier) ([]search.Candidate, error) {
	limit := SearchReach + 1
	if s.query.HasPhrase() {
		limit = searchLooks + 1
	}
	return collect(ctx, s.Tx, s.scan, `
		SELECT p.id, p.title, p.published_at, COALESCE(d.stage, ''), COALESCE(d.review_at, 0),
			COALESCE(d.summary, ''), COALESCE(d.subjects, ''), COALESCE(d.reference, ''), COALESCE(d.issuer, ''),
			COALESCE(d.authors, ''), COALESCE(d.place, ''), COALESCE(d.other, '')
		FROM `+s.dialect.matching+` LEFT JOIN document d ON d.post_id = p.id
		WHERE `+readable+` AND p.deleted_at = 0 AND COALESCE(d.withdrawn_at, 0) = 0
			AND (COALESCE(d.embargo_at, 0) = 0 OR p.author_id = $1)
		ORDER BY w.rowid DESC LIMIT $4`, s.viewer.Actor, s.viewer.Local, s.dialect.match(tier.Match), limit)
}

func (s *finding) scan(row scanner) (c search.Candidate, err error) {
	var d content.Document
	err = row.Scan(&c.ID, &c.Title, timeOf{&c.Published}, &d.Stage, timeOf{&d.Review},
		&d.Summary, linesOf{&d.Subjects}, &d.Reference, &d.Issuer, &d.Authors, &d.Place, &d.Other)
	c.About = search.About(d)
	c.Superseded, c.Due = search.Sinks(d.Stage, d.Review, s.now)
	return c, err
}

// holds says whether the words that have to follow each other do so in this post.
func (s *finding) holds(ctx context.Context, c search.Candidate) (bool, error) {
	if !s.query.HasPhrase() {
		return true, nil
	}
	look := s.query.Look()
	for _, short := range []string{c.Title, c.About} {
		if look.Paragraph(short, 0); look.Settled() {
			return look.Holds(), nil
		}
	}
	if s.looks++; s.looks > searchLooks {
		s.partly = true
		return false, nil
	}
	item, err := s.item(ctx, s.viewer, c.ID)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	if err == nil {
		err = s.read(ctx, item, func(text string, page int) bool {
			look.Paragraph(text, page)
			return !look.Settled()
		})
	}
	return look.Holds(), err
}

func (s *finding) ranked() Found {
	f := Found{More: len(s.list) > SearchReach, Partly: s.partly}
	s.list = s.list[:min(len(s.list), SearchReach)]
	s.query.Rank(s.list)
	for _, c := range s.list {
		f.IDs = append(f.IDs, c.ID)
	}
	return f
}

// item reads a post and what is known of its document, if the viewer may read it.
func (t *Tx) item(ctx context.Context, v actors.Viewer, id actors.ID) (search.Item, error) {
	p, err := t.Post(ctx, v, id)
	if err == nil && p.IsGone() {
		err = ErrNotFound
	}
	if err != nil {
		return search.Item{}, err
	}
	item := search.Item{Post: p}
	if p.IsDocument() {
		d, err := t.DocumentForRules(ctx, id)
		if err == nil {
			item.Doc = &d
		} else if !errors.Is(err, ErrNotFound) {
			return item, err
		}
	}
	return item, nil
}

// read reads the text of an item as far as it is looked at.
func (t *Tx) read(ctx context.Context, i search.Item, f func(text string, page int) bool) error {
	size := 0
	err := t.eachParagraph(ctx, i, func(text string, page int) bool {
		size += len(text)
		return f(text, page) && size < lookText
	})
	if errors.Is(err, errReading) {
		return nil // it is found by its other words
	}
	return err
}

// Result is one thing found, with the lines to show.
type Result struct {
	search.Item
	Start   content.Post // of the discussion that a comment is in; zero when the viewer may not read it
	Passage search.Passage
	Block   int // of the file's text, from 0: the first on the page of the passage
}

// Results reads some of what was found. What the viewer may not read any more is left out.
func (t *Tx) Results(ctx context.Context, v actors.Viewer, q search.Query, ids []actors.ID) ([]Result, error) {
	var list []Result
	for _, id := range ids {
		r, err := t.result(ctx, v, q, id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

func (t *Tx) result(ctx context.Context, v actors.Viewer, q search.Query, id actors.ID) (r Result, err error) {
	if r.Item, err = t.item(ctx, v, id); err != nil {
		return r, err
	}
	if r.IsComment() {
		r.Start, err = t.Post(ctx, v, r.Root)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return r, err
		}
		if r.Start.IsGone() {
			r.Start = content.Post{}
		}
	}
	look := q.Look()
	if r.Doc != nil {
		look.Paragraph(r.Doc.Summary, 0)
	}
	begins, blocks := map[int]int{}, 0 // the blocks that pages begin with
	err = t.read(ctx, r.Item, func(text string, page int) bool {
		if _, ok := begins[page]; !ok {
			begins[page] = blocks
		}
		blocks++
		return look.Paragraph(text, page)
	})
	if err != nil {
		return r, err
	}
	if r.Passage = look.Passage(); r.Passage.Page > 0 {
		r.Block = begins[r.Passage.Page]
	}
	return r, nil
}

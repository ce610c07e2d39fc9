package web

import (
	"context"
	"hash/maphash"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

const (
	// mostReaders bounds how many readings are told apart in a day: later ones do not count.
	mostReaders   = 200_000
	monthsOfUse   = 12
	mostCitations = 50
)

// visitors tells who came before today, so that the database need not be asked, and keeps
// nobody's name: only what is left of each of them under a seed that is thrown away with
// the day.
type visitors struct {
	mu   sync.Mutex
	day  time.Time
	seed maphash.Seed
	seen map[uint64]struct{}
}

// usage is one person, one document and one way of using it.
type usage struct {
	document actors.ID
	kind     store.UseKind
	person   actors.ID // zero: somebody who has not signed in
	from     string    // then: their address and program
}

// isFirst says whether it is the first of its kind today.
func (r *visitors) isFirst(x usage, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if day := now.UTC().Truncate(24 * time.Hour); r.seen == nil || !day.Equal(r.day) {
		r.day, r.seed, r.seen = day, maphash.MakeSeed(), map[uint64]struct{}{}
	}
	key := maphash.Comparable(r.seed, x)
	if _, seen := r.seen[key]; seen || len(r.seen) >= mostReaders {
		return false
	}
	r.seen[key] = struct{}{}
	return true
}

// count notes that somebody used a document of this site (DOC-6): each person once a
// month, and neither programs nor those who look after it. Whoever has not signed in is
// told from others by address and program.
func (s *Server) count(v *visit, d paper, kind store.UseKind) {
	if !d.Local || v.r.Method != http.MethodGet || isProgram(v.r) || v.SignedIn() && actions.MayChangeDocument(v.actor, d.Post, d.Doc) == nil {
		return
	}
	x, reader := usage{document: d.ID, kind: kind, person: v.actor.ID}, store.Reader(v.actor.ID)
	u := store.Use{Document: d.ID, Month: store.MonthOf(s.Now()), Kind: kind}
	if v.SignedIn() {
		u.Host = s.Site.Host
	} else {
		x.from = addressOf(v.r) + "\n" + v.r.UserAgent()
		reader = x.from
	}
	if !s.visitors.isFirst(x, s.Now()) {
		return
	}
	// Whoever reads may have gone away: they have read all the same.
	ctx := context.WithoutCancel(v.ctx())
	if err := s.DB.Write(ctx, func(tx *store.Tx) error { return s.Actions.CountReader(ctx, tx, u, reader) }); err != nil {
		s.Log.WarnContext(ctx, "reading not counted", slog.Any("err", err))
	}
}

// isProgram says whether a visit says of itself that nobody reads it.
func isProgram(r *http.Request) bool {
	agent := strings.ToLower(r.UserAgent())
	for _, word := range []string{"bot", "crawl", "spider", "preview"} {
		if strings.Contains(agent, word) {
			return true
		}
	}
	return strings.Contains(r.Header.Get("Sec-Purpose"), "prefetch")
}

// showFigures says to those who look after a document, and to the facilitators of its
// community, how it is used (DOC-6).
func (s *Server) showFigures(v *visit) error {
	p := templates.FiguresPage{Base: s.base(v)}
	err := s.look(v, func(l *look) error {
		h, err := l.heldNamed(v)
		if err != nil {
			return err
		}
		if err := s.Actions.MayAnswerFormat(l.ctx, l.tx, v.actor, h.Post, h.Doc); err != nil {
			return err
		}
		p.Community, p.Paper = h.community, h.named()
		if err := l.months(h.Post, &p); err != nil {
			return err
		}
		if p.KeptBy, err = l.keptBy(h.ID); err != nil {
			return err
		}
		return l.citations(h.Post, &p)
	})
	if err != nil {
		return err
	}
	return s.renderAside(v, p)
}

// months fills in what was counted in the whole months that are over. The month that is
// not is never shown: from day to day it would tell who came.
func (l *look) months(doc content.Post, p *templates.FiguresPage) error {
	now := l.s.Now().UTC()
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	list, err := l.tx.UseOf(l.ctx, doc.ID, store.MonthOf(first.AddDate(0, -monthsOfUse, 0)), store.MonthOf(first))
	if err != nil {
		return err
	}
	here, err := l.home(l.s.Site.Host)
	if err != nil {
		return err
	}
	for back := 1; back <= monthsOfUse; back++ {
		at := first.AddDate(0, -back, 0)
		if store.MonthOf(at) < store.MonthOf(doc.Published) {
			break
		}
		m, err := l.month(list, at, firstOf(here, l.s.Site.Host))
		if err != nil {
			return err
		}
		if m.IsEmpty() {
			p.Hidden = append(p.Hidden, m.Name)
		} else {
			p.Months = append(p.Months, m)
		}
	}
	return nil
}

func (l *look) month(list []store.Use, at time.Time, here string) (m templates.FigureMonth, err error) {
	m.Name = at.Format("January 2006")
	var read, taken [2]int // people of this site, and those who had not signed in
	for _, u := range list {
		if u.Month != store.MonthOf(at) {
			continue
		}
		who := 0
		if u.Host == "" {
			who = 1
		}
		switch {
		case u.Host != "" && u.Host != l.s.Site.Host:
			if err := l.addSite(&m, u.Host); err != nil {
				return m, err
			}
		case u.Kind == store.UseRead:
			read[who] = u.Times
		default:
			taken[who] = u.Times
		}
	}
	reads, readSum := guarded(read[:])
	takes, takenSum := guarded(taken[:])
	m.Rows = []templates.FigureRow{{Name: here, Read: reads[0], Taken: takes[0]}, {Name: "People who had not signed in", Read: reads[1], Taken: takes[1]}, {Name: "Together", Read: readSum, Taken: takenSum}}
	return m, nil
}

// addSite names a site that took the file, if so many of its people are known that this
// points at none of them.
func (l *look) addSite(m *templates.FigureMonth, host string) error {
	if ok, err := l.tx.KnowsPeopleOf(l.ctx, host, content.MinShown); err != nil || !ok {
		return err
	}
	name, err := l.home(host)
	if err != nil {
		return err
	}
	m.Sites = append(m.Sites, firstOf(name, host))
	return nil
}

// guarded are numbers of people as they may be shown, and their sum; empty for what may not.
func guarded(cells []int) (out []string, sum string) {
	shown, total := content.Guard(cells)
	n := 0
	for i, cell := range cells {
		n += cell
		out = append(out, "")
		if shown[i] {
			out[i] = strconv.Itoa(cell)
		}
	}
	if total {
		sum = strconv.Itoa(n)
	}
	return out, sum
}

// citations are what the viewer may read and in which the document is named or built on.
func (l *look) citations(doc content.Post, p *templates.FiguresPage) (err error) {
	if p.UsedIn, err = l.relatedTo(doc, content.DerivedFrom, "Used in"); err != nil {
		return err
	}
	posts, err := l.tx.Naming(l.ctx, l.viewer, doc.URI, mostCitations)
	if err != nil {
		return err
	}
	for _, x := range posts {
		name, err := l.home(x.URI.Host())
		if err != nil {
			return err
		}
		c := templates.Citing{By: firstOf(name, x.URI.Host()), What: firstOf(x.Title, "A comment"), Path: templates.PostPath(x.ID), At: x.Published}
		p.Citing = append(p.Citing, c)
	}
	return nil
}

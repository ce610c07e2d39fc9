package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"moothall/content"
	"moothall/content/cite"
	"moothall/content/compare"
	"moothall/extract"
	"moothall/store"
	"moothall/templates"
)

const (
	mostContents = 200  // headings that the contents of a text list
	mostRuns     = 1000 // paragraphs that a comparison shows
	foldAround   = 1    // paragraphs around a change

	// A reading takes many megabytes for as long as it is whole.
	comparesAtOnce, comparesWaiting = 2, 20
	textsAtOnce, textsWaiting       = 4, 40
)

// showText shows the text of a version as a web page. Its own site's file is fetched
// first, for people who have signed in.
func (s *Server) showText(v *visit) error {
	d, err := s.readPaper(v)
	if err != nil {
		return err
	}
	if ready, err := s.hold(v, d); !ready || err != nil {
		return err
	}
	p := templates.TextPage{PaperPage: s.around(v, d), Picture: isPicture(d.version)}
	if busy := s.reading.do(v.ctx(), func() { err = s.leaf(v, d.version, &p) }); busy != nil {
		return busy
	}
	if err != nil {
		return err
	}
	s.count(v, d, store.UseRead)
	return s.renderAside(v, p)
}

// leaf is the page of a text that was asked for. Nothing else of the text is kept.
func (s *Server) leaf(v *visit, x content.Version, p *templates.TextPage) error {
	r, state, err := s.readingOf(v, x)
	if err != nil {
		return err
	}
	p.State, p.Short = state, r.Short
	if p.Paging, err = paging(v, len(r.Blocks), templates.TextBlocks); err != nil {
		return err
	}
	p.Contents = contentsOf(r, p.Paging)
	from := (p.Paging.Page - 1) * templates.TextBlocks
	p.Blocks = slices.Clone(r.Blocks[from:min(from+templates.TextBlocks, len(r.Blocks))])
	return nil
}

// around is what the pages around a version share.
func (s *Server) around(v *visit, d paper) templates.PaperPage {
	return templates.PaperPage{
		Base: s.base(v), Community: d.community, Title: d.title(), Language: d.Language, Number: d.version.Number, Path: d.here(), Document: d.path(),
	}
}

// renderAside shows a page around a document, which search engines leave out: they
// list the document.
func (s *Server) renderAside(v *visit, p templates.Page) error {
	v.w.Header().Set("X-Robots-Tag", "noindex")
	return s.render(v, http.StatusOK, p)
}

// readingOf is what was found in the file of a version whose reader has been found to be
// one. Its caller has a slot for that.
func (s *Server) readingOf(v *visit, x content.Version) (r extract.Reading, state templates.ReadState, err error) {
	var body []byte
	err = s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		body, err = tx.Reading(v.ctx(), x.File.Digest)
		return err
	})
	switch {
	case errors.Is(err, store.ErrNotFound) && isPicture(x):
		return r, templates.ReadNone, nil
	case errors.Is(err, store.ErrNotFound):
		return r, templates.ReadWaiting, nil
	case err != nil:
		return r, "", fmt.Errorf("read the text of %s: %w", x.URI, err)
	}
	if err := json.Unmarshal(body, &r); err != nil {
		return r, "", fmt.Errorf("read the text of %s: %w", x.URI, err)
	}
	if r.NoText || len(r.Blocks) == 0 {
		return r, templates.ReadNone, nil
	}
	return r, templates.ReadDone, nil
}

// contentsOf lists the headings of a text, on whatever page they are.
func contentsOf(r extract.Reading, at templates.Paging) []templates.TextHeading {
	var out []templates.TextHeading
	for i, b := range r.Blocks {
		if b.Kind == extract.Heading && strings.TrimSpace(b.Text) != "" && len(out) < mostContents {
			out = append(out, templates.TextHeading{Words: b.Text, Href: at.Href(i/templates.TextBlocks+1) + "#" + templates.HeadingAnchor(i)})
		}
	}
	if len(out) < 2 {
		return nil
	}
	return out
}

// showComparison shows what changed between the texts of two versions (DOC-2).
func (s *Server) showComparison(v *visit) error {
	d, err := s.readPaper(v)
	if err != nil {
		return err
	}
	q := v.r.URL.Query()
	from, to := wholeNumber(q.Get("from")), wholeNumber(q.Get("to"))
	p := templates.ComparePage{PaperPage: s.around(v, d), From: from, To: to, State: templates.ReadDone}
	var both [2]content.Version
	for i, n := range []int{from, to} {
		x, found := d.numbered(n)
		if !found || x.IsWithdrawn() || from == to {
			return store.ErrNotFound
		}
		at := d
		at.version = x
		if ready, err := s.hold(v, at); !ready || err != nil {
			return err
		}
		both[i] = x
	}
	if busy := s.comparing.do(v.ctx(), func() { err = s.compare(v, both, &p) }); busy != nil {
		return busy
	}
	if err != nil {
		return err
	}
	return s.renderAside(v, p)
}

// compare says what changed from one version to another.
func (s *Server) compare(v *visit, both [2]content.Version, p *templates.ComparePage) error {
	var texts [2]extract.Reading
	for i, x := range both {
		r, state, err := s.readingOf(v, x)
		if err != nil {
			return err
		}
		if texts[i] = r; state != templates.ReadDone {
			p.State = state
		}
	}
	if p.State != templates.ReadDone {
		return nil
	}
	p.Comparison = compare.Of(texts[0], texts[1])
	p.Runs = p.Comparison.Fold(foldAround)
	if p.Cut = len(p.Runs) > mostRuns; p.Cut {
		p.Runs = p.Runs[:mostRuns]
	}
	return nil
}

// showCite shows how to cite a version (MEM-6).
func (s *Server) showCite(v *visit) error {
	d, w, err := s.cited(v)
	if err != nil {
		return err
	}
	return s.renderAside(v, templates.CitePage{PaperPage: s.around(v, d), Text: cite.Text(w), Formats: cite.Formats})
}

// sendCite sends a citation as a file.
func (s *Server) sendCite(v *visit) error {
	f, ok := cite.FormatNamed(v.param("format"))
	if !ok {
		return store.ErrNotFound
	}
	d, w, err := s.cited(v)
	if err != nil {
		return err
	}
	body, err := f.Write(w)
	if err != nil {
		return fmt.Errorf("cite %s: %w", d.version.URI, err)
	}
	return s.sendText(v, f.MediaType, "citation."+f.Name, body)
}

// cited is the version that a path names, as it is cited.
func (s *Server) cited(v *visit) (d paper, w cite.Work, err error) {
	if d, err = s.readPaper(v); err != nil {
		return d, w, err
	}
	err = s.look(v, func(l *look) error {
		w = l.work(d)
		w.Related, err = l.tx.Related(l.ctx, d.ID)
		return err
	})
	return d, w, err
}

// sendRecord sends the signed record of a version of this site's documents (users.md 3.7).
func (s *Server) sendRecord(v *visit) error {
	d, err := s.readPaper(v)
	if err != nil {
		return err
	}
	var body []byte
	err = s.DB.Read(v.ctx(), func(tx *store.Tx) error {
		body, err = tx.Provenance(v.ctx(), d.ID, d.version.Number)
		return err
	})
	if err != nil {
		return fmt.Errorf("read the record of %s: %w", d.version.URI, err)
	}
	return s.sendText(v, "application/json", "record.json", body)
}

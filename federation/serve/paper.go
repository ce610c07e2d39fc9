package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// mayLeave answers as for nothing where a document stays on this node, be it
// withdrawn by now or not (users.md 3.9). Nobody elsewhere is asked about it either.
func (q question) mayLeave(id actors.ID) error {
	d, err := q.tx.DocumentForRules(q.ctx, id)
	if err == nil && d.StaysHere() {
		err = store.ErrNotFound
	}
	return err
}

// withdrawn is what is left of a withdrawn document: why, and what to read now, as far
// as the viewer may read that.
func (q question) withdrawn(p content.Post) (reply, error) {
	d, err := q.tx.DocumentForRules(q.ctx, p.ID)
	if err != nil {
		return reply{}, err
	}
	w := ap.Withdrawn{ID: p.URI, At: p.Deleted, Title: d.Withdrawal.Title, Reason: d.Withdrawal.Reason, Replaced: actors.URI(d.Withdrawal.Replaced)}
	if w.Replaced == "" {
		later, err := q.tx.RelatedTo(q.ctx, q.viewer, content.Replaces, p.URI, 1)
		if err != nil {
			return reply{}, err
		}
		if len(later) > 0 {
			w.Replaced = later[0].URI
		}
	}
	body, err := ap.WriteWithdrawn(w)
	return reply{status: http.StatusGone, body: body}, err
}

// version serves one version of a document, as it stays.
func (s *Serve) version(q question) (reply, error) {
	p, err := s.localPost(q)
	if err != nil {
		return reply{}, err
	}
	if p.IsGone() {
		return q.gone(p)
	}
	v, err := q.tx.Version(q.ctx, p.ID, q.number)
	if err != nil {
		return reply{}, err
	}
	if !v.IsWithdrawn() {
		return document(s.actions().DocumentVersion(q.ctx, q.tx, p, v))
	}
	body, err := ap.WriteWithdrawn(versionLeft(p, v))
	return reply{status: http.StatusGone, body: body}, err
}

// versionNumber reads the number of a version from a path. There is no version zero.
func versionNumber(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || strconv.Itoa(n) != s {
		return 0
	}
	return n
}

// versionLeft is what is left of a version: its document is what to read.
func versionLeft(p content.Post, v content.Version) ap.Withdrawn {
	return ap.Withdrawn{ID: v.URI, At: v.Withdrawn, Reason: v.Reason, Replaced: p.URI}
}

// paperHistory lists how the author published each version of a document, the latest
// first, with that version as it is served (FEP-bad1). What an edit without a new
// file took back is not kept for those who come later.
func (s *Serve) paperHistory(q question) (reply, error) {
	p, err := s.localPost(q)
	if err != nil {
		return reply{}, err
	}
	if p.IsGone() {
		return q.gone(p)
	}
	author, err := q.tx.Actor(q.ctx, p.Author)
	if err != nil {
		return reply{}, fmt.Errorf("author of document %s: %w", p.ID, err)
	}
	versions, err := q.tx.Versions(q.ctx, p.ID)
	if err != nil {
		return reply{}, err
	}
	l := ap.Listing{ID: ap.HistoryAddress(p.URI), Total: len(versions), AttributedTo: author.URI}
	if q.query.Has("before") {
		return s.historyOf(q, l, p, author, versions)
	}
	if len(versions) > 0 {
		l.First = beforeVersion(l.ID, versions[0].Number+1)
	}
	if len(versions) <= historyPage {
		if l.Items, err = s.published(q, p, author, versions); err != nil {
			return reply{}, err
		}
	}
	return document(ap.WriteCollection(l))
}

// historyOf is one page of a document's history.
func (s *Serve) historyOf(q question, l ap.Listing, p content.Post, author actors.Actor, versions []content.Version) (reply, error) {
	before, err := strconv.Atoi(q.query.Get("before"))
	if err != nil {
		return reply{}, store.ErrNotFound
	}
	from := slices.IndexFunc(versions, func(v content.Version) bool { return v.Number < before })
	if from < 0 {
		from = len(versions)
	}
	page := versions[from:min(from+historyPage, len(versions))]
	l.PartOf, l.ID = l.ID, beforeVersion(l.ID, before)
	if from+len(page) < len(versions) {
		l.Next = beforeVersion(l.PartOf, page[len(page)-1].Number)
	}
	if l.Items, err = s.published(q, p, author, page); err != nil {
		return reply{}, err
	}
	return document(ap.WritePage(l))
}

func beforeVersion(id actors.URI, n int) actors.URI {
	return id + actors.URI(fmt.Sprintf("?before=%d", n))
}

// maxDone is how many of a document's activities are looked through.
const maxDone = 2000

// published are the activities that brought these versions. Those of which the log
// knows nothing any more are left out.
func (s *Serve) published(q question, p content.Post, author actors.Actor, versions []content.Version) ([]json.RawMessage, error) {
	done, err := q.tx.DoneWith(q.ctx, p.URI, author.URI, maxDone)
	if err != nil {
		return nil, err
	}
	brought := map[int]ap.Activity{}
	for _, line := range done {
		act, err := ap.ParseActivity(line.Body)
		if err != nil {
			return nil, fmt.Errorf("read activity %s: %w", line.ID, err)
		}
		o, err := act.Object.AsObject()
		if err != nil || o.Paper == nil {
			continue
		}
		if _, ok := brought[o.Paper.Version.Number]; !ok {
			brought[o.Paper.Version.Number] = act
		}
	}
	items := []json.RawMessage{}
	for _, v := range versions {
		if act, ok := brought[v.Number]; ok {
			raw, err := s.bringing(q, act, p, v)
			if err != nil {
				return nil, err
			}
			items = append(items, raw)
		}
	}
	return items, nil
}

// bringing is an activity with one version, or what is left of it, as its object.
func (s *Serve) bringing(q question, act ap.Activity, p content.Post, v content.Version) (json.RawMessage, error) {
	object, err := s.actions().DocumentVersion(q.ctx, q.tx, p, v)
	if errors.Is(err, ap.ErrKept) {
		object, err = ap.WriteWithdrawn(versionLeft(p, v))
	}
	if err != nil {
		return nil, err
	}
	if act.Type == "Update" {
		return ap.WriteUpdate(envelopeOf(act), object)
	}
	return ap.WriteCreate(envelopeOf(act), object)
}

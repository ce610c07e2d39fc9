package serve

import (
	"encoding/json"
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

// paperHistory lists what the author did with each version of a document, the latest
// first: the activity that brought it, with that version as it is served, or the one
// that withdrew it (FEP-bad1). What an edit without a new file took back is not kept
// for those who come later.
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
	told, err := q.toldVersions(p, author)
	if err != nil {
		return reply{}, err
	}
	l := ap.Listing{ID: ap.HistoryAddress(p.URI), Total: len(told), AttributedTo: author.URI}
	if q.query.Has("before") {
		return s.historyOf(q, l, p, told)
	}
	if len(told) > 0 {
		l.First = beforeVersion(l.ID, told[0].version.Number+1)
	}
	if len(told) <= historyPage {
		if l.Items, err = s.published(q, p, told); err != nil {
			return reply{}, err
		}
	}
	return document(ap.WriteCollection(l))
}

// historyOf is one page of a document's history.
func (s *Serve) historyOf(q question, l ap.Listing, p content.Post, told []toldVersion) (reply, error) {
	before, err := strconv.Atoi(q.query.Get("before"))
	if err != nil {
		return reply{}, store.ErrNotFound
	}
	from := slices.IndexFunc(told, func(v toldVersion) bool { return v.version.Number < before })
	if from < 0 {
		from = len(told)
	}
	page := told[from:min(from+historyPage, len(told))]
	l.PartOf, l.ID = l.ID, beforeVersion(l.ID, before)
	if from+len(page) < len(told) {
		l.Next = beforeVersion(l.PartOf, page[len(page)-1].version.Number)
	}
	if l.Items, err = s.published(q, p, page); err != nil {
		return reply{}, err
	}
	return document(ap.WritePage(l))
}

func beforeVersion(id actors.URI, n int) actors.URI {
	return id + actors.URI(fmt.Sprintf("?before=%d", n))
}

// maxDone is how many of a document's activities are looked through.
const maxDone = 2000

// toldVersion is a version with the activity that tells of it.
type toldVersion struct {
	version content.Version
	by      ap.Activity
}

// toldVersions are the versions of a document of which the log knows an activity still,
// the latest first. What brought a version that is withdrawn has been erased, and the
// Delete stands in its place.
func (q question) toldVersions(p content.Post, author actors.Actor) (told []toldVersion, err error) {
	versions, err := q.tx.Versions(q.ctx, p.ID)
	if err != nil {
		return nil, err
	}
	brought, err := q.brought(p, author)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		act, ok := brought[v.Number]
		if v.IsWithdrawn() {
			if act, ok, err = q.withdrew(v, author); err != nil {
				return nil, err
			}
		}
		if ok {
			told = append(told, toldVersion{v, act})
		}
	}
	return told, nil
}

// brought are the activities that brought versions of a document, by their numbers.
func (q question) brought(p content.Post, author actors.Actor) (map[int]ap.Activity, error) {
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
		v, ok := act.Carries()
		if _, known := brought[v.Number]; ok && !known {
			brought[v.Number] = act
		}
	}
	return brought, nil
}

// withdrew is the activity that withdrew a version.
func (q question) withdrew(v content.Version, author actors.Actor) (act ap.Activity, ok bool, err error) {
	done, err := q.tx.DoneWith(q.ctx, v.URI, author.URI, 1)
	if err != nil || len(done) == 0 {
		return act, false, err
	}
	if act, err = ap.ParseActivity(done[0].Body); err != nil {
		return act, false, fmt.Errorf("read activity %s: %w", done[0].ID, err)
	}
	return act, true, nil
}

// published are the activities of versions, as they are told now.
func (s *Serve) published(q question, p content.Post, told []toldVersion) ([]json.RawMessage, error) {
	items := []json.RawMessage{}
	for _, t := range told {
		raw, err := s.telling(q, t.by, p, t.version)
		if err != nil {
			return nil, err
		}
		items = append(items, raw)
	}
	return items, nil
}

// telling is an activity with one version, or what is left of it, as its object.
func (s *Serve) telling(q question, act ap.Activity, p content.Post, v content.Version) (json.RawMessage, error) {
	if v.IsWithdrawn() {
		return ap.WriteWithdrawal(envelopeOf(act), versionLeft(p, v))
	}
	object, err := s.actions().DocumentVersion(q.ctx, q.tx, p, v)
	if err != nil {
		return nil, err
	}
	if act.Type == "Update" {
		return ap.WriteUpdate(envelopeOf(act), object)
	}
	return ap.WriteCreate(envelopeOf(act), object)
}

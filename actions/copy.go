package actions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/federation/ap"
	"moothall/store"
)

// SaveCopy makes a document of this node of version v of one from elsewhere that by
// can read (users.md 3.9). Its file was fetched from its own site already. Its issuer
// is named as who wrote it: who issues the copy, and signs where it is from, is this
// node. It returns content.Problems where there is no space, and otherwise a Refusal
// of what may not be copied.
func (a *Actions) SaveCopy(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, from store.Paper, v content.Version) (content.Post, error) {
	from, v, err := copyable(ctx, tx, by, from.ID, v.Number)
	if err != nil {
		return content.Post{}, err
	}
	if !group.Local {
		return content.Post{}, refuse("not_here", "Choose a community of this site.")
	}
	if err := a.MayUpload(ctx, tx, by, group, v.File.Size); err != nil {
		return content.Post{}, err
	}
	read, err := copyChecked(ctx, tx, v)
	if err != nil {
		return content.Post{}, err
	}
	d := copyOf(from, v)
	p, err := a.newDocument(group, by, d)
	if err != nil {
		return p, err
	}
	doc := a.filledIn(d, p, group, by)
	first := a.version(p, doc, store.Upload{Digest: v.File.Digest, Name: v.File.Name, Size: v.File.Size}, read)
	first.File.MediaType, first.File.Pages, first.Note = v.File.MediaType, v.File.Pages, d.Note
	w, err := a.wording(ctx, tx, p, by, group, nil)
	if err != nil {
		return p, err
	}
	w.paper = &ap.Paper{Document: doc, Version: first, Related: d.Related}
	if p, _, err = a.put(ctx, tx, p, w); err != nil {
		return p, err
	}
	if err := a.storeCopy(ctx, tx, p, *w.paper); err != nil {
		return p, err
	}
	if err := a.writeRecord(ctx, tx, by, *w.paper, p, read); err != nil {
		return p, err
	}
	if from.Audience != actors.AudiencePublic {
		return p, nil
	}
	return p, a.TellKeptCopy(ctx, tx, from.Post, v)
}

func (a *Actions) storeCopy(ctx context.Context, tx *store.Tx, p content.Post, paper ap.Paper) error {
	if err := tx.AddDocument(ctx, p, paper.Document); err != nil {
		return fmt.Errorf("add document: %w", err)
	}
	if err := tx.SetRelated(ctx, p.ID, paper.Related); err != nil {
		return fmt.Errorf("name other documents: %w", err)
	}
	if err := tx.AddVersion(ctx, paper.Version); err != nil {
		return fmt.Errorf("add version: %w", err)
	}
	if err := tx.KeepFile(ctx, paper.Version.File.Digest, paper.Version.File.Size, a.Now(), time.Time{}); err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	return nil
}

// copyable reads what is to be copied as it is now: it can have been withdrawn, or
// closed to by, while its file was fetched. That a file with its digest is here does
// not count, it must be its own (security.md S141, S144).
func copyable(ctx context.Context, tx *store.Tx, by actors.Actor, id actors.ID, number int) (from store.Paper, v content.Version, err error) {
	if from, err = tx.Paper(ctx, actors.Viewer{Actor: by.ID, Local: true}, id); err != nil {
		return from, v, err
	}
	if err := MayCopy(from); err != nil {
		return from, v, err
	}
	v, err = tx.Version(ctx, id, number)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && v.IsWithdrawn():
		return from, v, refuse("gone", "This version has been withdrawn.")
	case err != nil:
		return from, v, err
	case number != from.Doc.Number:
		return from, v, refuse("not_current", "This document has a newer version. Save a copy of that one.")
	}
	held, err := tx.HasFileOf(ctx, v)
	if err == nil && !held {
		err = refuse("not_held", "We do not have the file of this document yet. Try again in a moment.")
	}
	return from, v, err
}

// copyChecked is what was read in the file of a version that is to be copied. What may
// not be shared here is not copied either. Where this site takes no reason for some of
// what a file can have in it, the file has to be read first.
func copyChecked(ctx context.Context, tx *store.Tx, v content.Version) (extract.Reading, error) {
	r, err := ReadingOf(ctx, tx, v.File.Digest)
	if err != nil {
		return r, err
	}
	without, err := NoReason(ctx, tx)
	if err != nil {
		return r, err
	}
	if r.Format == "" && len(without) > 0 {
		return r, refuse("not_read", "We are still checking the file of this document. Try again in a moment.")
	}
	return r, barred(ctx, tx, r)
}

// MayCopy says whether a document may be copied by who can read it. What it returns
// is a Refusal.
func MayCopy(from store.Paper) error {
	switch {
	case from.Local:
		return refuse("here_already", "This document is on this site already.")
	case from.IsGone() || from.Doc.IsWithdrawn():
		return refuse("gone", "This document has been withdrawn.")
	case from.Standing != content.Accepted:
		return refuse("not_accepted", "This document is not part of its community.")
	case from.Doc.StaysHere():
		return refuse("sensitive", "This document is sensitive. It may not be copied.")
	case !from.Doc.Licence.IsOpen() && from.Doc.Licence != content.Members:
		return refuse("licence", "The licence of this document does not let us keep a copy. Ask the organisation that issued it.")
	}
	return nil
}

// copyOf is what is said of a copy. Where not everybody reads the original, and where
// its licence is for members, only people of this node read the copy.
func copyOf(from store.Paper, v content.Version) content.DocumentDraft {
	d := content.DocumentDraft{
		Document: from.Doc, Title: v.Title, Language: from.Language, Confirmed: true,
		Related: []content.Related{{Relation: content.DerivedFrom, URI: v.URI, Title: v.Title}},
		Note:    fmt.Sprintf("Copy of version %d", v.Number),
	}
	if d.Title == "" {
		d.Title = from.Title
	}
	if from.Audience != actors.AudiencePublic || !from.Doc.Licence.IsOpen() {
		d.Audience = actors.AudienceOrganisation
	}
	if from.Doc.Issuer != "" {
		d.Authors = from.Doc.Issuer
	}
	if d.Attribution == "" {
		d.Attribution = from.Doc.Issuer
	}
	d.IssuerCode, d.Reminded, d.Review = "", 0, time.Time{}
	return d
}

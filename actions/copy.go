package actions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
)

// ErrCopied says that a community has a copy of a version already.
var ErrCopied = &Refusal{"copied_already", "This community has a copy of this version already."}

// SaveCopy makes a document of this node of version v of one from elsewhere that by
// can read (users.md 3.9). Its file was fetched from its own site already, and read is
// what is in it. Its issuer is named as who wrote it: who issues the copy, and signs
// where it is from, is this node. It returns content.Problems where there is no space,
// ErrCopied with the copy that is there, and otherwise a Refusal of what may not be copied.
func (a *Actions) SaveCopy(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, from store.Paper, v content.Version, read extract.Reading) (content.Post, error) {
	from, v, err := copyable(ctx, tx, by, from.ID, v)
	if err != nil {
		return content.Post{}, err
	}
	if !group.Local {
		return content.Post{}, refuse("not_here", "Choose a community of this site.")
	}
	if err := a.takeSpace(ctx, tx, by, group, v.File.Size); err != nil {
		return content.Post{}, err
	}
	if err := mayKeep(ctx, tx, read); err != nil {
		return content.Post{}, err
	}
	there, err := tx.CopyIn(ctx, group.ID, v)
	if err == nil {
		err = ErrCopied
	}
	if !errors.Is(err, store.ErrNotFound) {
		return there, err
	}
	file := store.Upload{Digest: v.File.Digest, Name: v.File.Name, Size: v.File.Size, Format: read.Format}
	if err := a.keepReading(ctx, tx, v.File.Digest, read); err != nil {
		return there, err
	}
	p, err := a.begin(ctx, tx, by, group, copyOf(from, v), file, read, content.Version{Note: fmt.Sprintf("Copy of version %d", v.Number)})
	if err != nil {
		return p, err
	}
	return p, a.TellKeptCopy(ctx, tx, from.Post, v)
}

// keepReading stores what is in a file that nobody has read before, or was read before
// findings were kept.
func (a *Actions) keepReading(ctx context.Context, tx *store.Tx, d content.Digest, read extract.Reading) error {
	stored, err := tx.Reading(ctx, d)
	if err == nil {
		var before extract.Reading
		if err := json.Unmarshal(stored, &before); err != nil {
			return fmt.Errorf("read a stored reading: %w", err)
		}
		if len(before.Findings) > 0 || len(read.Findings) == 0 || read.NoText && !before.NoText {
			return nil
		}
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	body, err := json.Marshal(read)
	if err != nil {
		return fmt.Errorf("write a reading: %w", err)
	}
	return tx.AddReading(ctx, d, body, a.Now())
}

// mayKeep refuses a file that nobody could have shared here, whatever the reason. What
// else the check finds was for the organisation that shared it to weigh.
func mayKeep(ctx context.Context, tx *store.Tx, read extract.Reading) error {
	if read.Format == "" {
		return refuse("not_read", "We are still checking the file of this document. Try again in a moment.")
	}
	err := barred(ctx, tx, read)
	if no, ok := errors.AsType[*Refusal](err); ok {
		return refuse(no.Code, "We found something in this file that this site does not share. Tell the organisation that issued the document.")
	}
	return err
}

// copyable reads what is to be copied as it is now: it can have been withdrawn, or
// closed to by, while its file was fetched. That a file with its digest is here does
// not count, it must be its own (security.md S141, S144).
func copyable(ctx context.Context, tx *store.Tx, by actors.Actor, id actors.ID, asked content.Version) (from store.Paper, v content.Version, err error) {
	if from, err = tx.Paper(ctx, actors.Viewer{Actor: by.ID, Local: true}, id); err != nil {
		return from, v, err
	}
	if err := MayCopy(from); err != nil {
		return from, v, err
	}
	v, err = tx.Version(ctx, id, asked.Number)
	switch {
	case errors.Is(err, store.ErrNotFound) || err == nil && v.IsWithdrawn():
		return from, v, refuse("gone", "This version has been withdrawn.")
	case err != nil:
		return from, v, err
	case asked.Number != from.Doc.Number:
		return from, v, refuse("not_current", "This document has a newer version. Save a copy of that one.")
	}
	v.File.Size, err = tx.SizeOfFile(ctx, v) // its site may not have said
	if errors.Is(err, store.ErrNotFound) {
		err = refuse("not_held", "We do not have the file of this document yet. Try again in a moment.")
	}
	return from, v, err
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

// CopyIsForUs says whether only people of this node may read a copy: where not everybody
// reads the original, and where its licence is for members.
func CopyIsForUs(from store.Paper) bool {
	return from.Audience != actors.AudiencePublic || !from.Doc.Licence.IsOpen()
}

// mostAdopted bounds who adopted a document, in characters.
const mostAdopted = 200

// copyOf is what is said of a copy.
func copyOf(from store.Paper, v content.Version) content.DocumentDraft {
	d := content.DocumentDraft{
		Document: from.Doc, Title: v.Title, Language: from.Language, Confirmed: true,
		Related: []content.Related{{Relation: content.DerivedFrom, URI: v.URI, Title: v.Title}},
	}
	if d.Title == "" {
		d.Title = from.Title
	}
	if CopyIsForUs(from) {
		d.Audience = actors.AudienceOrganisation
	}
	if who := from.Doc.Issuer; who != "" {
		d.Authors = who
		if d.Attribution == "" {
			d.Attribution = who
		}
		if d.Adopted.Body != "" { // Cabinet, but not ours
			d.Adopted.Body = content.FirstRunes(d.Adopted.Body+", "+who, mostAdopted)
		}
	}
	d.IssuerCode, d.Reminded, d.Review = "", 0, time.Time{}
	return d
}

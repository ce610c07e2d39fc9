package store

import (
	"context"
	"time"

	"moothall/actors"
	"moothall/content"
)

const versionColumns = `v.document_id, v.number, v.uri, v.title, v.note, v.stage, v.digest, v.name, v.media_type, v.size, v.pages,
	v.url, v.text_url, v.by_id, v.at, v.found, v.withdrawn_at, v.withdrawn_why`

func scanVersion(s scanner) (v content.Version, err error) {
	err = s.Scan(&v.Document, &v.Number, &v.URI, &v.Title, &v.Note, &v.Stage,
		&v.File.Digest, &v.File.Name, &v.File.MediaType, &v.File.Size, &v.File.Pages, &v.File.URL, &v.File.Text,
		&v.By, timeOf{&v.At}, &v.Check, timeOf{&v.Withdrawn}, &v.Reason)
	return v, err
}

// AddVersion stores a version. ErrConflict when its number or address is taken:
// what is stored stays as it is. It becomes the current one when no later is stored.
func (t *Tx) AddVersion(ctx context.Context, v content.Version) error {
	n, err := t.exec(ctx, `
		INSERT INTO version (document_id, number, uri, title, note, stage, digest, name, media_type, size, pages,
			url, text_url, by_id, at, found, withdrawn_at, withdrawn_why)
		VALUES (`+in(1, 18)+`) ON CONFLICT DO NOTHING`,
		v.Document, v.Number, v.URI, v.Title, v.Note, v.Stage, v.File.Digest, v.File.Name, v.File.MediaType, v.File.Size, v.File.Pages,
		v.File.URL, v.File.Text, v.By, micros(v.At), v.Check, micros(v.Withdrawn), v.Reason)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrConflict
	}
	if _, err = t.exec(ctx, `UPDATE document SET number = $2 WHERE post_id = $1 AND number < $2`, v.Document, v.Number); err != nil {
		return err
	}
	return t.searchDue(ctx, v.Document)
}

// WithdrawVersion says that nobody reads a version any more, and erases what it was
// called. ErrNotFound when it is withdrawn already.
func (t *Tx) WithdrawVersion(ctx context.Context, document actors.ID, number int, why string, at time.Time) error {
	err := t.execOne(ctx, `
		UPDATE version SET withdrawn_at = $3, withdrawn_why = $4, found = '', title = '', note = '', name = ''
		WHERE document_id = $1 AND number = $2 AND withdrawn_at = 0`, document, number, micros(at), why)
	if err != nil {
		return err
	}
	if err := t.dropProvenance(ctx, document, number); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM told_text WHERE document_id = $1 AND number = $2`, document, number); err != nil {
		return err
	}
	return t.searchDue(ctx, document)
}

// Versions lists the versions of a document, the latest first. The caller has read
// its post as its viewer.
func (t *Tx) Versions(ctx context.Context, document actors.ID) ([]content.Version, error) {
	return collect(ctx, t, scanVersion, `
		SELECT `+versionColumns+` FROM version v WHERE v.document_id = $1 ORDER BY v.number DESC LIMIT 1000`, document)
}

// Version reads one version. The caller has read its post as its viewer.
func (t *Tx) Version(ctx context.Context, document actors.ID, number int) (content.Version, error) {
	return one(ctx, t, scanVersion, `
		SELECT `+versionColumns+` FROM version v WHERE v.document_id = $1 AND v.number = $2`, document, number)
}

// VersionByURI reads a version by its address, whoever asks.
func (t *Tx) VersionByURI(ctx context.Context, uri actors.URI) (content.Version, error) {
	return one(ctx, t, scanVersion, `SELECT `+versionColumns+` FROM version v WHERE v.uri = $1`, uri)
}

// VersionsWith lists the versions that have this file and that the viewer may read:
// those of this node first, which has the file, then the earliest that came here:
// the date that another site gives proves nothing (DOC-5).
func (t *Tx) VersionsWith(ctx context.Context, v actors.Viewer, d content.Digest, n int) ([]content.Version, error) {
	return collect(ctx, t, scanVersion, `
		SELECT `+versionColumns+` FROM version v JOIN post p ON p.id = v.document_id
		WHERE `+readable+` AND v.digest = $3 ORDER BY p.local DESC, v.document_id, v.number LIMIT $4`, v.Actor, v.Local, d, n)
}

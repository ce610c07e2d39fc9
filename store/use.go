package store

import (
	"context"
	"time"

	"moothall/actors"
	"moothall/content"
)

// UseKind is how a document was used.
type UseKind string

// The uses that are counted (DOC-6).
const (
	UseRead       UseKind = "read"       // somebody opened its page
	UseDownloaded UseKind = "downloaded" // somebody took its file, or a site did for its people
)

// Use is how often a document was used in a month by people of one organisation. No
// row is about a person.
type Use struct {
	Document actors.ID
	Month    int    // as 202611, in UTC
	Host     string // of their site; empty for people who had not signed in
	Kind     UseKind
	Times    int
}

// MonthOf is the month of a time, as Use has it.
func MonthOf(at time.Time) int {
	year, month, _ := at.UTC().Date()
	return year*100 + int(month)
}

// CountUse adds one to a number; Times is not looked at.
func (t *Tx) CountUse(ctx context.Context, u Use) error {
	_, err := t.exec(ctx, `
		INSERT INTO document_use (document_id, month, host, kind, times) VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (document_id, month, host, kind) DO UPDATE SET times = document_use.times + 1`, u.Document, u.Month, u.Host, u.Kind)
	return err
}

// UseOf lists how a document was used from one month on and before another.
func (t *Tx) UseOf(ctx context.Context, document actors.ID, from, before int) ([]Use, error) {
	return collect(ctx, t, scanUse, `
		SELECT document_id, month, host, kind, times FROM document_use
		WHERE document_id = $1 AND month >= $2 AND month < $3 ORDER BY month DESC, host, kind`, document, from, before)
}

func scanUse(s scanner) (u Use, err error) {
	err = s.Scan(&u.Document, &u.Month, &u.Host, &u.Kind, &u.Times)
	return u, err
}

// ForgetUse erases what was counted before a month.
func (t *Tx) ForgetUse(ctx context.Context, before int) error {
	_, err := t.exec(ctx, `DELETE FROM document_use WHERE month < $1`, before)
	return err
}

// Naming lists discussions, comments and documents in which an address stands and that
// the viewer may read, the latest first. It looks through all of them: it is for a page
// that few open.
func (t *Tx) Naming(ctx context.Context, v actors.Viewer, uri actors.URI, n int) ([]content.Post, error) {
	return collect(ctx, t, scanPost, `
		SELECT `+postColumns+` FROM post p WHERE `+readable+`
			AND p.deleted_at = 0 AND p.uri <> $3 AND (p.html LIKE $4 OR p.link LIKE $4)
		ORDER BY p.id DESC LIMIT $5`, v.Actor, v.Local, uri, "%"+string(uri)+"%", n)
}

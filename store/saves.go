package store

import (
	"context"
	"time"

	"moothall/actors"
)

// Save notes that a person keeps a document at hand, and the version they know (MEM-6).
func (t *Tx) Save(ctx context.Context, by, document actors.ID, number int, at time.Time) error {
	_, err := t.exec(ctx, `
		INSERT INTO saved (actor_id, document_id, told, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, by, document, number, micros(at))
	return err
}

// Unsave takes a document from those that a person keeps at hand.
func (t *Tx) Unsave(ctx context.Context, by, document actors.ID) error {
	_, err := t.exec(ctx, `DELETE FROM saved WHERE actor_id = $1 AND document_id = $2`, by, document)
	return err
}

// HasSaved says whether a person keeps a document at hand.
func (t *Tx) HasSaved(ctx context.Context, by, document actors.ID) (bool, error) {
	n, err := one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM saved WHERE actor_id = $1 AND document_id = $2`, by, document)
	return n > 0, err
}

// Saved lists what the viewer keeps at hand and may still read, the latest first.
func (t *Tx) Saved(ctx context.Context, v actors.Viewer, p Page) ([]Paper, error) {
	return collect(ctx, t, scanPaper, selectPaper+readable+`
		AND p.deleted_at = 0 AND EXISTS (SELECT 1 FROM saved s WHERE s.actor_id = $1 AND s.document_id = p.id)
		ORDER BY p.id DESC LIMIT $3 OFFSET $4`, v.Actor, v.Local, p.limit(), p.offset())
}

// TellSaved returns who keeps a document at hand and has not been told of this
// version, and notes that they have been.
func (t *Tx) TellSaved(ctx context.Context, document actors.ID, number int) ([]actors.ID, error) {
	people, err := collect(ctx, t, scanValue[actors.ID], `
		SELECT actor_id FROM saved WHERE document_id = $1 AND told < $2 ORDER BY actor_id`, document, number)
	if err != nil || len(people) == 0 {
		return people, err
	}
	_, err = t.exec(ctx, `UPDATE saved SET told = $2 WHERE document_id = $1 AND told < $2`, document, number)
	return people, err
}

// KeptCopy says that an organisation elsewhere keeps a copy of a document.
type KeptCopy struct {
	Document actors.ID
	Host     string
	Number   int // of the version it has
	At       time.Time
}

// AddKeptCopy notes a copy that an organisation says it keeps.
func (t *Tx) AddKeptCopy(ctx context.Context, c KeptCopy) error {
	_, err := t.exec(ctx, `
		INSERT INTO kept_copy (document_id, host, number, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (document_id, host) DO UPDATE SET number = excluded.number, at = excluded.at
		WHERE excluded.number > kept_copy.number`, c.Document, c.Host, c.Number, micros(c.At))
	return err
}

// KeptCopies lists which organisations keep a copy, the first to say so first.
func (t *Tx) KeptCopies(ctx context.Context, document actors.ID) ([]KeptCopy, error) {
	return collect(ctx, t, scanKeptCopy, `
		SELECT document_id, host, number, at FROM kept_copy WHERE document_id = $1 ORDER BY at, host LIMIT 1000`, document)
}

func scanKeptCopy(s scanner) (c KeptCopy, err error) {
	err = s.Scan(&c.Document, &c.Host, &c.Number, timeOf{&c.At})
	return c, err
}

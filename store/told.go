package store

import (
	"context"
	"time"

	"moothall/actors"
)

// ToldText is text that another site hands out as being in the file of the current
// version of a document of its own. Nobody can prove that it is, so it is what that
// document is found by and nothing else: never what was read in those bytes.
type ToldText struct {
	Document actors.ID
	Number   int
	Host     string // of the site
	Tries    int
}

func scanToldText(s scanner) (x ToldText, err error) {
	err = s.Scan(&x.Document, &x.Number, &x.Host, &x.Tries)
	return x, err
}

// ExpectText has the text of a version fetched from a time on. What was told of
// another version is forgotten.
func (t *Tx) ExpectText(ctx context.Context, x ToldText, at time.Time) error {
	n, err := t.exec(ctx, `
		INSERT INTO told_text (document_id, number, host, next_try_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (document_id) DO UPDATE SET number = excluded.number, host = excluded.host, body = '', tries = 0, next_try_at = excluded.next_try_at
			WHERE told_text.number <> excluded.number`, x.Document, x.Number, x.Host, micros(at))
	if err != nil || n == 0 {
		return err
	}
	return t.searchDue(ctx, x.Document)
}

// ClaimText takes the text that has waited longest for being fetched and puts it off
// until then, so that another process takes it should this one die. ErrNotFound when
// none waits.
func (t *Tx) ClaimText(ctx context.Context, now, until time.Time) (ToldText, error) {
	x, err := one(ctx, t, scanToldText, `
		SELECT document_id, number, host, tries FROM told_text WHERE next_try_at <> 0 AND next_try_at <= $1
		ORDER BY next_try_at, document_id LIMIT 1`+t.dialect.skipLocked, micros(now))
	if err != nil {
		return x, err
	}
	x.Tries++
	return x, t.execOne(ctx, `UPDATE told_text SET next_try_at = $2, tries = tries + 1 WHERE document_id = $1`, x.Document, micros(until))
}

// NextText says when a text is next due for being fetched; zero for never.
func (t *Tx) NextText(ctx context.Context) (time.Time, error) {
	n, err := one(ctx, t, scanValue[int64], `SELECT COALESCE(MIN(next_try_at), 0) FROM told_text WHERE next_try_at <> 0`)
	return fromMicros(n), err
}

// KeepText stores a text that was fetched, as JSON of extract.Reading. The document may
// be withdrawn or have another version by now: then nothing is stored.
func (t *Tx) KeepText(ctx context.Context, x ToldText, body []byte) error {
	small, err := squeezed(body)
	if err != nil {
		return err
	}
	n, err := t.exec(ctx, `UPDATE told_text SET body = $3, next_try_at = 0 WHERE document_id = $1 AND number = $2`, x.Document, x.Number, small)
	if err != nil || n == 0 {
		return err
	}
	return t.searchDue(ctx, x.Document)
}

// GiveUpText says that nobody asks for a text again.
func (t *Tx) GiveUpText(ctx context.Context, x ToldText) error {
	_, err := t.exec(ctx, `UPDATE told_text SET next_try_at = 0 WHERE document_id = $1 AND number = $2`, x.Document, x.Number)
	return err
}

// PutOffTexts lets a host alone until a time.
func (t *Tx) PutOffTexts(ctx context.Context, host string, until time.Time) error {
	_, err := t.exec(ctx, `UPDATE told_text SET next_try_at = $2 WHERE host = $1 AND next_try_at <> 0 AND next_try_at < $2`, host, micros(until))
	return err
}

// ForgetText erases what was told of a document's file.
func (t *Tx) ForgetText(ctx context.Context, document actors.ID) error {
	n, err := t.exec(ctx, `DELETE FROM told_text WHERE document_id = $1`, document)
	if err != nil || n == 0 {
		return err
	}
	return t.searchDue(ctx, document)
}

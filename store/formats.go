package store

import (
	"context"
	"fmt"
	"time"

	"moothall/actors"
)

// FormatRequest is somebody's wish to have a document in a format that they can read
// (DOC-8). Only whoever asked, and those who may answer, are shown it.
type FormatRequest struct {
	ID       actors.ID
	URI      actors.URI // of the message that asked; empty where it did not cross sites
	Document actors.ID
	By       actors.ID
	Words    string // plain text: what they need, and how to reach them
	At       time.Time

	Answer     string // plain text
	Answered   time.Time
	AnsweredBy actors.ID
	AnswerURI  actors.URI // of the message that answered; empty where it did not cross sites
}

const formatRequestColumns = `f.id, f.uri, f.document_id, f.by_id, f.words, f.at, f.answer, f.answered_at, f.answered_by, f.answer_uri`

func scanFormatRequest(s scanner) (f FormatRequest, err error) {
	err = s.Scan(&f.ID, &f.URI, &f.Document, &f.By, &f.Words, timeOf{&f.At}, &f.Answer, timeOf{&f.Answered}, &f.AnsweredBy, &f.AnswerURI)
	return f, err
}

// AddFormatRequest stores a request. ErrConflict when its message was taken already.
func (t *Tx) AddFormatRequest(ctx context.Context, f FormatRequest) error {
	n, err := t.exec(ctx, `
		INSERT INTO format_request (id, uri, document_id, by_id, words, at) VALUES (`+in(1, 6)+`)
		ON CONFLICT DO NOTHING`, f.ID, f.URI, f.Document, f.By, f.Words, micros(f.At))
	if err == nil && n == 0 {
		err = ErrConflict
	}
	return err
}

// AnswerFormatRequest notes what was answered, once. ErrNotFound when it was answered
// already.
func (t *Tx) AnswerFormatRequest(ctx context.Context, f FormatRequest) error {
	return t.execOne(ctx, `
		UPDATE format_request SET answer = $2, answered_at = $3, answered_by = $4, answer_uri = $5 WHERE id = $1 AND answered_at = 0`,
		f.ID, f.Answer, micros(f.Answered), f.AnsweredBy, f.AnswerURI)
}

// FormatRequest reads one request for a document.
func (t *Tx) FormatRequest(ctx context.Context, document, id actors.ID) (FormatRequest, error) {
	return one(ctx, t, scanFormatRequest, `
		SELECT `+formatRequestColumns+` FROM format_request f WHERE f.id = $1 AND f.document_id = $2`, id, document)
}

// FormatRequestByURI reads the request that a message made.
func (t *Tx) FormatRequestByURI(ctx context.Context, uri actors.URI) (FormatRequest, error) {
	return one(ctx, t, scanFormatRequest, `
		SELECT `+formatRequestColumns+` FROM format_request f WHERE f.uri = $1 AND f.uri <> ''`, uri)
}

// FormatRequests lists what was asked about a document, what waits for an answer first
// and then the latest first. by narrows it to what one person asked; zero is everybody.
func (t *Tx) FormatRequests(ctx context.Context, document, by actors.ID) ([]FormatRequest, error) {
	return collect(ctx, t, scanFormatRequest, `
		SELECT `+formatRequestColumns+` FROM format_request f WHERE f.document_id = $1 AND (f.by_id = $2 OR CAST($2 AS BIGINT) = 0)
		ORDER BY CASE f.answered_at WHEN 0 THEN 0 ELSE 1 END, f.id DESC LIMIT 50`, document, by)
}

// CountFormatRequests says how many requests a person made since a time, and how many
// the people of their host did.
func (t *Tx) CountFormatRequests(ctx context.Context, by actors.Actor, since time.Time) (own, host int, err error) {
	own, err = one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM format_request WHERE by_id = $1 AND at >= $2`, by.ID, micros(since))
	if err != nil {
		return 0, 0, err
	}
	host, err = one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM format_request f JOIN actor a ON a.id = f.by_id WHERE a.host = $1 AND f.at >= $2`, by.Host, micros(since))
	return own, host, err
}

// ForgetFormatRequests erases what was answered before a time, and the messages that
// carried it: it can say what somebody cannot read, and how to reach them.
func (t *Tx) ForgetFormatRequests(ctx context.Context, before time.Time) error {
	return t.forgetFormatRequests(ctx, `answered_at <> 0 AND answered_at < $1`, micros(before))
}

// ForgetFormatRequestsOf erases in the same way what one person asked, answered or not.
func (t *Tx) ForgetFormatRequestsOf(ctx context.Context, by actors.ID) error {
	return t.forgetFormatRequests(ctx, `by_id = $1`, by)
}

func (t *Tx) forgetFormatRequests(ctx context.Context, which string, arg any) error {
	for _, text := range []string{
		`UPDATE activity SET body = NULL WHERE type = 'Create' AND object IN (SELECT uri FROM format_request WHERE uri <> '' AND ` + which + `)`,
		`UPDATE activity SET body = NULL WHERE type = 'Create' AND object IN (SELECT answer_uri FROM format_request WHERE answer_uri <> '' AND ` + which + `)`,
		`DELETE FROM format_request WHERE ` + which,
	} {
		if _, err := t.exec(ctx, text, arg); err != nil {
			return fmt.Errorf("forget requests for a format: %w", err)
		}
	}
	return nil
}

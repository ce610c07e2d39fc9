package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
)

const documentColumns = `d.post_id, d.summary, d.type, d.other, d.stage, d.adopted_by, d.adopted_on,
	d.licence, d.licence_url, d.attribution, d.classification, d.handling, d.issuer, d.issuer_code, d.authors, d.owner_id,
	d.dated, d.reference, d.subjects, d.place, d.period, d.effort, d.review_at, d.reminded, d.embargo_at,
	d.number, d.withdrawn_at, d.withdrawn_title, d.withdrawn_why, d.withdrawn_for`

func scanDocument(s scanner) (d content.Document, err error) {
	err = s.Scan(documentFields(&d)...)
	return d, err
}

func documentFields(d *content.Document) []any {
	return []any{
		&d.Post, &d.Summary, &d.Type, &d.Other, &d.Stage, &d.Adopted.Body, &d.Adopted.On,
		&d.Licence, &d.LicenceURL, &d.Attribution, &d.Classification, &d.Handling, &d.Issuer, &d.IssuerCode, &d.Authors, &d.Owner,
		&d.Dated, &d.Reference, linesOf{&d.Subjects}, &d.Place, &d.Period, &d.Effort, timeOf{&d.Review}, &d.Reminded, timeOf{&d.Embargo},
		&d.Number, timeOf{&d.Withdrawn}, &d.Withdrawal.Title, &d.Withdrawal.Reason, &d.Withdrawal.Replaced,
	}
}

// linesOf reads a list that is stored a line each.
type linesOf struct{ list *[]string }

// Scan reads what joined wrote.
func (l linesOf) Scan(src any) error {
	var text string
	switch v := src.(type) {
	case string:
		text = v
	case []byte:
		text = string(v)
	}
	*l.list = nil
	if text != "" {
		*l.list = strings.Split(text, "\n")
	}
	return nil
}

func joined(list []string) string { return strings.Join(list, "\n") }

// AddDocument stores what is known of the document that post p carries.
func (t *Tx) AddDocument(ctx context.Context, p content.Post, d content.Document) error {
	_, err := t.exec(ctx, `
		INSERT INTO document (post_id, group_id, summary, type, other, stage, adopted_by, adopted_on,
			licence, licence_url, attribution, classification, handling, issuer, issuer_code, authors, owner_id,
			dated, reference, subjects, place, period, effort, review_at, reminded, embargo_at, number)
		VALUES (`+in(1, 27)+`)`,
		p.ID, p.Group, d.Summary, d.Type, d.Other, d.Stage, d.Adopted.Body, d.Adopted.On,
		d.Licence, d.LicenceURL, d.Attribution, d.Classification, d.Handling, d.Issuer, d.IssuerCode, d.Authors, d.Owner,
		d.Dated, d.Reference, joined(d.Subjects), d.Place, d.Period, d.Effort, micros(d.Review), d.Reminded, micros(d.Embargo), d.Number)
	if err != nil {
		return err
	}
	return t.searchDue(ctx, p.ID)
}

// EditDocument writes what an edit may change; a document that is withdrawn stays as it is.
func (t *Tx) EditDocument(ctx context.Context, d content.Document) error {
	err := t.execOne(ctx, `
		UPDATE document SET summary = $2, type = $3, other = $4, stage = $5, adopted_by = $6, adopted_on = $7,
			licence = $8, licence_url = $9, attribution = $10, classification = $11, handling = $12, issuer = $13, issuer_code = $14,
			authors = $15, dated = $16, reference = $17, subjects = $18, place = $19, period = $20, effort = $21,
			review_at = $22, reminded = $23, number = $24
		WHERE post_id = $1 AND withdrawn_at = 0 AND number <= $24`,
		d.Post, d.Summary, d.Type, d.Other, d.Stage, d.Adopted.Body, d.Adopted.On,
		d.Licence, d.LicenceURL, d.Attribution, d.Classification, d.Handling, d.Issuer, d.IssuerCode,
		d.Authors, d.Dated, d.Reference, joined(d.Subjects), d.Place, d.Period, d.Effort,
		micros(d.Review), d.Reminded, d.Number)
	if err != nil {
		return err
	}
	return t.searchDue(ctx, d.Post)
}

// WithdrawDocument leaves of a document what its tombstone says. ErrNotFound when
// it is withdrawn already.
func (t *Tx) WithdrawDocument(ctx context.Context, id actors.ID, w content.Withdrawal, at time.Time) error {
	err := t.execOne(ctx, `
		UPDATE document SET summary = '', attribution = '', handling = '', authors = '', reference = '', subjects = '', place = '', period = '',
			withdrawn_at = $2, withdrawn_title = $3, withdrawn_why = $4, withdrawn_for = $5
		WHERE post_id = $1 AND withdrawn_at = 0`, id, micros(at), w.Title, w.Reason, w.Replaced)
	if err != nil {
		return err
	}
	if _, err = t.exec(ctx, `UPDATE version SET title = '', note = '', name = '' WHERE document_id = $1`, id); err != nil {
		return err
	}
	if err := t.dropProvenance(ctx, id, 0); err != nil {
		return err
	}
	if err := t.ForgetText(ctx, id); err != nil {
		return err
	}
	return t.searchDue(ctx, id)
}

// SetDocumentOwner gives a document to another person of this node to look after.
func (t *Tx) SetDocumentOwner(ctx context.Context, id, owner actors.ID) error {
	return t.execOne(ctx, `UPDATE document SET owner_id = $2 WHERE post_id = $1`, id, owner)
}

// SetReview says when a document is to be looked at again, and how many reminders
// of that day have been sent.
func (t *Tx) SetReview(ctx context.Context, id actors.ID, at time.Time, reminded int) error {
	return t.execOne(ctx, `UPDATE document SET review_at = $2, reminded = $3 WHERE post_id = $1`, id, micros(at), reminded)
}

// LiftEmbargo says that a document is no longer kept back. ErrNotFound when it is not.
func (t *Tx) LiftEmbargo(ctx context.Context, id actors.ID) error {
	return t.execOne(ctx, `UPDATE document SET embargo_at = 0 WHERE post_id = $1 AND embargo_at <> 0`, id)
}

// DocumentForRules reads what is known of the document that a post carries, whoever
// asks. It is for deciding and for those who have read the post as its viewer.
func (t *Tx) DocumentForRules(ctx context.Context, post actors.ID) (content.Document, error) {
	return one(ctx, t, scanDocument, `SELECT `+documentColumns+` FROM document d WHERE d.post_id = $1`, post)
}

// PaperToChange reads the post of a document that this transaction is about to change,
// whoever asks: of two that ask at once the second finds what the first has made of it.
func (t *Tx) PaperToChange(ctx context.Context, post actors.ID) (content.Post, error) {
	if err := t.lockDocument(ctx, post); err != nil {
		return content.Post{}, err
	}
	return t.PostForRules(ctx, post)
}

func (t *Tx) lockDocument(ctx context.Context, post actors.ID) error {
	_, err := one(ctx, t, scanValue[actors.ID], `SELECT post_id FROM document WHERE post_id = $1`+t.dialect.lock, post)
	return err
}

// Paper is a document with the post that carries it.
type Paper struct {
	content.Post
	Doc content.Document
}

func scanPaper(s scanner) (p Paper, err error) {
	err = s.Scan(append(postFields(&p.Post), documentFields(&p.Doc)...)...)
	return p, err
}

var selectPaper = `SELECT ` + postColumns + `, ` + documentColumns + ` FROM document d JOIN post p ON p.id = d.post_id WHERE `

// Paper reads a document if the viewer may read its post; ErrNotFound otherwise.
func (t *Tx) Paper(ctx context.Context, v actors.Viewer, post actors.ID) (Paper, error) {
	return one(ctx, t, scanPaper, selectPaper+readable+` AND p.id = $3`, v.Actor, v.Local, post)
}

// LibraryFilter narrows a list of documents. What is empty narrows nothing.
type LibraryFilter struct {
	Group actors.ID
	Type  content.DocumentType
	Stage content.Stage
	Owner actors.ID
	Due   time.Time // those whose review day is before
	// Unowned are those of this node that nobody looks after.
	Unowned bool
}

// Library lists documents that the viewer may read, the latest shared first.
func (t *Tx) Library(ctx context.Context, v actors.Viewer, f LibraryFilter, p Page) ([]Paper, error) {
	where, args := f.where([]any{v.Actor, v.Local, p.limit(), p.offset()})
	return collect(ctx, t, scanPaper, selectPaper+readable+` AND p.deleted_at = 0`+where+`
		ORDER BY d.post_id DESC LIMIT $3 OFFSET $4`, args...)
}

// CountLibrary counts what Library lists.
func (t *Tx) CountLibrary(ctx context.Context, v actors.Viewer, f LibraryFilter) (int, error) {
	where, args := f.where([]any{v.Actor, v.Local})
	return one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM document d JOIN post p ON p.id = d.post_id WHERE `+readable+` AND p.deleted_at = 0`+where, args...)
}

// where is the filter as conditions, and the arguments with those it needs.
func (f LibraryFilter) where(args []any) (string, []any) {
	var text strings.Builder
	also := func(condition string, value any) {
		args = append(args, value)
		fmt.Fprintf(&text, " AND "+condition, len(args))
	}
	if f.Group != 0 {
		also("d.group_id = $%d", f.Group)
	}
	if f.Type != "" {
		also("d.type = $%d", f.Type)
	}
	if f.Stage != "" {
		also("d.stage = $%d", f.Stage)
	}
	if f.Owner != 0 {
		also("d.owner_id = $%d", f.Owner)
	}
	if f.Unowned {
		text.WriteString(" AND d.owner_id = 0 AND p.local")
	}
	if !f.Due.IsZero() {
		also("d.review_at <> 0 AND d.review_at < $%d", micros(f.Due))
	}
	return text.String(), args
}

// DueForReview lists documents of this node's people of whose review day a reminder is due,
// whoever asks: the first of so many from a time on that is given for a review day of before,
// and each further one so much later. It is for reminding, in a write: no other process
// reminds of the same ones meanwhile.
func (t *Tx) DueForReview(ctx context.Context, before time.Time, apart time.Duration, reminders, n int) ([]content.Document, error) {
	return collect(ctx, t, scanDocument, `
		SELECT `+documentColumns+` FROM document d
		WHERE d.review_at <> 0 AND d.review_at <= $1 AND d.review_at + d.reminded * $2 <= $1
			AND d.withdrawn_at = 0 AND d.owner_id <> 0 AND d.reminded < $3
		ORDER BY d.review_at, d.post_id LIMIT $4`+t.dialect.skipLocked, micros(before), apart.Microseconds(), reminders, n)
}

// DueFromEmbargo lists documents whose embargo has passed, whoever asks.
func (t *Tx) DueFromEmbargo(ctx context.Context, now time.Time, n int) ([]content.Document, error) {
	return collect(ctx, t, scanDocument, `
		SELECT `+documentColumns+` FROM document d
		WHERE d.embargo_at <> 0 AND d.embargo_at <= $1 AND d.withdrawn_at = 0 ORDER BY d.embargo_at LIMIT $2`+t.dialect.skipLocked,
		micros(now), n)
}

// OwnedBy lists what a person looks after, whoever asks. It is for handing it over.
func (t *Tx) OwnedBy(ctx context.Context, owner actors.ID, n int) ([]content.Document, error) {
	return collect(ctx, t, scanDocument, `
		SELECT `+documentColumns+` FROM document d WHERE d.owner_id = $1 AND d.withdrawn_at = 0 ORDER BY d.post_id LIMIT $2`, owner, n)
}

// LeftBehind lists documents whose owner has left their community, was removed from it, or
// has an account that is stopped, whoever asks. It goes by the people of this node, who
// are few, and not by the documents.
func (t *Tx) LeftBehind(ctx context.Context, n int) ([]content.Document, error) {
	return collect(ctx, t, scanDocument, `
		SELECT `+documentColumns+` FROM document d
		WHERE d.withdrawn_at = 0 AND d.post_id IN (
			SELECT x.post_id FROM account ac
				JOIN membership m ON m.actor_id = ac.actor_id AND m.standing IN ('left', 'banned', 'refused')
				JOIN document x ON x.owner_id = ac.actor_id AND x.owner_id <> 0 AND x.group_id = m.group_id
			UNION SELECT x.post_id FROM account ac JOIN document x ON x.owner_id = ac.actor_id AND x.owner_id <> 0
				WHERE ac.disabled_at <> 0)
		ORDER BY d.post_id LIMIT $1`+t.dialect.skipLocked, n)
}

// Successor is who looks after documents of a community whose owner has left: of the
// facilitators with an account here, an owner of the community first, and then who
// has been one longest. ErrNotFound when there is none.
func (t *Tx) Successor(ctx context.Context, group actors.ID) (actors.Actor, error) {
	return one(ctx, t, scanActor, `
		SELECT `+communityActor+`
		FROM membership m JOIN actor a ON a.id = m.actor_id JOIN account ac ON ac.actor_id = a.id
		WHERE m.group_id = $1 AND m.standing = 'joined' AND m.role IN ('moderator', 'owner') AND ac.disabled_at = 0
		ORDER BY CASE m.role WHEN 'owner' THEN 0 ELSE 1 END, m.appointed_at, m.since_at, m.actor_id LIMIT 1`, group)
}

// SetRelated writes what a document says of others, in place of what it said before.
func (t *Tx) SetRelated(ctx context.Context, id actors.ID, list []content.Related) error {
	if _, err := t.exec(ctx, `DELETE FROM related WHERE document_id = $1`, id); err != nil {
		return err
	}
	for _, r := range list {
		if _, err := t.exec(ctx, `INSERT INTO related (document_id, relation, uri, title) VALUES ($1, $2, $3, $4)
			ON CONFLICT DO NOTHING`, id, r.Relation, r.URI, r.Title); err != nil {
			return err
		}
	}
	return nil
}

// Related lists what a document says of others.
func (t *Tx) Related(ctx context.Context, id actors.ID) ([]content.Related, error) {
	return collect(ctx, t, scanRelated, `SELECT relation, uri, title FROM related WHERE document_id = $1 ORDER BY relation, uri`, id)
}

func scanRelated(s scanner) (r content.Related, err error) {
	err = s.Scan(&r.Relation, &r.URI, &r.Title)
	return r, err
}

// RelatedTo lists documents that name one of these addresses in this relation and
// that the viewer may read, the latest first.
func (t *Tx) RelatedTo(ctx context.Context, v actors.Viewer, r content.Relation, uri actors.URI, n int) ([]Paper, error) {
	return collect(ctx, t, scanPaper, selectPaper+readable+`
		AND p.deleted_at = 0 AND p.id IN (SELECT l.document_id FROM related l WHERE l.uri = $3 AND l.relation = $4)
		ORDER BY p.id DESC LIMIT $5`, v.Actor, v.Local, uri, r, n)
}

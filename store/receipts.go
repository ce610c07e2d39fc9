package store

import (
	"context"
	"errors"
	"time"

	"moothall/actors"
	"moothall/content"
)

// ReceiptDue is something that this node was asked to do, and is to confirm.
type ReceiptDue struct {
	About  actors.URI // the activity that asked
	Object actors.URI
	To     actors.ID // who asked
	Group  actors.ID // whose community passed it on, or from which somebody was removed
	Post   actors.ID // zero for a removal, and for what is not here
	State  string    // empty until it is done
	Why    string
	Files  int // whose bytes were deleted
	Kept   int // copies that people here keep on purpose
	Next   time.Time
	At     time.Time
}

const receiptDueColumns = `d.about, d.object, d.to_id, d.group_id, d.post_id, d.state, d.why, d.files, d.kept, d.next_try_at, d.at`

func scanReceiptDue(s scanner) (d ReceiptDue, err error) {
	err = s.Scan(&d.About, &d.Object, &d.To, &d.Group, &d.Post, &d.State, &d.Why, &d.Files, &d.Kept, timeOf{&d.Next}, timeOf{&d.At})
	return d, err
}

// OweReceipt notes what is to be confirmed: once for each activity.
func (t *Tx) OweReceipt(ctx context.Context, d ReceiptDue) error {
	_, err := t.exec(ctx, `
		INSERT INTO receipt_due (about, object, to_id, group_id, post_id, state, why, next_try_at, at)
		VALUES (`+in(1, 9)+`) ON CONFLICT (about) DO NOTHING`,
		d.About, d.Object, d.To, d.Group, d.Post, d.State, d.Why, micros(d.Next), micros(d.At))
	return err
}

// NextReceiptDue is what is to be looked at next, whenever that is; ErrNotFound for nothing.
func (t *Tx) NextReceiptDue(ctx context.Context) (ReceiptDue, error) {
	return one(ctx, t, scanReceiptDue, `
		SELECT `+receiptDueColumns+` FROM receipt_due d WHERE d.next_try_at <> 0 ORDER BY d.next_try_at, d.about LIMIT 1`)
}

// IsCarriedOut says whether nothing is left to be done of what is to be confirmed but for
// the bytes of files: rows are gone, and the search index knows nothing of it.
func (t *Tx) IsCarriedOut(ctx context.Context, d ReceiptDue) (bool, error) {
	n, err := one(ctx, t, scanValue[int], `
		SELECT (SELECT COUNT(*) FROM search_due s WHERE s.post_id = $1 AND $3)
			+ (SELECT COUNT(*) FROM purge u WHERE u.group_id = $2 AND NOT $3)`, d.Post, d.Group, d.Post != 0)
	return n == 0, err
}

// ForgetFilesOf forgets the files of withdrawn versions of a document that nobody else
// here has, counts them, and lists all whose bytes are to be deleted: also those that were
// forgotten before, so that nothing is left when somebody pulls the plug in between.
func (t *Tx) ForgetFilesOf(ctx context.Context, d ReceiptDue) (list []content.Digest, err error) {
	all, err := collect(ctx, t, scanValue[content.Digest], `
		SELECT DISTINCT o.digest FROM version o JOIN post g ON g.id = o.document_id
		WHERE o.document_id = $1 AND o.digest <> '' AND NOT g.local AND (o.withdrawn_at <> 0 OR g.deleted_at <> 0)
			AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.digest = o.digest)
			AND NOT EXISTS (SELECT 1 FROM version v JOIN post p ON p.id = v.document_id
				WHERE v.digest = o.digest AND p.deleted_at = 0 AND `+owned+`)`, d.Post)
	if err != nil {
		return nil, err
	}
	for _, digest := range all {
		had, err := t.HasFile(ctx, digest)
		if err != nil {
			return nil, err
		}
		if err := t.ForgetFile(ctx, digest); err != nil {
			return nil, err
		}
		if !had {
			continue
		}
		if _, err := t.exec(ctx, `UPDATE receipt_due SET files = files + 1 WHERE about = $1`, d.About); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// ReceiptLater has what is to be confirmed looked at again.
func (t *Tx) ReceiptLater(ctx context.Context, about actors.URI, next time.Time) error {
	_, err := t.exec(ctx, `UPDATE receipt_due SET next_try_at = $2 WHERE about = $1 AND next_try_at <> 0`, about, micros(next))
	return err
}

// TakeReceiptDue reads what is to be confirmed in the write that confirms it, and notes
// that it is; ErrNotFound when another process has done so.
func (t *Tx) TakeReceiptDue(ctx context.Context, about actors.URI) (ReceiptDue, error) {
	d, err := one(ctx, t, scanReceiptDue, `
		SELECT `+receiptDueColumns+` FROM receipt_due d WHERE d.about = $1 AND d.next_try_at <> 0`+t.dialect.lock, about)
	if err != nil {
		return d, err
	}
	return d, t.execOne(ctx, `UPDATE receipt_due SET next_try_at = 0 WHERE about = $1`, about)
}

// CountCopies counts the copies that this node has of any version of a document.
func (t *Tx) CountCopies(ctx context.Context, document actors.ID) (int, error) {
	return one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM post p WHERE`+copied(1), document, 0)
}

// PruneReceiptsDue forgets what was confirmed before a time.
func (t *Tx) PruneReceiptsDue(ctx context.Context, before time.Time) error {
	_, err := t.exec(ctx, `DELETE FROM receipt_due WHERE at < $1 AND next_try_at = 0`, micros(before))
	return err
}

// Receipt is what another site has confirmed.
type Receipt struct {
	About  actors.URI // the activity of ours that asked
	Host   string
	Object actors.URI
	Group  actors.ID
	State  string
	Body   string // the exact bytes, with their proof
	At     time.Time
}

const receiptColumns = `r.about, r.host, r.object, r.group_id, r.state, r.body, r.at`

func scanReceipt(s scanner) (r Receipt, err error) {
	err = s.Scan(&r.About, &r.Host, &r.Object, &r.Group, &r.State, &r.Body, timeOf{&r.At})
	return r, err
}

// ReceiptFrom reads what a host has confirmed of an activity.
func (t *Tx) ReceiptFrom(ctx context.Context, about actors.URI, host string) (Receipt, error) {
	return one(ctx, t, scanReceipt, `SELECT `+receiptColumns+` FROM receipt r WHERE r.about = $1 AND r.host = $2`, about, host)
}

// SetReceipt stores what a host has confirmed, in place of what it said before.
func (t *Tx) SetReceipt(ctx context.Context, r Receipt) error {
	_, err := t.exec(ctx, `
		INSERT INTO receipt (about, host, object, group_id, state, body, at) VALUES (`+in(1, 7)+`)
		ON CONFLICT (about, host) DO UPDATE SET state = excluded.state, body = excluded.body, at = excluded.at`,
		r.About, r.Host, r.Object, r.Group, r.State, r.Body, micros(r.At))
	return err
}

// ReceiptsOf lists what was confirmed of an object, whoever asks.
func (t *Tx) ReceiptsOf(ctx context.Context, object actors.URI) ([]Receipt, error) {
	return collect(ctx, t, scanReceipt, `
		SELECT `+receiptColumns+` FROM receipt r WHERE r.object = $1 ORDER BY r.host, r.at, r.about LIMIT 5000`, object)
}

// Asked reads an activity that was sent or passed on from here, by its address.
// ErrNotFound when there is none.
func (t *Tx) Asked(ctx context.Context, uri actors.URI) (actors.Activity, error) {
	return one(ctx, t, scanActivity, `
		SELECT `+activityColumns+` FROM activity a WHERE a.uri = $1 AND (a.direction = 'out'
			OR EXISTS (SELECT 1 FROM actor g WHERE g.id = a.group_id AND g.local)) ORDER BY a.id LIMIT 1`, uri)
}

// Reach is one time during which people on a host could read what an actor's followers
// are sent.
type Reach struct {
	Host     string
	From, To time.Time // To is zero while they still can
}

func scanReach(s scanner) (r Reach, err error) {
	err = s.Scan(&r.Host, timeOf{&r.From}, timeOf{&r.To})
	return r, err
}

// ReachOf lists the hosts of a community's members, with those that have none any more.
func (t *Tx) ReachOf(ctx context.Context, group actors.ID) ([]Reach, error) {
	return collect(ctx, t, scanReach, `SELECT host, from_at, to_at FROM reach WHERE group_id = $1 ORDER BY host, from_at LIMIT 5000`, group)
}

// ReachedDuring is ReachOf narrowed to those who could read something that was there from
// one time to another; zero is still.
func (t *Tx) ReachedDuring(ctx context.Context, group actors.ID, from, to time.Time) ([]Reach, error) {
	return collect(ctx, t, scanReach, `
		SELECT host, from_at, to_at FROM reach
		WHERE group_id = $1 AND (to_at = 0 OR to_at >= $2) AND (CAST($3 AS BIGINT) = 0 OR from_at <= $3) ORDER BY host, from_at LIMIT 5000`,
		group, micros(from), micros(to))
}

// CouldHave says whether a host may have had what is said in a community: it has or had
// people in it or following this author. Of a community elsewhere only its home knows; who
// answers knows the address of what was asked, which nobody guesses.
func (t *Tx) CouldHave(ctx context.Context, group, author actors.ID, host string) (bool, error) {
	n, err := one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM (SELECT 1 FROM actor g WHERE g.id = $1 AND NOT g.local
			UNION ALL SELECT 1 FROM reach r WHERE r.group_id IN ($1, $2) AND r.host = $3
			LIMIT 1) x`,
		group, author, host)
	return n > 0, err
}

// reached opens a span, unless one is open.
func (t *Tx) reached(ctx context.Context, group actors.ID, host string, at time.Time) error {
	_, err := t.exec(ctx, `
		INSERT INTO reach (group_id, host, from_at) SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS BIGINT)
		WHERE NOT EXISTS (SELECT 1 FROM reach r WHERE r.group_id = $1 AND r.host = $2 AND r.to_at = 0)
		ON CONFLICT (group_id, host, from_at) DO UPDATE SET to_at = 0`, group, host, micros(at))
	return err
}

// endReach closes the span of a host from which nobody is left.
func (t *Tx) endReach(ctx context.Context, group actors.ID, host string, at time.Time) error {
	_, err := t.exec(ctx, `
		UPDATE reach SET to_at = $3 WHERE group_id = $1 AND host = $2 AND to_at = 0
			AND NOT EXISTS (SELECT 1 FROM follower_inbox f WHERE f.group_id = $1 AND f.host = $2)`, group, host, micros(at))
	return err
}

// HeldAt is the number of the post that is or was at an address, or of the document of a
// version; ErrNotFound when this node never had it. What a purge took away is found too.
func (t *Tx) HeldAt(ctx context.Context, uri actors.URI) (actors.ID, error) {
	id, err := one(ctx, t, scanValue[actors.ID], `SELECT id FROM post WHERE uri = $1`, uri)
	if errors.Is(err, ErrNotFound) {
		return one(ctx, t, scanValue[actors.ID], `SELECT document_id FROM version WHERE uri = $1`, uri)
	}
	return id, err
}

// SentAbout is the first and the last number under which something about an object was
// owed to others; zero when that is past, or never was.
func (t *Tx) SentAbout(ctx context.Context, object actors.URI) (first, last int64, err error) {
	pair, err := one(ctx, t, func(s scanner) (p [2]int64, err error) {
		err = s.Scan(&p[0], &p[1])
		return p, err
	}, `SELECT COALESCE(MIN(o.seq), 0), COALESCE(MAX(o.seq), 0) FROM activity a JOIN outbound o ON o.activity_id = a.id
		WHERE a.object = $1 AND a.direction = 'out'`, object)
	return pair[0], pair[1], err
}

// RemovalReceipt is the last that a host has confirmed of somebody's removal from a
// community, from a time on.
func (t *Tx) RemovalReceipt(ctx context.Context, group actors.ID, host string, from time.Time) (Receipt, error) {
	return one(ctx, t, scanReceipt, `
		SELECT `+receiptColumns+` FROM receipt r JOIN activity a ON a.uri = r.about AND a.type = 'Reject' AND a.direction = 'out'
		WHERE r.group_id = $1 AND r.group_id <> 0 AND r.host = $2 AND r.at >= $3 ORDER BY r.at DESC LIMIT 1`, group, host, micros(from.Truncate(time.Second)))
}

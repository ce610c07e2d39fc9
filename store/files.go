package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"moothall/actors"
	"moothall/content"
)

// KeepFile notes that the bytes of a file are kept here: until expires, or for good
// when that is zero. A later end wins over an earlier one.
func (t *Tx) KeepFile(ctx context.Context, d content.Digest, size int64, at, expires time.Time) error {
	_, err := t.exec(ctx, `
		INSERT INTO file (digest, size, kept_at, expires_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (digest) DO UPDATE SET expires_at = CASE
			WHEN file.expires_at = 0 OR excluded.expires_at = 0 THEN 0
			WHEN excluded.expires_at > file.expires_at THEN excluded.expires_at
			ELSE file.expires_at END`, d, size, micros(at), micros(expires))
	return err
}

// HasFile says whether the bytes of a file are kept here, whoever sent them. It is for
// clearing away: what somebody may have is asked of HasFileOf.
func (t *Tx) HasFile(ctx context.Context, d content.Digest) (bool, error) {
	_, err := one(ctx, t, scanValue[int64], `SELECT size FROM file WHERE digest = $1`, d)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// HasFileOf says whether the file of a version is kept here and belongs to it: it was
// shared here, or fetched from the version's own site. Another site that names the
// fingerprint of a file is handed nothing for it (security.md S141, S144).
func (t *Tx) HasFileOf(ctx context.Context, v content.Version) (bool, error) {
	_, err := t.SizeOfFile(ctx, v)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// SizeOfFile is how many bytes the file of a version has, where it is kept here and
// belongs to it as HasFileOf says; ErrNotFound otherwise.
func (t *Tx) SizeOfFile(ctx context.Context, v content.Version) (int64, error) {
	return one(ctx, t, scanValue[int64], `
		SELECT f.size FROM version v JOIN post p ON p.id = v.document_id JOIN file f ON f.digest = v.digest
		WHERE v.document_id = $1 AND v.number = $2 AND v.digest = $3 AND `+owned, v.Document, v.Number, v.File.Digest)
}

// owned is the condition under which what is known of a file is known of version v.
const owned = `v.withdrawn_at = 0 AND (p.local OR v.fetched_at <> 0)`

// FetchedFile notes that the file of a version was fetched from its own site, and is
// kept until expires.
func (t *Tx) FetchedFile(ctx context.Context, v content.Version, at, expires time.Time) error {
	if err := t.KeepFile(ctx, v.File.Digest, v.File.Size, at, expires); err != nil {
		return err
	}
	if err := t.execOne(ctx, `UPDATE version SET fetched_at = $3 WHERE document_id = $1 AND number = $2`, v.Document, v.Number, micros(at)); err != nil {
		return err
	}
	return t.searchDue(ctx, v.Document)
}

// IdleFiles lists files that nobody can reach: no version that can be read here (what a
// community elsewhere has hidden cannot; who hid what is ours may bring it back) and no
// upload has them, or they were fetched for a time that is over. Those kept after
// a time are left alone: somebody may be about to name them.
func (t *Tx) IdleFiles(ctx context.Context, now, before time.Time, n int) ([]content.Digest, error) {
	return collect(ctx, t, scanValue[content.Digest], `
		SELECT f.digest FROM file f
		WHERE f.kept_at < $2 AND NOT EXISTS (SELECT 1 FROM upload u WHERE u.digest = f.digest)
			AND ((f.expires_at <> 0 AND f.expires_at <= $1) OR NOT EXISTS (
				SELECT 1 FROM version v JOIN post p ON p.id = v.document_id
				WHERE v.digest = f.digest AND v.withdrawn_at = 0 AND p.deleted_at = 0 AND (p.local OR p.standing = 'accepted')))
		ORDER BY f.digest LIMIT $3`, micros(now), micros(before), n)
}

// filesDue are the fingerprints of all files that are to be here: those that are noted, and
// those of documents of this node even if nobody noted them.
const filesDue = `SELECT f.digest AS digest FROM file f
	UNION SELECT v.digest FROM version v JOIN post p ON p.id = v.document_id
		WHERE p.local AND v.withdrawn_at = 0 AND p.deleted_at = 0`

// FilesAfter lists the next files that are to be here, in order; first for the start.
func (t *Tx) FilesAfter(ctx context.Context, last content.Digest, first bool, n int) ([]content.Digest, error) {
	from := last.String()
	if first {
		from = ""
	}
	return collect(ctx, t, scanValue[content.Digest], `
		SELECT x.digest FROM (`+filesDue+`) x WHERE x.digest > $1 ORDER BY x.digest LIMIT $2`, from, n)
}

// IsFileDue says whether a file is to be here.
func (t *Tx) IsFileDue(ctx context.Context, d content.Digest) (bool, error) {
	n, err := one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM (`+filesDue+`) x WHERE x.digest = $1`, d)
	return n > 0, err
}

// ForgetFile says that the bytes are no longer kept here, nor what was read in them.
func (t *Tx) ForgetFile(ctx context.Context, d content.Digest) error {
	if _, err := t.exec(ctx, `DELETE FROM reading WHERE digest = $1`, d); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE version SET fetched_at = 0 WHERE digest = $1 AND fetched_at <> 0`, d); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM file WHERE digest = $1`, d)
	return err
}

// SharedBy is how many bytes a person has in versions and in uploads.
func (t *Tx) SharedBy(ctx context.Context, by actors.ID) (int64, error) {
	return one(ctx, t, scanValue[int64], `
		SELECT CAST(COALESCE((SELECT SUM(v.size) FROM version v WHERE v.by_id = $1 AND v.by_id <> 0 AND v.withdrawn_at = 0), 0)
			+ COALESCE((SELECT SUM(u.size) FROM upload u WHERE u.actor_id = $1), 0) AS BIGINT)`, by)
}

// SharedIn is how many bytes a community has in versions that were shared here, and in uploads.
func (t *Tx) SharedIn(ctx context.Context, group actors.ID) (int64, error) {
	return one(ctx, t, scanValue[int64], `
		SELECT CAST(COALESCE((SELECT SUM(v.size) FROM document d JOIN post p ON p.id = d.post_id JOIN version v ON v.document_id = d.post_id
				WHERE d.group_id = $1 AND p.local AND v.withdrawn_at = 0), 0)
			+ COALESCE((SELECT SUM(u.size) FROM upload u WHERE u.group_id = $1), 0) AS BIGINT)`, group)
}

// LockSpace keeps others from adding files of a person and to a community until this
// write has ended, so that SharedBy and SharedIn hold for as long.
func (t *Tx) LockSpace(ctx context.Context, by, group actors.ID) error {
	_, err := collect(ctx, t, scanValue[actors.ID], `SELECT actor_id FROM account WHERE actor_id = $1`+t.dialect.lock, by)
	if err == nil {
		_, err = collect(ctx, t, scanValue[actors.ID], `SELECT actor_id FROM community WHERE actor_id = $1`+t.dialect.lock, group)
	}
	return err
}

// AddReading stores what was read in a file, as JSON, in place of what was read before.
func (t *Tx) AddReading(ctx context.Context, d content.Digest, body []byte, at time.Time) error {
	small, err := squeezed(body)
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		INSERT INTO reading (digest, body, read_at) VALUES ($1, $2, $3)
		ON CONFLICT (digest) DO UPDATE SET body = excluded.body, read_at = excluded.read_at`, d, small, micros(at))
	if err != nil {
		return err
	}
	return t.searchDueWith(ctx, d)
}

// Reading is what was read in a file, as JSON. The caller knows that its viewer may
// read a version with this file.
func (t *Tx) Reading(ctx context.Context, d content.Digest) ([]byte, error) {
	small, err := one(ctx, t, scanValue[[]byte], `SELECT body FROM reading WHERE digest = $1`, d)
	if err != nil {
		return nil, err
	}
	return unsqueezed(small)
}

func squeezed(body []byte) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(body); err != nil {
		return nil, fmt.Errorf("compress a reading: %w", err)
	}
	err := w.Close()
	return b.Bytes(), err
}

func unsqueezed(small []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(small))
	if err != nil {
		return nil, fmt.Errorf("stored reading: %w", err)
	}
	body, err := io.ReadAll(r) // our own: it was written within limits
	if err != nil {
		return nil, fmt.Errorf("stored reading: %w", err)
	}
	return body, nil
}

package store

import (
	"context"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
)

// UploadState says how far an upload is.
type UploadState string

// The states of an upload.
const (
	UploadWaiting UploadState = "waiting" // for being read
	UploadReady   UploadState = "ready"   // its reading is stored
	UploadRefused UploadState = "refused" // it may not be shared
)

// Upload is a file that somebody sent and has not shared yet.
type Upload struct {
	ID       actors.ID
	Actor    actors.ID
	Group    actors.ID
	Document actors.ID // whose new version it is to be; zero for a new document
	Name     string
	Format   extract.Format
	Digest   content.Digest
	Size     int64
	State    UploadState
	Why      string // for people, when refused
	Attempts int
	Clean    bool // its sender asked to take out what it says of people; stays when that is done
	At       time.Time
}

const uploadColumns = `u.id, u.actor_id, u.group_id, u.document_id, u.name, u.format, u.digest, u.size, u.state, u.why, u.attempts, u.clean, u.at`

func scanUpload(s scanner) (u Upload, err error) {
	err = s.Scan(&u.ID, &u.Actor, &u.Group, &u.Document, &u.Name, &u.Format, &u.Digest, &u.Size, &u.State, &u.Why, &u.Attempts, &u.Clean, timeOf{&u.At})
	return u, err
}

// AddUpload stores an upload that waits to be read.
func (t *Tx) AddUpload(ctx context.Context, u Upload) error {
	_, err := t.exec(ctx, `
		INSERT INTO upload (id, actor_id, group_id, document_id, name, format, digest, size, state, why, next_try_at, at)
		VALUES (`+in(1, 12)+`)`,
		u.ID, u.Actor, u.Group, u.Document, u.Name, u.Format, u.Digest, u.Size, u.State, u.Why, micros(u.At), micros(u.At))
	return err
}

// Upload reads what this person sent; ErrNotFound when it is somebody else's.
func (t *Tx) Upload(ctx context.Context, by, id actors.ID) (Upload, error) {
	return one(ctx, t, scanUpload, `SELECT `+uploadColumns+` FROM upload u WHERE u.id = $1 AND u.actor_id = $2`, id, by)
}

// UploadsBy lists what this person sent and has not shared, the latest first.
func (t *Tx) UploadsBy(ctx context.Context, by actors.ID, p Page) ([]Upload, error) {
	return collect(ctx, t, scanUpload, `
		SELECT `+uploadColumns+` FROM upload u WHERE u.actor_id = $1 ORDER BY u.id DESC LIMIT $2 OFFSET $3`, by, p.limit(), p.offset())
}

// ClaimUpload takes the upload that has waited longest for being read and puts it
// off until then, so that another process takes it should this one die. ErrNotFound
// when none waits.
func (t *Tx) ClaimUpload(ctx context.Context, now, until time.Time) (Upload, error) {
	u, err := one(ctx, t, scanUpload, `
		SELECT `+uploadColumns+` FROM upload u WHERE u.state = 'waiting' AND u.next_try_at <= $1
		ORDER BY u.next_try_at, u.id LIMIT 1`+t.dialect.skipLocked, micros(now))
	if err != nil {
		return u, err
	}
	u.Attempts++
	return u, t.execOne(ctx, `UPDATE upload SET next_try_at = $2, attempts = attempts + 1 WHERE id = $1`, u.ID, micros(until))
}

// NextUpload says when an upload is next due for being read; zero for never.
func (t *Tx) NextUpload(ctx context.Context) (time.Time, error) {
	n, err := one(ctx, t, scanValue[int64], `SELECT COALESCE(MIN(next_try_at), 0) FROM upload WHERE state = 'waiting'`)
	return fromMicros(n), err
}

// FinishUpload says what came of reading an upload that waited, and what its file is
// now: pictures are made anew, and people ask for files to be cleaned.
func (t *Tx) FinishUpload(ctx context.Context, u Upload) error {
	return t.execOne(ctx, `
		UPDATE upload SET state = $2, why = $3, digest = $4, size = $5, format = $6, name = $7 WHERE id = $1`,
		u.ID, u.State, u.Why, u.Digest, u.Size, u.Format, u.Name)
}

// CleanUpload lets an upload that is ready wait again, to be cleaned and read anew.
// ErrNotFound when it is not ready, or has been cleaned already.
func (t *Tx) CleanUpload(ctx context.Context, by, id actors.ID, now time.Time) error {
	return t.execOne(ctx, `
		UPDATE upload SET clean = TRUE, state = 'waiting', attempts = 0, next_try_at = $3
		WHERE id = $1 AND actor_id = $2 AND state = 'ready' AND NOT clean`, id, by, micros(now))
}

// DropUpload forgets an upload: it has been shared, or its owner does not want it.
func (t *Tx) DropUpload(ctx context.Context, by, id actors.ID) error {
	return t.execOne(ctx, `DELETE FROM upload WHERE id = $1 AND actor_id = $2`, id, by)
}

// PruneUploads forgets uploads that were sent before a time.
func (t *Tx) PruneUploads(ctx context.Context, before time.Time) error {
	_, err := t.exec(ctx, `DELETE FROM upload WHERE at < $1`, micros(before))
	return err
}

package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
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

// Use is how many people of one organisation used a document in a month, each counted
// once; of another site it is one, because all that is known is that it took the file.
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

// Reader is how somebody with an account is named for CountReader and ForgetReader.
func Reader(person actors.ID) string { return "person " + strconv.FormatInt(int64(person), 10) }

// CountReader adds somebody to the number of people of a month, if they are not in it yet.
// Of the reader, who is named as the caller likes, what stays until the month is over is a
// pseudonym under the key of that month (users.md 5.6). fresh becomes that key when it has
// none. Times is not looked at.
func (t *Tx) CountReader(ctx context.Context, u Use, reader string, fresh []byte) error {
	key, err := t.monthKey(ctx, u.Month, fresh)
	if err != nil {
		return fmt.Errorf("read the key of month %d: %w", u.Month, err)
	}
	n, err := t.exec(ctx, `
		INSERT INTO document_reader (month, pseudonym, document_id, kind) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		u.Month, pseudonym(key, reader), u.Document, u.Kind)
	if err != nil || n == 0 {
		return err
	}
	_, err = t.exec(ctx, `
		INSERT INTO document_use (document_id, month, host, kind, times) VALUES ($1, $2, $3, $4, 1)
		ON CONFLICT (document_id, month, host, kind) DO UPDATE SET times = document_use.times + 1`, u.Document, u.Month, u.Host, u.Kind)
	return err
}

// CountSite notes that a site took a file for its people in a month, however often it did.
func (t *Tx) CountSite(ctx context.Context, u Use) error {
	_, err := t.exec(ctx, `
		INSERT INTO document_use (document_id, month, host, kind, times) VALUES ($1, $2, $3, $4, 1) ON CONFLICT DO NOTHING`,
		u.Document, u.Month, u.Host, u.Kind)
	return err
}

const monthKeys = "use-key-"

func monthKeyName(month int) string { return monthKeys + strconv.Itoa(month) }

// monthKey is the key of a month as a setting has it, whichever transaction was the first.
func (t *Tx) monthKey(ctx context.Context, month int, fresh []byte) (string, error) {
	key, err := t.Setting(ctx, monthKeyName(month))
	if !errors.Is(err, ErrNotFound) {
		return key, err
	}
	if _, err := t.exec(ctx, `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
		monthKeyName(month), hex.EncodeToString(fresh)); err != nil {
		return "", err
	}
	return t.Setting(ctx, monthKeyName(month))
}

func pseudonym(key, reader string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(reader))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// ForgetReader erases what is left of a reader in a month. They stay counted.
func (t *Tx) ForgetReader(ctx context.Context, reader string, month int) error {
	key, err := t.Setting(ctx, monthKeyName(month))
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `DELETE FROM document_reader WHERE month = $1 AND pseudonym = $2`, month, pseudonym(key, reader))
	return err
}

// ForgetReaders erases what is left of the readers of all months but one, and the keys.
func (t *Tx) ForgetReaders(ctx context.Context, but int) error {
	if _, err := t.exec(ctx, `DELETE FROM document_reader WHERE month <> $1`, but); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM setting WHERE name LIKE '`+monthKeys+`%' AND name <> $1`, monthKeyName(but))
	return err
}

// KnowsPeopleOf says whether at least n people of a host are known here.
func (t *Tx) KnowsPeopleOf(ctx context.Context, host string, n int) (bool, error) {
	known, err := one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM (SELECT 1 FROM actor WHERE host = $1 AND kind = 'Person' AND deleted_at = 0 LIMIT $2) people`, host, n)
	return known >= n, err
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

// Naming lists discussions, comments and documents in which the address of a document
// stands and that the viewer may read, the latest first.
func (t *Tx) Naming(ctx context.Context, v actors.Viewer, uri actors.URI, n int) ([]content.Post, error) {
	return collect(ctx, t, scanPost, `
		SELECT `+postColumns+` FROM naming n JOIN post p ON p.id = n.post_id
		WHERE n.uri = $3 AND `+readable+` AND p.deleted_at = 0
		ORDER BY n.post_id DESC LIMIT $4`, v.Actor, v.Local, uri, n)
}

// noteNaming keeps which documents a post names, now that it is written.
func (t *Tx) noteNaming(ctx context.Context, p content.Post) error {
	for _, uri := range content.DocumentsIn(string(p.HTML) + " " + p.Link) {
		if uri == p.URI {
			continue
		}
		if _, err := t.exec(ctx, `INSERT INTO naming (uri, post_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, uri, p.ID); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) forgetNaming(ctx context.Context, post actors.ID) error {
	_, err := t.exec(ctx, `DELETE FROM naming WHERE post_id = $1`, post)
	return err
}

package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"moothall/actors"
)

// Setback is a delivery that did not arrive: one that was or will be tried
// again, or one that was given up.
type Setback struct {
	Host     string
	Activity actors.ID // zero for all that a silent partner missed
	Type     string    // of the activity; empty where it is not known
	Status   int       // HTTP status; zero when there was no answer
	Reason   string
	Times    int
	First    time.Time
	Last     time.Time
	GivenUp  bool
}

// keptSetbacks is how many are kept for each partner.
const keptSetbacks = 20

// AddSetback notes a delivery that failed and is to be tried again.
func (t *Tx) AddSetback(ctx context.Context, s Setback) error {
	_, err := t.exec(ctx, `
		INSERT INTO setback (host, activity_id, reason, status, times, first_at, last_at) VALUES ($1, $2, $3, $4, 1, $5, $5)
		ON CONFLICT (host, activity_id, reason) DO UPDATE SET
			status = excluded.status, times = setback.times + 1, last_at = excluded.last_at`,
		s.Host, s.Activity, s.Reason, s.Status, micros(s.Last))
	if err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		DELETE FROM setback WHERE host = $1 AND last_at < (
			SELECT last_at FROM setback WHERE host = $1 ORDER BY last_at DESC LIMIT 1 OFFSET $2)`, s.Host, keptSetbacks-1)
	return err
}

// Setbacks lists what last failed to arrive at a partner, newest first. It is a
// list of no more than 20.
func (t *Tx) Setbacks(ctx context.Context, host string) ([]Setback, error) {
	scan := func(s scanner) (b Setback, err error) {
		b.Host = host
		err = s.Scan(&b.Activity, &b.Type, &b.Status, &b.Reason, &b.Times, timeOf{&b.First}, timeOf{&b.Last}, &b.GivenUp)
		return b, err
	}
	tried, err := collect(ctx, t, scan, `
		SELECT s.activity_id, COALESCE(a.type, ''), s.status, s.reason, s.times, s.first_at, s.last_at, FALSE
		FROM setback s LEFT JOIN activity a ON a.id = s.activity_id
		WHERE s.host = $1 ORDER BY s.last_at DESC LIMIT $2`, host, keptSetbacks)
	if err != nil {
		return nil, err
	}
	given, err := collect(ctx, t, scan, `
		SELECT d.activity_id, COALESCE(a.type, ''), d.status, d.reason, 1, d.at, d.at, TRUE
		FROM dead_letter d LEFT JOIN activity a ON a.id = d.activity_id
		WHERE d.host = $1 ORDER BY d.id DESC LIMIT $2`, host, keptSetbacks)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(tried, given)
	slices.SortStableFunc(all, func(a, b Setback) int { return cmp.Compare(b.Last.UnixMicro(), a.Last.UnixMicro()) })
	return all[:min(len(all), keptSetbacks)], nil
}

// CountGivenUp says how many deliveries to a partner were given up, counting to
// MostQueued.
func (t *Tx) CountGivenUp(ctx context.Context, host string) (int, error) {
	return one(ctx, t, scanValue[int],
		`SELECT COUNT(*) FROM (SELECT 1 FROM dead_letter WHERE host = $1 LIMIT $2) AS x`, host, MostQueued)
}

// Recheck is a partner that somebody wants tried at once, and what came of it.
// Reasons are those of cursors; empty where all was well.
type Recheck struct {
	Host  string
	By    actors.ID // zero for whoever has the machine
	Asked time.Time
	Ended time.Time // zero until it has been tried

	Site      string     // why the server did not say what it is
	Account   actors.URI // that was read again; empty when none is known
	AccountNo string     // why it could not be read
	Sent      int        // deliveries that arrived
	SendNo    string     // why the last one did not
}

const recheckColumns = `host, by_id, asked_at, ended_at, site_reason, account, account_reason, sent, send_reason`

func scanRecheck(s scanner) (r Recheck, err error) {
	err = s.Scan(&r.Host, &r.By, timeOf{&r.Asked}, timeOf{&r.Ended}, &r.Site, &r.Account, &r.AccountNo, &r.Sent, &r.SendNo)
	return r, err
}

// AskRecheck wants a partner tried at once. Whatever process serves the partner
// finds it here.
func (t *Tx) AskRecheck(ctx context.Context, host string, by actors.ID, at time.Time) error {
	_, err := t.exec(ctx, `
		INSERT INTO recheck (host, by_id, asked_at) VALUES ($1, $2, $3)
		ON CONFLICT (host) DO UPDATE SET by_id = excluded.by_id, asked_at = excluded.asked_at, ended_at = 0`, host, by, micros(at))
	return err
}

// EndRecheck notes what came of one that was asked for, unless it has been asked
// for again since.
func (t *Tx) EndRecheck(ctx context.Context, r Recheck) error {
	_, err := t.exec(ctx, `
		UPDATE recheck SET ended_at = $2, site_reason = $3, account = $4, account_reason = $5, sent = $6, send_reason = $7
		WHERE host = $1 AND asked_at = $8`,
		r.Host, micros(r.Ended), r.Site, r.Account, r.AccountNo, r.Sent, r.SendNo, micros(r.Asked))
	return err
}

// Recheck reads the last one of a partner. ErrNotFound when there was none.
func (t *Tx) Recheck(ctx context.Context, host string) (Recheck, error) {
	return one(ctx, t, scanRecheck, `SELECT `+recheckColumns+` FROM recheck WHERE host = $1`, host)
}

// OpenRecheck reads one that has not ended, and says whether there is one.
func (t *Tx) OpenRecheck(ctx context.Context, host string) (r Recheck, open bool, err error) {
	r, err = t.Recheck(ctx, host)
	if errors.Is(err, ErrNotFound) {
		return Recheck{}, false, nil
	}
	return r, err == nil && r.Ended.IsZero(), err
}

// OpenRechecks lists partners that are to be tried at once, those who have waited
// longest first.
func (t *Tx) OpenRechecks(ctx context.Context, n int) ([]string, error) {
	return collect(ctx, t, scanValue[string], `SELECT host FROM recheck WHERE ended_at = 0 ORDER BY asked_at LIMIT $1`, n)
}

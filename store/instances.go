package store

import (
	"context"
	"time"

	"moothall/actors"
)

const instanceColumns = `host, software, version, name, first_seen_at, last_success_at, last_inbound_at, style, style_since_at, style_why`

func scanInstance(s scanner) (i actors.Instance, err error) {
	err = s.Scan(&i.Host, &i.Software, &i.Version, &i.Name, timeOf{&i.FirstSeen}, timeOf{&i.LastSuccess}, timeOf{&i.LastInbound},
		&i.Style, timeOf{&i.StyleSince}, &i.StyleWhy)
	return i, err
}

// MeetInstance notes a remote server that is new to this node.
func (t *Tx) MeetInstance(ctx context.Context, host string, at time.Time) error {
	_, err := t.exec(ctx, `
		INSERT INTO instance (host, first_seen_at) VALUES ($1, $2) ON CONFLICT (host) DO NOTHING`, host, micros(at))
	return err
}

// DescribeInstance notes what software a server runs, in which version, and what
// it calls itself.
func (t *Tx) DescribeInstance(ctx context.Context, host, software, version, name string) error {
	return t.execOne(ctx, `UPDATE instance SET software = $2, version = $3, name = $4 WHERE host = $1`, host, software, version, name)
}

// Unasked lists servers that have not been asked since a time what they are.
func (t *Tx) Unasked(ctx context.Context, since time.Time, n int) ([]string, error) {
	return collect(ctx, t, scanValue[string],
		`SELECT host FROM instance WHERE asked_at < $1 ORDER BY asked_at, host LIMIT $2`, micros(since), n)
}

// InstanceAsked notes that a server is being asked what it is.
func (t *Tx) InstanceAsked(ctx context.Context, host string, at time.Time) error {
	return t.execOne(ctx, `UPDATE instance SET asked_at = $2 WHERE host = $1`, host, micros(at))
}

// InstanceSucceeded notes a delivery that was accepted.
func (t *Tx) InstanceSucceeded(ctx context.Context, host string, at time.Time) error {
	_, err := t.exec(ctx, `
		INSERT INTO instance (host, first_seen_at, last_success_at) VALUES ($1, $2, $2)
		ON CONFLICT (host) DO UPDATE SET last_success_at = excluded.last_success_at`, host, micros(at))
	return err
}

// InstanceSent notes that activities have come from a server.
func (t *Tx) InstanceSent(ctx context.Context, host string, at time.Time) error {
	_, err := t.exec(ctx, `
		INSERT INTO instance (host, first_seen_at, last_inbound_at) VALUES ($1, $2, $2)
		ON CONFLICT (host) DO UPDATE SET last_inbound_at = excluded.last_inbound_at`, host, micros(at))
	return err
}

// SetInstanceStyle notes in which style a server is sent requests from a time on,
// and why.
func (t *Tx) SetInstanceStyle(ctx context.Context, host string, style actors.Style, why actors.StyleReason, at time.Time) error {
	_, err := t.exec(ctx, `
		INSERT INTO instance (host, first_seen_at, style, style_since_at, style_why) VALUES ($1, $2, $3, $2, $4)
		ON CONFLICT (host) DO UPDATE SET
			style = excluded.style, style_since_at = excluded.style_since_at, style_why = excluded.style_why`,
		host, micros(at), style, why)
	return err
}

// Instance reads what is known of a server.
func (t *Tx) Instance(ctx context.Context, host string) (actors.Instance, error) {
	return one(ctx, t, scanInstance, `SELECT `+instanceColumns+` FROM instance WHERE host = $1`, host)
}

// CountInstances says how many servers this node has dealt with.
func (t *Tx) CountInstances(ctx context.Context) (int, error) {
	return one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM instance`)
}

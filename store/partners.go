package store

import (
	"context"
	"time"

	"moothall/actors"
)

// Partner is another server that this node has met, serves or has a rule about,
// with how it is being served.
type Partner struct {
	actors.Instance
	Cursor Cursor // the zero one of a server to which nothing was ever owed
}

// Partners lists every such server, in the order of their names. It is one
// query, however many there are: who needs attention is not for an index to say.
func (t *Tx) Partners(ctx context.Context) ([]Partner, error) {
	return collect(ctx, t, func(s scanner) (p Partner, err error) {
		c := &p.Cursor
		err = s.Scan(&p.Host, &p.Software, &p.Version, &p.Name, timeOf{&p.FirstSeen}, timeOf{&p.LastSuccess}, timeOf{&p.LastInbound},
			&c.Position, &c.Failures, timeOf{&c.FailingSince}, timeOf{&c.NextTry}, &c.LastError, timeOf{&c.Dead})
		c.Host = p.Host
		return p, err
	}, `
		SELECT h.host, COALESCE(i.software, ''), COALESCE(i.version, ''), COALESCE(i.name, ''), COALESCE(i.first_seen_at, 0),
			COALESCE(i.last_success_at, 0), COALESCE(i.last_inbound_at, 0), COALESCE(c.position, 0), COALESCE(c.failures, 0),
			COALESCE(c.failing_since_at, 0), COALESCE(c.next_try_at, 0), COALESCE(c.last_error, ''), COALESCE(c.dead_at, 0)
		FROM (SELECT host FROM instance UNION SELECT host FROM delivery_cursor UNION SELECT host FROM rule) AS h
		LEFT JOIN instance i ON i.host = h.host
		LEFT JOIN delivery_cursor c ON c.host = h.host
		ORDER BY h.host`)
}

// MostQueued is where counts of what waits for a partner stop in lists.
const MostQueued = 1000

// CountOwedTo says how many entries of the log wait for each of some partners,
// counting to MostQueued. Partners for whom nothing waits are left out.
func (t *Tx) CountOwedTo(ctx context.Context, hosts []string) (map[string]int, error) {
	if len(hosts) == 0 {
		return nil, nil
	}
	args := []any{MostQueued}
	for _, h := range hosts {
		args = append(args, h)
	}
	type waits struct {
		host string
		n    int
	}
	list, err := collect(ctx, t, func(s scanner) (w waits, err error) {
		err = s.Scan(&w.host, &w.n)
		return w, err
	}, `
		SELECT c.host,
			(SELECT COUNT(*) FROM (SELECT 1 FROM outbound o
				WHERE o.host = c.host AND o.host <> '' AND o.seq > c.position LIMIT $1) AS direct)
			+ (SELECT COUNT(*) FROM (SELECT 1 FROM follower_inbox f JOIN outbound o ON o.followers_of = f.group_id
				WHERE f.host = c.host AND o.followers_of <> 0
					AND o.seq > CASE WHEN f.since_seq > c.position THEN f.since_seq ELSE c.position END LIMIT $1) AS wider)
		FROM delivery_cursor c WHERE c.host IN (`+in(2, len(hosts))+`)`, args...)
	out := make(map[string]int, len(list))
	for _, w := range list {
		if w.n > 0 {
			out[w.host] = min(w.n, MostQueued)
		}
	}
	return out, err
}

// OldestOwed says since when the first thing waits that a partner is owed after
// a position; zero when nothing does.
func (t *Tx) OldestOwed(ctx context.Context, host string, after int64) (time.Time, error) {
	due, err := t.DueTo(ctx, host, after, 1)
	if err != nil || len(due) == 0 {
		return time.Time{}, err
	}
	at, err := one(ctx, t, scanValue[int64], `SELECT at FROM outbound WHERE seq = $1`, due[0].Seq)
	return fromMicros(at), err
}

// Serve begins to serve a partner to which nothing was owed so far. One that is
// served already is left as it is.
func (t *Tx) Serve(ctx context.Context, host string) error {
	last, err := t.LastOutbound(ctx)
	if err != nil {
		return err
	}
	return t.ensureCursor(ctx, host, last)
}

// RefusedFrom lists what was turned away at the door from a host since a time,
// one for each code, those that came most often first.
func (t *Tx) RefusedFrom(ctx context.Context, host string, since time.Time) ([]Refusals, error) {
	return collect(ctx, t, func(s scanner) (r Refusals, err error) {
		err = s.Scan(&r.Host, &r.Code, &r.Times, timeOf{&r.Last})
		return r, err
	}, `
		SELECT host, code, CAST(SUM(times) AS BIGINT), MAX(last_at) FROM refusal
		WHERE host = $1 AND day >= $2 GROUP BY host, code ORDER BY 3 DESC, code`, host, dayOf(since))
}

// UnappliedFrom lists what a host sent that is held or was rejected, newest first.
func (t *Tx) UnappliedFrom(ctx context.Context, host string, p Page) ([]actors.Activity, error) {
	return collect(ctx, t, scanActivity, `
		SELECT `+activityColumns+` FROM activity a
		WHERE a.host = $1 AND `+unapplied+` ORDER BY a.id DESC LIMIT $2 OFFSET $3`, host, p.limit(), p.offset())
}

// CountUnappliedFrom counts what a host sent that is in one of the states held
// and rejected, counting to MostQueued.
func (t *Tx) CountUnappliedFrom(ctx context.Context, host string, s actors.State) (int, error) {
	return one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM (SELECT 1 FROM activity a WHERE a.host = $1 AND `+unapplied+` AND a.state = $2 LIMIT $3) AS x`,
		host, s, MostQueued)
}

// SomeoneAt picks an actor of a host to be read again: one who is reached by an
// inbox, else the first by name. ErrNotFound when none is known.
func (t *Tx) SomeoneAt(ctx context.Context, host string, inbox actors.URI) (actors.Actor, error) {
	if inbox != "" {
		a, err := one(ctx, t, scanActor, `
			SELECT `+actorColumns+` FROM actor a
			WHERE NOT a.local AND a.deleted_at = 0 AND a.host = $1 AND (a.inbox = $2 OR a.shared_inbox = $2) LIMIT 1`, host, inbox)
		if err == nil {
			return a, nil
		}
	}
	return one(ctx, t, scanActor, `
		SELECT `+actorColumns+` FROM actor a
		WHERE a.host = $1 AND NOT a.local AND a.deleted_at = 0 ORDER BY a.name_folded LIMIT 1`, host)
}

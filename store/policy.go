package store

import (
	"context"
	"fmt"
	"time"

	"moothall/actors"
)

func scanRule(s scanner) (r actors.Rule, err error) {
	var verdict string
	err = s.Scan(&r.Host, &verdict, &r.Exact, &r.Reason, &r.By, timeOf{&r.Created})
	switch verdict {
	case "accept":
		r.Verdict = actors.Accept
	case "hold":
		r.Verdict = actors.Hold
	}
	return r, err
}

// Rules lists all rules about hosts.
func (t *Tx) Rules(ctx context.Context) ([]actors.Rule, error) {
	return collect(ctx, t, scanRule,
		`SELECT host, verdict, exact, reason, by_id, created_at FROM rule ORDER BY host`)
}

// SetRule writes a rule over what there was for its host.
func (t *Tx) SetRule(ctx context.Context, r actors.Rule) error {
	_, err := t.exec(ctx, `
		INSERT INTO rule (host, verdict, exact, reason, by_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (host) DO UPDATE SET verdict = excluded.verdict, exact = excluded.exact,
			reason = excluded.reason, by_id = excluded.by_id, created_at = excluded.created_at`,
		r.Host, r.Verdict.String(), r.Exact, r.Reason, r.By, micros(r.Created))
	return err
}

// DropRule removes a rule.
func (t *Tx) DropRule(ctx context.Context, host string) error {
	return t.execOne(ctx, `DELETE FROM rule WHERE host = $1`, host)
}

// Refusals are requests turned away at the door, counted by day, host and reason.
type Refusals struct {
	Host   string
	Code   string
	Detail string // the last one's particulars
	Times  int
	Last   time.Time
}

// AddRefusals adds to the day's count of one kind of refusal.
func (t *Tx) AddRefusals(ctx context.Context, r Refusals) error {
	_, err := t.exec(ctx, `
		INSERT INTO refusal (day, host, code, detail, times, last_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (day, host, code) DO UPDATE SET times = refusal.times + excluded.times,
			detail = excluded.detail, last_at = excluded.last_at`,
		dayOf(r.Last), r.Host, r.Code, r.Detail, r.Times, micros(r.Last))
	return err
}

// dayOf numbers the days since 1970, in UTC.
func dayOf(t time.Time) int64 { return t.Unix() / int64((24 * time.Hour).Seconds()) }

// RefusalsSince lists what was turned away, the latest first.
func (t *Tx) RefusalsSince(ctx context.Context, since time.Time, p Page) ([]Refusals, error) {
	return collect(ctx, t, func(s scanner) (r Refusals, err error) {
		err = s.Scan(&r.Host, &r.Code, &r.Detail, &r.Times, timeOf{&r.Last})
		return r, err
	}, `SELECT host, code, detail, times, last_at FROM refusal
		WHERE day >= $4 AND last_at >= $1 ORDER BY last_at DESC, host, code LIMIT $2 OFFSET $3`,
		micros(since), p.limit(), p.offset(), dayOf(since))
}

// CountRefusals says how many requests were turned away since a time.
func (t *Tx) CountRefusals(ctx context.Context, since time.Time) (int, error) {
	return one(ctx, t, scanValue[int], `
		SELECT CAST(COALESCE(SUM(times), 0) AS BIGINT) FROM refusal WHERE day >= $2 AND last_at >= $1`, micros(since), dayOf(since))
}

// Audit is what an admin or a facilitator did.
type Audit struct {
	ID     actors.ID
	By     actors.ID
	Group  actors.ID // the community that it is about; zero for the node
	Action string
	Target string
	Detail string
	At     time.Time
}

// AddAudit notes what an admin did. Notes are never changed.
func (t *Tx) AddAudit(ctx context.Context, a Audit) error {
	if a.Action == "" {
		return fmt.Errorf("audit: no action named")
	}
	_, err := t.exec(ctx, `INSERT INTO audit (id, by_id, group_id, action, target, detail, at) VALUES (`+in(1, 7)+`)`,
		a.ID, a.By, a.Group, a.Action, a.Target, a.Detail, micros(a.At))
	return err
}

// Audits lists what admins did, newest first.
func (t *Tx) Audits(ctx context.Context, p Page) ([]Audit, error) {
	return collect(ctx, t, scanAudit,
		`SELECT `+auditColumns+` FROM audit ORDER BY id DESC LIMIT $1 OFFSET $2`, p.limit(), p.offset())
}

// AuditsOf lists what facilitators did in a community, newest first.
func (t *Tx) AuditsOf(ctx context.Context, group actors.ID, p Page) ([]Audit, error) {
	return collect(ctx, t, scanAudit, `
		SELECT `+auditColumns+` FROM audit WHERE group_id = $1 AND group_id <> 0 ORDER BY id DESC LIMIT $2 OFFSET $3`,
		group, p.limit(), p.offset())
}

// CountAuditsOf says how many AuditsOf would list in all.
func (t *Tx) CountAuditsOf(ctx context.Context, group actors.ID) (int, error) {
	return one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM audit WHERE group_id = $1 AND group_id <> 0`, group)
}

const auditColumns = `id, by_id, group_id, action, target, detail, at`

func scanAudit(s scanner) (a Audit, err error) {
	err = s.Scan(&a.ID, &a.By, &a.Group, &a.Action, &a.Target, &a.Detail, timeOf{&a.At})
	return a, err
}

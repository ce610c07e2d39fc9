package store

import (
	"context"
	"time"

	"moothall/actors"
)

// Outcome says how a report ended.
type Outcome string

// The outcomes.
const (
	ReportOpen    Outcome = ""        // waits for a decision
	ReportNothing Outcome = "nothing" // no action was needed
	ReportActed   Outcome = "acted"   // something was done
	ReportSent    Outcome = "sent"    // a local person's, for others to decide
	// ReportWithdrawn is for what its reporter has taken back.
	ReportWithdrawn Outcome = "withdrawn"
)

// Report is somebody's complaint about a post, a person or a community.
type Report struct {
	ID      actors.ID
	URI     actors.URI // of the Flag
	By      actors.ID  // who reported: a person, or the actor of a server that speaks for one
	Unnamed bool       // whoever reported keeps their name back
	About   actors.ID  // who is reported: the author of the post, or the person or community itself
	Post    actors.ID  // zero for the person or community as such
	Group   actors.ID  // community whose facilitators decide; zero for those who run this node
	Words   string     // plain text
	At      time.Time

	Outcome   Outcome
	Decided   time.Time
	DecidedBy actors.ID
	Note      string // of whoever decided
}

const reportColumns = `r.id, r.uri, r.by_id, r.unnamed, r.about_id, r.post_id, r.group_id, r.words, r.at,
	r.outcome, r.decided_at, r.decided_by, r.note`

func scanReport(s scanner) (r Report, err error) {
	err = s.Scan(&r.ID, &r.URI, &r.By, &r.Unnamed, &r.About, &r.Post, &r.Group, &r.Words, timeOf{&r.At},
		&r.Outcome, timeOf{&r.Decided}, &r.DecidedBy, &r.Note)
	return r, err
}

// AddReport stores a report.
func (t *Tx) AddReport(ctx context.Context, r Report) error {
	_, err := t.exec(ctx, `
		INSERT INTO report (id, uri, by_id, unnamed, about_id, post_id, group_id, words, at, outcome, decided_at, decided_by, note)
		VALUES (`+in(1, 13)+`)`,
		r.ID, r.URI, r.By, r.Unnamed, r.About, r.Post, r.Group, r.Words, micros(r.At),
		r.Outcome, micros(r.Decided), r.DecidedBy, r.Note)
	return err
}

// DecideReport closes an open report. ErrNotFound when it is not open.
func (t *Tx) DecideReport(ctx context.Context, r Report) error {
	return t.execOne(ctx, `
		UPDATE report SET outcome = $2, decided_at = $3, decided_by = $4, note = $5 WHERE id = $1 AND outcome = ''`,
		r.ID, r.Outcome, micros(r.Decided), r.DecidedBy, r.Note)
}

// CloseReports closes all open reports about the post r.Post by r.About, in the way
// that r says.
func (t *Tx) CloseReports(ctx context.Context, r Report) error {
	_, err := t.exec(ctx, `
		UPDATE report SET outcome = $3, decided_at = $4, decided_by = $5, note = $6
		WHERE about_id = $1 AND post_id = $2 AND outcome = ''`,
		r.About, r.Post, r.Outcome, micros(r.Decided), r.DecidedBy, r.Note)
	return err
}

// ReportsOf lists the open reports that an actor made with one Flag.
func (t *Tx) ReportsOf(ctx context.Context, by actors.ID, flag actors.URI) ([]Report, error) {
	return collect(ctx, t, scanReport, `
		SELECT `+reportColumns+` FROM report r WHERE r.by_id = $1 AND r.uri = $2 AND r.outcome = ''
		ORDER BY r.id LIMIT 100`, by, flag)
}

// ReportReader is who asks for reports.
type ReportReader struct {
	Actor actors.ID
	Staff bool // looks after this node, and so sees those of every community
}

// mayDecide is the one rule of who sees a report (security.md S179): those who look
// after the node, the facilitators of its community, and never whom it is about.
// $1 is the reader, $2 whether the reader looks after the node.
const mayDecide = ` r.about_id <> $1 AND ($2 OR (r.outcome <> 'sent' AND EXISTS (
	SELECT 1 FROM membership m WHERE m.group_id = r.group_id AND m.actor_id = $1
		AND m.standing = 'joined' AND m.role IN ('moderator', 'owner')))) `

// Report reads a report that the reader may see.
func (t *Tx) Report(ctx context.Context, who ReportReader, id actors.ID) (Report, error) {
	return one(ctx, t, scanReport, `SELECT `+reportColumns+` FROM report r WHERE r.id = $3 AND `+mayDecide,
		who.Actor, who.Staff, id)
}

// OpenReports lists what waits for a decision of the reader, the oldest first.
func (t *Tx) OpenReports(ctx context.Context, who ReportReader, p Page) ([]Report, error) {
	return collect(ctx, t, scanReport, `
		SELECT `+reportColumns+` FROM report r WHERE r.outcome = '' AND `+mayDecide+`
		ORDER BY r.id LIMIT $3 OFFSET $4`, who.Actor, who.Staff, p.limit(), p.offset())
}

// ClosedReports lists what has been decided or sent on, the latest first.
func (t *Tx) ClosedReports(ctx context.Context, who ReportReader, p Page) ([]Report, error) {
	return collect(ctx, t, scanReport, `
		SELECT `+reportColumns+` FROM report r WHERE r.outcome <> '' AND `+mayDecide+`
		ORDER BY r.decided_at DESC, r.id DESC LIMIT $3 OFFSET $4`, who.Actor, who.Staff, p.limit(), p.offset())
}

// CountOpenReports says how many wait for a decision of the reader.
func (t *Tx) CountOpenReports(ctx context.Context, who ReportReader) (int, error) {
	return one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM report r WHERE r.outcome = '' AND `+mayDecide,
		who.Actor, who.Staff)
}

// CountClosedReports says how many ClosedReports would list in all.
func (t *Tx) CountClosedReports(ctx context.Context, who ReportReader) (int, error) {
	return one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM report r WHERE r.outcome <> '' AND `+mayDecide,
		who.Actor, who.Staff)
}

// SameReports lists the reports by one reporter about one thing that nobody has
// decided; those that were only sent on count, too.
func (t *Tx) SameReports(ctx context.Context, r Report) ([]Report, error) {
	return collect(ctx, t, scanReport, `
		SELECT `+reportColumns+` FROM report r
		WHERE r.about_id = $1 AND r.post_id = $2 AND r.by_id = $3 AND r.outcome IN ('', 'sent')
		ORDER BY r.id LIMIT 100`, r.About, r.Post, r.By)
}

// CountReportsBy says how many reports an actor has made since a time.
func (t *Tx) CountReportsBy(ctx context.Context, by actors.ID, since time.Time) (int, error) {
	return one(ctx, t, scanValue[int],
		`SELECT COUNT(*) FROM report r WHERE r.by_id = $1 AND r.at >= $2`, by, micros(since))
}

// CountReportsFrom says how many reports have come from a host, or one below it, since
// a time.
func (t *Tx) CountReportsFrom(ctx context.Context, host string, since time.Time) (int, error) {
	return one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM report r JOIN actor a ON a.id = r.by_id
		WHERE r.at >= $2 AND (a.host = $1 OR a.host LIKE $3)`, host, micros(since), "%."+host)
}

package store

import (
	"context"
	"time"

	"moothall/actors"
)

// The stages of a history job, in order.
const (
	HistoryStart   = "start"   // read what the community says of itself
	HistoryPinned  = "pinned"  // its pinned discussions
	HistoryOutbox  = "outbox"  // its latest discussions
	HistoryThreads = "threads" // the replies to them
	HistoryLog     = "log"     // its numbered log, where it keeps one
	HistoryDone    = "done"
)

// HistoryJob fetches the past of a remote community, a step at a time, so that
// it goes on where it was after a restart.
type HistoryJob struct {
	Group    actors.ID
	Stage    string
	Place    string // where in the stage: a page or a number
	Attempts int
	NextTry  time.Time
}

func scanHistoryJob(s scanner) (j HistoryJob, err error) {
	err = s.Scan(&j.Group, &j.Stage, &j.Place, &j.Attempts, timeOf{&j.NextTry})
	return j, err
}

// SaveHistoryJob writes where a job is.
func (t *Tx) SaveHistoryJob(ctx context.Context, j HistoryJob) error {
	_, err := t.exec(ctx, `
		INSERT INTO history_job (group_id, stage, place, attempts, next_try_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (group_id) DO UPDATE SET stage = excluded.stage, place = excluded.place,
			attempts = excluded.attempts, next_try_at = excluded.next_try_at`,
		j.Group, j.Stage, j.Place, j.Attempts, micros(j.NextTry))
	return err
}

// HistoryJob reads where the job for a community is.
func (t *Tx) HistoryJob(ctx context.Context, group actors.ID) (HistoryJob, error) {
	return one(ctx, t, scanHistoryJob,
		`SELECT group_id, stage, place, attempts, next_try_at FROM history_job WHERE group_id = $1`, group)
}

// HistoryJobs lists jobs that have something to do now.
func (t *Tx) HistoryJobs(ctx context.Context, now time.Time, n int) ([]HistoryJob, error) {
	return collect(ctx, t, scanHistoryJob, `
		SELECT group_id, stage, place, attempts, next_try_at FROM history_job
		WHERE stage <> 'done' AND next_try_at <= $1 ORDER BY next_try_at, group_id LIMIT $2`, micros(now), n)
}

// NextHistoryJob says when the next job has something to do; zero for never.
func (t *Tx) NextHistoryJob(ctx context.Context) (time.Time, error) {
	at, err := one(ctx, t, scanValue[int64],
		`SELECT COALESCE(MIN(next_try_at), 0) FROM history_job WHERE stage <> 'done'`)
	return fromMicros(at), err
}

// AddHistoryThread notes a discussion whose replies are still to be read.
func (t *Tx) AddHistoryThread(ctx context.Context, group actors.ID, uri actors.URI) error {
	_, err := t.exec(ctx, `
		INSERT INTO history_thread (group_id, uri) VALUES ($1, $2) ON CONFLICT (group_id, uri) DO NOTHING`, group, uri)
	return err
}

// HistoryThreads lists discussions whose replies are still to be read.
func (t *Tx) HistoryThreads(ctx context.Context, group actors.ID, n int) ([]actors.URI, error) {
	return collect(ctx, t, scanValue[actors.URI], `
		SELECT uri FROM history_thread WHERE group_id = $1 ORDER BY attempts, uri LIMIT $2`, group, n)
}

// DropHistoryThread notes that a discussion's replies have been read.
func (t *Tx) DropHistoryThread(ctx context.Context, group actors.ID, uri actors.URI) error {
	_, err := t.exec(ctx, `DELETE FROM history_thread WHERE group_id = $1 AND uri = $2`, group, uri)
	return err
}

// RetryHistoryThread counts a failure, so that others come first.
func (t *Tx) RetryHistoryThread(ctx context.Context, group actors.ID, uri actors.URI) (attempts int, err error) {
	return one(ctx, t, scanValue[int], `
		UPDATE history_thread SET attempts = attempts + 1 WHERE group_id = $1 AND uri = $2 RETURNING attempts`, group, uri)
}

// ClaimHistoryJobs takes jobs that have something to do now, and puts them off
// until a time, so that no other process takes them too.
func (t *Tx) ClaimHistoryJobs(ctx context.Context, now, until time.Time, n int) ([]HistoryJob, error) {
	jobs, err := collect(ctx, t, scanHistoryJob, `
		SELECT group_id, stage, place, attempts, next_try_at FROM history_job
		WHERE stage <> 'done' AND next_try_at <= $1 ORDER BY next_try_at, group_id LIMIT $2`+t.dialect.skipLocked, micros(now), n)
	if err != nil {
		return nil, err
	}
	for _, j := range jobs {
		if _, err := t.exec(ctx, `UPDATE history_job SET next_try_at = $2 WHERE group_id = $1`, j.Group, micros(until)); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

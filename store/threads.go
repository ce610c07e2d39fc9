package store

import (
	"context"
	"time"

	"moothall/actors"
)

// Revision is a number that grows with every change of a discussion that everyone
// sees who may read its start: what is part of it, its words, and how many found them
// useful.
func (t *Tx) Revision(ctx context.Context, root actors.ID) (int64, error) {
	return one(ctx, t, scanValue[int64], `SELECT revision FROM post WHERE id = $1`, root)
}

// ThreadEntries lists what a community of this node announced about a discussion,
// as far as the viewer may read the posts it is about: oldest first, each with the
// Announce as it was sent. Announces whose words have been erased are left out.
// after is the last activity of the page before; zero for the first page.
func (t *Tx) ThreadEntries(ctx context.Context, v actors.Viewer, root, after actors.ID, n int) ([]Published, error) {
	return collect(ctx, t, scanPublished, `
		SELECT `+postColumns+`, `+activityColumns+threadEntries+` AND a.id > $4
		ORDER BY a.id LIMIT $5`, v.Actor, v.Local, root, after, min(max(n, 0), largestPage))
}

// CountThreadEntries says how much ThreadEntries would list in all.
func (t *Tx) CountThreadEntries(ctx context.Context, v actors.Viewer, root actors.ID) (int, error) {
	return one(ctx, t, scanValue[int], `SELECT COUNT(*)`+threadEntries, v.Actor, v.Local, root)
}

const threadEntries = `
	FROM post p JOIN activity a ON a.object = p.uri AND a.group_id = p.group_id
		JOIN log_entry e ON e.activity_id = a.id AND e.activity_id <> 0
	WHERE ` + readable + ` AND p.standing = 'accepted' AND p.root_id = $3
		AND a.direction = 'out' AND a.body IS NOT NULL`

// The states of a ThreadJob.
const (
	ThreadDue      = "due"      // replies are being looked for
	ThreadComplete = "complete" // all that there was has been read
	ThreadPartial  = "partial"  // a limit or a server that is away ended the search
)

// ThreadJob looks for replies to one discussion of a community elsewhere, in
// steps, so that it goes on after a restart. There is one for each discussion
// that was ever found to be incomplete.
type ThreadJob struct {
	Root    actors.ID
	Group   actors.ID
	Host    string // the community's
	State   string
	Steps   int       // that this run has taken
	Found   int       // posts that this run has brought
	ETag    string    // of the collection as it was last read in full
	NextTry time.Time // when the next step may be taken
	Ran     time.Time // when this run began; zero when none has
}

const threadJobColumns = `j.root_id, j.group_id, j.host, j.state, j.steps, j.found, j.etag, j.next_try_at, j.ran_at`

func scanThreadJob(s scanner) (j ThreadJob, err error) {
	err = s.Scan(&j.Root, &j.Group, &j.Host, &j.State, &j.Steps, &j.Found, &j.ETag, timeOf{&j.NextTry}, timeOf{&j.Ran})
	return j, err
}

// ThreadJob reads the job of a discussion; ErrNotFound when there never was one.
func (t *Tx) ThreadJob(ctx context.Context, root actors.ID) (ThreadJob, error) {
	return one(ctx, t, scanThreadJob, `SELECT `+threadJobColumns+` FROM thread_job j WHERE j.root_id = $1`, root)
}

// SaveThreadJob writes where a job is.
func (t *Tx) SaveThreadJob(ctx context.Context, j ThreadJob) error {
	_, err := t.exec(ctx, `
		INSERT INTO thread_job (root_id, group_id, host, state, steps, found, etag, next_try_at, ran_at)
		VALUES (`+in(1, 9)+`)
		ON CONFLICT (root_id) DO UPDATE SET state = excluded.state, steps = excluded.steps, found = excluded.found,
			etag = excluded.etag, next_try_at = excluded.next_try_at, ran_at = excluded.ran_at`,
		j.Root, j.Group, j.Host, j.State, j.Steps, j.Found, j.ETag, micros(j.NextTry), micros(j.Ran))
	return err
}

// CountThreadsDue says for how many discussions of a community replies are being
// looked for.
func (t *Tx) CountThreadsDue(ctx context.Context, group actors.ID) (int, error) {
	return one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM thread_job WHERE group_id = $1 AND state = 'due'`, group)
}

// ClaimThreadJobs takes jobs that have something to do now, at most one for each
// host, and puts them off until a time, so that no other process takes them too.
func (t *Tx) ClaimThreadJobs(ctx context.Context, now, until time.Time, n int) ([]ThreadJob, error) {
	// The first few hundred are looked at: a host with more that are due must not
	// hide others for long.
	due, err := collect(ctx, t, scanThreadJob, `
		SELECT `+threadJobColumns+` FROM thread_job j
		WHERE j.state = 'due' AND j.next_try_at <= $1 ORDER BY j.next_try_at, j.root_id LIMIT 500`+t.dialect.skipLocked, micros(now))
	if err != nil {
		return nil, err
	}
	var taken []ThreadJob
	hosts := map[string]bool{}
	for _, j := range due {
		if len(taken) == n {
			break
		}
		if hosts[j.Host] {
			continue
		}
		hosts[j.Host] = true
		if _, err := t.exec(ctx, `UPDATE thread_job SET next_try_at = $2 WHERE root_id = $1`, j.Root, micros(until)); err != nil {
			return nil, err
		}
		taken = append(taken, j)
	}
	return taken, nil
}

// NextThreadJob says when the next job has something to do; zero for never.
func (t *Tx) NextThreadJob(ctx context.Context) (time.Time, error) {
	at, err := one(ctx, t, scanValue[int64], `SELECT COALESCE(MIN(next_try_at), 0) FROM thread_job WHERE state = 'due'`)
	return fromMicros(at), err
}

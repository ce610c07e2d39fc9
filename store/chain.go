package store

import (
	"context"
	"errors"
	"time"

	"moothall/actors"
)

// LogEntry is a line of a community's numbered log as stored.
type LogEntry struct {
	actors.Entry
	Hash     string
	Activity actors.ID  // the Announce that carries it; zero once erased
	Object   actors.URI // what it is about
	At       time.Time
}

const entryColumns = `e.chain, e.seq, e.activity_id, e.object, e.salt, e.digest, e.prev, e.hash, e.at`

func scanEntry(s scanner) (e LogEntry, err error) {
	err = s.Scan(&e.Chain, &e.Seq, &e.Activity, &e.Object, &e.Salt, &e.Digest, &e.Prev, &e.Hash, timeOf{&e.At})
	return e, err
}

// NextEntry prepares the next line of a community's log: its number and the
// hash before it. It must be followed by AddEntry in the same transaction.
func (t *Tx) NextEntry(ctx context.Context, group actors.Actor, chain actors.Chain) (actors.Entry, error) {
	e, err := one(ctx, t, func(s scanner) (e actors.Entry, err error) {
		err = s.Scan(&e.Seq, &e.Prev)
		return e, err
	}, `SELECT e.seq + 1, e.hash FROM log_entry e
		WHERE e.group_id = $1 AND e.chain = $2 ORDER BY e.seq DESC LIMIT 1`, group.ID, chain)
	if errors.Is(err, ErrNotFound) {
		e.Seq, err = 1, nil
	}
	e.Group, e.Chain = group.URI, chain
	return e, err
}

// AddEntry stores a line of a community's log. ErrConflict when its number is taken.
func (t *Tx) AddEntry(ctx context.Context, group actors.ID, e LogEntry) error {
	_, err := t.exec(ctx, `
		INSERT INTO log_entry (group_id, chain, seq, activity_id, object, salt, digest, prev, hash, at)
		VALUES (`+in(1, 10)+`)`,
		group, e.Chain, e.Seq, e.Activity, e.Object, e.Salt, e.Digest, e.Prev, e.Hash, micros(e.At))
	return err
}

// LastEntry is the newest line of a community's log.
func (t *Tx) LastEntry(ctx context.Context, group actors.ID, chain actors.Chain) (LogEntry, error) {
	return one(ctx, t, scanEntry, `
		SELECT `+entryColumns+` FROM log_entry e
		WHERE e.group_id = $1 AND e.chain = $2 ORDER BY e.seq DESC LIMIT 1`, group, chain)
}

// Entry is one line of a community's log.
func (t *Tx) Entry(ctx context.Context, group actors.ID, chain actors.Chain, seq int64) (LogEntry, error) {
	return one(ctx, t, scanEntry, `
		SELECT `+entryColumns+` FROM log_entry e
		WHERE e.group_id = $1 AND e.chain = $2 AND e.seq = $3`, group, chain, seq)
}

// EntriesAfter lists the lines of a community's log that follow a number.
func (t *Tx) EntriesAfter(ctx context.Context, group actors.ID, chain actors.Chain, after int64, n int) ([]LogEntry, error) {
	return collect(ctx, t, scanEntry, `
		SELECT `+entryColumns+` FROM log_entry e
		WHERE e.group_id = $1 AND e.chain = $2 AND e.seq > $3 ORDER BY e.seq LIMIT $4`, group, chain, after, n)
}

// UnbrokenTo is the last line of one chain of a community's log up to which every line
// is held; one without a number where the first is not.
func (t *Tx) UnbrokenTo(ctx context.Context, group actors.ID, chain actors.Chain) (LogEntry, error) {
	e, err := one(ctx, t, scanEntry, `
		SELECT `+entryColumns+` FROM log_entry e
		WHERE e.group_id = $1 AND e.chain = $2
			AND EXISTS (SELECT 1 FROM log_entry f WHERE f.group_id = e.group_id AND f.chain = e.chain AND f.seq = 1)
			AND NOT EXISTS (SELECT 1 FROM log_entry n WHERE n.group_id = e.group_id AND n.chain = e.chain AND n.seq = e.seq + 1)
		ORDER BY e.seq LIMIT 1`, group, chain)
	if errors.Is(err, ErrNotFound) {
		return LogEntry{}, nil
	}
	return e, err
}

// SetChainState notes how far a remote community's log is held without a gap,
// and the highest number that its signed head has shown.
func (t *Tx) SetChainState(ctx context.Context, group actors.ID, headSeq, completeTo int64) error {
	return t.execOne(ctx, `
		UPDATE community SET
			head_seq = CASE WHEN head_seq < $2 THEN $2 ELSE head_seq END,
			complete_to = CASE WHEN complete_to < $3 THEN $3 ELSE complete_to END
		WHERE actor_id = $1`, group, headSeq, completeTo)
}

// ForgetChainState begins anew to say how far a community's log is held: what it says
// goes on another chain from now on.
func (t *Tx) ForgetChainState(ctx context.Context, group actors.ID) error {
	return t.execOne(ctx, `UPDATE community SET head_seq = 0, complete_to = 0 WHERE actor_id = $1`, group)
}

// EraseFromLog takes the bytes of every activity about an object out of the
// log, and the salts of its entries, without which nobody can try out what the
// words were. The digests stay, so the chain still holds. It is called before
// the Delete itself is recorded and entered.
func (t *Tx) EraseFromLog(ctx context.Context, object actors.URI) error {
	if object == "" {
		return nil
	}
	for _, text := range []string{
		`UPDATE activity SET body = NULL WHERE object = $1 AND type IN ('Create', 'Update', 'Announce')`,
		`UPDATE log_entry SET salt = '' WHERE object = $1 AND activity_id = 0 AND object <> ''`,
		`UPDATE log_entry SET activity_id = 0, salt = ''
			WHERE activity_id IN (SELECT a.id FROM activity a WHERE a.object = $1) AND activity_id <> 0 AND object = $1`,
	} {
		if _, err := t.exec(ctx, text, object); err != nil {
			return err
		}
	}
	return nil
}

// ToldOf lists, a page at a time, what told what an object is and has its bytes still:
// the activities of that object with a higher id than after, the earliest first.
func (t *Tx) ToldOf(ctx context.Context, object actors.URI, after actors.ID, n int) ([]actors.Activity, error) {
	return collect(ctx, t, scanActivity, `
		SELECT `+activityColumns+` FROM activity a
		WHERE a.object = $1 AND a.id > $2 AND a.type IN ('Create', 'Update', 'Announce') AND a.body IS NOT NULL
		ORDER BY a.id LIMIT $3`, object, after, min(max(n, 0), largestPage))
}

// EraseActivity takes the bytes of one activity out of the log, and the salt of the
// entry that it is. Digest and hash stay, so the chain still holds.
func (t *Tx) EraseActivity(ctx context.Context, id actors.ID) error {
	if err := t.execOne(ctx, `UPDATE activity SET body = NULL WHERE id = $1`, id); err != nil {
		return err
	}
	_, err := t.exec(ctx, `UPDATE log_entry SET activity_id = 0, salt = '' WHERE activity_id = $1 AND activity_id <> 0`, id)
	return err
}

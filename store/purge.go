package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"moothall/actors"
	"moothall/content"
)

// Why content of a community elsewhere is taken away.
const (
	PurgeLeft    = "left"    // its last member here has left, was removed, or has no account any more
	PurgeRefused = "refused" // this node does not deal with its home
)

// What is taken away, in this order.
const (
	purgePosts   = "posts"
	purgeLog     = "log"
	purgeNotices = "notices"
	purgeFiles   = "files"
)

// Purge is a community elsewhere whose content here is being taken away. What everybody,
// or everybody who is signed in, may read stays.
type Purge struct {
	Group  actors.ID
	Why    string
	Stage  string
	Place  int64 // how far the stage is
	Files  int   // whose bytes have been deleted
	At     time.Time
	Closed bool // the whole community is for its members
}

// AtFiles says that nothing is left but the bytes of files.
func (p Purge) AtFiles() bool { return p.Stage == purgeFiles }

const purgeColumns = `u.group_id, u.why, u.stage, u.place, u.files, u.at, CASE WHEN c.audience IN ('members', 'organisation') THEN 1 ELSE 0 END`

func scanPurge(s scanner) (p Purge, err error) {
	var closed int
	err = s.Scan(&p.Group, &p.Why, &p.Stage, &p.Place, &p.Files, timeOf{&p.At}, &closed)
	p.Closed = closed == 1
	return p, err
}

// StartPurge has what a community elsewhere keeps for its members taken away here. One
// that is under way starts anew: something may have come in since.
func (t *Tx) StartPurge(ctx context.Context, group actors.ID, why string, at time.Time) error {
	_, err := t.exec(ctx, `
		INSERT INTO purge (group_id, why, stage, at) VALUES ($1, $2, 'posts', $3)
		ON CONFLICT (group_id) DO UPDATE SET why = excluded.why, stage = 'posts', place = 0, at = excluded.at`, group, why, micros(at))
	return err
}

// PurgeUnlessRead starts a purge when nobody here is left who may read what a community
// elsewhere keeps for its members.
func (t *Tx) PurgeUnlessRead(ctx context.Context, group actors.ID, at time.Time) error {
	a, err := t.Actor(ctx, group)
	if err != nil || a.Local || a.Kind != actors.Group {
		return err
	}
	_, err = t.Reader(ctx, group)
	if errors.Is(err, ErrNotFound) {
		return t.StartPurge(ctx, group, PurgeLeft, at)
	}
	return err
}

// EndPurge stops taking away: somebody may read again. What was taken is looked for
// by the history that begins then, from its start.
func (t *Tx) EndPurge(ctx context.Context, group actors.ID) error {
	n, err := t.exec(ctx, `DELETE FROM purge WHERE group_id = $1`, group)
	if err != nil || n == 0 {
		return err
	}
	for _, text := range []string{
		`DELETE FROM purge_file WHERE group_id = $1`,
		`DELETE FROM log_entry WHERE group_id = $1 AND chain = 'members'`,
		forgetHead,
	} {
		if _, err := t.exec(ctx, text, group); err != nil {
			return err
		}
	}
	return nil
}

// forgetHead lets the history of a closed community begin again.
const forgetHead = `UPDATE community SET head_seq = 0, complete_to = 0, history = 'none', history_note = ''
	WHERE actor_id = $1 AND audience IN ('members', 'organisation')`

// groupsAt lists the communities whose home is a host, or below it unless exact.
func (t *Tx) groupsAt(ctx context.Context, host string, exact bool) ([]actors.ID, error) {
	return collect(ctx, t, scanValue[actors.ID], `
		SELECT a.id FROM actor a JOIN community c ON c.actor_id = a.id
		WHERE NOT a.local AND (a.host = $1 OR ($2 AND a.host LIKE $3)) ORDER BY a.id`,
		host, !exact, "%."+host)
}

// PurgeHost starts a purge of every community at a host that this node does not deal with
// any more, and at those below it unless the rule is exact.
func (t *Tx) PurgeHost(ctx context.Context, host string, exact bool, at time.Time) error {
	groups, err := t.groupsAt(ctx, host, exact)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := t.StartPurge(ctx, g, PurgeRefused, at); err != nil {
			return err
		}
	}
	return nil
}

// NextPurge is a community whose content is to be taken away; ErrNotFound when there is none.
func (t *Tx) NextPurge(ctx context.Context) (Purge, error) {
	return one(ctx, t, scanPurge, `SELECT `+purgeColumns+` FROM purge u JOIN community c ON c.actor_id = u.group_id ORDER BY u.at, u.group_id LIMIT 1`)
}

// samePurge reads a purge again in the write that is about to do a step of it, and says
// whether it is still where the caller saw it.
func (t *Tx) samePurge(ctx context.Context, p Purge) (bool, error) {
	now, err := one(ctx, t, func(s scanner) (now Purge, err error) {
		err = s.Scan(&now.Stage, &now.Place, timeOf{&now.At})
		return now, err
	}, `SELECT stage, place, at FROM purge WHERE group_id = $1`+t.dialect.lock, p.Group)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil && now.Stage == p.Stage && now.Place == p.Place && now.At.Equal(p.At), err
}

func (t *Tx) setPurge(ctx context.Context, p Purge) error {
	return t.execOne(ctx, `UPDATE purge SET stage = $2, place = $3, files = $4 WHERE group_id = $1`, p.Group, p.Stage, p.Place, p.Files)
}

// How much is looked up and how much is written at once: a write holds up others for
// some milliseconds.
const (
	purgeRoots = 20
	purgeOnce  = dueRows
	purgeLines = 500
)

// PurgeStep takes away a little of what a community elsewhere keeps for its members, but
// for the bytes of files. It may be done again after a crash.
func (db *DB) PurgeStep(ctx context.Context, p Purge) error {
	switch p.Stage {
	case purgePosts:
		return db.purgePosts(ctx, p)
	case purgeLog:
		return db.purgeLog(ctx, p)
	default:
		return db.purgeNotices(ctx, p)
	}
}

// purgePosts takes away the next discussions.
func (db *DB) purgePosts(ctx context.Context, p Purge) error {
	var roots, posts []actors.ID
	err := db.Read(ctx, func(tx *Tx) (err error) {
		roots, err = collect(ctx, tx, scanValue[actors.ID], `
			SELECT id FROM post WHERE group_id = $1 AND parent_id = 0 AND id > $2 ORDER BY id LIMIT $3`, p.Group, p.Place, purgeRoots)
		if err != nil || len(roots) == 0 {
			return err
		}
		args := []any{p.Group}
		for _, id := range roots {
			args = append(args, id)
		}
		posts, err = collect(ctx, tx, scanValue[actors.ID], `
			SELECT id FROM post WHERE group_id = $1 AND NOT local AND audience IN ('members', 'organisation') AND purged_at = 0
				AND root_id IN (`+in(2, len(roots))+`) ORDER BY id`, args...)
		return err
	})
	if err != nil {
		return err
	}
	for some := range slices.Chunk(posts, purgeOnce) {
		if err := db.purging(ctx, p, func(tx *Tx) error { return tx.purgeSome(ctx, p, some) }); err != nil {
			return err
		}
	}
	return db.purging(ctx, p, func(tx *Tx) error {
		next := p
		if len(roots) < purgeRoots {
			next.Stage, next.Place = purgeLog, 0
		} else {
			next.Place = int64(roots[len(roots)-1])
		}
		return tx.setPurge(ctx, next)
	})
}

// purging does a part of a step, unless somebody may read again or another process has
// done it.
func (db *DB) purging(ctx context.Context, p Purge, f func(*Tx) error) error {
	return db.Write(ctx, func(tx *Tx) error {
		same, err := tx.samePurge(ctx, p)
		if err != nil || !same {
			return err
		}
		return f(tx)
	})
}

// purgeSome leaves of posts their bare rows, and of what belongs to them nothing.
func (t *Tx) purgeSome(ctx context.Context, p Purge, posts []actors.ID) error {
	if err := t.uncount(ctx, posts); err != nil {
		return err
	}
	list := in(1, dueRows)
	after := in(dueRows+1, 1)
	args := idsToFill(posts)
	also := func(v any) []any { return append(slices.Clone(args), v) }
	for _, s := range []struct {
		text string
		args []any
	}{
		{`UPDATE purge SET kept = kept + (SELECT COUNT(DISTINCT c.document_id) FROM version o
				JOIN related r ON r.uri = o.uri AND r.relation = 'derived'
				JOIN version c ON c.document_id = r.document_id AND c.number = 1 AND c.digest = o.digest
				JOIN post p ON p.id = c.document_id AND p.local AND p.deleted_at = 0
			WHERE o.document_id IN (` + list + `)) WHERE group_id = ` + after, also(p.Group)},
		{`INSERT INTO purge_file (group_id, digest) SELECT ` + castID(after) + `, v.digest FROM version v JOIN file f ON f.digest = v.digest
			WHERE v.document_id IN (` + list + `) GROUP BY v.digest ON CONFLICT DO NOTHING`, also(p.Group)},
		{`UPDATE activity SET body = NULL, uri = ` + formerURI + ` WHERE direction = 'in' AND type IN ('Create', 'Update', 'Announce')
			AND object IN (SELECT uri FROM post WHERE id IN (` + list + `) UNION SELECT uri FROM version WHERE document_id IN (` + list + `))`, args},
		{`UPDATE format_request SET answer = '' WHERE document_id IN (` + list + `)`, args},
		{`DELETE FROM saved WHERE document_id IN (` + list + `)`, args},
		{`DELETE FROM related WHERE document_id IN (` + list + `)`, args},
		{`DELETE FROM told_text WHERE document_id IN (` + list + `)`, args},
		{`DELETE FROM version WHERE document_id IN (` + list + `)`, args},
		{`DELETE FROM document WHERE post_id IN (` + list + `)`, args},
		{`DELETE FROM reaction WHERE post_id IN (` + list + `)`, args},
		{`DELETE FROM thread_job WHERE root_id IN (` + list + `)`, args},
		{`DELETE FROM naming WHERE post_id IN (` + list + `)`, args},
		{`DELETE FROM search_due WHERE post_id IN (` + list + `)`, args},
		{`DELETE FROM search_words WHERE rowid IN (` + list + `)`, args},
		{`UPDATE post SET title = '', html = '', source = '', link = '', url = '', language = '', hidden_why = '', locked_why = '', raw = NULL,
			pinned = FALSE, locked = FALSE, locked_at = 0, useful = 0 WHERE id IN (` + list + `)`, args},
		// A tombstone stays one.
		{`UPDATE post SET standing = 'sent', purged_at = ` + after + ` WHERE id IN (` + list + `) AND deleted_at = 0`, also(micros(p.At))},
	} {
		if _, err := t.exec(ctx, s.text, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// formerURI lets what was received be received again.
const formerURI = `uri || '#purged-' || CAST(id AS TEXT)`

// castID tells PostgreSQL that a bare argument is a number.
func castID(arg string) string { return `CAST(` + arg + ` AS BIGINT)` }

// uncount takes posts out of the numbers around them.
func (t *Tx) uncount(ctx context.Context, ids []actors.ID) error {
	posts, err := collect(ctx, t, scanPost, `SELECT `+postColumns+` FROM post p
		WHERE p.id IN (`+in(1, dueRows)+`) AND p.standing = 'accepted' AND p.deleted_at = 0 AND p.purged_at = 0`, idsToFill(ids)...)
	if err != nil {
		return err
	}
	for _, p := range posts {
		if err := t.countIn(ctx, p, -1); err != nil {
			return err
		}
	}
	return nil
}

// purgeLog erases what came in from the community, which is found by walking the log.
func (db *DB) purgeLog(ctx context.Context, p Purge) error {
	var lines []actors.ID
	if p.Closed {
		err := db.Read(ctx, func(tx *Tx) (err error) {
			lines, err = collect(ctx, tx, scanValue[actors.ID], `
				SELECT id FROM activity WHERE id > $2 AND group_id = $1 AND direction = 'in' AND (body IS NOT NULL OR state = 'waiting')
				ORDER BY id LIMIT $3`, p.Group, p.Place, purgeLines)
			return err
		})
		if err != nil {
			return err
		}
	}
	return db.purging(ctx, p, func(tx *Tx) error {
		next := p
		if len(lines) == purgeLines {
			next.Place = int64(lines[len(lines)-1])
		} else {
			next.Stage, next.Place = purgeNotices, 0
		}
		if err := tx.purgeLines(ctx, lines); err != nil {
			return err
		}
		if next.Stage == purgeNotices {
			if err := tx.purgeRest(ctx, p); err != nil {
				return err
			}
		}
		return tx.setPurge(ctx, next)
	})
}

func (t *Tx) purgeLines(ctx context.Context, lines []actors.ID) error {
	for some := range slices.Chunk(lines, dueRows) {
		// Who has deleted what is to be known also when it comes again.
		for _, text := range []string{
			`UPDATE activity SET uri = ` + formerURI + ` WHERE type IN ('Create', 'Update', 'Announce', 'Like', 'Add', 'Remove') AND id IN (` + in(1, dueRows) + `)`,
			`UPDATE activity SET body = NULL, state = CASE WHEN state = 'waiting' THEN 'rejected' ELSE state END,
				reason = CASE WHEN state = 'waiting' THEN 'purged: nobody here may read it any more' ELSE reason END WHERE id IN (` + in(1, dueRows) + `)`,
		} {
			if _, err := t.exec(ctx, text, idsToFill(some)...); err != nil {
				return err
			}
		}
	}
	return nil
}

// purgeRest forgets what is known of a community beside its posts.
func (t *Tx) purgeRest(ctx context.Context, p Purge) error {
	list := []string{`DELETE FROM log_entry WHERE group_id = $1 AND chain = 'members'`}
	if p.Closed {
		list = append(list, forgetHead,
			`UPDATE audit SET detail = '' WHERE group_id = $1 AND group_id <> 0 AND by_id IN (SELECT id FROM actor WHERE NOT local)`,
			`DELETE FROM history_thread WHERE group_id = $1`,
			`DELETE FROM history_job WHERE group_id = $1`,
			`DELETE FROM thread_job WHERE group_id = $1`)
	}
	for _, text := range list {
		if _, err := t.exec(ctx, text, p.Group); err != nil {
			return err
		}
	}
	return nil
}

// purgeNotices forgets what people were told of what has been taken away.
func (db *DB) purgeNotices(ctx context.Context, p Purge) error {
	var list []actors.ID
	err := db.Read(ctx, func(tx *Tx) (err error) {
		list, err = collect(ctx, tx, scanValue[actors.ID], `
			SELECT n.id FROM notification n JOIN post p ON p.id = n.post_id
			WHERE n.id > $2 AND n.post_id <> 0 AND p.group_id = $1 AND p.purged_at <> 0 ORDER BY n.id LIMIT $3`, p.Group, p.Place, purgeLines)
		return err
	})
	if err != nil {
		return err
	}
	return db.purging(ctx, p, func(tx *Tx) error {
		next := p
		if len(list) == purgeLines {
			next.Place = int64(list[len(list)-1])
		} else {
			next.Stage, next.Place = purgeFiles, 0
		}
		for some := range slices.Chunk(list, dueRows) {
			if err := tx.forRows(ctx, `DELETE FROM notification WHERE id`, some); err != nil {
				return err
			}
		}
		return tx.setPurge(ctx, next)
	})
}

// PurgedFile is the next file of a purge.
type PurgedFile struct {
	Digest content.Digest
	Idle   bool // nobody else here has it: its bytes are to be deleted
	Done   bool // there is none left, and the purge is over
}

// PurgeFile forgets the next file of a purge, unless somebody else here has it. It comes
// again until EndPurgedFile is told that its bytes are gone.
func (t *Tx) PurgeFile(ctx context.Context, p Purge) (f PurgedFile, err error) {
	same, err := t.samePurge(ctx, p)
	if err != nil || !same {
		return PurgedFile{Done: true}, err
	}
	f.Digest, err = one(ctx, t, scanValue[content.Digest], `SELECT digest FROM purge_file WHERE group_id = $1 ORDER BY digest LIMIT 1`, p.Group)
	if errors.Is(err, ErrNotFound) {
		return PurgedFile{Done: true}, t.finishPurge(ctx, p)
	}
	if err != nil {
		return f, err
	}
	n, err := one(ctx, t, scanValue[int], `
		SELECT (SELECT COUNT(*) FROM upload u WHERE u.digest = $1) + (SELECT COUNT(*) FROM version v JOIN post p ON p.id = v.document_id
			WHERE v.digest = $1 AND p.deleted_at = 0 AND `+owned+`)`, f.Digest)
	if err != nil || n > 0 {
		return f, err
	}
	f.Idle = true
	return f, t.ForgetFile(ctx, f.Digest)
}

// finishPurge tells what is to be confirmed of the removals that led to it how it went.
func (t *Tx) finishPurge(ctx context.Context, p Purge) error {
	if _, err := t.exec(ctx, `
		UPDATE receipt_due SET files = (SELECT u.files FROM purge u WHERE u.group_id = $1), kept = (SELECT u.kept FROM purge u WHERE u.group_id = $1)
		WHERE group_id = $1 AND post_id = 0 AND next_try_at <> 0 AND state = ''`, p.Group); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM purge WHERE group_id = $1`, p.Group)
	return err
}

// EndPurgedFile says that the bytes of a file are gone, or stay because somebody has them.
func (t *Tx) EndPurgedFile(ctx context.Context, p Purge, f PurgedFile) error {
	n, err := t.exec(ctx, `DELETE FROM purge_file WHERE group_id = $1 AND digest = $2`, p.Group, f.Digest)
	if err != nil || !f.Idle || n == 0 {
		return err
	}
	_, err = t.exec(ctx, `UPDATE purge SET files = files + 1 WHERE group_id = $1`, p.Group)
	return err
}

// FormerID is the number of a post that was taken away by a purge, so that it takes its
// old place when it comes again; ErrNotFound when it never was.
func (t *Tx) FormerID(ctx context.Context, uri actors.URI) (actors.ID, error) {
	return one(ctx, t, scanValue[actors.ID], `SELECT id FROM post WHERE uri = $1 AND purged_at <> 0`, uri)
}

// refill writes a post over the bare row that a purge left of it; ErrConflict when the
// row is not bare.
func (t *Tx) refill(ctx context.Context, p content.Post, raw []byte) error {
	n, err := t.exec(ctx, `
		UPDATE post SET author_id = $2, parent_id = $3, root_id = $4, depth = $5, kind = $6, type = $7, title = $8, html = $9, source = $10, link = $11,
			language = $12, url = $13, audience = $14, standing = $15, locked = $16, published_at = $17, updated_at = $18, deleted_at = $19, raw = $20,
			purged_at = 0
		WHERE id = $1 AND purged_at <> 0`,
		p.ID, p.Author, p.Parent, p.Root, p.Depth, p.Kind, p.Type, p.Title, p.HTML, p.Source, p.Link,
		p.Language, p.URL, p.Audience, p.Standing, p.Locked, micros(p.Published), micros(p.Updated), micros(p.Deleted), raw)
	if err == nil && n == 0 {
		err = ErrConflict
	}
	return err
}

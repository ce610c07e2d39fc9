package store

import (
	"context"
	"errors"
	"time"

	"moothall/actors"
	"moothall/content"
)

var (
	// postColumns counts the replies that everyone sees who may read the post.
	postColumns = postHead + `p.replies` + postTail
	// seenColumns counts those that the viewer sees.
	seenColumns = postHead + seenReplies + postTail

	postHead = `p.id, p.uri, p.group_id, p.author_id, p.parent_id, p.root_id, p.depth, p.kind, p.type,
	p.title, p.html, p.source, p.link, p.language, p.url, p.audience, p.standing, p.local,
	p.pinned, p.locked, p.locked_why, p.hidden_why, ` + answerOf + `, `
	postTail = `, p.useful, p.last_reply_at, p.published_at, p.updated_at, p.deleted_at`
)

// answerOf is the reply that is marked as the answer of post p: only while it can be
// read by everyone who may read the question.
var answerOf = `CASE WHEN p.answer_id <> 0 AND p.kind = 'question' THEN COALESCE((SELECT w.id FROM post w
	WHERE w.id = p.answer_id AND w.root_id = p.id AND w.deleted_at = 0 AND w.standing = 'accepted'
	AND ` + asWide("w.audience", "p.audience") + `), 0) ELSE 0 END AS answer_id`

func scanPost(s scanner) (p content.Post, err error) {
	err = s.Scan(postFields(&p)...)
	return p, err
}

func postFields(p *content.Post) []any {
	return []any{
		&p.ID, &p.URI, &p.Group, &p.Author, &p.Parent, &p.Root, &p.Depth, &p.Kind, &p.Type,
		&p.Title, &p.HTML, &p.Source, &p.Link, &p.Language, &p.URL, &p.Audience, &p.Standing, &p.Local,
		&p.Pinned, &p.Locked, &p.LockedWhy, &p.HiddenWhy, &p.Answer, &p.Replies, &p.Useful, timeOf{&p.LastReply}, timeOf{&p.Published}, timeOf{&p.Updated}, timeOf{&p.Deleted},
	}
}

// readable is the SQL twin of actors.Viewer.MayRead. It speaks of post p; $1 is
// the viewer, $2 whether the viewer is local. A post that its community has not
// taken is for its author alone.
const readable = ` ((p.standing = 'accepted' OR (p.author_id = CAST($1 AS BIGINT) AND $1 <> 0)) AND (
	p.audience = 'public'
	OR (p.audience = 'network' AND $1 <> 0)
	OR (p.author_id = $1 AND $1 <> 0 AND NOT EXISTS (SELECT 1 FROM membership m
		WHERE m.group_id = p.group_id AND m.actor_id = $1 AND m.standing = 'banned'))
	OR (p.audience IN ('members', 'organisation') AND $1 <> 0 AND (p.audience = 'members' OR $2)
		AND EXISTS (SELECT 1 FROM membership m
			WHERE m.group_id = p.group_id AND m.actor_id = $1 AND m.standing = 'joined')))) `

// AddPost stores a new post; raw is the document of a remote one. ErrConflict
// when its address is already stored: what is stored stays as it is, but for the bare row
// that a purge has left (FormerID).
func (t *Tx) AddPost(ctx context.Context, p content.Post, raw []byte) error {
	n, err := t.exec(ctx, `
		INSERT INTO post (id, uri, group_id, author_id, parent_id, root_id, depth, kind, type,
			title, html, source, link, language, url, audience, standing, local, locked,
			last_reply_at, published_at, updated_at, deleted_at, raw)
		VALUES (`+in(1, 24)+`) ON CONFLICT (id) DO NOTHING`,
		p.ID, p.URI, p.Group, p.Author, p.Parent, p.Root, p.Depth, p.Kind, p.Type,
		p.Title, p.HTML, p.Source, p.Link, p.Language, p.URL, p.Audience, p.Standing, p.Local, p.Locked,
		micros(p.Published), micros(p.Published), micros(p.Updated), micros(p.Deleted), raw)
	if err == nil && n == 0 {
		err = t.refill(ctx, p, raw)
	}
	if err == nil && !p.IsGone() {
		err = errors.Join(t.noteNaming(ctx, p), t.searchDue(ctx, p.ID))
	}
	if err != nil {
		return err
	}
	if p.Standing == content.Accepted && !p.IsGone() {
		return t.countIn(ctx, p, 1)
	}
	return nil
}

// countIn brings the numbers around a post up to date when it becomes part of
// its community (by 1) or ceases to be (by -1).
func (t *Tx) countIn(ctx context.Context, p content.Post, by int) error {
	if !p.IsComment() {
		return t.touchCommunity(ctx, p.Group, p.Audience, p.Published, by)
	}
	last := `CASE WHEN last_reply_at < $3 THEN $3 ELSE last_reply_at END`
	if by < 0 {
		// A reply that was taken out no longer keeps the discussion on top.
		last = `COALESCE((SELECT MAX(c.published_at) FROM post c WHERE c.root_id = $1 AND c.published_at <= $3
			AND (c.id = $1 OR (c.parent_id <> 0 AND c.deleted_at = 0 AND c.standing = 'accepted'
				AND ` + asWide("c.audience", "post.audience") + `))), published_at)`
		last = `CASE WHEN last_reply_at > $3 THEN last_reply_at ELSE ` + last + ` END`
	}
	n, err := t.exec(ctx, `
		UPDATE post SET replies = replies + $2, revision = revision + 1, last_reply_at = `+last+`
		WHERE id = $1 AND `+asWide("$4", "post.audience"),
		p.Root, by, micros(p.Published), p.Audience)
	if err != nil {
		return err
	}
	if n == 0 {
		return t.countAside(ctx, p, by)
	}
	return t.touchCommunity(ctx, p.Group, p.Audience, p.Published, 0)
}

// EditPost writes what an edit may change, for the post of this author only.
func (t *Tx) EditPost(ctx context.Context, p content.Post, raw []byte) error {
	if err := t.execOne(ctx, `
		UPDATE post SET title = $3, html = $4, source = $5, link = $6, language = $7, kind = $8, updated_at = $9, raw = $10
		WHERE id = $1 AND author_id = $2 AND deleted_at = 0`,
		p.ID, p.Author, p.Title, p.HTML, p.Source, p.Link, p.Language, p.Kind, micros(p.Updated), raw); err != nil {
		return err
	}
	if err := errors.Join(t.forgetNaming(ctx, p.ID), t.noteNaming(ctx, p), t.searchDue(ctx, p.ID)); err != nil {
		return err
	}
	return t.revise(ctx, p.ID)
}

// SetStanding says whether a post is part of its community. How p stood when the
// caller read it does not matter: the numbers follow what is stored.
func (t *Tx) SetStanding(ctx context.Context, p content.Post, s content.Standing) error {
	return t.setStanding(ctx, p, s, "")
}

func (t *Tx) setStanding(ctx context.Context, p content.Post, s content.Standing, why string) error {
	now, err := t.lockPost(ctx, p.ID)
	if err != nil || now.Standing == s {
		return err
	}
	if err := t.execOne(ctx, `UPDATE post SET standing = $2, hidden_why = $3 WHERE id = $1`, now.ID, s, why); err != nil {
		return err
	}
	switch {
	case now.IsGone():
		return nil
	case s == content.Accepted:
		return t.countIn(ctx, now, 1)
	case now.Standing == content.Accepted:
		return t.countIn(ctx, now, -1)
	}
	return nil
}

// lockPost reads a post that this transaction is about to change.
func (t *Tx) lockPost(ctx context.Context, id actors.ID) (content.Post, error) {
	return one(ctx, t, scanPost, `SELECT `+postColumns+` FROM post p WHERE p.id = $1`+t.dialect.lock, id)
}

// MarkPostGone makes a post a tombstone: its words are erased, its address
// stays. ErrNotFound when it is one already.
func (t *Tx) MarkPostGone(ctx context.Context, p content.Post, at time.Time) error {
	now, err := t.lockPost(ctx, p.ID)
	if err != nil {
		return err
	}
	err = t.execOne(ctx, `
		UPDATE post SET deleted_at = $2, title = '', html = '', source = '', link = '', raw = NULL
		WHERE id = $1 AND deleted_at = 0`, now.ID, micros(at))
	if err == nil {
		err = errors.Join(t.forgetNaming(ctx, now.ID), t.searchDue(ctx, now.ID))
	}
	if err != nil {
		return err
	}
	if now.Standing == content.Accepted {
		return t.countIn(ctx, now, -1)
	}
	return nil
}

// PinPost puts a discussion at the top of its community, or takes it from there.
func (t *Tx) PinPost(ctx context.Context, id actors.ID, pinned bool) error {
	return t.execOne(ctx, `UPDATE post SET pinned = $2 WHERE id = $1`, id, pinned)
}

// MarkAnswer says which reply answers a question; 0 for none.
func (t *Tx) MarkAnswer(ctx context.Context, question, answer actors.ID) error {
	return t.execOne(ctx, `UPDATE post SET answer_id = $2 WHERE id = $1 AND parent_id = 0`, question, answer)
}

// CountPinned says how many discussions of a community are pinned.
func (t *Tx) CountPinned(ctx context.Context, group actors.ID) (int, error) {
	return one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM post p
		WHERE p.group_id = $1 AND p.parent_id = 0 AND p.pinned AND p.deleted_at = 0 AND p.standing = 'accepted'`, group)
}

// PostForRules reads a post whoever asks. It is for deciding what an activity
// may do, never for showing.
func (t *Tx) PostForRules(ctx context.Context, id actors.ID) (content.Post, error) {
	return one(ctx, t, scanPost, `SELECT `+postColumns+` FROM post p WHERE p.id = $1`, id)
}

// PostByURI is PostForRules by address. What a purge took away is not found.
func (t *Tx) PostByURI(ctx context.Context, uri actors.URI) (content.Post, error) {
	return one(ctx, t, scanPost, `SELECT `+postColumns+` FROM post p WHERE p.uri = $1 AND p.purged_at = 0`, uri)
}

// Post reads a post if the viewer may read it; ErrNotFound otherwise.
func (t *Tx) Post(ctx context.Context, v actors.Viewer, id actors.ID) (content.Post, error) {
	return one(ctx, t, scanPost, `SELECT `+seenColumns+` FROM post p WHERE `+readable+` AND p.id = $3`,
		v.Actor, v.Local, id)
}

// PostRaw is the document that a remote post was last read from.
func (t *Tx) PostRaw(ctx context.Context, id actors.ID) ([]byte, error) {
	return one(ctx, t, scanValue[[]byte], `SELECT raw FROM post WHERE id = $1`, id)
}

// Discussions lists what the viewer may read of a community: pinned ones first,
// then those answered last.
func (t *Tx) Discussions(ctx context.Context, v actors.Viewer, group actors.ID, p Page) ([]content.Post, error) {
	return collect(ctx, t, scanPost, `
		SELECT `+seenColumns+` FROM post p
		WHERE `+readable+` AND p.group_id = $3 AND p.parent_id = 0 AND p.deleted_at = 0
		ORDER BY p.pinned DESC, p.last_reply_at DESC, p.id DESC LIMIT $4 OFFSET $5`,
		v.Actor, v.Local, group, p.limit(), p.offset())
}

// Featured lists the pinned discussions of a community.
func (t *Tx) Featured(ctx context.Context, v actors.Viewer, group actors.ID) ([]content.Post, error) {
	return collect(ctx, t, scanPost, `
		SELECT `+seenColumns+` FROM post p
		WHERE `+readable+` AND p.group_id = $3 AND p.parent_id = 0 AND p.deleted_at = 0 AND p.pinned
		ORDER BY p.last_reply_at DESC, p.id DESC LIMIT $4`, v.Actor, v.Local, group, largestPage)
}

// MaxThread bounds how much of one discussion is read at once.
const MaxThread = 2000

// Thread reads a discussion as far as the viewer may read it: the start, then
// the comments, oldest first. Tombstones stay, so that replies keep their place.
// Whoever may not read the start reads nothing.
func (t *Tx) Thread(ctx context.Context, v actors.Viewer, root actors.ID) ([]content.Post, error) {
	start, err := t.Post(ctx, v, root)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	comments, err := collect(ctx, t, scanPost, `
		SELECT `+postColumns+` FROM post p
		WHERE `+readable+` AND p.root_id = $3 AND p.parent_id <> 0
		ORDER BY p.published_at, p.id LIMIT $4`,
		v.Actor, v.Local, root, MaxThread-1)
	return append([]content.Post{start}, comments...), err
}

// ThreadForRules reads a discussion whoever asks, in the order of Thread. It is
// for viewers whose right no query knows: the caller asks actors.Viewer.MayRead
// about each post.
func (t *Tx) ThreadForRules(ctx context.Context, root actors.ID) ([]content.Post, error) {
	return collect(ctx, t, scanPost, `
		SELECT `+postColumns+` FROM post p WHERE p.root_id = $1
		ORDER BY CASE WHEN p.parent_id = 0 THEN 0 ELSE 1 END, p.published_at, p.id LIMIT $2`, root, MaxThread)
}

// Replies lists the direct answers to a post that the viewer may read.
func (t *Tx) Replies(ctx context.Context, v actors.Viewer, parent content.Post, p Page) ([]content.Post, error) {
	return collect(ctx, t, scanPost, `
		SELECT `+postColumns+` FROM post p
		WHERE `+readable+` AND p.root_id = $3 AND p.parent_id = $4 AND p.deleted_at = 0
		ORDER BY p.published_at, p.id LIMIT $5 OFFSET $6`,
		v.Actor, v.Local, parent.Root, parent.ID, p.limit(), p.offset())
}

// PostsBy lists what a person wrote and the viewer may read, newest first.
func (t *Tx) PostsBy(ctx context.Context, v actors.Viewer, author actors.ID, p Page) ([]content.Post, error) {
	return collect(ctx, t, scanPost, `
		SELECT `+seenColumns+` FROM post p
		WHERE `+readable+` AND p.author_id = $3 AND p.deleted_at = 0
		ORDER BY p.published_at DESC, p.id DESC LIMIT $4 OFFSET $5`,
		v.Actor, v.Local, author, p.limit(), p.offset())
}

// CountLocalPosts counts public posts written here (NodeInfo).
func (t *Tx) CountLocalPosts(ctx context.Context) (int, error) {
	return one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM post p
		WHERE p.local AND p.deleted_at = 0 AND p.audience = 'public' AND p.standing = 'accepted'`)
}

// MissingURIs says which of these posts are not stored here.
func (t *Tx) MissingURIs(ctx context.Context, uris []actors.URI) ([]actors.URI, error) {
	have := map[actors.URI]bool{}
	err := eachChunk(uris, func(args []any) error {
		list, err := collect(ctx, t, scanValue[actors.URI],
			`SELECT uri FROM post WHERE purged_at = 0 AND uri IN (`+in(1, len(args))+`)`, args...)
		for _, u := range list {
			have[u] = true
		}
		return err
	})
	var missing []actors.URI
	for _, u := range uris {
		if !have[u] {
			missing = append(missing, u)
		}
	}
	return missing, err
}

// PostsOf reads posts of an author that are not withdrawn, whoever asks. It is
// for withdrawing them, never for showing.
func (t *Tx) PostsOf(ctx context.Context, author actors.ID, n int) ([]content.Post, error) {
	return collect(ctx, t, scanPost, `
		SELECT `+postColumns+` FROM post p
		WHERE p.author_id = $1 AND p.deleted_at = 0 ORDER BY p.published_at LIMIT $2`, author, n)
}

// AcceptedBy reads what an author has in a community, whoever asks. It is for
// taking it out, never for showing.
func (t *Tx) AcceptedBy(ctx context.Context, group, author actors.ID, n int) ([]content.Post, error) {
	return collect(ctx, t, scanPost, `
		SELECT `+postColumns+` FROM post p
		WHERE p.author_id = $2 AND p.group_id = $1 AND p.standing = 'accepted' AND p.deleted_at = 0
		ORDER BY p.published_at, p.id LIMIT $3`, group, author, n)
}

// HiddenBy reads what is hidden of an author in a community, newest first. It is for
// the community's facilitators, who can bring it back.
func (t *Tx) HiddenBy(ctx context.Context, group, author actors.ID, n int) ([]content.Post, error) {
	return collect(ctx, t, scanPost, `
		SELECT `+postColumns+` FROM post p
		WHERE p.author_id = $2 AND p.group_id = $1 AND p.standing = 'hidden' AND p.deleted_at = 0
		ORDER BY p.published_at DESC, p.id DESC LIMIT $3`, group, author, n)
}

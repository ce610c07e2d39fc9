package store

import (
	"context"
	"strings"
	"time"

	"moothall/actors"
)

const communityColumns = `c.audience, c.joining, c.posting, c.thread_type, c.language, c.epoch,
	c.history, c.history_note, c.head_seq, c.complete_to, c.last_post_at, c.members, c.discussions`

var communityActor = "a." + strings.ReplaceAll(strings.ReplaceAll(actorColumns, "\n\t", " "), ", ", ", a.")

func scanCommunity(s scanner) (c actors.Community, err error) {
	err = s.Scan(append(actorFields(&c.Actor),
		&c.Audience, &c.Joining, &c.Posting, &c.ThreadType, &c.Language, &c.Epoch,
		&c.History, &c.HistoryNote, &c.HeadSeq, &c.CompleteTo, timeOf{&c.LastPost}, &c.MemberCount, &c.DiscussionCnt)...)
	return c, err
}

// AddCommunity stores the settings of a Group actor that is already stored.
func (t *Tx) AddCommunity(ctx context.Context, c actors.Community) error {
	_, err := t.exec(ctx, `
		INSERT INTO community (actor_id, audience, joining, posting, thread_type, language, history, history_note)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.ID, c.Audience, c.Joining, c.Posting, c.ThreadType, c.Language, c.History, c.HistoryNote)
	return err
}

// SaveCommunity writes the settings that people change.
func (t *Tx) SaveCommunity(ctx context.Context, c actors.Community) error {
	return t.execOne(ctx, `
		UPDATE community SET audience = $2, joining = $3, posting = $4, thread_type = $5, language = $6
		WHERE actor_id = $1`, c.ID, c.Audience, c.Joining, c.Posting, c.ThreadType, c.Language)
}

// SetHistory says how much of a community's past is here.
func (t *Tx) SetHistory(ctx context.Context, group actors.ID, h actors.History, note string) error {
	return t.execOne(ctx, `UPDATE community SET history = $2, history_note = $3 WHERE actor_id = $1`, group, h, note)
}

const fromCommunity = ` FROM community c JOIN actor a ON a.id = c.actor_id `

// Community reads a community by its row.
func (t *Tx) Community(ctx context.Context, id actors.ID) (actors.Community, error) {
	return one(ctx, t, scanCommunity,
		`SELECT `+communityActor+`, `+communityColumns+fromCommunity+`WHERE c.actor_id = $1`, id)
}

// CommunityByURI reads a community by its address.
func (t *Tx) CommunityByURI(ctx context.Context, uri actors.URI) (actors.Community, error) {
	return one(ctx, t, scanCommunity,
		`SELECT `+communityActor+`, `+communityColumns+fromCommunity+`WHERE a.uri = $1`, uri)
}

// listed keeps communities that a viewer may see in lists: the readable rule
// for a community as such. $1 is the viewer, $2 whether the viewer is local.
const listed = ` a.deleted_at = 0 AND (
	(a.discoverable AND (c.audience = 'public'
		OR (c.audience IN ('network', 'members') AND CAST($1 AS BIGINT) <> 0)
		OR (c.audience = 'organisation' AND CAST($1 AS BIGINT) <> 0 AND $2)))
	OR EXISTS (SELECT 1 FROM membership m WHERE m.group_id = c.actor_id AND m.actor_id = $1
		AND m.standing IN ('joined', 'asked'))) `

// CommunityFilter narrows a list of communities.
type CommunityFilter struct {
	Words string // part of the name or title
	Local bool   // only communities that live on this node
	Mine  bool   // only communities that the viewer has joined
}

// Communities lists the communities that the viewer may see, busiest first.
func (t *Tx) Communities(ctx context.Context, v actors.Viewer, f CommunityFilter, p Page) ([]actors.Community, error) {
	return collect(ctx, t, scanCommunity, `
		SELECT `+communityActor+`, `+communityColumns+fromCommunity+`
		WHERE `+listed+` AND `+communityFilter+`
		ORDER BY c.last_post_at DESC, a.id DESC LIMIT $6 OFFSET $7`,
		v.Actor, v.Local, pattern(f.Words), f.Local, f.Mine, p.limit(), p.offset())
}

// CountCommunities says how many Communities would list in all.
func (t *Tx) CountCommunities(ctx context.Context, v actors.Viewer, f CommunityFilter) (int, error) {
	return one(ctx, t, scanValue[int], `SELECT COUNT(*)`+fromCommunity+`WHERE `+listed+` AND `+communityFilter,
		v.Actor, v.Local, pattern(f.Words), f.Local, f.Mine)
}

const communityFilter = ` ($3 = '' OR a.name_folded LIKE $3 ESCAPE '!' OR LOWER(a.title) LIKE $3 ESCAPE '!')
	AND (NOT $4 OR a.local)
	AND (NOT $5 OR EXISTS (SELECT 1 FROM membership m WHERE m.group_id = c.actor_id AND m.actor_id = $1
		AND m.standing = 'joined')) `

// pattern makes a LIKE pattern that finds words as they are typed.
func pattern(words string) string {
	words = strings.TrimSpace(strings.ToLower(words))
	if words == "" {
		return ""
	}
	return "%" + strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(words) + "%"
}

// touchCommunity notes a post that has been accepted.
func (t *Tx) touchCommunity(ctx context.Context, group actors.ID, at time.Time, discussions int) error {
	_, err := t.exec(ctx, `
		UPDATE community SET discussions = discussions + $3,
			last_post_at = CASE WHEN last_post_at < $2 THEN $2 ELSE last_post_at END
		WHERE actor_id = $1`, group, micros(at), discussions)
	return err
}

package store

import (
	"context"
	"strings"
	"time"

	"moothall/actors"
)

const communityColumns = `c.audience, c.joining, c.posting, c.thread_type, c.language, c.epoch,
	c.history, c.history_note, c.head_seq, c.complete_to, c.last_post_at, c.members,
	c.discussions_public + c.discussions_network + c.discussions_members + c.discussions_organisation, c.member_token`

var communityActor = "a." + strings.ReplaceAll(strings.ReplaceAll(actorColumns, "\n\t", " "), ", ", ", a.")

func scanCommunity(s scanner) (c actors.Community, err error) {
	err = s.Scan(communityFields(&c)...)
	return c, err
}

func communityFields(c *actors.Community) []any {
	return append(actorFields(&c.Actor), communitySettings(c)...)
}

func communitySettings(c *actors.Community) []any {
	return []any{
		&c.Audience, &c.Joining, &c.Posting, &c.ThreadType, &c.Language, &c.Epoch,
		&c.History, &c.HistoryNote, &c.HeadSeq, &c.CompleteTo, timeOf{&c.LastPost}, &c.MemberCount, &c.DiscussionCnt, &c.MemberToken,
	}
}

func scanSeenCommunity(s scanner) (c actors.Community, err error) {
	err = s.Scan(append(communityFields(&c), &c.DiscussionCnt)...)
	return c, err
}

// AddCommunity stores the settings of a Group actor that is already stored.
func (t *Tx) AddCommunity(ctx context.Context, c actors.Community) error {
	_, err := t.exec(ctx, `
		INSERT INTO community (actor_id, audience, joining, posting, thread_type, language, history, history_note, member_token)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		c.ID, c.Audience, c.Joining, c.Posting, c.ThreadType, c.Language, c.History, c.HistoryNote, c.MemberToken)
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

// Community reads a community by its row. DiscussionCnt counts them all,
// whoever asks: what a viewer may be told is CountDiscussions.
func (t *Tx) Community(ctx context.Context, id actors.ID) (actors.Community, error) {
	return one(ctx, t, scanCommunity,
		`SELECT `+communityActor+`, `+communityColumns+fromCommunity+`WHERE c.actor_id = $1`, id)
}

// CommunityByURI reads a community by its address.
func (t *Tx) CommunityByURI(ctx context.Context, uri actors.URI) (actors.Community, error) {
	a, known := t.shelf.get(uri)
	if !known {
		c, err := one(ctx, t, scanCommunity,
			`SELECT `+communityActor+`, `+communityColumns+fromCommunity+`WHERE a.uri = $1`, uri)
		if err == nil {
			t.shelf.put(c.Actor)
		}
		return c, err
	}
	return one(ctx, t, func(s scanner) (actors.Community, error) {
		c := actors.Community{Actor: a}
		err := s.Scan(communitySettings(&c)...)
		return c, err
	}, `SELECT `+communityColumns+` FROM community c WHERE c.actor_id = $1`, a.ID)
}

// seen is how many of a community's discussions a viewer may read.
const seen = ` c.discussions_public
	+ CASE WHEN CAST($1 AS BIGINT) <> 0 THEN c.discussions_network ELSE 0 END
	+ CASE WHEN EXISTS (SELECT 1 FROM membership m
			WHERE m.group_id = c.actor_id AND m.actor_id = $1 AND m.standing = 'joined')
		THEN c.discussions_members + CASE WHEN $2 THEN c.discussions_organisation ELSE 0 END ELSE 0 END `

// CountDiscussions says how many discussions of a community the viewer may
// read, from a count that is kept. Their own that the community has not taken
// yet are not in it.
func (t *Tx) CountDiscussions(ctx context.Context, v actors.Viewer, group actors.ID) (int, error) {
	return one(ctx, t, scanValue[int], `SELECT`+seen+`FROM community c WHERE c.actor_id = $3`, v.Actor, v.Local, group)
}

// listed keeps communities that a viewer may see in lists: the readable rule
// for a community as such. $1 is the viewer, $2 whether the viewer is local.
const listed = ` a.deleted_at = 0 AND (
	(a.discoverable AND (c.audience = 'public'
		OR (c.audience IN ('network', 'members') AND CAST($1 AS BIGINT) <> 0)
		OR (c.audience = 'organisation' AND CAST($1 AS BIGINT) <> 0 AND $2)))
	OR EXISTS (SELECT 1 FROM membership m WHERE m.group_id = c.actor_id AND m.actor_id = $1
		AND m.standing IN ('joined', 'asked', 'invited'))) `

// CommunityFilter narrows a list of communities.
type CommunityFilter struct {
	Words string // part of the name or title
	Local bool   // only communities that live on this node
	Mine  bool   // only communities that the viewer has joined
}

// Communities lists the communities that the viewer may see, the one that moved
// last first. DiscussionCnt counts what the viewer may read.
func (t *Tx) Communities(ctx context.Context, v actors.Viewer, f CommunityFilter, p Page) ([]actors.Community, error) {
	return collect(ctx, t, scanSeenCommunity, `
		SELECT `+communityActor+`, `+communityColumns+`, `+seen+fromCommunity+`
		WHERE `+listed+` AND `+communityFilter+`
		ORDER BY c.last_post_at DESC, c.actor_id DESC LIMIT $6 OFFSET $7`,
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

// touchCommunity notes a post that became part of the community, or ceased to
// be; discussions is by how many its discussions with this audience change.
func (t *Tx) touchCommunity(ctx context.Context, group actors.ID, a actors.Audience, at time.Time, discussions int) error {
	_, err := t.exec(ctx, `
		UPDATE community SET
			discussions_public = discussions_public + CASE WHEN $4 = 'public' THEN CAST($3 AS BIGINT) ELSE 0 END,
			discussions_network = discussions_network + CASE WHEN $4 = 'network' THEN CAST($3 AS BIGINT) ELSE 0 END,
			discussions_members = discussions_members + CASE WHEN $4 = 'members' THEN CAST($3 AS BIGINT) ELSE 0 END,
			discussions_organisation = discussions_organisation + CASE WHEN $4 = 'organisation' THEN CAST($3 AS BIGINT) ELSE 0 END,
			last_post_at = CASE WHEN last_post_at < $2 THEN $2 ELSE last_post_at END
		WHERE actor_id = $1`, group, micros(at), discussions, a)
	return err
}

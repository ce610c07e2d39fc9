package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"moothall/actors"
	"moothall/content"
)

// Latest lists discussions that moved last: those of communities that the
// viewer has joined, or, for the anonymous public, of all public ones here.
func (t *Tx) Latest(ctx context.Context, v actors.Viewer, p Page) ([]content.Post, error) {
	if v.Actor == 0 {
		return collect(ctx, t, scanPost, `
			SELECT `+postColumns+` FROM post p
			WHERE p.parent_id = 0 AND p.deleted_at = 0 AND p.audience = 'public' AND p.standing = 'accepted'
			ORDER BY p.last_reply_at DESC, p.id DESC LIMIT $1 OFFSET $2`, p.limit(), p.offset())
	}
	groups, err := t.joinedGroups(ctx, v.Actor)
	if err != nil {
		return nil, err
	}
	// The communities come busiest first, and nothing in one moved later than the
	// community itself: once the page is full of later things, the rest is not read.
	var found []content.Post
	most := p.offset() + p.limit()
	for _, g := range groups {
		if len(found) == most && (most == 0 || g.last.Before(found[most-1].LastReply)) {
			break
		}
		list, err := t.latestOf(ctx, v, g.id, most)
		if err != nil {
			return nil, err
		}
		found = append(found, list...)
		slices.SortFunc(found, func(a, b content.Post) int {
			return cmp.Or(b.LastReply.Compare(a.LastReply), cmp.Compare(b.ID, a.ID))
		})
		found = found[:min(most, len(found))]
	}
	return found[min(p.offset(), len(found)):], nil
}

// latestOf lists the discussions of one community that moved last. The index
// has pinned ones apart from the others.
func (t *Tx) latestOf(ctx context.Context, v actors.Viewer, group actors.ID, n int) ([]content.Post, error) {
	part := func(pinned string) string {
		return `SELECT ` + postColumns + ` FROM (SELECT ` + seenColumns + ` FROM post p
			WHERE ` + readable + ` AND p.group_id = $3 AND p.parent_id = 0 AND p.deleted_at = 0 AND p.pinned = ` + pinned + `
			ORDER BY p.last_reply_at DESC, p.id DESC LIMIT $4) AS p`
	}
	return collect(ctx, t, scanPost, part("TRUE")+` UNION ALL `+part("FALSE"), v.Actor, v.Local, group, n)
}

// maxJoined bounds how many communities one person's lists are made from.
const maxJoined = 1000

type joinedGroup struct {
	id    actors.ID
	since time.Time // when the person joined
	last  time.Time // when anything moved
}

// joinedGroups lists what a person has joined, the one that moved last first.
func (t *Tx) joinedGroups(ctx context.Context, actor actors.ID) ([]joinedGroup, error) {
	return collect(ctx, t, func(s scanner) (g joinedGroup, err error) {
		err = s.Scan(&g.id, timeOf{&g.since}, timeOf{&g.last})
		return g, err
	}, `SELECT m.group_id, m.since_at, c.last_post_at
		FROM membership m JOIN community c ON c.actor_id = m.group_id
		WHERE m.actor_id = $1 AND m.standing = 'joined'
		ORDER BY c.last_post_at DESC, m.group_id LIMIT $2`, actor, maxJoined)
}

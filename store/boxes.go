package store

import (
	"context"
	"slices"

	"moothall/actors"
)

// Outbox lists all that a local person did, newest first, for the person itself.
func (t *Tx) Outbox(ctx context.Context, actor actors.URI, p Page) ([]actors.Activity, error) {
	return collect(ctx, t, scanActivity, `
		SELECT `+activityColumns+` FROM activity a
		WHERE a.direction = 'out' AND a.type <> 'Announce' AND a.actor = $1 ORDER BY a.id DESC LIMIT $2 OFFSET $3`,
		actor, p.limit(), p.offset())
}

// MostCounted is where counts of long lists stop.
const MostCounted = 10000

// CountOutbox says how much a local person did, counting to MostCounted.
func (t *Tx) CountOutbox(ctx context.Context, actor actors.URI) (int, error) {
	return one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM (SELECT 1 FROM activity a
			WHERE a.direction = 'out' AND a.type <> 'Announce' AND a.actor = $1 LIMIT $2) AS x`, actor, MostCounted)
}

// Address notes that an activity names a local person.
func (t *Tx) Address(ctx context.Context, actor, activity actors.ID) error {
	_, err := t.exec(ctx, `
		INSERT INTO addressed (actor_id, activity_id) VALUES ($1, $2)
		ON CONFLICT (actor_id, activity_id) DO NOTHING`, actor, activity)
	return err
}

// deepestInbox is how far back an inbox is read.
const deepestInbox = 1000

// Inbox lists what has come for a local person, newest first: what names them,
// and what the communities they belong to passed on since they joined. Words that
// they may no longer read, because they were removed from where they were said,
// are left out. It goes back a thousand activities.
func (t *Tx) Inbox(ctx context.Context, actor actors.ID, p Page) ([]actors.Activity, error) {
	ids, err := t.inbox(ctx, actor, min(p.offset()+p.limit(), deepestInbox))
	if err != nil {
		return nil, err
	}
	return t.activitiesByID(ctx, ids[min(p.offset(), len(ids)):])
}

// CountInbox says how much Inbox would list in all.
func (t *Tx) CountInbox(ctx context.Context, actor actors.ID) (int, error) {
	ids, err := t.inbox(ctx, actor, deepestInbox)
	return len(ids), err
}

// inbox is the ids of the newest activities of an inbox.
func (t *Tx) inbox(ctx context.Context, actor actors.ID, most int) ([]actors.ID, error) {
	ids, err := collect(ctx, t, scanValue[actors.ID], `
		SELECT d.activity_id FROM addressed d JOIN activity a ON a.id = d.activity_id LEFT JOIN post p ON p.uri = a.object
		WHERE d.actor_id = $1 AND a.state = 'applied'
			AND (p.id IS NULL OR a.type NOT IN ('Create', 'Update', 'Announce') OR `+readable+`)
		ORDER BY d.activity_id DESC LIMIT $3`, actor, true, most)
	if err != nil {
		return nil, err
	}
	groups, err := t.joinedGroups(ctx, actor)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		list, err := collect(ctx, t, scanValue[actors.ID], `
			SELECT a.id FROM activity a
			WHERE a.type = 'Announce' AND a.state = 'applied' AND a.group_id = $1 AND a.at >= $2
			ORDER BY a.id DESC LIMIT $3`, g.id, micros(g.since), most)
		if err != nil {
			return nil, err
		}
		ids = newest(append(ids, list...), most)
	}
	return newest(ids, most), nil
}

// newest keeps the n largest ids, largest first, each once.
func newest(ids []actors.ID, n int) []actors.ID {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	slices.Reverse(ids)
	return ids[:min(n, len(ids))]
}

// activitiesByID reads activities in the order of ids, which is newest first.
func (t *Tx) activitiesByID(ctx context.Context, ids []actors.ID) ([]actors.Activity, error) {
	var out []actors.Activity
	err := eachChunk(ids, func(args []any) error {
		list, err := collect(ctx, t, scanActivity, `
			SELECT `+activityColumns+` FROM activity a
			WHERE a.id IN (`+in(1, len(args))+`) ORDER BY a.id DESC`, args...)
		out = append(out, list...)
		return err
	})
	return out, err
}

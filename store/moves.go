package store

import (
	"context"
	"time"

	"moothall/actors"
)

// MarkMoved notes that an actor has moved to another address.
func (t *Tx) MarkMoved(ctx context.Context, id actors.ID, to actors.URI, at time.Time) error {
	return t.execOne(ctx, `UPDATE actor SET moved_to = $2, moved_at = $3 WHERE id = $1`, id, to, micros(at))
}

// SetAliases writes the earlier addresses of a local actor.
func (t *Tx) SetAliases(ctx context.Context, id actors.ID, a actors.Aliases) error {
	return t.execOne(ctx, `UPDATE actor SET also_known_as = $2 WHERE id = $1 AND local`, id, a)
}

// LocalFollowers lists the memberships of local people in a group: those who
// belong to it and those who have asked, but for those whose account is stopped.
func (t *Tx) LocalFollowers(ctx context.Context, group actors.ID) ([]actors.Membership, error) {
	return collect(ctx, t, scanMembership, `
		SELECT `+membershipColumns+`
		FROM membership m JOIN actor a ON a.id = m.actor_id
		WHERE m.group_id = $1 AND m.standing IN ('joined', 'asked') AND a.local AND a.deleted_at = 0
			AND NOT EXISTS (SELECT 1 FROM account ac WHERE ac.actor_id = a.id AND ac.disabled_at <> 0)
		ORDER BY m.actor_id`, group)
}

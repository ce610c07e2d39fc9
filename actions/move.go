package actions

import (
	"context"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/store"
)

// Moved notes that an actor elsewhere has moved, once both ends were seen to say so.
// People here who belong to a community that moved follow it; a person's own
// memberships are theirs to ask for anew (docs/decisions/0023).
func (a *Actions) Moved(ctx context.Context, tx *store.Tx, old, next actors.Actor) error {
	if err := tx.MarkMoved(ctx, old.ID, next.URI, a.Now()); err != nil {
		return fmt.Errorf("note a move: %w", err)
	}
	if old.Kind != actors.Group {
		return nil
	}
	if !next.Local {
		// It stays where it is now for as long as one that has moved: of a chain of
		// addresses people would be led along all at once (security.md S72).
		if err := tx.MarkMoved(ctx, next.ID, "", a.Now()); err != nil {
			return fmt.Errorf("note a move: %w", err)
		}
	}
	from, err := tx.Community(ctx, old.ID)
	if err != nil {
		return err
	}
	to, err := tx.Community(ctx, next.ID)
	if err != nil {
		return err
	}
	return a.followThere(ctx, tx, from, to)
}

// followThere brings the local members of a community that has moved to its new
// address: each asks there first, and leaves here then. Whoever is kept out there
// stays. A closed community is not left, since its past is for members; nor is one
// of this node, which is their signpost.
func (a *Actions) followThere(ctx context.Context, tx *store.Tx, from, to actors.Community) error {
	list, err := tx.LocalFollowers(ctx, from.ID)
	if err != nil {
		return fmt.Errorf("follow a move: %w", err)
	}
	for _, m := range list {
		who, err := tx.Actor(ctx, m.Actor)
		if err != nil {
			return err
		}
		_, err = a.Join(ctx, tx, who, to)
		if errors.Is(err, actors.ErrForbidden) {
			continue
		}
		if err != nil {
			return fmt.Errorf("follow a move: %w", err)
		}
		if !from.Local && from.Audience == actors.AudiencePublic {
			if _, err := a.Leave(ctx, tx, who, from); err != nil {
				return fmt.Errorf("follow a move: %w", err)
			}
		}
		if err := a.tellAnswered(ctx, tx, who, to, NoticeMoved, from.ID); err != nil {
			return err
		}
	}
	return nil
}

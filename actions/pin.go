package actions

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// MostPinned is how many discussions of a community are pinned at once
// (users.md 4.1): more would push down what is new.
const MostPinned = 3

// Pin puts a discussion at the top of its community, or takes it from there, in
// the name of a facilitator.
func (a *Actions) Pin(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, on bool) (actors.Activity, error) {
	group, err := tx.Community(ctx, p.Group)
	if err != nil {
		return actors.Activity{}, err
	}
	kind, write := "Add", ap.WriteAdd
	if !on {
		kind, write = "Remove", ap.WriteRemove
	}
	act := a.ofCommunity(kind, by, group, p.URI)
	if act.Body, err = write(within(act, by, group, p.Audience), p.URI, group.Featured); err != nil {
		return act, err
	}
	if err := a.recordProved(ctx, tx, by, group, p.Audience, &act); err != nil {
		return act, err
	}
	return act, a.TakePin(ctx, tx, by, group, p, on, act)
}

// TakePin pins or unpins a discussion if the one who acts may do so.
func (a *Actions) TakePin(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, on bool, act actors.Activity) error {
	if _, err := a.facilitator(ctx, tx, by, group); err != nil {
		return err
	}
	if err := pinnable(group, p); err != nil {
		return err
	}
	if !group.Local {
		return a.send(ctx, tx, act, by, to(group.Actor)...)
	}
	if p.Pinned == on {
		return nil
	}
	what := DidUnpin
	if on {
		what = DidPin
		if err := a.roomToPin(ctx, tx, group); err != nil {
			return err
		}
	}
	if err := tx.PinPost(ctx, p.ID, on); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := a.note(ctx, tx, by.ID, group, what, string(p.URI), ""); err != nil {
		return err
	}
	return a.announce(ctx, tx, group, act.Body, p.Audience, p.URI)
}

func pinnable(group actors.Community, p content.Post) error {
	switch {
	case p.Group != group.ID:
		return refuse("other_community", "It belongs to another community.")
	case p.IsComment():
		return refuse("not_a_discussion", "Only discussions can be pinned, not replies.")
	case p.IsGone() || p.Standing != content.Accepted:
		return refuse("gone", "This is not part of the community any more.")
	}
	return nil
}

func (a *Actions) roomToPin(ctx context.Context, tx *store.Tx, group actors.Community) error {
	n, err := tx.CountPinned(ctx, group.ID)
	if err == nil && n >= MostPinned {
		err = refuse("too_many_pinned", "3 discussions are pinned already. Unpin one of them first.")
	}
	return err
}

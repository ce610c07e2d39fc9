package actions

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// Welcome puts somebody, here or elsewhere, on the list of those whom a community
// lets in as soon as they ask. A local person is told; one elsewhere is not told
// by this node.
func (a *Actions) Welcome(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, who actors.Actor) error {
	if err := a.mayInvite(ctx, tx, by, group, who); err != nil {
		return err
	}
	m, err := a.membership(ctx, tx, group.ID, who.ID)
	if err != nil {
		return err
	}
	switch m.Standing {
	case actors.Asked:
		return a.Decide(ctx, tx, by, group, who, true)
	case actors.Joined:
		return content.Problems{"address": who.DisplayName() + " is a member already"}
	case actors.Invited:
		return content.Problems{"address": who.DisplayName() + " is invited already"}
	case actors.Banned:
		return content.Problems{"address": who.DisplayName() + " has been removed from this community. Lift that first"}
	}
	m = actors.Membership{Group: group.ID, Actor: who.ID, Role: actors.Member, Standing: actors.Invited, Since: a.Now()}
	if err := tx.SetMembership(ctx, m); err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	if err := a.audit(ctx, tx, by.ID, "invite to community", who.Handle(), group.Handle()); err != nil {
		return err
	}
	return a.tell(ctx, tx, who, group, NoticeInvited, by.ID)
}

func (a *Actions) mayInvite(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, who actors.Actor) error {
	if _, err := a.facilitator(ctx, tx, by, group); err != nil {
		return err
	}
	switch {
	case !group.Local:
		return refuse("not_here", "People are invited at the community’s own site.")
	case who.Kind != actors.Person || who.IsGone():
		return content.Problems{"address": "That address does not belong to a person"}
	case !who.Local && !group.Audience.Federates():
		return content.Problems{"address": "Only people with an account on this site can join this community"}
	}
	return nil
}

// Unwelcome takes an invitation to a community back.
func (a *Actions) Unwelcome(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, who actors.Actor) error {
	if _, err := a.facilitator(ctx, tx, by, group); err != nil {
		return err
	}
	m, err := a.membership(ctx, tx, group.ID, who.ID)
	if err != nil || m.Standing != actors.Invited {
		return err
	}
	m.Standing, m.Since = actors.Left, a.Now()
	if err := tx.SetMembership(ctx, m); err != nil {
		return fmt.Errorf("take an invitation back: %w", err)
	}
	return a.audit(ctx, tx, by.ID, "uninvite from community", who.Handle(), group.Handle())
}

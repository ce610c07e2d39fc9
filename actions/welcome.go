package actions

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// Welcome asks somebody, here or elsewhere, into a community: they are let in as soon
// as they ask. Who has asked already is let in at once.
func (a *Actions) Welcome(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, who actors.Actor) error {
	if err := a.mayBid(ctx, tx, by, group); err != nil {
		return err
	}
	if err := mayBeAsked(group, who); err != nil {
		return err
	}
	m, err := a.membership(ctx, tx, group.ID, who.ID)
	if err != nil {
		return err
	}
	switch m.Standing {
	case actors.Asked:
		return a.Decide(ctx, tx, by, group, who, true, "")
	case actors.Joined:
		return content.Problems{"address": who.DisplayName() + " is a member already"}
	case actors.Invited:
		asked, err := a.isAsked(ctx, tx, m)
		if err != nil {
			return err
		}
		if asked {
			return content.Problems{"address": who.DisplayName() + " is invited already"}
		}
		b, err := tx.BidFor(ctx, group.ID, who.ID)
		if err != nil {
			return err
		}
		return a.AskAgain(ctx, tx, by, group, b)
	case actors.Banned:
		return content.Problems{"address": who.DisplayName() + " has been removed from this community. Lift that first"}
	}
	if err := a.audit(ctx, tx, by.ID, "invite to community", who.Handle(), group.Handle()); err != nil {
		return err
	}
	return a.inviteActor(ctx, tx, group, who, by.ID)
}

// mayBeAsked says whether somebody can belong to a community at all.
func mayBeAsked(group actors.Community, who actors.Actor) error {
	switch {
	case who.Kind != actors.Person || who.IsGone():
		return content.Problems{"address": "That address does not belong to a person"}
	case !who.Local && !group.Audience.Federates():
		return content.Problems{"address": "Only people with an account on this site can join this community"}
	}
	return nil
}

// mostInvitedFrom is how many communities of one server may have asked somebody at a
// time.
const mostInvitedFrom = 20

// InvitedTo notes that a community elsewhere asks a local person in. invite is the
// Invite, by which they can say no.
func (a *Actions) InvitedTo(ctx context.Context, tx *store.Tx, group actors.Community, who actors.Actor, invite actors.URI) error {
	m, err := a.membership(ctx, tx, group.ID, who.ID)
	switch {
	case err != nil:
		return err
	case m.Standing == actors.Joined || m.Standing == actors.Asked || m.Standing == actors.Banned:
		return nil
	}
	known := m.Standing == actors.Invited
	if !known {
		n, err := tx.CountInvitedFrom(ctx, who.ID, group.Host)
		if err != nil {
			return err
		}
		if n >= mostInvitedFrom {
			return refuse("too_many_invitations", "Communities of this server have asked this person too often.")
		}
	}
	m.Standing, m.Role, m.Follow, m.Since, m.Note = actors.Invited, actors.Member, invite, a.Now(), ""
	if err := tx.SetMembership(ctx, m); err != nil || known {
		return err
	}
	return a.tellAnswered(ctx, tx, who, group, NoticeInvited, group.ID)
}

// UninvitedFrom notes that a community elsewhere takes that back.
func (a *Actions) UninvitedFrom(ctx context.Context, tx *store.Tx, group actors.Community, who actors.Actor) error {
	m, err := a.membership(ctx, tx, group.ID, who.ID)
	if err != nil || m.Standing != actors.Invited {
		return err
	}
	m.Standing, m.Follow, m.Since = actors.Left, "", a.Now()
	return tx.SetMembership(ctx, m)
}

// SayNo turns an invitation down, in the name of the local person who has it;
// store.ErrNotFound when there is none, whether the community is there or not.
func (a *Actions) SayNo(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community) error {
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	if err != nil {
		return err
	}
	if m.Standing != actors.Invited {
		return store.ErrNotFound
	}
	if group.Local {
		return a.Declined(ctx, tx, group, by)
	}
	invite := m.Follow
	m.Standing, m.Follow, m.Since = actors.Left, "", a.Now()
	if err := tx.SetMembership(ctx, m); err != nil {
		return fmt.Errorf("say no: %w", err)
	}
	act := a.own("Reject", by, group.URI, invite)
	act.Group = group.ID
	if act.Body, err = ap.WriteRejectInvite(act.URI, ap.Invite{ID: invite, Group: group.URI, Who: by.URI}); err != nil {
		return err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	return a.send(ctx, tx, act, by, to(group.Actor)...)
}

// Declined notes that somebody who was asked into a community of ours says no.
func (a *Actions) Declined(ctx context.Context, tx *store.Tx, group actors.Community, who actors.Actor) error {
	m, err := a.membership(ctx, tx, group.ID, who.ID)
	if err != nil {
		return err
	}
	if m.Standing != actors.Invited {
		return refuse("no_such_invite", "No invitation is open.")
	}
	m.Standing, m.Since = actors.Left, a.Now()
	if err := tx.SetMembership(ctx, m); err != nil {
		return fmt.Errorf("note that they say no: %w", err)
	}
	return tx.AnswerBids(ctx, group.ID, who.ID, actors.BidDeclined, a.Now())
}

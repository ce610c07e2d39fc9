package actions

import (
	"context"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// Appoint makes a member a facilitator, or stands one down, in the name of
// another one.
func (a *Actions) Appoint(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, who actors.Actor, on bool) (actors.Activity, error) {
	kind, write := "Add", ap.WriteAdd
	if !on {
		kind, write = "Remove", ap.WriteRemove
	}
	act := a.ofCommunity(kind, by, group, who.URI)
	var err error
	if act.Body, err = write(within(act, by, group, group.Audience), who.URI, group.Moderators); err != nil {
		return act, err
	}
	if err := a.recordProved(ctx, tx, by, group, group.Audience, &act); err != nil {
		return act, err
	}
	return act, a.TakeAppoint(ctx, tx, by, group, who, on, act)
}

// TakeAppoint makes or stands down a facilitator if the one who acts may do so.
func (a *Actions) TakeAppoint(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, who actors.Actor, on bool, act actors.Activity) error {
	mine, err := a.facilitator(ctx, tx, by, group)
	if err != nil {
		return err
	}
	if !group.Local {
		return a.send(ctx, tx, act, by, to(group.Actor)...)
	}
	theirs, err := a.membership(ctx, tx, group.ID, who.ID)
	if err != nil {
		return err
	}
	if on {
		err = mayAppoint(theirs, who)
	} else {
		err = a.mayStandDown(ctx, tx, mine, theirs)
	}
	if err != nil || theirs.May(actors.Moderator) == on {
		return err
	}
	if err := a.setFacilitator(ctx, tx, theirs, on); err != nil {
		return err
	}
	what, notice := DidAppoint, NoticeAppointed
	if !on {
		what, notice = DidStandDown, NoticeStoodDown
	}
	if err := a.note(ctx, tx, by.ID, group, what, who.Handle(), ""); err != nil {
		return err
	}
	if err := a.tell(ctx, tx, who, group, notice, by.ID); err != nil {
		return err
	}
	return a.announce(ctx, tx, group, act.Body, group.Audience, who.URI)
}

func mayAppoint(theirs actors.Membership, who actors.Actor) error {
	if who.Kind != actors.Person || theirs.Standing != actors.Joined {
		return refuse("not_a_member", "Only members can be made facilitators.")
	}
	return nil
}

// mayStandDown: oneself, unless nobody would be left, or one who has been a
// facilitator for a shorter time.
func (a *Actions) mayStandDown(ctx context.Context, tx *store.Tx, mine, theirs actors.Membership) error {
	switch {
	case !theirs.May(actors.Moderator):
		return nil
	case mine.Actor == theirs.Actor:
		return a.notLastModerator(ctx, tx, mine.Group)
	case !mine.Outranks(theirs):
		return errHierarchy
	}
	return nil
}

var errHierarchy = refuse("hierarchy", "This person has been a facilitator for longer than you.")

func (a *Actions) setFacilitator(ctx context.Context, tx *store.Tx, m actors.Membership, on bool) error {
	m.Role, m.Appointed = actors.Member, time.Time{}
	if on {
		m.Role, m.Appointed = actors.Moderator, a.Now()
	}
	if err := tx.SetMembership(ctx, m); err != nil {
		return fmt.Errorf("set facilitator: %w", err)
	}
	return nil
}

// Appointed notes that a community elsewhere has made somebody a facilitator, or
// stood them down, and says whether that is news. Of our own people it counts for
// those who belong to it.
func (a *Actions) Appointed(ctx context.Context, tx *store.Tx, group actors.Community, who actors.Actor, on bool) (bool, error) {
	m, err := a.membership(ctx, tx, group.ID, who.ID)
	if err != nil || m.May(actors.Moderator) == on {
		return false, err
	}
	if who.Local && m.Standing != actors.Joined {
		return false, refuse("not_a_member", "Nobody here asked to belong to it under that name.")
	}
	notice := NoticeAppointed
	switch {
	case !on:
		notice = NoticeStoodDown
		if !who.Local {
			m.Standing = actors.Left // whether they are still a member is not known here
		}
	case !who.Local:
		m.Standing, m.Since = actors.Joined, a.Now()
	}
	if err := a.setFacilitator(ctx, tx, m, on); err != nil {
		return false, err
	}
	return true, a.tell(ctx, tx, who, group, notice, group.ID)
}

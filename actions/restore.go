package actions

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// Restore brings back a post that facilitators hid, in the name of one of them.
func (a *Actions) Restore(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post) (actors.Activity, error) {
	group, err := tx.Community(ctx, p.Group)
	if err != nil {
		return actors.Activity{}, err
	}
	if p.Standing != content.Hidden {
		return actors.Activity{}, nil
	}
	act := a.ofCommunity("Undo", by, group, p.URI)
	reason := p.HiddenWhy
	if reason == "" {
		reason = "hidden" // some reason marks the act of a facilitator
	}
	if act.Body, err = ap.WriteUndoDelete(within(act, by, group, p.Audience), p.URI, reason); err != nil {
		return act, err
	}
	if err := a.recordProved(ctx, tx, by, group, p.Audience, &act); err != nil {
		return act, err
	}
	return act, a.TakeRestore(ctx, tx, by, group, p, act)
}

// TakeRestore brings back a hidden post if the one who acts may do so. What its
// author withdrew stays withdrawn.
func (a *Actions) TakeRestore(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, act actors.Activity) error {
	if _, err := a.facilitator(ctx, tx, by, group); err != nil {
		return err
	}
	switch {
	case p.Group != group.ID:
		return refuse("other_community", "It belongs to another community.")
	case p.IsGone():
		return refuse("gone", "The person who wrote this has withdrawn it.")
	case !group.Local:
		return a.send(ctx, tx, act, by, to(group.Actor)...)
	case p.Standing != content.Hidden:
		return nil
	}
	if err := a.Restored(ctx, tx, p); err != nil {
		return err
	}
	if err := a.note(ctx, tx, by.ID, group, DidRestore, string(p.URI), ""); err != nil {
		return err
	}
	if err := a.TellAuthor(ctx, tx, p, NoticeRestored, by.ID); err != nil {
		return err
	}
	if err := a.announce(ctx, tx, group, act.Body, p.Audience, p.URI); err != nil {
		return err
	}
	return a.boostAgain(ctx, tx, group, p)
}

// Restored notes that a community has brought a hidden post back.
func (a *Actions) Restored(ctx context.Context, tx *store.Tx, p content.Post) error {
	if err := tx.SetStanding(ctx, p, content.Accepted); err != nil {
		return fmt.Errorf("restore post: %w", err)
	}
	return nil
}

// TakeReturn gives a tombstone its words back, as its author's server shows them
// again, and passes the news on. What a facilitator hid stays hidden.
func (a *Actions) TakeReturn(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, raw []byte, act actors.Activity) error {
	if p.Author != by.ID {
		return refuse("not_owner", "Only its author can bring this back.")
	}
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	if err != nil {
		return err
	}
	if m.Standing == actors.Banned {
		return refuse("banned", "You have been removed from this community.")
	}
	if err := tx.RestorePost(ctx, p, raw); err != nil {
		return fmt.Errorf("restore post: %w", err)
	}
	if !group.Local {
		return nil
	}
	if err := a.passOn(ctx, tx, by, group, p, act); err != nil || p.Standing != content.Accepted {
		return err
	}
	return a.boostAgain(ctx, tx, group, p)
}

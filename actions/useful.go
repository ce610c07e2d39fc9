package actions

import (
	"context"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/federation/proof"
	"moothall/store"
)

// SayUseful notes that a local person found a post useful. Saying it twice is
// saying it once.
func (a *Actions) SayUseful(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post) (actors.Activity, error) {
	group, err := tx.Community(ctx, p.Group)
	if err != nil {
		return actors.Activity{}, err
	}
	act := a.own("Like", by, group.URI, p.URI)
	act.Group = group.ID
	if act.Body, err = ap.WriteLike(within(act, by, group, p.Audience), p.URI); err != nil {
		return act, err
	}
	if act.Body, err = a.prove(ctx, tx, by, group, p.Audience, act.Body); err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return act, err
	}
	return act, a.TakeUseful(ctx, tx, by, group, p, act)
}

// TakeUseful counts someone who found a post useful and passes it on. One
// person counts once.
func (a *Actions) TakeUseful(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, act actors.Activity) error {
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	if err != nil {
		return err
	}
	switch {
	case m.Standing == actors.Banned:
		return refuse("banned", "You have been removed from this community.")
	case p.IsGone(), p.Standing == content.Hidden:
		return refuse("gone", "This has been withdrawn.")
	case !p.Audience.WiderThan(actors.AudienceMembers) && m.Standing != actors.Joined:
		return refuse("not_a_member", "Only members can read this.")
	case by.Local && p.Author == by.ID:
		return refuse("own_post", "You cannot mark your own post as useful.")
	}
	isNew, err := tx.AddUseful(ctx, p.ID, by.ID, act.URI, a.Now())
	if err != nil || !isNew {
		return err
	}
	return a.passOnUseful(ctx, tx, by, group, p, act)
}

// TakeBackUseful undoes SayUseful.
func (a *Actions) TakeBackUseful(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post) (actors.Activity, error) {
	group, err := tx.Community(ctx, p.Group)
	if err != nil {
		return actors.Activity{}, err
	}
	like, err := tx.Useful(ctx, p.ID, by.ID)
	if errors.Is(err, store.ErrNotFound) {
		return actors.Activity{}, nil
	}
	if err != nil {
		return actors.Activity{}, err
	}
	done, err := tx.ActivityByURI(ctx, like, by.URI)
	if err != nil {
		return actors.Activity{}, fmt.Errorf("find the Like: %w", err)
	}
	act := a.own("Undo", by, group.URI, p.URI)
	act.Group = group.ID
	if act.Body, err = ap.WriteUndo(within(act, by, group, p.Audience), proof.Detach(done.Body)); err != nil {
		return act, err
	}
	if act.Body, err = a.prove(ctx, tx, by, group, p.Audience, act.Body); err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return act, err
	}
	return act, a.TakeUndoUseful(ctx, tx, by, group, p, act)
}

// TakeUndoUseful takes someone out of the count and passes it on.
func (a *Actions) TakeUndoUseful(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, act actors.Activity) error {
	was, err := tx.DropUseful(ctx, p.ID, by.ID)
	if err != nil || !was {
		return err
	}
	return a.passOnUseful(ctx, tx, by, group, p, act)
}

func (a *Actions) passOnUseful(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, act actors.Activity) error {
	if err := a.tellAuthor(ctx, tx, act, by, group, p); err != nil {
		return err
	}
	return a.passOn(ctx, tx, by, group, p, act)
}

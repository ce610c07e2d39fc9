package actions

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// Delete takes a post away: its own author withdraws it, or a facilitator of a
// community here hides it and must give a reason.
func (a *Actions) Delete(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, reason string) (actors.Activity, error) {
	group, parent, err := a.around(ctx, tx, p)
	if err != nil {
		return actors.Activity{}, err
	}
	w, err := a.wording(ctx, tx, p, by, group, parent)
	if err != nil {
		return actors.Activity{}, err
	}
	if p.Author == by.ID {
		reason = "" // a reason marks the act of a moderator
	} else if reason == "" {
		return actors.Activity{}, content.Problems{"reason": "Say why you are hiding this"}
	}
	act := a.own("Delete", by, group.URI, p.URI)
	act.Group = group.ID
	if act.Body, err = ap.WriteDelete(w.envelope(act), p.URI, reason); err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return act, err
	}
	if err := a.TakeDelete(ctx, tx, by, group, p, act); err != nil {
		return act, err
	}
	return act, a.alsoTo(ctx, tx, act, by, p.Audience, w)
}

// TakeDelete removes a post if the one who acts may do so, and passes it on.
// The words of a withdrawn post are erased here and in the log; its address
// answers "gone" from then on.
func (a *Actions) TakeDelete(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, act actors.Activity) error {
	m, err := tx.Membership(ctx, group.ID, by.ID)
	if err != nil {
		return err
	}
	if !mayRemove(group, m, p, by) {
		return refuse("not_owner", "Only its author or a facilitator can take this away.")
	}
	// Erased first: the log then takes in the news of it, which stays.
	if p.Author == by.ID {
		err = a.Withdraw(ctx, tx, p)
	} else {
		err = tx.SetStanding(ctx, p, content.Hidden)
	}
	if err != nil {
		return err
	}
	return a.passOn(ctx, tx, by, group, p, act)
}

// Withdraw erases the words of a post and leaves a tombstone.
func (a *Actions) Withdraw(ctx context.Context, tx *store.Tx, p content.Post) error {
	if err := tx.MarkPostGone(ctx, p, a.Now()); err != nil {
		return fmt.Errorf("withdraw post: %w", err)
	}
	return tx.EraseFromLog(ctx, p.URI)
}

// mayRemove: the author, or a facilitator where the community lives here.
func mayRemove(group actors.Community, m actors.Membership, p content.Post, by actors.Actor) bool {
	return p.Author == by.ID || group.Local && m.May(actors.Moderator)
}

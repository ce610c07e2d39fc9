package actions

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

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
	if err := a.mayDelete(ctx, tx, by, group, p); err != nil {
		return actors.Activity{}, err
	}
	if p.Author == by.ID {
		reason = "" // a reason marks the act of a moderator
	} else if err := checkReason(reason, "Say why you are hiding this"); err != nil {
		return actors.Activity{}, err
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

// maxReason is how long the reason of a facilitator may be, in characters.
const maxReason = 500

// checkReason asks for a reason; missing says so when there is none.
func checkReason(reason, missing string) error {
	switch n := utf8.RuneCountInString(strings.TrimSpace(reason)); {
	case n == 0:
		return content.Problems{"reason": missing}
	case n > maxReason:
		return content.Problems{"reason": "Your reason must be 500 characters or less"}
	}
	return nil
}

func (a *Actions) mayDelete(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post) error {
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	if err == nil && !mayRemove(group, m, p, by) {
		err = refuse("not_owner", "Only its author or a facilitator can take this away.")
	}
	return err
}

// TakeDelete removes a post if the one who acts may do so, and passes it on.
// The words of a withdrawn post are erased here and in the log; its address
// answers "gone" from then on.
func (a *Actions) TakeDelete(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, act actors.Activity) error {
	if err := a.mayDelete(ctx, tx, by, group, p); err != nil {
		return err
	}
	// Erased first: the log then takes in the news of it, which stays.
	var err error
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

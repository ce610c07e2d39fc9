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

// Delete takes a post away: its own author withdraws it, or a facilitator of its
// community hides it and must give a reason.
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
	act := a.ofCommunity("Delete", by, group, p.URI)
	e := w.envelope(act)
	if p.Author != by.ID {
		e = within(act, by, group, p.Audience)
	} else {
		e.ReceiptTo = by.URI
	}
	if act.Body, err = ap.WriteDelete(e, p.URI, reason); err != nil {
		return act, err
	}
	if act.Body, err = a.prove(ctx, tx, by, group, p.Audience, act.Body); err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return act, err
	}
	if err := a.TakeDelete(ctx, tx, by, group, p, strings.TrimSpace(reason), act); err != nil || p.Author != by.ID {
		return act, err
	}
	if err := a.bareToo(ctx, tx, act, by, group, p); err != nil {
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
	if err == nil && !mayRemove(m, p, by) {
		err = refuse("not_owner", "Only its author or a facilitator can take this away.")
	}
	return err
}

// TakeDelete removes a post if the one who acts may do so, and passes it on.
// The words of a withdrawn post are erased here and in the log; its address
// answers "gone" from then on. What a facilitator hides stays with its author.
func (a *Actions) TakeDelete(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, reason string, act actors.Activity) error {
	if err := a.mayDelete(ctx, tx, by, group, p); err != nil {
		return err
	}
	if p.Author == by.ID {
		// Erased first: the log then takes in the news of it, which stays.
		if err := a.Withdraw(ctx, tx, p); err != nil {
			return err
		}
		return a.passOn(ctx, tx, by, group, p, act)
	}
	switch {
	case !group.Local:
		return a.send(ctx, tx, act, by, to(group.Actor)...)
	case p.Standing != content.Accepted:
		return nil
	}
	if err := a.Hidden(ctx, tx, p, reason, by.ID); err != nil {
		return err
	}
	if err := a.note(ctx, tx, by.ID, group, DidHide, string(p.URI), reason); err != nil {
		return err
	}
	if err := a.TellAuthor(ctx, tx, p, NoticeHidden, by.ID); err != nil {
		return err
	}
	author, err := tx.Actor(ctx, p.Author)
	if err != nil {
		return err
	}
	return a.announce(ctx, tx, group, act.Body, p.Audience, p.URI, to(author)...)
}

// TakeBareDelete is TakeDelete for a facilitator's server that gives no reason at
// all. Without one, nobody could tell it from an author's Delete, so the community
// passes on one of its own.
func (a *Actions) TakeBareDelete(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post) error {
	const reason = "Taken out by a facilitator, who gave no reason."
	act := a.ofCommunity("Delete", group.Actor, group, p.URI)
	var err error
	if act.Body, err = ap.WriteDelete(within(act, group.Actor, group, p.Audience), p.URI, reason); err != nil {
		return err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	return a.TakeDelete(ctx, tx, by, group, p, reason, act)
}

// TakeVanished withdraws a post that its own server no longer has, and passes on
// what told of it.
func (a *Actions) TakeVanished(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, act actors.Activity) error {
	if err := a.Withdraw(ctx, tx, p); err != nil || !group.Local {
		return err
	}
	return a.passOn(ctx, tx, by, group, p, act)
}

// Hidden notes that a community has taken a post out, why, and by whom. Reports about
// it are dealt with. An author's withdrawal ends none: who is reported does not decide.
func (a *Actions) Hidden(ctx context.Context, tx *store.Tx, p content.Post, reason string, by actors.ID) error {
	if err := a.takeBackBoost(ctx, tx, p); err != nil {
		return err
	}
	if err := tx.HidePost(ctx, p, content.FirstRunes(reason, maxReason)); err != nil {
		return fmt.Errorf("hide post: %w", err)
	}
	return a.dealtWith(ctx, tx, p, reason, by)
}

// Withdraw erases the words of a post and leaves a tombstone.
func (a *Actions) Withdraw(ctx context.Context, tx *store.Tx, p content.Post) error {
	if err := a.takeBackBoost(ctx, tx, p); err != nil {
		return err
	}
	if err := a.EndDocument(ctx, tx, p, content.Withdrawal{}); err != nil {
		return fmt.Errorf("withdraw document: %w", err)
	}
	if err := tx.MarkPostGone(ctx, p, a.Now()); err != nil {
		return fmt.Errorf("withdraw post: %w", err)
	}
	return tx.EraseFromLog(ctx, p.URI)
}

// mayRemove: the author, or a facilitator.
func mayRemove(m actors.Membership, p content.Post, by actors.Actor) bool {
	return p.Author == by.ID || m.May(actors.Moderator)
}

package actions

import (
	"context"
	"fmt"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// Removal is why somebody is removed from a community, and until when; a zero
// time is until a facilitator lifts it.
type Removal struct {
	Reason string
	Until  time.Time
	Posts  bool // what they wrote in it is hidden too
}

// Expel removes somebody from a community, in the name of a facilitator.
func (a *Actions) Expel(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, who actors.Actor, r Removal) (actors.Activity, error) {
	r.Reason = strings.TrimSpace(r.Reason)
	if err := checkReason(r.Reason, "Say why you are removing this person"); err != nil {
		return actors.Activity{}, err
	}
	if !r.Until.IsZero() && !r.Until.After(a.Now()) {
		return actors.Activity{}, content.Problems{"until": "The date must be in the future"}
	}
	act := a.ofCommunity("Block", by, group, who.URI)
	var err error
	if act.Body, err = ap.WriteBlock(within(act, by, group, group.Audience), ap.Block{
		Who: who.URI, Group: group.URI, Reason: r.Reason, Until: r.Until, Posts: r.Posts,
	}); err != nil {
		return act, err
	}
	if err := a.recordProved(ctx, tx, by, group, group.Audience, &act); err != nil {
		return act, err
	}
	return act, a.TakeExpel(ctx, tx, by, group, who, r, act)
}

// TakeExpel removes somebody if the one who acts may do so. The removed person's
// node is told even when nobody else there belongs to the community.
func (a *Actions) TakeExpel(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, who actors.Actor, r Removal, act actors.Activity) error {
	mine, err := a.facilitator(ctx, tx, by, group)
	if err != nil {
		return err
	}
	if who.ID == by.ID || who.Kind != actors.Person {
		return refuse("not_a_person", "Facilitators remove other people.")
	}
	if !group.Local {
		return a.send(ctx, tx, act, by, to(group.Actor)...)
	}
	theirs, err := a.membership(ctx, tx, group.ID, who.ID)
	switch {
	case err != nil:
		return err
	case theirs.May(actors.Moderator) && !mine.Outranks(theirs):
		return errHierarchy
	case r.over(a.Now()):
		return refuse("expired", "The removal has ended already.")
	}
	if err := a.expel(ctx, tx, group, theirs, r); err != nil {
		return err
	}
	if err := a.note(ctx, tx, by.ID, group, DidExpel, who.Handle(), r.Reason); err != nil {
		return err
	}
	if err := a.tell(ctx, tx, who, group, NoticeRemoved, by.ID); err != nil {
		return err
	}
	if err := a.announce(ctx, tx, group, act.Body, group.Audience, who.URI, to(who)...); err != nil {
		return err
	}
	if theirs.Standing != actors.Joined && theirs.Standing != actors.Asked {
		return nil
	}
	return a.answerAs(ctx, tx, "Reject", ap.WriteRemoval, group.Actor, who, ap.Follow{ID: theirs.Follow, Actor: who.URI, Object: group.URI})
}

func (r Removal) over(now time.Time) bool { return !r.Until.IsZero() && !r.Until.After(now) }

func (a *Actions) expel(ctx context.Context, tx *store.Tx, group actors.Community, m actors.Membership, r Removal) error {
	m.Standing, m.Role, m.Since, m.Appointed = actors.Banned, actors.Member, a.Now(), time.Time{}
	m.Until, m.Note = r.Until, content.FirstRunes(r.Reason, maxReason)
	if err := tx.SetMembership(ctx, m); err != nil {
		return fmt.Errorf("remove from community: %w", err)
	}
	if !r.Posts {
		return nil
	}
	return a.hideAll(ctx, tx, group.ID, m.Actor, m.Note)
}

// hideAll takes what somebody wrote out of a community. Partners do the same when
// they read the removal.
func (a *Actions) hideAll(ctx context.Context, tx *store.Tx, group, author actors.ID, why string) error {
	for {
		posts, err := tx.AcceptedBy(ctx, group, author, forgetAtOnce)
		if err != nil {
			return err
		}
		for _, p := range posts {
			if err := tx.HidePost(ctx, p, why); err != nil {
				return fmt.Errorf("hide what they wrote: %w", err)
			}
			if err := a.dealtWith(ctx, tx, p, why, group); err != nil {
				return err
			}
		}
		if len(posts) < forgetAtOnce {
			return nil
		}
	}
}

// LetBack lifts a removal, in the name of a facilitator. The person may then join
// again as anyone may.
func (a *Actions) LetBack(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, who actors.Actor) (actors.Activity, error) {
	m, err := a.membership(ctx, tx, group.ID, who.ID)
	if err != nil || m.Standing != actors.Banned && group.Local {
		return actors.Activity{}, err
	}
	act := a.ofCommunity("Undo", by, group, who.URI)
	if act.Body, err = ap.WriteUndoBlock(within(act, by, group, group.Audience), ap.Block{
		Who: who.URI, Group: group.URI, Reason: m.Note, Until: m.Until,
	}); err != nil {
		return act, err
	}
	if err := a.recordProved(ctx, tx, by, group, group.Audience, &act); err != nil {
		return act, err
	}
	return act, a.TakeLetBack(ctx, tx, by, group, who, act)
}

// TakeLetBack lifts a removal if the one who acts may do so.
func (a *Actions) TakeLetBack(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, who actors.Actor, act actors.Activity) error {
	if _, err := a.facilitator(ctx, tx, by, group); err != nil {
		return err
	}
	if !group.Local {
		return a.send(ctx, tx, act, by, to(group.Actor)...)
	}
	lifted, err := a.letBack(ctx, tx, group, who)
	if err != nil || !lifted {
		return err
	}
	if err := a.note(ctx, tx, by.ID, group, DidLetBack, who.Handle(), ""); err != nil {
		return err
	}
	if err := a.tell(ctx, tx, who, group, NoticeLetBack, by.ID); err != nil {
		return err
	}
	return a.announce(ctx, tx, group, act.Body, group.Audience, who.URI, to(who)...)
}

func (a *Actions) letBack(ctx context.Context, tx *store.Tx, group actors.Community, who actors.Actor) (bool, error) {
	m, err := a.membership(ctx, tx, group.ID, who.ID)
	if err != nil || m.Standing != actors.Banned {
		return false, err
	}
	m.Standing, m.Since, m.Until, m.Note = actors.Left, a.Now(), time.Time{}, ""
	if err := tx.SetMembership(ctx, m); err != nil {
		return false, fmt.Errorf("let back: %w", err)
	}
	return true, nil
}

// Expelled notes that a community elsewhere has removed somebody, and says whether
// that is news. One of our own people is told why.
func (a *Actions) Expelled(ctx context.Context, tx *store.Tx, group actors.Community, who actors.Actor, r Removal) (bool, error) {
	m, err := tx.Membership(ctx, group.ID, who.ID)
	if err != nil || r.over(a.Now()) || m.Standing == actors.Banned && m.Until.Equal(r.Until) {
		return false, err
	}
	if err := a.expel(ctx, tx, group, m, r); err != nil {
		return false, err
	}
	return true, a.tell(ctx, tx, who, group, NoticeRemoved, group.ID)
}

// LetBackIn notes that a community elsewhere has lifted a removal, and says whether
// that is news.
func (a *Actions) LetBackIn(ctx context.Context, tx *store.Tx, group actors.Community, who actors.Actor) (bool, error) {
	lifted, err := a.letBack(ctx, tx, group, who)
	if err != nil || !lifted {
		return false, err
	}
	return true, a.tell(ctx, tx, who, group, NoticeLetBack, group.ID)
}

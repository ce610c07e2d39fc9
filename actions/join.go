package actions

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// Join asks for a local person to become a member of a community, here or
// elsewhere. Asking again while the answer is due sends the request again.
func (a *Actions) Join(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community) (actors.Activity, error) {
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	if err != nil {
		return actors.Activity{}, err
	}
	switch {
	case m.Standing == actors.Joined:
		return actors.Activity{}, nil
	case m.Standing == actors.Banned:
		return actors.Activity{}, refuse("banned", "You have been removed from this community.")
	case group.IsGone():
		return actors.Activity{}, refuse("gone", "This community has closed.")
	case group.HasMoved():
		return actors.Activity{}, errMoved
	}
	act := a.own("Follow", by, group.URI, group.URI)
	act.Group = group.ID
	if act.Body, err = ap.WriteFollow(ap.Follow{ID: act.URI, Actor: by.URI, Object: group.URI}); err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return act, err
	}
	if group.Local {
		return act, a.Admit(ctx, tx, by, group, act.URI)
	}
	m.Group, m.Actor, m.Role = group.ID, by.ID, actors.Member
	m.Standing, m.Follow, m.Since, m.Until, m.Note = actors.Asked, act.URI, a.Now(), time.Time{}, ""
	if err := tx.SetMembership(ctx, m); err != nil {
		return act, fmt.Errorf("ask to join: %w", err)
	}
	return act, a.send(ctx, tx, act, by, to(group.Actor)...)
}

// Admit answers a Follow of a local community by its own rule: joined at once,
// waiting for a facilitator, or refused. A Follow that comes again is answered
// again (protocol.md 5.1).
func (a *Actions) Admit(ctx context.Context, tx *store.Tx, who actors.Actor, group actors.Community, follow actors.URI) error {
	m, err := a.membership(ctx, tx, group.ID, who.ID)
	if err != nil {
		return err
	}
	f := ap.Follow{ID: follow, Actor: who.URI, Object: group.URI}
	if m.Standing == actors.Banned || group.HasMoved() && m.Standing != actors.Joined {
		return a.answer(ctx, tx, "Reject", group.Actor, who, f, "")
	}
	if m.Standing == actors.Joined {
		m.Follow = follow
		if err := tx.SetMembership(ctx, m); err != nil {
			return err
		}
		return a.answer(ctx, tx, "Accept", group.Actor, who, f, "")
	}
	asksAgain := m.Standing == actors.Asked
	invited, err := a.isAsked(ctx, tx, m)
	if err != nil {
		return err
	}
	m = actors.Membership{Group: group.ID, Actor: who.ID, Role: actors.Member, Follow: follow, Since: a.Now()}
	switch {
	case invited, group.Joining == actors.JoinOpen:
		m.Standing = actors.Joined
	case group.Joining == actors.JoinRequest:
		m.Standing = actors.Asked
		if !asksAgain {
			if err := a.mayAsk(ctx, tx, who, group); err != nil {
				return err
			}
		}
	default:
		return a.answer(ctx, tx, "Reject", group.Actor, who, f, "")
	}
	tx.After(func() { a.needs.forget(group.ID) })
	if err := tx.SetMembership(ctx, m); err != nil {
		return fmt.Errorf("admit: %w", err)
	}
	switch {
	case m.Standing == actors.Asked && asksAgain:
		return nil // the facilitators know
	case m.Standing == actors.Asked:
		return a.tellModerators(ctx, tx, group, who)
	}
	if err := tx.AnswerBids(ctx, group.ID, who.ID, actors.BidAccepted, a.Now()); err != nil {
		return fmt.Errorf("admit: %w", err)
	}
	return a.answer(ctx, tx, "Accept", group.Actor, who, f, "")
}

// How many requests may wait for a community's facilitators (security.md S104).
const (
	mostAskedFromHost = 100
	mostAsked         = 2000
)

// mayAsk keeps one server from burying facilitators under requests.
func (a *Actions) mayAsk(ctx context.Context, tx *store.Tx, who actors.Actor, group actors.Community) error {
	if who.Local {
		return nil
	}
	fromHost, all, err := tx.CountAsked(ctx, group.ID, who.Host)
	if err != nil {
		return err
	}
	if fromHost >= mostAskedFromHost || all >= mostAsked {
		return refuse("too_many_requests", "Too many requests to join are waiting already.")
	}
	return nil
}

// Follow lets someone elsewhere follow a local person's public posts.
func (a *Actions) Follow(ctx context.Context, tx *store.Tx, who, person actors.Actor, follow actors.URI) error {
	err := tx.SetMembership(ctx, actors.Membership{
		Group: person.ID, Actor: who.ID, Role: actors.Member, Standing: actors.Joined, Follow: follow, Since: a.Now(),
	})
	if err != nil {
		return fmt.Errorf("follow: %w", err)
	}
	return a.answer(ctx, tx, "Accept", person, who, ap.Follow{ID: follow, Actor: who.URI, Object: person.URI}, "")
}

// Decide answers a request to join, in the name of a facilitator. Whoever is not let
// in reads why, if that is said.
func (a *Actions) Decide(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, who actors.Actor, yes bool, why string) error {
	why = strings.TrimSpace(why)
	if utf8.RuneCountInString(why) > maxReason {
		return content.Problems{"reason": "Reason must be 500 characters or less"}
	}
	mine, err := a.membership(ctx, tx, group.ID, by.ID)
	if err != nil {
		return err
	}
	if !group.Local || !mine.May(actors.Moderator) {
		return refuse("not_moderator", "Only facilitators can answer requests to join.")
	}
	m, err := a.membership(ctx, tx, group.ID, who.ID)
	if err != nil {
		return err
	}
	if m.Standing != actors.Asked {
		return refuse("not_asked", "This person is not waiting for an answer.")
	}
	kind, notice := "Accept", NoticeJoined
	m.Standing, m.Since = actors.Joined, a.Now()
	if !yes {
		kind, notice, m.Standing, m.Note = "Reject", NoticeRefused, actors.Refused, why
	}
	tx.After(func() { a.needs.forget(group.ID) })
	if err := tx.SetMembership(ctx, m); err != nil {
		return fmt.Errorf("answer a request: %w", err)
	}
	if yes {
		if err := tx.AnswerBids(ctx, group.ID, who.ID, actors.BidAccepted, a.Now()); err != nil {
			return fmt.Errorf("answer a request: %w", err)
		}
	}
	if err := a.tellAnswered(ctx, tx, who, group, notice, by.ID); err != nil {
		return err
	}
	return a.answer(ctx, tx, kind, group.Actor, who, ap.Follow{ID: m.Follow, Actor: who.URI, Object: group.URI}, m.Note)
}

// answer records a local actor's Accept or Reject of a Follow and sends it; why is
// for a Reject.
func (a *Actions) answer(ctx context.Context, tx *store.Tx, kind string, by, who actors.Actor, f ap.Follow, why string) error {
	write := ap.WriteAccept
	if kind == "Reject" {
		write = func(id actors.URI, f ap.Follow) ([]byte, error) { return ap.WriteReject(id, f, why) }
	}
	return a.answerAs(ctx, tx, kind, write, by, who, f)
}

func (a *Actions) answerAs(ctx context.Context, tx *store.Tx, kind string, write func(actors.URI, ap.Follow) ([]byte, error), by, who actors.Actor, f ap.Follow) error {
	act := a.own(kind, by, by.URI, f.ID)
	act.Object = f.ID
	if by.Kind == actors.Group {
		act.Group = by.ID
	}
	var err error
	if act.Body, err = write(act.URI, f); err != nil {
		return err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	if who.Local {
		return tx.Address(ctx, who.ID, act.ID)
	}
	return a.send(ctx, tx, act, by, to(who)...)
}

// Answered notes what a community elsewhere said to a local person's request.
// The answer counts only for a request that is open, or takes an earlier yes
// back (security.md S48, S49). why is what it says beside a no.
func (a *Actions) Answered(ctx context.Context, tx *store.Tx, group actors.Community, m actors.Membership, yes bool, why string) error {
	who, err := tx.Actor(ctx, m.Actor)
	if err != nil {
		return err
	}
	switch {
	case !who.Local || m.Group != group.ID:
		return refuse("no_such_follow", "Nobody here asked for this.")
	case yes && m.Standing == actors.Joined, !yes && m.Standing == actors.Banned:
		return nil // known: a removal comes with an answer of its own
	case yes && m.Standing != actors.Asked, !yes && m.Standing != actors.Asked && m.Standing != actors.Joined:
		return refuse("no_such_follow", "No request to join is open.")
	}
	notice := NoticeJoined
	m.Standing, m.Since = actors.Joined, a.Now()
	if !yes {
		notice, m.Standing, m.Note = NoticeRefused, actors.Refused, content.FirstRunes(why, maxReason)
	}
	first := false
	if yes {
		has, err := tx.HasLocalMember(ctx, group.ID)
		if err != nil {
			return err
		}
		first = !has
	}
	if err := tx.SetMembership(ctx, m); err != nil {
		return fmt.Errorf("note the answer: %w", err)
	}
	if err := a.tellAnswered(ctx, tx, who, group, notice, group.ID); err != nil {
		return err
	}
	if !first {
		return nil
	}
	return a.StartHistory(ctx, tx, group)
}

// StartHistory begins to fetch the past of a community elsewhere.
func (a *Actions) StartHistory(ctx context.Context, tx *store.Tx, group actors.Community) error {
	if err := tx.SetHistory(ctx, group.ID, actors.HistoryFetching, ""); err != nil {
		return err
	}
	if err := tx.SaveHistoryJob(ctx, store.HistoryJob{Group: group.ID, Stage: store.HistoryStart, NextTry: a.Now()}); err != nil {
		return err
	}
	if a.Wake.History != nil {
		tx.After(a.Wake.History)
	}
	return nil
}

// Leave ends a local person's membership.
func (a *Actions) Leave(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community) (actors.Activity, error) {
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	if err != nil {
		return actors.Activity{}, err
	}
	if m.Standing != actors.Joined && m.Standing != actors.Asked {
		return actors.Activity{}, nil
	}
	if err := a.Left(ctx, tx, by, group.Actor, m); err != nil {
		return actors.Activity{}, err
	}
	return a.undoFollow(ctx, tx, by, group, m.Follow)
}

// undoFollow takes a Follow back. Where this node no longer knows the Follow, it
// gets an id of its own: whoever has it knows it by who follows whom.
func (a *Actions) undoFollow(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, follow actors.URI) (actors.Activity, error) {
	if follow == "" {
		follow = by.URI + actors.URI("#follow-"+a.IDs.Next().String())
	}
	inner, err := ap.WriteFollow(ap.Follow{ID: follow, Actor: by.URI, Object: group.URI})
	if err != nil {
		return actors.Activity{}, err
	}
	act := a.own("Undo", by, group.URI, follow)
	act.Group = group.ID
	if act.Body, err = ap.WriteUndo(ap.Envelope{ID: act.URI, Actor: by.URI, To: []actors.URI{group.URI}}, inner); err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return act, err
	}
	return act, a.send(ctx, tx, act, by, to(group.Actor)...)
}

// Left notes that a follower has left. A ban stays a ban.
func (a *Actions) Left(ctx context.Context, tx *store.Tx, who, group actors.Actor, m actors.Membership) error {
	if m.Standing == actors.Banned || m.Standing == actors.NoStanding {
		return nil
	}
	if m.Role >= actors.Moderator && group.Local && group.Kind == actors.Group {
		if err := a.notLastModerator(ctx, tx, group.ID); err != nil {
			return err
		}
	}
	facilitated := m.May(actors.Moderator) && group.Local && group.Kind == actors.Group
	m.Standing, m.Since, m.Role, m.Appointed = actors.Left, a.Now(), actors.Member, time.Time{}
	if err := tx.SetMembership(ctx, m); err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	if !facilitated {
		return nil
	}
	return a.tellFacilitators(ctx, tx, group.ID, who.ID, NoticeFacilitatorLeft)
}

func (a *Actions) notLastModerator(ctx context.Context, tx *store.Tx, group actors.ID) error {
	mods, err := tx.Moderators(ctx, group)
	if err != nil {
		return err
	}
	if len(mods) < 2 {
		return refuse("last_moderator", "You are the only facilitator. Make someone else a facilitator first.")
	}
	return nil
}

func (a *Actions) tellModerators(ctx context.Context, tx *store.Tx, group actors.Community, who actors.Actor) error {
	return a.tellFacilitators(ctx, tx, group.ID, who.ID, NoticeAsked)
}

// tellFacilitators tells the others who look after a community, and live here, of
// something that somebody did.
func (a *Actions) tellFacilitators(ctx context.Context, tx *store.Tx, group, who actors.ID, notice string) error {
	mods, err := tx.Moderators(ctx, group)
	if err != nil {
		return err
	}
	for _, mod := range mods {
		if !mod.Local || mod.ID == who {
			continue
		}
		if err := tx.Notify(ctx, store.Notification{
			ID: a.IDs.Next(), Actor: mod.ID, Kind: notice, Group: group, By: who, At: a.Now(),
		}); err != nil {
			return err
		}
	}
	return nil
}

// tellAnswered tells a local person what a community decided about them.
func (a *Actions) tellAnswered(ctx context.Context, tx *store.Tx, who actors.Actor, group actors.Community, notice string, by actors.ID) error {
	if !who.Local {
		return nil
	}
	return tx.Notify(ctx, store.Notification{
		ID: a.IDs.Next(), Actor: who.ID, Kind: notice, Group: group.ID, By: by, At: a.Now(),
	})
}

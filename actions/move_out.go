package actions

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// mostAliases is how many earlier addresses an actor may have.
const mostAliases = 10

var errMoved = refuse("moved", "This community has moved. What was written before stays to read.")

// SetAlias adds an earlier address to a local person or community, or takes one away:
// who moves here from there must be named at both ends (FEP-7628). old is an actor of
// the same kind, as its own host describes it. by runs the community, or is the person.
func (a *Actions) SetAlias(ctx context.Context, tx *store.Tx, by, who actors.Actor, old actors.URI, on bool) error {
	if err := a.mayMove(ctx, tx, by, who); err != nil {
		return err
	}
	aliases := who.AlsoKnownAs.Without(old)
	if on {
		aliases = who.AlsoKnownAs.With(old)
	}
	switch {
	case old == who.URI:
		return content.Problems{"old": "This is the address here"}
	case len(aliases.List()) > mostAliases:
		return content.Problems{"old": "There are 10 earlier addresses already"}
	case aliases == who.AlsoKnownAs:
		return nil
	}
	if err := tx.SetAliases(ctx, who.ID, aliases); err != nil {
		return fmt.Errorf("set aliases: %w", err)
	}
	return a.tellOf(ctx, tx, who)
}

// mayMove: people decide for themselves. A community belongs to its owner; whoever
// runs the node, or has the machine (by is zero), may act for them.
func (a *Actions) mayMove(ctx context.Context, tx *store.Tx, by, who actors.Actor) error {
	switch {
	case !who.Local || who.IsGone() || who.Kind == actors.Application:
		return refuse("not_here", "It does not live on this site.")
	case by.ID == 0 || by.ID == who.ID:
		return nil
	case who.Kind != actors.Group:
		return refuse("not_owner", "People move themselves.")
	}
	m, err := a.membership(ctx, tx, who.ID, by.ID)
	if err != nil || m.May(actors.Owner) {
		return err
	}
	if a.MayRun(ctx, tx, by.ID) != nil {
		return refuse("not_owner", "Only the owner of a community can move it.")
	}
	return nil
}

// tellOf sends the document of a local actor, as it is stored now, to those who
// follow it.
func (a *Actions) tellOf(ctx context.Context, tx *store.Tx, who actors.Actor) error {
	if who.Kind == actors.Group {
		group, err := tx.Community(ctx, who.ID)
		if err != nil {
			return err
		}
		group.Updated = a.Now()
		if err := tx.SaveActor(ctx, group.Actor, nil); err != nil {
			return err
		}
		_, err = a.tellFollowers(ctx, tx, group)
		return err
	}
	person, err := tx.Actor(ctx, who.ID)
	if err != nil {
		return err
	}
	person.Updated = a.Now()
	if err := tx.SaveActor(ctx, person, nil); err != nil {
		return err
	}
	_, err = a.tellOfPerson(ctx, tx, person)
	return err
}

// MoveAway moves a local person or community to an address elsewhere, which names
// this one as an earlier one: whoever calls has just seen that. A community stays as
// a signpost that nobody posts in; its local members follow it.
func (a *Actions) MoveAway(ctx context.Context, tx *store.Tx, by, who, next actors.Actor) (actors.Activity, error) {
	if err := a.mayMove(ctx, tx, by, who); err != nil {
		return actors.Activity{}, err
	}
	switch {
	case next.Kind != who.Kind:
		return actors.Activity{}, content.Problems{"new": "The new address belongs to something of another kind"}
	case next.URI == who.MovedTo, who.Kind == actors.Group && who.HasMoved():
		return actors.Activity{}, refuse("moved", "It has moved already.")
	case !who.Moved.IsZero() && a.Now().Sub(who.Moved) < actors.MoveAgain:
		return actors.Activity{}, refuse("cooldown", "You have moved a short while ago. You can move again after 7 days.")
	}
	if who.Kind == actors.Group {
		if err := a.leaveNotice(ctx, tx, by, who, next); err != nil {
			return actors.Activity{}, err
		}
	}
	if err := tx.MarkMoved(ctx, who.ID, next.URI, a.Now()); err != nil {
		return actors.Activity{}, fmt.Errorf("move away: %w", err)
	}
	if err := a.tellOf(ctx, tx, who); err != nil {
		return actors.Activity{}, err
	}
	act, err := a.sendMove(ctx, tx, who, next)
	if err != nil {
		return act, err
	}
	if err := a.audit(ctx, tx, by.ID, "move", who.Handle(), string(next.URI)); err != nil || who.Kind != actors.Group {
		return act, err
	}
	from, err := tx.Community(ctx, who.ID)
	if err != nil {
		return act, err
	}
	to, err := tx.Community(ctx, next.ID)
	if err != nil {
		return act, err
	}
	return act, a.followThere(ctx, tx, from, to)
}

// sendMove tells those who follow an actor that it has moved.
func (a *Actions) sendMove(ctx context.Context, tx *store.Tx, who, next actors.Actor) (actors.Activity, error) {
	act := a.own("Move", who, who.URI, who.URI)
	e := ap.Envelope{ID: act.URI, Actor: who.URI, To: []actors.URI{who.Followers}, Published: act.At}
	leaves := true
	if who.Kind == actors.Group {
		group, err := tx.Community(ctx, who.ID)
		if err != nil {
			return act, err
		}
		act.Group, leaves = who.ID, group.Audience.Federates()
	}
	var err error
	if act.Body, err = ap.WriteMove(e, next.URI); err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil || !leaves {
		return act, err
	}
	return act, a.send(ctx, tx, act, who, store.Recipient{FollowersOf: who.ID})
}

// leaveNotice pins where a community has gone, in the name of whoever moves it or, for
// whoever has the machine, of a facilitator who lives here. Servers that know of no
// Move show it to their people. Without a facilitator here the page alone says it.
func (a *Actions) leaveNotice(ctx context.Context, tx *store.Tx, by, who, next actors.Actor) error {
	group, err := tx.Community(ctx, who.ID)
	if err != nil {
		return err
	}
	author, err := a.noticeAuthor(ctx, tx, by, group)
	if err != nil || author.ID == 0 {
		return err
	}
	p, _, err := a.Publish(ctx, tx, author, group, nil, content.Draft{
		Kind: content.Discussion, Title: group.DisplayName() + " has moved", Language: "en",
		Source: fmt.Sprintf("This community has moved to %s (%s). Most members move by themselves. If you are not a member there yet, join at that address. "+
			"What was written before stays here to read.", next.Handle(), next.URI),
	})
	if err != nil {
		return fmt.Errorf("leave a notice: %w", err)
	}
	if err := a.makeRoomToPin(ctx, tx, author, group); err != nil {
		return fmt.Errorf("leave a notice: %w", err)
	}
	_, err = a.Pin(ctx, tx, author, p, true)
	return err
}

// makeRoomToPin unpins the discussion that is the last of those pinned, where there
// are as many as there may be.
func (a *Actions) makeRoomToPin(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community) error {
	top, err := tx.Discussions(ctx, actors.Viewer{Actor: by.ID, Local: true}, group.ID, store.Page{Size: MostPinned})
	if err != nil || len(top) < MostPinned || !top[MostPinned-1].Pinned {
		return err
	}
	_, err = a.Pin(ctx, tx, by, top[MostPinned-1], false)
	return err
}

func (a *Actions) noticeAuthor(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community) (actors.Actor, error) {
	mods, err := tx.Moderators(ctx, group.ID)
	var author actors.Actor
	for _, m := range mods {
		if m.Local && (author.ID == 0 || m.ID == by.ID) {
			author = m
		}
	}
	return author, err
}

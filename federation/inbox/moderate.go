package inbox

import (
	"context"
	"errors"
	"strings"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// add and takeOut are a facilitator's work in a community of ours: pinned
// discussions and facilitators are two of its collections (protocol.md 5.4).
func add(ctx context.Context, w *work) error { return w.collect(ctx, true) }

func takeOut(ctx context.Context, w *work) error { return w.collect(ctx, false) }

func (w *work) collect(ctx context.Context, on bool) error {
	if w.from.Kind == actors.Group && !w.from.Local {
		return w.byGroup(ctx, func(group actors.Community) error { return w.relayedCollect(ctx, w.act, group, on) })
	}
	if on && w.from.Kind == actors.Application && actors.URI(w.act.Target) == ap.LibraryAddress(w.from.URI) {
		return w.keptCopy(ctx)
	}
	target, err := w.address(string(w.act.Target))
	if err != nil {
		return err
	}
	group, err := w.lookedAfter(ctx, target[:max(strings.LastIndexByte(string(target), '/'), 0)])
	if err != nil || !group.Local {
		return err
	}
	switch target {
	case group.Featured:
		return w.pin(ctx, group, on)
	case group.Moderators:
		return w.appoint(ctx, group, on)
	}
	return refuse("wrong_target", "Nothing can be put there from outside.")
}

// lookedAfter finds the community at an address, if the sender looks after it by
// this node's own tables (security.md S50, S52). Of one elsewhere nothing comes of it.
func (w *work) lookedAfter(ctx context.Context, uri actors.URI) (actors.Community, error) {
	group, err := w.tx.CommunityByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		return group, refuse("not_moderator", "It is about what the sender does not look after.")
	}
	if err != nil {
		return group, err
	}
	if err := w.in.Actions.Facilitates(ctx, w.tx, w.from, group); err != nil {
		return group, err
	}
	w.line.Group = group.ID
	if !group.Local {
		w.line.Reason = "left_to_community: its own announcement counts"
		return group, nil
	}
	return group, w.relayable()
}

// byGroup is for what a community elsewhere says of itself without an Announce.
func (w *work) byGroup(ctx context.Context, do func(group actors.Community) error) error {
	group, err := w.tx.Community(ctx, w.from.ID)
	if err != nil {
		return err
	}
	w.line.Group = group.ID
	followed, err := w.tx.HasLocalMember(ctx, group.ID)
	if err != nil {
		return err
	}
	if !followed {
		return refuse("announcer", "Nobody here belongs to this community.")
	}
	return do(group)
}

func (w *work) pin(ctx context.Context, group actors.Community, on bool) error {
	p, _, err := w.postHere(ctx, w.act.Object.ID())
	if errors.Is(err, store.ErrNotFound) {
		return w.await(w.act.Object.ID())
	}
	if err != nil {
		return err
	}
	w.line.Group = group.ID
	return w.in.Actions.TakePin(ctx, w.tx, w.from, group, p, on, w.entry())
}

func (w *work) appoint(ctx context.Context, group actors.Community, on bool) error {
	who, err := w.person(ctx, w.act.Object)
	if err != nil {
		return err
	}
	return w.in.Actions.TakeAppoint(ctx, w.tx, w.from, group, who, on, w.entry())
}

// person finds whom an activity is about.
func (w *work) person(ctx context.Context, object ap.Inner) (actors.Actor, error) {
	uri, err := w.address(object.ID())
	if err != nil {
		return actors.Actor{}, err
	}
	return w.actor(ctx, uri)
}

// block removes somebody from a community of ours for one of its facilitators. A
// Block without a target is between two people and changes nothing here.
func block(ctx context.Context, w *work) error {
	if w.act.Target == "" {
		w.line.Reason = "personal: kept, nothing done"
		return nil
	}
	return w.bar(ctx, w.act, true)
}

// bar removes somebody or, not on, lifts that. blocked is the Block.
func (w *work) bar(ctx context.Context, blocked ap.Activity, on bool) error {
	if w.from.Kind == actors.Group && !w.from.Local {
		return w.byGroup(ctx, func(group actors.Community) error { return w.relayedBlock(ctx, blocked, group, on) })
	}
	target, err := w.address(string(blocked.Target))
	if err != nil {
		return err
	}
	if w.isOwnSite(target) {
		return w.siteBan(ctx, blocked, on)
	}
	group, err := w.lookedAfter(ctx, target)
	if err != nil || !group.Local {
		return err
	}
	who, err := w.person(ctx, blocked.Object)
	if err != nil {
		return err
	}
	if on {
		return w.in.Actions.TakeExpel(ctx, w.tx, w.from, group, who, removalOf(blocked), w.entry())
	}
	return w.in.Actions.TakeLetBack(ctx, w.tx, w.from, group, who, w.entry())
}

// isOwnSite says whether an address is the whole server that the sender lives on.
func (w *work) isOwnSite(target actors.URI) bool {
	return target.SameOrigin(w.from.URI) && !w.in.Site.Owns(target) && strings.Count(strings.TrimSuffix(string(target), "/"), "/") == 2
}

// siteBan is a server that shuts somebody out of itself.
func (w *work) siteBan(ctx context.Context, blocked ap.Activity, on bool) error {
	who, known, err := w.known(ctx, blocked.Object)
	if err != nil || !known {
		return err
	}
	return w.in.Actions.TakeSiteBan(ctx, w.tx, w.from, who, removalOf(blocked), on)
}

// known is a person, if this node has ever heard of them; otherwise a reason is noted.
func (w *work) known(ctx context.Context, object ap.Inner) (who actors.Actor, ok bool, err error) {
	uri, err := w.address(object.ID())
	if err != nil {
		return who, false, err
	}
	who, err = w.tx.ActorByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) || err == nil && who.Kind != actors.Person {
		w.line.Reason = "unknown_object: nobody known here"
		return who, false, nil
	}
	return who, err == nil, err
}

func removalOf(b ap.Activity) actions.Removal {
	return actions.Removal{Reason: reasonOf(b.Summary), Until: b.EndTime.Time, Posts: b.RemoveData}
}

// relayedCollect applies what a community elsewhere did to its own collections,
// and to no others.
func (w *work) relayedCollect(ctx context.Context, inner ap.Activity, group actors.Community, on bool) error {
	switch target := actors.URI(inner.Target); {
	case target == "":
	case target == group.Featured:
		return w.relayedPin(ctx, inner, group, on)
	case target == group.Moderators:
		return w.relayedAppoint(ctx, inner, group, on)
	}
	return refuse("wrong_target", "It is not a collection of this community.")
}

func (w *work) relayedPin(ctx context.Context, inner ap.Activity, group actors.Community, on bool) error {
	uri, err := w.address(inner.Object.ID())
	if err != nil {
		return err
	}
	p, err := w.tx.PostByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) && on {
		p, err = w.bringPinned(ctx, inner.Object, uri, group)
	}
	switch {
	case errors.Is(err, store.ErrNotFound) && !on:
		w.line.Reason = "unknown_object: nothing to unpin"
		return nil
	case err != nil:
		return err
	case p.Group != group.ID:
		return refuse("other_community", "It belongs to another community.")
	case p.IsComment():
		return refuse("not_a_discussion", "Only discussions are pinned.")
	case p.Pinned == on:
		return nil
	}
	if err := w.tx.PinPost(ctx, p.ID, on); err != nil {
		return err
	}
	return w.did(ctx, inner, group, either(on, actions.DidPin, actions.DidUnpin), string(uri), "")
}

// bringPinned takes in a discussion that is pinned and not known here.
func (w *work) bringPinned(ctx context.Context, item ap.Inner, uri actors.URI, group actors.Community) (content.Post, error) {
	doc, err := w.believed(ctx, item, uri, group, "")
	if err != nil {
		return content.Post{}, err
	}
	if err := w.adopt(ctx, doc, group); err != nil {
		return content.Post{}, err
	}
	return w.tx.PostByURI(ctx, uri)
}

func (w *work) relayedAppoint(ctx context.Context, inner ap.Activity, group actors.Community, on bool) error {
	who, err := w.person(ctx, inner.Object)
	if err != nil {
		return err
	}
	if who.Kind != actors.Person {
		return refuse("not_a_person", "Only people are facilitators.")
	}
	news, err := w.in.Actions.Appointed(ctx, w.tx, group, who, on)
	if err != nil || !news {
		return err
	}
	return w.did(ctx, inner, group, either(on, actions.DidAppoint, actions.DidStandDown), who.Handle(), "")
}

// relayedBlock applies a removal from the community that announces it, and from
// no other (security.md S52).
func (w *work) relayedBlock(ctx context.Context, blocked ap.Activity, group actors.Community, on bool) error {
	if string(blocked.Target) != string(group.URI) {
		return refuse("not_moderator", "It removes somebody from what is not this community.")
	}
	who, known, err := w.known(ctx, blocked.Object)
	if err != nil || !known {
		return err
	}
	if w.past && who.Local {
		if stale, err := w.beforeTheyJoined(ctx, blocked, group, who); stale || err != nil {
			return err
		}
	}
	return w.barred(ctx, blocked, group, who, on)
}

// barred notes a removal that counts here, or that it is lifted.
func (w *work) barred(ctx context.Context, blocked ap.Activity, group actors.Community, who actors.Actor, on bool) error {
	what, why, news, err := actions.DidLetBack, "", false, error(nil)
	if on {
		r := removalOf(blocked)
		what, why = actions.DidExpel, r.Reason
		news, err = w.in.Actions.Expelled(ctx, w.tx, group, who, r)
	} else {
		news, err = w.in.Actions.LetBackIn(ctx, w.tx, group, who)
	}
	if err != nil || !news {
		return err
	}
	return w.did(ctx, blocked, group, what, who.Handle(), why)
}

// beforeTheyJoined says whether a removal that is read in the community's past
// ended before one of our people joined: it no longer counts.
func (w *work) beforeTheyJoined(ctx context.Context, blocked ap.Activity, group actors.Community, who actors.Actor) (bool, error) {
	m, err := w.tx.Membership(ctx, group.ID, who.ID)
	return m.Standing == actors.Joined && !blocked.Published.After(m.Since), err
}

// concernsOurs says whether an Announce is about a removal of one of our people,
// who must hear of it even when they were the last one here.
func (w *work) concernsOurs(ctx context.Context, group actors.Community) (bool, error) {
	inner, err := w.act.Object.AsActivity()
	if err == nil && inner.Type == "Undo" {
		inner, err = inner.Object.AsActivity()
	}
	if err != nil || inner.Type != "Block" {
		return false, nil
	}
	uri, err := w.in.Site.Parse(inner.Object.ID())
	if err != nil || !w.in.Site.Owns(uri) {
		return false, nil
	}
	who, err := w.tx.ActorByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	m, err := w.tx.Membership(ctx, group.ID, who.ID)
	return m.Standing != actors.NoStanding, err
}

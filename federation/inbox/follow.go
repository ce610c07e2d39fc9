package inbox

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// follow asks to join a community of ours, or to follow a person here.
func follow(ctx context.Context, w *work) error {
	uri, err := w.address(w.act.Object.ID())
	if err != nil {
		return err
	}
	target, err := w.tx.ActorByURI(ctx, uri)
	if err != nil {
		return err
	}
	if !target.Local || target.IsGone() {
		return refuse("not_here", "It follows someone who is not on this node.")
	}
	if d := w.in.Decide(w.from.Host, actors.ToFollow); !d.OK() {
		return refuse("policy", d.Rule)
	}
	switch target.Kind {
	case actors.Person:
		return w.in.Actions.Follow(ctx, w.tx, w.from, target, w.line.URI)
	case actors.Group:
		return w.followGroup(ctx, target)
	}
	return refuse("not_followed", "The node itself cannot be followed.")
}

func (w *work) followGroup(ctx context.Context, target actors.Actor) error {
	group, err := w.tx.Community(ctx, target.ID)
	if err != nil {
		return err
	}
	if !group.Audience.Federates() {
		return refuse("not_here", "It follows something that is not on this node.")
	}
	w.line.Group = group.ID
	return w.in.Actions.Admit(ctx, w.tx, w.from, group, w.line.URI)
}

// accept is a community's yes to a request of ours, or a site's word that it has done what
// it was asked.
func accept(ctx context.Context, w *work) error {
	if w.act.Receipt != nil {
		return w.takeReceipt(ctx)
	}
	return w.answered(ctx, true)
}

// reject is its no: to a request, to a membership, or to a post; or somebody's to an
// invitation of ours.
func reject(ctx context.Context, w *work) error {
	if done, err := w.saidNo(ctx); done || err != nil {
		return err
	}
	err := w.answered(ctx, false)
	if errors.Is(err, store.ErrNotFound) {
		return w.declined(ctx)
	}
	return err
}

func (w *work) answered(ctx context.Context, yes bool) error {
	group, err := w.tx.Community(ctx, w.from.ID)
	if errors.Is(err, store.ErrNotFound) {
		return refuse("no_such_follow", "Only communities are followed from here.")
	}
	if err != nil {
		return err
	}
	w.line.Group = group.ID
	m, err := w.request(ctx, group)
	if err != nil {
		return err
	}
	return w.in.Actions.Answered(ctx, w.tx, group, m, yes, reasonOf(w.act.Summary))
}

// request finds the membership that an answer is about: by the id of our Follow,
// or, where a server leaves the id out, by who follows whom (protocol.md 5.1).
func (w *work) request(ctx context.Context, group actors.Community) (actors.Membership, error) {
	if uri, err := w.in.Site.Parse(w.act.Object.ID()); err == nil {
		m, err := w.tx.MembershipByFollow(ctx, uri)
		if err == nil && m.Group != group.ID {
			return m, refuse("no_such_follow", "The request was for someone else to answer.")
		}
		return m, err
	}
	if !w.act.Object.Embedded() {
		return actors.Membership{}, refuse("shape", "It does not say which request it answers.")
	}
	inner, err := w.act.Object.AsActivity()
	if err != nil || inner.Type != "Follow" || inner.Object.ID() != string(group.URI) {
		return actors.Membership{}, refuse("no_such_follow", "It does not answer a request to join this community.")
	}
	who, err := w.tx.ActorByURI(ctx, actors.URI(inner.Actor))
	if err != nil {
		return actors.Membership{}, err
	}
	return w.tx.Membership(ctx, group.ID, who.ID)
}

// declined notes that a community elsewhere did not take a post of ours.
func (w *work) declined(ctx context.Context) error {
	uri, err := w.address(w.act.Object.ID())
	if err != nil {
		return err
	}
	if create, err := w.tx.ActivityByURI(ctx, uri, w.rejectedActor()); err == nil {
		uri = create.Object
	}
	p, err := w.tx.PostByURI(ctx, uri)
	if err != nil {
		return err
	}
	if !p.Local || p.Group != w.from.ID || p.Standing != content.Sent {
		return refuse("not_theirs", "It is not a post that this community was asked to take.")
	}
	return w.tx.SetStanding(ctx, p, content.Declined)
}

func (w *work) rejectedActor() actors.URI {
	inner, err := w.act.Object.AsActivity()
	if err != nil {
		return ""
	}
	return actors.URI(inner.Actor)
}

// undo takes back what the same actor did before.
func undo(ctx context.Context, w *work) error {
	inner, err := w.undone(ctx)
	if err != nil {
		return err
	}
	switch inner.Type {
	case "Follow":
		return w.undoFollow(ctx, inner)
	case "Like", "EmojiReact":
		return w.undoLike(ctx, inner)
	case "Flag":
		return w.takeBack(ctx, inner)
	case "Invite":
		return w.undoInvite(ctx, inner)
	case "Delete":
		return w.undoDelete(ctx, inner)
	case "Lock":
		return w.shut(ctx, inner, w.act.Summary, false)
	case ap.ChooseAnswer, "ChooseAnswer":
		return w.choose(ctx, inner, false)
	case "Block":
		if inner.Target != "" {
			return w.bar(ctx, inner, false)
		}
	}
	w.line.Reason = "unknown_type: kept, nothing done"
	return nil
}

// undone is what an Undo takes back: the activity in it, or the one that its
// actor sent before under the id that it gives.
func (w *work) undone(ctx context.Context) (inner ap.Activity, err error) {
	if w.act.Object.Embedded() {
		inner, err = w.act.Object.AsActivity()
	} else {
		inner, err = w.before(ctx)
	}
	if err != nil {
		return inner, err
	}
	if inner.Actor != string(w.from.URI) {
		return inner, refuse("not_owner", "It undoes what someone else did.")
	}
	return inner, nil
}

// before is the activity that the actor sent under the id that an Undo gives.
func (w *work) before(ctx context.Context) (ap.Activity, error) {
	uri, err := w.address(w.act.Object.ID())
	if err != nil {
		return ap.Activity{}, err
	}
	line, err := w.tx.ActivityByURI(ctx, uri, w.from.URI)
	if err != nil {
		return ap.Activity{}, err
	}
	return ap.ParseActivity(line.Body)
}

func (w *work) undoFollow(ctx context.Context, inner ap.Activity) error {
	uri, err := w.address(inner.Object.ID())
	if err != nil {
		return err
	}
	target, err := w.tx.ActorByURI(ctx, uri)
	if err != nil {
		return err
	}
	if !target.Local {
		return refuse("not_here", "It is about someone who is not on this node.")
	}
	if target.Kind == actors.Group {
		w.line.Group = target.ID
	}
	m, err := w.follower(ctx, target)
	if err != nil {
		return err
	}
	return w.in.Actions.Left(ctx, w.tx, w.from, target, m)
}

func (w *work) undoLike(ctx context.Context, inner ap.Activity) error {
	if done, err := w.forgetLike(ctx, inner); done || err != nil {
		return err
	}
	p, group, err := w.postHere(ctx, inner.Object.ID())
	if err != nil {
		return err
	}
	if !group.Local {
		w.line.Reason = "left_to_community: its own announcement counts"
		return nil
	}
	return w.in.Actions.TakeUndoUseful(ctx, w.tx, w.from, group, p, w.entry())
}

// forgetLike keeps a Like from counting after its Undo, in whatever order the two
// come. An id with a fragment may be given again: NodeBB's votes on a post all
// have the same (protocol.md 5.4, C38).
func (w *work) forgetLike(ctx context.Context, inner ap.Activity) (done bool, err error) {
	uri, err := w.in.Site.Parse(inner.ID)
	if err != nil || !uri.SameOrigin(w.from.URI) {
		return false, nil // no id to know it by
	}
	if uri != uri.WithoutFragment() {
		return false, w.tx.ForgetActivity(ctx, uri, w.from.URI, w.in.IDs.Next())
	}
	like, err := w.tx.ActivityByURI(ctx, uri, w.from.URI)
	switch {
	case errors.Is(err, store.ErrNotFound):
		w.line.Reason = "early: what it undoes has not come"
		return true, w.undoneEarly(ctx, uri, w.from.URI, inner)
	case err != nil:
		return false, err
	case like.State == actors.Waiting:
		like.State, like.Reason = actors.Applied, "undone: before it could be applied"
		return true, w.tx.Settle(ctx, like)
	}
	return false, nil
}

// undoneEarly notes what was undone before it came. signer is whoever brought
// the news: only what comes the same way is kept out by it.
func (w *work) undoneEarly(ctx context.Context, uri, signer actors.URI, inner ap.Activity) error {
	_, err := w.tx.Record(ctx, actors.Activity{
		ID: w.in.IDs.Next(), URI: uri, Type: clip(inner.Type, maxReason), Actor: actors.URI(inner.Actor), Signer: signer,
		Host: signer.Host(), Group: w.line.Group, Direction: actors.Inbound, State: actors.Applied,
		Reason: "undone: its Undo came first", At: w.in.Now(),
	})
	return err
}

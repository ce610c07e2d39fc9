package inbox

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// invite is a community's wish that one of our people joins it.
func invite(ctx context.Context, w *work) error {
	group, who, err := w.invited(ctx, w.act)
	if err != nil {
		return err
	}
	if d := w.in.Decide(w.from.Host, actors.ToFollow); !d.OK() {
		return refuse("policy", d.Rule)
	}
	return w.in.Actions.InvitedTo(ctx, w.tx, group, who, w.line.URI)
}

// undoInvite takes it back.
func (w *work) undoInvite(ctx context.Context, inner ap.Activity) error {
	group, who, err := w.invited(ctx, inner)
	if err != nil {
		return err
	}
	return w.in.Actions.UninvitedFrom(ctx, w.tx, group, who)
}

// invited reads which community an Invite is of and whom it asks. Only a community
// asks people into itself.
func (w *work) invited(ctx context.Context, act ap.Activity) (group actors.Community, who actors.Actor, err error) {
	if act.Object.ID() != string(w.from.URI) {
		return group, who, refuse("not_theirs", "It invites to something that is not the sender.")
	}
	group, err = w.tx.Community(ctx, w.from.ID)
	if errors.Is(err, store.ErrNotFound) {
		return group, who, refuse("not_a_community", "Only communities invite people here.")
	}
	if err != nil {
		return group, who, err
	}
	w.line.Group = group.ID
	who, err = w.tx.ActorByURI(ctx, actors.URI(act.Target))
	if errors.Is(err, store.ErrNotFound) || err == nil && (!who.Local || who.Kind != actors.Person || who.IsGone()) {
		err = refuse("not_here", "It invites someone who is not on this node.")
	}
	return group, who, err
}

// saidNo is the answer of somebody elsewhere who was asked into a community of ours;
// false when the Reject is of something else.
func (w *work) saidNo(ctx context.Context) (bool, error) {
	inner, err := w.act.Object.AsActivity()
	if err != nil || !w.act.Object.Embedded() || inner.Type != "Invite" {
		return false, nil
	}
	group, err := w.tx.CommunityByURI(ctx, actors.URI(inner.Actor))
	if errors.Is(err, store.ErrNotFound) || err == nil && !group.Local {
		return true, refuse("no_such_invite", "No invitation of a community here is open.")
	}
	if err != nil {
		return true, err
	}
	w.line.Group = group.ID
	return true, w.in.Actions.Declined(ctx, w.tx, group, w.from)
}

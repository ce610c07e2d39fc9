package inbox

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/store"
)

// remove takes away a post for its author, or an actor who deletes itself.
func remove(ctx context.Context, w *work) error {
	if len(w.act.Object.Items()) != 1 {
		return refuse("shape", "A deletion is about one thing.")
	}
	uri, err := w.address(w.act.Object.ID())
	if err != nil {
		return err
	}
	if uri == w.from.URI {
		return w.in.Actions.Forget(ctx, w.tx, w.from)
	}
	p, err := w.tx.PostByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		w.line.Reason = "unknown_object: nothing to delete"
		return nil
	}
	if err != nil {
		return err
	}
	w.line.Group = p.Group
	if p.IsGone() {
		w.line.Reason = "known_object: it is gone already"
		return nil
	}
	group, err := w.tx.Community(ctx, p.Group)
	if err != nil {
		return err
	}
	if group.Local {
		return w.in.Actions.TakeDelete(ctx, w.tx, w.from, group, p, w.entry())
	}
	if p.Author != w.from.ID || p.Local {
		return refuse("not_owner", "Only its author can delete it.")
	}
	return w.in.Actions.Withdraw(ctx, w.tx, p)
}

// follower finds how the sender stands towards an actor of ours.
func (w *work) follower(ctx context.Context, of actors.Actor) (actors.Membership, error) {
	return w.tx.Membership(ctx, of.ID, w.from.ID)
}

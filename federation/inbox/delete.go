package inbox

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/content"
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
		return w.removeVersion(ctx, uri)
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
	switch {
	case p.Author == w.from.ID && group.Local:
		if err := w.in.Actions.EndDocument(ctx, w.tx, p, lastWords(w.act)); err != nil {
			return err
		}
		return w.in.Actions.TakeDelete(ctx, w.tx, w.from, group, p, "", w.entry())
	case p.Author == w.from.ID && w.mayBeOld():
		return w.deletedAtOrigin(ctx, uri, p, group)
	case p.Author == w.from.ID:
		return w.withdraw(ctx, p, lastWords(w.act))
	}
	return w.removeForOthers(ctx, p, group)
}

// mayBeOld says whether an activity may have been passed on by somebody who kept it:
// it has a proof, with which anyone may bring it at any time. What it undoes here may
// have been done again since, and of a community elsewhere only that is in our log
// which came to us.
func (w *work) mayBeOld() bool {
	_, ok := w.in.claim(w.act.Raw, w.from.URI)
	return ok && !w.docs.direct
}

// removeForOthers: a facilitator hides a post in a community of ours. Somebody on
// the author's own host may have taken it down there: that host is asked
// (protocol.md 9.1).
func (w *work) removeForOthers(ctx context.Context, p content.Post, group actors.Community) error {
	if group.Local {
		err := w.in.Actions.Facilitates(ctx, w.tx, w.from, group)
		switch {
		case err == nil && !w.act.Reasoned:
			return w.in.Actions.TakeBareDelete(ctx, w.tx, w.from, group, p)
		case err == nil:
			return w.in.Actions.TakeDelete(ctx, w.tx, w.from, group, p, reasonOf(w.act.Summary), w.entry())
		case !errors.Is(err, actors.ErrForbidden):
			return err
		}
	}
	if p.Local || !w.from.URI.SameOrigin(p.URI) {
		return refuse("not_owner", "Only its author or a facilitator can delete it.")
	}
	w.closed = p.Audience != actors.AudiencePublic
	gone, err := w.vanished(p.URI, group)
	if err != nil {
		return err
	}
	if !gone {
		return refuse("still_there", "Its origin still has it.")
	}
	if err := w.in.Actions.EndDocument(ctx, w.tx, p, w.docs.stones[p.URI]); err != nil {
		return err
	}
	return w.in.Actions.TakeVanished(ctx, w.tx, w.from, group, p, w.entry())
}

// vanished asks a post's origin whether it is deleted.
func (w *work) vanished(uri actors.URI, group actors.Community) (bool, error) {
	doc, err := w.fetched(need{uri: uri, group: w.readAs(group), erased: true})
	if reason, final := isFinal(err); final && reason != "" && w.docs.gone[uri] || err == nil && doc.object.IsTombstone() {
		return true, nil
	}
	return false, err
}

// follower finds how the sender stands towards an actor of ours.
func (w *work) follower(ctx context.Context, of actors.Actor) (actors.Membership, error) {
	return w.tx.Membership(ctx, of.ID, w.from.ID)
}

package inbox

import (
	"context"
	"errors"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// undoDelete brings a post back: for its author, when its own server shows it
// again; in a community of ours, for a facilitator, when one hid it.
func (w *work) undoDelete(ctx context.Context, deleted ap.Activity) error {
	if w.from.Kind == actors.Group && !w.from.Local {
		return w.byGroup(ctx, func(group actors.Community) error { return w.relayedRestore(ctx, deleted, group) })
	}
	p, group, err := w.postHere(ctx, deleted.Object.ID())
	if errors.Is(err, store.ErrNotFound) {
		w.line.Reason = "unknown_object: nothing to bring back"
		return nil
	}
	if err != nil {
		return err
	}
	switch {
	case p.Author == w.from.ID && p.Standing == content.Hidden && !p.IsGone():
		return refuse("not_moderator", "A facilitator hid this: only a facilitator can bring it back.")
	case p.Author == w.from.ID && !p.IsGone():
		w.line.Reason = "known_object: it is not deleted"
		return nil
	case p.Author == w.from.ID:
		return w.comesBack(ctx, p, group)
	case !group.Local:
		w.line.Reason = "left_to_community: its own announcement counts"
		return nil
	}
	if err := w.relayable(); err != nil {
		return err
	}
	return w.in.Actions.TakeRestore(ctx, w.tx, w.from, group, p, w.entry())
}

// comesBack reads a withdrawn post again from its origin: its words were erased
// here. Who deleted it says that it is back, and its origin shows that it is.
func (w *work) comesBack(ctx context.Context, p content.Post, group actors.Community) error {
	if p.IsDocument() {
		return refuse("withdrawn", "A document that was withdrawn does not come back: it is shared again.")
	}
	author, err := w.tx.Actor(ctx, p.Author)
	if err != nil {
		return err
	}
	if author.IsGone() {
		return refuse("actor_gone", "Whoever wrote this has been deleted.")
	}
	doc, err := w.fetched(need{uri: p.URI, group: w.readAs(group)})
	if err != nil {
		return err
	}
	if string(doc.object.AttributedTo) != string(author.URI) {
		return refuse("owner_mismatch", "It is attributed to someone else than before.")
	}
	if err := w.admitted(p); err != nil {
		return err
	}
	o := doc.object
	shown, err := w.shown(o)
	if err != nil {
		return err
	}
	p = worded(p, o, shown)
	if !o.Updated.IsZero() {
		p.Updated = w.time(o.Updated.Time)
	}
	if err := w.relayable(); err != nil {
		return err
	}
	return w.in.Actions.TakeReturn(ctx, w.tx, author, group, p, doc.raw, w.entry())
}

// relayedRestore is the same as a community elsewhere passes it on. A Delete that
// has a reason was a facilitator's.
func (w *work) relayedRestore(ctx context.Context, deleted ap.Activity, group actors.Community) error {
	uri, err := w.address(deleted.Object.ID())
	if err != nil {
		return err
	}
	p, err := w.tx.PostByURI(ctx, uri)
	switch {
	case errors.Is(err, store.ErrNotFound) && !deleted.Reasoned:
		return w.adoptAgain(ctx, deleted, uri, group)
	case errors.Is(err, store.ErrNotFound):
		w.line.Reason = "unknown_object: nothing to bring back"
		return nil
	case err != nil:
		return err
	case p.Group != group.ID:
		return refuse("other_community", "It belongs to another community.")
	case deleted.Reasoned && p.Standing == content.Hidden && !p.IsGone():
		if err := w.in.Actions.Restored(ctx, w.tx, p); err != nil {
			return err
		}
		if err := w.tellAuthor(ctx, deleted, p, group, actions.NoticeRestored); err != nil {
			return err
		}
		return w.did(ctx, deleted, group, actions.DidRestore, string(uri), "")
	case !deleted.Reasoned && p.IsGone() && !p.Local:
		return w.comesBack(ctx, p, group)
	}
	w.line.Reason = "known_object: nothing to bring back"
	return nil
}

// adoptAgain takes in a post whose deletion is all that was heard of it.
func (w *work) adoptAgain(ctx context.Context, deleted ap.Activity, uri actors.URI, group actors.Community) error {
	if w.in.Site.Owns(uri) {
		return refuse("unknown_object", "It is about something of ours that does not exist.")
	}
	doc, err := w.vouched(deleted.Object, uri, group)
	if err != nil {
		return err
	}
	w.again = true
	return w.adopt(ctx, doc, group)
}

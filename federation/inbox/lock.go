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

// lock ends replies to a post in a community of ours for one of its facilitators
// (protocol.md 5.4).
func lock(ctx context.Context, w *work) error { return w.shut(ctx, w.act, w.act.Summary, true) }

// shut locks a post or, not on, takes that back. locked is the Lock; why is the
// reason, which of an Undo stands beside the Lock.
func (w *work) shut(ctx context.Context, locked ap.Activity, why string, on bool) error {
	if w.from.Kind == actors.Group && !w.from.Local {
		return w.byGroup(ctx, func(group actors.Community) error { return w.relayedLock(ctx, locked, group, on) })
	}
	p, group, err := w.postHere(ctx, locked.Object.ID())
	if errors.Is(err, store.ErrNotFound) {
		return w.await(locked.Object.ID())
	}
	if err != nil {
		return err
	}
	if !group.Local {
		w.line.Reason = "left_to_community: its own announcement counts"
		return nil
	}
	if err := w.relayable(); err != nil {
		return err
	}
	return w.in.Actions.TakeLock(ctx, w.tx, w.from, group, p, reasonOf(why), on, w.entry())
}

// reasonOf is a facilitator's reason as plain text.
func reasonOf(summary string) string { return content.PlainName(summary, maxReason) }

// relayedLock locks what the community itself says is locked, and nothing of
// another one's.
func (w *work) relayedLock(ctx context.Context, locked ap.Activity, group actors.Community, on bool) error {
	uri, err := w.address(locked.Object.ID())
	if err != nil {
		return err
	}
	p, err := w.tx.PostByURI(ctx, uri)
	switch {
	case errors.Is(err, store.ErrNotFound) && on:
		return &later{uri}
	case errors.Is(err, store.ErrNotFound):
		w.line.Reason = "unknown_object: nothing to unlock"
		return nil
	case err != nil:
		return err
	case p.Group != group.ID:
		return refuse("other_community", "It belongs to another community.")
	case p.Locked == on:
		return nil
	}
	return w.locked(ctx, locked, p, group, on)
}

func (w *work) locked(ctx context.Context, by ap.Activity, p content.Post, group actors.Community, on bool) error {
	why := ""
	if by.Type == "Lock" {
		why = reasonOf(by.Summary)
	}
	if err := w.in.Actions.Locked(ctx, w.tx, p, why, on, w.time(by.Published.Time)); err != nil {
		return err
	}
	if err := w.tellAuthor(ctx, by, p, group, either(on, actions.NoticeLocked, actions.NoticeUnlocked)); err != nil {
		return err
	}
	return w.did(ctx, by, group, either(on, actions.DidLock, actions.DidUnlock), string(p.URI), why)
}

func either(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}

// comments reads an Update by somebody else than the author: the older form of
// Lock. It is taken for nothing else.
func (w *work) comments(ctx context.Context, update ap.Activity, p content.Post) (enabled, isLock bool, err error) {
	if update.Type != "Update" || !update.Object.Embedded() || p.IsComment() {
		return false, false, nil
	}
	o, err := update.Object.AsObject()
	if err != nil || !o.Closed && !o.Opened {
		return false, false, nil // what is wrong with it is found where it is read
	}
	author, err := w.tx.Actor(ctx, p.Author)
	if err != nil || string(author.URI) == update.Actor {
		return false, false, err
	}
	return o.Opened, true, nil
}

// closing is an Update of somebody else's discussion in a community of ours: a
// facilitator says whether it takes replies.
func (w *work) closing(ctx context.Context, p content.Post) error {
	enabled, isLock, err := w.comments(ctx, w.act, p)
	if err != nil {
		return err
	}
	group, err := w.tx.Community(ctx, p.Group)
	if err != nil {
		return err
	}
	if !isLock || !group.Local {
		return refuse("not_owner", "Only its author can change it.")
	}
	return w.in.Actions.TakeComments(ctx, w.tx, w.from, group, p, enabled)
}

// relayedComments is the same as a community elsewhere passes it on.
func (w *work) relayedComments(ctx context.Context, update ap.Activity, uri actors.URI, group actors.Community) (done bool, err error) {
	p, err := w.tx.PostByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	enabled, isLock, err := w.comments(ctx, update, p)
	if err != nil || !isLock {
		return false, err
	}
	if p.Group != group.ID {
		return true, refuse("other_community", "It belongs to another community.")
	}
	if p.Locked != enabled {
		return true, nil
	}
	return true, w.locked(ctx, update, p, group, !enabled)
}

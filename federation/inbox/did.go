package inbox

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// did notes what a community elsewhere says that somebody did in it.
func (w *work) did(ctx context.Context, inner ap.Activity, group actors.Community, what, target, why string) error {
	by, err := w.doer(ctx, inner, group)
	if err != nil {
		return err
	}
	did := store.Audit{By: by.ID, Action: what, Target: target, Detail: why}
	if w.past {
		did.At = inner.Published.Time
	}
	return w.in.Actions.Did(ctx, w.tx, group, did)
}

// doer is who did what a community says was done: the one it names, unless that
// one's word is missing where it would be heard. What is missing is done by the
// community, which is somebody of its choice. Whether it was allowed is another
// question, and the community's to answer (protocol.md 5.4).
func (w *work) doer(ctx context.Context, inner ap.Activity, group actors.Community) (actors.Actor, error) {
	by, err := w.tx.ActorByURI(ctx, actors.URI(inner.Actor))
	if errors.Is(err, store.ErrNotFound) {
		return group.Actor, nil
	}
	if err != nil || by.URI.SameOrigin(group.URI) {
		return by, err
	}
	spoke := w.spoke
	if by.Local {
		spoke = w.spokeHere
	}
	ok, err := spoke(ctx, by, group)
	if err != nil || !ok {
		return group.Actor, err
	}
	return by, nil
}

// spokeHere says whether one of our own people did what is passed on. An address of
// something else that they did is not enough.
func (w *work) spokeHere(ctx context.Context, by actors.Actor, _ actors.Community) (bool, error) {
	line, err := w.tx.ActivityByURI(ctx, actors.URI(w.told.ID), by.URI)
	if err != nil {
		return false, ignoreNotFound(err)
	}
	act, err := ap.ParseActivity(line.Body)
	return err == nil && isSameDeed(act, w.told), nil // whose words were erased says nothing
}

// isSameDeed says whether two activities do the same, for the same reason.
func isSameDeed(a, b ap.Activity) bool {
	if a.Type != b.Type || a.Target != b.Target || reasonOf(a.Summary) != reasonOf(b.Summary) {
		return false
	}
	x, errX := a.Object.AsActivity()
	y, errY := b.Object.AsActivity()
	if errX == nil && errY == nil && isActivity(x) && isActivity(y) {
		return isSameDeed(x, y)
	}
	return a.Object.ID() == b.Object.ID()
}

// spoke says whether somebody elsewhere did it. Those who prove what they do in
// public prove this too; of others, and behind closed doors, the community's word
// is all there is. Nobody waits for a key on account of a name.
func (w *work) spoke(ctx context.Context, by actors.Actor, group actors.Community) (bool, error) {
	if group.Audience != actors.AudiencePublic || w.docs.proved[said{string(w.told.Raw), by.URI}] {
		return true, nil
	}
	k, err := w.in.keysFor(ctx, w.tx, by.URI)
	if err != nil || len(k.keys) == 0 || w.in.stale(k, true) {
		return true, ignoreNotFound(err)
	}
	c, ok := w.in.claim(w.told.Raw, by.URI)
	if !ok {
		return false, nil
	}
	ok, _ = k.fits(c)
	return ok, nil
}

// tellAuthor tells one of our people what their community did about a post; not of
// what is long past.
func (w *work) tellAuthor(ctx context.Context, inner ap.Activity, p content.Post, group actors.Community, notice string) error {
	if w.past || !p.Local {
		return nil
	}
	by, err := w.doer(ctx, inner, group)
	if err != nil {
		return err
	}
	return w.in.Actions.TellAuthor(ctx, w.tx, p, notice, by.ID)
}

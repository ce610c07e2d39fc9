package inbox

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// like counts someone who found a post in a community of ours useful.
func like(ctx context.Context, w *work) error {
	p, group, err := w.postHere(ctx, w.act.Object.ID())
	if errors.Is(err, store.ErrNotFound) {
		return w.await(w.act.Object.ID())
	}
	if err != nil {
		return err
	}
	if !group.Local {
		w.line.Reason = "left_to_community: its own announcement counts"
		return nil
	}
	return w.in.Actions.TakeUseful(ctx, w.tx, w.from, group, p, w.entry())
}

// dislike is not counted against a post. It takes the place of what the same
// person said before (protocol.md 5.4): Lemmy sends no Undo of the Like first.
func dislike(ctx context.Context, w *work) error {
	w.line.Reason = "not_counted: kept, nothing counted"
	p, group, err := w.postHere(ctx, w.act.Object.ID())
	if err != nil || !group.Local {
		return ignoreNotFound(err)
	}
	return w.in.Actions.TakeUndoUseful(ctx, w.tx, w.from, group, p, w.entry())
}

// relayedDislike is a Dislike on the word of the community that the post is in.
func (w *work) relayedDislike(ctx context.Context, inner ap.Activity, group actors.Community) error {
	w.line.Reason = "not_counted: kept, nothing counted"
	p, _, err := w.postHere(ctx, inner.Object.ID())
	if err != nil || p.Group != group.ID {
		return ignoreNotFound(err)
	}
	who, err := w.tx.ActorByURI(ctx, actors.URI(inner.Actor))
	if err != nil || who.Local {
		return ignoreNotFound(err)
	}
	_, err = w.tx.DropUseful(ctx, p.ID, who.ID)
	return err
}

// await puts off what is about somebody's post that may still be on its way.
func (w *work) await(id string) error {
	uri, err := w.address(id)
	if err != nil {
		return err
	}
	if w.in.Site.Owns(uri) {
		return refuse("unknown_object", "It is about something of ours that does not exist.")
	}
	return &later{uri}
}

// postHere finds a post that is stored, with its community.
func (w *work) postHere(ctx context.Context, id string) (content.Post, actors.Community, error) {
	uri, err := w.address(id)
	if err != nil {
		return content.Post{}, actors.Community{}, err
	}
	p, err := w.tx.PostByURI(ctx, uri)
	if err != nil {
		return p, actors.Community{}, err
	}
	w.line.Group = p.Group
	group, err := w.tx.Community(ctx, p.Group)
	return p, group, err
}

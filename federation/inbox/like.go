package inbox

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/content"
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

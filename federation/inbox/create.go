package inbox

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// create lets a post into a community of ours. For communities elsewhere only
// their own Announce counts (FEP-1b12).
func create(ctx context.Context, w *work) error {
	doc, err := w.object(w.act.Object, w.from.URI)
	if err != nil {
		return err
	}
	if string(doc.object.AttributedTo) != string(w.from.URI) {
		return refuse("owner_mismatch", "The object is attributed to someone else.")
	}
	group, err := w.groupOf(ctx, doc.object)
	if err != nil {
		return err
	}
	w.line.Group = group.ID
	if !group.Local {
		w.line.Reason = "left_to_community: its own announcement counts"
		return nil
	}
	if stored, err := w.stored(ctx, doc.object.ID); err != nil || stored {
		return err
	}
	p, err := w.postOf(ctx, doc, group, w.from)
	if err != nil {
		return err
	}
	if err := w.admitted(p); err != nil {
		return err
	}
	if err := w.in.Actions.Take(ctx, w.tx, w.from, group, p, doc.raw, w.entry()); err != nil {
		return err
	}
	return w.in.Actions.TellNamed(ctx, w.tx, *w.line, w.from, named(doc.object))
}

// stored says whether a post with this address is here, or was. What is stored
// is never changed by a second Create (security.md S59).
func (w *work) stored(ctx context.Context, id string) (bool, error) {
	uri, err := w.address(id)
	if err != nil {
		return false, err
	}
	_, err = w.tx.PostByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err == nil {
		w.line.Reason = "known_object: nothing done"
	}
	return err == nil, err
}

// admitted asks the policy about a post by someone elsewhere.
func (w *work) admitted(p content.Post) error {
	purpose := actors.ToPost
	if p.IsComment() {
		purpose = actors.ToReply
	}
	switch d := w.in.Decide(p.URI.Host(), purpose); d.Verdict {
	case actors.Accept:
		return nil
	case actors.Hold:
		if w.docs.released {
			return nil
		}
		return &hold{d.Rule}
	default:
		return refuse("policy", d.Rule)
	}
}

// entry is the activity as it is passed on: what was received, byte for byte.
func (w *work) entry() actors.Activity {
	e := *w.line
	e.Body = w.act.Raw
	return e
}

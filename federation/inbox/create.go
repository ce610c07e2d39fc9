package inbox

import (
	"context"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
)

// create lets a post into a community of ours. For communities elsewhere only
// their own Announce counts (FEP-1b12).
func create(ctx context.Context, w *work) error {
	created, err := w.one(w.act.Object)
	if err != nil {
		return err
	}
	doc, err := w.object(created, w.from.URI)
	if err != nil {
		return err
	}
	if string(doc.object.AttributedTo) != string(w.from.URI) {
		return refuse("owner_mismatch", "The object is attributed to someone else.")
	}
	if isMessage(doc.object) {
		return w.message(ctx, doc.object)
	}
	group, err := w.groupOf(ctx, doc.object)
	if err != nil {
		return err
	}
	w.line.Group = group.ID
	if !group.Local {
		w.line.Reason = "left_to_community: its own announcement counts"
		return w.unlessRead(ctx, group)
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
	if err := w.relayable(); err != nil {
		return err
	}
	if err := w.in.Actions.Take(ctx, w.tx, w.from, group, p, doc.raw, w.entry()); err != nil {
		return err
	}
	if err := w.keepPaper(ctx, p, doc.object); err != nil {
		return err
	}
	if err := w.wake(ctx, p.URI); err != nil {
		return err
	}
	return w.in.Actions.TellNamed(ctx, w.tx, *w.line, w.from, named(doc.object))
}

// unlessRead keeps no words that are for members of a community elsewhere where there are
// none here.
func (w *work) unlessRead(ctx context.Context, group actors.Community) error {
	if group.Audience == actors.AudiencePublic && (w.act.To.Public() || w.act.Cc.Public()) {
		return nil
	}
	read, err := w.tx.HasLocalMember(ctx, group.ID)
	w.wordless = w.wordless || !read
	return err
}

// one is the one thing that is created. Several at once are the votes that
// GoToSocial sends together (protocol.md 7.3), or nothing that is understood.
func (w *work) one(object ap.Inner) (ap.Inner, error) {
	items := object.Items()
	if len(items) == 1 {
		return items[0], nil
	}
	for _, item := range items {
		o, err := item.AsObject()
		if err != nil {
			break
		}
		if _, err := w.shown(o); err != nil {
			return object, err
		}
	}
	return object, refuse("shape", "It does not create one thing.")
}

// stored says whether a post with this address is here, or was. What is stored
// is never changed by a second Create (security.md S59).
func (w *work) stored(ctx context.Context, id string) (bool, error) {
	uri, err := w.address(id)
	if err != nil {
		return false, err
	}
	missing, err := w.tx.MissingURIs(ctx, []actors.URI{uri})
	if err != nil {
		return false, err
	}
	if len(missing) > 0 {
		return false, w.notDeleted(ctx, uri, w.from.URI, "")
	}
	w.line.Reason = "known_object: nothing done"
	return true, nil
}

// notDeleted refuses a post whose deletion overtook it: it stays deleted
// (protocol.md 9.1, C52).
func (w *work) notDeleted(ctx context.Context, uri, author, group actors.URI) error {
	was, err := w.tx.WasDeleted(ctx, uri, author, group)
	if err == nil && was {
		w.wordless = true
		return refuse("gone", "It was deleted before it came.")
	}
	return err
}

// wake lets everything be tried again that waits for a post.
func (w *work) wake(ctx context.Context, uri actors.URI) error {
	woken, err := w.tx.WakeWaiting(ctx, awaits(uri))
	if woken {
		w.tx.After(w.in.Wake)
	}
	return err
}

// maxRelayed bounds what our own communities pass on: every byte goes to every
// partner (security.md S103).
const maxRelayed = 128 << 10

func (w *work) relayable() error {
	if len(w.act.Raw) > maxRelayed {
		return refuse("too_large", "It is too large to be passed on.")
	}
	return nil
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

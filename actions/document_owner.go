package actions

import (
	"context"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// HandOver gives a document to another member of its community to look after: by its
// owner, or by a facilitator of the community.
func (a *Actions) HandOver(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, to actors.Actor) error {
	group, err := tx.Community(ctx, p.Group)
	if err != nil {
		return err
	}
	d, err := tx.DocumentForRules(ctx, p.ID)
	if err != nil {
		return err
	}
	if by.ID != d.Owner && by.ID != p.Author {
		if _, err := a.facilitator(ctx, tx, by, group); err != nil {
			return err
		}
	}
	if err := a.notRemoved(ctx, tx, group.ID, by.ID); err != nil {
		return err
	}
	m, err := a.membership(ctx, tx, group.ID, to.ID)
	if err != nil {
		return err
	}
	if !p.Local || !to.Local || m.Standing != actors.Joined {
		return content.Problems{"owner": "Choose a member of this community who has an account here"}
	}
	if err := tx.SetDocumentOwner(ctx, p.ID, to.ID); err != nil {
		return err
	}
	if err := a.note(ctx, tx, by.ID, group, DidHandOver, string(p.URI), to.Handle()); err != nil {
		return err
	}
	return a.notifyAll(ctx, tx, []actors.ID{to.ID}, p, NoticeHandedOver, by.ID)
}

// HandOn gives documents whose owner has left, was removed or has no account any more to a
// facilitator of their community who has one, and says how many there were. Where
// there is none they stay, and nobody looks after them (store.LibraryFilter.Unowned).
func (a *Actions) HandOn(ctx context.Context, tx *store.Tx) (int, error) {
	left, err := tx.LeftBehind(ctx, upkeepBatch)
	if err != nil {
		return 0, err
	}
	for _, d := range left {
		if err := a.handOn(ctx, tx, d); err != nil {
			return 0, fmt.Errorf("hand on document %s: %w", d.Post, err)
		}
	}
	return len(left), nil
}

func (a *Actions) handOn(ctx context.Context, tx *store.Tx, d content.Document) error {
	p, err := tx.PostForRules(ctx, d.Post)
	if err != nil {
		return err
	}
	group, err := tx.Community(ctx, p.Group)
	if err != nil {
		return err
	}
	to, err := tx.Successor(ctx, group.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := tx.SetDocumentOwner(ctx, p.ID, to.ID); err != nil {
		return err
	}
	if to.ID == 0 {
		return a.note(ctx, tx, group.ID, group, DidHandOver, string(p.URI), "")
	}
	if err := a.note(ctx, tx, group.ID, group, DidHandOver, string(p.URI), to.Handle()); err != nil {
		return err
	}
	return a.notifyAll(ctx, tx, []actors.ID{to.ID}, p, NoticeHandedOver, d.Owner)
}

// mayGoOnWithout lets a document of this node be changed although its author was removed
// from its community: somebody else looks after it now.
func mayGoOnWithout(ctx context.Context, tx *store.Tx, p content.Post) error {
	removed := refuse("banned", "You have been removed from this community.")
	if !p.Local || !p.IsDocument() {
		return removed
	}
	d, err := tx.DocumentForRules(ctx, p.ID)
	if err != nil {
		return err
	}
	if d.Owner == 0 || d.Owner == p.Author {
		return removed
	}
	return nil
}

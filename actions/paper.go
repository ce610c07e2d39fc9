package actions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// AdoptPaper stores what a post from elsewhere says of the document that it carries,
// with the version that it shows.
func (a *Actions) AdoptPaper(ctx context.Context, tx *store.Tx, p content.Post, said ap.PaperInfo) error {
	d := said.Document
	d.Post = p.ID
	if err := tx.AddDocument(ctx, p, d); err != nil {
		return fmt.Errorf("add document: %w", err)
	}
	if err := tx.SetRelated(ctx, p.ID, said.Related); err != nil {
		return fmt.Errorf("name other documents: %w", err)
	}
	if err := addVersion(ctx, tx, p, said); err != nil {
		return err
	}
	return a.expectText(ctx, tx, p, d, said.Version)
}

func addVersion(ctx context.Context, tx *store.Tx, p content.Post, said ap.PaperInfo) error {
	v := said.Version
	v.Document, v.By, v.At = p.ID, p.Author, saidAt(p)
	err := tx.AddVersion(ctx, v)
	if errors.Is(err, store.ErrConflict) {
		return refuse("version_taken", "There is another version at this address.")
	}
	if err != nil {
		return fmt.Errorf("add version: %w", err)
	}
	return nil
}

// saidAt is when a post was said as it is now.
func saidAt(p content.Post) time.Time {
	if p.Updated.IsZero() {
		return p.Published
	}
	return p.Updated
}

// EditPaper writes what an edit from elsewhere says of a document. The number of its
// version counts, whatever the time: a version that is here is never changed, and a
// lower number never takes the place of a higher one (users.md 3.9). Who saved the
// document is told of a new version.
func (a *Actions) EditPaper(ctx context.Context, tx *store.Tx, p content.Post, said ap.PaperInfo) error {
	now, err := tx.DocumentForRules(ctx, p.ID)
	if errors.Is(err, store.ErrNotFound) {
		return a.AdoptPaper(ctx, tx, p, said) // it came as an article before
	}
	if err != nil {
		return err
	}
	isNew, err := isNewVersion(ctx, tx, now, said.Version)
	if err != nil {
		return err
	}
	if isNew {
		if err := addVersion(ctx, tx, p, said); err != nil {
			return err
		}
	}
	d := said.Document
	d.Post, d.Owner, d.Reminded, d.Embargo = p.ID, now.Owner, now.Reminded, now.Embargo
	if err := tx.EditDocument(ctx, d); err != nil {
		return fmt.Errorf("edit document: %w", err)
	}
	if err := tx.SetRelated(ctx, p.ID, said.Related); err != nil {
		return fmt.Errorf("name other documents: %w", err)
	}
	if err := a.expectText(ctx, tx, p, d, said.Version); err != nil || !isNew {
		return err
	}
	return a.TellSavers(ctx, tx, p, d.Number, p.Author)
}

// isNewVersion says whether a version is later than what is here, and refuses one
// that is not and would change it.
func isNewVersion(ctx context.Context, tx *store.Tx, now content.Document, v content.Version) (bool, error) {
	switch {
	case now.IsWithdrawn():
		return false, refuse("withdrawn", "The document has been withdrawn.")
	case v.Number > now.Number:
		return true, nil
	case v.Number < now.Number:
		return false, refuse("lower_version", "A later version of the document is here already.")
	}
	held, err := tx.Version(ctx, now.Post, now.Number)
	if err != nil {
		return false, fmt.Errorf("version %d of document %s: %w", now.Number, now.Post, err)
	}
	if held.File.Digest != v.File.Digest || held.URI != v.URI {
		return false, refuse("same_version", "It brings another file for a version that is here already, and versions never change.")
	}
	return false, nil
}

// TakeVersionWithdrawal withdraws one version of a document from elsewhere, tells those
// who look after a copy of it here, and passes on what told of it where the document's
// community lives here.
func (a *Actions) TakeVersionWithdrawal(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, v content.Version, why string, act actors.Activity) error {
	err := a.endVersion(ctx, tx, p, v, content.FirstRunes(why, maxReason))
	if errors.Is(err, store.ErrNotFound) {
		return nil // it is withdrawn already
	}
	if err != nil {
		return err
	}
	keepers, err := tx.KeepersOf(ctx, p.ID, v.Number)
	if err != nil {
		return fmt.Errorf("find who keeps copies of %s: %w", v.URI, err)
	}
	if err := a.notifyAll(ctx, tx, keepers, p, NoticeWithdrawn, p.Author); err != nil || !group.Local {
		return err
	}
	return a.passOn(ctx, tx, by, group, p, act)
}

// TakeKeptCopy notes that an organisation elsewhere keeps a copy of a version of a
// document of this node, and tells who looks after it, once for each version.
func (a *Actions) TakeKeptCopy(ctx context.Context, tx *store.Tx, node actors.Actor, p content.Post, v content.Version) error {
	known, err := tx.KeptCopies(ctx, p.ID)
	if err != nil {
		return err
	}
	for _, k := range known {
		if k.Host == node.Host && k.Number >= v.Number {
			return nil
		}
	}
	if err := tx.AddKeptCopy(ctx, store.KeptCopy{Document: p.ID, Host: node.Host, Number: v.Number, At: a.Now()}); err != nil {
		return err
	}
	d, err := tx.DocumentForRules(ctx, p.ID)
	if err != nil {
		return err
	}
	return a.notifyAll(ctx, tx, []actors.ID{d.Owner}, p, NoticeCopied, node.ID)
}

// TellKeptCopy tells the author of a document elsewhere that this node keeps a copy of
// one of its versions.
func (a *Actions) TellKeptCopy(ctx context.Context, tx *store.Tx, p content.Post, v content.Version) error {
	if p.Local {
		return nil
	}
	author, err := tx.Actor(ctx, p.Author)
	if err != nil {
		return err
	}
	node, err := tx.ActorByURI(ctx, a.Site.Instance())
	if err != nil {
		return fmt.Errorf("find the node's own actor: %w", err)
	}
	act := a.own("Add", node, "", v.URI)
	if act.Body, err = ap.WriteKeptCopy(act.URI, node, v.URI, author.URI, act.At); err != nil {
		return err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	return a.send(ctx, tx, act, node, to(author)...)
}

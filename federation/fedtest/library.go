package fedtest

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/store"
)

// What people do with documents.

// sent is a file that a person sent and that has been read.
func (p *Person) sent(ctx context.Context, tx *store.Tx, me actors.Actor, group actors.Community, words string) (store.Upload, error) {
	acts := p.hall().node.Actions
	u, err := acts.Receive(ctx, tx, me, group, store.Upload{
		Name: "guide.docx", Format: extract.DOCX, Digest: content.DigestOf([]byte(words)), Size: int64(len(words)),
	})
	if err != nil {
		return u, err
	}
	u.State = store.UploadReady
	return u, tx.FinishUpload(ctx, u)
}

// Shares shares a document in a community.
func (p *Person) Shares(c Community, title string) Post {
	p.town.T.Helper()
	post := Post{Title: title}
	p.town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		me, group, err := p.meIn(ctx, tx, c.URI)
		if err != nil {
			return err
		}
		u, err := p.sent(ctx, tx, me, group, title)
		if err != nil {
			return err
		}
		d := content.DocumentDraft{Title: title, Confirmed: true, Document: content.Document{
			Summary: "About: " + title, Type: "guidance", Stage: content.InDraft, Subjects: []string{"ponds"},
		}}
		shared, err := p.hall().node.Actions.Share(ctx, tx, me, group, d, u, "")
		post.URI = shared.URI
		return err
	}))
	return post
}

func (p *Person) meIn(ctx context.Context, tx *store.Tx, group actors.URI) (actors.Actor, actors.Community, error) {
	me, err := tx.ActorByURI(ctx, p.URI)
	if err != nil {
		return me, actors.Community{}, err
	}
	c, err := tx.CommunityByURI(ctx, group)
	return me, c, err
}

// withPost is for what a person does with a document of theirs.
func (p *Person) withPost(post Post, do func(ctx context.Context, tx *store.Tx, me actors.Actor, d content.Post) error) {
	p.town.T.Helper()
	p.town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		d, err := tx.PostByURI(ctx, post.URI)
		if err != nil {
			return err
		}
		return do(ctx, tx, me, d)
	}))
}

// AddsVersion makes a new version of a document of theirs.
func (p *Person) AddsVersion(post Post, note string) {
	p.town.T.Helper()
	p.withPost(post, func(ctx context.Context, tx *store.Tx, me actors.Actor, d content.Post) error {
		group, err := tx.Community(ctx, d.Group)
		if err != nil {
			return err
		}
		u, err := p.sent(ctx, tx, me, group, note)
		if err != nil {
			return err
		}
		draft := content.DocumentDraft{Note: note, Confirmed: true, Document: content.Document{Stage: content.Agreed}}
		_, err = p.hall().node.Actions.ShareVersion(ctx, tx, me, d, draft, u, "")
		return err
	})
}

// Withdraws takes a document of theirs away, for a reason.
func (p *Person) Withdraws(post Post, reason string) { p.WithdrawsFor(post, reason, "") }

// WithdrawsFor does so, and says what to read in its place.
func (p *Person) WithdrawsFor(post Post, reason, replaced string) {
	p.town.T.Helper()
	p.withPost(post, func(ctx context.Context, tx *store.Tx, me actors.Actor, d content.Post) error {
		return p.hall().node.Actions.WithdrawDocument(ctx, tx, me, d, content.Withdrawal{Title: d.Title, Reason: reason, Replaced: replaced})
	})
}

// WithdrawsVersion takes one version of a document of theirs away, for a reason.
func (p *Person) WithdrawsVersion(post Post, number int, reason string) {
	p.town.T.Helper()
	p.withPost(post, func(ctx context.Context, tx *store.Tx, me actors.Actor, d content.Post) error {
		return p.hall().node.Actions.WithdrawVersion(ctx, tx, me, d, number, reason)
	})
}

// Saves keeps a document at hand.
func (p *Person) Saves(post Post) {
	p.town.T.Helper()
	p.withPost(post, func(ctx context.Context, tx *store.Tx, me actors.Actor, d content.Post) error {
		doc, err := tx.DocumentForRules(ctx, d.ID)
		if err != nil {
			return err
		}
		return tx.Save(ctx, me.ID, d.ID, doc.Number, p.town.Clock.Now())
	})
}

// Told lists the kinds of what a person was told, the latest first.
func (p *Person) Told() (kinds []string) {
	p.town.T.Helper()
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		list, err := tx.Notifications(ctx, me.ID, store.Page{})
		for _, n := range list {
			kinds = append(kinds, n.Kind)
		}
		return err
	}))
	return kinds
}

// Paper is a document and its versions, the latest first, as a person's node has them,
// whoever may read them; nothing where it has none.
func (p *Person) Paper(post Post) (d content.Document, versions []content.Version) {
	p.town.T.Helper()
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		found, err := tx.PostByURI(ctx, post.URI)
		if err == nil {
			d, err = tx.DocumentForRules(ctx, found.ID)
		}
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		versions, err = tx.Versions(ctx, d.Post)
		return err
	}))
	return d, versions
}

package actions

import (
	"context"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// expectText has the text of a document from elsewhere fetched, so that it can be found
// by its words. Only what everyone may read and use is offered, and a site speaks for
// itself.
func (a *Actions) expectText(ctx context.Context, tx *store.Tx, p content.Post, d content.Document, v content.Version) error {
	open := p.Audience == actors.AudiencePublic && d.Licence.IsOpen()
	if p.Local || !open || v.File.Text == "" || !actors.URI(v.File.Text).SameOrigin(p.URI) {
		return tx.ForgetText(ctx, p.ID)
	}
	return tx.ExpectText(ctx, store.ToldText{Document: p.ID, Number: v.Number, Host: p.URI.Host()}, a.Now())
}

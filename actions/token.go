package actions

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/federation/token"
	"moothall/store"
)

// MemberToken signs that somebody belongs to a community of this node now, for one
// host and one key; which of them are named in t. It says when it ends. Whoever may
// not read what is for the community's members gets store.ErrNotFound.
func (a *Actions) MemberToken(ctx context.Context, tx *store.Tx, v actors.Viewer, t token.Token) (text string, says token.Token, err error) {
	group, err := tx.CommunityByURI(ctx, t.Group)
	if err != nil {
		return "", t, err
	}
	m, err := tx.Membership(ctx, group.ID, v.Actor)
	if err != nil {
		return "", t, err
	}
	if !group.Local || group.IsGone() || !group.Audience.Federates() || !v.MayRead(actors.AudienceMembers, 0, m) {
		return "", t, store.ErrNotFound
	}
	keys, err := a.Keys.Of(ctx, tx, group.ID)
	if err != nil {
		return "", t, err
	}
	now := a.Now()
	t.ID, t.Epoch, t.Role, t.Issued, t.Expires = a.IDs.Next().String(), group.Epoch, m.Role, now, now.Add(token.Life)
	if text, err = token.Sign(t, keys.Ed25519); err != nil {
		return "", t, fmt.Errorf("token for a member of %s: %w", group.URI, err)
	}
	return text, t, nil
}

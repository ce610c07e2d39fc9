package actions

import (
	"context"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/store"
)

const (
	firstAdminLasts = 24 * time.Hour
	inviteLasts     = 7 * 24 * time.Hour
)

// Invite makes an invitation and returns the secret of its link, which is shown
// once: only its hash is kept. Id and times are given here; an invitation
// without an end lasts a week.
func (a *Actions) Invite(ctx context.Context, tx *store.Tx, i actors.Invitation) (string, error) {
	if !i.Role.Valid() {
		return "", fmt.Errorf("invite: %q is not a role", i.Role)
	}
	secret, err := a.secret()
	if err != nil {
		return "", err
	}
	i.ID, i.Created = a.IDs.Next(), a.Now()
	if i.Expires.IsZero() {
		i.Expires = i.Created.Add(inviteLasts)
	}
	if err := tx.AddInvitation(ctx, i, HashSecret(secret)); err != nil {
		return "", fmt.Errorf("invite: %w", err)
	}
	return secret, nil
}

// InviteFirstAdmin makes the link by which somebody becomes the first admin,
// good for a day, and ends those made before. It is empty where the node has an
// admin.
func (a *Actions) InviteFirstAdmin(ctx context.Context, tx *store.Tx) (string, error) {
	has, err := tx.HasAdmin(ctx)
	if err != nil || has {
		return "", err
	}
	if err := tx.RevokeInvitations(ctx, 0); err != nil {
		return "", fmt.Errorf("end earlier links: %w", err)
	}
	return a.Invite(ctx, tx, actors.Invitation{Role: actors.AccountAdmin, Expires: a.Now().Add(firstAdminLasts)})
}

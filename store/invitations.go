package store

import (
	"context"
	"time"

	"moothall/actors"
)

// AddInvitation stores an invitation under the hash of its secret.
func (t *Tx) AddInvitation(ctx context.Context, i actors.Invitation, secretHash string) error {
	_, err := t.exec(ctx, `
		INSERT INTO invitation (id, secret, email, role, actor_id, invited_by, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		i.ID, secretHash, i.Email, i.Role, i.Actor, i.By, micros(i.Created), micros(i.Expires))
	return err
}

const invitationColumns = `id, email, role, actor_id, invited_by, created_at, expires_at, used_at`

func scanInvitation(s scanner) (i actors.Invitation, err error) {
	err = s.Scan(&i.ID, &i.Email, &i.Role, &i.Actor, &i.By, timeOf{&i.Created}, timeOf{&i.Expires}, timeOf{&i.Used})
	return i, err
}

// Invitation reads a live invitation by the hash of its secret.
func (t *Tx) Invitation(ctx context.Context, secretHash string, now time.Time) (actors.Invitation, error) {
	return one(ctx, t, scanInvitation, `
		SELECT `+invitationColumns+` FROM invitation
		WHERE secret = $1 AND used_at = 0 AND expires_at > $2`, secretHash, micros(now))
}

// UseInvitation spends an invitation: one request of several at once wins
// (security.md S153).
func (t *Tx) UseInvitation(ctx context.Context, id actors.ID, now time.Time) error {
	return t.execOne(ctx, `UPDATE invitation SET used_at = $2 WHERE id = $1 AND used_at = 0 AND expires_at > $2`, id, micros(now))
}

// Invitations lists invitations, newest first.
func (t *Tx) Invitations(ctx context.Context, p Page) ([]actors.Invitation, error) {
	return collect(ctx, t, scanInvitation, `
		SELECT `+invitationColumns+` FROM invitation ORDER BY id DESC LIMIT $1 OFFSET $2`, p.limit(), p.offset())
}

// UnusedInvitations lists invitations that nobody has used yet, newest first.
func (t *Tx) UnusedInvitations(ctx context.Context, p Page) ([]actors.Invitation, error) {
	return collect(ctx, t, scanInvitation, `
		SELECT `+invitationColumns+` FROM invitation WHERE used_at = 0 ORDER BY id DESC LIMIT $1 OFFSET $2`, p.limit(), p.offset())
}

// RevokeInvitations ends all unspent invitations to be the first admin.
func (t *Tx) RevokeInvitations(ctx context.Context, by actors.ID) error {
	_, err := t.exec(ctx, `DELETE FROM invitation WHERE invited_by = $1 AND used_at = 0`, by)
	return err
}

// RevokeInvitation ends an invitation that has not been used.
func (t *Tx) RevokeInvitation(ctx context.Context, id actors.ID) error {
	return t.execOne(ctx, `DELETE FROM invitation WHERE id = $1 AND used_at = 0`, id)
}

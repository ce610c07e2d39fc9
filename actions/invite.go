package actions

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"moothall/actors"
	"moothall/content"
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

// ErrSpent says that a link does not work any more: it was used, taken back, is
// too old, or whoever made it no longer may. It is also what an invented link is.
var ErrSpent = errors.New("link does not work any more")

// Invited reads the invitation of a link that can still be used.
func (a *Actions) Invited(ctx context.Context, tx *store.Tx, secret string) (actors.Invitation, error) {
	i, err := tx.Invitation(ctx, HashSecret(secret), a.Now())
	if errors.Is(err, store.ErrNotFound) {
		return a.accountByBid(ctx, tx, secret)
	}
	if err != nil {
		return i, fmt.Errorf("read an invitation: %w", err)
	}
	return i, a.stillGood(ctx, tx, i)
}

// accountByBid is the invitation to this node that one to a community brings, where
// the node's rules say so.
func (a *Actions) accountByBid(ctx context.Context, tx *store.Tx, secret string) (actors.Invitation, error) {
	x, err := a.OfBid(ctx, tx, secret)
	if err == nil && !x.Accounts {
		err = ErrSpent
	}
	return actors.Invitation{
		ID: x.ID, Email: x.Email, Role: actors.AccountMember, By: x.By, Group: x.Group.ID, Created: x.Created, Expires: x.Expires,
	}, err
}

// stillGood says whether an invitation may still be used: the first-admin link
// while nobody runs the node, a link for an account while it is not stopped, and
// any other while the one who invited runs the node (security.md S153).
func (a *Actions) stillGood(ctx context.Context, tx *store.Tx, i actors.Invitation) error {
	if i.Actor == 0 && i.By == 0 {
		has, err := tx.HasAdmin(ctx)
		if err == nil && has {
			err = ErrSpent
		}
		return err
	}
	if i.Actor != 0 {
		if err := spentUnless(ctx, tx, i.Actor, false); err != nil {
			return err
		}
	}
	if i.By == 0 || i.By == i.Actor { // made by whoever has the machine
		return nil
	}
	return spentUnless(ctx, tx, i.By, true)
}

// spentUnless asks whether an account is in use, and where that is needed whether
// it is an admin's.
func spentUnless(ctx context.Context, tx *store.Tx, who actors.ID, admin bool) error {
	x, err := tx.Account(ctx, who)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return ErrSpent
	case err != nil:
		return fmt.Errorf("read the account of an invitation: %w", err)
	case !x.Disabled.IsZero(), admin && x.Role != actors.AccountAdmin:
		return ErrSpent
	}
	return nil
}

// CheckAnswer says what is wrong with the answer to an invitation. It is asked
// before the password is hashed, which takes long.
func CheckAnswer(i actors.Invitation, n NewPerson) error {
	p := content.Problems{}
	if i.Actor == 0 {
		if err := n.Check(); err != nil && !errors.As(err, &p) {
			return err
		}
		if content.PlainName(n.Title, content.MaxName) == "" {
			p.Add("title", "Enter your name")
		}
		if utf8.RuneCountInString(n.Organisation) > content.MaxName {
			p.Add("organisation", "Organisation must be 200 characters or less")
		}
		if utf8.RuneCountInString(n.JobTitle) > content.MaxName {
			p.Add("job", "Role must be 200 characters or less")
		}
		if i.Email != "" && store.FoldEmail(n.Email) != store.FoldEmail(i.Email) {
			p.Add("email", "This link is for "+i.Email+". Enter that address, or ask for another link")
		}
	}
	if n.Password == "" {
		p.Add("password", "Enter a password")
	} else if words := weakness(n.Password, n.Name, n.Email); words != "" {
		p.Add("password", words)
	}
	return p.Err()
}

// AcceptInvitation makes the account that a link is for, or sets the password of
// one that exists, and spends the link in the same transaction: of several who
// use it at once, one does. hash is that of the password.
func (a *Actions) AcceptInvitation(ctx context.Context, tx *store.Tx, secret string, n NewPerson, hash string, keys KeyPair) (actors.Account, error) {
	i, err := a.Invited(ctx, tx, secret)
	if err != nil {
		return actors.Account{}, err
	}
	if err := CheckAnswer(i, n); err != nil {
		return actors.Account{}, err
	}
	if i.Group == 0 { // otherwise whoever joins uses it
		err = tx.UseInvitation(ctx, i.ID, a.Now())
	}
	if errors.Is(err, store.ErrNotFound) {
		return actors.Account{}, ErrSpent
	}
	if err != nil {
		return actors.Account{}, fmt.Errorf("use an invitation: %w", err)
	}
	if i.Actor != 0 {
		return a.setPassword(ctx, tx, i.Actor, hash)
	}
	n.Role = i.Role
	n.Organisation, n.JobTitle = content.PlainName(n.Organisation, content.MaxName), content.PlainName(n.JobTitle, content.MaxName)
	x, err := a.CreatePerson(ctx, tx, n, hash, keys)
	if err != nil {
		return actors.Account{}, err
	}
	if i.Group != 0 {
		if _, err := a.TakeUp(ctx, tx, x, secret); err != nil {
			return actors.Account{}, err
		}
	}
	return tx.Account(ctx, x.ID)
}

// setPassword ends all sessions and tokens of the person, and forgets wrong
// tries: whoever holds the link has proved more than a password does.
func (a *Actions) setPassword(ctx context.Context, tx *store.Tx, who actors.ID, hash string) (actors.Account, error) {
	if err := tx.SetPassword(ctx, who, hash); err != nil {
		return actors.Account{}, fmt.Errorf("set a password: %w", err)
	}
	if err := tx.SetThrottle(ctx, personCounter(who.String()), store.Throttle{}); err != nil {
		return actors.Account{}, fmt.Errorf("forget wrong tries: %w", err)
	}
	return tx.Account(ctx, who)
}

// ChangePassword sets a person's own password. Every session and token of theirs
// ends.
func (a *Actions) ChangePassword(ctx context.Context, tx *store.Tx, who actors.ID, hash string) error {
	_, err := a.setPassword(ctx, tx, who, hash)
	return err
}

// CheckPasswordChange says what is wrong with a new password of a person.
func CheckPasswordChange(who actors.Actor, account actors.Account, password string) error {
	return CheckAnswer(actors.Invitation{Actor: who.ID}, NewPerson{Name: who.Name, Email: account.Email, Password: password})
}

package store

import (
	"context"
	"strings"
	"time"

	"moothall/actors"
)

const accountColumns = `ac.actor_id, ac.email, ac.password, ac.role, ac.created_at, ac.signed_in_at, ac.disabled_at`

func accountFields(a *actors.Account) []any {
	return []any{&a.Actor, &a.Email, &a.Password, &a.Role, timeOf{&a.Created}, timeOf{&a.SignedIn}, timeOf{&a.Disabled}}
}

func scanAccount(s scanner) (a actors.Account, err error) {
	err = s.Scan(accountFields(&a)...)
	return a, err
}

// FoldEmail is the form in which addresses are stored and compared.
func FoldEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// AddAccount stores a local person's sign-in. ErrConflict when the address is taken.
func (t *Tx) AddAccount(ctx context.Context, a actors.Account) error {
	_, err := t.exec(ctx, `
		INSERT INTO account (actor_id, email, password, role, created_at) VALUES ($1, $2, $3, $4, $5)`,
		a.Actor, FoldEmail(a.Email), a.Password, a.Role, micros(a.Created))
	return err
}

// Account reads the sign-in of a local person.
func (t *Tx) Account(ctx context.Context, actor actors.ID) (actors.Account, error) {
	return one(ctx, t, scanAccount, `SELECT `+accountColumns+` FROM account ac WHERE ac.actor_id = $1`, actor)
}

// AccountByLogin reads a sign-in by e-mail address or name.
func (t *Tx) AccountByLogin(ctx context.Context, login string) (actors.Account, error) {
	login = FoldEmail(login)
	if strings.Contains(login, "@") {
		return one(ctx, t, scanAccount, `SELECT `+accountColumns+` FROM account ac WHERE ac.email = $1`, login)
	}
	return one(ctx, t, scanAccount, `
		SELECT `+accountColumns+` FROM account ac JOIN actor a ON a.id = ac.actor_id
		WHERE a.name_folded = $1 AND a.local`, login)
}

// NoteSignIn notes when a person last signed in.
func (t *Tx) NoteSignIn(ctx context.Context, actor actors.ID, at time.Time) error {
	return t.execOne(ctx, `UPDATE account SET signed_in_at = $2 WHERE actor_id = $1`, actor, micros(at))
}

// SetPassword stores a new password hash and ends every session and token.
func (t *Tx) SetPassword(ctx context.Context, actor actors.ID, hash string) error {
	if err := t.execOne(ctx, `UPDATE account SET password = $2 WHERE actor_id = $1`, actor, hash); err != nil {
		return err
	}
	return t.endAccess(ctx, actor)
}

func (t *Tx) endAccess(ctx context.Context, actor actors.ID) error {
	if _, err := t.exec(ctx, `DELETE FROM session WHERE actor_id = $1`, actor); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM token WHERE actor_id = $1`, actor)
	return err
}

// SetAccountRole changes what a person may do on the node. ErrConflict when it
// would leave the node without an admin.
func (t *Tx) SetAccountRole(ctx context.Context, actor actors.ID, role actors.AccountRole) error {
	if role != actors.AccountAdmin {
		if err := t.notLastAdmin(ctx, actor); err != nil {
			return err
		}
	}
	return t.execOne(ctx, `UPDATE account SET role = $2 WHERE actor_id = $1`, actor, role)
}

// DisableAccount ends a person's access at once; a zero time gives it back. What only they
// could read here of communities elsewhere is taken away.
func (t *Tx) DisableAccount(ctx context.Context, actor actors.ID, at time.Time) error {
	if !at.IsZero() {
		if err := t.notLastAdmin(ctx, actor); err != nil {
			return err
		}
	}
	if err := t.execOne(ctx, `UPDATE account SET disabled_at = $2 WHERE actor_id = $1`, actor, micros(at)); err != nil {
		return err
	}
	if err := t.endAccess(ctx, actor); err != nil || at.IsZero() {
		return err
	}
	const theirs = `SELECT m.group_id FROM membership m WHERE m.standing = 'joined' AND m.actor_id = $1`
	if err := t.beginEpochs(ctx, theirs, actor); err != nil {
		return err
	}
	groups, err := t.RemoteGroupsOf(ctx, actor)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := t.PurgeUnlessRead(ctx, g.ID, at); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) notLastAdmin(ctx context.Context, actor actors.ID) error {
	// The rows are locked: two admins who remove each other must not both succeed.
	admins, err := collect(ctx, t, scanValue[actors.ID], `
		SELECT actor_id FROM account WHERE role = 'admin' AND disabled_at = 0 ORDER BY actor_id`+t.dialect.lock)
	if err != nil {
		return err
	}
	if len(admins) == 1 && admins[0] == actor {
		return ErrConflict
	}
	return nil
}

// Person is an account with its actor.
type Person struct {
	actors.Account
	Profile actors.Actor
}

// People lists local accounts, by name.
func (t *Tx) People(ctx context.Context, p Page) ([]Person, error) {
	return collect(ctx, t, func(s scanner) (x Person, err error) {
		err = s.Scan(append(accountFields(&x.Account), actorFields(&x.Profile)...)...)
		return x, err
	}, `SELECT `+accountColumns+`, `+communityActor+`
		FROM account ac JOIN actor a ON a.id = ac.actor_id ORDER BY a.name_folded LIMIT $1 OFFSET $2`,
		p.limit(), p.offset())
}

// CountPeople says how many local accounts there are.
func (t *Tx) CountPeople(ctx context.Context) (int, error) {
	return one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM account WHERE disabled_at = 0`)
}

// CountAccounts says how many local accounts there are, those that are stopped
// included.
func (t *Tx) CountAccounts(ctx context.Context) (int, error) {
	return one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM account`)
}

// CountAdmins says how many people run this node.
func (t *Tx) CountAdmins(ctx context.Context) (int, error) {
	return one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM account WHERE role = 'admin' AND disabled_at = 0`)
}

// HasAdmin says whether anyone runs this node yet.
func (t *Tx) HasAdmin(ctx context.Context) (bool, error) {
	n, err := t.CountAdmins(ctx)
	return n > 0, err
}

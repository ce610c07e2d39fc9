package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"moothall/actors"
)

const accountColumns = `ac.actor_id, ac.email, ac.password, ac.role, ac.created_at, ac.disabled_at`

func accountFields(a *actors.Account) []any {
	return []any{&a.Actor, &a.Email, &a.Password, &a.Role, timeOf{&a.Created}, timeOf{&a.Disabled}}
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
	return one(ctx, t, scanAccount, `
		SELECT `+accountColumns+` FROM account ac JOIN actor a ON a.id = ac.actor_id
		WHERE ac.email = $1 OR (a.name_folded = $1 AND a.local)`, FoldEmail(login))
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

// DisableAccount ends a person's access at once; a zero time gives it back.
func (t *Tx) DisableAccount(ctx context.Context, actor actors.ID, at time.Time) error {
	if !at.IsZero() {
		if err := t.notLastAdmin(ctx, actor); err != nil {
			return err
		}
	}
	if err := t.execOne(ctx, `UPDATE account SET disabled_at = $2 WHERE actor_id = $1`, actor, micros(at)); err != nil {
		return err
	}
	return t.endAccess(ctx, actor)
}

func (t *Tx) notLastAdmin(ctx context.Context, actor actors.ID) error {
	n, err := one(ctx, t, scanValue[int],
		`SELECT COUNT(*) FROM account WHERE role = 'admin' AND disabled_at = 0 AND actor_id <> $1`, actor)
	if err != nil {
		return err
	}
	a, err := t.Account(ctx, actor)
	if err != nil {
		return err
	}
	if n == 0 && a.Role == actors.AccountAdmin {
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

// HasAdmin says whether anyone runs this node yet.
func (t *Tx) HasAdmin(ctx context.Context) (bool, error) {
	n, err := one(ctx, t, scanValue[int], `SELECT COUNT(*) FROM account WHERE role = 'admin' AND disabled_at = 0`)
	return n > 0, err
}

// Organisation is a body that this node is home to.
type Organisation struct {
	ID      actors.ID
	Name    string
	Created time.Time
}

// Organisations of this node, the oldest first.
func (t *Tx) LocalOrganisations(ctx context.Context) ([]Organisation, error) {
	return collect(ctx, t, func(s scanner) (o Organisation, err error) {
		err = s.Scan(&o.ID, &o.Name, timeOf{&o.Created})
		return o, err
	}, `SELECT id, name, created_at FROM organisation ORDER BY id`)
}

// AddOrganisation stores a body that this node is home to.
func (t *Tx) AddOrganisation(ctx context.Context, o Organisation) error {
	_, err := t.exec(ctx, `INSERT INTO organisation (id, name, created_at) VALUES ($1, $2, $3)`, o.ID, o.Name, micros(o.Created))
	return err
}

// RenameOrganisation changes its name.
func (t *Tx) RenameOrganisation(ctx context.Context, id actors.ID, name string) error {
	return t.execOne(ctx, `UPDATE organisation SET name = $2 WHERE id = $1`, id, name)
}

// AddSession stores a signed-in browser under the hash of its secret.
func (t *Tx) AddSession(ctx context.Context, s actors.Session, secretHash string) error {
	_, err := t.exec(ctx, `
		INSERT INTO session (id, secret, actor_id, agent, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		s.ID, secretHash, s.Actor, s.Agent, micros(s.Created), micros(s.Seen), micros(s.Expires))
	return err
}

const sessionColumns = `s.id, s.actor_id, s.agent, s.created_at, s.seen_at, s.expires_at`

func sessionFields(s *actors.Session) []any {
	return []any{&s.ID, &s.Actor, &s.Agent, timeOf{&s.Created}, timeOf{&s.Seen}, timeOf{&s.Expires}}
}

// SessionPerson is a session with the account and actor it belongs to.
type SessionPerson struct {
	Session actors.Session
	Person
}

// SessionBySecret reads a live session by the hash of its secret: not expired,
// and of an account that is not disabled.
func (t *Tx) SessionBySecret(ctx context.Context, secretHash string, now time.Time) (SessionPerson, error) {
	return one(ctx, t, func(s scanner) (x SessionPerson, err error) {
		err = s.Scan(append(append(sessionFields(&x.Session), accountFields(&x.Account)...), actorFields(&x.Profile)...)...)
		return x, err
	}, `SELECT `+sessionColumns+`, `+accountColumns+`, `+communityActor+`
		FROM session s JOIN account ac ON ac.actor_id = s.actor_id JOIN actor a ON a.id = s.actor_id
		WHERE s.secret = $1 AND s.expires_at > $2 AND ac.disabled_at = 0`, secretHash, micros(now))
}

// TouchSession notes that a session was used and moves its end.
func (t *Tx) TouchSession(ctx context.Context, id actors.ID, seen, expires time.Time) error {
	return t.execOne(ctx, `UPDATE session SET seen_at = $2, expires_at = $3 WHERE id = $1`, id, micros(seen), micros(expires))
}

// Sessions lists where a person is signed in.
func (t *Tx) Sessions(ctx context.Context, actor actors.ID, now time.Time) ([]actors.Session, error) {
	return collect(ctx, t, func(s scanner) (x actors.Session, err error) {
		err = s.Scan(sessionFields(&x)...)
		return x, err
	}, `SELECT `+sessionColumns+` FROM session s
		WHERE s.actor_id = $1 AND s.expires_at > $2 ORDER BY s.seen_at DESC LIMIT 100`, actor, micros(now))
}

// EndSession signs a person's browser out.
func (t *Tx) EndSession(ctx context.Context, actor, id actors.ID) error {
	return t.execOne(ctx, `DELETE FROM session WHERE id = $1 AND actor_id = $2`, id, actor)
}

// AddToken stores a bearer token under the hash of its secret.
func (t *Tx) AddToken(ctx context.Context, id, actor actors.ID, secretHash string, at time.Time) error {
	_, err := t.exec(ctx, `INSERT INTO token (id, secret, actor_id, created_at) VALUES ($1, $2, $3, $4)`,
		id, secretHash, actor, micros(at))
	return err
}

// PersonByToken reads whose token this is.
func (t *Tx) PersonByToken(ctx context.Context, secretHash string) (Person, error) {
	return one(ctx, t, func(s scanner) (x Person, err error) {
		err = s.Scan(append(accountFields(&x.Account), actorFields(&x.Profile)...)...)
		return x, err
	}, `SELECT `+accountColumns+`, `+communityActor+`
		FROM token k JOIN account ac ON ac.actor_id = k.actor_id JOIN actor a ON a.id = k.actor_id
		WHERE k.secret = $1 AND ac.disabled_at = 0`, secretHash)
}

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

// RevokeInvitations ends all unspent invitations to be the first admin.
func (t *Tx) RevokeInvitations(ctx context.Context, by actors.ID) error {
	_, err := t.exec(ctx, `DELETE FROM invitation WHERE invited_by = $1 AND used_at = 0`, by)
	return err
}

// RevokeInvitation ends an invitation that has not been used.
func (t *Tx) RevokeInvitation(ctx context.Context, id actors.ID) error {
	return t.execOne(ctx, `DELETE FROM invitation WHERE id = $1 AND used_at = 0`, id)
}

// Throttle is a count of failures under one name, such as an account or an
// address that tried to sign in.
type Throttle struct {
	Failures int
	Until    time.Time // no further try is heard before
	Last     time.Time
}

// Throttle reads a count of failures; zero when there was none.
func (t *Tx) Throttle(ctx context.Context, name string) (Throttle, error) {
	th, err := one(ctx, t, func(s scanner) (x Throttle, err error) {
		err = s.Scan(&x.Failures, timeOf{&x.Until}, timeOf{&x.Last})
		return x, err
	}, `SELECT failures, until_at, last_at FROM throttle WHERE name = $1`, name)
	if errors.Is(err, ErrNotFound) {
		return Throttle{}, nil
	}
	return th, err
}

// SetThrottle writes a count of failures.
func (t *Tx) SetThrottle(ctx context.Context, name string, th Throttle) error {
	_, err := t.exec(ctx, `
		INSERT INTO throttle (name, failures, until_at, last_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (name) DO UPDATE SET failures = excluded.failures, until_at = excluded.until_at,
			last_at = excluded.last_at`, name, th.Failures, micros(th.Until), micros(th.Last))
	return err
}

// PruneAccess forgets sessions, invitations and throttles that ended before a time.
func (t *Tx) PruneAccess(ctx context.Context, before time.Time) error {
	for _, text := range []string{
		`DELETE FROM session WHERE expires_at < $1`,
		`DELETE FROM throttle WHERE last_at < $1`,
		`DELETE FROM invitation WHERE expires_at < $1`,
	} {
		if _, err := t.exec(ctx, text, micros(before)); err != nil {
			return err
		}
	}
	return nil
}

package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"moothall/actors"
	"moothall/store"
)

func (w *Town) account(name string, role actors.AccountRole) actors.Account {
	w.Helper()
	a := actors.Account{Actor: w.Person(name, "").ID, Email: name + "@council.example", Password: "hash of " + name, Role: role, Created: At(1)}
	w.Write(func(ctx context.Context, tx *store.Tx) error { return tx.AddAccount(ctx, a) })
	return a
}

func accountRows(t *testing.T, w *Town) {
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		has, err := tx.HasAdmin(ctx)
		same(t, "HasAdmin of a new node", err, false, has)
		return nil
	})
	ann, bob := w.account("ann", actors.AccountAdmin), w.account("bob", actors.AccountMember)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for _, login := range []string{"Ann", " ANN@Council.example "} {
			got, err := tx.AccountByLogin(ctx, login)
			same(t, "AccountByLogin "+login, err, ann, got)
		}
		_, err := tx.AccountByLogin(ctx, "nobody@council.example")
		isErr(t, "AccountByLogin of nobody", err, store.ErrNotFound)
		second := actors.Account{Actor: w.ID(), Email: "ANN@council.example", Role: actors.AccountMember}
		isErr(t, "an address that is taken", tx.Try(ctx, func() error { return tx.AddAccount(ctx, second) }), store.ErrConflict)
		people, err := tx.People(ctx, store.Page{})
		if err != nil || len(people) != 2 || people[0].Account != ann || people[1].Profile.Name != "bob" {
			t.Errorf("People: %+v, %v", people, err)
		}
		has, err := tx.HasAdmin(ctx)
		same(t, "HasAdmin", err, true, has)
		if err := tx.SetAccountRole(ctx, bob.Actor, actors.AccountModerator); err != nil {
			return err
		}
		if err := tx.DisableAccount(ctx, bob.Actor, At(5)); err != nil {
			return err
		}
		got, err := tx.Account(ctx, bob.Actor)
		if err != nil || got.Role != actors.AccountModerator || !got.Disabled.Equal(At(5)) {
			t.Errorf("Account: %+v, %v", got, err)
		}
		n, err := tx.CountPeople(ctx)
		same(t, "CountPeople", err, 1, n)
		n, err = tx.CountAccounts(ctx)
		same(t, "CountAccounts", err, 2, n)
		n, err = tx.CountAdmins(ctx)
		same(t, "CountAdmins", err, 1, n)
		if err := tx.NoteSignIn(ctx, ann.Actor, At(7)); err != nil {
			return err
		}
		ann.SignedIn = At(7)
		got, err = tx.Account(ctx, ann.Actor)
		same(t, "Account that has signed in", err, ann, got)
		isErr(t, "a role for nobody", tx.SetAccountRole(ctx, 5, actors.AccountMember), store.ErrNotFound)
		o := store.Organisation{ID: w.ID(), Name: "North", Created: At(1)}
		if err := tx.AddOrganisation(ctx, o); err != nil {
			return err
		}
		if err := tx.RenameOrganisation(ctx, o.ID, "North and East"); err != nil {
			return err
		}
		o.Name = "North and East"
		all, err := tx.LocalOrganisations(ctx)
		same(t, "LocalOrganisations", err, []store.Organisation{o}, all)
		return nil
	})
}

func sessionRows(t *testing.T, w *Town) {
	ann := w.account("ann", actors.AccountMember)
	s := actors.Session{ID: w.ID(), Actor: ann.Actor, Created: At(1), Seen: At(2), Proved: At(1), Expires: At(100), Agent: "browser"}
	add := func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddSession(ctx, s, "secret"); err != nil {
			return err
		}
		return tx.AddToken(ctx, w.ID(), ann.Actor, "token", At(1))
	}
	ended := func(what string, f func(ctx context.Context, tx *store.Tx) error) {
		t.Helper()
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			if err := f(ctx, tx); err != nil {
				return err
			}
			_, err := tx.SessionBySecret(ctx, "secret", At(50))
			isErr(t, what+": session", err, store.ErrNotFound)
			_, err = tx.PersonByToken(ctx, "token")
			isErr(t, what+": token", err, store.ErrNotFound)
			return nil
		})
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := add(ctx, tx); err != nil {
			return err
		}
		if err := tx.TouchSession(ctx, s.ID, At(3), At(90)); err != nil {
			return err
		}
		if err := tx.ProveSession(ctx, s.ID, At(4)); err != nil {
			return err
		}
		isErr(t, "proof of no session", tx.ProveSession(ctx, 5, At(4)), store.ErrNotFound)
		s.Seen, s.Proved, s.Expires = At(3), At(4), At(90)
		got, err := tx.SessionBySecret(ctx, "secret", At(50))
		same(t, "SessionBySecret", err, s, got.Session)
		same(t, "its person", err, ann, got.Account)
		_, err = tx.SessionBySecret(ctx, "secret", At(90))
		isErr(t, "an expired session", err, store.ErrNotFound)
		by, err := tx.PersonByToken(ctx, "token")
		same(t, "PersonByToken", err, "ann", by.Profile.Name)
		list, err := tx.Sessions(ctx, ann.Actor, At(50))
		same(t, "Sessions", err, []actors.Session{s}, list)
		other := actors.Session{ID: w.ID(), Actor: ann.Actor, Created: At(1), Seen: At(1), Expires: At(100)}
		if err := tx.AddSession(ctx, other, "other"); err != nil {
			return err
		}
		if err := tx.EndSessions(ctx, ann.Actor, s.ID); err != nil {
			return err
		}
		list, err = tx.Sessions(ctx, ann.Actor, At(50))
		same(t, "Sessions after the others ended", err, []actors.Session{s}, list)
		isErr(t, "another's session", tx.EndSession(ctx, 5, s.ID), store.ErrNotFound)
		if err := tx.EndSession(ctx, ann.Actor, s.ID); err != nil {
			return err
		}
		return tx.AddSession(ctx, s, "secret")
	})
	ended("a new password", func(ctx context.Context, tx *store.Tx) error { return tx.SetPassword(ctx, ann.Actor, "new hash") })
	w.Write(add)
	ended("disabled", func(ctx context.Context, tx *store.Tx) error { return tx.DisableAccount(ctx, ann.Actor, At(9)) })
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.DisableAccount(ctx, ann.Actor, time.Time{}); err != nil {
			return err
		}
		th, err := tx.Throttle(ctx, "ann")
		same(t, "no failures", err, store.Throttle{}, th)
		want := store.Throttle{Failures: 3, Until: At(5), Last: At(4)}
		if err := tx.SetThrottle(ctx, "ann", want); err != nil {
			return err
		}
		th, err = tx.Throttle(ctx, "ann")
		same(t, "Throttle", err, want, th)
		if err := tx.AddSession(ctx, s, "secret"); err != nil {
			return err
		}
		return tx.PruneAccess(ctx, At(1000))
	})
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		th, err := tx.Throttle(ctx, "ann")
		same(t, "Throttle when pruned", err, store.Throttle{}, th)
		list, err := tx.Sessions(ctx, ann.Actor, At(0))
		same(t, "Sessions when pruned", err, nil, list)
		return nil
	})
}

func invitationIsSpentOnce(t *testing.T, w *Town) {
	i := actors.Invitation{ID: w.ID(), Email: "new@council.example", Role: actors.AccountMember, By: 1 << 41, Created: At(1), Expires: At(100)}
	other := actors.Invitation{ID: w.ID(), Role: actors.AccountAdmin, Created: At(1), Expires: At(100)}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddInvitation(ctx, i, "secret"); err != nil {
			return err
		}
		if err := tx.AddInvitation(ctx, other, "first admin"); err != nil {
			return err
		}
		got, err := tx.Invitation(ctx, "secret", At(50))
		same(t, "Invitation", err, i, got)
		_, err = tx.Invitation(ctx, "secret", At(100))
		isErr(t, "an expired invitation", err, store.ErrNotFound)
		isErr(t, "spending it too late", tx.UseInvitation(ctx, i.ID, At(100)), store.ErrNotFound)
		list, err := tx.Invitations(ctx, store.Page{})
		same(t, "Invitations", err, []actors.Invitation{other, i}, list)
		return nil
	})
	won := atOnce(8, func(int) error {
		return w.DB.Write(context.Background(), func(tx *store.Tx) error { return tx.UseInvitation(context.Background(), i.ID, At(50)) })
	}, store.ErrNotFound, t)
	if won != 1 {
		t.Errorf("an invitation was spent %d times", won)
	}
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Invitation(ctx, "secret", At(50))
		isErr(t, "a spent invitation", err, store.ErrNotFound)
		unused, err := tx.UnusedInvitations(ctx, store.Page{})
		if err != nil || len(unused) != 1 || unused[0].ID != other.ID {
			t.Errorf("UnusedInvitations: %+v, %v", unused, err)
		}
		isErr(t, "revoking a spent one", tx.RevokeInvitation(ctx, i.ID), store.ErrNotFound)
		if err := tx.RevokeInvitations(ctx, 0); err != nil {
			return err
		}
		isErr(t, "revoking a revoked one", tx.RevokeInvitation(ctx, other.ID), store.ErrNotFound)
		list, err := tx.Invitations(ctx, store.Page{})
		if len(list) != 1 || !list[0].Used.Equal(At(50)) {
			t.Errorf("Invitations: %+v", list)
		}
		return err
	})
}

// lastAdminStays lets all admins be removed at once: one is left.
func lastAdminStays(t *testing.T, w *Town) {
	var admins []actors.Account
	for _, name := range []string{"ann", "bob", "cat", "dan"} {
		admins = append(admins, w.account(name, actors.AccountAdmin))
	}
	won := atOnce(len(admins), func(i int) error {
		ctx := context.Background()
		return w.DB.Write(ctx, func(tx *store.Tx) error {
			if i%2 == 0 {
				return tx.DisableAccount(ctx, admins[i].Actor, At(5))
			}
			return tx.SetAccountRole(ctx, admins[i].Actor, actors.AccountMember)
		})
	}, store.ErrConflict, t)
	if won != len(admins)-1 {
		t.Errorf("%d of %d admins were removed", won, len(admins))
	}
	w.Read(func(ctx context.Context, tx *store.Tx) error {
		has, err := tx.HasAdmin(ctx)
		same(t, "HasAdmin", err, true, has)
		return nil
	})
}

// atOnce runs f n times at once and counts successes; the others must fail with lost.
func atOnce(n int, f func(int) error, lost error, t *testing.T) (won int) {
	var all sync.WaitGroup
	var mu sync.Mutex
	for i := range n {
		all.Go(func() {
			err := f(i)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else if !errors.Is(err, lost) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	return won
}

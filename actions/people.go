package actions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// ErrLastAdmin says that the node would be left with nobody who runs it
// (security.md S210).
var ErrLastAdmin = errors.New("the only administrator")

// SetRole changes what a person may do on the node and signs them out, so that
// what was begun under the old role ends. by is the admin.
func (a *Actions) SetRole(ctx context.Context, tx *store.Tx, by actors.ID, who actors.Actor, role actors.AccountRole) error {
	if !role.Valid() {
		return content.Problems{"role": "Select what this person may do"}
	}
	if err := a.MayRun(ctx, tx, by); err != nil {
		return err
	}
	if err := tx.SetAccountRole(ctx, who.ID, role); err != nil {
		return lastAdmin("change a role", err)
	}
	if err := tx.EndSessions(ctx, who.ID, 0); err != nil {
		return fmt.Errorf("sign out %s: %w", who.Name, err)
	}
	return a.audit(ctx, tx, by, "person role", who.Handle(), string(role))
}

// Disable stops a person's account, or lets them back in. by is the admin.
func (a *Actions) Disable(ctx context.Context, tx *store.Tx, by actors.ID, who actors.Actor, stop bool) error {
	if err := a.MayRun(ctx, tx, by); err != nil {
		return err
	}
	at, what := a.Now(), "person stop"
	var unread []actors.Actor
	if !stop {
		at, what = time.Time{}, "person back"
		var err error
		if unread, err = a.unread(ctx, tx, who); err != nil {
			return err
		}
	}
	if err := tx.DisableAccount(ctx, who.ID, at); err != nil {
		return lastAdmin("stop an account", err)
	}
	if stop {
		if err := a.tellOfStopped(ctx, tx, who.ID); err != nil {
			return err
		}
	}
	if err := a.readAgain(ctx, tx, unread); err != nil {
		return err
	}
	if stop {
		if err := tx.ForgetFormatRequestsOf(ctx, who.ID); err != nil {
			return err
		}
		if err := tx.ForgetReader(ctx, store.Reader(who.ID), store.MonthOf(at)); err != nil {
			return err
		}
	}
	return a.audit(ctx, tx, by, what, who.Handle(), "")
}

// unread lists the communities elsewhere that a person belongs to and nobody else here
// reads. What they keep for their members is here no more.
func (a *Actions) unread(ctx context.Context, tx *store.Tx, who actors.Actor) (list []actors.Actor, err error) {
	groups, err := tx.RemoteGroupsOf(ctx, who.ID)
	if err != nil {
		return nil, err
	}
	for _, g := range groups {
		read, err := tx.HasLocalMember(ctx, g.ID)
		if err != nil {
			return nil, err
		}
		if !read {
			list = append(list, g)
		}
	}
	return list, nil
}

// readAgain brings the past of communities elsewhere back.
func (a *Actions) readAgain(ctx context.Context, tx *store.Tx, groups []actors.Actor) error {
	for _, g := range groups {
		if g.Kind != actors.Group {
			continue
		}
		group, err := tx.Community(ctx, g.ID)
		if err != nil {
			return err
		}
		if err := tx.EndPurge(ctx, g.ID); err != nil {
			return fmt.Errorf("keep %s: %w", g.URI, err)
		}
		if err := a.StartHistory(ctx, tx, group); err != nil {
			return err
		}
	}
	return nil
}

// tellOfStopped tells those who look after communities together with somebody whose
// account is stopped (users.md FAC-9).
func (a *Actions) tellOfStopped(ctx context.Context, tx *store.Tx, who actors.ID) error {
	list, err := tx.MembershipsOf(ctx, who)
	if err != nil {
		return err
	}
	for _, m := range list {
		if !m.May(actors.Moderator) {
			continue
		}
		if err := a.tellFacilitators(ctx, tx, m.Group, who, NoticeFacilitatorLeft); err != nil {
			return err
		}
	}
	return nil
}

// InviteBy makes an invitation in the name of an admin, or for a person who has
// an account a link to set a password.
func (a *Actions) InviteBy(ctx context.Context, tx *store.Tx, by actors.ID, i actors.Invitation) (string, error) {
	if !i.Role.Valid() {
		return "", content.Problems{"role": "Select what this person may do"}
	}
	if i.Email != "" && !ValidEmail(i.Email) {
		return "", content.Problems{"email": "Enter an email address in the correct format, like name@example.com"}
	}
	if err := a.MayRun(ctx, tx, by); err != nil {
		return "", err
	}
	i.By = by
	secret, err := a.Invite(ctx, tx, i)
	if err != nil {
		return "", err
	}
	target := i.Email
	if i.Actor != 0 {
		target = i.Actor.String()
	}
	return secret, a.audit(ctx, tx, by, "invite "+string(i.Role), target, "")
}

// Uninvite takes an invitation back. ErrNotFound when it was used.
func (a *Actions) Uninvite(ctx context.Context, tx *store.Tx, by, invitation actors.ID) error {
	if err := tx.RevokeInvitation(ctx, invitation); err != nil {
		return fmt.Errorf("take an invitation back: %w", err)
	}
	return a.audit(ctx, tx, by, "uninvite", invitation.String(), "")
}

// RefuseHeld decides against a held activity. ErrNotFound when it is not held.
func (a *Actions) RefuseHeld(ctx context.Context, tx *store.Tx, by, id actors.ID) error {
	held, err := tx.Activity(ctx, id)
	if err != nil {
		return fmt.Errorf("read a held activity: %w", err)
	}
	if held.State != actors.Held {
		return store.ErrNotFound
	}
	held.State, held.Reason = actors.Rejected, "refused_by_admin: held because of "+held.Reason
	if err := tx.Settle(ctx, held); err != nil {
		return fmt.Errorf("refuse a held activity: %w", err)
	}
	return a.audit(ctx, tx, by, "refuse held", string(held.URI), "")
}

// NoteRelease writes down that an admin let a held activity through.
func (a *Actions) NoteRelease(ctx context.Context, tx *store.Tx, by actors.ID, uri actors.URI) error {
	return a.audit(ctx, tx, by, "release held", string(uri), "")
}

// MayRun says whether somebody runs this node now. It is asked inside the
// transaction that acts: they may have lost the role since the request began.
func (a *Actions) MayRun(ctx context.Context, tx *store.Tx, by actors.ID) error {
	x, err := tx.Account(ctx, by)
	if errors.Is(err, store.ErrNotFound) || err == nil && (x.Role != actors.AccountAdmin || !x.Disabled.IsZero()) {
		return refuse("not_admin", "Only administrators of this site can do this.")
	}
	return err
}

func lastAdmin(what string, err error) error {
	if errors.Is(err, store.ErrConflict) {
		return ErrLastAdmin
	}
	return fmt.Errorf("%s: %w", what, err)
}

func (a *Actions) audit(ctx context.Context, tx *store.Tx, by actors.ID, what, target, detail string) error {
	return a.addAudit(ctx, tx, store.Audit{By: by, Action: what, Target: target, Detail: detail})
}

// note keeps what a facilitator did in a community, for its members to read.
func (a *Actions) note(ctx context.Context, tx *store.Tx, by actors.ID, group actors.Community, what, target, reason string) error {
	return a.addAudit(ctx, tx, store.Audit{By: by, Group: group.ID, Action: what, Target: target, Detail: reason})
}

// NoteReaders keeps beside a post what the form said to its author of who reads it
// (users.md NEW-7). It is in the log of this node and not in that of the community.
func (a *Actions) NoteReaders(ctx context.Context, tx *store.Tx, by actors.ID, p content.Post, said string) error {
	return a.addAudit(ctx, tx, store.Audit{By: by, Action: DidPost, Target: string(p.URI), Detail: said})
}

func (a *Actions) addAudit(ctx context.Context, tx *store.Tx, x store.Audit) error {
	x.ID, x.At = a.IDs.Next(), a.Now()
	if err := tx.AddAudit(ctx, x); err != nil {
		return fmt.Errorf("note %s: %w", x.Action, err)
	}
	return nil
}

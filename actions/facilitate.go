package actions

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// What facilitators do follows one pattern. The function that a form or a program
// calls writes the activity; its Take twin, which the inbox calls too, asks this
// node's own tables whether the one who acts may do it (security.md S50), and
// announces it where the community lives here. Where it lives elsewhere the
// activity is sent there, and counts once that community announces it.

// membership is how somebody stands towards a group now: a removal may have ended
// by itself.
func (a *Actions) membership(ctx context.Context, tx *store.Tx, group, who actors.ID) (actors.Membership, error) {
	m, err := tx.Membership(ctx, group, who)
	return m.At(a.Now()), err
}

// facilitator is the membership of somebody who looks after a community.
func (a *Actions) facilitator(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community) (actors.Membership, error) {
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	if err == nil && !m.May(actors.Moderator) {
		err = refuse("not_moderator", "Only facilitators of this community can do this.")
	}
	return m, err
}

// Facilitates refuses whoever does not look after a community.
func (a *Actions) Facilitates(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community) error {
	_, err := a.facilitator(ctx, tx, by, group)
	return err
}

// What facilitators did, as the log of a community has it.
const (
	DidPin       = "pin"
	DidUnpin     = "unpin"
	DidLock      = "lock"
	DidUnlock    = "unlock"
	DidAnswer    = "mark answer"
	DidUnanswer  = "unmark answer"
	DidHide      = "hide"
	DidRestore   = "restore"
	DidAppoint   = "appoint facilitator"
	DidStandDown = "stand down facilitator"
	DidExpel     = "remove from community"
	DidLetBack   = "let back"
	DidDescribe  = "describe"
	DidHandOver  = "hand over document"
)

// DidPost is that somebody posted or changed something by a form, with what the form
// said of who reads it.
const DidPost = "post"

// What was done about documents, as the log of this node has it.
const (
	DidShareAnyway = "share despite findings"
	DidWithdraw    = "withdraw document"
	DidSetNoReason = "findings that no reason is taken for"
)

// Did notes what a community elsewhere says that somebody did in it.
func (a *Actions) Did(ctx context.Context, tx *store.Tx, group actors.Community, did store.Audit) error {
	did.ID, did.Group = a.IDs.Next(), group.ID
	if now := a.Now(); did.At.IsZero() || did.At.After(now) {
		did.At = now
	}
	if err := tx.AddAudit(ctx, did); err != nil {
		return fmt.Errorf("note %s: %w", did.Action, err)
	}
	return nil
}

// within addresses an activity about a community to it, and to everyone where
// everyone may read it (protocol.md 5.4).
func within(act actors.Activity, by actors.Actor, group actors.Community, audience actors.Audience) ap.Envelope {
	to, cc := []actors.URI{group.URI}, []actors.URI{}
	if audience == actors.AudiencePublic {
		to, cc = []actors.URI{actors.Public}, []actors.URI{group.URI}
	}
	return ap.Envelope{ID: act.URI, Actor: by.URI, To: to, Cc: cc, Audience: group.URI, Published: act.At}
}

// ofCommunity starts an activity about a community by a local facilitator.
func (a *Actions) ofCommunity(kind string, by actors.Actor, group actors.Community, object actors.URI) actors.Activity {
	act := a.own(kind, by, group.URI, object)
	act.Group = group.ID
	return act
}

// tell notifies a local person of what a facilitator did about them.
func (a *Actions) tell(ctx context.Context, tx *store.Tx, who actors.Actor, group actors.Community, notice string, by actors.ID) error {
	if who.ID == by {
		return nil
	}
	return a.tellAnswered(ctx, tx, who, group, notice, by)
}

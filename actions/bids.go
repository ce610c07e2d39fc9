package actions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

const (
	// BidLasts is how long an invitation into a community is good.
	BidLasts = 28 * 24 * time.Hour
	// MostGuests is how many people can be invited at a time.
	MostGuests = 500
	// mostLinkUses and longestLink bound a link that is handed round.
	mostLinkUses = 1000
	longestLink  = 365 * 24 * time.Hour
)

// addBid starts a bid of a community and gives it its id and times.
func (a *Actions) addBid(ctx context.Context, tx *store.Tx, b actors.Bid) (actors.Bid, error) {
	b.ID, b.Created, b.State = a.IDs.Next(), a.Now(), actors.BidPending
	if b.Most == 0 {
		b.Most = 1
	}
	if b.Expires.IsZero() {
		b.Expires = b.Created.Add(BidLasts)
	}
	if err := tx.AddBid(ctx, b); err != nil {
		return b, fmt.Errorf("invite: %w", err)
	}
	return b, nil
}

// isAsked says whether a membership is one of somebody who is asked in, for as long
// as that lasts.
func (a *Actions) isAsked(ctx context.Context, tx *store.Tx, m actors.Membership) (bool, error) {
	if m.Standing != actors.Invited {
		return false, nil
	}
	b, err := tx.BidFor(ctx, m.Group, m.Actor)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil
	}
	return !b.IsOver(a.Now()), err
}

// BidByMail asks whoever reads the mail of an address into a community. Asking again
// before there is an answer gives the bid its whole time anew.
func (a *Actions) BidByMail(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, email string) (actors.Bid, error) {
	if err := a.mayBid(ctx, tx, by, group); err != nil {
		return actors.Bid{}, err
	}
	rules, err := a.GuestRules(ctx, tx)
	if err != nil {
		return actors.Bid{}, err
	}
	email = store.FoldEmail(email)
	if !ValidEmail(email) || !rules.Takes(email) {
		return actors.Bid{}, content.Problems{"people": email + " cannot be invited"}
	}
	b, err := tx.BidByEmail(ctx, group.ID, email)
	if err == nil {
		b.Expires = a.Now().Add(BidLasts)
		return b, tx.SaveBid(ctx, b)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return b, err
	}
	if b, err = a.addBid(ctx, tx, actors.Bid{Group: group.ID, By: by.ID, Email: email}); err != nil {
		return b, err
	}
	return b, a.audit(ctx, tx, by.ID, "invite to community", email, group.Handle())
}

// BidLink makes a link to hand round, and returns its secret, which is shown once.
func (a *Actions) BidLink(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, uses int, until time.Time) (string, error) {
	if err := a.mayBid(ctx, tx, by, group); err != nil {
		return "", err
	}
	p := content.Problems{}
	if uses < 1 || uses > mostLinkUses {
		p.Add("uses", "Enter how many people may use the link, from 1 to 1,000")
	}
	if now := a.Now(); !until.After(now) || until.After(now.Add(longestLink)) {
		p.Add("until", "The day must be in the future, and at most a year away")
	}
	if err := p.Err(); err != nil {
		return "", err
	}
	b, err := a.addBid(ctx, tx, actors.Bid{Group: group.ID, By: by.ID, Most: uses, Expires: until})
	if err != nil {
		return "", err
	}
	if err := a.audit(ctx, tx, by.ID, "make invitation link", b.ID.String(), group.Handle()); err != nil {
		return "", err
	}
	return a.NewBidSecret(ctx, tx, b.ID)
}

// NewBidSecret gives a bid a new link, whose secret it returns: the one before ends,
// because nobody but its reader knows it. Only the hash is kept.
func (a *Actions) NewBidSecret(ctx context.Context, tx *store.Tx, bid actors.ID) (string, error) {
	secret, err := a.secret()
	if err != nil {
		return "", err
	}
	if err := tx.SetBidSecret(ctx, bid, HashSecret(secret)); err != nil {
		return "", fmt.Errorf("make the link of an invitation: %w", err)
	}
	return secret, nil
}

func (a *Actions) mayBid(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community) error {
	if _, err := a.facilitator(ctx, tx, by, group); err != nil {
		return err
	}
	switch {
	case !group.Local:
		return refuse("not_here", "People are invited at the community’s own site.")
	case group.HasMoved() || group.IsGone():
		return errMoved
	}
	return nil
}

// Bidden is what a link to a community leads to.
type Bidden struct {
	actors.Bid
	Group    actors.Community
	Accounts bool // whoever has no account may make one
}

// OfBid reads what a link is for while it works; ErrSpent otherwise.
func (a *Actions) OfBid(ctx context.Context, tx *store.Tx, secret string) (x Bidden, err error) {
	x.Bid, err = tx.BidBySecret(ctx, HashSecret(secret))
	if errors.Is(err, store.ErrNotFound) {
		return x, ErrSpent
	}
	if err != nil {
		return x, fmt.Errorf("read an invitation: %w", err)
	}
	if !x.IsOpen(a.Now()) {
		return x, ErrSpent
	}
	if x.Group, err = a.groupOfBid(ctx, tx, x.Bid); err != nil {
		return x, err
	}
	rules, err := a.GuestRules(ctx, tx)
	x.Accounts = x.Email != "" && rules.Accounts && rules.Takes(x.Email)
	return x, err
}

// groupOfBid is the community of a bid, while its facilitator would still be heard:
// one who was removed from it, or whose account is stopped, invites nobody. Who only
// stepped down leaves the invitations to the others (security.md S153).
func (a *Actions) groupOfBid(ctx context.Context, tx *store.Tx, b actors.Bid) (actors.Community, error) {
	group, err := tx.Community(ctx, b.Group)
	if err != nil {
		return group, fmt.Errorf("read the community of an invitation: %w", err)
	}
	if group.IsGone() || group.HasMoved() {
		return group, ErrSpent
	}
	if b.By == 0 {
		return group, nil
	}
	m, err := a.membership(ctx, tx, group.ID, b.By)
	if err != nil {
		return group, err
	}
	if m.Standing == actors.Banned {
		return group, ErrSpent
	}
	err = spentUnless(ctx, tx, b.By, false)
	if by, e := tx.Actor(ctx, b.By); e == nil && !by.Local && errors.Is(err, ErrSpent) {
		err = nil // a facilitator elsewhere has no account here
	}
	return group, err
}

// ErrNotTheirs says that a link was mailed to another address than that of the
// account that uses it.
var ErrNotTheirs = errors.New("invitation is for another address")

// TakeUp lets the local person who has a link into its community, and uses it up in
// the same transaction. Who is a member already keeps it for somebody else.
func (a *Actions) TakeUp(ctx context.Context, tx *store.Tx, who actors.Actor, secret string) (actors.Community, error) {
	x, err := a.OfBid(ctx, tx, secret)
	if err != nil {
		return x.Group, err
	}
	account, err := tx.Account(ctx, who.ID)
	if err != nil {
		return x.Group, err
	}
	if x.Email != "" && store.FoldEmail(account.Email) != x.Email {
		return x.Group, ErrNotTheirs
	}
	m, err := a.membership(ctx, tx, x.Group.ID, who.ID)
	switch {
	case err != nil:
		return x.Group, err
	case m.Standing == actors.Banned:
		return x.Group, refuse("banned", "You have been removed from this community.")
	case m.Standing == actors.Joined && x.Email == "":
		return x.Group, nil
	}
	if err := a.spendBid(ctx, tx, x.Bid, who.ID); err != nil || m.Standing == actors.Joined {
		return x.Group, err
	}
	if err := a.ask(ctx, tx, x.Group, who); err != nil {
		return x.Group, err
	}
	_, err = a.Join(ctx, tx, who, x.Group)
	return x.Group, err
}

// spendBid uses up one place and, of a link for one, its secret.
func (a *Actions) spendBid(ctx context.Context, tx *store.Tx, b actors.Bid, who actors.ID) error {
	err := tx.TakeBid(ctx, b.ID, a.Now())
	if errors.Is(err, store.ErrNotFound) {
		return ErrSpent
	}
	if err != nil || b.Most > 1 {
		return err
	}
	if b, err = tx.Bid(ctx, b.ID); err != nil {
		return err
	}
	b.Actor = who
	return tx.SaveBid(ctx, b)
}

// TakeUpElsewhere turns a link into an invitation of the person elsewhere who has it:
// their own site tells them, and asks for them.
func (a *Actions) TakeUpElsewhere(ctx context.Context, tx *store.Tx, who actors.Actor, secret string) (actors.Community, error) {
	x, err := a.OfBid(ctx, tx, secret)
	if err != nil {
		return x.Group, err
	}
	if err := mayBeAsked(x.Group, who); err != nil {
		return x.Group, err
	}
	m, err := a.membership(ctx, tx, x.Group.ID, who.ID)
	switch {
	case err != nil:
		return x.Group, err
	case m.Standing == actors.Banned:
		return x.Group, refuse("banned", "This person has been removed from the community.")
	case m.Standing == actors.Joined:
		return x.Group, content.Problems{"address": "This person is a member already"}
	}
	if err := a.spendBid(ctx, tx, x.Bid, who.ID); err != nil {
		return x.Group, err
	}
	if x.Most > 1 {
		return x.Group, a.inviteActor(ctx, tx, x.Group, who, x.By)
	}
	// What was for whoever reads that mail is for this person now.
	x.Actor = who.ID
	if err := errors.Join(tx.SaveBid(ctx, x.Bid), tx.SetBidSecret(ctx, x.ID, ""), a.ask(ctx, tx, x.Group, who)); err != nil {
		return x.Group, err
	}
	return x.Group, a.sendBid(ctx, tx, x.Group, who, x.Bid)
}

// ask puts somebody on the list of those who are let in.
func (a *Actions) ask(ctx context.Context, tx *store.Tx, group actors.Community, who actors.Actor) error {
	m := actors.Membership{Group: group.ID, Actor: who.ID, Role: actors.Member, Standing: actors.Invited, Since: a.Now()}
	if err := tx.SetMembership(ctx, m); err != nil {
		return fmt.Errorf("invite: %w", err)
	}
	return nil
}

// inviteActor asks somebody by address: one here gets a notification, one elsewhere
// an Invite. by is the facilitator.
func (a *Actions) inviteActor(ctx context.Context, tx *store.Tx, group actors.Community, who actors.Actor, by actors.ID) error {
	if err := a.ask(ctx, tx, group, who); err != nil {
		return err
	}
	b, err := a.addBid(ctx, tx, actors.Bid{Group: group.ID, By: by, Actor: who.ID})
	if err != nil {
		return err
	}
	return a.sendBid(ctx, tx, group, who, b)
}

// sendBid tells somebody that a bid asks them.
func (a *Actions) sendBid(ctx context.Context, tx *store.Tx, group actors.Community, who actors.Actor, b actors.Bid) error {
	if who.Local {
		return a.tellAnswered(ctx, tx, who, group, NoticeInvited, b.By)
	}
	act := a.own("Invite", group.Actor, group.URI, group.URI)
	act.Group = group.ID
	var err error
	if act.Body, err = ap.WriteInvite(ap.Invite{ID: act.URI, Group: group.URI, Who: who.URI, At: act.At}); err != nil {
		return err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	b.URI = act.URI
	if err := tx.SaveBid(ctx, b); err != nil {
		return err
	}
	return a.send(ctx, tx, act, group.Actor, to(who)...)
}

// AskAgain gives a bid its whole time anew and tells the one whom it asks by address
// once more. Mail is the caller's to send.
func (a *Actions) AskAgain(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, b actors.Bid) error {
	if err := a.mayBid(ctx, tx, by, group); err != nil {
		return err
	}
	if b.Group != group.ID || b.State != actors.BidPending && b.State != actors.BidBounced {
		return store.ErrNotFound
	}
	b.State, b.Note, b.Expires = actors.BidPending, "", a.Now().Add(BidLasts)
	if err := tx.SaveBid(ctx, b); err != nil {
		return fmt.Errorf("ask again: %w", err)
	}
	if b.Actor == 0 {
		return nil
	}
	who, err := tx.Actor(ctx, b.Actor)
	if err != nil {
		return err
	}
	return a.sendBid(ctx, tx, group, who, b)
}

// TakeBack ends a bid that nobody has answered. The site of one who was asked
// elsewhere is told.
func (a *Actions) TakeBack(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, id actors.ID) error {
	if _, err := a.facilitator(ctx, tx, by, group); err != nil {
		return err
	}
	b, err := tx.Bid(ctx, id)
	if err != nil {
		return err
	}
	if b.Group != group.ID || b.State != actors.BidPending && b.State != actors.BidBounced {
		return store.ErrNotFound
	}
	b.State, b.Answered = actors.BidWithdrawn, a.Now()
	if err := tx.SaveBid(ctx, b); err != nil {
		return err
	}
	target := b.Email
	if b.Actor != 0 {
		who, err := tx.Actor(ctx, b.Actor)
		if err != nil {
			return err
		}
		target = who.Handle()
		if err := a.unask(ctx, tx, group, who, b); err != nil {
			return err
		}
	}
	return a.audit(ctx, tx, by.ID, "uninvite from community", target, group.Handle())
}

func (a *Actions) unask(ctx context.Context, tx *store.Tx, group actors.Community, who actors.Actor, b actors.Bid) error {
	m, err := a.membership(ctx, tx, group.ID, who.ID)
	if err != nil || m.Standing != actors.Invited {
		return err
	}
	m.Standing, m.Since = actors.Left, a.Now()
	if err := tx.SetMembership(ctx, m); err != nil {
		return fmt.Errorf("take an invitation back: %w", err)
	}
	if who.Local || b.URI == "" {
		return nil
	}
	act := a.own("Undo", group.Actor, group.URI, b.URI)
	act.Group = group.ID
	if act.Body, err = ap.WriteUndoInvite(act.URI, ap.Invite{ID: b.URI, Group: group.URI, Who: who.URI}); err != nil {
		return err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	return a.send(ctx, tx, act, group.Actor, to(who)...)
}

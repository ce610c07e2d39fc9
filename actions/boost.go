package actions

import (
	"context"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// boost passes on the address of a new discussion alone, which is all that
// Mastodon and its like understand of a community (protocol.md 5.3).
func (a *Actions) boost(ctx context.Context, tx *store.Tx, group actors.Community, about actors.URI) error {
	n, err := a.needs.of(ctx, tx, group.ID, a.Now())
	if err != nil || !n.boosts {
		return err
	}
	act := a.own("Announce", group.Actor, group.URI, about)
	act.Group = group.ID
	to, cc := ap.GroupAddress(actors.AudiencePublic, group.Actor)
	act.Body, err = ap.WriteBoost(ap.Envelope{
		ID: act.URI, Actor: group.URI, To: to, Cc: cc, Audience: group.URI, Published: act.At,
	}, about)
	if err != nil {
		return fmt.Errorf("boost %s: %w", about, err)
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	return a.send(ctx, tx, act, group.Actor, store.Recipient{FollowersOf: group.ID, Form: store.FormBoost})
}

// takeBackBoost takes a discussion that is about to be withdrawn or hidden out of
// the timelines that its boost brought it to (protocol.md 5.3).
func (a *Actions) takeBackBoost(ctx context.Context, tx *store.Tx, p content.Post) error {
	if p.IsComment() || p.Audience != actors.AudiencePublic || p.Standing != content.Accepted {
		return nil
	}
	group, err := tx.Community(ctx, p.Group)
	if err != nil || !group.Local {
		return err
	}
	done, err := tx.LastBoost(ctx, group.ID, p.URI)
	if errors.Is(err, store.ErrNotFound) {
		return nil // nobody needed one
	}
	if err != nil {
		return fmt.Errorf("find the boost of %s: %w", p.URI, err)
	}
	return a.undoBoost(ctx, tx, group, done)
}

// boostAgain brings back what takeBackBoost took out.
func (a *Actions) boostAgain(ctx context.Context, tx *store.Tx, group actors.Community, p content.Post) error {
	if p.IsComment() || p.Audience != actors.AudiencePublic {
		return nil
	}
	return a.boost(ctx, tx, group, p.URI)
}

func (a *Actions) undoBoost(ctx context.Context, tx *store.Tx, group actors.Community, done actors.Activity) (err error) {
	// Its object is not that of the boost: what is withdrawn is erased, and this is to be sent.
	act := a.own("Undo", group.Actor, group.URI, done.URI)
	act.Group = group.ID
	to, cc := ap.GroupAddress(actors.AudiencePublic, group.Actor)
	act.Body, err = ap.WriteUndo(ap.Envelope{
		ID: act.URI, Actor: group.URI, To: to, Cc: cc, Audience: group.URI, Published: act.At,
	}, done.Body)
	if err != nil {
		return fmt.Errorf("take back %s: %w", done.URI, err)
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	return a.send(ctx, tx, act, group.Actor, store.Recipient{FollowersOf: group.ID, Form: store.FormBoost})
}

// bareToo brings an author's own change of a post to the servers that know it
// from a boost: they read no Announce of an Update or a Delete, only the thing
// itself from its author (protocol.md 5.3). A community elsewhere cannot be
// helped so, because only its home knows who follows it.
func (a *Actions) bareToo(ctx context.Context, tx *store.Tx, act actors.Activity, by actors.Actor, group actors.Community, p content.Post) error {
	if !group.Local || p.Author != by.ID || p.Standing != content.Accepted || p.Audience != actors.AudiencePublic {
		return nil
	}
	n, err := a.needs.of(ctx, tx, group.ID, a.Now())
	if err != nil || !n.boosts {
		return err
	}
	return a.send(ctx, tx, act, by, store.Recipient{FollowersOf: group.ID, Form: store.FormBoost})
}

// tellAuthor lets an author elsewhere know who found a post useful, where their
// server does not read what communities pass on.
func (a *Actions) tellAuthor(ctx context.Context, tx *store.Tx, act actors.Activity, by actors.Actor, group actors.Community, p content.Post) error {
	if !by.Local || p.Audience != actors.AudiencePublic {
		return nil
	}
	author, err := tx.Actor(ctx, p.Author)
	if err != nil {
		return fmt.Errorf("find the author of %s: %w", p.URI, err)
	}
	if author.Local || author.Host == group.Host {
		return nil // the community's own host is told anyway
	}
	r := store.ToInbox(author)
	r.Form = store.FormBoost
	return a.send(ctx, tx, act, by, r)
}

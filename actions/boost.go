package actions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// boosts remembers for which communities somebody needs plain boosts, so that a
// post costs the same however many partners follow (invariant I6).
type boosts struct {
	mu    sync.Mutex
	known map[actors.ID]boostNeed
}

type boostNeed struct {
	any   bool
	until time.Time
}

const (
	boostMemory = time.Minute
	boostGroups = 10000 // remembered at once
)

// needed says whether any follower's server needs a plain boost.
func (b *boosts) needed(ctx context.Context, tx *store.Tx, group actors.ID, now time.Time) (bool, error) {
	b.mu.Lock()
	n, ok := b.known[group]
	b.mu.Unlock()
	if ok && now.Before(n.until) {
		return n.any, nil
	}
	software, err := tx.FollowerSoftware(ctx, group)
	if err != nil {
		return false, err
	}
	n = boostNeed{any: slices.ContainsFunc(software, func(s string) bool { return !actors.ReadsWrapped(s) }), until: now.Add(boostMemory)}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known == nil || len(b.known) >= boostGroups {
		b.known = map[actors.ID]boostNeed{}
	}
	b.known[group] = n
	return n.any, nil
}

// forget looks again at the next post: there is a new follower.
func (b *boosts) forget(group actors.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.known, group)
}

// SoftwareKnown is told when servers have said what they run: the next post looks
// again at who needs a boost.
func (a *Actions) SoftwareKnown() {
	a.boosts.mu.Lock()
	defer a.boosts.mu.Unlock()
	clear(a.boosts.known)
}

// boost passes on the address of a new discussion alone, which is all that
// Mastodon and its like understand of a community (protocol.md 5.3).
func (a *Actions) boost(ctx context.Context, tx *store.Tx, group actors.Community, about actors.URI) error {
	needed, err := a.boosts.needed(ctx, tx, group.ID, a.Now())
	if err != nil || !needed {
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
	needed, err := a.boosts.needed(ctx, tx, group.ID, a.Now())
	if err != nil || !needed {
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

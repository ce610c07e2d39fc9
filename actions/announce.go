package actions

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// announce enters what a local community accepted into its numbered log and
// passes it on to all followers (FEP-1b12). inner is the member's activity,
// byte for byte. What may not leave the node is not announced. also is whom it
// concerns although they may not follow.
func (a *Actions) announce(ctx context.Context, tx *store.Tx, group actors.Community, inner json.RawMessage, audience actors.Audience, about actors.URI, also ...store.Recipient) error {
	chain, leaves := actors.ChainOf(audience)
	if !leaves {
		return nil
	}
	inner, err := ap.Embeddable(inner)
	if err != nil {
		return fmt.Errorf("announce %s: %w", about, err)
	}
	entry, err := a.nextEntry(ctx, tx, group, chain, inner)
	if err != nil {
		return fmt.Errorf("announce %s: %w", about, err)
	}
	head, err := a.SignedHead(ctx, tx, group, chain, entry.Seq, entry.Hash())
	if err != nil {
		return fmt.Errorf("announce %s: %w", about, err)
	}
	act := a.own("Announce", group.Actor, group.URI, about)
	act.Group = group.ID
	to, cc := ap.GroupAddress(audience, group.Actor)
	act.Body, err = ap.WriteAnnounce(ap.Envelope{
		ID: act.URI, Actor: group.URI, To: to, Cc: cc, Audience: group.URI, Published: act.At,
	}, inner, &ap.LogHead{
		Audience: string(chain), Seq: head.Seq, Hash: head.Hash, Prev: entry.Prev, Salt: entry.Salt,
		Epoch: head.Epoch, Signature: head.Signature,
	})
	if err != nil {
		return fmt.Errorf("announce %s: %w", about, err)
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	if err := tx.AddEntry(ctx, group.ID, store.LogEntry{
		Entry: entry, Hash: head.Hash, Activity: act.ID, Object: about, At: act.At,
	}); err != nil {
		return fmt.Errorf("enter %s into the log: %w", about, err)
	}
	return a.send(ctx, tx, act, group.Actor, append(also, store.Recipient{FollowersOf: group.ID})...)
}

func (a *Actions) nextEntry(ctx context.Context, tx *store.Tx, group actors.Community, chain actors.Chain, inner []byte) (actors.Entry, error) {
	e, err := tx.NextEntry(ctx, group.Actor, chain)
	if err != nil {
		return e, err
	}
	if e.Salt, err = a.secret(); err != nil {
		return e, err
	}
	e.Digest = actors.EntryDigest(e.Salt, inner)
	return e, nil
}

// SignedHead is what a local community says of its log, with its signature.
func (a *Actions) SignedHead(ctx context.Context, tx *store.Tx, group actors.Community, chain actors.Chain, seq int64, hash string) (actors.Head, error) {
	keys, err := a.Keys.Of(ctx, tx, group.ID)
	if err != nil {
		return actors.Head{}, err
	}
	h := actors.Head{Group: group.URI, Chain: chain, Seq: seq, Hash: hash, Epoch: group.Epoch}
	return h.Sign(keys.Ed25519), nil
}

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

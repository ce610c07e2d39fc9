package actions

import (
	"context"
	"encoding/json"
	"fmt"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// announce enters what a local community accepted into its numbered log and
// passes it on to all followers (FEP-1b12). body is the member's activity,
// byte for byte. What may not leave the node is not announced. also is whom it
// concerns although they may not follow.
func (a *Actions) announce(ctx context.Context, tx *store.Tx, group actors.Community, body json.RawMessage, audience actors.Audience, about actors.URI, also ...store.Recipient) error {
	chain, leaves := actors.ChainOf(audience)
	if !leaves {
		return nil
	}
	inner, err := ap.Embeddable(body)
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
	// Whoever calls may just have ended a membership.
	epoch, err := tx.Epoch(ctx, group.ID)
	if err != nil {
		return actors.Head{}, fmt.Errorf("epoch of %s: %w", group.URI, err)
	}
	h := actors.Head{Group: group.URI, Chain: chain, Seq: seq, Hash: hash, Epoch: epoch}
	return h.Sign(keys.Ed25519), nil
}

package actions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/proof"
	"moothall/federation/receipt"
	"moothall/store"
)

// OweReceipt notes that this node is to confirm what it was asked by an activity, once it
// has carried that out: not before files and words are gone from it.
func (a *Actions) OweReceipt(ctx context.Context, tx *store.Tx, d store.ReceiptDue) error {
	d.Next, d.At = a.Now(), a.Now()
	if err := tx.OweReceipt(ctx, d); err != nil {
		return fmt.Errorf("owe a receipt for %s: %w", d.About, err)
	}
	if a.Wake.Library != nil {
		tx.After(a.Wake.Library)
	}
	return nil
}

// Confirm sends the receipt for something that has been carried out, in the name of the
// node, to whoever asked and to the community that passed it on.
func (a *Actions) Confirm(ctx context.Context, tx *store.Tx, about actors.URI) error {
	d, err := tx.TakeReceiptDue(ctx, about)
	if errors.Is(err, store.ErrNotFound) {
		return nil // another process did
	}
	if err != nil {
		return err
	}
	recipients, err := a.receiptTo(ctx, tx, d)
	if err != nil || len(recipients) == 0 {
		return err
	}
	node, err := tx.ActorByURI(ctx, a.Site.Instance())
	if err != nil {
		return fmt.Errorf("find the node's own actor: %w", err)
	}
	act := a.own("Accept", node, "", d.About)
	body, err := a.receipt(ctx, tx, node, act.URI, d)
	if err != nil {
		return err
	}
	e := ap.Envelope{ID: act.URI, Actor: node.URI, Published: act.At}
	var inboxes []store.Recipient
	for _, r := range recipients {
		e.To, inboxes = append(e.To, r.URI), append(inboxes, to(r)...)
	}
	if act.Body, err = ap.WriteReceipt(e, d.About, body); err != nil {
		return err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	return a.send(ctx, tx, act, node, inboxes...)
}

// receiptTo is who is told: whoever asked, and the home of the community.
func (a *Actions) receiptTo(ctx context.Context, tx *store.Tx, d store.ReceiptDue) (list []actors.Actor, err error) {
	for _, id := range []actors.ID{d.To, d.Group} {
		if id == 0 {
			continue
		}
		who, err := tx.Actor(ctx, id)
		if err != nil {
			return nil, err
		}
		if who.Local || who.IsGone() || len(list) > 0 && list[0].Host == who.Host {
			continue
		}
		list = append(list, who)
	}
	return list, nil
}

// receipt writes what this node says of what it did.
func (a *Actions) receipt(ctx context.Context, tx *store.Tx, node actors.Actor, id actors.URI, d store.ReceiptDue) ([]byte, error) {
	r := receipt.Receipt{
		ID: id + "#receipt", By: node.URI, About: d.About, Object: d.Object, State: receipt.State(d.State),
		Files: d.Files, Kept: d.Kept, Reason: d.Why, At: a.Now(),
	}
	var err error
	if d.Post != 0 && r.State == "" {
		if r.Kept, err = tx.CountCopies(ctx, d.Post); err != nil {
			return nil, err
		}
	}
	switch {
	case r.State != "":
	case r.Kept > 0:
		r.State = receipt.Partly
	default:
		r.State = receipt.Applied
	}
	if r.PassedOn, err = passedOn(ctx, tx, d); err != nil {
		return nil, err
	}
	keys, err := a.Keys.Of(ctx, tx, node.ID)
	if err != nil {
		return nil, err
	}
	return receipt.Write(r, proof.Signer{Method: ap.ProofKeyID(node.URI), Key: keys.Ed25519})
}

// passedOn lists the hosts to which a community of this node has sent a post, and now
// passes on that it is gone.
func passedOn(ctx context.Context, tx *store.Tx, d store.ReceiptDue) (hosts []string, err error) {
	if d.Post == 0 {
		return nil, nil
	}
	p, err := tx.PostForRules(ctx, d.Post)
	if err != nil {
		return nil, err
	}
	group, err := tx.Community(ctx, p.Group)
	if err != nil || !group.Local {
		return nil, err
	}
	author, err := tx.Actor(ctx, p.Author)
	if err != nil {
		return nil, err
	}
	spans, err := tx.ReachedDuring(ctx, group.ID, p.Published, time.Time{})
	for _, s := range spans {
		isNew := len(hosts) == 0 || hosts[len(hosts)-1] != s.Host
		if isNew && s.Host != author.Host && len(hosts) < mostPassedOn {
			hosts = append(hosts, s.Host)
		}
	}
	return hosts, err
}

// mostPassedOn bounds the list of hosts in a receipt.
const mostPassedOn = 1000

// TakeReceipt stores what a site elsewhere confirms of something that was asked here. It
// speaks for itself only, and only of what it may have had. body is the receipt as it
// came, of which from is known to be the signer.
func (a *Actions) TakeReceipt(ctx context.Context, tx *store.Tx, from actors.Actor, r receipt.Receipt, body []byte) error {
	if from.Kind != actors.Application || r.By != from.URI {
		return refuse("receipt_by_other", "A receipt is the word of a site about itself.")
	}
	none := refuse("unknown_object", "It is about something that was not asked here.")
	asked, err := tx.Asked(ctx, r.About)
	if errors.Is(err, store.ErrNotFound) {
		return none
	}
	if err != nil {
		return err
	}
	author, group, err := parties(ctx, tx, asked)
	if err != nil {
		return err
	}
	could, err := tx.CouldHave(ctx, group, author, from.Host)
	if err != nil {
		return err
	}
	if !could || asked.Type != "Reject" && r.Object != asked.Object {
		return none
	}
	held, err := tx.ReceiptFrom(ctx, r.About, from.Host)
	switch {
	case err == nil && !r.State.Better(receipt.State(held.State)):
		return nil // it has said so before, or more
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	}
	return tx.SetReceipt(ctx, store.Receipt{
		About: r.About, Host: from.Host, Object: r.Object, Group: group, State: string(r.State), Body: string(body), At: r.At,
	})
}

// parties are whose words an activity is about, and the community that they are in.
func parties(ctx context.Context, tx *store.Tx, asked actors.Activity) (author, group actors.ID, err error) {
	who, err := tx.ActorByURI(ctx, asked.Actor)
	if err != nil {
		return 0, 0, err
	}
	if asked.Group != 0 || asked.Object == "" {
		return who.ID, asked.Group, nil
	}
	id, err := tx.HeldAt(ctx, asked.Object)
	if errors.Is(err, store.ErrNotFound) {
		return who.ID, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	p, err := tx.PostForRules(ctx, id)
	return who.ID, p.Group, err
}

package inbox

import (
	"context"
	"errors"
	"strings"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/receipt"
	"moothall/store"
)

// oweReceipt notes that whoever sent an activity, or had a community pass it on, wants to
// be told when it is carried out. They ask for themselves only: nobody can have this node
// write to others.
func (w *work) oweReceipt(ctx context.Context) error {
	asked := w.act
	if w.act.Type == "Announce" {
		asked = w.told
	}
	by := actors.URI(asked.Actor)
	switch {
	case asked.ReceiptTo == "" || asked.ReceiptTo != asked.Actor || w.in.Site.Owns(by) || w.past:
		return nil
	case w.line.State != actors.Applied && w.line.State != actors.Rejected:
		return nil // it is not over
	case asked.Type != "Delete" && asked.Type != "Update" && asked.Type != "Reject":
		return nil
	}
	about, err := w.in.Site.Parse(asked.ID)
	if err != nil || !about.SameOrigin(by) {
		return nil
	}
	who, err := w.tx.ActorByURI(ctx, by)
	if err != nil {
		return ignoreNotFound(err)
	}
	d := store.ReceiptDue{About: about, To: who.ID, Group: w.line.Group}
	if w.line.State == actors.Rejected {
		code, _, _ := strings.Cut(w.line.Reason, ":")
		if code == "announcer" {
			return nil // it came after the end of what is between us
		}
		d.State, d.Why = string(receipt.Refused), code
	}
	if err := w.receiptAbout(ctx, asked, &d); err != nil || d.Object == "" {
		return err
	}
	return w.in.Actions.OweReceipt(ctx, w.tx, d)
}

// receiptAbout finds what is to be confirmed, and of what was never here says so.
func (w *work) receiptAbout(ctx context.Context, asked ap.Activity, d *store.ReceiptDue) error {
	if asked.Type == "Reject" {
		inner, err := asked.Object.AsActivity()
		if err == nil && inner.Type == "Follow" && w.in.Site.Owns(actors.URI(inner.Actor)) {
			d.Object = actors.URI(inner.Actor)
		}
		return nil
	}
	uri, err := w.address(asked.Object.ID())
	if err != nil || !uri.SameOrigin(actors.URI(asked.Actor)) {
		return nil
	}
	d.Object = uri
	d.Post, err = w.tx.HeldAt(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		d.State, d.Why = string(receipt.NeverHeld), ""
		return nil
	}
	return err
}

// takeReceipt stores what another site has confirmed.
func (w *work) takeReceipt(ctx context.Context) error {
	r, _, err := receipt.Read(w.act.Receipt, w.in.Now())
	if err != nil {
		return refuse("receipt", err.Error())
	}
	if id, err := w.address(w.act.Object.ID()); err != nil || id != r.About {
		return refuse("receipt", "It is about something else than what it answers.")
	}
	proved, err := w.proved(ctx, w.act.Receipt, w.from.URI)
	if err != nil {
		return err
	}
	if !proved {
		return refuse("receipt", "Its signature does not hold.")
	}
	return w.in.Actions.TakeReceipt(ctx, w.tx, w.from, r, w.act.Receipt)
}

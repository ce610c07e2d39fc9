package actions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// WithdrawDocument takes a document of this node away in the name of the person who
// looks after it. Its page says why, and what it was called unless the title
// is withdrawn too (DOC-4). Elsewhere it is asked for with the same words.
func (a *Actions) WithdrawDocument(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, left content.Withdrawal) error {
	left, err := checkWithdrawal(p, left)
	if err != nil {
		return err
	}
	w, err := a.ownPaper(ctx, tx, by, p)
	if err != nil {
		return err
	}
	savers, err := tx.TellSaved(ctx, p.ID, withdrawnNumber)
	if err != nil {
		return err
	}
	if err := a.addAudit(ctx, tx, store.Audit{By: by.ID, Action: DidWithdraw, Target: string(p.URI), Detail: left.Reason}); err != nil {
		return err
	}
	if err := tx.WithdrawDocument(ctx, p.ID, left, a.Now()); err != nil {
		return fmt.Errorf("withdraw document: %w", err)
	}
	if w.paper.Document.StaysHere() {
		err = tx.MarkPostGone(ctx, p, a.Now())
	} else {
		err = a.announceWithdrawal(ctx, tx, p, w, left)
	}
	if err != nil {
		return err
	}
	return a.notifyAll(ctx, tx, savers, p, NoticeWithdrawn, by.ID)
}

func checkWithdrawal(p content.Post, left content.Withdrawal) (content.Withdrawal, error) {
	left.Reason, left.Replaced = strings.TrimSpace(left.Reason), strings.TrimSpace(left.Replaced)
	if err := checkReason(left.Reason, "Say why you are withdrawing this document"); err != nil {
		return left, err
	}
	if left.Replaced == "" {
		return left, nil
	}
	link, ok := content.WebLink(left.Replaced)
	switch {
	case !ok || len(link) > content.MaxLink:
		return left, content.Problems{"replacement": "Enter a full web address, such as https://kent.example/d/4kz7w9xb"}
	case link == string(p.URI):
		return left, content.Problems{"replacement": "Enter the address of another document: this is the one that you are withdrawing"}
	}
	left.Replaced = link
	return left, nil
}

// withdrawnNumber is higher than any version, so that who saved a document is told
// of its end whichever version they know.
const withdrawnNumber = 1 << 30

func (a *Actions) announceWithdrawal(ctx context.Context, tx *store.Tx, p content.Post, w wording, left content.Withdrawal) error {
	act := a.ofCommunity("Delete", w.by, w.group, p.URI)
	var err error
	if act.Body, err = ap.WriteWithdrawal(w.confirmed(act), ap.Withdrawn{ID: p.URI, At: a.Now(), Title: left.Title, Reason: left.Reason, Replaced: actors.URI(left.Replaced)}); err != nil {
		return err
	}
	if act.Body, err = a.prove(ctx, tx, w.by, w.group, p.Audience, act.Body); err != nil {
		return err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	if err := a.TakeDelete(ctx, tx, w.by, w.group, p, "", act); err != nil {
		return err
	}
	if err := a.bareToo(ctx, tx, act, w.by, w.group, p); err != nil {
		return err
	}
	return a.alsoTo(ctx, tx, act, w.by, p.Audience, w)
}

// confirmed is an envelope that asks every site to confirm what it did.
func (w wording) confirmed(act actors.Activity) ap.Envelope {
	e := w.envelope(act)
	e.ReceiptTo = w.by.URI
	return e
}

// WithdrawVersion takes away one version that is not the current one.
func (a *Actions) WithdrawVersion(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, number int, reason string) error {
	reason = strings.TrimSpace(reason)
	if err := checkReason(reason, "Say why you are withdrawing this version"); err != nil {
		return err
	}
	w, err := a.ownPaper(ctx, tx, by, p)
	if err != nil {
		return err
	}
	if number == w.paper.Document.Number {
		return refuse("current_version", "This is the current version. Add a new version first, or withdraw the whole document.")
	}
	v, err := tx.Version(ctx, p.ID, number)
	if err != nil {
		return err
	}
	if err := a.endVersion(ctx, tx, p, v, reason); err != nil {
		return err
	}
	if err := a.addAudit(ctx, tx, store.Audit{By: by.ID, Action: DidWithdraw, Target: string(v.URI), Detail: reason}); err != nil {
		return err
	}
	if w.paper.Document.StaysHere() {
		return nil
	}
	act := a.ofCommunity("Delete", w.by, w.group, v.URI)
	if act.Body, err = ap.WriteWithdrawal(w.confirmed(act), ap.Withdrawn{ID: v.URI, At: a.Now(), Reason: reason}); err != nil {
		return err
	}
	if act.Body, err = a.prove(ctx, tx, w.by, w.group, p.Audience, act.Body); err != nil {
		return err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	return a.passOn(ctx, tx, w.by, w.group, p, act)
}

// endVersion erases what is known of a version, also in what told of it before. The
// activities that brought the versions after it stay, and with them the document.
func (a *Actions) endVersion(ctx context.Context, tx *store.Tx, p content.Post, v content.Version, reason string) error {
	if err := tx.WithdrawVersion(ctx, p.ID, v.Number, reason, a.Now()); err != nil {
		return err
	}
	for after := actors.ID(0); ; {
		told, err := tx.ToldOf(ctx, p.URI, after, toldAtOnce)
		if err != nil {
			return fmt.Errorf("find what told of %s: %w", v.URI, err)
		}
		for _, act := range told {
			after = act.ID
			if !tellsOf(act, v) {
				continue
			}
			if err := tx.EraseActivity(ctx, act.ID); err != nil {
				return fmt.Errorf("erase activity %s: %w", act.ID, err)
			}
		}
		if len(told) < toldAtOnce {
			return nil
		}
	}
}

// toldAtOnce bounds how many activities are in memory: a popular document has many.
const toldAtOnce = 50

// tellsOf says whether an activity brings that version.
func tellsOf(act actors.Activity, v content.Version) bool {
	said, err := ap.ParseActivity(act.Body)
	if err != nil {
		return false
	}
	brought, ok := said.Carries()
	return ok && brought.Number == v.Number
}

// EndDocument erases what is known of a document whose post is being withdrawn,
// whoever withdraws it, and tells those who saved it and those who look after a copy
// of it here: the copy is theirs, and stays. One that was withdrawn with words already
// keeps them.
func (a *Actions) EndDocument(ctx context.Context, tx *store.Tx, p content.Post, left content.Withdrawal) error {
	if !p.IsDocument() {
		return nil
	}
	err := tx.WithdrawDocument(ctx, p.ID, left, a.Now())
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	savers, err := tx.TellSaved(ctx, p.ID, withdrawnNumber)
	if err != nil {
		return err
	}
	keepers, err := tx.KeepersOf(ctx, p.ID, 0)
	if err != nil {
		return fmt.Errorf("find who keeps copies of %s: %w", p.URI, err)
	}
	people := append(savers, keepers...)
	slices.Sort(people)
	return a.notifyAll(ctx, tx, slices.Compact(people), p, NoticeWithdrawn, p.Author)
}

// TellSavers tells those who keep a document at hand that it has a new version,
// once for each version (MEM-6).
func (a *Actions) TellSavers(ctx context.Context, tx *store.Tx, p content.Post, number int, by actors.ID) error {
	people, err := tx.TellSaved(ctx, p.ID, number)
	if err != nil {
		return fmt.Errorf("find who saved %s: %w", p.URI, err)
	}
	return a.notifyAll(ctx, tx, people, p, NoticeVersion, by)
}

func (a *Actions) notifyAll(ctx context.Context, tx *store.Tx, people []actors.ID, p content.Post, notice string, by actors.ID) error {
	for _, who := range people {
		if who == by {
			continue
		}
		if err := tx.Notify(ctx, store.Notification{
			ID: a.IDs.Next(), Actor: who, Kind: notice, Post: p.ID, Group: p.Group, By: by, At: a.Now(),
		}); err != nil {
			return err
		}
	}
	return nil
}

package actions_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// TestDocumentsOfThoseWhoLeaveAreHandedOn: however they leave, to the facilitator with
// an account who has been one longest, and to nobody where there is none.
func TestDocumentsOfThoseWhoLeaveAreHandedOn(t *testing.T) {
	ctx := context.Background()
	for name, leave := range map[string]func(h *house, tx *store.Tx, dan actors.Actor) error{
		"leaves": func(h *house, tx *store.Tx, dan actors.Actor) error {
			_, err := h.a.Leave(ctx, tx, dan, h.parks)
			return err
		},
		"is removed": func(h *house, tx *store.Tx, dan actors.Actor) error {
			_, err := h.a.Expel(ctx, tx, h.ann, h.parks, dan, actions.Removal{Reason: "Rude"})
			return err
		},
		"is stopped": func(_ *house, tx *store.Tx, dan actors.Actor) error {
			return tx.DisableAccount(ctx, dan.ID, time.Unix(1, 0))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, dan, cer := threeMembers(t)
			danIn := &house{db: h.db, a: h.a, ann: dan, parks: h.parks}
			p, annIs := danIn.share(t, pondDraft()), h.share(t, pondDraft())
			h.write(t, func(tx *store.Tx) error {
				handed(t, h.a, tx, 0)
				if err := leave(h, tx, dan); err != nil {
					return err
				}
				handed(t, h.a, tx, 1)
				handed(t, h.a, tx, 0)
				return nil
			})
			if got := h.owner(t, p); got != h.ann.ID {
				t.Errorf("%s looks after it, want %s", got, h.ann.ID)
			}
			if told := h.told(t, h.ann); !slices.Contains(told, actions.NoticeHandedOver) {
				t.Errorf("told %v", told)
			}
			h.write(t, func(tx *store.Tx) error {
				_, err := h.a.ShareVersion(ctx, tx, h.ann, p, content.DocumentDraft{Note: "By the new owner", Confirmed: true,
					Document: content.Document{Stage: content.Agreed}}, h.sent(t, tx, "New"), "")
				return err
			})
			h.write(t, func(tx *store.Tx) error {
				if err := tx.DisableAccount(ctx, h.ann.ID, h.a.Now()); err != nil {
					return err
				}
				handed(t, h.a, tx, 2) // ann's own too: cer is a facilitator
				return tx.DisableAccount(ctx, cer.ID, h.a.Now())
			})
			h.write(t, func(tx *store.Tx) error { handed(t, h.a, tx, 2); return nil })
			if a, b := h.owner(t, p), h.owner(t, annIs); a != 0 || b != 0 {
				t.Errorf("looked after by %s and %s, want nobody", a, b)
			}
			h.read(t, func(tx *store.Tx) error {
				list, err := tx.Library(ctx, actors.Viewer{}, store.LibraryFilter{Unowned: true}, store.Page{})
				if err != nil || len(list) != 2 {
					t.Errorf("%d documents that nobody looks after: %v", len(list), err)
				}
				return nil
			})
		})
	}
}

// TestMuchIsHandedOnInParts: who looked after hundreds stops nobody else.
func TestMuchIsHandedOnInParts(t *testing.T) {
	ctx := context.Background()
	h, dan, _ := threeMembers(t)
	danIn := &house{db: h.db, a: h.a, ann: dan, parks: h.parks}
	for i := range 60 {
		d := pondDraft()
		d.Title = fmt.Sprint("Guide ", i)
		danIn.share(t, d)
	}
	h.write(t, func(tx *store.Tx) error {
		if _, err := h.a.Leave(ctx, tx, dan, h.parks); err != nil {
			return err
		}
		handed(t, h.a, tx, 50)
		handed(t, h.a, tx, 10)
		handed(t, h.a, tx, 0)
		return nil
	})
}

// threeMembers is a house whose community has a member and a second facilitator.
func threeMembers(t *testing.T) (h *house, dan, cer actors.Actor) {
	t.Helper()
	ctx := context.Background()
	h = newHouse(t)
	keys, err := h.a.MakeKeys()
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, func(tx *store.Tx) error {
		if dan, err = h.person(ctx, tx, "dan", keys); err != nil {
			return err
		}
		if cer, err = h.person(ctx, tx, "cer", keys); err != nil {
			return err
		}
		for _, who := range []actors.Actor{dan, cer} {
			if _, err := h.a.Join(ctx, tx, who, h.parks); err != nil {
				return err
			}
		}
		_, err := h.a.Appoint(ctx, tx, h.ann, h.parks, cer, true)
		return err
	})
	return h, dan, cer
}

func handed(t *testing.T, a *actions.Actions, tx *store.Tx, want int) {
	t.Helper()
	if n, err := a.HandOn(context.Background(), tx); err != nil || n != want {
		t.Errorf("handed on %d documents, want %d: %v", n, want, err)
	}
}

func (h *house) owner(t *testing.T, p content.Post) (id actors.ID) {
	t.Helper()
	h.read(t, func(tx *store.Tx) error {
		d, err := tx.DocumentForRules(context.Background(), p.ID)
		id = d.Owner
		return err
	})
	return id
}

func (h *house) told(t *testing.T, who actors.Actor) (kinds []string) {
	t.Helper()
	h.read(t, func(tx *store.Tx) error {
		list, err := tx.Notifications(context.Background(), who.ID, store.Page{})
		for _, n := range list {
			kinds = append(kinds, n.Kind)
		}
		return err
	})
	return kinds
}

// TestWhoWasRemovedChangesNoDocument: neither whoever shared a document nor whoever looks
// after it, be there another who may or not. They can still withdraw it.
func TestWhoWasRemovedChangesNoDocument(t *testing.T) {
	ctx := context.Background()
	for name, sensitive := range map[string]bool{"shared with others": false, "of this organisation": true} {
		t.Run(name, func(t *testing.T) {
			h, dan, cer := threeMembers(t)
			danIn := &house{db: h.db, a: h.a, ann: dan, parks: h.parks}
			d := pondDraft()
			if sensitive {
				d.Classification, d.Handling = content.Sensitive, "Members only"
			}
			p := danIn.share(t, d)
			h.write(t, func(tx *store.Tx) error { return h.a.HandOver(ctx, tx, dan, p, cer) })
			h.write(t, func(tx *store.Tx) error {
				for _, who := range []actors.Actor{dan, cer} {
					if _, err := h.a.Expel(ctx, tx, h.ann, h.parks, who, actions.Removal{Reason: "Rude"}); err != nil {
						return err
					}
				}
				return nil
			})
			h.write(t, func(tx *store.Tx) error {
				for _, who := range []actors.Actor{dan, cer} {
					_, err := h.a.ShareVersion(ctx, tx, who, p, content.DocumentDraft{Note: "x", Confirmed: true, Document: content.Document{Stage: content.Agreed}}, h.sent(t, tx, "New"), "")
					refusedAs(t, who, err, "banned")
					refusedAs(t, who, h.a.EditDocument(ctx, tx, who, p, d), "banned")
					refusedAs(t, who, h.a.StillCurrent(ctx, tx, who, p, h.a.Now().AddDate(1, 0, 0)), "banned")
				}
				refusedAs(t, dan, h.a.HandOver(ctx, tx, dan, p, h.ann), "banned")
				return h.a.WithdrawDocument(ctx, tx, dan, p, content.Withdrawal{Reason: "It was mine"})
			})
		})
	}
}

func refusedAs(t *testing.T, who actors.Actor, err error, code string) {
	t.Helper()
	if no, ok := errors.AsType[*actions.Refusal](err); !ok || no.Code != code {
		t.Errorf("%s: %v, want %s", who.Name, err, code)
	}
}

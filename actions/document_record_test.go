package actions_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/federation/provenance"
	"moothall/federation/sign"
	"moothall/store"
)

// record reads the record of a version and checks it as anybody could.
func (h *house) record(t *testing.T, document actors.ID, number int) (r provenance.Record, err error) {
	t.Helper()
	var raw []byte
	var node actors.Actor
	h.read(t, func(tx *store.Tx) error {
		if raw, err = tx.Provenance(context.Background(), document, number); err != nil {
			return nil
		}
		node, err = tx.ActorByURI(context.Background(), h.a.Site.Instance())
		return err
	})
	if err != nil {
		return r, err
	}
	key, err := sign.ParseMultikey(node.Ed25519Key)
	if err != nil {
		t.Fatal(err)
	}
	return provenance.Verify(raw, key, h.a.Now())
}

func TestRecordIsSignedWhenAVersionIsShared(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	var p, copied content.Post
	h.write(t, func(tx *store.Tx) error {
		u := h.sent(t, tx, "Clay", extract.Finding{Code: "hidden-sheet", Severity: extract.Stop, Count: 2}, extract.Finding{Code: "author", Severity: extract.Warn, Count: 1})
		d := pondDraft()
		d.Related = []content.Related{{Relation: content.DerivedFrom, URI: "https://east.example/d/bcdfghjk/v/1"}}
		var err error
		if p, err = h.a.Share(ctx, tx, h.ann, h.parks, d, u, "The sheet is a key to colours"); err != nil {
			return err
		}
		next := content.DocumentDraft{Note: "Straw", Confirmed: true, Document: content.Document{Stage: content.Adopted, Adopted: content.Adoption{Body: "Cabinet"}}}
		if _, err = h.a.ShareVersion(ctx, tx, h.ann, p, next, h.sent(t, tx, "Clay and straw"), ""); err != nil {
			return err
		}
		d.Related[0].URI = p.URI + "/v/1"
		copied, err = h.a.Share(ctx, tx, h.ann, h.parks, d, h.sent(t, tx, "Clay"), "")
		return err
	})
	one, err := h.record(t, p.ID, 1)
	if err != nil || one.ID != p.URI+"/v/1" || one.Document != p.URI || one.By != "https://north.example/" ||
		!one.Matches(content.DigestOf([]byte("Clay")), 4) || one.Issuer.Name != "North" || one.Issuer.Domain != "north.example" ||
		one.SharedBy.Name != "Ann" || len(one.DerivedFrom) != 1 || one.ReceivedFrom != "" {
		t.Errorf("%v: %+v", err, one)
	}
	if one.Check != "found: author, hidden-sheet" || strings.Contains(one.Check, "colours") {
		t.Errorf("the check: %q", one.Check)
	}
	two, err := h.record(t, p.ID, 2)
	if err != nil || two.Version != 2 || two.Adopted.Body != "Cabinet" || two.Check != "nothing found" {
		t.Errorf("%v: %+v", err, two)
	}
	if third, err := h.record(t, copied.ID, 1); err != nil || third.ReceivedFrom != p.URI+"/v/1" {
		t.Errorf("a copy is from %q: %v", third.ReceivedFrom, err)
	}
	h.write(t, func(tx *store.Tx) error {
		return h.a.WithdrawDocument(ctx, tx, h.ann, p, content.Withdrawal{Reason: "Wrong"})
	})
	for number := range 2 {
		if _, err := h.record(t, p.ID, number+1); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("record %d of a withdrawn document: %v", number+1, err)
		}
	}
}

// TestS144_RecordTellsNothingOfWhatItsSharerMayNotRead: whoever holds bytes and guesses
// an address does not learn that they are the same.
func TestS144_RecordTellsNothingOfWhatItsSharerMayNotRead(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	d := pondDraft()
	d.Audience = actors.AudienceMembers
	d.Title = "Closed"
	p := h.share(t, d)
	if _, err := h.record(t, p.ID, 1); err != nil {
		t.Errorf("what members read has a record too: %v", err)
	}
	keys, err := h.a.MakeKeys()
	if err != nil {
		t.Fatal(err)
	}
	var guessed content.Post
	h.write(t, func(tx *store.Tx) error {
		eve, err := h.person(ctx, tx, "eve", keys)
		if err != nil {
			return err
		}
		own, err := h.a.StartCommunity(ctx, tx, eve, charter("eves"), keys)
		if err != nil {
			return err
		}
		hers := house{db: h.db, a: h.a, ann: eve, parks: own}
		u := hers.sent(t, tx, "Clay. Closed")
		d := pondDraft()
		d.Related = []content.Related{{Relation: content.DerivedFrom, URI: p.URI + "/v/1"}}
		guessed, err = h.a.Share(ctx, tx, eve, own, d, u, "")
		return err
	})
	if r, err := h.record(t, guessed.ID, 1); err != nil || r.ReceivedFrom != "" {
		t.Errorf("%v: %+v", err, r)
	}
}

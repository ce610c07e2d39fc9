package actions_test

import (
	"bytes"
	"context"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// The words of a withdrawn post leave the log; the news that it was withdrawn
// stays in it, or partners would never hear of it.
func TestDeletionReachesTheLogWhole(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	h.write(t, func(tx *store.Tx) error {
		p, _, err := h.a.Publish(ctx, tx, h.ann, h.parks, nil, content.Draft{Kind: content.Discussion, Title: "Marker9", Source: "Marker9"})
		if err != nil {
			return err
		}
		_, err = h.a.Delete(ctx, tx, h.ann, p, "")
		return err
	})
	h.read(t, func(tx *store.Tx) error {
		last, err := tx.LastEntry(ctx, h.parks.ID, actors.ChainPublic)
		if err != nil {
			return err
		}
		act, err := tx.Activity(ctx, last.Activity)
		if err != nil {
			return err
		}
		if !bytes.Contains(act.Body, []byte(`"type":"Delete"`)) {
			t.Errorf("the last announcement is %q, want it to carry the Delete", act.Body)
		}
		first, err := tx.Entry(ctx, h.parks.ID, actors.ChainPublic, 1)
		if err != nil {
			return err
		}
		if first.Activity != 0 {
			if act, err = tx.Activity(ctx, first.Activity); err != nil {
				return err
			}
			if bytes.Contains(act.Body, []byte("Marker9")) {
				t.Error("the words are still in the log")
			}
		}
		return nil
	})
}

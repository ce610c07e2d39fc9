package actions_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
)

// TestI6_RemovalCostsTheSameForManyPartners: what is written when somebody from one of
// them is removed is as many rows of each table with 10 partners as with 300. Who should
// confirm it is worked out when somebody looks.
func TestI6_RemovalCostsTheSameForManyPartners(t *testing.T) {
	few, many := removalRows(t, 10), removalRows(t, 300)
	if d := cmp.Diff(few, many); d != "" || len(few) == 0 {
		t.Errorf("rows written with 10 and with 300 partners (-10 +300):\n%s", d)
	}
}

// removalRows is by how many rows each table grows with a removal.
func removalRows(t *testing.T, partners int) map[string]int {
	t.Helper()
	ctx := context.Background()
	h, _, _ := threeMembers(t)
	who := make([]actors.Actor, partners)
	h.write(t, func(tx *store.Tx) error {
		for i := range who {
			host := fmt.Sprintf("h%d.example", i)
			who[i] = actors.Actor{
				ID: h.a.IDs.Next(), URI: actors.URI("https://" + host + "/u/x"), Kind: actors.Person, Name: "x", Host: host,
				Inbox: actors.URI("https://" + host + "/inbox"),
			}
			if err := tx.AddActor(ctx, who[i], nil); err != nil {
				return err
			}
			if err := h.a.Admit(ctx, tx, who[i], h.parks, who[i].URI+"#follow"); err != nil {
				return err
			}
		}
		return nil
	})
	rows := func() map[string]int {
		n := map[string]int{}
		err := h.db.Read(ctx, func(tx *store.Tx) error {
			return tx.Dump(ctx, func(table string, _ map[string]string) { n[table]++ })
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := rows()
	h.write(t, func(tx *store.Tx) error {
		_, err := h.a.Expel(ctx, tx, h.ann, h.parks, who[0], actions.Removal{Reason: "Moved on"})
		return err
	})
	grown := map[string]int{}
	for table, n := range rows() {
		if n != before[table] {
			grown[table] = n - before[table]
		}
	}
	return grown
}

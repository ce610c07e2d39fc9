package store_test

import (
	"context"
	"fmt"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
	"moothall/store/storetest"
)

// BenchmarkPartners is what the list of connections costs: all partners put in
// order, and what waits for those on one page.
func BenchmarkPartners(b *testing.B) {
	for _, n := range []int{300, 10_000} {
		b.Run(fmt.Sprint("partners=", n), func(b *testing.B) {
			db := storetest.SQLite(b)
			w := storetest.NewTown(b, db)
			g, by := w.Community("roads", actors.AudiencePublic), w.Person("ann", "peer.example")
			fill(w, g, by, 50, n)
			policy := actors.NewPolicy(actors.ModeOpen, nil)
			b.ResetTimer()
			for range b.N {
				w.Read(func(ctx context.Context, tx *store.Tx) error {
					list, err := actions.Partners(ctx, tx, policy)
					if err != nil || len(list) < n {
						b.Fatal(len(list), err)
					}
					return actions.CountOwed(ctx, tx, list[:25])
				})
			}
		})
	}
}

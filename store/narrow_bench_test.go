package store_test

import (
	"context"
	"testing"

	"moothall/actors"
	"moothall/store"
	"moothall/store/storetest"
)

// BenchmarkNarrowCommunity closes a community of 100,000 posts in 10,000 discussions,
// every tenth of which has an aside (decision 0036).
func BenchmarkNarrowCommunity(b *testing.B) {
	for range b.N {
		b.StopTimer()
		w := storetest.NewTown(b, storetest.SQLite(b))
		g, author := w.Community("parks", actors.AudiencePublic), w.Person("author", "")
		for block := range 100 {
			w.Write(func(ctx context.Context, tx *store.Tx) error {
				for n := range 100 {
					root := w.Draft(g.ID, author.ID, nil, actors.AudiencePublic, block)
					if err := tx.AddPost(ctx, root, nil); err != nil {
						return err
					}
					for i := range 9 {
						a := actors.AudiencePublic
						if i == 0 && n%10 == 0 {
							a = actors.AudienceMembers
						}
						if err := tx.AddPost(ctx, w.Draft(g.ID, author.ID, &root, a, block+i), nil); err != nil {
							return err
						}
					}
				}
				return nil
			})
		}
		b.StartTimer()
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.NarrowCommunity(ctx, g.ID, actors.AudienceMembers)
			return err
		})
	}
}

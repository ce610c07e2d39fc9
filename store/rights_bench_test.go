package store_test

import (
	"context"
	"fmt"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/search"
	"moothall/store"
	"moothall/store/storetest"
)

const (
	rightsCommunities = 1_000
	rightsMembers     = 100 // in each
	rightsPosts       = 20  // in each
)

// crowded is a town of closed communities with 100,000 members between them, a reader
// who is in all of them, and one who is in ten.
func crowded(b *testing.B) (w *storetest.Town, everywhere, here actors.Viewer, start content.Post) {
	b.Helper()
	w = storetest.NewTown(b, storetest.SQLite(b))
	all, few, author := w.Person("all", ""), w.Person("few", ""), w.Person("author", "")
	for i := range rightsCommunities {
		g := w.Community(fmt.Sprintf("g%d", i), actors.AudienceMembers)
		w.Write(func(ctx context.Context, tx *store.Tx) error {
			for k := range rightsMembers {
				a := actors.Actor{ID: w.ID(), URI: actors.URI(fmt.Sprintf("https://h%d.example/u/m%d-%d", k, i, k)), Kind: actors.Person, Name: "m", Host: fmt.Sprintf("h%d.example", k)}
				if err := tx.AddActor(ctx, a, nil); err != nil {
					return err
				}
				if err := tx.SetMembership(ctx, actors.Membership{Group: g.ID, Actor: a.ID, Role: actors.Member, Standing: actors.Joined}); err != nil {
					return err
				}
			}
			for k := range rightsPosts {
				p := w.Draft(g.ID, author.ID, nil, actors.AudienceMembers, i+k)
				p.Title, p.HTML = fmt.Sprintf("Tender %d", k), "<p>What suppliers asked about the tender</p>"
				if err := tx.AddPost(ctx, p, nil); err != nil {
					return err
				}
				start = p
			}
			return nil
		})
		w.Stands(g.ID, all.ID, actors.Joined)
		if i%(rightsCommunities/10) == rightsCommunities/10-1 {
			w.Stands(g.ID, few.ID, actors.Joined)
		}
	}
	for i := range 100 {
		w.Post(start.Group, author.ID, &start, actors.AudienceMembers, i)
	}
	w.Index()
	return w, actors.Viewer{Actor: all.ID, Local: true}, actors.Viewer{Actor: few.ID, Local: true}, start
}

// BenchmarkRights compares lists, discussions and searches with the same queries
// without the rights check, side by side (issue 5, "Speed": no more than a fifth dearer).
func BenchmarkRights(b *testing.B) {
	w, everywhere, here, start := crowded(b)
	for _, x := range []struct {
		name string
		read func(ctx context.Context, tx *store.Tx, v actors.Viewer) (int, error)
	}{
		{"List", func(ctx context.Context, tx *store.Tx, v actors.Viewer) (int, error) {
			list, err := tx.Discussions(ctx, v, start.Group, store.Page{})
			return len(list), err
		}},
		{"Thread", func(ctx context.Context, tx *store.Tx, v actors.Viewer) (int, error) {
			list, err := tx.Thread(ctx, v, start.ID)
			return len(list), err
		}},
		{"Latest", func(ctx context.Context, tx *store.Tx, v actors.Viewer) (int, error) {
			list, err := tx.Latest(ctx, v, store.Page{})
			return len(list), err
		}},
		{"Search", func(ctx context.Context, tx *store.Tx, v actors.Viewer) (int, error) {
			found, err := tx.Search(ctx, v, search.Parse("tender"), search.Filter{}, start.Published)
			return len(found.IDs), err
		}},
	} {
		for _, who := range []struct {
			name   string
			viewer actors.Viewer
		}{{"member of all", everywhere}, {"member of ten", here}} {
			for _, rights := range []bool{true, false} {
				b.Run(fmt.Sprintf("%s/%s/rights=%v", x.name, who.name, rights), func(b *testing.B) {
					before := cpu()
					for b.Loop() {
						w.Read(func(ctx context.Context, tx *store.Tx) error {
							if !rights {
								tx = tx.WithoutRights()
							}
							n, err := x.read(ctx, tx, who.viewer)
							if err == nil && n == 0 {
								err = store.ErrNotFound
							}
							return err
						})
					}
					b.ReportMetric((cpu()-before)/float64(b.N), "cpu-µs/op")
				})
			}
		}
	}
}

package store_test

import (
	"context"
	"fmt"
	"sync"
	"syscall"
	"testing"

	"moothall/actors"
	"moothall/store"
	"moothall/store/storetest"
)

// cpu is what this process has used, in microseconds.
func cpu() float64 {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return float64(u.Utime.Sec+u.Stime.Sec)*1e6 + float64(u.Utime.Usec+u.Stime.Usec)
}

// record is what taking in one post costs: the activity, the post, the line of
// the community's log, the Announce, and what is owed to followers and one inbox.
func record(ctx context.Context, tx *store.Tx, w *storetest.Town, g actors.Community, by actors.Actor) error {
	p := w.Draft(g.ID, by.ID, nil, actors.AudiencePublic, int(w.ID()%1000))
	create, announce := w.Activity("Create", by, p.URI), w.Activity("Announce", g.Actor, p.URI)
	create.Group, announce.Group = g.ID, g.ID
	if _, err := tx.Record(ctx, create); err != nil {
		return err
	}
	if err := tx.AddPost(ctx, p, nil); err != nil {
		return err
	}
	e, err := tx.NextEntry(ctx, g.Actor, actors.ChainPublic)
	if err != nil {
		return err
	}
	e.Salt, e.Digest = "salt", actors.EntryDigest("salt", announce.Body)
	if err := tx.AddEntry(ctx, g.ID, store.LogEntry{Entry: e, Hash: e.Hash(), Activity: announce.ID, Object: p.URI, At: announce.At}); err != nil {
		return err
	}
	if _, err := tx.Record(ctx, announce); err != nil {
		return err
	}
	return tx.Send(ctx, announce.ID, g.ID, announce.At, store.Recipient{FollowersOf: g.ID}, store.ToInbox(by))
}

func fill(w *storetest.Town, g actors.Community, by actors.Actor, rows, inboxes int) {
	w.Helper()
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for i := range inboxes {
			host := fmt.Sprintf("h%d.example", i)
			a := actors.Actor{ID: w.ID(), URI: actors.URI("https://" + host + "/u/x"), Kind: actors.Person, Name: "x", Host: host, Inbox: actors.URI("https://" + host + "/inbox")}
			if err := tx.AddActor(ctx, a, nil); err != nil {
				return err
			}
			if err := tx.SetMembership(ctx, actors.Membership{Group: g.ID, Actor: a.ID, Role: actors.Member, Standing: actors.Joined}); err != nil {
				return err
			}
		}
		for range rows {
			if err := record(ctx, tx, w, g, by); err != nil {
				return err
			}
		}
		return nil
	})
}

// BenchmarkRecord holds invariant I6: the cost does not grow with what is stored
// nor with who follows.
func BenchmarkRecord(b *testing.B) {
	for _, size := range []struct{ rows, inboxes int }{{0, 10}, {0, 10_000}, {50_000, 10}} {
		db := storetest.SQLite(b)
		w := storetest.NewTown(b, db)
		g, by := w.Community("roads", actors.AudiencePublic), w.Person("ann", "peer.example")
		fill(w, g, by, size.rows, size.inboxes)
		for _, parallel := range []int{1, 8, 32} {
			b.Run(fmt.Sprintf("rows=%d/inboxes=%d/parallel=%d", 2*size.rows, size.inboxes, parallel), func(b *testing.B) {
				before := cpu()
				var all sync.WaitGroup
				for i := range parallel {
					all.Go(func() {
						for range (b.N + parallel - 1 - i) / parallel {
							w.Write(func(ctx context.Context, tx *store.Tx) error { return record(ctx, tx, w, g, by) })
						}
					})
				}
				all.Wait()
				b.ReportMetric((cpu()-before)/float64(b.N), "cpu-µs/op")
			})
		}
	}
}

// BenchmarkRead times what is read most, with 20,000 discussions stored.
func BenchmarkRead(b *testing.B) {
	db := storetest.SQLite(b)
	w := storetest.NewTown(b, db)
	g, by := w.Community("roads", actors.AudiencePublic), w.Person("ann", "peer.example")
	fill(w, g, by, 20_000, 100)
	w.Stands(g.ID, by.ID, actors.Joined)
	v := actors.Viewer{Actor: by.ID}
	for name, f := range map[string]func(ctx context.Context, tx *store.Tx) error{
		"DiscussionsPage": func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.CountDiscussions(ctx, v, g.ID); err != nil {
				return err
			}
			_, err := tx.Discussions(ctx, v, g.ID, store.Page{})
			return err
		},
		"Latest": func(ctx context.Context, tx *store.Tx) error { _, err := tx.Latest(ctx, v, store.Page{}); return err },
		"DueToFarBehind": func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.DueTo(ctx, "h1.example", 0, 50)
			return err
		},
		"DueToNothing": func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.DueTo(ctx, "h1.example", 39_990, 50)
			return err
		},
		"OneRow": func(ctx context.Context, tx *store.Tx) error { _, err := tx.Actor(ctx, by.ID); return err },
	} {
		b.Run(name, func(b *testing.B) {
			before := cpu()
			for b.Loop() {
				w.Read(f)
			}
			b.ReportMetric((cpu()-before)/float64(b.N), "cpu-µs/op")
		})
	}
}

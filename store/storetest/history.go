package storetest

import (
	"context"
	"testing"

	"moothall/actors"
	"moothall/store"
)

func historyJobs(t *testing.T, w *Town) {
	g := w.community(w.Actor(actors.Group, "far", "peer.example"), actors.AudiencePublic)
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		for _, j := range []store.HistoryJob{{Group: g.ID, Stage: "start"}, {Group: g.ID, Stage: "outbox", Place: "page 3", Attempts: 2, NextTry: At(5)}} {
			if err := tx.SaveHistoryJob(ctx, j); err != nil {
				return err
			}
			got, err := tx.HistoryJob(ctx, g.ID)
			same(t, "HistoryJob", err, j, got)
		}
		next, err := tx.NextHistoryJob(ctx)
		same(t, "NextHistoryJob", err, At(5), next)
		jobs, err := tx.HistoryJobs(ctx, At(4), 10)
		same(t, "HistoryJobs before their time", err, nil, jobs)
		jobs, err = tx.HistoryJobs(ctx, At(5), 10)
		if err != nil || len(jobs) != 1 || jobs[0].Place != "page 3" {
			t.Errorf("HistoryJobs: %+v, %v", jobs, err)
		}
		for _, u := range []actors.URI{"https://peer.example/1", "https://peer.example/2", "https://peer.example/1"} {
			if err := tx.AddHistoryThread(ctx, g.ID, u); err != nil {
				return err
			}
		}
		n, err := tx.RetryHistoryThread(ctx, g.ID, "https://peer.example/1")
		same(t, "RetryHistoryThread", err, 1, n)
		threads, err := tx.HistoryThreads(ctx, g.ID, 10)
		same(t, "HistoryThreads", err, []actors.URI{"https://peer.example/2", "https://peer.example/1"}, threads)
		if err := tx.DropHistoryThread(ctx, g.ID, "https://peer.example/2"); err != nil {
			return err
		}
		threads, err = tx.HistoryThreads(ctx, g.ID, 10)
		same(t, "HistoryThreads, one done", err, []actors.URI{"https://peer.example/1"}, threads)
		if err := tx.SaveHistoryJob(ctx, store.HistoryJob{Group: g.ID, Stage: "done"}); err != nil {
			return err
		}
		next, err = tx.NextHistoryJob(ctx)
		same(t, "NextHistoryJob when done", err, true, next.IsZero())
		return nil
	})
}

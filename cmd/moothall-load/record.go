package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"moothall/actors"
	"moothall/store"
)

const fewFollowers = 10

// record compares what it costs to take in a post for a community that few
// partners follow with one that many follow (invariant I6). None of them is to
// be sent anything yet, so that sending is not counted.
func record(ctx context.Context, b *bench) (err error) {
	t, h, err := b.openedWithTown(ctx, "record", "few", "many")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop(), t.close()) }()
	t.asleep.Store(true)
	followers := map[string]int{"few": fewFollowers, "many": b.followers}
	if err := h.stop(); err != nil {
		return err
	}
	for community, n := range followers {
		if err := h.seedFollowers(ctx, community, n); err != nil {
			return fmt.Errorf("seed followers: %w", err)
		}
	}
	if _, err := h.start(ctx); err != nil {
		return err
	}
	costs := map[string][]float64{}
	for community := range followers {
		if err := t.join(h, community, t.hosts("writer", writers)); err != nil {
			return err
		}
	}
	for i := range b.repeat + 1 {
		for community := range followers {
			cost, err := b.recordInto(ctx, t, h, community)
			if err != nil {
				return err
			}
			if i > 0 { // the first wakes all lanes, which go back to sleep
				costs[community] = append(costs[community], cost)
			}
		}
	}
	b.report.add(result{
		What:  fmt.Sprintf("post recorded with %d following partners, beside %d", b.followers, fewFollowers),
		Value: median(costs["many"]), Unit: "CPU s per 1,000", Against: median(costs["few"]), AtMost: growth, Of: ofRatio,
	})
	return nil
}

func (b *bench) recordInto(ctx context.Context, t *town, h *hall, community string) (float64, error) {
	n := max(1, b.posts/2)
	requests := make([]*http.Request, n)
	err := inParallel(n, 2, func(i int) (err error) {
		requests[i], _, err = t.post(h, community, t.host("writer", i%writers), "", addressOf(i%writers))
		return err
	})
	if err != nil {
		return 0, err
	}
	cpu, err := h.used(ctx, func() error {
		_, err := pour(t.client, requests, 8, http.StatusAccepted)
		return err
	})
	return perThousand(cpu, n), err
}

// seedFollowers writes partners that follow a community straight into the data of
// a node that is not running, each to be tried again only tomorrow.
func (h *hall) seedFollowers(ctx context.Context, community string, n int) (err error) {
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(h.data, "moothall.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	ids := actors.NewIDs(time.Now, nil)
	return db.Write(ctx, func(tx *store.Tx) error {
		group, err := tx.LocalActor(ctx, community)
		if err != nil {
			return err
		}
		for i := range n {
			if err := seedFollower(ctx, tx, ids.Next(), group, fmt.Sprintf("%s%d.localhost:1", community, i)); err != nil {
				return err
			}
		}
		return nil
	})
}

func seedFollower(ctx context.Context, tx *store.Tx, id actors.ID, group actors.Actor, host string) error {
	now := time.Now()
	a := actors.Actor{
		ID: id, URI: actors.URI(actorOf(host)), Kind: actors.Person, Name: "reader", Host: host,
		Inbox: actors.URI("http://" + host + "/inbox"), SharedInbox: actors.URI("http://" + host + "/inbox"),
	}
	if err := tx.AddActor(ctx, a, nil); err != nil {
		return err
	}
	err := tx.SetMembership(ctx, actors.Membership{Group: group.ID, Actor: id, Role: actors.Member, Standing: actors.Joined, Since: now})
	if err != nil {
		return err
	}
	c, err := tx.Cursor(ctx, host)
	if err != nil {
		return err
	}
	c.Failures, c.FailingSince, c.NextTry, c.LastError = 1, now, now.Add(24*time.Hour), "away"
	return tx.SaveCursor(ctx, c)
}

package main

import (
	"context"
	"errors"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/node"
	"moothall/store"
	"moothall/store/storetest"
)

// A reply that is declined never arrives: the demonstration says so at once, and does not
// wait for it until its time is over. Who closes a discussion waits for it too.
func TestDemoDoesNotWaitForWhatIsDeclined(t *testing.T) {
	db := storetest.SQLite(t)
	town := storetest.NewTown(t, db)
	ann := town.Person("ann", "")
	group := town.Community("parks", actors.AudiencePublic)
	taken, declined := town.Draft(group.ID, ann.ID, nil, actors.AudiencePublic, 1), town.Draft(group.ID, ann.ID, nil, actors.AudiencePublic, 2)
	taken.Standing, declined.Standing = content.Accepted, content.Declined
	town.Write(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.AddPost(ctx, taken, nil), tx.AddPost(ctx, declined, nil))
	})
	h := &demoHall{node: &node.Node{DB: db}, people: map[string]actors.Actor{"ann": ann}}
	p := &player{halls: map[string]*demoHall{"north": h}}
	closes := &remark{by: "ann@north"}
	if err := p.awaitAt(t.Context(), closes, []actors.URI{taken.URI}); err != nil {
		t.Errorf("a reply that is there: %v", err)
	}
	if err := p.awaitAt(t.Context(), closes, []actors.URI{taken.URI, declined.URI}); !errors.Is(err, errDeclined) {
		t.Errorf("a reply that was declined: %v", err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if err := p.awaitAt(gone, closes, []actors.URI{taken.URI, "https://kent.example/p/1"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a reply that is still on its way is not waited for: %v", err)
	}
	if err := p.awaitAt(t.Context(), nil, []actors.URI{declined.URI}); err != nil {
		t.Errorf("nobody closes it: %v", err)
	}
}

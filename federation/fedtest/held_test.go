package fedtest

import (
	"context"
	"errors"
	"testing"

	"moothall/actors"
	"moothall/store"
)

// What the rules hold waits, and is passed on once an admin lets it through.
func TestI5_HeldThenReleased(t *testing.T) {
	town := New(t, "north.example", "south.example", "west.example")
	ann, bob, cer := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	cer.Joins(parks)
	town.Settle()
	north := town.Node("north.example")
	ctx := context.Background()
	err := north.DB.Write(ctx, func(tx *store.Tx) error {
		return north.Actions.SetRule(ctx, tx, 0, actors.Rule{Host: "south.example", Verdict: actors.Hold, Reason: "new here"})
	})
	if err != nil {
		t.Fatal(err)
	}
	bob.Posts(parks, "When to plant")
	town.Settle()
	ann.SeesNot(parks, "When to plant")
	cer.SeesNot(parks, "When to plant")

	var held []actors.Activity
	err = north.DB.Read(ctx, func(tx *store.Tx) (err error) {
		held, err = tx.UnappliedIn(ctx, actors.Held, store.Page{})
		return err
	})
	if err != nil || len(held) != 1 || held[0].Host != "south.example" {
		t.Fatalf("held at north: %v, %v", held, err)
	}
	if err := north.Release(ctx, held[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := north.Release(ctx, held[0].ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("released a second time: %v", err)
	}
	town.Settle()
	ann.Sees(parks, "When to plant")
	cer.Sees(parks, "When to plant")
	town.Agree(parks, ann, bob, cer)
}

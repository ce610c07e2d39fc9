package actions_test

import (
	"context"
	"errors"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// One name space for people and communities: other servers look a name up and
// take whichever they find.
func TestC3_OneNameForOneActor(t *testing.T) {
	ctx := context.Background()
	h := newHouse(t)
	keys, err := actions.NewKeyPair(nil)
	if err != nil {
		t.Fatal(err)
	}
	person := func(name string) error {
		return h.db.Write(ctx, func(tx *store.Tx) error {
			_, err := h.a.CreatePerson(ctx, tx, actions.NewPerson{Name: name, Email: name + "@north.example", Role: actors.AccountMember}, "", keys)
			return err
		})
	}
	community := func(name string) error {
		return h.db.Write(ctx, func(tx *store.Tx) error {
			_, err := h.a.StartCommunity(ctx, tx, h.ann, actions.Charter{
				Name: name, Title: "Again", Audience: actors.AudiencePublic, Joining: actors.JoinOpen}, keys)
			return err
		})
	}
	taken := func(what string, err error) {
		t.Helper()
		problems, ok := errors.AsType[content.Problems](err)
		if !ok || problems["name"] == "" {
			t.Errorf("%s: %v, want a problem with the name", what, err)
		}
	}
	taken("a person named like a community", person("parks"))
	taken("a community named like a person", community("ann"))
	taken("a community of that name again", community("parks"))
	if err := person("bob"); err != nil {
		t.Errorf("a free name: %v", err)
	}
	if err := community("ponds"); err != nil {
		t.Errorf("a free name: %v", err)
	}
}

package actions_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// TestPublishAnnounces walks the shortest way through the corridor: a person
// posts into a community of the same node, and the log holds what partners are due.
func TestPublishAnnounces(t *testing.T) {
	ctx := context.Background()
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	now := func() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) }
	a := &actions.Actions{Site: actions.NewSite("north.example", "North", false), Now: now, IDs: actors.NewIDs(now, nil), Keys: actions.NewKeyring()}
	if _, err := a.EnsureInstance(ctx, db); err != nil {
		t.Fatal(err)
	}
	k1, _ := actions.NewKeyPair(nil)
	k2, _ := actions.NewKeyPair(nil)
	err = db.Write(ctx, func(tx *store.Tx) error {
		ann, err := a.CreatePerson(ctx, tx, actions.NewPerson{Name: "ann", Title: "Ann", Email: "ann@north.example", Role: actors.AccountMember}, "", k1)
		if err != nil {
			return err
		}
		parks, err := a.StartCommunity(ctx, tx, ann, actions.Charter{Name: "parks", Title: "Parks", Audience: actors.AudiencePublic, Joining: actors.JoinOpen}, k2)
		if err != nil {
			return err
		}
		p, _, err := a.Publish(ctx, tx, ann, parks, nil, content.Draft{Kind: content.Question, Title: "Trees", Source: "When do you **plant**?"})
		if err != nil {
			return err
		}
		_, _, err = a.Publish(ctx, tx, ann, parks, &p, content.Draft{Source: "In autumn."})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		parks, err := tx.LocalActor(ctx, "parks")
		if err != nil {
			return err
		}
		last, err := tx.LastEntry(ctx, parks.ID, actors.ChainPublic)
		if err != nil {
			return err
		}
		last.Group = parks.URI
		if last.Seq != 2 || last.Prev == "" || last.Entry.Hash() != last.Hash {
			t.Errorf("the log ends at %+v, want a second entry linked to the first", last)
		}
		list, err := tx.Discussions(ctx, actors.Viewer{}, parks.ID, store.Page{})
		if err != nil {
			return err
		}
		if len(list) != 1 || list[0].Replies != 1 {
			t.Errorf("discussions are %+v, want one with one reply", list)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

package fedtest

import (
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// What was withdrawn before a site ever heard of it leaves a place there, or the
// answers to it would be lost on that site alone.
func TestAnswerToWhatWasNeverSeenIsKept(t *testing.T) {
	town := New(t, "north.example", "south.example", "west.example")
	ann, bob, cer := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	cer.Joins(parks)
	town.Settle()
	topic := ann.Posts(parks, "Trees")
	town.Settle()
	town.Partition("north.example", "west.example")
	town.Partition("south.example", "west.example")
	hasty := bob.Replies(topic, "Sorry, wrong thread")
	town.Settle()
	answer := ann.Replies(hasty, "No harm done")
	town.Settle()
	bob.Deletes(hasty)
	town.Settle()
	town.Heal("north.example", "west.example")
	town.Heal("south.example", "west.example")
	town.Pass(48 * time.Hour)
	if !cer.Holds(answer) {
		t.Fatalf("the answer is not on the third site:\n%s", town.Refusals("west.example"))
	}
	cer.Sees(parks, "Trees")
	town.Agree(parks, ann, bob, cer)
}

// A post that its community does not take is not left "on its way" for ever.
func TestAuthorLearnsThatAPostWasNotTaken(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	town.Settle()
	ban(t, town, "north.example", parks, bob)
	p := bob.Posts(parks, "Still here")
	town.Settle()
	n := town.Node("south.example")
	err := n.DB.Read(t.Context(), func(tx *store.Tx) error {
		stored, err := tx.PostByURI(t.Context(), p.URI)
		if err == nil && stored.Standing != content.Declined {
			t.Errorf("on its author's site the post is %q, want declined", stored.Standing)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	ann.SeesNot(parks, "Still here")
}

func ban(t *testing.T, town *Town, host string, c Community, who *Person) {
	t.Helper()
	n := town.Node(host)
	err := n.DB.Write(t.Context(), func(tx *store.Tx) error {
		group, err := tx.LocalActor(t.Context(), c.Name)
		if err != nil {
			return err
		}
		a, err := tx.ActorByURI(t.Context(), who.URI)
		if err != nil {
			return err
		}
		m, err := tx.Membership(t.Context(), group.ID, a.ID)
		if err != nil {
			return err
		}
		m.Standing = actors.Banned
		return tx.SetMembership(t.Context(), m)
	})
	if err != nil {
		t.Fatal(err)
	}
}

package fedtest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/store"
)

// drifts changes what a node holds of a membership without anyone being told, as
// a lost activity or a restored backup does.
func (town *Town) drifts(host string, c Community, who *Person, s actors.Standing) {
	town.T.Helper()
	town.must(town.hall(host).write(func(ctx context.Context, tx *store.Tx) error {
		group, err := tx.ActorByURI(ctx, c.URI)
		if err != nil {
			return err
		}
		a, err := tx.ActorByURI(ctx, who.URI)
		if err != nil {
			return err
		}
		m, err := tx.Membership(ctx, group.ID, a.ID)
		if err != nil {
			return err
		}
		m.Standing = s
		return tx.SetMembership(ctx, m)
	}))
}

// agreed fails the test unless both nodes hold the same of a membership.
func (town *Town) agreed(c Community, home, who *Person, want actors.Standing) {
	town.T.Helper()
	if here, there := who.Stands(c, who).Standing, home.Stands(c, who).Standing; here != want || there != want {
		town.T.Errorf("%s is %q at home and %q in the community, want %q", who.Name, here, there, want)
	}
}

// TestFEP8fcf_DriftIsHealed: whatever news of a membership was lost, the next
// deliveries find out, on a network that loses a third of all requests.
func TestFEP8fcf_DriftIsHealed(t *testing.T) {
	town := New(t, "north.example", "south.example", "west.example")
	ann := town.Person("ann@north.example")
	parks := ann.Starts("parks")
	people := map[string]*Person{}
	for _, name := range []string{"stays", "left", "removed", "letin", "waits"} {
		people[name] = town.Person(name + "@south.example")
		people[name].Joins(parks)
	}
	cer := town.Person("cer@west.example")
	cer.Joins(parks)
	town.Pass(time.Hour)
	town.drifts("south.example", parks, people["left"], actors.Left)    // its Undo was lost
	town.drifts("north.example", parks, people["removed"], actors.Left) // a Reject was lost
	town.drifts("south.example", parks, people["letin"], actors.Asked)  // an Accept was lost
	town.drifts("north.example", parks, people["waits"], actors.Left)   // and here
	town.drifts("south.example", parks, people["waits"], actors.Asked)  // nobody has answered
	town.Pass(10 * time.Minute)
	town.Lose(0.3)
	for i := range 12 {
		ann.Posts(parks, fmt.Sprintf("Notice %d", i))
		town.Pass(time.Hour)
	}
	town.Lose(0)
	town.Pass(2 * time.Hour)
	town.agreed(parks, ann, people["stays"], actors.Joined)
	town.agreed(parks, ann, people["left"], actors.Left)
	town.agreed(parks, ann, people["removed"], actors.Left)
	town.agreed(parks, ann, people["letin"], actors.Joined)
	town.agreed(parks, ann, cer, actors.Joined)
	if m := people["waits"].Stands(parks, people["waits"]); m.Standing != actors.Asked {
		t.Errorf("who waits for an answer is %q", m.Standing)
	}
	// In agreement nobody asks anybody.
	since := len(town.Exchanges())
	for range 5 {
		ann.Posts(parks, "Another notice")
		town.Pass(2 * time.Hour)
	}
	for _, e := range town.Exchanges()[since:] {
		if strings.HasSuffix(e.URL, "/followers_synchronization") {
			t.Errorf("%s asked %s again", e.From, e.URL)
		}
	}
}

// TestFEP8fcf_UndoLostForGood: a partner that is away for longer than this node
// owes anything never gets the Undo, and learns of it all the same.
func TestFEP8fcf_UndoLostForGood(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann := town.Person("ann@north.example")
	bob, cer := town.Person("bob@south.example"), town.Person("cer@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	cer.Joins(parks)
	town.Settle()
	town.Partition("north.example", "south.example")
	bob.Leaves(parks)
	town.Pass(32 * 24 * time.Hour)
	town.Heal("north.example", "south.example")
	town.Pass(48 * time.Hour)
	if s := ann.Stands(parks, bob).Standing; s != actors.Joined {
		t.Fatalf("the Undo was not lost: %q", s)
	}
	ann.Posts(parks, "We are back")
	town.Pass(3 * time.Hour)
	town.agreed(parks, ann, bob, actors.Left)
	town.agreed(parks, ann, cer, actors.Joined)
}

// TestFEP8fcf_ClosedCommunitiesToo: the list is read by the member's server.
func TestFEP8fcf_ClosedCommunitiesToo(t *testing.T) {
	town := closed(t, actors.AudienceMembers)
	town.drifts("south.example", town.tender, town.bob, actors.Left)
	town.ann.Posts(town.tender, "Sealed")
	town.Pass(2 * time.Hour)
	if s := town.ann.Stands(town.tender, town.bob).Standing; s != actors.Left {
		t.Errorf("who left is still %q at home", s)
	}
}

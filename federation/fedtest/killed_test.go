package fedtest

import (
	"testing"
	"time"
)

// TestI1_BackAtOnceAfterAPowerCut: what was owed at the moment of the cut
// arrives within two seconds of the node's return (issue 2, done).
func TestI1_BackAtOnceAfterAPowerCut(t *testing.T) {
	town := New(t, "north.example", "south.example", "west.example")
	ann, bob, cer := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	cer.Joins(parks)
	town.Settle()
	if town.hall("north.example").database != "" {
		t.Skip("on PostgreSQL another process waits for the leases of the one that died")
	}
	bob.Asks(parks, "When do you plant trees?")
	town.KillAfter("north.example", 1)
	town.Pass(2 * time.Second)
	for _, p := range []*Person{ann, bob, cer} {
		p.Sees(parks, "When do you plant trees?")
	}
}

package fedtest

import (
	"testing"
	"time"
)

func TestPostReachesOtherCouncils(t *testing.T) {
	town := New(t, "north.example", "south.example", "west.example")
	ann, bob, cer := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	cer.Joins(parks)
	town.Settle()
	if !bob.IsMember(parks) || !cer.IsMember(parks) {
		t.Fatal("they have not been let in")
	}

	question := bob.Asks(parks, "When do you plant trees?")
	town.Settle()
	for _, p := range []*Person{ann, bob, cer} {
		p.Sees(parks, "When do you plant trees?")
	}
	cer.Replies(question, "In November, when the ground is wet.")
	town.Settle()
	for _, p := range []*Person{ann, bob, cer} {
		p.Sees(parks, "when the ground is wet")
	}
	town.Agree(parks, ann, bob, cer)
}

func TestNothingIsLostInAPartition(t *testing.T) {
	town := New(t, "north.example", "south.example", "west.example")
	ann, bob, cer := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cer@west.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	cer.Joins(parks)
	town.Settle()
	town.Partition("north.example", "south.example")
	ann.Posts(parks, "While you were away")
	late := bob.Posts(parks, "Said into the void")
	town.Pass(3 * time.Hour)
	cer.Sees(parks, "While you were away")
	cer.SeesNot(parks, "Said into the void")
	town.Restart("south.example")
	town.Kill("north.example")
	town.Heal("north.example", "south.example")
	town.Pass(48 * time.Hour)
	cer.Replies(late, "It has arrived")
	town.Pass(time.Hour)
	bob.Sees(parks, "While you were away")
	ann.Sees(parks, "Said into the void")
	bob.Sees(parks, "It has arrived")
	town.Agree(parks, ann, bob, cer)
}

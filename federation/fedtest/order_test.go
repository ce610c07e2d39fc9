package fedtest

import (
	"testing"
	"time"
)

// cutFromAuthor is a town in which west hears of bob's post through north, and
// cannot read it at bob's own host yet.
func cutFromAuthor(t *testing.T) (town *Town, ann, cer *Person, parks Community, post Post) {
	town = New(t, "north.example", "south.example", "west.example")
	ann, cer = town.Person("ann@north.example"), town.Person("cer@west.example")
	bob := town.Person("bob@south.example")
	parks = ann.Starts("parks")
	bob.Joins(parks)
	cer.Joins(parks)
	town.Settle()
	town.Partition("south.example", "west.example")
	post = bob.Posts(parks, "Benches by the river")
	town.Settle()
	cer.SeesNot(parks, "Benches by the river")
	return town, ann, cer, parks, post
}

func TestI8_PraiseWaitsForItsPost(t *testing.T) {
	town, ann, cer, parks, post := cutFromAuthor(t)
	ann.Useful(post)
	town.Pass(time.Hour)
	town.Heal("south.example", "west.example")
	town.Pass(6 * time.Hour)
	cer.Sees(parks, "Benches by the river")
	town.Agree(parks, ann, cer)
}

func TestI8_HiddenBeforeItArrives(t *testing.T) {
	town, ann, cer, parks, post := cutFromAuthor(t)
	ann.Hides(post, "It names a resident")
	town.Pass(time.Hour)
	town.Heal("south.example", "west.example")
	town.Pass(6 * time.Hour)
	cer.SeesNot(parks, "Benches by the river")
}

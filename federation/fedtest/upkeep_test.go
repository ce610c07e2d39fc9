package fedtest

import (
	"context"
	"slices"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// reminders counts how often a person was told that a document is due for review.
func (p *Person) reminders() (n int) {
	p.town.T.Helper()
	for _, kind := range p.Told() {
		if kind == actions.NoticeReview {
			n++
		}
	}
	return n
}

// TestDOC7_RemindersOfTheReviewDay: a month before, on the day and a month after, each
// once, whatever happens to the node, and none when somebody has seen to it.
func TestDOC7_RemindersOfTheReviewDay(t *testing.T) {
	for name, end := range map[string]func(p *Person, guide Post){
		"nobody sees to it": nil,
		"withdrawn":         func(p *Person, guide Post) { p.Withdraws(guide, "Wrong") },
		"still current": func(p *Person, guide Post) {
			p.withPost(guide, func(ctx context.Context, tx *store.Tx, me actors.Actor, d content.Post) error {
				return p.hall().node.Actions.StillCurrent(ctx, tx, me, d, p.town.Clock.Now().AddDate(1, 0, 0))
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			town := New(t, "north.example")
			ann := town.Person("ann@north.example")
			guide := ann.Shares(ann.Starts("parks"), "Pond lining guide")
			town.Settle()
			doc, _ := ann.Paper(guide)
			on := func(days, want int) {
				t.Helper()
				town.Pass(doc.Review.AddDate(0, 0, days).Add(time.Minute).Sub(town.Clock.Now()))
				town.Settle()
				if got := ann.reminders(); got != want {
					t.Errorf("%d days after the review day: told %d times, want %d", days, got, want)
				}
				town.Restart("north.example")
				town.Settle()
				if got := ann.reminders(); got != want {
					t.Errorf("%d days after the review day, started again: told %d times, want %d", days, got, want)
				}
			}
			on(-31, 0)
			on(-30, 1)
			on(-1, 1)
			on(0, 2)
			if end != nil {
				end(ann, guide)
				on(30, 2)
				on(60, 2)
				return
			}
			on(29, 2)
			on(30, 3)
			on(90, 3)
		})
	}
}

// TestDocumentsAreHandedOnByTheNode: without anybody asking for it.
func TestDocumentsAreHandedOnByTheNode(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob, dan := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("dan@south.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	dan.Joins(parks)
	town.Settle()
	guide := dan.Shares(parks, "Pond lining guide")
	town.Settle()
	ann.Appoints(parks, bob)
	town.Settle()
	ann.Removes(parks, dan, "Rude", time.Time{})
	town.Settle()
	town.Pass(2 * time.Minute)
	town.Settle()
	if told := bob.Told(); !slices.Contains(told, actions.NoticeHandedOver) {
		t.Errorf("the facilitator with an account there was told %v", told)
	}
	if doc, _ := dan.Paper(guide); doc.Owner != bob.id() {
		t.Errorf("%s looks after it", doc.Owner)
	}
}

// id is the number of a person on their own node.
func (p *Person) id() (id actors.ID) {
	p.town.T.Helper()
	p.town.must(p.hall().read(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		id = me.ID
		return err
	}))
	return id
}

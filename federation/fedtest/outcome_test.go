package fedtest

import (
	"strings"
	"testing"

	"moothall/actors"
)

// notices is what a person's node tells them.
func (p *Person) notices() string {
	p.town.T.Helper()
	return textOf(p.browser().open("/notifications"))
}

// TestAuthorsAreToldWhatFacilitatorsDo: on their own site, by whoever moderates, and
// in plain words; nobody else is, and nobody of what they did themselves.
func TestAuthorsAreToldWhatFacilitatorsDo(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	ann.Appoints(parks, bob)
	town.Settle()
	for _, author := range []*Person{ann, cer} {
		post := author.Posts(parks, "Chairs of "+author.Name)
		town.Settle()
		bob.Locks(post, "It is settled")
		town.Settle()
		early := author.notices()
		bob.Hides(post, "It names a tenant")
		town.Settle()
		said := early + author.notices()
		for _, words := range []string{
			"A facilitator of Parks closed what you wrote in Chairs of " + author.Name + " to replies. Reason: It is settled.",
			"A facilitator of Parks hid what you wrote in Chairs of " + author.Name + " . Reason: It names a tenant.",
		} {
			if !strings.Contains(said, words) {
				t.Errorf("%s is not told %q:\n%s", author.URI, words, said)
			}
		}
		bob.Restores(post)
		town.Settle()
		bob.Unlocks(post)
		town.Settle()
		said = author.notices()
		for _, words := range []string{"brought back what you wrote", "Others can reply again"} {
			if !strings.Contains(said, words) {
				t.Errorf("%s is not told %q:\n%s", author.URI, words, said)
			}
		}
	}
	own := bob.Posts(parks, "Bob's own")
	town.Settle()
	bob.Locks(own, "Enough")
	town.Settle()
	if said := bob.notices(); strings.Contains(said, "you wrote") {
		t.Errorf("bob is told of what he did:\n%s", said)
	}
}

// TestHidingDealsWithReports: wherever the report waits. That the author withdraws
// what is reported ends nothing: who is reported does not decide.
func TestHidingDealsWithReports(t *testing.T) {
	town, ann, bob, cer, parks := parish(t)
	chairs, tables := bob.Posts(parks, "Cheap chairs"), bob.Posts(parks, "Cheap tables")
	town.Settle()
	for _, post := range []Post{chairs, tables} {
		cer.complains(post.URI, "An advertisement")
	}
	town.Settle()
	ann.Hides(chairs, "advertises")
	bob.Deletes(tables)
	town.Settle()
	if waits := ann.reports(); strings.Contains(waits, "Cheap chairs") || !strings.Contains(waits, "Withdrawn by its author") {
		t.Errorf("what waits:\n%s", waits)
	}
	if done := textOf(ann.browser().open("/reports?show=decided")); !strings.Contains(done, "Cheap chairs") || !strings.Contains(done, "Dealt with") {
		t.Errorf("what was decided:\n%s", done)
	}
}

// TestC45_ReportsAreTakenBack by whoever made them, in Lemmy's way and the usual one.
func TestC45_ReportsAreTakenBack(t *testing.T) {
	town := New(t, "north.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@north.example")
	parks := ann.Starts("parks")
	bob.Joins(parks)
	post := bob.Posts(parks, "Cheap chairs")
	lemmy := town.Stranger("lemmy.example")
	eve, mia := lemmy.Person("eve"), lemmy.Person("mia")
	flag := func(by *Puppet) Doc {
		return Doc{"id": by.ID(), "type": "Flag", "actor": by.URI, "object": post.URI, "summary": "Said by " + string(by.URI), "to": []actors.URI{parks.URI}}
	}
	about := func(kind string, by *Puppet, flag any) Doc {
		return Doc{"id": by.ID(), "type": kind, "actor": by.URI, "object": flag, "to": []actors.URI{parks.URI}}
	}
	byEve, byMia := flag(eve), flag(mia)
	eve.Sends(inbox(parks), byEve)
	mia.Sends(inbox(parks), byMia)
	town.Settle()
	for _, kind := range []string{"Undo", "Resolve"} { // not hers to take back
		mia.Sends(inbox(parks), about(kind, mia, byEve))
		town.Settle()
		if waits := ann.reports(); !strings.Contains(waits, "Said by "+string(eve.URI)) {
			t.Errorf("%s of somebody else's report ended it:\n%s", kind, waits)
		}
	}
	eve.Sends(inbox(parks), about("Undo", eve, byEve))
	anew := flag(mia) // Lemmy gives the Flag inside another id
	mia.Sends(inbox(parks), about("Resolve", mia, anew))
	town.Settle()
	if waits := ann.reports(); strings.Contains(waits, "Cheap chairs") {
		t.Errorf("still waits:\n%s", waits)
	}
	if done := textOf(ann.browser().open("/reports?show=decided")); strings.Count(done, "Taken back") != 2 {
		t.Errorf("what was decided:\n%s", done)
	}
}

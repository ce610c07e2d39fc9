package fedtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"moothall/actors"
)

// TestS104_ReportsAreBounded floods a queue from one server, and with one report
// about very much.
func TestS104_ReportsAreBounded(t *testing.T) {
	town, ann, parks, eve := besieged(t)
	var posts []actors.URI
	for i := range 30 {
		posts = append(posts, ann.Posts(parks, fmt.Sprintf("Post %d", i)).URI)
	}
	dan := town.Person("dan@north.example")
	dan.Joins(parks)
	ann.Appoints(parks, dan)
	send := func(by *Puppet, object any, words string) {
		by.Sends(inbox(parks), Doc{"id": by.ID(), "type": "Flag", "actor": by.URI, "object": object, "content": words})
	}
	send(eve, posts, strings.Repeat("too long ", 9000))
	town.Settle()
	if n := town.countReports("north.example"); n != 20 {
		t.Errorf("one report about 30 posts is %d rows", n)
	}
	if strings.Contains(rowsOf(town.State("north.example"), "report "), strings.Repeat("too long ", 300)) {
		t.Error("its words were not cut")
	}
	send(eve, posts[0], "the same again, in other words")
	if n := town.countReports("north.example"); n != 20 {
		t.Errorf("the same again is %d rows", n)
	}
	server := eve.of.Actor("Application", "instance")
	for i := range 100 {
		send(server, posts[i%30], fmt.Sprintf("report %d", i))
	}
	town.Settle()
	if n := town.countReports("north.example"); n != 100 {
		t.Errorf("one server brought %d in a day", n)
	}
	below := town.Stranger("a.evil.example").Actor("Application", "instance")
	send(below, posts[0], "by another name of the same domain")
	town.Settle()
	if n := town.countReports("north.example"); n != 100 {
		t.Errorf("under another name of its domain it brought more: %d", n)
	}
	town.Pass(25 * time.Hour)
	send(server, posts[0], "another day")
	if n := town.countReports("north.example"); n != 101 {
		t.Errorf("the next day there are %d", n)
	}
}

func (town *Town) countReports(host string) int {
	town.T.Helper()
	return strings.Count(rowsOf(town.State(host), "report "), "\n")
}

package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
)

func memberPath(g, who actors.Actor) string {
	return templates.ActorPath(g) + "/members/" + who.ID.String()
}

func TestFacilitatorPinsAndUnpins(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	h.joins(ben, parks)
	var at []string
	for _, title := range []string{"One", "Two", "Three", "Four"} {
		p := h.publish(ben, parks, nil, content.Draft{Title: title, Source: title})
		at = append(at, templates.PostPath(p.ID))
	}
	a, b := h.signedIn("ann"), h.signedIn("ben")
	for _, path := range at[:3] {
		a.open(path).fill(path+"/pin", url.Values{"pin": {"yes"}}).follow().says(http.StatusOK, "This discussion is pinned", "Pinned")
	}
	a.open(at[3]).fill(at[3]+"/pin", url.Values{"pin": {"yes"}}).says(http.StatusForbidden, "3 discussions are pinned already")
	a.open(at[0]).fill(at[0]+"/pin", url.Values{"pin": {"no"}}).follow().says(http.StatusOK, "no longer pinned")
	a.open(at[3]).fill(at[3]+"/pin", url.Values{"pin": {"yes"}}).follow().says(http.StatusOK, "This discussion is pinned")

	if p := b.open(at[1]); strings.Contains(p.body, at[1]+"/pin") {
		t.Error("a member who is no facilitator has a button that pins")
	}
	b.post(at[1]+"/pin", url.Values{"pin": {"no"}}).says(http.StatusForbidden, "Only facilitators")
}

func TestFacilitatorsAreMadeAndStoodDown(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	h.joins(ben, parks)
	a, b := h.signedIn("ann"), h.signedIn("ben")
	theirs, mine := memberPath(parks.Actor, ben), memberPath(parks.Actor, ann)

	a.open("/c/parks").says(http.StatusOK, "Look after members")
	a.open(mine).fill(mine, url.Values{"do": {"stand-down"}}).says(http.StatusForbidden, "You are the only facilitator")
	b.open(theirs).says(http.StatusForbidden, "Only facilitators")
	b.post(theirs, url.Values{"do": {"appoint"}}).says(http.StatusForbidden, "Only facilitators")

	h.later(time.Minute)
	a.open("/c/parks/members").says(http.StatusOK, "Change")
	a.open(theirs).fill(theirs, url.Values{"do": {"appoint"}}).follow().says(http.StatusOK, "Ben is now a facilitator")
	b.open("/notifications").says(http.StatusOK, "You are now a facilitator of Parks")

	// S51: the junior cannot, by any form.
	if p := b.open(mine); strings.Contains(p.body, `value="stand-down"`) || strings.Contains(p.body, mine+"/remove") {
		t.Error("a junior is offered to remove a senior")
	}
	b.post(mine, url.Values{"do": {"stand-down"}}).says(http.StatusForbidden, "for longer than you")
	b.post(mine+"/remove", url.Values{"reason": {"I want to"}}).says(http.StatusForbidden, "for longer than you")

	a.open(mine).fill(mine, url.Values{"do": {"stand-down"}}).follow().says(http.StatusOK, "no longer a facilitator")
	b.open(theirs).says(http.StatusOK, "Stop being a facilitator")
}

func TestRemovedUntilADateAndLetBack(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	h.joins(ben, parks)
	a, b := h.signedIn("ann"), h.signedIn("ben")
	theirs := memberPath(parks.Actor, ben)
	remove, join := theirs+"/remove", "/join?address="+url.QueryEscape(string(parks.URI))
	at := templates.PostPath(h.publish(ann, parks, nil, content.Draft{Title: "Benches", Source: "Wood"}).ID)

	a.open(remove).fill(remove, nil).says(http.StatusUnprocessableEntity, "Say why you are removing this person")
	for _, wrong := range []url.Values{
		{"reason": {"adverts"}, "day": {"31"}, "month": {"2"}, "year": {"2027"}},
		{"reason": {"adverts"}, "day": {"1"}, "month": {"May"}, "year": {"2027"}},
	} {
		a.open(remove).fill(remove, wrong).says(http.StatusUnprocessableEntity, "Enter a real date")
	}
	a.open(remove).fill(remove, url.Values{"reason": {"adverts"}, "day": {"1"}, "month": {"1"}, "year": {"2026"}}).
		says(http.StatusUnprocessableEntity, "The date must be in the future")
	a.open(remove).fill(remove, url.Values{"reason": {"adverts"}, "day": {"1"}, "month": {"12"}, "year": {"2026"}}).follow().
		says(http.StatusOK, "Ben has been removed", "Removed from the community", "until 1 December 2026")

	b.open("/notifications").says(http.StatusOK, "You have been removed from Parks until 1 December 2026", "adverts")
	b.open("/c/parks").says(http.StatusOK, "A facilitator has removed you", "adverts")
	b.open("/c/parks/new").says(http.StatusForbidden)
	if page := b.open(join).says(http.StatusOK, "A facilitator has removed you", "adverts"); strings.Contains(page.body, "Join community") {
		t.Error("somebody who is removed is offered to join")
	}
	b.open(at).says(http.StatusOK, "You cannot reply", "until 1 December 2026")

	a.open(theirs).says(http.StatusOK, "adverts").fill(theirs, url.Values{"do": {"let-back"}}).follow().says(http.StatusOK, "Ben can join again")
	b.open("/notifications").says(http.StatusOK, "again")
	b.open(join).fill("/join", nil).follow().says(http.StatusOK, "You have joined Parks")

	a.open(remove).fill(remove, url.Values{"reason": {"adverts again"}, "day": {"1"}, "month": {"12"}, "year": {"2026"}}).follow()
	h.later(8 * 24 * time.Hour)
	h.signedIn("ben").open(join).fill("/join", nil).follow().says(http.StatusOK, "You have joined Parks")
}

func TestC44_RemovedWithWhatTheyWrote(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	h.joins(ben, parks)
	p := h.publish(ben, parks, nil, content.Draft{Title: "Cheap chairs", Source: "Buy now"})
	a, remove := h.signedIn("ann"), memberPath(parks.Actor, ben)+"/remove"
	if page := a.open(remove).fill(remove, url.Values{"posts": {"true"}}).says(http.StatusUnprocessableEntity, "Say why"); !strings.Contains(page.body, " checked") {
		t.Error("the tick is lost")
	}
	a.open(remove).fill(remove, url.Values{"reason": {"adverts"}, "posts": {"true"}}).follow().says(http.StatusOK, "Ben has been removed")
	a.open(templates.PostPath(p.ID)).says(http.StatusNotFound)
	if page := a.open("/c/parks"); strings.Contains(page.body, "Cheap chairs") {
		t.Error("what they wrote is still there")
	}
	back := templates.PostPath(p.ID) + "/restore"
	a.open(memberPath(parks.Actor, ben)).says(http.StatusOK, "Hidden by a facilitator", "A discussion: Cheap chairs").
		fill(back, nil).follow().says(http.StatusOK, "The discussion can be read again")
	a.open(templates.PostPath(p.ID)).says(http.StatusOK, "Buy now")
}

func TestStrangersWhoPostAreRemovedToo(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks", Posting: actors.PostAnyone})
	a, remove := h.signedIn("ann"), memberPath(parks.Actor, ben)+"/remove"
	a.open(remove).says(http.StatusNotFound)
	p := h.publish(ben, parks, nil, content.Draft{Title: "Chairs", Source: "Cheap chairs"})
	if page := a.open(templates.PostPath(p.ID)+"/delete").says(http.StatusOK, "remove Ben from the community"); !strings.Contains(page.body, remove) {
		t.Error("the page for hiding does not lead to removing")
	}
	a.open(remove).fill(remove, url.Values{"reason": {"adverts"}}).follow().says(http.StatusOK, "Ben has been removed")
	h.signedIn("ben").open("/c/parks/new").says(http.StatusForbidden)
}

func TestInvitedPeopleJoin(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.sharesWithNobody()
	ann := h.person("ann", actors.AccountMember)
	h.person("ben", actors.AccountMember)
	h.person("cat", actors.AccountMember)
	board := h.community(ann, actions.Charter{Name: "board", Audience: actors.AudienceMembers, Joining: actors.JoinInvitation})
	a, b, c := h.signedIn("ann"), h.signedIn("ben"), h.signedIn("cat")
	join := "/join?address=" + url.QueryEscape(string(board.URI))

	b.post("/join", url.Values{"address": {string(board.URI)}}).says(http.StatusForbidden, "when a facilitator invites them")
	b.open("/c/board/invite").says(http.StatusForbidden, "Only facilitators")
	a.open("/c/board").says(http.StatusOK, "Invite people")
	list := func(text, do string) *shown {
		return a.open("/c/board/invite").fill("/c/board/invite", url.Values{"people": {text}, "do": {do}})
	}
	list(" \n\n", "check").says(http.StatusUnprocessableEntity, "one person a line")
	list(strings.Repeat("x\n", 501), "check").says(http.StatusUnprocessableEntity, "500 people or less")
	checked := list("@ben@hub.example\n\nhttps://hub.example/u/ben\ncat\n@cat@hub.example\n@nobody@hub.example\n@board@hub.example\n@ann@hub.example\nann@hub.example\n@x@far.example\nnew@kent.example", "check")
	checked.says(http.StatusOK, "Will be invited: 3", "Were not understood: 1", "Line 4", "Were not found: 2", "Are members already: 2",
		"Are not allowed: 1", "Stand on the list twice: 1", "Nobody has been invited yet", "Invite 3 people")
	checked.fill("/c/board/invite", url.Values{"do": {"invite"}}).
		says(http.StatusOK, "Invitation made", "new@kent.example", "https://hub.example/invited/", "No answer yet")
	list("new@kent.example\n@ben@hub.example", "check").says(http.StatusOK, "Are invited already: 2")
	b.open("/notifications").says(http.StatusOK, "Ann", "invites you to join Board", "Say no")
	b.open("/c/board").says(http.StatusOK, "A facilitator has invited you")
	b.open(join).fill("/join", nil).follow().says(http.StatusOK, "You have joined Board")

	c.open("/c/board").fill("/c/board/decline", nil).follow().says(http.StatusOK, "You have turned the invitation down")
	a.open("/c/board/invitations").says(http.StatusOK, "Accepted", "Declined", "No answer yet")
	c.post("/join", url.Values{"address": {string(board.URI)}}).says(http.StatusForbidden, "when a facilitator invites them")

	list("@cat@hub.example", "invite").follow().says(http.StatusOK, "1 person invited")
	cat, err := h.actor("cat")
	if err != nil {
		t.Fatal(err)
	}
	var bid actors.Bid
	h.read(func(ctx context.Context, tx *store.Tx) (err error) {
		bid, err = tx.BidFor(ctx, board.ID, cat.ID)
		return err
	})
	back := url.Values{"do": {"take-back"}, "bid": {bid.ID.String()}}
	b.post("/c/board/invitations", back).says(http.StatusForbidden, "Only facilitators")
	a.post("/c/board/invitations", back).follow().says(http.StatusOK, "The invitation is taken back")
	a.post("/c/board/invitations", back).says(http.StatusConflict, "answered or taken back")
	c.post("/join", url.Values{"address": {string(board.URI)}}).says(http.StatusForbidden, "when a facilitator invites them")

	list("@cat@hub.example", "invite").follow().says(http.StatusOK, "1 person invited")
	h.later(actions.BidLasts)
	a = h.signedIn("ann")
	a.open("/c/board/invitations").says(http.StatusOK, "Ran out")
	if got := h.signedIn("cat").post("/join", url.Values{"address": {string(board.URI)}}).follow(); strings.Contains(got.text(), "You have joined") {
		t.Error("cat joined by an invitation that ran out")
	}
	a.open("/c/board/invitations").fill("/c/board/invitations", url.Values{"do": {"again"}}).says(http.StatusOK, "Invitation made", "new@kent.example")
	h.signedIn("cat").open(join).fill("/join", nil).follow().says(http.StatusOK, "You have joined Board")
}

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
	"moothall/store"
)

// board is a community that people join by invitation, and its facilitator's browser.
func (h *hall) board() (ann actors.Actor, a *browser, board actors.Community) {
	h.Helper()
	h.sharesWithNobody()
	ann = h.person("ann", actors.AccountMember)
	board = h.community(ann, actions.Charter{Name: "board", Title: "Board", Audience: actors.AudienceMembers, Joining: actors.JoinInvitation})
	return ann, h.signedIn("ann"), board
}

func (h *hall) sharesWithNobody() {
	h.server.Decide = func(string, actors.Purpose) actors.Decision { return actors.Decision{Verdict: actors.Refuse} }
}

// linkOn is the path of the link that a page shows once.
func (h *hall) linkOn(s *shown) string {
	h.Helper()
	_, after, ok := strings.Cut(s.text(), "https://hub.example/invited/")
	if !ok {
		h.Fatalf("no link on %s", s.text())
	}
	return "/invited/" + after[:43]
}

func (h *hall) mails(a *browser, email string) string {
	h.Helper()
	return h.linkOn(a.open("/c/board/invite").fill("/c/board/invite", url.Values{"people": {email}, "do": {"invite"}}).says(http.StatusOK, email))
}

func TestS153_LinksOfCommunitiesAreBound(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	_, a, _ := h.board()
	h.person("ben", actors.AccountMember)
	h.person("cat", actors.AccountMember)
	link := h.mails(a, "ben@hub.example")
	h.browser().open(link).says(http.StatusOK, "Ann invites you", "Join Board", "Sign in to join", "your own site")
	h.browser().open("/join/" + strings.TrimPrefix(link, "/invited/")).says(http.StatusGone)

	cat := h.signedIn("cat")
	cat.open(link).says(http.StatusOK, "another email address than that of your account")
	cat.post(link, nil).says(http.StatusForbidden, "another email address than that of your account")
	ben := h.signedIn("ben")
	ben.open(link).fill(link, nil).follow().says(http.StatusOK, "You have joined Board")
	ben.open(link).says(http.StatusGone, "This link no longer works")
	cat.post(link, nil).says(http.StatusGone)

	first := h.mails(a, "cat@hub.example")
	second := h.linkOn(a.open("/c/board/invitations").fill("/c/board/invitations", url.Values{"do": {"again"}}))
	cat.open(first).says(http.StatusGone)
	h.later(actions.BidLasts - time.Minute)
	h.signedIn("cat").open(second).says(http.StatusOK, "Join this community")
	h.later(time.Minute)
	h.signedIn("cat").open(second).says(http.StatusGone)
}

// Whoever invites and is then removed, or whose account is stopped, invites nobody.
func TestS153_LinksEndWithTheirFacilitator(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, a, _ := h.board()
	ada := h.person("ada", actors.AccountAdmin)
	link := h.mails(a, "new@kent.example")
	h.browser().open(link).says(http.StatusOK)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return h.server.Actions.Disable(ctx, tx, ada.ID, ann, true)
	})
	h.browser().open(link).says(http.StatusGone)
}

func TestFAC2_AnInvitationMakesAnAccount(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	_, a, board := h.board()
	ada := h.person("ada", actors.AccountAdmin)
	rules := func(domains string) {
		h.write(func(ctx context.Context, tx *store.Tx) error {
			return h.server.Actions.SetGuestRules(ctx, tx, ada.ID, domains, true)
		})
	}
	rules("@Kent.example\nmedway.example")
	a.open("/c/board/invite").fill("/c/board/invite", url.Values{"people": {"x@far.example"}, "do": {"check"}}).says(http.StatusOK, "Are not allowed: 1")
	link := h.mails(a, "dora@parks.kent.example")
	join := "/join/" + strings.TrimPrefix(link, "/invited/")
	b := h.browser()
	b.open(link).says(http.StatusOK, "Make an account on this site")
	b.open(join).fill(join, account("dora", "mallory@kent.example")).says(http.StatusUnprocessableEntity, "This link is for dora@parks.kent.example")
	b.open(join).fill(join, account("dora", "dora@parks.kent.example")).follow().says(http.StatusOK, "Your account is ready", "You have joined the community")
	b.open("/c/board").says(http.StatusOK, "Board")
	h.browser().open(join).says(http.StatusGone)
	rules("medway.example")
	h.read(func(ctx context.Context, tx *store.Tx) error {
		dora, err := tx.LocalActor(ctx, "dora")
		if err != nil {
			return err
		}
		m, err := tx.Membership(ctx, board.ID, dora.ID)
		if m.Standing != actors.Joined || m.Role != actors.Member {
			t.Errorf("dora is %+v", m)
		}
		return err
	})
}

func TestFAC2_ALinkToHandRound(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	_, a, _ := h.board()
	for name := range map[string]bool{"ben": true, "cat": true, "dan": true} {
		h.person(name, actors.AccountMember)
	}
	make := func(uses, lasts string) *shown {
		return a.open("/c/board/invite").fill("/c/board/invite", url.Values{"do": {"link"}, "uses": {uses}, "lasts": {lasts}})
	}
	make("0", "week").says(http.StatusUnprocessableEntity, "from 1 to 1,000")
	make("2", "").says(http.StatusUnprocessableEntity, "must be in the future")
	link := h.linkOn(make("2", "week").says(http.StatusOK, "Link for 2 people"))
	a.open(link).says(http.StatusOK, "You are a member already")
	a.post(link, nil).follow()
	for _, name := range []string{"ben", "cat"} {
		h.signedIn(name).open(link).fill(link, nil).follow().says(http.StatusOK, "You have joined Board")
	}
	h.signedIn("dan").open(link).says(http.StatusGone)
	a.open("/c/board/invitations").says(http.StatusOK, "Used up", "Used 2 of 2 times")
}

func TestFAC2_WhoIsNotLetInReadsWhy(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	ben := h.person("ben", actors.AccountMember)
	c := h.community(ann, actions.Charter{Name: "trees", Title: "Trees", Audience: actors.AudiencePublic, Joining: actors.JoinRequest})
	h.signedIn("ben").post("/join", url.Values{"address": {string(c.URI)}})
	form := url.Values{"person": {ben.ID.String()}, "decision": {"refuse"}, "reason": {strings.Repeat("x", 501)}}
	a := h.signedIn("ann")
	a.open("/c/trees/members").says(http.StatusOK, "Do not let them in")
	a.post("/c/trees/members", form).says(http.StatusBadRequest, "500 characters or less")
	form.Set("reason", "It is for tree officers")
	a.post("/c/trees/members", form).follow().says(http.StatusOK, "has not been let in")
	h.signedIn("ben").open("/notifications").says(http.StatusOK, "You were not let into Trees", "It is for tree officers")
}

func TestFAC9_TheOthersAreToldWhenAFacilitatorGoes(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben, cat := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember), h.person("cat", actors.AccountMember)
	ada := h.person("ada", actors.AccountAdmin)
	c := h.community(ann, actions.Charter{Name: "trees", Title: "Trees", Audience: actors.AudiencePublic, Joining: actors.JoinOpen})
	for _, who := range []actors.Actor{ben, cat} {
		h.joins(who, c)
		h.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := h.server.Actions.Appoint(ctx, tx, ann, c, who, true)
			return err
		})
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return h.server.Actions.Disable(ctx, tx, ada.ID, ben, true)
	})
	h.signedIn("ann").open("/notifications").says(http.StatusOK, "Ben", "is no longer a facilitator of Trees")
	h.signedIn("cat").post("/c/trees/leave", nil)
	h.signedIn("ann").open("/notifications").says(http.StatusOK, "Cat", "is no longer a facilitator of Trees")
}

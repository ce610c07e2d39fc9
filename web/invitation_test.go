package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
)

func account(name, email string) url.Values {
	return url.Values{"title": {"Cara Diaz"}, "name": {name}, "email": {email}, "job": {"Planner"}, "password": {"three odd unrelated words"}}
}

func (h *hall) invite(i actors.Invitation) string {
	h.Helper()
	return "/join/" + h.invites(i)
}

func TestFirstAdmin(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	var secret string
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		secret, err = h.server.Actions.InviteFirstAdmin(ctx, tx)
		return err
	})
	b := h.browser()
	page := b.open("/join/"+secret).says(http.StatusOK, "Create an account", "the first administrator of Medway Council")
	home := page.fill("/join/"+secret, account("cara", "cara@hub.example")).follow()
	home.says(http.StatusOK, "Your account is ready", "@cara@hub.example", "Administration")
	b.open("/admin").says(http.StatusOK, "All is well")
	b.open("/admin/policy").fill("/admin/policy", url.Values{"mode": {"open"}}).follow().says(http.StatusOK, "The setting is saved")
	h.browser().open("/join/"+secret).says(http.StatusGone, "This link no longer works")
}

// A link to be the first admin is worth nothing once somebody runs the node.
func TestS153_FirstAdminLinkEndsWithTheFirstAdmin(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	link := h.invite(actors.Invitation{Role: actors.AccountAdmin})
	h.person("ann", actors.AccountAdmin)
	h.browser().open(link).says(http.StatusGone)
	h.browser().post(link, account("cara", "cara@hub.example")).says(http.StatusGone)
}

func TestS153_InvitationsAreBound(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountAdmin)
	ada := h.person("ada", actors.AccountAdmin)
	b := h.browser()

	forCara := h.invite(actors.Invitation{Email: "cara@hub.example", Role: actors.AccountModerator, By: ann.ID})
	page := b.open(forCara).says(http.StatusOK, "Ann has invited you")
	if got := page.form(forCara, url.Values{"email": nil}); got.Get("email") != "cara@hub.example" || got.Get("organisation") != "Medway Council" {
		t.Errorf("not filled in: %v", got)
	}
	page.fill(forCara, account("mallory", "mallory@hub.example")).says(http.StatusUnprocessableEntity, "This link is for cara@hub.example")
	raised := account("cara", "Cara@hub.example")
	raised.Set("role", "admin")
	b.post(forCara, raised).follow().says(http.StatusOK, "Your account is ready")
	h.read(func(ctx context.Context, tx *store.Tx) error {
		x, err := tx.AccountByLogin(ctx, "cara")
		if x.Role != actors.AccountModerator {
			t.Errorf("the role is %s", x.Role)
		}
		return err
	})
	h.browser().post(forCara, account("again", "cara@hub.example")).says(http.StatusGone)

	old := h.invite(actors.Invitation{Role: actors.AccountMember, By: ann.ID, Expires: h.now.Add(time.Hour)})
	taken := h.invite(actors.Invitation{Role: actors.AccountMember, By: ann.ID})
	demoted := h.invite(actors.Invitation{Role: actors.AccountMember, By: ada.ID})
	h.write(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.UnusedInvitations(ctx, store.Page{})
		if err != nil {
			return err
		}
		if err := h.server.Actions.Uninvite(ctx, tx, ann.ID, list[1].ID); err != nil {
			return err
		}
		return h.server.Actions.SetRole(ctx, tx, ann.ID, ada, actors.AccountMember)
	})
	h.later(time.Hour)
	for name, link := range map[string]string{"too old": old, "taken back": taken, "of one who runs nothing": demoted, "invented": "/join/" + strings.Repeat("x", 43)} {
		if got := h.browser().open(link); got.status != http.StatusGone {
			t.Errorf("a link %s opens with %d", name, got.status)
		}
		if got := h.browser().post(link, account("dora", "dora@hub.example")); got.status != http.StatusGone {
			t.Errorf("a link %s is taken with %d", name, got.status)
		}
	}
}

func TestS153_OneOfSeveralAtOnce(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountAdmin)
	link := h.invite(actors.Invitation{Role: actors.AccountMember, By: ann.ID})
	statuses := make(chan int, 8)
	var all sync.WaitGroup
	for i := range cap(statuses) {
		name := "racer_" + string(rune('a'+i))
		all.Go(func() { statuses <- h.browser().post(link, account(name, name+"@hub.example")).status })
	}
	all.Wait()
	close(statuses)
	count := map[int]int{}
	for s := range statuses {
		count[s]++
	}
	if count[http.StatusSeeOther] != 1 || count[http.StatusGone] != cap(statuses)-1 {
		t.Errorf("answers: %v", count)
	}
	h.read(func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.CountAccounts(ctx)
		if n != 2 {
			t.Errorf("%d accounts", n)
		}
		return err
	})
}

func TestS152_ALinkForANewPassword(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountAdmin)
	ben := h.person("ben", actors.AccountMember)
	used := h.signedIn("ben")
	var token string
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		token, err = h.server.Actions.NewToken(ctx, tx, ben)
		return err
	})
	guess := h.browser()
	guess.from = "203.0.113.1:1"
	for range 12 {
		guess.tries("ben@hub.example", "wrong")
	}
	made := h.signedIn("ann").open("/admin/people/ben").fill("/admin/people/ben", url.Values{"do": {"password"}})
	made.says(http.StatusOK, "It is shown only now and works once")
	link := linkIn(made)
	if !strings.HasPrefix(link, "https://"+hallHost+"/join/") {
		t.Fatalf("the link is %q", link)
	}
	link = strings.TrimPrefix(link, "https://"+hallHost)

	b := h.browser()
	b.from = "203.0.113.2:1"
	page := b.open(link).says(http.StatusOK, "Set a new password", "Ann made this link for you")
	page.fill(link, url.Values{"password": {"short"}}).says(http.StatusUnprocessableEntity, "12 characters or more")
	page.fill(link, url.Values{"password": {"password12345"}}).says(http.StatusUnprocessableEntity, "harder to guess")
	page.fill(link, url.Values{"password": {" new words with spaces "}}).follow().says(http.StatusOK, "Your password is set", "Sign in")
	b.open(link).says(http.StatusGone)
	b.post(link, url.Values{"password": {"another one altogether"}}).says(http.StatusGone)
	if strings.Contains(used.open("/help").text(), "Ben") {
		t.Error("a session from before lives on")
	}
	h.read(func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.PersonByToken(ctx, actions.HashSecret(token)); err == nil {
			t.Error("a token from before lives on")
		}
		return nil
	})
	b.tries("ben@hub.example", "new words with spaces").says(http.StatusUnprocessableEntity)
	if got := b.tries("ben@hub.example", " new words with spaces "); got.status != http.StatusSeeOther {
		t.Errorf("the new password: %d %s", got.status, got.text())
	}

	late := h.invite(actors.Invitation{Role: actors.AccountMember, Actor: ben.ID, By: ben.ID, Expires: h.now.Add(time.Hour)})
	h.later(time.Hour)
	h.browser().open(late).says(http.StatusGone)
}

// A person who is stopped cannot let themselves in with a link.
func TestS152_NoLinkForAStoppedAccount(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountAdmin), h.person("ben", actors.AccountMember)
	link := h.invite(actors.Invitation{Role: actors.AccountMember, Actor: ben.ID, By: ann.ID})
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return h.server.Actions.Disable(ctx, tx, ann.ID, ben, true)
	})
	h.browser().open(link).says(http.StatusGone)
}

func TestS154_AddressesThatPassForOthers(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountAdmin)
	link := h.invite(actors.Invitation{Role: actors.AccountMember, By: ann.ID})
	b := h.browser()
	for _, email := range []string{
		`"a@evil.example>"@council.example`, "x@council.example,evil", "x@council.example.", "X@ⓒouncil.example", `"quoted"@council.example`,
		"x(comment)@council.example", "x%0a@council.example", "x@council.example\nBcc: y@evil.example", "x@", "@council.example", "x", "",
		"x@council.example:25", "x y@council.example", "Ann <x@council.example>", "x@xn--.example",
	} {
		if got := b.post(link, account("cara", email)); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.text(), "email address in the correct format") {
			t.Errorf("%q: %d", email, got.status)
		}
	}
}

func linkIn(s *shown) string {
	_, rest, _ := strings.Cut(s.text(), "works once. ")
	link, _, _ := strings.Cut(rest, " ")
	return link
}

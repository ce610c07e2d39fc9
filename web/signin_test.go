package web

import (
	"net/http"
	"net/url"
	"testing"

	"moothall/actors"
)

func TestA06_SignInAndOut(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	b := h.signedIn("ann")
	b.open("/help").says(http.StatusOK, "Ann", "Sign out")
	out := b.open("/sign-out").says(http.StatusOK, "You are signed in as Ann").fill("/sign-out", nil)
	if out.status != http.StatusSeeOther {
		t.Fatalf("signing out: %d", out.status)
	}
	b.open("/help").says(http.StatusOK, "Sign in")
}

func TestS149_SignInSaysTheSameWhateverWasWrong(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	b := h.browser()
	wrong := b.open("/sign-in").fill("/sign-in", url.Values{"email": {"ann@hub.example"}, "password": {"not the password"}})
	unknown := b.open("/sign-in").fill("/sign-in", url.Values{"email": {"bob@hub.example"}, "password": {"not the password"}})
	wrong.says(http.StatusUnprocessableEntity, "Check your email address and password")
	if unknown.status != wrong.status || len(unknown.body) != len(wrong.body) {
		t.Errorf("the pages differ:\n%s\n%s", wrong.text(), unknown.text())
	}
}

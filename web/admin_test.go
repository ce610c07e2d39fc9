package web

import (
	"context"
	"errors"
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

// audits are what admins did, newest first, as "who action target detail".
func (h *hall) audits() []string {
	h.Helper()
	var out []string
	h.read(func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Audits(ctx, store.Page{Size: 100})
		for _, a := range list {
			who, err := tx.Actor(ctx, a.By)
			if err != nil {
				return err
			}
			out = append(out, strings.TrimSpace(who.Name+" "+a.Action+" "+a.Target+" "+a.Detail))
		}
		return err
	})
	return out
}

func TestAdminLooksAfterPeople(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountAdmin)
	h.person("ben", actors.AccountMember)
	ben, ann := h.signedIn("ben"), h.signedIn("ann")
	ann.open("/admin/people").says(http.StatusOK, "2 accounts", "Ben", "ben@hub.example", "24 November 2026")
	ann.open("/admin/people/ben").fill("/admin/people/ben", url.Values{"role": {"admin"}, "do": {"role"}}).follow().says(http.StatusOK, "The role is changed")
	if strings.Contains(ben.open("/help").text(), "Sign out") {
		t.Error("the session from before the change of role lives on")
	}
	ann.open("/admin/people/ben").fill("/admin/people/ben", url.Values{"do": {"disable"}}).follow().says(http.StatusOK, "The account is stopped", "Stopped")
	ben.tries("ben@hub.example", password).says(http.StatusUnprocessableEntity, "Check your email address")
	ann.open("/admin/people/ben").fill("/admin/people/ben", url.Values{"do": {"enable"}}).follow().says(http.StatusOK, "can sign in again")
	if got := ben.tries("ben@hub.example", password); got.status != http.StatusSeeOther {
		t.Errorf("let back in: %d", got.status)
	}
	ann.open("/admin/people/nobody").says(http.StatusNotFound)
	ann.open("/admin/people?page=2").says(http.StatusNotFound)
	want := []string{"ann person back @ben@hub.example", "ann person stop @ben@hub.example", "ann person role @ben@hub.example admin"}
	if got := h.audits(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("audit: %q", got)
	}
}

func TestS210_TheLastAdminStays(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountAdmin)
	a := h.signedIn("ann")
	a.open("/admin/people/ann").says(http.StatusOK, "This is the only administrator")
	a.post("/admin/people/ann", url.Values{"do": {"role"}, "role": {"member"}}).says(http.StatusConflict, "This is the only administrator")
	a.post("/admin/people/ann", url.Values{"do": {"disable"}}).says(http.StatusConflict)

	ben := h.person("ben", actors.AccountAdmin)
	b := h.signedIn("ben")
	var all sync.WaitGroup
	all.Go(func() { a.post("/admin/people/ben", url.Values{"do": {"role"}, "role": {"member"}}) })
	all.Go(func() { b.post("/admin/people/ann", url.Values{"do": {"role"}, "role": {"member"}}) })
	all.Wait()
	h.read(func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.CountAdmins(ctx)
		if n != 1 {
			t.Errorf("two admins who remove each other leave %d", n)
		}
		return err
	})
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for _, x := range []actors.Actor{ann, ben} {
			if err := tx.SetAccountRole(ctx, x.ID, actors.AccountAdmin); err != nil {
				return err
			}
		}
		return tx.SetAccountRole(ctx, ann.ID, actors.AccountMember)
	})
	err := h.db.Write(context.Background(), func(tx *store.Tx) error {
		return h.server.Actions.SetRole(context.Background(), tx, ann.ID, ben, actors.AccountMember)
	})
	if !errors.Is(err, actors.ErrForbidden) {
		t.Errorf("an admin demoted while acting: %v", err)
	}
}

func TestS209_OnlyAdminsRunTheNode(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountAdmin)
	ben := h.person("ben", actors.AccountModerator)
	h.community(ben, actions.Charter{Name: "parks"})
	b, before := h.signedIn("ben"), ""
	before = h.contents()
	for _, x := range h.server.routes() {
		if !strings.HasPrefix(x.path, "/admin") {
			continue
		}
		path := strings.NewReplacer("{name}", "ann", "{host}", "kent.example").Replace(x.path)
		got := b.open(path)
		if x.method == post {
			got = b.post(path, url.Values{"do": {"disable"}, "mode": {"open"}, "role": {"admin"}, "host": {"kent.example"}, "verdict": {"accept"}, "reason": {"x"}})
		}
		got.says(http.StatusForbidden, "You cannot do that")
	}
	if h.contents() != before {
		t.Error("something was written")
	}
}

func TestS169_OldSessionsGiveThePasswordAgain(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountAdmin)
	h.person("ben", actors.AccountMember)
	b := h.signedIn("ann")
	for range 2 {
		h.later(8 * time.Minute)
		b.open("/admin").says(http.StatusOK)
	}
	for _, x := range h.server.routes() {
		if x.needs != proved {
			continue
		}
		before := h.contents()
		b.post(strings.ReplaceAll(x.path, "{name}", "ben"), url.Values{"do": {"disable"}, "mode": {"open"}}).says(http.StatusForbidden, "Confirm your password")
		if h.contents() != before {
			t.Errorf("%s wrote before the password was given", x.path)
		}
	}
	ask := b.open("/admin/policy").fill("/admin/policy", url.Values{"mode": {"open"}}).says(http.StatusForbidden, "Confirm your password")
	wrong := ask.fill("/admin/policy", url.Values{proofField: {"not the password"}}).says(http.StatusUnprocessableEntity, "This is not your password")
	if !strings.HasPrefix(wrong.title(), "Error: ") {
		t.Errorf("title %q", wrong.title())
	}
	wrong.fill("/admin/policy", url.Values{proofField: {password}}).follow().says(http.StatusOK, "The setting is saved")
	b.open("/admin/policy").fill("/admin/policy", url.Values{"mode": {"public"}}).follow().says(http.StatusOK, "The setting is saved")
	if got := h.audits(); len(got) != 2 || got[0] != "ann policy mode public" {
		t.Errorf("audit: %q", got)
	}
}

func TestAdminDecidesAboutSites(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountAdmin)
	woken := 0
	h.server.Actions.Wake.Policy = func() { woken++ }
	h.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.MeetInstance(ctx, "kent.example", h.now); err != nil {
			return err
		}
		return tx.DescribeInstance(ctx, "kent.example", "moothall", "1.0", `<script>alert(1)</script>`)
	})
	b := h.signedIn("ann")
	list := b.open("/admin/connections").says(http.StatusOK, "<script>alert(1)</script>", "Not sharing")
	if strings.Contains(list.body, "<script>alert") {
		t.Error("the name of a site runs in the page")
	}
	page := b.open("/admin/connections/kent.example").says(http.StatusOK, "Nobody has decided")
	page.fill("/admin/connections", url.Values{"verdict": {"accept"}}).says(http.StatusUnprocessableEntity, "Enter a reason", "Decide about this site")
	page.fill("/admin/connections", url.Values{"verdict": {"accept"}, "reason": {"County partner"}}).follow().
		says(http.StatusOK, "This site now shares with kent.example", "County partner", "Sharing")
	if woken != 1 {
		t.Errorf("the rules were announced %d times", woken)
	}
	add := b.open("/admin/connections/new")
	add.fill("/admin/connections", url.Values{"host": {"localhost"}, "verdict": {"refuse"}, "reason": {"x"}}).says(http.StatusUnprocessableEntity, "Enter the address of a site")
	add.fill("/admin/connections", url.Values{"host": {"hub.example"}, "verdict": {"refuse"}, "reason": {"x"}}).says(http.StatusUnprocessableEntity)
	add.fill("/admin/connections", url.Values{"host": {"https://Evil.example/c/x"}, "verdict": {"refuse"}, "reason": {"Spam"}}).follow().
		says(http.StatusOK, "This site has stopped sharing with evil.example")
	b.open("/admin/connections").says(http.StatusOK, "kent.example", "evil.example")
	b.open("/admin/connections/unknown.example").says(http.StatusNotFound)
	if got := h.audits(); got[0] != "ann policy refuse evil.example Spam" || got[1] != "ann policy accept kent.example County partner" {
		t.Errorf("audit: %q", got)
	}
}

func TestAdminInvites(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountAdmin)
	b := h.signedIn("ann")
	page := b.open("/admin/invitations")
	page.fill("/admin/invitations", url.Values{"email": {"not an address"}, "role": {"moderator"}}).says(http.StatusUnprocessableEntity, "Enter an email address")
	b.post("/admin/invitations", url.Values{"role": {"emperor"}}).says(http.StatusUnprocessableEntity, "Select what this person may do")
	made := page.fill("/admin/invitations", url.Values{"email": {"cara@hub.example"}, "role": {"member"}}).says(http.StatusOK, "Invitation made", "cara@hub.example")
	link := strings.TrimPrefix(linkIn(made), "https://"+hallHost)
	if strings.Contains(b.open("/admin/invitations").text(), link) {
		t.Error("the link is shown twice")
	}
	h.browser().open(link).says(http.StatusOK, "Create an account")
	made.fill("/admin/invitations", url.Values{"revoke": {h.unused()[0].ID.String()}}).follow().says(http.StatusOK, "The invitation is taken back", "There are none")
	h.browser().open(link).says(http.StatusGone)
}

func (h *hall) unused() (list []actors.Invitation) {
	h.Helper()
	h.read(func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = tx.UnusedInvitations(ctx, store.Page{})
		return err
	})
	return list
}

func TestI5_AdminsSeeWhatWasRefusedAndDecideWhatIsHeld(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountAdmin)
	line := func(state actors.State, n string) actors.Activity {
		id := h.server.IDs.Next()
		return actors.Activity{ID: id, URI: actors.URI("https://kent.example/a/" + n), Type: "Create", Actor: "https://kent.example/u/tom",
			Signer: "https://kent.example/u/tom", Host: "kent.example", Direction: actors.Inbound, State: state, Reason: "reason " + n, At: h.now, Body: []byte("{}")}
	}
	one, two := line(actors.Held, "one"), line(actors.Held, "two")
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for _, a := range []actors.Activity{one, two, line(actors.Rejected, "three")} {
			if _, err := tx.Record(ctx, a); err != nil {
				return err
			}
		}
		return tx.AddRefusals(ctx, store.Refusals{Host: "evil.example", Code: "signature", Detail: "no <b>date</b>", Times: 7, Last: h.now})
	})
	var released []actors.ID
	h.server.Release = func(ctx context.Context, id actors.ID) error {
		released = append(released, id)
		return h.db.Write(ctx, func(tx *store.Tx) error {
			a, err := tx.Activity(ctx, id)
			if err != nil {
				return err
			}
			a.State, a.Reason = actors.Applied, ""
			return tx.Settle(ctx, a)
		})
	}
	b := h.signedIn("ann")
	b.open("/admin").says(http.StatusOK, "2 things wait for your decision", "Refused today8", "Versiontest", "DatabaseSQLite")
	page := b.open("/admin/refused").says(http.StatusOK, "reason one", "reason two", "reason three", "evil.example", "7 times", "no <b>date</b>")
	page.fill("/admin/refused", url.Values{"activity": {one.ID.String()}, "decision": {"release"}}).follow().says(http.StatusOK, "It is let through")
	page.fill("/admin/refused", url.Values{"activity": {two.ID.String()}, "decision": {"refuse"}}).follow().says(http.StatusOK, "It is refused", "refused_by_admin", "Nothing waits")
	if len(released) != 1 || released[0] != one.ID {
		t.Errorf("released: %v", released)
	}
	page.fill("/admin/refused", url.Values{"activity": {one.ID.String()}, "decision": {"release"}}).says(http.StatusNotFound)
	page.fill("/admin/refused", url.Values{"activity": {two.ID.String()}, "decision": {"refuse"}}).says(http.StatusNotFound)
	if got := h.audits(); len(got) != 2 || got[0] != "ann refuse held https://kent.example/a/two" || got[1] != "ann release held https://kent.example/a/one" {
		t.Errorf("audit: %q", got)
	}
}

func TestOverviewNamesWhatFails(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountAdmin)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		act := actors.Activity{ID: h.server.IDs.Next(), URI: "https://hub.example/a/1", Type: "Create", Actor: ann.URI, Signer: ann.URI, Host: hallHost,
			Direction: actors.Outbound, State: actors.Applied, At: h.now, Body: []byte("{}")}
		if _, err := tx.Record(ctx, act); err != nil {
			return err
		}
		if err := tx.Send(ctx, act.ID, ann.ID, h.now, store.Recipient{Host: "kent.example", Inbox: "https://kent.example/inbox"}); err != nil {
			return err
		}
		c, err := tx.Cursor(ctx, "kent.example")
		if err != nil {
			return err
		}
		c.Failures, c.NextTry, c.LastError = 4, h.now.Add(time.Hour), "network_failed"
		if err := tx.SaveCursor(ctx, c); err != nil {
			return err
		}
		return tx.AddDeadLetter(ctx, store.DeadLetter{ID: h.server.IDs.Next(), Host: "old.example", Inbox: "https://old.example/inbox", Status: 410, Reason: "status 410", At: h.now})
	})
	h.allow("kent.example")
	b := h.signedIn("ann")
	b.open("/admin").says(http.StatusOK, "1 connection is not working", "Nothing has reached them so far: their site cannot be reached", "Waiting to be sent", "Could not be sent", "Their site says that whom it was for has been deleted.")
	b.open("/privacy").says(http.StatusOK, "1 other site", "kent.example")
}

// What is kept secret has no page (security.md S211).
func TestS211_NoPageShowsSecrets(t *testing.T) {
	t.Parallel()
	c := newCrowded(t)
	b := c.signedIn("ann")
	hashed, err := hash()
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range c.server.routes() {
		if x.method != get || x.needs == program {
			continue
		}
		body := b.open(c.places.Replace(x.path)).body
		for _, secret := range []string{hashed, "argon2id", "PRIVATE KEY", b.cookie().Value} {
			if strings.Contains(body, secret) {
				t.Errorf("%s holds %.20s…", x.path, secret)
			}
		}
	}
}

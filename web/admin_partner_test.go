package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/store"
)

// allow has a rule that shares with hosts.
func (h *hall) allow(hosts ...string) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		for _, host := range hosts {
			if err := tx.SetRule(ctx, actors.Rule{Host: host, Verdict: actors.Accept, Created: h.now}); err != nil {
				return err
			}
		}
		return nil
	})
}

// partner is a host that is served, as its cursor says.
func (h *hall) partner(host string, change func(c *store.Cursor)) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.MeetInstance(ctx, host, h.now); err != nil {
			return err
		}
		if err := tx.InstanceSucceeded(ctx, host, h.now.Add(-time.Hour)); err != nil {
			return err
		}
		if err := tx.Serve(ctx, host); err != nil {
			return err
		}
		c, err := tx.Cursor(ctx, host)
		if err != nil {
			return err
		}
		change(&c)
		return tx.SaveCursor(ctx, c)
	})
}

func TestADM2_WhoNeedsAttentionComesFirst(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountAdmin)
	h.allow("fine.example", "fails.example", "dead.example", "gone.fine.example")
	h.partner("fine.example", func(*store.Cursor) {})
	h.partner("stranger.example", func(*store.Cursor) {})
	h.partner("dead.example", func(c *store.Cursor) { c.Dead, c.LastError = h.now, "name_not_found" })
	h.partner("fails.example", func(c *store.Cursor) { c.LastError = "status 401" })
	b := h.signedIn("ann")
	page := b.open("/admin/connections").says(http.StatusOK, "All (5)", "Not working (1)", "Given up (1)", "Working (2)", "Not sharing (1)",
		"Nothing has reached them since 24 November 2026, 9am: their site answers “not authorised”.",
		"They have not answered since 24 November 2026, 9am: their name cannot be found.",
		"Nothing is exchanged: they are not on the list of partners.")
	last := 0
	for _, host := range []string{"fails.example", "dead.example", ">fine.example", "gone.fine.example", "stranger.example"} {
		at := strings.Index(page.body, host)
		if at < last {
			t.Errorf("%s is at %d, after what needs less attention", host, at)
		}
		last = at
	}
	some := b.open("/admin/connections?show=given-up").says(http.StatusOK, "dead.example", "All (5)")
	if strings.Contains(some.text(), "fails.example") {
		t.Error("the list is not shortened")
	}
	b.open("/admin/connections?show=waiting").says(http.StatusOK, "There are none of these now")
	b.open("/admin/connections?show=everything").says(http.StatusNotFound)
}

func TestConnectionsArePaged(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountAdmin)
	for i := range listPage + 1 {
		h.allow(fmt.Sprintf("p%03d.example", i))
	}
	b := h.signedIn("ann")
	b.open("/admin/connections?show=fine").says(http.StatusOK, "p000.example")
	b.open("/admin/connections?show=fine&page=2").says(http.StatusOK, fmt.Sprintf("p%03d.example", listPage), "not met yet")
	b.open("/admin/connections?show=fine&page=3").says(http.StatusNotFound)
}

func TestTryAgainNow(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountAdmin)
	h.person("ben", actors.AccountModerator)
	h.allow("kent.example")
	h.partner("kent.example", func(c *store.Cursor) { c.LastError, c.Failures = "tls_failed", 3 })
	h.partner("stranger.example", func(*store.Cursor) {})
	woken := 0
	h.server.Actions.Wake.Delivery = func() { woken++ }
	b := h.signedIn("ann")
	const try = "/admin/connections/kent.example/try"
	b.open("/admin/connections/kent.example").says(http.StatusOK, "their certificate is not accepted", "tls_failed; 3 in a row").
		fill(try, url.Values{}).follow().says(http.StatusOK, "We are trying kent.example now", "Asked for by Ann", "We are at it")
	if woken != 1 || h.audits()[0] != "ann try again kent.example" {
		t.Errorf("woken %d times, %q", woken, h.audits())
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		r, open, err := tx.OpenRecheck(ctx, "kent.example")
		if err != nil || !open {
			t.Errorf("nobody is told: %v", err)
		}
		r.Ended, r.Site, r.Account, r.Sent, r.SendNo = h.now, "timed_out", "https://kent.example/u/tom", 2, "status 429"
		return tx.EndRecheck(ctx, r)
	})
	b.open("/admin/connections/kent.example").says(http.StatusOK, "Last tried for Ann", "We asked their site what it is: their site did not answer in time.",
		"We read https://kent.example/u/tom there again.", "2 things arrived.", "The last thing we sent did not arrive: their site asks us to slow down.")
	b.post("/admin/connections/stranger.example/try", url.Values{}).says(http.StatusConflict, "Change the decision first")
	b.post("/admin/connections/nobody.example/try", url.Values{}).says(http.StatusNotFound)
	ben := h.signedIn("ben")
	for _, path := range []string{"/admin/connections", "/admin/connections/kent.example"} {
		if got := ben.open(path).says(http.StatusForbidden); strings.Contains(got.text(), "tls_failed") || strings.Contains(got.text(), "kent.example") {
			t.Errorf("%s shows a member who is connected", path)
		}
	}
	ben.post(try, url.Values{}).says(http.StatusForbidden)
	h.browser().post(try, url.Values{})
	if woken != 1 {
		t.Errorf("somebody who is no admin woke a lane")
	}
}

// What a site says of itself, and what its answers hold, is text.
func TestS127_PartnerPageShowsTextOnly(t *testing.T) {
	t.Parallel()
	const evil = `<script>alert(1)</script>`
	h := newHall(t)
	h.person("ann", actors.AccountAdmin)
	h.allow("evil.example")
	h.partner("evil.example", func(c *store.Cursor) { c.LastError = evil })
	h.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.DescribeInstance(ctx, "evil.example", evil, evil, evil); err != nil {
			return err
		}
		if err := tx.AddRefusals(ctx, store.Refusals{Host: "evil.example", Code: evil, Detail: evil, Times: 2, Last: h.now}); err != nil {
			return err
		}
		if err := tx.AddSetback(ctx, store.Setback{Host: "evil.example", Reason: evil, Last: h.now}); err != nil {
			return err
		}
		_, err := tx.Record(ctx, actors.Activity{ID: h.server.IDs.Next(), URI: "https://evil.example/a", Type: evil, Actor: "https://evil.example/u/x",
			Signer: "https://evil.example/u/x", Host: "evil.example", Direction: actors.Inbound, State: actors.Rejected, Reason: evil, At: h.now, Body: []byte("{}")})
		return err
	})
	b := h.signedIn("ann")
	for _, path := range []string{"/admin", "/admin/connections", "/admin/connections/evil.example"} {
		if page := b.open(path).says(http.StatusOK, evil); strings.Contains(page.body, "<script>alert") {
			t.Errorf("%s runs what a site says", path)
		}
	}
}

package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"moothall/actors"
)

func TestA10_InfoPagesSayWhomToAsk(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	b := h.browser()
	for path, heading := range map[string]string{
		"/help": "Help", "/contact": "Contact", "/accessibility": "Accessibility statement", "/privacy": "Privacy",
		"/cookies": "Cookies", "/complain": "Complain", "/forgotten-password": "Forgotten password",
	} {
		p := b.open(path).says(http.StatusOK, heading)
		if len(p.header.Values("Set-Cookie")) != 0 {
			t.Errorf("%s sets a cookie for a stranger", path)
		}
	}
	h.person("ann", actors.AccountAdmin)
	page := h.signedIn("ann").open("/admin/contact")
	page.fill("/admin/contact", url.Values{"contact": {"communities@medway.example"}}).follow().says(http.StatusOK, "The contact address is saved")
	for _, path := range []string{"/contact", "/complain", "/privacy", "/accessibility", "/forgotten-password"} {
		b.open(path).says(http.StatusOK, "communities@medway.example")
	}
	home := b.open("/help")
	if got := home.header.Get("Cache-Control"); got != "private, no-cache" {
		t.Errorf("a stranger's page: Cache-Control %q", got)
	}
	if !strings.Contains(strings.Join(home.header.Values("Vary"), ","), "Cookie") {
		t.Error("a page does not vary by cookie")
	}
}

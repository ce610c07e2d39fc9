package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
)

func TestSettingsChangeTheProfile(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	b := h.signedIn("ann")
	form := url.Values{"title": {"Ann Ash"}, "organisation": {"Kent County Council"}, "job": {"Ranger"}, "about": {"Ask me about **trees**."}}
	b.open("/settings").fill("/settings", form).follow().says(http.StatusOK, "Your profile is saved")
	held := b.open("/settings").form("/settings", url.Values{"about": nil})
	for name, want := range form {
		if got := held.Get(name); got != want[0] {
			t.Errorf("%s is %q", name, got)
		}
	}
	b.open("/u/ann").says(http.StatusOK, "Ann Ash", "Ranger", "Ask me about trees.")
	form.Set("title", strings.Repeat("x", 201))
	form.Set("job", strings.Repeat("x", 201))
	b.open("/settings").fill("/settings", form).says(http.StatusUnprocessableEntity, "Full name must be 200 characters or less", "Role must be 200 characters or less")
}

func TestS148_ChangingThePasswordEndsOtherSessions(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	here, there := h.signedIn("ann"), h.signedIn("ann")
	before := here.cookie()
	page := here.open("/settings/password")
	for _, x := range []struct{ current, password, says string }{
		{"", "a long new password", "Enter the password you have now"},
		{"wrong entirely", "a long new password", "This is not the password you have now"},
		{password, "short", "12 characters or more"},
		{password, "", "Enter a password"},
		{password, "password12345", "harder to guess"},
	} {
		page.fill("/settings/password", url.Values{"current": {x.current}, "password": {x.password}}).says(http.StatusUnprocessableEntity, x.says)
	}
	page.fill("/settings/password", url.Values{"current": {password}, "password": {"a long new pass phrase"}}).follow().says(http.StatusOK, "Your password is changed", "Ann")
	if here.cookie().Value == before.Value {
		t.Error("the session has its old id")
	}
	if strings.Contains(there.open("/help").text(), "Sign out") {
		t.Error("another session lives on")
	}
	if got := there.tries("ann@hub.example", "a long new pass phrase"); got.status != http.StatusSeeOther {
		t.Errorf("the new password: %d", got.status)
	}
}

func TestDevices(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	h.person("ben", actors.AccountMember)
	sign := func(agent string) *browser {
		b := h.browser()
		b.headers = map[string]string{"User-Agent": agent}
		b.tries("ann@hub.example", password)
		return b
	}
	here, phone, office := sign("Firefox/1 Linux"), sign("iPhone Safari/1"), sign("Windows Edg/1")
	isIn := func(b *browser) bool { return strings.Contains(b.open("/help").text(), "Sign out") }
	page := here.open("/settings/devices").says(http.StatusOK, "Firefox on Linux This device", "Safari on iPhone", "Edge on Windows")
	ben := h.signedIn("ben")
	of := page.form("/settings/devices", url.Values{"device": nil}).Get("device")
	ben.post("/settings/devices", url.Values{"device": {of}})
	if !isIn(phone) || !isIn(office) {
		t.Fatal("somebody else signed a device out")
	}
	page.fill("/settings/devices", url.Values{"device": {of}}).follow().says(http.StatusOK, "The device is signed out")
	if isIn(phone) == isIn(office) {
		t.Error("not exactly one device is signed out")
	}
	here.open("/settings/devices").fill("/settings/devices", url.Values{"others": {"all"}}).follow().says(http.StatusOK, "signed out everywhere else")
	if isIn(phone) || isIn(office) || !isIn(here) {
		t.Error("not all other devices are signed out")
	}
	here.post("/settings/devices", url.Values{"device": {"x"}}).says(http.StatusNotFound)
}

// Every form, sent with nothing good in it, comes back with its words, a summary
// that leads to each field, and what was typed (users.md A09, A11).
func TestA11_BadFormsComeBack(t *testing.T) {
	t.Parallel()
	c := newCrowded(t)
	ann, err := c.actor("ann")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", content.MaxText+1)
	link := c.places.Replace("/join/{secret}")
	admin, stranger := c.signedIn("ann"), c.browser()
	c.community(ann, actions.Charter{Name: "woods"})
	for _, x := range []struct {
		by     *browser
		path   string
		form   url.Values
		fields []string
	}{
		{stranger, "/sign-in", url.Values{"email": {""}}, []string{"email", "password"}},
		{stranger, "/sign-in", url.Values{"email": {"x@y.example"}, "password": {"z"}}, []string{"email"}},
		{stranger, link, url.Values{"name": {"A B"}, "email": {"a"}, "job": {"Clerk"}, "password": {"x"}}, []string{"title", "name", "email", "password"}},
		{stranger, link, url.Values{"title": {"T"}, "name": {"ann"}, "email": {"new@hub.example"}, "password": {"three odd unrelated words"}}, []string{"name"}},
		{stranger, link, url.Values{"title": {"T"}, "name": {"newann"}, "email": {"ann@hub.example"}, "password": {"three odd unrelated words"}}, []string{"email"}},
		{stranger, "/c/parks/join-from", url.Values{"site": {"no site"}}, []string{"site"}},
		{admin, "/settings", url.Values{"title": {long[:300]}, "organisation": {long[:300]}, "job": {long[:300]}, "about": {long[:6000]}}, []string{"title", "organisation", "job", "about"}},
		{admin, "/settings/password", url.Values{}, []string{"current", "password"}},
		{admin, "/admin/connections", url.Values{"host": {"no host"}, "verdict": {"maybe"}}, []string{"host", "verdict", "reason"}},
		{admin, "/admin/contact", url.Values{"contact": {"us"}}, []string{"contact"}},
		{admin, "/admin/policy", url.Values{"mode": {"chaos"}}, []string{"mode"}},
		{admin, "/admin/invitations", url.Values{"email": {"a b"}, "role": {"member"}}, []string{"email"}},
		{admin, "/admin/people/ben", url.Values{"do": {"role"}, "role": {"king"}}, []string{"role"}},
		{admin, "/communities/new", url.Values{"title": {""}, "name": {"X Y"}}, []string{"title", "name"}},
		{admin, "/c/parks/new", url.Values{"kind": {"discussion"}, "title": {""}, "link": {"javascript:x"}, "text": {"Kept words"}}, []string{"title", "link"}},
		{admin, "/communities/find", url.Values{"address": {"nothing"}}, []string{"address"}},
	} {
		t.Run(x.path, func(t *testing.T) {
			p := x.by.post(x.path, x.form)
			if p.status != http.StatusUnprocessableEntity {
				t.Fatalf("status %d:\n%s", p.status, p.text())
			}
			if !strings.HasPrefix(p.title(), "Error: ") {
				t.Errorf("title %q", p.title())
			}
			summary := p.summary()
			for _, f := range x.fields {
				words := summary[f]
				if words == "" {
					t.Errorf("the summary says nothing of %s: %v", f, summary)
					continue
				}
				beside := p.byID(f + "-error")
				if beside == nil || !strings.HasSuffix(strings.TrimSpace(textOf(beside)), words) {
					t.Errorf("beside %s are other words than %q", f, words)
				}
				if p.byID(f) == nil {
					t.Errorf("no field %s to go to", f)
				}
			}
			p.keeps(t, x.form)
		})
	}
}

// keeps fails the test unless what was typed is still in the page, and no
// password is.
func (s *shown) keeps(t *testing.T, typed url.Values) {
	t.Helper()
	for n := range s.root.Descendants() {
		name := attr(n, "name")
		if name == "" || !typed.Has(name) {
			continue
		}
		switch {
		case n.DataAtom == atom.Textarea && strings.TrimPrefix(textOf(n), "\n") != typed.Get(name):
			t.Errorf("%s is lost", name)
		case n.DataAtom == atom.Input && attr(n, "type") == "password" && attr(n, "value") != "":
			t.Errorf("%s is sent back", name)
		case n.DataAtom == atom.Input && (attr(n, "type") == "text" || attr(n, "type") == "email") && attr(n, "value") != typed.Get(name):
			t.Errorf("%s is %q", name, attr(n, "value"))
		}
	}
}

// summary is the words of the error summary by the field each line leads to.
func (s *shown) summary() map[string]string {
	out := map[string]string{}
	for n := range s.root.Descendants() {
		if !strings.Contains(attr(n, "class"), "govuk-error-summary__list") {
			continue
		}
		for a := range n.Descendants() {
			if a.DataAtom == atom.A {
				out[strings.TrimPrefix(attr(a, "href"), "#")] = textOf(a)
			}
		}
	}
	return out
}

func (s *shown) byID(id string) *html.Node {
	for n := range s.root.Descendants() {
		if attr(n, "id") == id {
			return n
		}
	}
	return nil
}

package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
	"moothall/templates"
)

// tries signs in with a password, as a form of ours would.
func (b *browser) tries(login, password string) *shown {
	b.Helper()
	return b.post("/sign-in", url.Values{"email": {login}, "password": {password}})
}

func TestA06_SignInAndOut(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	b := h.signedIn("ann")
	b.open("/help").says(http.StatusOK, "Ann", "Sign out")
	before := b.cookie()
	out := b.open("/sign-out").says(http.StatusOK, "You are signed in as Ann").fill("/sign-out", nil)
	if out.status != http.StatusSeeOther {
		t.Fatalf("signing out: %d", out.status)
	}
	b.open("/help").says(http.StatusOK, "Sign in")
	b.set(before)
	if strings.Contains(b.open("/help").text(), "Ann") {
		t.Error("the session lives on after signing out")
	}
}

// cookie is the session cookie that the browser holds; nil for none.
func (b *browser) cookie() *http.Cookie {
	for _, c := range b.jar.Cookies(&url.URL{Scheme: "https", Host: hallHost, Path: "/"}) {
		if c.Name == "__Host-"+sessionCookie {
			return c
		}
	}
	return nil
}

func (b *browser) set(c *http.Cookie) {
	b.jar.SetCookies(&url.URL{Scheme: "https", Host: hallHost, Path: "/"}, []*http.Cookie{{Name: c.Name, Value: c.Value, Path: "/", Secure: true}})
}

func TestS149_SignInSaysTheSameWhateverWasWrong(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	stopped := h.person("ben", actors.AccountMember)
	h.write(func(ctx context.Context, tx *store.Tx) error { return tx.DisableAccount(ctx, stopped.ID, h.now) })
	b := h.browser()
	b.open("/sign-in")
	wrong := b.tries("ann@hub.example", "not the password").says(http.StatusUnprocessableEntity, "Check your email address and password")
	for _, other := range []*shown{b.tries("bob@hub.example", "not the password"), b.tries("ben@hub.example", password)} {
		same := strings.NewReplacer("bob@", "ann@", "ben@", "ann@").Replace(other.body)
		if other.status != wrong.status || same != wrong.body {
			t.Errorf("the pages differ:\n%s\n%s", wrong.text(), other.text())
		}
	}
}

func TestS149_OneAccountFromManyAddresses(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	usual := h.signedIn("ann")
	heard := 0
	b := h.browser()
	for i := range 100 {
		b.from = fmt.Sprintf("203.0.113.%d:4000", i)
		switch p := b.tries("ann@hub.example", "guess number "+fmt.Sprint(i)); p.status {
		case http.StatusUnprocessableEntity:
			heard++
		case http.StatusTooManyRequests:
			p.says(http.StatusTooManyRequests, "There have been too many attempts to sign in. Wait 15 minutes")
		default:
			t.Fatalf("try %d: %d", i, p.status)
		}
	}
	if heard != 10 {
		t.Errorf("%d of 100 guesses were looked at, want 10", heard)
	}
	locked := b.tries("ann@hub.example", "guess").body
	if right := b.tries("ann@hub.example", password).body; right != locked {
		t.Error("the page for too many tries tells whether the password was right")
	}
	if got := usual.tries("ann@hub.example", password); got.status != http.StatusSeeOther {
		t.Errorf("the person is kept out at their usual address: %d", got.status)
	}
	h.later(30 * time.Second)
	if got := b.tries("ann@hub.example", password); got.status != http.StatusSeeOther {
		t.Errorf("after the first wait: %d", got.status)
	}
}

func TestS149_TheWaitGrowsToAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	b := h.browser()
	for range 10 {
		b.tries("ann@hub.example", "wrong")
	}
	for _, wait := range []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
		h.later(wait - time.Second)
		if got := b.tries("ann@hub.example", "wrong"); got.status != http.StatusTooManyRequests {
			t.Fatalf("a second before %v: %d", wait, got.status)
		}
		h.later(time.Second)
		if got := b.tries("ann@hub.example", "wrong"); got.status != http.StatusUnprocessableEntity {
			t.Fatalf("after %v: %d", wait, got.status)
		}
	}
	h.later(25 * time.Hour)
	for range 5 {
		b.tries("ann@hub.example", "wrong").says(http.StatusUnprocessableEntity)
	}
	if got := b.tries("ann@hub.example", password); got.status != http.StatusSeeOther {
		t.Errorf("a day later: %d", got.status)
	}
}

func TestS149_ManyAccountsFromOneAddress(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	office := h.signedIn("ann")
	b := h.browser()
	heard := 0
	for i := range 70 {
		if b.tries(fmt.Sprintf("person%d@hub.example", i), "Summer2026!").status == http.StatusUnprocessableEntity {
			heard++
		}
	}
	if heard != 50 {
		t.Errorf("%d guesses from one address were looked at, want 50", heard)
	}
	if got := office.tries("ann@hub.example", password); got.status != http.StatusSeeOther {
		t.Errorf("a person is kept out of their own office by what others try there: %d", got.status)
	}
	b.from = "198.51.100.7:1"
	if got := b.tries("ann@hub.example", password); got.status != http.StatusSeeOther {
		t.Errorf("another address is kept out too: %d", got.status)
	}
}

// Mistakes that people make in the course of weeks do not add up.
func TestS149_MistakesAreForgotten(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	b := h.browser()
	for i := range 30 {
		h.later(2 * time.Hour)
		if got := b.tries("ann@hub.example", "slip"); got.status != http.StatusUnprocessableEntity {
			t.Fatalf("slip %d: %d", i, got.status)
		}
	}
}

func TestS150_NobodyChoosesTheAddressTheyAreCountedUnder(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ name, from, want string }{
		{"no header is read", "192.0.2.1:5", "192.0.2.1"},
		{"one network", "[2001:db8:1:2:3:4:5:6]:5", "2001:db8:1:2::/64"},
		{"IPv4 in IPv6", "[::ffff:192.0.2.1]:5", "192.0.2.1"},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			h := newHall(t)
			b := h.browser()
			b.from, b.headers = x.from, map[string]string{
				"X-Forwarded-For": "198.51.100.1", "X-Real-Ip": "198.51.100.99", "True-Client-Ip": "198.51.100.99", "Forwarded": "for=198.51.100.99"}
			b.tries("ann@hub.example", "wrong")
			h.read(func(ctx context.Context, tx *store.Tx) error {
				th, err := tx.Throttle(ctx, "address:"+x.want)
				if th.Failures != 1 {
					t.Errorf("counted under another address than %s", x.want)
				}
				return err
			})
		})
	}
}

func TestS148_EverySignInHasANewSession(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	h.person("ben", actors.AccountMember)
	b := h.browser()
	fixed := &http.Cookie{Name: "__Host-" + sessionCookie, Value: strings.Repeat("A", 43)}
	b.set(fixed)
	b.tries("ann@hub.example", password)
	first := b.cookie()
	if first.Value == fixed.Value {
		t.Fatal("the browser keeps the id it came with")
	}
	b.tries("ben@hub.example", password)
	if b.cookie().Value == first.Value {
		t.Error("the second person has the session of the first")
	}
	b.open("/help").says(http.StatusOK, "Ben")
	old := h.browser()
	old.set(first)
	if strings.Contains(old.open("/help").text(), "Ann") {
		t.Error("the session of the first person lives on")
	}
}

func TestS165_Cookies(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	b := h.browser()
	cookies := b.open("/sign-in").header.Values("Set-Cookie")
	cookies = append(cookies, b.tries("ann@hub.example", password).header.Values("Set-Cookie")...)
	if len(cookies) < 3 {
		t.Fatalf("cookies: %q", cookies)
	}
	for _, c := range cookies {
		for _, want := range []string{"__Host-moothall", "; Path=/;", "HttpOnly", "Secure", "SameSite=Lax"} {
			if !strings.Contains(c, want) {
				t.Errorf("%s: no %s", c, want)
			}
		}
		if strings.Contains(c, "Domain") {
			t.Errorf("%s: for other hosts too", c)
		}
	}
	var stored string
	secret := b.cookie().Value
	h.read(func(ctx context.Context, tx *store.Tx) error {
		x, err := tx.SessionBySecret(ctx, actions.HashSecret(secret), h.now)
		stored = x.Session.Agent
		return err
	})
	if raw, err := url.QueryUnescape(secret); err != nil || len(raw) != 43 || stored == secret {
		t.Errorf("the secret is %d characters", len(raw))
	}
}

func TestS165_PlainCookiesInDevelopmentOnly(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.server.Development = true
	for _, c := range h.browser().open("/sign-in").header.Values("Set-Cookie") {
		if strings.Contains(c, "__Host-") || strings.Contains(c, "Secure") || !strings.Contains(c, "HttpOnly") {
			t.Errorf("in development: %s", c)
		}
	}
}

func TestS165_SessionsEnd(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	h.person("ada", actors.AccountAdmin)
	isIn := func(b *browser) bool { return strings.Contains(b.open("/help").text(), "Sign out") }
	steps := func(b *browser, step time.Duration, n int) bool {
		for range n {
			h.later(step)
			if !isIn(b) {
				return false
			}
		}
		return true
	}
	ann := h.signedIn("ann")
	if !steps(ann, 11*time.Hour, 5) {
		t.Error("a person in use is signed out")
	}
	if steps(ann, 12*time.Hour, 1) {
		t.Error("a person is signed in after 12 hours")
	}
	ada := h.signedIn("ada")
	if !steps(ada, 29*time.Minute, 24) {
		t.Error("an admin in use is signed out before 12 hours")
	}
	if steps(ada, 25*time.Minute, 1) {
		t.Error("an admin is signed in after 12 hours of use")
	}
	idle := h.signedIn("ada")
	if steps(idle, 30*time.Minute, 1) {
		t.Error("an admin is signed in after 30 minutes")
	}
}

func TestSessionIsTouchedOnceAMinute(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	b := h.signedIn("ann")
	before := h.contents()
	h.later(59 * time.Second)
	b.open("/help")
	if h.contents() != before {
		t.Error("written within a minute")
	}
	h.later(time.Second)
	b.open("/help")
	if h.contents() == before {
		t.Error("not written after a minute")
	}
}

func TestS114_FewPasswordsAtOnce(t *testing.T) {
	t.Parallel()
	var l slots
	l.open(hashesAtOnce, hashesWaiting)
	ctx := context.Background()
	running, release := make(chan struct{}), make(chan struct{})
	ended := make(chan error)
	const many = hashesAtOnce + hashesWaiting
	for range many {
		go func() {
			ended <- l.do(ctx, func() { running <- struct{}{}; <-release })
		}()
	}
	for range hashesAtOnce {
		<-running
	}
	for len(l.waiting) < many { // the others are on their way in
		runtime.Gosched()
	}
	select {
	case <-running:
		t.Error("more than a few run at once")
	default:
	}
	if err := l.do(ctx, func() {}); err != errBusy {
		t.Errorf("one too many: %v", err)
	}
	close(release)
	for range many - hashesAtOnce {
		<-running
	}
	for range many {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

func TestMEM4_AFormMeetsAnEndedSession(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	b := h.signedIn("ann")
	form := b.open("/settings")
	h.later(13 * time.Hour)
	ask := form.fill("/settings", url.Values{"about": {"Trees,\r\nhedges & <b>ponds</b>"}, "title": {"Ann Ash"}})
	ask.says(http.StatusForbidden, "Your text is kept")
	wrong := ask.fill("/sign-in", url.Values{"email": {"ann@hub.example"}, "password": {"not it at all"}}).says(http.StatusUnprocessableEntity, "Your text is kept")
	again := wrong.fill("/sign-in", url.Values{"email": {"ann@hub.example"}, "password": {password}})
	again.says(http.StatusOK, "You are signed in as Ann", "hedges & <b>ponds</b>", "Send it now")
	again.fill("/settings", nil).follow().says(http.StatusOK, "Your profile is saved", "Ann Ash")
	if about := b.open("/settings").form("/settings", url.Values{"about": nil}).Get("about"); !strings.Contains(about, "hedges & <b>ponds</b>") {
		t.Errorf("about is %q", about)
	}
}

func TestA08_SignInWorksWithPasswordManagers(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	body := h.browser().open("/sign-in").body
	for _, want := range []string{`autocomplete="username"`, `autocomplete="current-password"`, "novalidate"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s", want)
		}
	}
	for _, not := range []string{"onpaste", "captcha", "maxlength"} {
		if strings.Contains(body, not) {
			t.Errorf("there is %s", not)
		}
	}
}

func TestNewsIsShownOnceAndLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	b := h.signedIn("ann")
	b.open("/settings").fill("/settings", url.Values{"job": {"Ranger"}}).follow().says(http.StatusOK, "Your profile is saved")
	if strings.Contains(b.open("/settings").text(), "Your profile is saved") {
		t.Error("news is shown twice")
	}
	evil := b.browserWith(templates.Flash{Text: "Go", Link: "https://evil.example", LinkText: "here"})
	if strings.Contains(evil.open("/help").body, "evil.example") {
		t.Error("news leads to another site")
	}
}

// browserWith holds news that somebody else wrote into its cookie.
func (b *browser) browserWith(f templates.Flash) *browser {
	w := &headerOnly{http.Header{}}
	if err := b.server.tell(&visit{w: w}, f); err != nil {
		b.Fatal(err)
	}
	r := http.Response{Header: w.h}
	b.jar.SetCookies(&url.URL{Scheme: "https", Host: hallHost, Path: "/"}, r.Cookies())
	return b
}

type headerOnly struct{ h http.Header }

func (w *headerOnly) Header() http.Header         { return w.h }
func (w *headerOnly) Write(b []byte) (int, error) { return len(b), nil }
func (w *headerOnly) WriteHeader(int)             {}

func TestBrowserName(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36 Edg/142.0": "Edge on Windows",
		"Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0":                                                "Firefox on Linux",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1":          "Safari on iPhone",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36":                                  "Chrome on Android",
		"curl/8.5": "", "": "", "Windows": "Windows", "<script>": "",
	} {
		if got := browserName(agent); got != want {
			t.Errorf("browserName(%q) = %q, want %q", agent, got, want)
		}
	}
}

package browser_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"moothall/templates"
	"moothall/web"
)

const demoPassword = "three-halls-one-road"

// pictures is where every page that was visited is kept, to be looked at.
const pictures = "../../test-output/pages"

// everyone are the roles that see pages: a stranger, a member, a facilitator of
// the community that is looked at, and an administrator.
var everyone = []string{"", "owen", "tariq", "helen"}

// call is a page to visit. Each route has one at least.
type call struct {
	route string
	path  string   // that route with names in it; empty: route itself
	as    []string // nil: everyone
	want  int      // status for those who may see it; 0: 200
}

// calls visits every GET route. {post}, {question} and so on stand for what is
// found on the pages themselves.
var calls = []call{
	{route: "/", as: everyone},
	{route: "/sign-in", as: []string{""}},
	{route: "/sign-out", as: []string{"owen"}},
	{route: "/forgotten-password", as: []string{""}},
	{route: "/communities"},
	{route: "/communities", path: "/communities?q=licensing"},
	{route: "/communities", path: "/communities?q=nothing+is+called+this"},
	{route: "/search"},
	{route: "/search", path: "/search?q=trees"},
	{route: "/search", path: "/search?q=trees&kind=comments&readers=public", as: []string{"", "owen"}},
	{route: "/search", path: "/search?q=nothing+is+called+this"},
	{route: "/search", path: "/search?q=trees&year=soon", as: []string{"owen"}, want: 422},
	{route: "/communities/find", path: "/communities/find?address=@buses@{west}", as: []string{"owen"}},
	{route: "/communities/find", path: "/communities/find?address=@nobody@{west}", as: []string{"owen"}, want: 404},
	{route: "/join", path: "/join?address=@social_care@{south}", as: []string{"owen"}},
	{route: "/join/{secret}", path: "{invitation}", as: []string{""}},
	{route: "/join/{secret}", path: "/join/expired", as: []string{""}, want: 410},
	{route: "/communities/new", as: []string{"owen"}},
	{route: "/c/{name}", path: "/c/trees"},
	{route: "/c/{name}", path: "/c/buses@{west}", as: []string{"", "owen"}},
	{route: "/c/{name}", path: "/c/none", as: []string{""}, want: 404},
	{route: "/c/{name}/leave", path: "/c/trees/leave", as: []string{"owen"}},
	{route: "/c/{name}/members", path: "/c/trees/members", as: []string{"owen", "tariq"}},
	{route: "/c/{name}/members/{person}", path: "{part}", as: []string{"tariq"}},
	{route: "/c/{name}/members/{person}/remove", path: "{part}/remove", as: []string{"tariq"}},
	{route: "/c/{name}/invite", path: "/c/trees/invite", as: []string{"tariq"}},
	{route: "/c/{name}/invitations", path: "/c/trees/invitations", as: []string{"tariq"}},
	{route: "/invited/{secret}", path: "/invited/expired", as: []string{""}, want: 410},
	{route: "/c/{name}/move", path: "/c/trees/move", as: []string{"tariq"}},
	{route: "/c/{name}/move", path: "/c/trees/move", as: []string{"owen"}, want: 403},
	{route: "/c/{name}/settings", path: "/c/trees/settings", as: []string{"tariq"}},
	{route: "/c/{name}/settings", path: "/c/trees/settings", as: []string{"owen"}, want: 403},
	{route: "/c/{name}/new", path: "/c/trees/new", as: []string{"owen"}},
	{route: "/c/{name}/new", path: "/c/trees/new?kind=question", as: []string{"tariq"}},
	{route: "/c/{name}/share", path: "/c/trees/share", as: []string{"owen"}},
	{route: "/uploads", as: []string{"owen"}},
	{route: "/uploads/{id}", path: "{upload}", as: []string{"owen"}},
	{route: "/uploads/{id}", path: "{upload}", as: []string{"tariq"}, want: 404},
	{route: "/d/{name}/new-version", path: "{document}/new-version", as: []string{"owen"}},
	{route: "/d/{name}/new-version", path: "{document}/new-version", as: []string{"helen"}, want: 403},
	{route: "/d/{name}/edit", path: "{document}/edit", as: []string{"owen"}},
	{route: "/d/{name}/withdraw", path: "{document}/withdraw", as: []string{"owen"}},
	{route: "/d/{name}/v/{n}/withdraw", path: "{document}/v/1/withdraw", as: []string{"owen"}},
	{route: "/d/{name}/review", path: "{document}/review", as: []string{"owen"}},
	{route: "/d/{name}/hand-over", path: "{document}/hand-over", as: []string{"owen", "tariq"}},
	{route: "/d/{name}/format", path: "{document}/format", as: []string{"", "tariq"}},
	{route: "/p/{id}/format", path: "{post}/format", as: []string{"owen"}, want: 404},
	{route: "/d/{name}/figures", path: "{document}/figures", as: []string{"owen"}},
	{route: "/d/{name}/formats/{request}", path: "{document}/formats/0000000000001", as: []string{"owen"}, want: 404},
	{route: "/p/{id}", path: "{post}"},
	{route: "/d/{name}", path: "/d/4kz7w9xb", as: []string{"", "owen"}, want: 404},
	{route: "/d/{name}/v/{n}", path: "/d/4kz7w9xb/v/1", as: []string{""}, want: 404},
	{route: "/p/{id}/v/{n}", path: "{post}/v/1", as: []string{"owen"}, want: 404},
	{route: "/d/{name}/v/{n}/text", path: "/d/4kz7w9xb/v/1/text", as: []string{""}, want: 404},
	{route: "/p/{id}/v/{n}/text", path: "{post}/v/1/text", as: []string{""}, want: 404},
	{route: "/d/{name}/v/{n}/record.json", path: "/d/4kz7w9xb/v/1/record.json", as: []string{""}, want: 404},
	{route: "/d/{name}/compare", path: "/d/4kz7w9xb/compare", as: []string{""}, want: 404},
	{route: "/p/{id}/compare", path: "{post}/compare", as: []string{""}, want: 404},
	{route: "/d/{name}/v/{n}/cite", path: "/d/4kz7w9xb/v/1/cite", as: []string{""}, want: 404},
	{route: "/p/{id}/v/{n}/cite", path: "{post}/v/1/cite", as: []string{""}, want: 404},
	{route: "/d/{name}/v/{n}/cite.{format}", path: "/d/4kz7w9xb/v/1/cite.ris", as: []string{""}, want: 404},
	{route: "/p/{id}/v/{n}/cite.{format}", path: "{post}/v/1/cite.ris", as: []string{""}, want: 404},
	{route: "/library", as: []string{"owen"}},
	{route: "/c/{name}/library", path: "/c/trees/library", as: []string{"", "owen", "tariq"}},
	{route: "/c/{name}/library", path: "/c/trees/library?stage=draft", as: []string{"owen"}},
	{route: "/check-file", as: []string{"", "owen"}},
	{route: "/d/{name}/v/{n}/file", path: "/d/4kz7w9xb/v/1/file", as: []string{""}, want: 404},
	{route: "/p/{id}/v/{n}/file", path: "{post}/v/1/file", as: []string{"owen"}, want: 404},
	{route: "/p/{id}/copy", path: "{post}/copy", as: []string{"owen"}, want: 404},
	{route: "/p/{id}/copy", path: "{elsewhere}/copy", as: []string{"tariq"}},
	{route: "/p/{id}", path: "{elsewhere}"},
	{route: "/p/{id}/v/{n}", path: "{elsewhere}/v/1", as: []string{"", "tariq"}},
	{route: "/p/{id}/v/{n}/cite", path: "{elsewhere}/v/1/cite", as: []string{"tariq"}},
	{route: "/d/{name}", path: "{versions}"},
	{route: "/d/{name}/v/{n}", path: "{versions}/v/2", as: []string{"", "helen"}},
	{route: "/d/{name}/v/{n}/text", path: "{versions}/v/2/text", as: []string{"owen"}},
	{route: "/d/{name}/compare", path: "{versions}/compare?from=3&to=4", as: []string{"owen"}},
	{route: "/d/{name}/v/{n}/cite", path: "{versions}/v/2/cite", as: []string{"owen"}},
	{route: "/p/{id}/reply", path: "{post}/reply", as: []string{"owen"}},
	{route: "/p/{id}/edit", path: "{mine}/edit", as: []string{"owen"}},
	{route: "/c/{name}/decisions", path: "/c/trees/decisions", as: []string{"owen", "tariq"}},
	{route: "/p/{id}/copies", path: "{mine}/copies", as: []string{"owen", "tariq"}},
	{route: "/p/{id}/copies/{host}", path: "{mine}/copies/no.example", as: []string{"owen"}, want: 404},
	{route: "/c/{name}/ended", path: "/c/trees/ended", as: []string{"tariq"}},
	{route: "/c/{name}/ended/{host}", path: "/c/trees/ended/no.example", as: []string{"tariq"}, want: 404},
	{route: "/p/{id}/lock", path: "{mine}/lock", as: []string{"tariq"}},
	{route: "/p/{id}/delete", path: "{mine}/delete", as: []string{"owen", "tariq"}},
	{route: "/u/{name}", path: "/u/tariq", as: []string{"", "tariq", "owen"}},
	{route: "/u/{name}", path: "/u/marcus@{south}", as: []string{"owen"}},
	{route: "/p/{id}/report", path: "{post}/report", as: []string{"", "owen"}},
	{route: "/u/{name}/report", path: "/u/marcus@{south}/report", as: []string{"", "owen"}},
	{route: "/reports", as: []string{"owen", "tariq", "helen"}},
	{route: "/reports", path: "/reports?show=decided", as: []string{"tariq"}},
	{route: "/reports/{id}", path: "{report}", as: []string{"tariq"}},
	{route: "/reports/{id}", path: "{report}", as: []string{"owen"}, want: 404},
	{route: "/notifications", as: []string{"owen", "tariq"}},
	{route: "/settings", as: []string{"owen"}},
	{route: "/settings/password", as: []string{"owen"}},
	{route: "/settings/move", as: []string{"owen"}},
	{route: "/settings/devices", as: []string{"owen"}},
	{route: "/admin", as: []string{"helen"}},
	{route: "/admin", as: []string{"owen"}, want: 403},
	{route: "/admin/contact", as: []string{"helen"}},
	{route: "/admin/policy", as: []string{"helen"}},
	{route: "/admin/files", as: []string{"helen"}},
	{route: "/admin/people", as: []string{"helen"}},
	{route: "/admin/people/{name}", path: "/admin/people/owen", as: []string{"helen"}},
	{route: "/admin/invitations", as: []string{"helen"}},
	{route: "/admin/connections", as: []string{"helen"}},
	{route: "/admin/connections", path: "/admin/connections?show=failing", as: []string{"helen"}},
	{route: "/admin/connections", as: []string{"owen"}, want: 403},
	{route: "/admin/connections/new", as: []string{"helen"}},
	{route: "/admin/connections/{host}", path: "/admin/connections/{west}", as: []string{"helen"}},
	{route: "/admin/connections/{host}", path: "/admin/connections/{west}", as: []string{"owen"}, want: 403},
	{route: "/admin/refused", as: []string{"helen"}},
	{route: "/help", as: []string{"", "owen"}},
	{route: "/contact", as: []string{"", "owen"}},
	{route: "/accessibility", as: []string{""}},
	{route: "/privacy", as: []string{""}},
	{route: "/cookies", as: []string{""}},
	{route: "/complain", as: []string{"", "owen"}},
}

// TestA01_EveryRouteIsVisited fails when a new page is not in calls.
func TestA01_EveryRouteIsVisited(t *testing.T) {
	t.Parallel()
	visited := map[string]bool{}
	for _, c := range calls {
		visited[c.route] = true
	}
	routes := map[string]bool{}
	for _, route := range web.Pages() {
		routes[route] = true
		if !visited[route] {
			t.Errorf("no test looks at %s in a browser: add it to calls in pages_test.go", route)
		}
	}
	for route := range visited {
		if !routes[route] {
			t.Errorf("calls has %s, which is no page", route)
		}
	}
}

// hall is the first council of a demonstration that runs.
type hall struct {
	base string
	*chromium
	windows map[string]*window // by the name of who looks
	words   []string           // what stands for what in the paths of calls
}

func startHall(t *testing.T) *hall {
	t.Helper()
	c := startChromium(t)
	p := start(t, "demo", "--data", t.TempDir(), "--port", "0")
	p.says("They are ready")
	var hosts [3]string
	for i := range hosts {
		hosts[i] = p.says(`address +http://(\S+)/`)
	}
	h := &hall{base: "http://" + hosts[0], chromium: c, words: []string{"{south}", hosts[1], "{west}", hosts[2]}}
	h.windows = map[string]*window{}
	for _, name := range everyone {
		w := c.window("somebody "+name, true, 1280, 900)
		if name != "" {
			w.signIn(h.base, name+"@north.example", demoPassword)
		}
		h.windows[name] = w
	}
	h.prepare()
	return h
}

func (w *window) signIn(base, email, password string) {
	w.t.Helper()
	w.opens(base + "/sign-in")
	w.fills("Email address", email)
	w.fills("Password", password)
	w.presses("Sign in")
}

// longQuestion is one that stretches what shows it.
var longQuestion = struct{ title, text string }{
	strings.TrimSpace("Ash dieback beside schools: " + strings.Repeat("who pays for it ", 8)),
	"A long word: " + strings.Repeat("Rindfleischetikettierung", 12) +
		"\n\n## Costs\n\n> They said so\n\n- one\n- two\n\n`" + strings.Repeat("code", 60) + "` https://example.gov.uk/" + strings.Repeat("a/", 80),
}

// prepare makes what the demonstration does not have: long words, replies in
// reply to replies, an invitation, somebody to decide about.
func (h *hall) prepare() {
	owen, tariq, helen := h.windows["owen"], h.windows["tariq"], h.windows["helen"]
	owen.opens(h.base + "/c/trees/new?kind=question")
	owen.fills("Title", longQuestion.title)
	owen.fills("Text", longQuestion.text)
	owen.presses("Ask question")
	mine := strings.TrimPrefix(owen.at.URL, h.base)
	tariq.opens(owen.at.URL)
	tariq.fills("Your reply", "The budget of the trees.\n\n"+longQuestion.text)
	tariq.presses("Post reply")
	helen.opens(h.base + "/admin/invitations")
	helen.fills("Email address (optional)", "new.starter@north.example")
	helen.presses("Make invitation")
	if helen.at.Status == http.StatusForbidden { // wants the password again
		helen.fills("Your password", demoPassword)
		helen.presses("Continue")
	}
	invitation := regexp.MustCompile(`/join/\S+`).FindString(helen.text())
	tariq.opens(h.base + "/c/trees/members")
	tariq.follows("Change the part of Rhodri Vaughan")
	part := strings.TrimPrefix(tariq.at.URL, h.base)
	tariq.opens(h.base + "/c/trees")
	tariq.follows("Survival after three years: what do your street trees do?")
	survey := strings.TrimPrefix(tariq.at.URL, h.base)
	owen.opens(h.base + survey + "/report")
	owen.fills("What is wrong?", longQuestion.text)
	owen.presses("Send report")
	tariq.opens(h.base + "/reports")
	tariq.follows("Survival after three years: what do your street trees do?")
	report := strings.TrimPrefix(tariq.at.URL, h.base)
	h.words = append(h.words, owen.documents(h.base)...)
	for word, at := range map[string][2]string{
		"{elsewhere}": {"/c/trees/library", "Lining a pond in a public park"},
		"{versions}":  {"/c/licensing/library", "Selective licensing in four wards: business case"},
	} {
		helen.opens(h.base + at[0])
		helen.follows(at[1])
		h.words = append(h.words, word, strings.TrimPrefix(helen.at.URL, h.base))
	}
	h.words = append(h.words, "{report}", report, "{mine}", mine, "{part}", part, "{invitation}", invitation, "{post}", survey)
}

// widths are those of a desk and of a phone.
var widths = []int{1280, 320}

func TestA01_A04_A05_A07_EveryPage(t *testing.T) {
	t.Parallel()
	h := startHall(t)
	replace := strings.NewReplacer(h.words...)
	for _, c := range calls {
		path, want := c.path, max(c.want, http.StatusOK)
		if path == "" {
			path = c.route
		}
		if c.as == nil {
			c.as = everyone
		}
		for _, name := range c.as {
			w := h.windows[name]
			w.is(widths[0], 900)
			w.opens(h.base + replace.Replace(path))
			if w.at.Status != want {
				t.Errorf("%s is %d for %q and should be %d", path, w.at.Status, name, want)
				continue
			}
			w.inspect(path, name)
		}
	}
}

// withoutScripts keeps pictures of the main pages as they are when
// no script runs, and measures what can be measured then.
func (h *hall) withoutScripts() {
	w := h.chromium.window("no scripts", false, widths[0], 900)
	w.signIn(h.base, "helen@north.example", demoPassword)
	replace := strings.NewReplacer(h.words...)
	for _, page := range []string{"/", "/communities", "/c/planning", "{post}", "/c/planning/new", "/settings/password", "/settings/move", "{post}/report", "/reports", "{report}", "/c/planning/share", "{versions}", "{versions}/v/2/text", "{versions}/compare?from=3&to=4", "{elsewhere}/copy", "/admin/files", "/admin/connections", "/admin/connections/{west}"} {
		w.opens(h.base + replace.Replace(page))
		for _, width := range widths {
			w.is(width, 900)
			if faults := append(w.list("overflow"), w.list("hidden")...); len(faults) > 0 {
				w.t.Errorf("A06: %s at %d: %v", page, width, faults)
			}
			w.picture(filepath.Join(pictures, fmt.Sprintf("plain%s-%d.png", letters.ReplaceAllString(page, "-"), width)), true)
		}
	}
	h.sharesPlainly(w)
	h.triesAgain(w)
}

// triesAgain presses the button on a partner's page, without scripts, and looks
// until the node that runs has done it.
func (h *hall) triesAgain(w *window) {
	page := h.base + strings.NewReplacer(h.words...).Replace("/admin/connections/{west}")
	w.opens(page)
	w.presses("Try again now")
	if !strings.Contains(w.text(), "We are trying") {
		w.t.Errorf("after the button the page says %s", w.text())
	}
	for range 200 {
		if w.opens(page); strings.Contains(w.text(), "Their site answered and said what it is.") {
			return
		}
	}
	w.t.Errorf("nothing comes of it: %s", w.text())
}

// letters is what may be in the name of a picture.
var letters = regexp.MustCompile(`[^a-z0-9]+`)

// inspect looks for faults in the page that a window shows, at each width.
func (w *window) inspect(page, by string) {
	w.t.Helper()
	faults := w.skeleton()
	for _, width := range widths {
		w.is(width, 900)
		for _, f := range w.list("faults") {
			faults = append(faults, fmt.Sprintf("at %d: %s", width, f))
		}
		name := fmt.Sprintf("%s-%s-%d.png", letters.ReplaceAllString(strings.ToLower(page), "-"), by, width)
		w.picture(filepath.Join(pictures, name), true)
	}
	if len(faults) > 0 {
		w.t.Errorf("%s, %q:\n  %s", page, by, strings.Join(faults, "\n  "))
	}
}

// TestA01_A11_StatesOfPages looks at the expected pages of templates: what is empty,
// wrong, long, in Welsh or refused.
func TestA01_A11_StatesOfPages(t *testing.T) {
	t.Parallel()
	w := startChromium(t).window("reader", true, widths[0], 900)
	files, err := filepath.Glob("../../templates/testdata/*.html")
	if err != nil || len(files) == 0 {
		t.Fatalf("no expected pages: %v", err)
	}
	base := serveGoldens(t)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".html")
		w.is(widths[0], 900)
		w.opens(base + "/" + name + ".html")
		w.inspect("state "+name, "")
	}
}

// serveGoldens serves the expected pages, with the style sheet as it is built.
func serveGoldens(t *testing.T) string {
	t.Helper()
	built := templates.Assets()
	raw, err := fs.ReadFile(built, "manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	var names map[string]string
	if err := json.Unmarshal(raw, &names); err != nil {
		t.Fatal(err)
	}
	var pairs []string
	for plain, hashed := range names {
		pairs = append(pairs, templates.AssetsPath+plain, templates.AssetsPath+hashed)
	}
	addHashes := strings.NewReplacer(pairs...)
	mux := http.NewServeMux()
	mux.Handle(templates.AssetsPath, http.StripPrefix(templates.AssetsPath, http.FileServerFS(built)))
	mux.HandleFunc("/{page}", func(w http.ResponseWriter, r *http.Request) {
		b, err := os.ReadFile(filepath.Join("../../templates/testdata", filepath.Base(r.PathValue("page"))))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'")
		_, _ = addHashes.WriteString(w, string(b))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

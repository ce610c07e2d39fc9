package fedtest

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// leastCases is how many questions the walk asks at least (anchors.md 5, goal 1).
const leastCases = 2000

// variant is a way to ask once more for what has been asked for.
type variant struct {
	method, query string
	header        map[string]string
	tag           bool // with the true tag of a member's answer
}

func variants() (list []variant) {
	list = append(list, variant{method: http.MethodHead})
	for _, accept := range []string{"text/html", activityType, "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"", "*/*", "application/json", "application/rss+xml"} {
		list = append(list, variant{method: http.MethodGet, header: map[string]string{"Accept": accept}})
	}
	for _, q := range everyQuery {
		list = append(list, variant{method: http.MethodGet, query: q})
	}
	return append(list,
		variant{method: http.MethodGet, tag: true},
		variant{method: http.MethodHead, tag: true, header: map[string]string{"Accept": "*/*"}},
		variant{method: http.MethodGet, header: map[string]string{"If-None-Match": "*"}},
		variant{method: http.MethodGet, header: map[string]string{"If-Modified-Since": "Tue, 24 Nov 2037 09:00:00 GMT"}},
		variant{method: http.MethodGet, header: map[string]string{"Range": "bytes=0-9"}},
		variant{method: http.MethodGet, header: map[string]string{"Range": "bytes=0-9", "Accept": activityType}},
		variant{method: http.MethodOptions},
	)
}

// leakWalk is one walk through all routes of one node.
type leakWalk struct {
	*secretTown
	t      *testing.T
	site   leakSite
	routes map[string]map[string]bool

	asked   int
	absent  map[string]Reply // answers for what does not exist
	said    map[string]bool  // failures, one for each route and viewer
	tags    map[string]string
	differs map[string]bool // routes that answer somebody otherwise than for what does not exist
	found   map[string]bool // marks that members were shown
}

// shared is what the walks of all nodes have found between them.
type shared struct {
	mu             sync.Mutex
	asked          int
	differs, found map[string]bool
}

func TestC48_C49_EXT4_NothingLeaks(t *testing.T) {
	town := newSecretTown(t)
	routes := routesOf(t, town.Node("north.example"))
	all := &shared{differs: map[string]bool{}, found: map[string]bool{}}
	t.Run("S171-S182 reads", func(t *testing.T) {
		for _, h := range town.halls {
			w := &leakWalk{
				secretTown: town, site: town.site(h), routes: routes, absent: map[string]Reply{}, said: map[string]bool{},
				tags: map[string]string{}, differs: map[string]bool{}, found: map[string]bool{},
			}
			inside, outside := town.insiders(h), town.outsiders(h)
			t.Run(h.host, func(t *testing.T) {
				t.Parallel()
				w.t = t
				w.members(inside)
				w.outsiders(outside)
				town.Unchanged(h.host, func() { w.writes(outside) })
				all.add(w)
			})
		}
	})
	t.Logf("%d routes, %d questions", len(routes), all.asked)
	if all.asked < leastCases {
		t.Errorf("only %d questions", all.asked)
	}
	all.couldFail(t, routes)
	t.Run("C49 S184 deliveries", func(t *testing.T) { town.deliveries(t) })
	t.Run("S194 inboxes", func(t *testing.T) { town.inboxes(t) })
}

func (all *shared) add(w *leakWalk) {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.asked += w.asked
	for k := range w.differs {
		all.differs[k] = true
	}
	for k := range w.found {
		all.found[k] = true
	}
}

// couldFail says where the walk could not have found anything.
func (all *shared) couldFail(t *testing.T, routes map[string]map[string]bool) {
	t.Helper()
	for _, mark := range everyMark {
		if !all.found[mark] {
			t.Errorf("no member is shown %q", mark)
		}
	}
	for pattern, x := range leakRoutes {
		secret := slices.ContainsFunc(x.parts, func(p string) bool { return !strings.HasPrefix(p, "=") })
		if routes[pattern][http.MethodGet] && secret && x.nobody == "" && !all.differs[pattern] {
			t.Errorf("GET %s answers all members as if there were nothing: the walk would see no leak there", pattern)
		}
	}
}

// few are at most n of the places, others for another viewer; all of them with
// FEDTEST_LEAK=all, which takes minutes.
func few(list []place, n, turn int) []place {
	if len(list) <= n || os.Getenv("FEDTEST_LEAK") == "all" {
		return list
	}
	var out []place
	for k := range n {
		out = append(out, list[(turn*n+k)%len(list)])
	}
	return out
}

// members asks in the name of those who may read, to see that there is something to
// find, and to have the tags of what there is.
func (w *leakWalk) members(list []leakViewer) {
	for _, pattern := range w.reads() {
		places := w.site.places(pattern, leakRoutes[pattern])
		for i, v := range list {
			for _, p := range few(places, 8, i) {
				w.member(v, p)
			}
		}
	}
}

func (w *leakWalk) member(v leakViewer, p place) {
	got := w.gets(v, w.site.host, http.MethodGet, p.path, nil, nil)
	low := strings.ToLower(got.Body + fmt.Sprint(got.Header))
	for _, mark := range everyMark {
		if strings.Contains(low, mark) && !strings.Contains(p.path, mark) {
			w.found[mark] = true
		}
	}
	if tag := got.Header.Get("ETag"); tag != "" {
		w.tags[p.path] = tag
	}
	if p.missing != "" && !w.differs[p.pattern] && got.Status < 400 {
		none := w.gets(v, w.site.host, http.MethodGet, p.missing, nil, nil)
		w.differs[p.pattern] = unlike(p.masked(got), p.masked(none)) != ""
	}
}

// reads are the patterns that are read, in order.
func (w *leakWalk) reads() (list []string) {
	for _, pattern := range sortedKeys(leakRoutes) {
		if w.routes[pattern][http.MethodGet] {
			list = append(list, pattern)
		}
	}
	return list
}

// outsiders asks in the name of those who may not.
func (w *leakWalk) outsiders(list []leakViewer) {
	ways := variants()
	for n, pattern := range w.reads() {
		places := w.site.places(pattern, leakRoutes[pattern])
		for i, v := range list {
			for k, p := range few(places, 2, i) {
				w.asks(v, p, variant{method: http.MethodGet})
				if k == 0 {
					w.asks(v, p, ways[(i+n)%len(ways)])
				}
			}
		}
	}
}

// writes sends every form in the name of those who may not, about what there is and
// what there is not.
func (w *leakWalk) writes(list []leakViewer) {
	for n, pattern := range sortedKeys(leakRoutes) {
		x := leakRoutes[pattern]
		if !w.routes[pattern][http.MethodPost] || strings.HasSuffix(pattern, "/inbox") {
			continue
		}
		form := url.Values{}
		for _, fields := range []url.Values{everyForm, x.form} {
			for name, value := range fields {
				form[name] = value
			}
		}
		places := slices.DeleteFunc(w.site.places(pattern, x), func(p place) bool { return p.missing == "" })
		for i, v := range list {
			if !v.page {
				continue
			}
			for _, p := range few(places, 2, i+n) {
				w.writesOne(v, p, form)
			}
		}
	}
}

func (w *leakWalk) writesOne(v leakViewer, p place, form url.Values) {
	if p.by != "" && p.by == v.uri || v.may[p.pattern] {
		return
	}
	got, none := w.gets(v, w.site.host, http.MethodPost, p.path, nil, form), w.gets(v, w.site.host, http.MethodPost, p.missing, nil, form)
	w.asked++
	if what := w.leaks(v, p.masked(got)); what != "" {
		w.fail(v, p, "POST %s shows %s: %d\n%s", p.path, what, got.Status, around(p.masked(got), what))
	}
	if d := unlike(p.masked(got), p.masked(none)); d != "" {
		w.fail(v, p, "POST %s is answered otherwise than %s: %s", p.path, p.missing, d)
	}
}

func (w *leakWalk) asks(v leakViewer, p place, how variant) {
	header := map[string]string{}
	for name, value := range how.header {
		header[name] = value
	}
	if how.tag {
		tag := w.tags[p.path]
		if tag == "" {
			tag = `"x"`
		}
		header["If-None-Match"] = tag
	}
	got := w.gets(v, w.site.host, how.method, plus(p.path, how.query), header, nil)
	w.asked++
	masked := p.masked(got)
	if what := w.leaks(v, masked); what != "" {
		w.fail(v, p, "%s %s with %v shows %s: %d\n%s", how.method, plus(p.path, how.query), header, what, got.Status, around(masked, what))
	}
	if p.missing == "" || p.by != "" && p.by == v.uri || v.may[p.pattern] {
		return
	}
	key := fmt.Sprint(v.name, how, header["If-None-Match"], p.missing)
	none, ok := w.absent[key]
	if !ok {
		none = w.gets(v, w.site.host, how.method, plus(p.missing, how.query), header, nil)
		w.absent[key] = none
	}
	if d := unlike(masked, p.masked(none)); d != "" {
		w.fail(v, p, "%s %s with %v is answered otherwise than %s: %s", how.method, plus(p.path, how.query), header, p.missing, d)
	}
}

// fail says once for each route and viewer what is wrong.
func (w *leakWalk) fail(v leakViewer, p place, format string, args ...any) {
	key := v.name + p.pattern
	if w.said[key] {
		w.t.Fail()
		return
	}
	w.said[key] = true
	w.t.Errorf("%s: "+format, append([]any{v.name}, args...)...)
}

// leaks is the first thing in an answer that the viewer may not be told.
func (w *leakWalk) leaks(v leakViewer, r Reply) string {
	text := r.Body + fmt.Sprint(r.Header)
	if unescaped, err := url.PathUnescape(text); err == nil {
		text = unescaped
	}
	low := strings.ToLower(text)
	for at := strings.Index(low, stem); at >= 0; {
		mark := markAt(low[at:])
		if !v.isTold(mark) {
			return mark
		}
		next := strings.Index(low[at+len(stem):], stem)
		if next < 0 {
			break
		}
		at += len(stem) + next
	}
	for _, id := range strings.FieldsFunc(text, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'z') }) {
		if kind, ok := w.site.ids[id]; ok && !v.sees[kind] {
			return id
		}
	}
	return ""
}

// markAt is the word that begins a text.
func markAt(low string) string {
	end := strings.IndexFunc(low, func(r rune) bool { return r < 'a' || r > 'z' })
	if end < 0 {
		end = len(low)
	}
	return low[:end]
}

// around is where something stands in an answer.
func around(r Reply, what string) string {
	text := fmt.Sprint(r.Header, "\n", r.Body)
	at := strings.Index(strings.ToLower(text), what)
	if at < 0 {
		return ""
	}
	return text[max(0, at-200):min(len(text), at+100)]
}

func plus(path, query string) string {
	if query != "" && strings.Contains(path, "?") {
		return path + "&" + query[1:]
	}
	return path + query
}

// unlike says in what two answers differ.
func unlike(a, b Reply) string {
	if a.Status != b.Status {
		return fmt.Sprintf("status %d, and %d", a.Status, b.Status)
	}
	for name := range a.Header {
		if !slices.Equal(a.Header[name], b.Header[name]) {
			return fmt.Sprintf("%s %q, and %q", name, a.Header[name], b.Header[name])
		}
	}
	for name := range b.Header {
		if a.Header[name] == nil {
			return fmt.Sprintf("no %s, and %q", name, b.Header[name])
		}
	}
	if a.Body == b.Body {
		return ""
	}
	n := 0
	for n < min(len(a.Body), len(b.Body)) && a.Body[n] == b.Body[n] {
		n++
	}
	return fmt.Sprintf("…%s, and …%s", a.Body[max(0, n-60):min(len(a.Body), n+60)], b.Body[max(0, n-60):min(len(b.Body), n+60)])
}

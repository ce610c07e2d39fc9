package fedtest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
)

var errBroken = errors.New("the disk is broken")

// breaking is the context of a request whose database fails at one statement: SQLite
// asks it before each one. Every other statement of the request is answered.
type breaking struct {
	context.Context
	at    int64 // counted from 1; 0 for none
	asked *atomic.Int64
}

func (b breaking) Err() error {
	if b.asked.Add(1) == b.at {
		return errBroken
	}
	return b.Context.Err()
}

// behind is a door behind which the database fails once during each request.
func (b breaking) behind(door http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.Context = r.Context()
		door.ServeHTTP(w, r.WithContext(b))
	})
}

// TestS201_BrokenDatabaseShowsNothing asks for what is for members while one
// statement after the other fails, in the name of those who may not read it.
func TestS201_BrokenDatabaseShowsNothing(t *testing.T) {
	town := newSecretTown(t)
	routes := routesOf(t, town.Node("north.example"))
	loud := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // each failure is logged, as it should be
	t.Cleanup(func() { slog.SetDefault(loud) })
	asked := 0
	for _, host := range []string{"north.example", "south.example"} {
		w := &leakWalk{secretTown: town, t: t, site: town.site(town.hall(host)), routes: routes, said: map[string]bool{}}
		outside := fewOf(town.outsiders(w.site.hall), "nobody, with a browser", "signed in (", "removed (", "a member of something else")
		for n, pattern := range w.reads() {
			for i, v := range outside {
				for _, p := range few(secretPlaces(w.site.places(pattern, leakRoutes[pattern])), 2, i+n) {
					asked += w.breaks(v, p)
				}
			}
		}
	}
	t.Logf("%d statements failed", asked)
	if asked < leastCases {
		t.Errorf("only %d statements failed", asked)
	}
}

// breaks asks again and again, each time with the next statement failing.
func (w *leakWalk) breaks(v leakViewer, p place) (failed int) {
	if p.by != "" && p.by == v.uri || v.may[p.pattern] {
		return 0
	}
	open := w.broken(v, p, 0)
	for at := int64(1); at <= open; at++ {
		w.broken(v, p, at)
		failed++
	}
	return failed
}

// broken asks once and says how often the context was asked.
func (w *leakWalk) broken(v leakViewer, p place, at int64) int64 {
	b := breaking{at: at, asked: new(atomic.Int64)}
	got := p.masked(w.getsAt(b.behind(w.door(w.site.host)), v, w.site.host, http.MethodGet, p.path, nil, nil))
	if what := w.leaks(v, got); what != "" {
		w.fail(v, p, "GET %s with statement %d failing shows %s: %d\n%s", p.path, at, what, got.Status, around(got, what))
	}
	return b.asked.Load()
}

// secretPlaces are those that name something which is for members.
func secretPlaces(list []place) (out []place) {
	for _, p := range list {
		if p.missing != "" {
			out = append(out, p)
		}
	}
	return out
}

// fewOf are the first viewers whose names begin so.
func fewOf(list []leakViewer, names ...string) (out []leakViewer) {
	for _, name := range names {
		for _, v := range list {
			if strings.HasPrefix(v.name, name) {
				out = append(out, v)
				break
			}
		}
	}
	return out
}

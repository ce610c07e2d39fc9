package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"syscall"
	"testing"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/templates"
)

const paragraph = "We have tried this for two years, and what has helped most is a list of **who to ask**. " +
	"See [the report](https://example.gov.uk/report) for the numbers.\n\n"

// BenchmarkCommunityPage measures the page with 25 discussions, from the request
// to the last byte: at most 2 ms of processor time.
func BenchmarkCommunityPage(b *testing.B) {
	h := newHall(b)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks", Purpose: paragraph})
	for i := range 60 {
		h.publish(ann, parks, nil, content.Draft{Title: fmt.Sprintf("What do you do about leaves, part %d", i), Source: paragraph})
	}
	for i := range 200 {
		h.joins(h.stranger(actors.Person, fmt.Sprintf("p%d", i), fmt.Sprintf("council%d.example", i%40)), parks)
	}
	h.measure(b, "/c/parks")
}

// BenchmarkDiscussion measures a discussion with a hundred replies.
func BenchmarkDiscussion(b *testing.B) {
	h := newHall(b)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	h.joins(ben, parks)
	start := h.publish(ann, parks, nil, content.Draft{Title: "Leaves", Source: paragraph})
	at := start
	for i := range 100 {
		p := h.publish(ben, parks, &at, content.Draft{Source: paragraph})
		if at = p; i%4 == 3 {
			at = start
		}
	}
	h.measure(b, templates.PostPath(start.ID))
}

func (h *hall) measure(b *testing.B, path string) {
	for name, who := range map[string]*browser{"stranger": h.browser(), "member": h.signedIn("ann")} {
		who.open("/help")
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.RemoteAddr, r.Host = who.from, hallHost
		for _, c := range who.jar.Cookies(&url.URL{Scheme: "https", Host: hallHost, Path: "/"}) {
			r.AddCookie(c)
		}
		b.Run(name, func(b *testing.B) {
			before := processorTime(b)
			for b.Loop() {
				w := httptest.NewRecorder()
				h.routes.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
			b.ReportMetric(float64(processorTime(b)-before)/float64(time.Millisecond)/float64(b.N), "cpu-ms/op")
		})
	}
}

// processorTime is what the process has used.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

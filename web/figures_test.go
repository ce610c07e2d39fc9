package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/store"

	"github.com/google/go-cmp/cmp"
)

// used is what was counted of a document.
func (h *hall) used(p content.Post) (list []store.Use) {
	h.Helper()
	if err := h.server.DB.Read(context.Background(), func(tx *store.Tx) (err error) {
		list, err = tx.UseOf(context.Background(), p.ID, 0, 999999)
		return err
	}); err != nil {
		h.Fatal(err)
	}
	return list
}

// TestDOC6_EachPersonCountsOnceAMonth: not those who look after it, nor programs, and no
// row says who.
func TestDOC6_EachPersonCountsOnceAMonth(t *testing.T) {
	t.Parallel()
	h, a, at, p := pond(t)
	month := store.MonthOf(h.server.Now())
	ben, nobody := h.signedIn("ben"), h.browser()
	for range 3 {
		for _, b := range []*browser{a, ben, nobody} {
			b.open(at).says(http.StatusOK)
			b.open(at + "/v/1/file")
		}
	}
	program := h.browser()
	program.headers = map[string]string{"User-Agent": "ExampleBot/1.0"}
	program.open(at)
	want := []store.Use{
		{Document: p.ID, Month: month, Kind: store.UseDownloaded, Times: 1}, {Document: p.ID, Month: month, Kind: store.UseRead, Times: 1},
		{Document: p.ID, Month: month, Host: hallHost, Kind: store.UseDownloaded, Times: 1}, {Document: p.ID, Month: month, Host: hallHost, Kind: store.UseRead, Times: 1},
	}
	got := h.used(p)
	if len(got) != len(want) {
		t.Fatalf("counted %+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("counted %+v, want %+v", got[i], want[i])
		}
	}
	h.server.visitors = visitors{} // as on another day
	ben.open(at).says(http.StatusOK)
	if d := cmp.Diff(got, h.used(p)); d != "" {
		t.Errorf("on another day (-want +got):\n%s", d)
	}
	tomorrow := h.server.Now().Add(24 * time.Hour)
	if !h.server.visitors.isFirst(usage{document: p.ID, kind: store.UseRead}, tomorrow) || len(h.server.visitors.seen) != 1 {
		t.Error("what is known of yesterday's readers is kept")
	}
}

// TestDOC6_FiguresAreForItsOwnerAndFacilitators: whole months that are over, and nothing
// under five.
func TestDOC6_FiguresAreForItsOwnerAndFacilitators(t *testing.T) {
	t.Parallel()
	h, a, at, p := pond(t)
	h.browser().open(at + "/figures").says(http.StatusSeeOther)
	h.signedIn("ben").open(at + "/figures").says(http.StatusForbidden)
	count := func(month time.Time, host string, kind store.UseKind, times int) {
		h.write(func(ctx context.Context, tx *store.Tx) error {
			for i := range times {
				if err := tx.CountReader(ctx, store.Use{Document: p.ID, Month: store.MonthOf(month), Host: host, Kind: kind}, host+strconv.Itoa(i), []byte("key")); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for i := range content.MinShown {
		h.stranger(actors.Person, "k"+strconv.Itoa(i), "kent.example")
	}
	h.stranger(actors.Person, "s", "small.example")
	first := h.server.Now()
	count(first, hallHost, store.UseRead, 7)
	count(first, "", store.UseRead, 9)
	count(first, hallHost, store.UseDownloaded, 11)
	count(first, "", store.UseDownloaded, 3)
	count(first, "kent.example", store.UseDownloaded, 1)
	count(first, "small.example", store.UseDownloaded, 1)
	if page := a.open(at+"/figures").says(http.StatusOK, "How it is used"); strings.Contains(page.text(), "16") {
		t.Error("the month that is not over is shown")
	}
	h.later(30 * 24 * time.Hour)
	page := h.signedIn("ann").open(at+"/figures").says(http.StatusOK, first.Format("January 2006"), "7", "9", "16", "14", "kent.example")
	if strings.Contains(page.text(), "11") {
		t.Error("what is hidden can be worked out")
	}
	if strings.Contains(page.text(), "small.example") {
		t.Error("a site is named of which fewer than five people are known")
	}
	if strings.Contains(page.body, ">3<") {
		t.Error("a number under five is shown")
	}
}

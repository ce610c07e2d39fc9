package serve_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// waiting is an answer whose reader takes the first part, and the next after a while.
type waiting struct {
	*httptest.ResponseRecorder
	first func()
}

func (w *waiting) Write(b []byte) (int, error) {
	if w.first != nil {
		w.first()
		w.first = nil
		time.Sleep(5 * time.Second)
	}
	return w.ResponseRecorder.Write(b)
}

// TestS188_ADownloadEndsWithTheRight: what is under way when somebody may read no
// longer does not go on, nor does it for a site that we have just refused.
func TestS188_ADownloadEndsWithTheRight(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		meanwhile func(h *hall, p content.Post)
		whole     bool
	}{
		"a member who stays": {func(*hall, content.Post) {}, true},
		"removed": {func(h *hall, _ content.Post) {
			h.write(func(tx *store.Tx) error {
				return tx.SetMembership(h.ctx, actors.Membership{Group: h.tender.ID, Actor: h.mia.ID, Role: actors.Member, Standing: actors.Left, Since: h.clock})
			})
		}, false},
		"their site is refused": {func(h *hall, _ content.Post) {
			h.refuses.Store(true)
		}, false},
		"withdrawn": {func(h *hall, p content.Post) { h.withdrawn(p, "Wrong figures") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHall(t)
				text := strings.Repeat("for members ", 20_000)
				p := h.share(h.tender, text, content.Document{})
				r := httptest.NewRequest(http.MethodGet, h.acts.Site.Path(p.URI)+"/v/1/file", nil)
				r.Header.Set("Signature", string(h.mia.URI))
				w := &waiting{httptest.NewRecorder(), func() { tt.meanwhile(h, p) }}
				h.handler.ServeHTTP(w, r)
				if n := w.Body.Len(); w.Code != http.StatusOK || n == 0 || (n == len(text)) != tt.whole {
					t.Errorf("%d, %d bytes of %d", w.Code, n, len(text))
				}
			})
		})
	}
}

package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/store"
	"moothall/templates"
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
// longer does not go on; for all others it does.
func TestS188_ADownloadEndsWithTheRight(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("Secret grit. ", 20_000)
	for name, tt := range map[string]struct {
		meanwhile func(h *hall, ben actors.Actor, b *browser, p content.Post, g actors.Community)
		whole     bool
	}{
		"a member who stays": {func(*hall, actors.Actor, *browser, content.Post, actors.Community) {}, true},
		"removed": {func(h *hall, ben actors.Actor, _ *browser, _ content.Post, g actors.Community) {
			h.write(func(ctx context.Context, tx *store.Tx) error {
				return tx.SetMembership(ctx, actors.Membership{Group: g.ID, Actor: ben.ID, Role: actors.Member, Standing: actors.Left, Since: h.server.Now()})
			})
		}, false},
		"signed out": {func(_ *hall, _ actors.Actor, b *browser, _ content.Post, _ actors.Community) {
			b.open("/sign-out").fill("/sign-out", nil)
		}, false},
		"account closed": {func(h *hall, ben actors.Actor, _ *browser, _ content.Post, _ actors.Community) {
			h.write(func(ctx context.Context, tx *store.Tx) error { return tx.DisableAccount(ctx, ben.ID, h.server.Now()) })
		}, false},
		"withdrawn": {func(h *hall, _ actors.Actor, _ *browser, p content.Post, _ actors.Community) {
			h.write(func(ctx context.Context, tx *store.Tx) error {
				ann, err := tx.Actor(ctx, p.Author)
				if err != nil {
					return err
				}
				return h.server.Actions.WithdrawDocument(ctx, tx, ann, p, content.Withdrawal{Title: p.Title, Reason: "Wrong map"})
			})
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHall(t)
				ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
				g := h.community(ann, actions.Charter{Name: "closed", Audience: actors.AudienceMembers})
				h.joins(ben, g)
				p := h.shares(ann, g, content.DocumentDraft{}, text)
				b := h.signedIn("ben")
				r := httptest.NewRequest(http.MethodGet, templates.DocumentPath(p)+"/v/1/file", nil)
				r.Host, r.RemoteAddr = hallHost, b.from
				for _, c := range b.jar.Cookies(&url.URL{Scheme: "https", Host: hallHost, Path: "/"}) {
					r.AddCookie(c)
				}
				w := &waiting{httptest.NewRecorder(), func() { tt.meanwhile(h, ben, b, p, g) }}
				h.routes.ServeHTTP(w, r)
				if n := w.Body.Len(); w.Code != http.StatusOK || n == 0 || (n == len(text)) != tt.whole {
					t.Errorf("%d, %d bytes of %d", w.Code, n, len(text))
				}
			})
		})
	}
}

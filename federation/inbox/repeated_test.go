package inbox_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"moothall/actors"
	"moothall/federation/fedtest"
	"moothall/federation/sign"
	"moothall/store"
)

func TestS26_C25_TwiceIsOnce(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	act := s.create(s.bob, "Once", nil)
	s.takes(s.bob, act)
	s.Settle()
	s.Unchanged(here, func() {
		s.takes(s.bob, act)
		if r := s.bob.Sends(s.parks.URI+"/inbox", act); r.Status != 202 {
			t.Errorf("at another inbox: answered %d", r.Status)
		}
		s.Settle()
	})
}

func TestC25_TwoAtOnceAreOne(t *testing.T) {
	t.Parallel()
	x := newBench(t)
	r := x.request(t)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	var at sync.WaitGroup
	for range 8 {
		at.Go(func() {
			same := r.Clone(context.Background())
			same.Body = io.NopCloser(bytes.NewReader(body))
			w := httptest.NewRecorder()
			x.in.ServeHTTP(w, same)
			if w.Code != http.StatusAccepted {
				t.Errorf("answered %d %s", w.Code, w.Body)
			}
		})
	}
	at.Wait()
	counts := map[string]int{}
	err = x.db.Read(context.Background(), func(tx *store.Tx) error {
		return tx.Dump(context.Background(), func(table string, _ map[string]string) { counts[table]++ })
	})
	if err != nil || counts["post"] != 1 || counts["log_entry"] != 1 || counts["outbound"] != 1 { // no boost: nobody follows who needs one
		t.Errorf("%v: eight at once made %d posts, %d entries, %d rows to send", err, counts["post"], counts["log_entry"], counts["outbound"])
	}
}

func TestS27_ReplayedFollowJoinsNobody(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	cy := s.peer.Person("cy")
	c := s.parks
	follow := s.act(cy, "Follow", c.URI, nil)
	s.takes(cy, follow)
	s.takes(cy, s.act(cy, "Undo", follow, nil))
	s.Settle()
	s.Unchanged(here, func() { s.takes(cy, follow); s.Settle() })
}

func TestC17_S30_RotatedKey(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	old := s.bob
	fresh := s.peer.Person("bob") // the same actor with another key
	s.takes(fresh, s.create(fresh, "With the new key", nil))
	s.Settle()
	s.ann.Sees(s.parks, "With the new key")
	for range 5 { // within five minutes nothing is asked again
		since := len(s.Exchanges())
		if r := s.sends(old, s.create(old, "With the old key", nil)); r.Status != 401 {
			t.Errorf("the old key was answered %d", r.Status)
		}
		if asked := s.egress(since); len(asked) > 0 {
			t.Errorf("asked again: %v", asked)
		}
	}
}

func TestKeyHostAway_Is503(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	cy := s.peer.Person("cy")
	s.Partition(here, "peer.example")
	r := func() fedtest.Reply { // the letter itself comes by another road
		s.evil.Serves("/x", fedtest.Answer{})
		return s.mal.Sends("https://"+here+"/inbox", s.create(cy, "Hello", nil), fedtest.Before(func(l *fedtest.Letter) {
			l.Signer = sign.Signer{KeyID: cy.KeyID(), Key: cy.Key}
		}))
	}()
	if r.Status != 503 || r.Header.Get("Retry-After") == "" {
		t.Errorf("answered %d %v, want 503 and when to come back", r.Status, r.Header)
	}
}

func TestC53_S36_FarewellsCostNothing(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	since := len(s.Exchanges())
	s.Unchanged(here, func() {
		for i := range 50 {
			ghost := *s.mal
			ghost.URI = actors.URI(fmt.Sprintf("https://evil.example/u/ghost%d", i))
			r := s.sends(&ghost, s.act(&ghost, "Delete", ghost.URI, nil), fedtest.Before(func(l *fedtest.Letter) { l.Signer.KeyID = ghost.KeyID() }))
			if r.Status != 202 {
				t.Fatalf("answered %d", r.Status)
			}
		}
	})
	if asked := s.egress(since); len(asked) > 0 {
		t.Errorf("%d keys were asked for: %v", len(asked), asked[0])
	}
	s.Settle()
	if r := s.Refusals(here); !strings.Contains(r, "unknown_actor") {
		t.Errorf("an admin does not see them:\n%s", r)
	}
	// One whom we know and who has gone is believed on its signature.
	s.takes(s.bob, s.act(s.bob, "Delete", s.bob.URI, nil))
	s.Settle()
	if p, _ := s.post(s.bobPost); !p.IsGone() {
		t.Error("the posts of one who deleted themselves are still there")
	}
}

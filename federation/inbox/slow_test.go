package inbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/fedtest"
	"moothall/store"
)

// TestS106_ComparisonsHoldUpNothing: communities that say they know other followers
// here than there are, and are slow to say which, cost little, and leave time for the
// rest.
func TestS106_ComparisonsHoldUpNothing(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	slow := s.Stranger("slow.example")
	asked := func() (n int) {
		for _, e := range slow.Requests() {
			if strings.HasSuffix(e.URL, "/sync") {
				n++
			}
		}
		return n
	}
	for i := range 30 {
		if i%10 == 0 {
			s.Pass(time.Minute) // keys of so many are read in a minute (S31)
		}
		g := slow.Group(fmt.Sprint("g", i))
		slow.Serves(fmt.Sprintf("/u/g%d/sync", i), fedtest.Answer{Status: 500, After: 10 * time.Second})
		sync := ap.Synchronization{Collection: g.URI + "/followers", URL: g.URI + "/sync", Digest: store.DigestOf([]actors.URI{s.ann.URI})}
		s.sends(g, s.act(g, "Announce", g.URI, nil), header(ap.SynchronizationHeader, sync.String()))
		s.Settle()
	}
	start := s.Clock.Now()
	s.Pass(2 * time.Minute)
	if n := asked(); n == 0 || n > 6 {
		t.Errorf("%d lists were asked for in a few minutes", n)
	}
	if d := s.Clock.Now().Sub(start); d > 3*time.Minute {
		t.Errorf("two minutes took %s", d)
	}
}

// TestS106_ManyCheapFetchesKeepNobodyWaiting: whoever sends much that has to be
// fetched, from many hosts of one domain, waits for it; others have their turn.
func TestS106_ManyCheapFetchesKeepNobodyWaiting(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	const hosts, each = 4, 20
	for i := range hosts {
		host := fmt.Sprintf("h%d.flood.example", i)
		from := s.Stranger(host)
		mal := from.Person("mal")
		s.takes(mal, s.act(mal, "Follow", s.parks.URI, nil))
		s.Settle()
		for j := range each {
			at := fmt.Sprintf("/p/%d", j)
			from.Serves(at, fedtest.Answer{Status: 404, After: time.Second})
			s.takes(mal, s.act(mal, "Create", "https://"+host+at, nil))
		}
	}
	n := s.note(s.bob, "Honest words", nil)
	s.peer.Serves(strings.TrimPrefix(fmt.Sprint(n["id"]), "https://peer.example"), fedtest.Answer{Body: n})
	s.takes(s.bob, s.act(s.bob, "Create", n["id"], doc{"to": n["to"]}))
	since := len(s.Exchanges())
	s.Settle()
	before, found := 0, false
	for _, e := range s.Exchanges()[since:] {
		if found = e.URL == fmt.Sprint(n["id"]); found {
			break
		}
		if strings.Contains(e.URL, ".flood.example/p/") {
			before++
		}
	}
	if !found || before > 5 {
		t.Errorf("read: %v, behind %d of %d requests for somebody else", found, before, hosts*each)
	}
	s.ann.Sees(s.parks, "Honest words")
}

// TestS106_SlowOriginHoldsUpOnlyItsOwn: a host that answers slowly does not keep what
// others sent from being applied.
func TestS106_SlowOriginHoldsUpOnlyItsOwn(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	slow := s.Stranger("slow.example")
	tar := slow.Person("tar")
	s.takes(tar, s.act(tar, "Follow", s.parks.URI, nil))
	s.Settle()
	for i := range 40 {
		at := fmt.Sprintf("/p/%d", i)
		slow.Serves(at, fedtest.Answer{Status: 500, After: 10 * time.Second})
		s.takes(tar, s.act(tar, "Create", "https://slow.example"+at, nil))
	}
	n := s.note(s.bob, "Honest words", nil)
	s.peer.Serves(strings.TrimPrefix(fmt.Sprint(n["id"]), "https://peer.example"), fedtest.Answer{Body: n})
	start := s.Clock.Now()
	s.takes(s.bob, s.act(s.bob, "Create", n["id"], doc{"to": n["to"]}))
	s.Settle()
	if d := s.Clock.Now().Sub(start); d > 2*time.Minute {
		t.Errorf("everything else waited for %s", d)
	}
	s.ann.Sees(s.parks, "Honest words")
}

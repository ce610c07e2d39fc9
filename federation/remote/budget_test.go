package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"moothall/actors"
)

func TestS31_FetchesHaveBudgets(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.town.hosts[evil] = site{}
	try := func(n int, source string) error {
		_, err := s.KeyFor(t.Context(), fmt.Sprintf("https://evil.example/?n=%d", n), source)
		return err
	}
	for n := range 1000 {
		if err := try(n, "192.0.2.1"); n < 10 != isFinal(err) || n >= 10 != errors.Is(err, ErrBudget) {
			t.Fatalf("fetch %d from one source: %v", n, err)
		}
	}
	if s.town.count() != 10 {
		t.Errorf("one source caused %d fetches", s.town.count())
	}
	for n := range 1000 {
		_ = try(1000+n, fmt.Sprintf("198.51.100.%d", n%250))
	}
	if s.town.count() != 30 {
		t.Errorf("many sources caused %d fetches at one host", s.town.count())
	}
	s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 1, nil))}
	if _, err := s.KeyFor(t.Context(), annKey, "203.0.113.9"); err != nil {
		t.Errorf("another host suffers: %v", err)
	}
	s.clock.pass(time.Minute)
	if err := try(5000, "192.0.2.1"); !isFinal(err) || s.town.count() != 32 {
		t.Errorf("a minute later: %v, %d fetches", err, s.town.count())
	}
	for n := range 20 {
		_ = try(6000+n, fmt.Sprintf("2001:db8:1:2::%x", n))
	}
	if s.town.count() != 42 {
		t.Errorf("one IPv6 network caused %d fetches", s.town.count()-32)
	}
}

func TestS31_RefusalsAreRememberedForTenMinutes(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.town.hosts[peer] = site{"/u/gone": status(http.StatusGone)}
	const gone = "https://peer.example/u/gone#main-key"
	for range 10 {
		if _, err := s.Key(t.Context(), gone); !errors.Is(err, ErrGone) || !isFinal(err) {
			t.Fatal(err)
		}
		if _, err := s.Key(t.Context(), annKey); !errors.Is(err, ErrNotThere) || !isFinal(err) {
			t.Fatal(err)
		}
		s.clock.pass(59 * time.Second)
	}
	if s.town.count() != 2 {
		t.Errorf("asked %v", s.town.asked())
	}
	s.clock.pass(10 * time.Second)
	s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 1, nil))}
	if _, err := s.Key(t.Context(), annKey); err != nil {
		t.Errorf("after ten minutes: %v", err)
	}
}

func TestUnreachableKeyHostIsNotFinal(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.Handler{"no such host": nil, "502": status(502), "429": status(429)} {
		s := newShop()
		if h != nil {
			s.town.hosts[peer] = h
		}
		for range 2 {
			if _, err := s.Key(t.Context(), annKey); !errors.Is(err, ErrKeyUnreachable) || isFinal(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if s.town.count() != 1 {
			t.Errorf("%s: asked %d times at once", name, s.town.count())
		}
		s.clock.pass(5 * time.Minute)
		s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 1, nil))}
		if _, err := s.Key(t.Context(), annKey); err != nil {
			t.Errorf("%s, after Retry-After: %v", name, err)
		}
		s.town.hosts[peer] = status(500)
		if _, err := s.Refresh(t.Context(), annKey); !errors.Is(err, ErrKeyUnreachable) {
			t.Errorf("%s: refresh: %v", name, err)
		}
		s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 2, nil))}
		if key, err := s.Refresh(t.Context(), annKey); err != nil || !is(t, key, 2) {
			t.Errorf("%s: refresh after one that failed: %v", name, err)
		}
	}
}

func TestGoneOwnerAndBrokenStore(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.stored[annKey] = actors.Actor{URI: annID, Deleted: s.clock.Now(), Fetched: s.clock.Now()}
	if _, err := s.Key(t.Context(), annKey); !errors.Is(err, ErrGone) || !isFinal(err) || s.town.count() != 0 {
		t.Errorf("a deleted actor: %v", err)
	}
	broken := errors.New("database is down")
	s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 1, nil))}
	s.stored = map[string]actors.Actor{}
	s.Learn = func(context.Context, actors.Actor, []byte) error { return broken }
	if _, err := s.Key(t.Context(), annKey); !errors.Is(err, broken) || isFinal(err) {
		t.Errorf("an actor that cannot be stored: %v", err)
	}
	s.Known = func(context.Context, string) (actors.Actor, bool, error) { return actors.Actor{}, false, broken }
	if _, err := s.Key(t.Context(), annKey); !errors.Is(err, broken) || isFinal(err) {
		t.Errorf("a store that cannot be read: %v", err)
	}
}

// waiting answers after a while, in fake time.
type waiting struct {
	*town
	d time.Duration
}

func (w waiting) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(w.d):
		return w.town.RoundTrip(r)
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
}

func TestS31_OneReadingServesAllWhoWait(t *testing.T) {
	page := doc(person(t, annID, 1, nil))
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		s.town.hosts[peer] = site{"/u/ann": page}
		s.Client.HTTP = waiting{s.town, 3 * time.Second}
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if key, err := s.KeyFor(t.Context(), annKey, "192.0.2.1"); err != nil || !is(t, key, 1) {
					t.Errorf("%v", err)
				}
			})
		}
		wg.Wait()
		if s.town.count() != 1 {
			t.Errorf("asked %d times", s.town.count())
		}
	})
}

// The sender waits a few seconds only; what is read after that serves its next try.
func TestKeyReadingOutlivesTheOneWhoAsked(t *testing.T) {
	page := doc(person(t, annID, 1, nil))
	synctest.Test(t, func(t *testing.T) {
		s := newShop()
		s.town.hosts[peer] = site{"/u/ann": page}
		s.Client.HTTP = waiting{s.town, 6 * time.Second}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		if _, err := s.Key(ctx, annKey); !errors.Is(err, ErrKeyUnreachable) || isFinal(err) {
			t.Errorf("after two seconds: %v", err)
		}
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if key, err := s.Key(t.Context(), annKey); err != nil || !is(t, key, 1) || s.town.count() != 1 {
			t.Errorf("the next try: %v, asked %d times", err, s.town.count())
		}
	})
}

func TestS107_ShelvesAreBounded(t *testing.T) {
	t.Parallel()
	now := newClock().Now()
	var s shelf[int]
	for i := range 3 * maxShelf {
		s.put(fmt.Sprint(i), i, now, time.Minute)
		if len(s.items) > maxShelf {
			t.Fatalf("%d entries", len(s.items))
		}
		if v, ok := s.get(fmt.Sprint(i), now); !ok || v != i {
			t.Fatalf("entry %d is lost at once", i)
		}
	}
	later := now.Add(time.Minute)
	if _, ok := s.get(fmt.Sprint(3*maxShelf-1), later); ok {
		t.Error("an entry outlives its time")
	}
	for i := range maxShelf {
		s.put(fmt.Sprint("new", i), i, later, time.Minute)
	}
	for i := range maxShelf {
		if _, ok := s.get(fmt.Sprint("new", i), later); !ok {
			t.Fatal("a live entry made room while stale ones lay about")
		}
	}
}

func TestAllowanceCountsTheLastMinute(t *testing.T) {
	t.Parallel()
	var a allowance
	now := newClock().Now()
	for i := range 3 {
		if !a.left("x", 3, now) {
			t.Fatalf("refused at %d", i)
		}
		a.take("x", now)
		now = now.Add(20 * time.Second)
	}
	if !a.left("x", 3, now) || a.left("x", 2, now) {
		t.Error("the first of three is a minute old, the others are not")
	}
	if !a.left("y", 1, now) {
		t.Error("keys share an allowance")
	}
}

// TestS31_AKeyReadMeanwhileIsNotReadAgain: between a look at the store and the reading,
// a busy machine may finish the reading of somebody else.
func TestS31_AKeyReadMeanwhileIsNotReadAgain(t *testing.T) {
	t.Parallel()
	for _, page := range []http.HandlerFunc{doc(person(t, annID, 1, nil)), status(http.StatusNotFound)} {
		s := newShop()
		s.town.hosts[peer] = site{"/u/ann": page}
		known, looked := s.Known, false
		s.Known = func(ctx context.Context, id string) (actors.Actor, bool, error) {
			a, ok, err := known(ctx, id)
			if !looked {
				looked = true
				_, _ = s.KeyFor(ctx, id, "192.0.2.1")
			}
			return a, ok, err
		}
		_, err := s.KeyFor(t.Context(), annKey, "192.0.2.2")
		if n := s.town.count(); n != 1 {
			t.Errorf("asked %d times, at last %v", n, err)
		}
	}
}

// TestS31_OnlyWhatProvesNothingCountsAgainstItsSource: the people of a partner are met as
// fast as its own limit allows, and whoever names the keys of others is not.
func TestS31_OnlyWhatProvesNothingCountsAgainstItsSource(t *testing.T) {
	t.Parallel()
	const people, source = 25, "192.0.2.1"
	s := newShop()
	at, keys := site{}, make([]string, people)
	for n := range people {
		id := fmt.Sprintf("https://%s/u/p%d", peer, n)
		keys[n] = id + "#main-key"
		at[fmt.Sprintf("/u/p%d", n)] = doc(person(t, id, 1, nil))
	}
	s.town.hosts[peer] = at
	for n, key := range keys[:14] {
		if _, err := s.KeyFor(t.Context(), key, source); err != nil {
			t.Fatalf("person %d: %v", n, err)
		}
		s.Proved(key, source)
		s.Proved(key, source) // it is given back once
		s.clock.pass(time.Second)
	}
	for n, key := range keys[14:] {
		_, err := s.KeyFor(t.Context(), key, source)
		if n < fetchesPerSource != (err == nil) || n >= fetchesPerSource != errors.Is(err, ErrBudget) {
			t.Errorf("key %d that proves nothing: %v", n, err)
		}
		s.Proved(key, "198.51.100.1") // somebody else's
	}
}

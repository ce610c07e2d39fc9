package remote

import "time"

const (
	maxShelf  = 10_000 // entries; whoever floods a shelf only empties it sooner
	shelfRoom = maxShelf / 8
)

// shelf keeps values for a time, and never more than maxShelf of them
// (security.md S107). The zero shelf is empty and ready. It is not safe for use
// by several goroutines.
type shelf[V any] struct {
	items map[string]kept[V]
}

type kept[V any] struct {
	value V
	until time.Time
}

func (s *shelf[V]) get(key string, now time.Time) (V, bool) {
	k, ok := s.items[key]
	if !ok || !now.Before(k.until) {
		var none V
		return none, false
	}
	return k.value, true
}

func (s *shelf[V]) put(key string, v V, now time.Time, d time.Duration) {
	if s.items == nil {
		s.items = make(map[string]kept[V])
	}
	if _, ok := s.items[key]; !ok && len(s.items) >= maxShelf {
		s.makeRoom(now)
	}
	s.items[key] = kept[V]{v, now.Add(d)}
}

func (s *shelf[V]) drop(key string) { delete(s.items, key) }

// makeRoom drops what has run out, and if that is little, some of the rest.
func (s *shelf[V]) makeRoom(now time.Time) {
	for key, k := range s.items {
		if !now.Before(k.until) {
			delete(s.items, key)
		}
	}
	for key := range s.items {
		if len(s.items) <= maxShelf-shelfRoom {
			return
		}
		delete(s.items, key)
	}
}

// allowance counts what each key did within the last minute.
type allowance struct {
	used shelf[[]time.Time]
}

// left says whether key may do one more thing when limit is allowed in a minute.
func (a *allowance) left(key string, limit int, now time.Time) bool {
	return len(a.recent(key, now)) < limit
}

// take counts one thing.
func (a *allowance) take(key string, now time.Time) {
	a.used.put(key, append(a.recent(key, now), now), now, time.Minute)
}

// giveBack takes one thing back: the oldest, so that no limit is passed within a minute of
// those that remain.
func (a *allowance) giveBack(key string, now time.Time) {
	if times := a.recent(key, now); len(times) > 0 {
		a.used.put(key, times[1:], now, time.Minute)
	}
}

func (a *allowance) recent(key string, now time.Time) []time.Time {
	times, _ := a.used.get(key, now)
	for len(times) > 0 && now.Sub(times[0]) >= time.Minute {
		times = times[1:]
	}
	return times
}

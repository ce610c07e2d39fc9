package inbox

import (
	"sync"
	"time"
)

// Rate is how many activities one domain may send: a steady number each second,
// and a burst on top, since Lemmy sends what has gathered all at once.
type Rate struct {
	PerSecond float64
	Burst     float64
}

// DefaultRate is generous: it stops a flood, not a busy partner.
var DefaultRate = Rate{PerSecond: 200, Burst: 20000}

const maxHosts = 10000 // remembered at once; more start from nothing

// buckets holds a token bucket for each domain.
type buckets struct {
	mu    sync.Mutex
	hosts map[string]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

func (b *buckets) allow(host string, rate Rate, now time.Time) bool {
	if rate.PerSecond == 0 {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.hosts == nil || len(b.hosts) > maxHosts {
		b.hosts = map[string]bucket{}
	}
	x, ok := b.hosts[host]
	if !ok {
		x = bucket{tokens: rate.Burst, at: now}
	}
	x.tokens = min(rate.Burst, x.tokens+now.Sub(x.at).Seconds()*rate.PerSecond)
	x.at = now
	good := x.tokens >= 1
	if good {
		x.tokens--
	}
	b.hosts[host] = x
	return good
}

// recently says whether something is the first of its kind for a minute.
type recently struct {
	mu sync.Mutex
	at map[string]time.Time
}

func (r *recently) first(key string, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now.Sub(r.at[key]) < time.Minute {
		return false
	}
	if r.at == nil || len(r.at) > maxHosts {
		r.at = map[string]time.Time{}
	}
	r.at[key] = now
	return true
}

// signal wakes a worker. Many signals before it looks are one.
type signal struct {
	once sync.Once
	ch   chan struct{}
}

func (s *signal) c() chan struct{} {
	s.once.Do(func() { s.ch = make(chan struct{}, 1) })
	return s.ch
}

func (s *signal) set() {
	select {
	case s.c() <- struct{}{}:
	default:
	}
}

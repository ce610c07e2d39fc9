package web

import (
	"sync"
	"time"
)

// rate is how often something may be done within fetchWindow: by one, and by all together.
type rate struct{ each, together int }

// fetchWindow is for how long things are counted.
const fetchWindow = 10 * time.Minute

var (
	// asking is making this node ask others (security.md S86).
	asking = rate{each: 30, together: 300}
	// checking is having a file looked up; an organisation may have one address for all.
	checking = rate{each: 60, together: 3000}
)

// spending counts what is done, by whom. The zero value is ready.
type spending[K comparable] struct {
	mu    sync.Mutex
	since time.Time
	spent map[K]int
	all   int
}

// spend says whether somebody may do it once more, and counts it.
func (f *spending[K]) spend(who K, most rate, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.spent == nil || now.Sub(f.since) >= fetchWindow {
		f.since, f.spent, f.all = now, map[K]int{}, 0
	}
	if f.spent[who] >= most.each || f.all >= most.together {
		return false
	}
	f.spent[who]++
	f.all++
	return true
}

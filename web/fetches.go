package web

import (
	"sync"
	"time"

	"moothall/actors"
)

// How often people of this node may make it ask others, within fetchWindow
// (security.md S86).
const (
	fetchWindow     = 10 * time.Minute
	fetchesEach     = 30
	fetchesTogether = 300
)

// fetches counts what people made this node ask of others. The zero value is
// ready.
type fetches struct {
	mu    sync.Mutex
	since time.Time
	spent map[actors.ID]int
	all   int
}

// spend says whether a person may make this node ask once more, and counts it.
func (f *fetches) spend(who actors.ID, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.spent == nil || now.Sub(f.since) >= fetchWindow {
		f.since, f.spent, f.all = now, map[actors.ID]int{}, 0
	}
	if f.spent[who] >= fetchesEach || f.all >= fetchesTogether {
		return false
	}
	f.spent[who]++
	f.all++
	return true
}

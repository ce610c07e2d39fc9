package remote

import (
	"sync"
	"time"

	"moothall/actors"
)

// Gate bounds how often people of other hosts may do something in a minute, each of
// them and all of a host together (security.md S31, S107). It is safe for use by
// several goroutines; the zero value needs its exported fields set.
type Gate struct {
	PerPerson, PerHost int
	Now                func() time.Time

	mu     sync.Mutex
	people allowance
	hosts  allowance
}

// Admit counts one more and says whether it is within the limits.
func (g *Gate) Admit(who actors.URI) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, host := g.Now(), Domain(who.Host())
	if !g.people.left(string(who), g.PerPerson, now) || !g.hosts.left(host, g.PerHost, now) {
		return false
	}
	g.people.take(string(who), now)
	g.hosts.take(host, now)
	return true
}

package inbox

import (
	"errors"
	"sync"
	"time"

	"moothall/federation/remote"
)

// One worker reads from everyone, so whoever answers slowly keeps everyone waiting
// (security.md S106). The jobs that read history bound their own steps.
const (
	slowAnswer = 2 * time.Second  // from here on the wait is counted
	slowWithin = time.Minute      // waits are counted for so long
	mostSlow   = 10 * time.Second // of waiting for one domain before it is left alone
)

var errSlowLately = errors.New("it has kept this node waiting for too long")

// waits is how long each domain has kept the worker waiting of late.
type waits struct {
	mu sync.Mutex
	of map[string]waited
}

type waited struct {
	since time.Time
	sum   time.Duration
}

func (w *waits) tooLong(domain string, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	x := w.of[domain]
	return x.sum >= mostSlow && now.Sub(x.since) < slowWithin
}

// add counts a wait that has just ended.
func (w *waits) add(domain string, d time.Duration, now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.of == nil || len(w.of) >= maxHosts {
		w.of = map[string]waited{}
	}
	x := w.of[domain]
	if now.Sub(x.since) >= slowWithin {
		x = waited{since: now}
	}
	x.sum += d
	w.of[domain] = x
}

// patiently asks a host for something, unless that host has been slow. Then it is as
// if it were so now: what needs it waits, and nothing else does.
func (in *Inbox) patiently(host string, ask func() error) error {
	domain, start := remote.Domain(host), in.Now()
	if in.waits.tooLong(domain, start) {
		return &remote.Error{Code: remote.CodeTimeout, Host: host, Err: errSlowLately}
	}
	err := ask()
	if now := in.Now(); now.Sub(start) >= slowAnswer {
		in.waits.add(domain, now.Sub(start), now)
	}
	return err
}

package library

import (
	"sync"
	"sync/atomic"
	"time"

	"moothall/actors"
	"moothall/content"
)

const (
	fetchAtOnce  = 8                // files from elsewhere at the same time
	fetchFromOne = 2                // of them, from one host
	mostWaitOne  = 30               // files of one host that wait for a turn
	mostWait     = 120              // files that do, of all hosts
	refusedFor   = 10 * time.Minute // a file that was altered is not asked for again
	mostRefused  = 1000
)

// turns are those of one host.
type turns struct {
	slots   chan struct{}
	waiting atomic.Int32
}

// turn waits for a turn to fetch from a host, and gives what ends it. A host that is slow
// takes a few of all turns and no more. It returns ErrBusy where too many wait already.
func (l *Library) turn(host string) (done func(), err error) {
	found, _ := l.hosts.LoadOrStore(host, &turns{slots: make(chan struct{}, fetchFromOne)})
	own := found.(*turns)
	defer own.waiting.Add(-1)
	defer l.waiting.Add(-1)
	if one, all := own.waiting.Add(1), l.waiting.Add(1); one > mostWaitOne || all > mostWait {
		return nil, ErrBusy
	}
	own.slots <- struct{}{}
	l.slots <- struct{}{}
	return func() {
		<-l.slots
		<-own.slots
	}, nil
}

// refused are files that were not the ones announced, for a while. The zero value is ready.
type refused struct {
	mu    sync.Mutex
	until map[announced]time.Time
}

// announced is a file as its site says it is: where it says otherwise, that is another.
type announced struct {
	version actors.URI
	digest  content.Digest
}

func (r *refused) has(v content.Version, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return now.Before(r.until[announced{v.URI, v.File.Digest}])
}

func (r *refused) add(v content.Version, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, until := range r.until {
		if !now.Before(until) {
			delete(r.until, key)
		}
	}
	if r.until == nil || len(r.until) >= mostRefused {
		r.until = map[announced]time.Time{}
	}
	r.until[announced{v.URI, v.File.Digest}] = now.Add(refusedFor)
}

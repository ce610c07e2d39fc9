package blobs

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"
)

const (
	// leastRate is how many bytes a second a reader must take on average: who takes
	// less holds a connection that others need (security.md S96).
	leastRate = 10 << 10
	// patience is for how long a reader may take nothing, or be behind.
	patience = time.Minute
	// mostAhead is how much of the time that a quick beginning has earned is kept: the
	// system takes some megabytes at once, which a slow reader then takes minutes for.
	mostAhead = 3 * time.Minute
	// askEvery is how often it is asked whether a reader still is one. Together with the
	// time that the answer takes it is less than the 5 seconds of security.md S188.
	askEvery = 3 * time.Second
)

// errNoReader says that whoever reads may do so no longer.
var errNoReader = errors.New("no longer a reader")

// pace writes a file for as long as its reader keeps reading, and may. A server bounds
// all other answers to a minute, and ends the context of a request with the time that
// it has for being read.
type pace struct {
	http.ResponseWriter
	conn *http.ResponseController
	now  func() time.Time

	mu    sync.Mutex
	until time.Time // when this reader is given up
	ended bool      // is no reader any more
}

func newPace(w http.ResponseWriter, now func() time.Time) *pace {
	return &pace{ResponseWriter: w, conn: http.NewResponseController(w), now: now, until: now().Add(patience)}
}

// Write sends a part. What is read earns the time for what comes after it.
func (p *pace) Write(b []byte) (int, error) {
	if !p.goOn() {
		return 0, errNoReader
	}
	n, err := p.ResponseWriter.Write(b)
	p.until = p.until.Add(time.Duration(n) * time.Second / leastRate)
	if most := p.now().Add(mostAhead); p.until.After(most) {
		p.until = most
	}
	return n, err
}

// goOn gives the next part its time, unless this is the end.
func (p *pace) goOn() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.limit(p.until)
	}
	return !p.ended
}

func (p *pace) limit(until time.Time) {
	_ = p.conn.SetWriteDeadline(until) // a connection without deadlines needs none
	_ = p.conn.SetReadDeadline(until)
}

// ask asks every few seconds whether the reader may still read, until stop has been
// called, which must be before the answer ends. Any error is a no, which ends also a
// part that waits for its reader.
func (p *pace) ask(ctx context.Context, mayRead func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var asking sync.WaitGroup
	asking.Go(func() {
		tick := time.NewTicker(askEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if mayRead(ctx) != nil && ctx.Err() == nil {
				p.end()
				return
			}
		}
	})
	return func() { cancel(); asking.Wait() }
}

func (p *pace) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	p.limit(time.Unix(1, 0))
}

// Unwrap is for http.ResponseController.
func (p *pace) Unwrap() http.ResponseWriter { return p.ResponseWriter }

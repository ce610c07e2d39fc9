package blobs

import (
	"net/http"
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
)

// pace writes a file for as long as its reader keeps reading. A server bounds all
// other answers to a minute, and ends the context of a request with the time that it
// has for being read.
type pace struct {
	http.ResponseWriter
	conn  *http.ResponseController
	now   func() time.Time
	until time.Time // when this reader is given up
}

func newPace(w http.ResponseWriter, now func() time.Time) *pace {
	return &pace{w, http.NewResponseController(w), now, now().Add(patience)}
}

// Write sends a part. What is read earns the time for what comes after it.
func (p *pace) Write(b []byte) (int, error) {
	_ = p.conn.SetWriteDeadline(p.until) // a connection without deadlines needs none
	_ = p.conn.SetReadDeadline(p.until)
	n, err := p.ResponseWriter.Write(b)
	p.until = p.until.Add(time.Duration(n) * time.Second / leastRate)
	if most := p.now().Add(mostAhead); p.until.After(most) {
		p.until = most
	}
	return n, err
}

// Unwrap is for http.ResponseController.
func (p *pace) Unwrap() http.ResponseWriter { return p.ResponseWriter }

package actors

import (
	"math"
	"time"
)

const (
	backoffBase = 1.25
	backoffCap  = 24 * time.Hour

	// DeadAfter is how long a partner may fail before payloads stop (protocol.md 10.3).
	DeadAfter = 7 * 24 * time.Hour
	// ProbeEvery is how often a dead partner is asked whether it lives.
	ProbeEvery = 24 * time.Hour
)

// Backoff says how long to wait after n failures in a row: 1.25^n seconds, a
// day at the most (protocol.md 10.1, after Lemmy).
func Backoff(n int) time.Duration {
	d := math.Pow(backoffBase, float64(n)) * float64(time.Second)
	if d > float64(backoffCap) {
		return backoffCap
	}
	return time.Duration(d)
}

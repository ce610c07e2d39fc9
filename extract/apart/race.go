//go:build race

package apart

// This program watches itself for races. That takes memory by the gigabyte, all of it
// writable, so that a process with a limit of memory would end before it began, and
// makes the preparation for PDF many times as slow. No program that people run is
// built so.
const (
	raced  = true
	slower = 10 // times the usual limit of time
)

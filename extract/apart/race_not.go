//go:build !race

package apart

// What these are for is said in race.go.
const (
	raced  = false
	slower = 1
)

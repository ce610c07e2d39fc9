package actors

import (
	"log/slog"
	"time"
)

// Direction says which way an activity crossed this node's border.
type Direction string

// The directions.
const (
	Inbound  Direction = "in"
	Outbound Direction = "out"
)

// State is how far an activity has come.
type State string

// The states of an activity.
const (
	Waiting  State = "waiting" // needs something fetched first
	Applied  State = "applied"
	Held     State = "held"     // kept for an admin to decide
	Rejected State = "rejected" // changed nothing; Reason says why
)

// Activity is one line of the log, with the exact bytes that were received or
// first written.
type Activity struct {
	ID        ID
	URI       URI
	Type      string
	Actor     URI // who did it
	Signer    URI // whose signature brought it; equal to Actor for our own
	Host      string
	Object    URI
	Group     ID // community it concerns; zero for none
	Direction Direction
	State     State
	Reason    string // code and words of a refusal or of what is awaited
	Attempts  int
	NextTry   time.Time
	Domain    string // whose turn it takes while it waits; empty when it never waited
	Body      []byte
	At        time.Time
}

// LogValue writes ids, never bodies.
func (a Activity) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", a.ID.String()), slog.String("type", a.Type), slog.String("from", a.Host))
}

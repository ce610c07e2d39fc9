package actors

import "time"

// BidState is what has become of a bid.
type BidState string

// The states of a bid. One that is pending runs out when its time is up.
const (
	BidPending   BidState = "pending"
	BidAccepted  BidState = "accepted"
	BidDeclined  BidState = "declined"
	BidBounced   BidState = "bounced"   // its mail cannot be delivered
	BidWithdrawn BidState = "withdrawn" // a facilitator took it back
)

// Bid asks somebody into a community of this node: a person by address, whoever
// reads the mail of an e-mail address, or, with neither, as many as a link that is
// handed round allows.
type Bid struct {
	ID    ID
	Group ID
	By    ID     // the facilitator; zero where that is not known any more
	Email string // as typed, in small letters
	Actor ID     // who is asked, or took it up
	URI   URI    // of the Invite that was sent; empty for none
	Most  int    // how many may use it
	Taken int    // how many have
	State BidState
	Note  string // why its mail was not delivered

	Created  time.Time
	Expires  time.Time // zero: never
	Answered time.Time
}

// IsLink says whether it is a link to hand round.
func (b Bid) IsLink() bool { return b.Most > 1 || b.Email == "" && b.Actor == 0 }

// IsOpen says whether it can still be taken up.
func (b Bid) IsOpen(now time.Time) bool {
	return b.State == BidPending && !b.IsOver(now) && b.Taken < b.Most
}

// IsOver says whether its time is up with no answer.
func (b Bid) IsOver(now time.Time) bool {
	return b.State == BidPending && !b.Expires.IsZero() && !now.Before(b.Expires)
}

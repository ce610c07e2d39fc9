package actors

import "slices"

// PartnerState is how things stand with a partner, for those who look after
// connections.
type PartnerState string

// The states, in the order in which they need attention.
const (
	PartnerFailing PartnerState = "failing"  // the last thing sent to it did not arrive
	PartnerGivenUp PartnerState = "given-up" // silent for so long that nothing is sent any more
	PartnerWaiting PartnerState = "waiting"  // something is about to be sent
	PartnerFine    PartnerState = "fine"
	PartnerRefused PartnerState = "refused" // the rules let nothing be sent
)

// PartnerStates lists the states in the order in which they need attention.
func PartnerStates() []PartnerState {
	return []PartnerState{PartnerFailing, PartnerGivenUp, PartnerWaiting, PartnerFine, PartnerRefused}
}

// PartnerState says how things stand by how a partner is served. waits says that
// something is owed to it, to is what the rules say of sending to it.
func (c Cursor) PartnerState(to Decision, waits bool) PartnerState {
	switch {
	case !to.OK():
		return PartnerRefused
	case !c.Dead.IsZero():
		return PartnerGivenUp
	case c.Failures > 0 || c.LastError != "":
		return PartnerFailing
	case waits:
		return PartnerWaiting
	}
	return PartnerFine
}

// Valid says whether s is a state.
func (s PartnerState) Valid() bool { return slices.Contains(PartnerStates(), s) }

// Package inbox takes in what others send and say.
//
// The door (http.go) reads a bounded body, proves who signed it and asks the
// policy; only then is anything parsed or stored. An activity that needs
// nothing fetched is applied in the same commit that records it (invariants I1,
// I2). One that needs something is recorded as waiting, acknowledged, and
// finished by the worker (work.go), which fetches with no transaction open and
// then tries again.
//
// Each kind of activity is a file with one function. It decides from our own
// tables who may do what, never from what the activity says of itself, and
// calls the same actions as a person's form does. What it refuses changes
// nothing and leaves a line in the log that says which rule (invariant I5).
//
// Words relayed by a community are believed only as far as its own host can
// vouch for them, or their author's integrity proof does; everything else is read
// again from its origin (protocol.md 4.2(5)).
package inbox

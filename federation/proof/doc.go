// Package proof makes and verifies object integrity proofs (FEP-8b32) of the
// cryptosuite eddsa-jcs-2022: an Ed25519 signature that travels inside a document,
// so that an activity which somebody else passes on still proves who said it
// (protocol.md 3.5).
//
// A proof never takes the place of the HTTP signature of the request that
// carries it (security.md).
//
// The package does no I/O and reads no clock. What it signs and verifies is the
// document as it was received, never one that was read and written again.
package proof

// Package sign makes and judges HTTP signatures in two styles, and reads and
// writes the keys they need: draft-cavage-http-signatures-12, which every peer
// understands (protocol.md 3.1 and 3.2), and RFC 9421 (3.3).
//
// A signature proves only what it covers. So a request is believed when, and
// only when, all of this holds:
//
//	it carries one signature, in one style          S12, S39
//	its grammar is sound, and the key id is read    S14
//	from the one parse that everything else uses
//	it covers target, host, a time, and the digest  S2, S16
//	of the body
//	its time is near the node's own                 S7, S8
//	it was made for this host                       S9
//	the digest is that of the bytes that came       S3, S4, S6
//	the key is sound, and its owner speaks for it   S17, S18, S29
//	the signature is that key's                     S11, S15
//
// Parse does all but the last two, which need a key; Verify does everything.
// What comes out is a Verified, which nothing but this package can make: the
// signer, with the very bytes that were checked.
//
// The package opens no connection and reads no clock.
package sign

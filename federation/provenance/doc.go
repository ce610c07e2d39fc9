// Package provenance writes and verifies the record of one version of a document:
// who shared which bytes, when, at what stage and under what licence, signed by the
// site that shared them (users.md 3.7). It is a file of its own, that goes along
// with a copy and still proves where the copy is from when that site is gone.
//
// A record is JSON in its canonical form (RFC 8785) with an integrity proof of the
// cryptosuite eddsa-jcs-2022 (FEP-8b32) and no @context. Whoever has it, the public
// key of the site's own actor and the file can check it with nothing of ours and
// without a network:
//
//  1. take "proof" out of the record, and "proofValue" out of the proof;
//  2. write both in canonical form, and hash each with SHA-256;
//  3. verify the Ed25519 signature, which is proofValue in base58btc behind a "z", over the
//     two hashes one after the other, that of the proof first;
//  4. compare "sha256" with the SHA-256 of the file.
//
// The key is under assertionMethod of the actor in "attributedTo", with the id that
// the proof has as verificationMethod. FEDERATION.md says the same for others.
//
// Like any proof, a record can be shown to everyone by whoever may read it
// (protocol.md 8). The package does no I/O and reads no clock.
package provenance

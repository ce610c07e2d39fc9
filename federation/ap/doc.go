// Package ap holds the ActivityStreams documents that go over the wire
// (protocol.md), as small Go types.
//
// Reading is generous, writing has one spelling. Peers write a link as text, as
// an object or as an array; here it is one string. Documents are read as plain
// JSON with fixed, exact names: a JSON-LD context is never fetched and never
// changes what a name means.
//
// Every reader runs Check first. Check refuses what two JSON readers could
// understand in two ways: names given twice, names that differ only in case,
// prefixed spellings of the names that decide who did what (security.md X7,
// S74, S95). After it a small cursor walks the checked bytes, so that a
// document is read without being copied.
//
// A reader returns a value or an error that names the field, never part of a
// document. Text that is too long is cut, lists that are too long are refused
// (security.md S101, S102); Raw always holds what came.
//
// The package is pure: addresses stay strings here, and whoever acts on them
// turns them into actors.URI first.
package ap

// Package compare says what changed between the texts of two versions, for
// readers: which paragraphs are new, which are gone, and inside those that
// changed, which words (DOC-2).
//
// It is pure and its cost is bounded, whatever the texts: what is too much to
// compare word by word is compared by whole paragraphs, and the result says so.
// The same two texts always give the same result.
package compare

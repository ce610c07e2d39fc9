// Package search knows words: which a text has, which a query asks for, what
// makes one result better than another, and which lines of a text to show. It
// works on text alone. Both databases keep what Words.String makes and match
// what Match says, token by token, so that they find the same (decision 0030).
package search

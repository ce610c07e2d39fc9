// Package receipt reads and writes receipts: the signed word of a site that it has carried
// out what it was asked for, such as a deletion, or has not (decision 0034, FEDERATION.md).
//
// A receipt says what a site states of itself. It proves who said it and when, and not
// that it is so: a site that lies signs its lie.
package receipt

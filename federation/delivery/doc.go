// Package delivery sends the log: it carries what is owed to each partner there,
// in order (protocol.md 10, invariants I1, I5, I6, I8).
//
//	watch.go    reads what was added to the log and wakes the lanes it concerns
//	board.go    which lane is served next, and how many at once
//	lane.go     serves one partner for a turn: at most a batch, in the log's order
//	reply.go    what an answer means
//	asked.go    partners whom somebody wants tried at once
//	failing.go  waits, gives up, asks whether the dead live again
//	gone.go     followers who are no longer there
//	letters.go  bodies and signers, read once for many partners
//	save.go     writes how far a partner has been served
//
// There is no queue of copies. One row of the log stands for an audience, and
// each partner has a cursor. Whom a row is due, and whether this node still
// deals with the partner, is decided when it is sent. So recording costs the
// same with any number of partners, and a change of policy or membership
// applies to what is owed already.
//
// A delivery is made at least once: the cursor is saved after the answer, so a
// crash between the two sends it again, under the same id.
package delivery

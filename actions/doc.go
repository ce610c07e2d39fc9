// Package actions is everything that can be done on a node. The list of its
// files reads as the list of features.
//
// There is one write path: a person's form, a program's request and a partner's
// activity call the same functions here, inside one store.Tx. Each asks whether
// the one who acts may do it, changes the state, records the activity in the
// log and owes it to those who are due, all in that transaction (invariants I1,
// I2). Nothing here waits for the network.
package actions

// Package node assembles one whole node: database, rules, doors, lanes and
// pages, with clock, randomness and network as parts that can be exchanged.
//
// New opens the data and answers nobody yet. Handler is everything that the
// node says over HTTP. Run does the work that nobody waits for, until its
// context ends; Step does what is due now and returns, for tests that hold the
// clock. A node keeps for ever the host under which it first started, since
// every address that it ever gave out contains it.
package node

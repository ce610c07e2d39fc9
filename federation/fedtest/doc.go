// Package fedtest runs whole federations in one process: nodes as they are in
// production, on a network in memory, under a clock that only the test moves.
//
// A test reads like the story it tells:
//
//	town := fedtest.New(t, "north.example", "south.example")
//	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
//	parks := ann.Starts("parks")
//	bob.Joins(parks)
//	town.Settle()
//	ann.Posts(parks, "Tree planting dates")
//	town.Settle()
//	bob.Sees(parks, "Tree planting dates")
//
// What goes wrong between councils are verbs: Partition, Lose, Duplicate, Delay,
// Restart, Kill. A Stranger is a server that says and does whatever the test
// tells it to. All chance comes from one seed, printed when a test fails; with
// FEDTEST_SEED the same run is made again. With TEST_POSTGRES_URL every node
// keeps its data in a schema of its own there, else in SQLite.
package fedtest

// Package remote is the node's one door to the network (invariant I7): it reads
// actors, objects, collections, handles and node information of others, and
// carries a signed body to an inbox.
//
// Everything that comes back has passed the same checks, in this order:
//
//	address   canonical spelling, never our own host        actors.Addresses
//	policy    asked again on every hop of a redirect        Client.Decide
//	dial      the address that is checked is the address    Guard
//	          that is dialled, so a name cannot change
//	          between the two
//	answer    status, media type, size after decompression,
//	          ten seconds for the whole exchange
//	identity  the id in the body is the address it was
//	          read from (protocol.md 4.2(3))
//
// What goes out is signed in the best style that its host is known to read, and in
// the older one where that is refused (Styles, decision 0019).
//
// Keys answers whose key a key id names, with a cache, budgets and the binding
// of a key to its owner (protocol.md 3.2(7) to (9)).
//
// No error text contains bytes that a remote server chose (security.md S89);
// Error.Unwrap gives the cause to code that must tell causes apart.
package remote

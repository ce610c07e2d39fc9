// Package actors says who can act on a node, and what each may do.
//
// Everything here is pure: no clock, no network, no database. A person, a
// community and a node are all actors, as in ActivityPub: something with an
// address that signs what it says. A community is a Group actor that passes on
// what its members say (FEP-1b12). An account is a local person's sign-in; it
// stays on this node. A membership ties an actor to a community with a role.
//
// Three questions are answered here and nowhere else:
//
//	may this host do this?       Policy.Decide
//	may this viewer read this?   Viewer.MayRead (and the same rule in the store's SQL)
//	may this member do this?     Membership.May
package actors

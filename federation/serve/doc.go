// Package serve answers what other servers and programs read: discovery,
// actors, posts, activities, collections and the logs of communities
// (protocol.md 1, 2, 6 and 9.1).
//
// Every answer is found inside one read of the database, for one viewer: the
// anonymous public, or the actor whose signature the request carries. What the
// viewer may not read is answered exactly like what does not exist (invariant
// I4, security.md 404N). Cookies and tokens count for nothing here.
package serve

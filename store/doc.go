// Package store is the only place with SQL. The same statements run on SQLite,
// inside the binary, and on PostgreSQL.
//
// The portable subset:
//
//   - ids are BIGINT and made by the program, never by the database;
//   - times are BIGINT microseconds since 1970 in UTC, zero for "not";
//   - closed sets are TEXT with a CHECK; exact bytes are BYTEA;
//   - no now(), ILIKE, arrays, SELECT *, or writes inside a WITH;
//   - names are compared by a stored folded column, not by lower();
//   - a SELECT that pages has an index that gives its order.
//
// DB.Write runs one function at a time in a transaction; on SQLite many of them
// share one commit. DB.Read sees one moment of the database. No network call
// can be made inside either: a Tx has no client.
//
// Who may read a post is decided inside the query by the readable predicate,
// the SQL twin of actors.Viewer.MayRead.
package store

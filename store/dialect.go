package store

import (
	"fmt"
	"strings"

	"moothall/search"
)

// dialect holds the few words in which the databases differ.
type dialect struct {
	name string
	// lock follows a SELECT of rows that the transaction is about to change, where
	// others may be about to do the same. SQLite has one writer.
	lock string
	// skipLocked is lock for rows that are claimed by whoever comes first.
	skipLocked string
	// matching is the table of words in a query, narrowed to those that $3 matches,
	// the newest first.
	matching string
	// match writes $3 for it.
	match func(search.Match) string
	// putWords writes the words $2 of row $1, and so on for some rows, in place of those that they have.
	putWords func(rows int) string
	// putMany says that putWords is better run for many rows at once.
	putMany bool
	// tidyWords is run when all words are written.
	tidyWords string
	// forSearch is run before a search.
	forSearch string
}

var (
	// The rows come one by one in the order of the table, so that the query ends as
	// soon as it has enough. A statement for more than one row of words would have
	// FTS5 write all that it has gathered in the transaction first.
	sqliteDialect = dialect{
		name:     "sqlite",
		matching: `search_words w CROSS JOIN post p ON p.id = w.rowid AND w.search_words MATCH $3`,
		match:    search.Match.FTS5,
		putWords: func(rows int) string {
			return `INSERT OR REPLACE INTO search_words (rowid, words) VALUES ` + pairs("($%d, $%d)", rows)
		},
	}
	// The index gives all rows at once; OFFSET 0 keeps what is found and its order as
	// they are, so that posts are read only until there are enough. Reading the words of a row costs more than the planner
	// thinks, so it is kept from reading them instead of the index.
	postgresDialect = dialect{
		name: "postgres", lock: " FOR UPDATE", skipLocked: " FOR UPDATE SKIP LOCKED",
		matching: `(SELECT f.rowid FROM (SELECT x.rowid FROM search_words x
				WHERE x.words @@ CAST(CAST($3 AS TEXT) AS TSQUERY) OFFSET 0) AS f ORDER BY f.rowid DESC OFFSET 0) AS w
			JOIN post p ON p.id = w.rowid`,
		match: search.Match.TSQuery,
		putWords: func(rows int) string {
			return `INSERT INTO search_words (rowid, words) VALUES ` + pairs("(CAST($%d AS BIGINT), CAST(CAST($%d AS TEXT) AS TSVECTOR))", rows) +
				` ON CONFLICT (rowid) DO UPDATE SET words = EXCLUDED.words`
		},
		putMany: true,
		// What is new stands in a list at first, up to 4 MB of it, which every search walks through.
		tidyWords: `SELECT gin_clean_pending_list('search_words_gin')`,
		forSearch: "SET LOCAL enable_seqscan = off",
	}
)

// pairs writes a row of two values so often, with the numbers of their arguments.
func pairs(row string, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(row, 2*i+1, 2*i+2)
	}
	return strings.Join(list, ", ")
}

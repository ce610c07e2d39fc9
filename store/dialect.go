package store

// dialect holds the few words in which the databases differ.
type dialect struct {
	name string
	// lock follows a SELECT of rows that the transaction is about to change, where
	// others may be about to do the same. SQLite has one writer.
	lock string
	// skipLocked is lock for rows that are claimed by whoever comes first.
	skipLocked string
}

var (
	sqliteDialect   = dialect{name: "sqlite"}
	postgresDialect = dialect{name: "postgres", lock: " FOR UPDATE", skipLocked: " FOR UPDATE SKIP LOCKED"}
)

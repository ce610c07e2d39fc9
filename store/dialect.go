package store

// dialect holds the few words in which the databases differ.
type dialect struct {
	name string
	// skipLocked follows a SELECT that claims rows which others may claim too.
	skipLocked string
}

var (
	sqliteDialect   = dialect{name: "sqlite"}
	postgresDialect = dialect{name: "postgres", skipLocked: " FOR UPDATE SKIP LOCKED"}
)

package store_test

import (
	"testing"

	"moothall/store/storetest"
)

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, storetest.SQLite)
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.PostgresURL(t) // skips as a whole
	storetest.Run(t, storetest.Postgres)
}

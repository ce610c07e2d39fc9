package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/store"
	"moothall/store/storetest"
)

// columns lists every column of a database and whether it may be NULL.
func columns(t *testing.T, driver, address, query string) (out []string) {
	t.Helper()
	pool, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	rows, err := pool.Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table, column string
		var optional bool
		if err := rows.Scan(&table, &column, &optional); err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprintf("%s.%s optional=%v", table, column, optional))
	}
	if err := rows.Err(); err != nil || len(out) == 0 {
		t.Fatal("no columns", err)
	}
	return out
}

func TestBothDatabasesHaveTheSameColumns(t *testing.T) {
	t.Parallel()
	address := storetest.PostgresURL(t)
	path := filepath.Join(t.TempDir(), "a.db")
	for _, where := range []string{address, "sqlite:" + path} {
		db, err := store.Open(context.Background(), where)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	// The table of words is the one that differs (decision 0030).
	// A primary key is never NULL on PostgreSQL; SQLite says so only when told.
	lite := columns(t, "sqlite", "file:"+path, `
		SELECT m.name, c.name, c."notnull" = 0 AND c.pk = 0 FROM sqlite_schema m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version' AND m.name NOT LIKE 'search_words%' ORDER BY 1, 2`)
	pg := columns(t, "pgx", address, `
		SELECT table_name::text COLLATE "C", column_name::text COLLATE "C", is_nullable = 'YES' FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name NOT IN ('goose_db_version', 'search_words') ORDER BY 1, 2`)
	if d := cmp.Diff(lite, pg); d != "" {
		t.Error(d)
	}
}

package store

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"testing"
)

func TestS228_NewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := "sqlite:" + filepath.Join(t.TempDir(), "a.db")
	db, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.pool.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, path); !errors.Is(err, ErrNewerSchema) {
		t.Errorf("Open gave %v", err)
	}
}

func TestS228_TwoProgramsStartAtOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	path := "sqlite:" + filepath.Join(t.TempDir(), "a.db")
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			db, err := Open(ctx, path)
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			if err := db.Write(ctx, func(tx *Tx) error { return tx.SetSetting(ctx, "x", "y") }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestMigrationsGoDownAndUpOnAFilledDatabase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	pool, err := sql.Open("sqlite", sqliteDSN(filepath.Join(t.TempDir(), "a.db")))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := migrate(ctx, pool, sqliteDialect); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(`INSERT INTO organisation (id, name, created_at) VALUES (1, 'North', 1)`); err != nil {
		t.Fatal(err)
	}
	p, err := provider(pool, sqliteDialect)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Down(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestKeysOfSQLiteAreTheirRows(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, err := Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.pool.Query(`
		SELECT m.name FROM sqlite_schema m, pragma_index_list(m.name) i, pragma_index_info(i.name) c
		WHERE m.type = 'table' AND m.name NOT LIKE 'search_words%' AND i.origin = 'pk' GROUP BY m.name
		HAVING COUNT(*) = 1 AND (SELECT type FROM pragma_table_info(m.name) WHERE pk = 1) <> 'TEXT'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		t.Errorf("table %s keeps its numbers in a second tree", table)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}

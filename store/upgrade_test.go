package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestUpgradeKeepsEveryRow opens a database as the first release left it, with a
// row in every table: some later steps build a table anew.
func TestUpgradeKeepsEveryRow(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "moothall.db")
	old, err := sql.Open("sqlite", sqliteDSN(path))
	if err != nil {
		t.Fatal(err)
	}
	p, err := provider(old, sqliteDialect)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(ctx, 1); err != nil {
		t.Fatal(err)
	}
	before := tablesOf(t, old)
	fillTables(t, old, before)
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := Open(ctx, "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, table := range before {
		var n int
		if err := db.pool.QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n); err != nil || n != 1 {
			t.Errorf("%s has %d rows after the upgrade: %v", table, n, err)
		}
	}
	var problems int
	if err := db.pool.QueryRow(`SELECT COUNT(*) FROM pragma_foreign_key_check`).Scan(&problems); err != nil || problems > 0 {
		t.Errorf("%d references lead nowhere: %v", problems, err)
	}
}

func tablesOf(t *testing.T, db *sql.DB) (names []string) {
	t.Helper()
	rows, err := db.Query(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'
		ORDER BY name <> 'actor', name <> 'organisation', name <> 'activity', name <> 'post', name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// fillTables puts one row into each table: numbers are 1, and words are the first
// that a rule of the table allows.
func fillTables(t *testing.T, db *sql.DB, tables []string) {
	t.Helper()
	for _, table := range tables {
		var text string
		if err := db.QueryRow(`SELECT sql FROM sqlite_schema WHERE name = ?`, table).Scan(&text); err != nil {
			t.Fatal(err)
		}
		rows, err := db.Query(`SELECT name, type FROM pragma_table_info(?)`, table)
		if err != nil {
			t.Fatal(err)
		}
		var columns, values []string
		for rows.Next() {
			var name, kind string
			if err := rows.Scan(&name, &kind); err != nil {
				t.Fatal(err)
			}
			columns, values = append(columns, name), append(values, valueFor(text, name, kind))
		}
		rows.Close()
		line := fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s)`, table, strings.Join(columns, ", "), strings.Join(values, ", "))
		if _, err := db.Exec(line); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
}

func valueFor(table, column, kind string) string {
	if kind != "TEXT" {
		return "1"
	}
	if _, rule, ok := strings.Cut(table, "CHECK ("+column+" IN ("); ok {
		word, _, _ := strings.Cut(rule, ",")
		word, _, _ = strings.Cut(word, ")")
		return word
	}
	return "'words'"
}

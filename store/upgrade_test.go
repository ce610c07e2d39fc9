package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// beforeTheLibrary are discussions as a node of step 12 holds them: a question that a
// facilitator closed, with a comment for everyone and one for members only, and a
// discussion that was edited and hidden.
const beforeTheLibrary = `
	INSERT INTO post (id, uri, group_id, author_id, parent_id, root_id, depth, kind, type, title, audience, standing, local,
			replies, revision, locked, locked_why, hidden_why, last_reply_at, published_at, updated_at) VALUES
		(10, 'https://a.example/10', 1, 1, 0, 10, 0, 'question', 'Note', 'Who licenses scooters?', 'public', 'accepted', TRUE,
			2, 3, TRUE, 'Answered', '', 120, 100, 0),
		(11, 'https://a.example/11', 1, 1, 10, 10, 1, 'comment', 'Note', '', 'public', 'accepted', TRUE,
			0, 1, FALSE, '', '', 110, 110, 0),
		(12, 'https://a.example/12', 1, 1, 10, 10, 1, 'comment', 'Note', '', 'members', 'accepted', FALSE,
			0, 0, FALSE, '', '', 120, 120, 0),
		(13, 'https://a.example/13', 1, 1, 0, 13, 0, 'discussion', 'Page', 'Bins', 'network', 'hidden', FALSE,
			0, 7, FALSE, '', 'Twice', 130, 130, 140);
	INSERT INTO audit (id, by_id, action, target, detail, at, group_id) VALUES (10, 1, 'lock', 'https://a.example/10', 'Answered', 125, 1);
	INSERT INTO notification (id, actor_id, kind, post_id, group_id, by_id, at, seen_at) VALUES (10, 1, 'locked', 10, 1, 1, 125, 126);
	INSERT INTO activity (id, uri, type, actor, signer, host, direction, state, at) VALUES
		(10, 'https://b.example/1', 'Like', 'https://b.example/p', 'https://b.example/p', 'b.example', 'in', 'waiting', 130);`

// TestUpgradeToTheLibrary opens a database as it was before documents came: what is
// in each column stays, but for what a step says that it changes.
func TestUpgradeToTheLibrary(t *testing.T) {
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
	if _, err := p.UpTo(ctx, 12); err != nil {
		t.Fatal(err)
	}
	tables := tablesOf(t, old)
	fillTables(t, old, tables)
	if _, err := old.Exec(beforeTheLibrary); err != nil {
		t.Fatal(err)
	}
	columns, want := map[string]string{}, map[string]string{}
	for _, table := range tables {
		columns[table] = columnsOf(t, old, table)
		want[table] = rowsOf(t, old, table, columns[table])
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}

	db, err := Open(ctx, "sqlite:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	// A reply for fewer people is no longer counted with those for everyone (step 19).
	if _, err := db.pool.Exec(`UPDATE post SET replies = replies + 1, last_reply_at = 120 WHERE id = 10 AND replies = 1 AND last_reply_at = 110`); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if diff := cmp.Diff(want[table], rowsOf(t, db.pool, table, columns[table])); diff != "" {
			t.Errorf("%s (-before +after):\n%s", table, diff)
		}
	}
	for question, want := range map[string]string{
		`SELECT locked_at FROM post WHERE id = 10`:                              "125",
		`SELECT replies FROM aside WHERE root_id = 10 AND audience = 'members'`: "1",
		`SELECT domain FROM activity WHERE id = 10`:                             "b.example",
		`SELECT COUNT(*) FROM search_due`:                                       "5",
		`SELECT COUNT(*) FROM document`:                                         "0",
		`UPDATE post SET kind = 'document' WHERE id = 13 RETURNING kind`:        "document",
		`SELECT COUNT(*) FROM pragma_foreign_key_check`:                         "0",
	} {
		var got string
		if err := db.pool.QueryRow(question).Scan(&got); err != nil || got != want {
			t.Errorf("%s gave %q, want %q: %v", question, got, want, err)
		}
	}
}

func columnsOf(t *testing.T, db *sql.DB, table string) (list string) {
	t.Helper()
	if err := db.QueryRow(`SELECT group_concat(name, ', ') FROM pragma_table_info(?)`, table).Scan(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

// rowsOf gives what is in these columns, a line for each row.
func rowsOf(t *testing.T, db *sql.DB, table, columns string) (text string) {
	t.Helper()
	line := fmt.Sprintf(`SELECT COALESCE(group_concat(line, char(10)), '') FROM (SELECT concat_ws('|', %s) AS line FROM %s ORDER BY 1)`, columns, table)
	if err := db.QueryRow(line).Scan(&text); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return text
}

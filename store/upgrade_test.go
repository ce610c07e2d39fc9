package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// before is a database as an earlier program left it.
type before struct {
	pool    *sql.DB
	pattern *sql.DB // SQLite with the same tables, which says what they look like
	address string
}

// upgrade gives each kind of database as it was after a step.
func upgrade(t *testing.T, step int64, test func(t *testing.T, old before)) {
	path := func(t *testing.T) string { return filepath.Join(t.TempDir(), "moothall.db") }
	t.Run("SQLite", func(t *testing.T) {
		at := path(t)
		pool := openAt(t, "sqlite", sqliteDSN(at), sqliteDialect, step)
		test(t, before{pool, pool, "sqlite:" + at})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		address := ownSchema(t)
		pattern := openAt(t, "sqlite", sqliteDSN(path(t)), sqliteDialect, step)
		test(t, before{openAt(t, "pgx", address, postgresDialect, step), pattern, address})
	})
}

func openAt(t *testing.T, driver, dsn string, d dialect, step int64) *sql.DB {
	t.Helper()
	pool, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	p, err := provider(pool, d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(context.Background(), step); err != nil {
		t.Fatal(err)
	}
	return pool
}

// ownSchema makes a schema for one test in the database that TEST_POSTGRES_URL names.
func ownSchema(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(os.Getenv("TEST_POSTGRES_URL"))
	if err != nil || u.String() == "" {
		t.Skip("TEST_POSTGRES_URL is not set: ", err)
	}
	pool, err := sql.Open("pgx", u.String())
	if err != nil {
		t.Fatal(err)
	}
	name := "upgrade_" + strings.ToLower(rand.Text())
	if _, err := pool.Exec(`CREATE SCHEMA ` + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := pool.Exec(`DROP SCHEMA ` + name + ` CASCADE`); err != nil {
			t.Error(err)
		}
		pool.Close()
	})
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// opened is the database brought up to date.
func (o before) opened(t *testing.T) *DB {
	t.Helper()
	if err := o.pool.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := Open(context.Background(), o.address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// checkReferences says whether references lead nowhere. PostgreSQL lets none be made.
func checkReferences(t *testing.T, db *DB) {
	t.Helper()
	if db.dialect.name != sqliteDialect.name {
		return
	}
	var problems int
	if err := db.pool.QueryRow(`SELECT COUNT(*) FROM pragma_foreign_key_check`).Scan(&problems); err != nil || problems > 0 {
		t.Errorf("%d references lead nowhere: %v", problems, err)
	}
}

// TestUpgradeKeepsEveryRow opens a database as the first release left it, with a
// row in every table: some later steps build a table anew.
func TestUpgradeKeepsEveryRow(t *testing.T) {
	upgrade(t, 1, func(t *testing.T, old before) {
		tables := tablesOf(t, old.pattern)
		old.fillTables(t, tables)
		db := old.opened(t)
		for _, table := range tables {
			var n int
			if err := db.pool.QueryRow(`SELECT COUNT(*) FROM ` + table).Scan(&n); err != nil || n != 1 {
				t.Errorf("%s has %d rows after the upgrade: %v", table, n, err)
			}
		}
		checkReferences(t, db)
	})
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
func (o before) fillTables(t *testing.T, tables []string) {
	t.Helper()
	var lines []string
	for _, table := range tables {
		var text string
		if err := o.pattern.QueryRow(`SELECT sql FROM sqlite_schema WHERE name = ?`, table).Scan(&text); err != nil {
			t.Fatal(err)
		}
		rows, err := o.pattern.Query(`SELECT name, type FROM pragma_table_info(?)`, table)
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
		lines = append(lines, fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s)`, table, strings.Join(columns, ", "), strings.Join(values, ", ")))
	}
	for _, line := range lines {
		if _, err := o.pool.Exec(line); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
	}
}

func valueFor(table, column, kind string) string {
	switch kind {
	case "TEXT":
	case "BOOLEAN":
		return "TRUE"
	case "BYTEA", "BLOB":
		return "'1'"
	default:
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
	upgrade(t, 12, func(t *testing.T, old before) {
		tables := tablesOf(t, old.pattern)
		old.fillTables(t, tables)
		if _, err := old.pool.Exec(beforeTheLibrary); err != nil {
			t.Fatal(err)
		}
		columns, want := map[string]string{}, map[string]string{}
		for _, table := range tables {
			columns[table] = columnsOf(t, old.pattern, table)
			want[table] = rowsOf(t, old.pool, table, columns[table])
		}
		db := old.opened(t)
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
		} {
			var got string
			if err := db.pool.QueryRow(question).Scan(&got); err != nil || got != want {
				t.Errorf("%s gave %q, want %q: %v", question, got, want, err)
			}
		}
		checkReferences(t, db)
	})
}

func columnsOf(t *testing.T, db *sql.DB, table string) (list string) {
	t.Helper()
	if err := db.QueryRow(`SELECT group_concat(name, ', ') FROM pragma_table_info(?)`, table).Scan(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

// rowsOf gives what is in these columns, a line for each row.
func rowsOf(t *testing.T, db *sql.DB, table, columns string) string {
	t.Helper()
	rows, err := db.Query(fmt.Sprintf(`SELECT concat_ws('|', %s) AS line FROM %s`, columns, table))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"database/sql"
)

// Schema says at which step a database is, and which is the newest that this
// program knows. It changes nothing.
func Schema(ctx context.Context, address string) (current, newest int64, err error) {
	pool, d, err := pool(address)
	if err != nil {
		return 0, 0, err
	}
	defer pool.Close()
	p, err := provider(pool, d)
	if err != nil {
		return 0, 0, fmt.Errorf("read the schema: %w", err)
	}
	current, newest, err = p.GetVersions(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("read the schema: %w", err)
	}
	if current > newest {
		return current, newest, fmt.Errorf("%w: it is at step %d, this program knows %d", ErrNewerSchema, current, newest)
	}
	return current, newest, nil
}

func pool(address string) (*sql.DB, dialect, error) {
	if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
		db, err := sql.Open("sqlite", sqliteDSN(path))
		return db, sqliteDialect, err
	}
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, dialect{}, fmt.Errorf("open postgres: %w", err)
	}
	return stdlib.OpenDB(*cfg), postgresDialect, nil
}

// Check reads all of the database and says whether it holds together. On
// PostgreSQL, which looks after its own pages, it only asks for an answer.
func (db *DB) Check(ctx context.Context) error {
	if db.dialect.name != sqliteDialect.name {
		return db.Ping(ctx)
	}
	return db.Read(ctx, func(tx *Tx) error {
		lines, err := collect(ctx, tx, scanValue[string], `PRAGMA integrity_check(10)`)
		if err != nil {
			return fmt.Errorf("check the database: %w", err)
		}
		if len(lines) != 1 || lines[0] != "ok" {
			return fmt.Errorf("the database is damaged: %s", strings.Join(lines, "; "))
		}
		return nil
	})
}

// NewestActivity says when the last line of the log was written; zero where
// there is none.
func (t *Tx) NewestActivity(ctx context.Context) (time.Time, error) {
	at, err := one(ctx, t, scanValue[int64], `SELECT COALESCE(MAX(at), 0) FROM activity
		WHERE id = (SELECT MAX(id) FROM activity)`)
	return fromMicros(at), err
}

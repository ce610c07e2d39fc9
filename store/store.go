package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the embedded database
)

// DB is the node's database.
type DB struct {
	dialect dialect
	pool    *sql.DB // all work on PostgreSQL; migrations on SQLite
	writer  *writer // SQLite only
	readers *readers
}

// Open opens the database that a URL names, sqlite:PATH or postgres://…, and
// brings its tables up to date.
func Open(ctx context.Context, address string) (*DB, error) {
	scheme, rest, ok := strings.Cut(address, ":")
	if !ok {
		return nil, fmt.Errorf("database %q: want sqlite:PATH or postgres://…", address)
	}
	switch scheme {
	case "sqlite":
		return openSQLite(ctx, rest)
	case "postgres", "postgresql":
		return openPostgres(ctx, address)
	}
	return nil, fmt.Errorf("database scheme %q: want sqlite or postgres", scheme)
}

const (
	sqliteReaders = 4
	postgresConns = 12
)

func openSQLite(ctx context.Context, path string) (*DB, error) {
	if path == "" {
		return nil, errors.New("open sqlite: no file named")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	pool, err := sql.Open("sqlite", sqliteDSN(path))
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	pool.SetMaxOpenConns(sqliteReaders + 1)
	pool.SetMaxIdleConns(sqliteReaders + 1)
	db := &DB{dialect: sqliteDialect, pool: pool}
	if err := db.openSQLiteSessions(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return db, nil
}

// sqliteDSN sets what every connection needs: durable commits, foreign keys,
// erased text overwritten (security.md X9).
func sqliteDSN(path string) string {
	q := url.Values{}
	for _, p := range []string{
		"busy_timeout(10000)", "journal_mode(wal)", "synchronous(full)", "foreign_keys(1)",
		"secure_delete(1)", "temp_store(memory)", "cache_size(-4000)", "wal_autocheckpoint(2000)",
	} {
		q.Add("_pragma", p)
	}
	return "file:" + path + "?" + q.Encode()
}

func (db *DB) openSQLiteSessions(ctx context.Context) error {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open sqlite: %w", err)
	}
	if err := migrate(ctx, db.pool, db.dialect); err != nil {
		conn.Close()
		return err
	}
	db.writer = newWriter(newSession(conn))
	db.readers = newReaders(db.pool, sqliteReaders)
	return nil
}

func openPostgres(ctx context.Context, address string) (*DB, error) {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fmt.Errorf("open postgres: %w", err)
	}
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(postgresConns)
	pool.SetMaxIdleConns(postgresConns)
	if err := migrate(ctx, pool, postgresDialect); err != nil {
		pool.Close()
		return nil, err
	}
	return &DB{dialect: postgresDialect, pool: pool}, nil
}

// Write runs f in a transaction. What f changed is durable when Write returns
// nil, and undone when it returns an error. f must not wait for anything but
// the database: on SQLite everyone else's writes wait behind it.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error {
	if db.writer != nil {
		return db.writer.do(ctx, f)
	}
	var err error
	for range writeTries {
		if err = db.writePostgres(ctx, f); !isSerialisation(err) {
			return err
		}
	}
	return err
}

// writeTries bounds how often a write that met another one is run again.
const writeTries = 5

func (db *DB) writePostgres(ctx context.Context, f func(*Tx) error) error {
	sqlTx, err := db.pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer sqlTx.Rollback()
	tx := &Tx{q: sqlTx, dialect: db.dialect, writes: true}
	if err := f(tx); err != nil {
		return err
	}
	if err := sqlTx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	tx.runAfter()
	return nil
}

// Read runs f on one moment of the database.
func (db *DB) Read(ctx context.Context, f func(*Tx) error) error {
	if db.readers != nil {
		return db.readers.do(ctx, f)
	}
	sqlTx, err := db.pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer sqlTx.Rollback()
	return f(&Tx{q: sqlTx, dialect: db.dialect})
}

// Ping says whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	return db.Read(ctx, func(tx *Tx) error {
		_, err := tx.Setting(ctx, "ping")
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		return err
	})
}

// Close waits for the write under way and closes the database.
func (db *DB) Close() error {
	if db.writer != nil {
		db.writer.close()
		db.readers.close()
	}
	return db.pool.Close()
}

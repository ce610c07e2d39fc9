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
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the embedded database

	"moothall/search"
)

// DB is the node's database.
type DB struct {
	dialect dialect
	pool    *sql.DB // all work on PostgreSQL; migrations on SQLite
	writer  *writer // SQLite only
	readers *readers
	closed  atomic.Bool

	indexing sync.Mutex // one round of IndexDue at a time
	stems    search.Stems
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
	if path == "" || strings.HasPrefix(path, ":memory:") {
		return nil, errors.New("open sqlite: no file named")
	}
	if err := createPrivately(path); err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	pool, err := sql.Open("sqlite", sqliteDSN(path))
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	pool.SetMaxOpenConns(sqliteReaders + 2) // migrations use two at once
	pool.SetMaxIdleConns(sqliteReaders + 2)
	db := &DB{dialect: sqliteDialect, pool: pool}
	if err := db.openSQLiteSessions(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return db, nil
}

// createPrivately makes the file readable by its owner alone: it holds private
// keys. SQLite gives the files beside it the same rights.
func createPrivately(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// sqliteDSN sets what every connection needs: durable commits, foreign keys,
// erased text overwritten, and no transaction that begins by reading and finds
// itself unable to write (security.md X9).
func sqliteDSN(path string) string {
	q := url.Values{"_txlock": {"immediate"}}
	for _, p := range []string{
		"busy_timeout(10000)", "journal_mode(wal)", "synchronous(full)", "foreign_keys(1)",
		"secure_delete(1)", "temp_store(memory)", "cache_size(-4000)", "wal_autocheckpoint(8000)",
	} {
		q.Add("_pragma", p)
	}
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path) + "?" + q.Encode()
}

func (db *DB) openSQLiteSessions(ctx context.Context) error {
	if err := migrate(ctx, db.pool, db.dialect); err != nil {
		return err
	}
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("open sqlite: %w", err)
	}
	session := newSession(conn)
	// Every write goes through the tops of some twenty trees: they stay at hand.
	if err := session.run("PRAGMA cache_size = -16000"); err != nil {
		return fmt.Errorf("open sqlite: %w", err)
	}
	db.writer = newWriter(session)
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
// nil, and undone when it returns an error. A panic in f becomes an error.
//
// f must not wait for anything but the database: on SQLite everyone else's
// writes wait behind it. f may be run again, on PostgreSQL when it met another
// write, on SQLite when one that shares its commit failed half-way, so it keeps
// nothing from an earlier run.
func (db *DB) Write(ctx context.Context, f func(*Tx) error) error {
	if db.writer != nil {
		j := &job{f: f}
		if err := db.writer.do(ctx, j); err != nil {
			return err
		}
		j.tx.runAfter()
		return nil
	}
	var tx *Tx
	var err error
	for range writeTries {
		if tx, err = db.writePostgres(ctx, f); !isSerialisation(err) {
			break
		}
	}
	if err != nil {
		return db.endOf(err)
	}
	tx.runAfter()
	return nil
}

// writeTries bounds how often a write that met another one is run again.
const writeTries = 5

func (db *DB) writePostgres(ctx context.Context, f func(*Tx) error) (*Tx, error) {
	conn, err := db.pool.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	defer conn.Close()
	// A commit that is on its way is not called back: nobody would know how it ended.
	sqlTx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	defer sqlTx.Rollback()
	tx := &Tx{q: sqlTx, dialect: db.dialect}
	if err := guarded(tx, f); err != nil {
		return nil, err
	}
	if err := sqlTx.Commit(); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	return tx, nil
}

// endOf names the error of using a database that has been closed.
func (db *DB) endOf(err error) error {
	if err != nil && db.closed.Load() {
		return errors.Join(ErrClosed, err)
	}
	return err
}

// Read runs f on one moment of the database.
func (db *DB) Read(ctx context.Context, f func(*Tx) error) error {
	if db.readers != nil {
		return db.readers.do(ctx, f)
	}
	sqlTx, err := db.pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
	if err != nil {
		return db.endOf(fmt.Errorf("begin: %w", err))
	}
	defer sqlTx.Rollback()
	return f(&Tx{q: sqlTx, dialect: db.dialect})
}

// Kind names the kind of database, for administrators.
func (db *DB) Kind() string {
	if db.writer != nil {
		return "SQLite"
	}
	return "PostgreSQL"
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

// Checkpoint empties the write-ahead log of SQLite into the database file, so
// that erased text is gone from both (security.md S216). It does nothing on
// PostgreSQL.
func (db *DB) Checkpoint(ctx context.Context) error {
	if db.writer == nil {
		return nil
	}
	return db.writer.do(ctx, &job{bare: func(s *sqlSession) error {
		busy, err := one(ctx, &Tx{q: s}, func(s scanner) (busy bool, err error) {
			var pages, done int
			err = s.Scan(&busy, &pages, &done)
			return busy, err
		}, "PRAGMA wal_checkpoint(TRUNCATE)")
		if err == nil && busy {
			err = errors.New("a reader is in the way")
		}
		if err != nil {
			return fmt.Errorf("checkpoint: %w", err)
		}
		return nil
	}})
}

// Close waits for the write under way and closes the database. Writes that have
// not begun return ErrClosed.
func (db *DB) Close() error {
	db.closed.Store(true)
	if db.writer != nil {
		db.writer.close()
		db.readers.close()
	}
	return db.pool.Close()
}

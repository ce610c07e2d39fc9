package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

//go:embed migrations
var migrations embed.FS

// ErrNewerSchema says that the database was written by a newer program.
var ErrNewerSchema = errors.New("the database belongs to a newer version of moothall")

// migrate brings the tables up to date, each step in one transaction with its
// number. Two programs may do so at once: on PostgreSQL a lock makes the second
// wait, on SQLite it finds the work done when its turn comes (security.md S228).
func migrate(ctx context.Context, pool *sql.DB, d dialect) error {
	var err error
	for range migrateTries {
		if err = migrateOnce(ctx, pool, d); err == nil || errors.Is(err, ErrNewerSchema) || ctx.Err() != nil {
			return err
		}
	}
	return fmt.Errorf("migrate: %w", err)
}

const migrateTries = 3

func migrateOnce(ctx context.Context, pool *sql.DB, d dialect) error {
	p, err := provider(pool, d)
	if err != nil {
		return err
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return err
	}
	if current > target {
		return fmt.Errorf("%w: it is at step %d, this program knows %d", ErrNewerSchema, current, target)
	}
	if current == target {
		return nil
	}
	_, err = p.Up(ctx)
	return err
}

func provider(pool *sql.DB, d dialect) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/common")
	if err != nil {
		return nil, err
	}
	mine := dialectWords{files, d.name}
	if d.name == sqliteDialect.name {
		return goose.NewProvider(database.DialectSQLite3, pool, mine)
	}
	return goose.NewProvider(database.DialectPostgres, pool, mine, goose.WithSessionLocker(schemaLock{}))
}

// schemaLock keeps two programs from changing one PostgreSQL schema at once.
type schemaLock struct{}

// SessionLock waits for the lock.
func (schemaLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(hashtext('moothall migrate'), hashtext(current_schema()))`)
	return err
}

// SessionUnlock gives it back.
func (schemaLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, `SELECT pg_advisory_unlock(hashtext('moothall migrate'), hashtext(current_schema()))`)
	return err
}

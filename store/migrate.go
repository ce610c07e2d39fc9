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
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var migrations embed.FS

// ErrNewerSchema says that the database was written by a newer program.
var ErrNewerSchema = errors.New("the database belongs to a newer version of moothall")

// migrate brings the tables up to date, each step in one transaction. On
// PostgreSQL a lock keeps two processes from doing it at once.
func migrate(ctx context.Context, pool *sql.DB, d dialect) error {
	p, err := provider(pool, d)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if current > target {
		return fmt.Errorf("%w: it is at step %d, this program knows %d", ErrNewerSchema, current, target)
	}
	if current == target {
		return nil
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func provider(pool *sql.DB, d dialect) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/common")
	if err != nil {
		return nil, err
	}
	if d.name == "sqlite" {
		return goose.NewProvider(database.DialectSQLite3, pool, files)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(database.DialectPostgres, pool, files, goose.WithSessionLocker(locker))
}

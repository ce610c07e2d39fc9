package store

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// translate gives driver errors the names that callers know.
func translate(err error) error {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() {
		case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
			return errors.Join(ErrConflict, err)
		}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return errors.Join(ErrConflict, err)
	}
	return err
}

// mayHaveUndone says whether SQLite may have given up the whole transaction when it
// gave this error, as it does when the disk is full or broken. It never does
// for a broken rule of a table.
func mayHaveUndone(err error) bool {
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff != sqlite3.SQLITE_CONSTRAINT
}

// isSerialisation says whether a write lost against another and may be run again.
func isSerialisation(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

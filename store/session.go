package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// ErrClosed says that the database has been closed.
var ErrClosed = errors.New("database closed")

// sqlSession is one SQLite connection with its prepared statements: compiling a
// statement costs more than running most of ours.
//
// A statement that has begun runs to its end, whatever becomes of the caller:
// interrupting a write would make SQLite undo the whole transaction, and with it
// the writes of others that share the commit. Every statement of ours is
// bounded, so that costs little; the context is asked before each one.
type sqlSession struct {
	conn  *sql.Conn
	stmts map[string]statement
	shelf *shelf // the writer's only

	// stoppable lets a query end with the context of its caller. It is for reading
	// alone, and for what may take long: searches (security.md S112).
	stoppable bool
}

func newSession(conn *sql.Conn) *sqlSession {
	return &sqlSession{conn: conn, stmts: map[string]statement{}}
}

func (s *sqlSession) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	st, ok := s.stmts[text]
	if !ok {
		prepared, err := s.conn.PrepareContext(context.Background(), text)
		if err != nil {
			return nil, err
		}
		st = compiled(prepared, text)
		s.stmts[text] = st
	}
	if st.changesActors && s.shelf != nil {
		s.shelf.shut = true
	}
	return st.Stmt, nil
}

// ExecContext runs a statement, compiled at its first use.
func (s *sqlSession) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	st, err := s.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(context.Background(), args...)
}

// QueryContext runs a query, compiled at its first use.
func (s *sqlSession) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	st, err := s.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	if !s.stoppable {
		ctx = context.Background()
	}
	return st.QueryContext(ctx, args...)
}

// run executes a word such as COMMIT.
func (s *sqlSession) run(word string) error {
	_, err := s.ExecContext(context.Background(), word)
	return err
}

func (s *sqlSession) close() {
	for _, st := range s.stmts {
		st.Close()
	}
	s.conn.Close()
}

// errUndo says that a part of a transaction could not be undone, so that
// nothing of it may be kept.
var errUndo = errors.New("cannot undo a part of the transaction")

// inSavepoint runs f and undoes what it did when it returns an error.
func inSavepoint(ctx context.Context, q queryer, name string, f func() error) error {
	if _, err := q.ExecContext(ctx, "SAVEPOINT "+name); err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	err := f()
	// A caller who has gone away must not keep its half-done work from being undone.
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		if _, e := q.ExecContext(ctx, "ROLLBACK TO SAVEPOINT "+name); e != nil {
			return errors.Join(err, errUndo, e)
		}
	}
	if _, e := q.ExecContext(ctx, "RELEASE SAVEPOINT "+name); e != nil {
		return errors.Join(err, errUndo, e)
	}
	return err
}

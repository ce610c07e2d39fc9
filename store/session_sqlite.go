package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// ErrClosed says that the database has been closed.
var ErrClosed = errors.New("database closed")

// sqlSession is one SQLite connection with its prepared statements: compiling a
// statement costs more than running most of ours.
type sqlSession struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

func newSession(conn *sql.Conn) *sqlSession {
	return &sqlSession{conn: conn, stmts: map[string]*sql.Stmt{}}
}

func (s *sqlSession) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if st, ok := s.stmts[text]; ok {
		return st, nil
	}
	st, err := s.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	s.stmts[text] = st
	return st, nil
}

// ExecContext runs a statement, compiled at its first use.
func (s *sqlSession) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	st, err := s.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return st.ExecContext(ctx, args...)
}

// QueryContext runs a query, compiled at its first use.
func (s *sqlSession) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	st, err := s.stmt(ctx, text)
	if err != nil {
		return nil, err
	}
	return st.QueryContext(ctx, args...)
}

func (s *sqlSession) close() {
	for _, st := range s.stmts {
		st.Close()
	}
	s.conn.Close()
}

// writer is the one goroutine that writes. Writes that arrive while a commit is
// on its way to the disk share the next one.
type writer struct {
	jobs chan job
	done chan struct{}
	once sync.Once
	quit chan struct{}
}

type job struct {
	ctx    context.Context
	f      func(*Tx) error
	result chan error
}

// maxBatch bounds how many writes share a commit, and so how long one waits.
const maxBatch = 64

func newWriter(s *sqlSession) *writer {
	w := &writer{jobs: make(chan job), done: make(chan struct{}), quit: make(chan struct{})}
	go w.run(s)
	return w
}

func (w *writer) do(ctx context.Context, f func(*Tx) error) error {
	j := job{ctx: ctx, f: f, result: make(chan error, 1)}
	select {
	case w.jobs <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return ErrClosed
	}
	// Once taken the write is carried out: the caller must learn how it ended.
	return <-j.result
}

func (w *writer) run(s *sqlSession) {
	defer close(w.done)
	defer s.close()
	for {
		select {
		case j := <-w.jobs:
			w.batch(s, j)
		case <-w.quit:
			return
		}
	}
}

// batch runs the first write and those that wait behind it, each in a savepoint
// of its own, and commits them together.
func (w *writer) batch(s *sqlSession, first job) {
	ctx := context.Background()
	if _, err := s.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		first.result <- fmt.Errorf("begin: %w", err)
		return
	}
	var good []job
	var txs []*Tx
	for j, more := first, true; more; j, more = w.next(len(good)) {
		tx := &Tx{q: s, dialect: sqliteDialect, writes: true}
		if err := inSavepoint(ctx, s, "job", func() error { return guarded(tx, j.f) }); err != nil {
			j.result <- err
			continue
		}
		good, txs = append(good, j), append(txs, tx)
	}
	_, err := s.ExecContext(ctx, "COMMIT")
	if err != nil {
		err = fmt.Errorf("commit: %w", err)
		_, _ = s.ExecContext(ctx, "ROLLBACK")
	}
	for i, j := range good {
		if err == nil {
			txs[i].runAfter()
		}
		j.result <- err
	}
}

func (w *writer) next(n int) (job, bool) {
	if n >= maxBatch {
		return job{}, false
	}
	select {
	case j := <-w.jobs:
		return j, true
	default:
		return job{}, false
	}
}

// guarded turns a panic in one write into its error: the writes that share the
// commit are not its fault.
func guarded(tx *Tx, f func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a write: %v", p)
		}
	}()
	return f(tx)
}

func (w *writer) close() {
	w.once.Do(func() { close(w.quit) })
	<-w.done
}

func inSavepoint(ctx context.Context, q queryer, name string, f func() error) error {
	if _, err := q.ExecContext(ctx, "SAVEPOINT "+name); err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	err := f()
	if err != nil {
		if _, e := q.ExecContext(ctx, "ROLLBACK TO SAVEPOINT "+name); e != nil {
			return errors.Join(err, fmt.Errorf("undo: %w", e))
		}
	}
	if _, e := q.ExecContext(ctx, "RELEASE SAVEPOINT "+name); e != nil {
		return errors.Join(err, fmt.Errorf("release savepoint: %w", e))
	}
	return err
}

// readers lends out a fixed number of SQLite connections for reading.
type readers struct {
	pool *sql.DB
	free chan *sqlSession
	size int
}

func newReaders(pool *sql.DB, size int) *readers {
	r := &readers{pool: pool, free: make(chan *sqlSession, size), size: size}
	for range size {
		r.free <- nil // opened at its first use
	}
	return r
}

func (r *readers) do(ctx context.Context, f func(*Tx) error) (err error) {
	var s *sqlSession
	select {
	case s = <-r.free:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { r.free <- s }()
	if s == nil {
		conn, err := r.pool.Conn(ctx)
		if err != nil {
			return fmt.Errorf("open a reader: %w", err)
		}
		fresh := newSession(conn)
		if _, err := fresh.ExecContext(ctx, "PRAGMA query_only = 1"); err != nil {
			conn.Close()
			return fmt.Errorf("open a reader: %w", err)
		}
		s = fresh
	}
	// The session outlives the request: its statements must not be cancelled half-way.
	if _, err := s.ExecContext(context.WithoutCancel(ctx), "BEGIN"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if _, e := s.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); e != nil && err == nil {
			err = fmt.Errorf("end of reading: %w", e)
		}
	}()
	return f(&Tx{q: s, dialect: sqliteDialect})
}

func (r *readers) close() {
	for range r.size {
		if s := <-r.free; s != nil {
			s.close()
		}
	}
}

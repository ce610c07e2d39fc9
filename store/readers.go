package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// readers lends out a fixed number of SQLite connections that cannot write.
type readers struct {
	pool *sql.DB
	free chan *sqlSession
	quit chan struct{}
	once sync.Once
}

func newReaders(pool *sql.DB, size int) *readers {
	r := &readers{pool: pool, free: make(chan *sqlSession, size), quit: make(chan struct{})}
	for range size {
		r.free <- nil // opened at its first use
	}
	return r
}

func (r *readers) do(ctx context.Context, f func(*Tx) error) (err error) {
	s, err := r.take(ctx)
	if err != nil {
		return err
	}
	defer func() { r.free <- s }()
	if s == nil {
		if s, err = r.open(); err != nil {
			return err
		}
	}
	if err := s.run("BEGIN"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if e := s.run("ROLLBACK"); e != nil {
			// A session stuck in an old moment of the database is of no use to the next reader.
			s.close()
			s = nil
			err = errors.Join(err, fmt.Errorf("end of reading: %w", e))
		}
	}()
	return f(&Tx{q: s, dialect: sqliteDialect})
}

func (r *readers) take(ctx context.Context) (*sqlSession, error) {
	select {
	case <-r.quit:
		return nil, ErrClosed
	default:
	}
	select {
	case s := <-r.free:
		return s, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-r.quit:
		return nil, ErrClosed
	}
}

func (r *readers) open() (*sqlSession, error) {
	conn, err := r.pool.Conn(context.Background())
	if err != nil {
		return nil, fmt.Errorf("open a reader: %w", err)
	}
	s := newSession(conn)
	if err := s.run("PRAGMA query_only = 1"); err != nil {
		s.close()
		return nil, fmt.Errorf("open a reader: %w", err)
	}
	return s, nil
}

func (r *readers) close() {
	r.once.Do(func() {
		close(r.quit)
		for range cap(r.free) {
			if s := <-r.free; s != nil {
				s.close()
			}
		}
	})
}

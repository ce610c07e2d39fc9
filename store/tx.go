package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrNotFound says that there is no such row, or none that the viewer may see.
var ErrNotFound = errors.New("not found")

// ErrConflict says that a row would break a rule of its table, such as a name
// that is taken.
var ErrConflict = errors.New("already there")

type queryer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Tx is a transaction: a moment of the database to read, or a change that
// happens as a whole.
type Tx struct {
	q       queryer
	dialect dialect
	after   []func()
	shelf   *shelf // on SQLite, for writes

	hopeful bool // nothing is prepared for undoing a part of it
	changes int  // statements that changed something
	spoilt  bool // a part should have been undone and was not: all is undone and done again
}

// After runs f once the transaction is durable, and not at all when it is undone.
// Several run in the order in which they were given, where Write was called and
// before it returns.
func (t *Tx) After(f func()) { t.after = append(t.after, f) }

func (t *Tx) runAfter() {
	for _, f := range t.after {
		f()
	}
}

// Try runs f and undoes what it did when it returns an error, without giving up
// the transaction around it.
func (t *Tx) Try(ctx context.Context, f func() error) error {
	mark := len(t.after)
	err := t.undoing(ctx, f)
	if err != nil {
		t.after = t.after[:mark]
	}
	return err
}

func (t *Tx) undoing(ctx context.Context, f func() error) error {
	if !t.hopeful {
		return inSavepoint(ctx, t.q, "try", f)
	}
	before := t.changes
	err := f()
	t.spoilt = t.spoilt || err != nil && t.changes != before
	return err
}

func (t *Tx) exec(ctx context.Context, text string, args ...any) (int64, error) {
	res, err := t.q.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, t.failed(err)
	}
	n, err := res.RowsAffected()
	if n != 0 || err != nil {
		t.changes++
	}
	return n, err
}

func (t *Tx) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if !reads(text) {
		t.changes++
	}
	rows, err := t.q.QueryContext(ctx, text, args...)
	return rows, t.failed(err)
}

// failed translates an error of the driver. After most kinds SQLite may have
// undone the whole transaction by itself, so nothing may be added to it.
func (t *Tx) failed(err error) error {
	t.spoilt = t.spoilt || mayHaveUndone(err)
	return translate(err)
}

// reads says whether a query changes nothing.
func reads(text string) bool {
	word, _, _ := strings.Cut(strings.TrimLeft(text, " \t\n"), " ")
	return word == "SELECT" || word == "PRAGMA"
}

// execOne is exec for a statement that must change a row.
func (t *Tx) execOne(ctx context.Context, text string, args ...any) error {
	n, err := t.exec(ctx, text, args...)
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// stoppable lets queries end with their context until the function that it returns is called.
func (t *Tx) stoppable() (restore func()) {
	s, ok := t.q.(*sqlSession)
	if !ok {
		return func() {} // PostgreSQL: they always do
	}
	s.stoppable = true
	return func() { s.stoppable = false }
}

type scanner interface{ Scan(dest ...any) error }

func one[T any](ctx context.Context, t *Tx, scan func(scanner) (T, error), text string, args ...any) (T, error) {
	var zero T
	rows, err := t.query(ctx, text, args...)
	if err != nil {
		return zero, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return zero, t.failed(err)
		}
		return zero, ErrNotFound
	}
	v, err := scan(rows)
	if err != nil {
		return zero, err
	}
	return v, rows.Close()
}

func collect[T any](ctx context.Context, t *Tx, scan func(scanner) (T, error), text string, args ...any) ([]T, error) {
	rows, err := t.query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, t.failed(rows.Err())
}

func scanValue[T any](s scanner) (v T, err error) {
	err = s.Scan(&v)
	return v, err
}

// inChunks is how many values one IN list has at the most.
const inChunks = 128

// eachChunk calls f with the list in pieces for an IN list. A piece is filled up
// to a power of two by repeating its last value, so that there are few
// different statements to keep prepared.
func eachChunk[T any](list []T, f func(args []any) error) error {
	for len(list) > 0 {
		n := min(inChunks, len(list))
		size := 1
		for size < n {
			size *= 2
		}
		args := make([]any, size)
		for i := range args {
			args[i] = list[min(i, n-1)]
		}
		if err := f(args); err != nil {
			return err
		}
		list = list[n:]
	}
	return nil
}

// in expands to $from, $from+1, … for a list of n values.
func in(from, n int) string {
	b := make([]byte, 0, 6*n)
	for i := range n {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(append(b, '$'), int64(from+i), 10)
	}
	return string(b)
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMicro(n).UTC()
}

// timeOf scans a column of microseconds into a time.
type timeOf struct{ t *time.Time }

// Scan reads what micros wrote.
func (c timeOf) Scan(src any) error {
	switch v := src.(type) {
	case int64:
		*c.t = fromMicros(v)
		return nil
	case nil:
		*c.t = time.Time{}
		return nil
	}
	return fmt.Errorf("a time is stored as %T", src)
}

// nextNumber hands out the next number of a sequence. Two transactions cannot
// hold numbers of one sequence at once, so their order is the order of commits.
func (t *Tx) nextNumber(ctx context.Context, name string) (int64, error) {
	return one(ctx, t, scanValue[int64], `
		INSERT INTO counter (name, value) VALUES ($1, 1)
		ON CONFLICT (name) DO UPDATE SET value = counter.value + 1
		RETURNING value`, name)
}

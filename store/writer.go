package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
)

// writer is the one goroutine that writes to SQLite. Writes that arrive while a
// commit is on its way to the disk share the next one.
type writer struct {
	session *sqlSession
	jobs    chan *job
	quit    chan struct{} // closed when no more jobs are taken
	done    chan struct{} // closed when the goroutine has ended
	once    sync.Once
}

// job is a write, or, with bare set, something that is run outside any transaction.
type job struct {
	f      func(*Tx) error
	bare   func(*sqlSession) error
	tx     *Tx
	result chan error
}

// maxBatch bounds how many writes share a commit, and so how long one waits.
const maxBatch = 64

func newWriter(s *sqlSession) *writer {
	s.shelf = &shelf{}
	w := &writer{session: s, jobs: make(chan *job), quit: make(chan struct{}), done: make(chan struct{})}
	go w.run()
	return w
}

func (w *writer) do(ctx context.Context, j *job) error {
	j.result = make(chan error, 1)
	select {
	case w.jobs <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return ErrClosed
	}
	// Once taken the write is carried out: the caller must learn how it ended.
	select {
	case err := <-j.result:
		return err
	case <-w.done:
	}
	select {
	case err := <-j.result:
		return err
	default:
		return ErrClosed
	}
}

func (w *writer) run() {
	defer close(w.done)
	defer w.session.close()
	defer w.stop() // also when a test ends this goroutine from inside a write
	for {
		select {
		case j := <-w.jobs:
			if j.bare != nil {
				j.result <- j.bare(w.session)
				continue
			}
			w.batch(j)
		case <-w.quit:
			return
		}
	}
}

// batch runs the first write and those that wait behind it, and commits them
// together.
func (w *writer) batch(first *job) {
	if err := w.begin(); err != nil {
		first.result <- err
		return
	}
	good, bare, ok := w.hopefully(first)
	if !ok {
		return
	}
	w.commit(good)
	if bare != nil {
		bare.result <- bare.bare(w.session)
	}
}

// hopefully runs writes without preparing to undo one of them alone, which would
// cost each a copy of every page that it changes. Those that fail have
// mostly changed nothing yet. When one has, all is undone, and the same writes are
// carried out again carefully.
func (w *writer) hopefully(first *job) (good []*job, bare *job, ok bool) {
	for j := first; j != nil; j = w.next(len(good)) {
		if j.bare != nil {
			return good, j, true
		}
		j.tx = &Tx{q: w.session, dialect: sqliteDialect, shelf: w.session.shelf, hopeful: true}
		err := guarded(j.tx, j.f)
		switch {
		case j.tx.spoilt, err != nil && j.tx.changes > 0:
			good, ok = w.carefully(append(good, j))
			return good, nil, ok
		case err != nil:
			j.result <- err
		default:
			good = append(good, j)
		}
	}
	return good, nil, true
}

// carefully undoes what has been done and runs the writes once more, each in a
// savepoint of its own.
func (w *writer) carefully(jobs []*job) (good []*job, ok bool) {
	err := w.session.run("ROLLBACK")
	if err == nil {
		err = w.begin()
	}
	if err != nil {
		w.abandon(jobs, err)
		return nil, false
	}
	for i, j := range jobs {
		j.tx = &Tx{q: w.session, dialect: sqliteDialect}
		err := inSavepoint(context.Background(), w.session, "job", func() error { return guarded(j.tx, j.f) })
		if errors.Is(err, errUndo) {
			w.abandon(append(good, jobs[i:]...), err)
			return nil, false
		}
		if err != nil {
			j.result <- err
			continue
		}
		good = append(good, j)
	}
	return good, true
}

func (w *writer) begin() error {
	err := w.session.run("BEGIN IMMEDIATE")
	if err != nil {
		// Never build on what a failed commit may have left open.
		_ = w.session.run("ROLLBACK")
		err = w.session.run("BEGIN IMMEDIATE")
	}
	if err == nil {
		err = w.session.shelf.open(context.Background(), w.session)
	}
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	return nil
}

func (w *writer) commit(good []*job) {
	err := w.session.run("COMMIT")
	if err != nil && len(good) > 0 {
		w.abandon(good, fmt.Errorf("commit: %w", err))
		return
	}
	for _, j := range good {
		j.result <- nil
	}
}

// abandon undoes the whole transaction. SQLite itself may have done so already,
// when the disk is full or broken.
func (w *writer) abandon(jobs []*job, err error) {
	_ = w.session.run("ROLLBACK")
	for _, j := range jobs {
		j.result <- err
	}
}

func (w *writer) next(n int) *job {
	if n >= maxBatch {
		return nil
	}
	for range 2 {
		select {
		case j := <-w.jobs:
			return j
		default:
			// Whoever is about to bring a write gets the processor first, if there
			// is anyone: a commit that is shared costs each of them less.
			runtime.Gosched()
		}
	}
	return nil
}

// guarded turns a panic in one write into its error: the writes that share the
// commit are not its fault.
func guarded(tx *Tx, f func(*Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack())
		}
	}()
	return f(tx)
}

func (w *writer) stop() { w.once.Do(func() { close(w.quit) }) }

func (w *writer) close() {
	w.stop()
	<-w.done
}

package store

import (
	"context"
	"database/sql"
	"regexp"

	"moothall/actors"
)

// shelf keeps actors that the SQLite writer has read: nearly every write begins
// with reading the same few, and an actor has many columns. It belongs to the one
// goroutine that writes. What it holds is what is committed, never more.
type shelf struct {
	actors  map[actors.URI]actors.Actor
	version int64 // of the database, as far as other processes changed it
	shut    bool  // this transaction has changed an actor
}

const (
	shelved     = 1000    // actors kept at once
	shelvedText = 4 << 10 // bytes of words that an actor may have to be kept
)

// open is called at the beginning of each transaction.
func (s *shelf) open(ctx context.Context, q queryer) error {
	version, err := one(ctx, &Tx{q: q}, scanValue[int64], `PRAGMA data_version`)
	if s.shut || version != s.version || err != nil {
		*s = shelf{version: version}
	}
	return err
}

// get finds an actor. It is safe on a nil shelf, as put is.
func (s *shelf) get(uri actors.URI) (actors.Actor, bool) {
	if s == nil || s.shut {
		return actors.Actor{}, false
	}
	a, ok := s.actors[uri]
	return a, ok
}

func (s *shelf) put(a actors.Actor) {
	if s == nil || s.shut || len(a.Summary)+len(a.Source) > shelvedText {
		return
	}
	if s.actors == nil || len(s.actors) >= shelved {
		s.actors = map[actors.URI]actors.Actor{}
	}
	s.actors[a.URI] = a
}

// changesActors matches every statement that writes to the table of actors.
var changesActors = regexp.MustCompile(`\b(UPDATE|INTO|FROM)\s+actor\b`)

// statement is a compiled statement.
type statement struct {
	*sql.Stmt
	changesActors bool
}

func compiled(st *sql.Stmt, text string) statement {
	return statement{st, !reads(text) && changesActors.MatchString(text)}
}

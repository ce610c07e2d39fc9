package web

import (
	"context"
	"errors"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
)

const (
	hashesAtOnce  = 4  // each takes 19 MiB for a while
	hashesWaiting = 32 // more than this are sent away
)

// slots bounds how much of something dear is done at once: passwords are hashed
// (security.md S114), searches made.
type slots struct{ running, waiting chan struct{} }

// open lets so many run at once, and so many wait.
func (l *slots) open(atOnce, waiting int) {
	l.running, l.waiting = make(chan struct{}, atOnce), make(chan struct{}, atOnce+waiting)
}

var (
	errBusy   = errors.New("too much to do at once")
	errLocked = errors.New("too many tries")
	errWrong  = errors.New("wrong password")
)

// whyNot is what to say of a password that was not accepted; empty for an error
// of another kind, or none.
func whyNot(err error, wrong string) string {
	switch {
	case errors.Is(err, errWrong):
		return wrong
	case errors.Is(err, errLocked), errors.Is(err, errBusy):
		return "There have been too many attempts. Wait 15 minutes and try again"
	}
	return ""
}

// do runs f when it is its turn.
func (l *slots) do(ctx context.Context, f func()) error {
	select {
	case l.waiting <- struct{}{}:
	default:
		return errBusy
	}
	defer func() { <-l.waiting }()
	select {
	case l.running <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-l.running }()
	f()
	return nil
}

// checkPassword counts a try and looks at the password. It takes as long where
// there is no such account. Errors are errWrong, errLocked, errBusy, or a fault.
func (s *Server) checkPassword(v *visit, login, password string) (actors.Account, error) {
	ctx := v.ctx()
	var try actions.Attempt
	err := s.DB.Write(ctx, func(tx *store.Tx) (err error) {
		try, err = s.Actions.Try(ctx, tx, login, addressOf(v.r))
		return err
	})
	if err != nil {
		return actors.Account{}, err
	}
	if try.Locked {
		return actors.Account{}, errLocked
	}
	right := false
	if err := s.hashing.do(ctx, func() { right = actions.CheckPassword(try.Account.Password, password) }); err != nil {
		return actors.Account{}, err
	}
	if !right || !try.Account.Disabled.IsZero() {
		return actors.Account{}, errWrong
	}
	err = s.DB.Write(ctx, func(tx *store.Tx) error { return s.Actions.Passed(ctx, tx, try) })
	return try.Account, err
}

// hashPassword makes the stored form of a new password when it is its turn.
func (s *Server) hashPassword(ctx context.Context, password string) (hash string, err error) {
	if e := s.hashing.do(ctx, func() { hash, err = s.Actions.HashPassword(password) }); e != nil {
		return "", e
	}
	return hash, err
}

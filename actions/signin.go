package actions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/store"
)

// How long a browser stays signed in: while it is used, for people; for those who
// run the node a shorter while, and not longer than a working day (users.md 6.3).
const (
	idlePerson = 12 * time.Hour
	idleAdmin  = 30 * time.Minute
	longAdmin  = 12 * time.Hour
)

// SessionEnds says when a session ends if it is not used again.
func SessionEnds(s actors.Session, role actors.AccountRole) time.Time {
	if role != actors.AccountAdmin {
		return s.Seen.Add(idlePerson)
	}
	if last := s.Created.Add(longAdmin); last.Before(s.Seen.Add(idleAdmin)) {
		return last
	}
	return s.Seen.Add(idleAdmin)
}

// Secret makes an unguessable text of 32 random bytes, for a cookie or a link.
func (a *Actions) Secret() (string, error) { return a.secret() }

// limit says how many failures cost nothing, how long the wait is after, and how
// soon one failure is forgotten when no other follows.
type limit struct {
	free  int
	first time.Duration // doubles with each failure
	most  time.Duration
	leak  time.Duration
}

// A person at an address that they have signed in from is counted apart, so that
// nobody can keep them out by guessing, nor a whole office behind one address
// (security.md S149).
var (
	personLimit  = limit{10, 30 * time.Second, 15 * time.Minute, time.Hour}
	addressLimit = limit{50, 30 * time.Second, 15 * time.Minute, time.Minute}
	nodeLimit    = limit{2000, time.Second, 4 * time.Second, time.Second}
)

// usualFor is how long an address from which somebody signed in is known as theirs.
const usualFor = 30 * 24 * time.Hour

func (l limit) wait(failures int) time.Duration {
	if failures < l.free {
		return 0
	}
	return min(l.first<<min(failures-l.free, 10), l.most)
}

func personCounter(who string) string { return "person:" + who }

// Attempt is one try at a password, counted before it is looked at: tries that
// come together must not all be free.
type Attempt struct {
	Account actors.Account // zero when there is none by that name
	Locked  bool           // too many tries: this one is not heard
	usual   string         // marks the address as one this person signs in from
	counted []counter
}

type counter struct {
	name  string
	limit limit
}

// Try begins a try at the password of whoever signs in as login, from an address.
func (a *Actions) Try(ctx context.Context, tx *store.Tx, login, address string) (Attempt, error) {
	var t Attempt
	account, err := tx.AccountByLogin(ctx, login)
	who := account.Actor.String()
	if errors.Is(err, store.ErrNotFound) {
		who, err = HashSecret(store.FoldEmail(login)), nil
	}
	if err != nil {
		return t, fmt.Errorf("find the account: %w", err)
	}
	t.Account, t.usual = account, "usual:"+who+":"+address
	mark, err := tx.Throttle(ctx, t.usual)
	if err != nil {
		return t, fmt.Errorf("count a try: %w", err)
	}
	t.counted = []counter{{personCounter(who), personLimit}, {"node", nodeLimit}, {"address:" + address, addressLimit}}
	if !mark.Last.IsZero() && a.Now().Sub(mark.Last) < usualFor {
		t.counted = []counter{{personCounter(who) + ":" + address, personLimit}}
	}
	return t, a.count(ctx, tx, &t)
}

func (a *Actions) count(ctx context.Context, tx *store.Tx, t *Attempt) error {
	now := a.Now()
	counts := make([]store.Throttle, len(t.counted))
	for i, c := range t.counted {
		th, err := tx.Throttle(ctx, c.name)
		if err != nil {
			return fmt.Errorf("count a try: %w", err)
		}
		if now.Before(th.Until) {
			t.Locked = true
			return nil
		}
		forgotten := int(now.Sub(th.Last) / c.limit.leak)
		th.Failures, th.Last = max(th.Failures-forgotten, 0)+1, now
		th.Until = now.Add(c.limit.wait(th.Failures))
		counts[i] = th
	}
	for i, c := range t.counted {
		if err := tx.SetThrottle(ctx, c.name, counts[i]); err != nil {
			return fmt.Errorf("count a try: %w", err)
		}
	}
	return nil
}

// Passed takes back what Try counted: the password was right.
func (a *Actions) Passed(ctx context.Context, tx *store.Tx, t Attempt) error {
	for _, c := range t.counted {
		th, err := tx.Throttle(ctx, c.name)
		if err != nil {
			return fmt.Errorf("take back a try: %w", err)
		}
		th.Failures = max(th.Failures-1, 0)
		if c.limit == personLimit {
			th.Failures = 0
		}
		if c.limit.wait(th.Failures) == 0 {
			th.Until = time.Time{}
		}
		if err := tx.SetThrottle(ctx, c.name, th); err != nil {
			return fmt.Errorf("take back a try: %w", err)
		}
	}
	return tx.SetThrottle(ctx, t.usual, store.Throttle{Last: a.Now()})
}

// StartSession signs a browser in. The secret is for its cookie; only the hash is
// kept.
func (a *Actions) StartSession(ctx context.Context, tx *store.Tx, who actors.Account, agent string) (actors.Session, string, error) {
	secret, err := a.secret()
	if err != nil {
		return actors.Session{}, "", err
	}
	now := a.Now()
	s := actors.Session{ID: a.IDs.Next(), Actor: who.Actor, Created: now, Seen: now, Proved: now, Agent: agent}
	s.Expires = SessionEnds(s, who.Role)
	if err := tx.AddSession(ctx, s, HashSecret(secret)); err != nil {
		return s, "", fmt.Errorf("start a session: %w", err)
	}
	if err := tx.NoteSignIn(ctx, who.Actor, now); err != nil {
		return s, "", fmt.Errorf("start a session: %w", err)
	}
	return s, secret, nil
}

package actions

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// Partner is another server with how things stand with it.
type Partner struct {
	actors.Instance
	Cursor actors.Cursor
	State  actors.PartnerState
	Owed   int // entries of the log that wait for it, counting to store.MostQueued
}

// Partners lists every server that is known, served or named in a rule, those
// who need attention first. Owed is not filled in: see CountOwed.
func Partners(ctx context.Context, tx *store.Tx, policy actors.Policy) ([]Partner, error) {
	known, err := tx.Partners(ctx)
	if err != nil {
		return nil, fmt.Errorf("list partners: %w", err)
	}
	owed, err := tx.HostsOwed(ctx)
	if err != nil {
		return nil, fmt.Errorf("list partners that wait: %w", err)
	}
	waits := make(map[string]bool, len(owed))
	for _, host := range owed {
		waits[host] = true
	}
	list := make([]Partner, len(known))
	for i, k := range known {
		p := Partner{Instance: k.Instance, Cursor: cursorOf(k.Cursor)}
		p.State = p.Cursor.PartnerState(policy.Decide(p.Host, actors.ToDeliver), waits[p.Host])
		list[i] = p
	}
	slices.SortStableFunc(list, byAttention)
	return list, nil
}

func cursorOf(c store.Cursor) actors.Cursor {
	return actors.Cursor{
		Host: c.Host, Position: c.Position, Failures: c.Failures, FailingSince: c.FailingSince,
		NextTry: c.NextTry, LastError: c.LastError, Dead: c.Dead,
	}
}

// byAttention puts first what somebody may still mend before it is given up:
// what fails, and of that what has failed longest. What was given up last comes
// before what has been silent for ever.
func byAttention(a, b Partner) int {
	states := actors.PartnerStates()
	if c := cmp.Compare(slices.Index(states, a.State), slices.Index(states, b.State)); c != 0 {
		return c
	}
	switch a.State {
	case actors.PartnerFailing:
		if c := a.lastGood().Compare(b.lastGood()); c != 0 {
			return c
		}
	case actors.PartnerGivenUp:
		if c := b.Cursor.Dead.Compare(a.Cursor.Dead); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.Host, b.Host)
}

// lastGood is when something last reached a partner, or when it was met.
func (p Partner) lastGood() time.Time {
	if p.LastSuccess.IsZero() {
		return p.FirstSeen
	}
	return p.LastSuccess
}

// CountOwed fills in what waits for each of some partners.
func CountOwed(ctx context.Context, tx *store.Tx, list []Partner) error {
	hosts := make([]string, len(list))
	for i, p := range list {
		hosts[i] = p.Host
	}
	owed, err := tx.CountOwedTo(ctx, hosts)
	if err != nil {
		return fmt.Errorf("count what waits: %w", err)
	}
	for i := range list {
		list[i].Owed = owed[list[i].Host]
	}
	return nil
}

// PartnerLog is all that is known of how things went with one partner.
type PartnerLog struct {
	Partner
	Rule      actors.Rule // that decides about it; the zero one where the mode does
	Sending   actors.Decision
	Oldest    time.Time // since when the first thing waits; zero when nothing does
	Setbacks  []store.Setback
	GivenUp   int // deliveries, counting to store.MostQueued
	Held      int // activities from there, like the next
	Rejected  int
	Unapplied []actors.Activity // the last of these
	Turned    []store.Refusals  // at the door, in the last month
	Recheck   store.Recheck     // the last one; the zero one when there was none
	AskedBy   actors.Actor      // who wanted it; the zero one for whoever has the machine
}

const (
	turnedFor      = 30 * 24 * time.Hour
	shownUnapplied = 20
)

// PartnerLogOf reads all of one partner. ErrNotFound when it was never met, is not
// served, and no rule names it.
func PartnerLogOf(ctx context.Context, tx *store.Tx, policy actors.Policy, host string, now time.Time) (PartnerLog, error) {
	var l PartnerLog
	for _, read := range []func() error{
		func() error { return l.who(ctx, tx, policy, host) },
		func() error { return l.out(ctx, tx) },
		func() error { return l.in(ctx, tx, now) },
		func() error { return l.checked(ctx, tx) },
	} {
		if err := read(); err != nil {
			return l, fmt.Errorf("read what went on with %s: %w", host, err)
		}
	}
	return l, nil
}

func (l *PartnerLog) who(ctx context.Context, tx *store.Tx, policy actors.Policy, host string) error {
	known, err := tx.Instance(ctx, host)
	met := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	at, err := tx.Cursor(ctx, host)
	served := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	rule, ruled := policy.RuleFor(host)
	if !met && !served && rule.Host != host {
		return store.ErrNotFound
	}
	if ruled {
		l.Rule = rule
	}
	l.Instance, l.Cursor = known, cursorOf(at)
	l.Host = host
	l.Sending = policy.Decide(host, actors.ToDeliver)
	return nil
}

func (l *PartnerLog) out(ctx context.Context, tx *store.Tx) (err error) {
	one := []Partner{l.Partner}
	if err := CountOwed(ctx, tx, one); err != nil {
		return err
	}
	l.Owed = one[0].Owed
	l.State = l.Cursor.PartnerState(l.Sending, l.Owed > 0)
	if l.Owed > 0 {
		if l.Oldest, err = tx.OldestOwed(ctx, l.Host, l.Cursor.Position); err != nil {
			return err
		}
	}
	if l.Setbacks, err = tx.Setbacks(ctx, l.Host); err != nil {
		return err
	}
	l.GivenUp, err = tx.CountGivenUp(ctx, l.Host)
	return err
}

func (l *PartnerLog) in(ctx context.Context, tx *store.Tx, now time.Time) (err error) {
	if l.Held, err = tx.CountUnappliedFrom(ctx, l.Host, actors.Held); err != nil {
		return err
	}
	if l.Rejected, err = tx.CountUnappliedFrom(ctx, l.Host, actors.Rejected); err != nil {
		return err
	}
	if l.Unapplied, err = tx.UnappliedFrom(ctx, l.Host, store.Page{Size: shownUnapplied}); err != nil {
		return err
	}
	l.Turned, err = tx.RefusedFrom(ctx, l.Host, now.Add(-turnedFor))
	return err
}

func (l *PartnerLog) checked(ctx context.Context, tx *store.Tx) (err error) {
	l.Recheck, err = tx.Recheck(ctx, l.Host)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil || l.Recheck.By == 0 {
		return err
	}
	l.AskedBy, err = tx.Actor(ctx, l.Recheck.By)
	return err
}

// TryAgain has a partner tried at once by whatever process serves it: it is asked
// what it is, somebody there is read again, and what is owed is sent. by is the
// admin, zero for whoever has the machine. ErrNotFound for a partner that PartnerLogOf
// does not know; Problems for one to which the rules let nothing be sent.
func (a *Actions) TryAgain(ctx context.Context, tx *store.Tx, by actors.ID, policy actors.Policy, host string) error {
	var l PartnerLog
	if err := l.who(ctx, tx, policy, host); err != nil {
		return fmt.Errorf("try %s again: %w", host, err)
	}
	if !l.Sending.OK() {
		return content.Problems{"host": "Nothing is sent to " + host + ": " + l.Sending.Rule + ". Decide about it first"}
	}
	if err := tx.Serve(ctx, host); err != nil {
		return fmt.Errorf("try %s again: %w", host, err)
	}
	if err := tx.AskRecheck(ctx, host, by, a.Now()); err != nil {
		return fmt.Errorf("try %s again: %w", host, err)
	}
	if a.Wake.Delivery != nil {
		tx.After(a.Wake.Delivery)
	}
	return a.audit(ctx, tx, by, "try again", host, "")
}

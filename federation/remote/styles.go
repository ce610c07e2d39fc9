package remote

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
)

const (
	styleAtHand = time.Minute        // other processes may have found out something
	styleRest   = 7 * 24 * time.Hour // how long a host that refused a style is not sent it again unasked
)

// Styles remembers in which style each host is sent requests: the one that
// everyone reads, until the host shows or says that it reads a better one
// (protocol.md 3.3, decision 0019). It is safe for use by several goroutines; a
// nil Styles knows no host.
type Styles struct {
	// Stored is what is known of a host; the zero Instance for one that is not known.
	Stored func(ctx context.Context, host string) (actors.Instance, error)
	Store  func(ctx context.Context, host string, style actors.Style, why actors.StyleReason, at time.Time) error
	Now    func() time.Time
	Log    *slog.Logger

	mu     sync.Mutex
	atHand shelf[standing]
}

// standing is how a host is sent requests, since when and why.
type standing struct {
	style actors.Style
	since time.Time
	why   actors.StyleReason
}

// Of is the best style in which a host is sent requests. Where that cannot be
// found out it is the one that everyone reads.
func (s *Styles) Of(ctx context.Context, host string) actors.Style {
	is, err := s.of(ctx, host)
	if err != nil {
		s.Log.WarnContext(ctx, "style of signatures not read", "host", host, "err", err)
	}
	return is.style
}

func (s *Styles) of(ctx context.Context, host string) (standing, error) {
	is := standing{style: actors.StyleCavage}
	if s == nil {
		return is, nil
	}
	s.mu.Lock()
	known, ok := s.atHand.get(host, s.Now())
	s.mu.Unlock()
	if ok {
		return known, nil
	}
	i, err := s.Stored(ctx, host)
	if err != nil {
		return is, err
	}
	if i.Style != "" {
		is = standing{i.Style, i.StyleSince, i.StyleWhy}
	}
	s.keep(host, is)
	return is, nil
}

func (s *Styles) keep(host string, is standing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.atHand.put(host, is, s.Now(), styleAtHand)
}

// Heard notes that a host has signed a request of its own in a style.
func (s *Styles) Heard(ctx context.Context, host string, style actors.Style) {
	s.raise(ctx, host, style, actors.StyleSigned)
}

// claimed notes the standards that a document of a host says it keeps (FEP-844e).
func (s *Styles) claimed(ctx context.Context, host string, implements []string) {
	switch {
	case slices.Contains(implements, ap.ImplementsEd25519):
		s.raise(ctx, host, actors.StyleEd25519, actors.StyleClaimed)
	case slices.Contains(implements, ap.ImplementsRFC9421):
		s.raise(ctx, host, actors.StyleRFC9421, actors.StyleClaimed)
	}
}

// raise takes a better style. A host that refused one is taken at its word for a
// week, unless it asks.
func (s *Styles) raise(ctx context.Context, host string, style actors.Style, why actors.StyleReason) {
	is, err := s.of(ctx, host)
	if s == nil || err != nil || !style.BetterThan(is.style) {
		return
	}
	if is.why == actors.StyleRefused && why != actors.StyleAsked && s.Now().Sub(is.since) < styleRest {
		return
	}
	s.set(ctx, host, style, why)
}

// refused goes back to the style that everyone reads.
func (s *Styles) refused(ctx context.Context, host string) {
	if s != nil {
		s.set(ctx, host, actors.StyleCavage, actors.StyleRefused)
	}
}

func (s *Styles) set(ctx context.Context, host string, style actors.Style, why actors.StyleReason) {
	now := s.Now()
	s.keep(host, standing{style, now, why})
	if err := s.Store(ctx, host, style, why, now); err != nil {
		s.Log.WarnContext(ctx, "style of signatures not stored", "host", host, "err", err)
	}
}

package delivery

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"moothall/actors"
	"moothall/store"
)

const (
	missingMost   = 5 // different deliveries that were answered 404 …
	missingWithin = 7 * 24 * time.Hour
	checkMost     = 10 // actors read again for one answer
	checkEvery    = time.Hour
)

// checkFollowers looks, after a 410 or several 404, whether the actors behind
// the inbox still exist. Those who do not are no longer followers. Others on
// their host are not touched (protocol.md 10.2).
func (r *round) checkFollowers(ctx context.Context, item store.Due, p reply) error {
	if r.d.Gone == nil || p.fate != gone && p.fate != missing {
		return nil
	}
	if err := r.save(ctx, false); err != nil {
		return err
	}
	members, err := r.suspects(ctx, item.Inbox, p.fate)
	if err != nil {
		return fmt.Errorf("followers behind an inbox on %s: %w", r.host, err)
	}
	if len(members) == 0 || !r.d.marks.due("check "+string(item.Inbox), r.d.Now(), checkEvery) {
		return nil
	}
	for _, a := range r.choose(members) {
		r.slot.begin()
		isGone, err := r.d.Gone(r.quit, a.URI)
		r.slot.done()
		if err != nil {
			r.d.Log.InfoContext(ctx, "delivery: follower not read", "host", r.host, "err", err)
			return nil
		}
		if !isGone {
			continue
		}
		if err := r.remove(ctx, a.ID, members); err != nil {
			return fmt.Errorf("remove a follower on %s: %w", r.host, err)
		}
	}
	return nil
}

func (r *round) suspects(ctx context.Context, inbox actors.URI, f fate) (members []store.Member, err error) {
	err = r.d.DB.Read(ctx, func(tx *store.Tx) error {
		if f == missing {
			n, err := tx.CountDeadLetters(ctx, inbox, http.StatusNotFound, r.d.Now().Add(-missingWithin))
			if err != nil || n < missingMost {
				return err
			}
		}
		members, err = tx.FollowersBehind(ctx, inbox)
		return err
	})
	return members, err
}

// choose names the actors to be read: a few, beginning anywhere, so that in time
// all behind a shared inbox have their turn.
func (r *round) choose(members []store.Member) []actors.Actor {
	seen := make(map[actors.ID]bool)
	var all []actors.Actor
	for _, m := range members {
		if !seen[m.Actor.ID] {
			seen[m.Actor.ID] = true
			all = append(all, m.Actor)
		}
	}
	if len(all) <= checkMost {
		return all
	}
	from := int(r.d.Jitter() * float64(len(all)))
	out := append([]actors.Actor(nil), all[from:]...)
	return append(out, all[:from]...)[:checkMost]
}

// remove ends all memberships of an actor that are still what they were.
func (r *round) remove(ctx context.Context, actor actors.ID, members []store.Member) error {
	return r.d.DB.Write(ctx, func(tx *store.Tx) error {
		for _, was := range members {
			if was.Actor.ID != actor {
				continue
			}
			m, err := tx.Membership(ctx, was.Group, actor)
			if err != nil {
				return err
			}
			if m.Standing != actors.Joined || m.Follow != was.Follow {
				continue
			}
			m.Standing, m.Role, m.Since = actors.Left, actors.Guest, r.d.Now()
			if err := tx.SetMembership(ctx, m); err != nil {
				return err
			}
		}
		return nil
	})
}

// marks remembers when something was done last, for things that need not be
// done often. What it forgets is done once more.
type marks struct {
	mu sync.Mutex
	at map[string]time.Time
}

const maxMarks = 10_000 // security.md S107

func newMarks() *marks { return &marks{at: make(map[string]time.Time)} }

// due says whether a thing is to be done, and notes that it is.
func (m *marks) due(what string, now time.Time, every time.Duration) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if at, ok := m.at[what]; ok && now.Sub(at) < every && !now.Before(at) {
		return false
	}
	if len(m.at) >= maxMarks {
		clear(m.at)
	}
	m.at[what] = now
	return true
}

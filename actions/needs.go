package actions

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"moothall/actors"
	"moothall/store"
)

// needs remembers what the software of a community's followers needs, so that a
// post costs the same however many partners follow (invariant I6).
type needs struct {
	mu    sync.Mutex
	known map[actors.ID]need
}

type need struct {
	boosts   bool // somebody reads nothing but a plain boost
	articles bool // somebody takes nothing but an Article
	until    time.Time
}

const (
	needMemory = time.Minute
	needGroups = 10000 // remembered at once
)

// of says what the followers of a community need.
func (b *needs) of(ctx context.Context, tx *store.Tx, group actors.ID, now time.Time) (need, error) {
	b.mu.Lock()
	n, ok := b.known[group]
	b.mu.Unlock()
	if ok && now.Before(n.until) {
		return n, nil
	}
	software, err := tx.FollowerSoftware(ctx, group)
	if err != nil {
		return need{}, err
	}
	n = need{
		boosts:   slices.ContainsFunc(software, func(s string) bool { return !actors.ReadsWrapped(s) }),
		articles: slices.ContainsFunc(software, actors.TakesArticlesOnly),
		until:    now.Add(needMemory),
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.known == nil || len(b.known) >= needGroups {
		b.known = map[actors.ID]need{}
	}
	b.known[group] = n
	return n, nil
}

// forget looks again at the next post: there is a new follower.
func (b *needs) forget(group actors.ID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.known, group)
}

// SoftwareKnown is told when servers have said what they run: the next post looks
// again at what they need.
func (a *Actions) SoftwareKnown() {
	a.needs.mu.Lock()
	defer a.needs.mu.Unlock()
	clear(a.needs.known)
}

// threadType is the type of a new discussion: an Article where a facilitator wants
// that, or where the community's home or a follower's server takes nothing else (C35).
func (a *Actions) threadType(ctx context.Context, tx *store.Tx, group actors.Community) (string, error) {
	if group.ThreadType == "Article" {
		return "Article", nil
	}
	n, err := a.needs.of(ctx, tx, group.ID, a.Now())
	if err != nil {
		return "", err
	}
	if !group.Local {
		home, err := tx.Instance(ctx, group.Host)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return "", err
		}
		n.articles = n.articles || actors.TakesArticlesOnly(home.Software)
	}
	if n.articles {
		return "Article", nil
	}
	return "Page", nil
}

package actions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/store"
)

// agreeAtOnce bounds what one comparison of followers changes. What is left over
// is changed by the next one.
const agreeAtOnce = 500

// AgreeOnMembers brings what this node holds of a community elsewhere into line
// with the community's own list of its members here (FEP-8fcf), which was read at
// a time. A member who is not on it has been removed, and the news was lost. One
// who waits for an answer and is on it has been let in. Somebody on it who is no
// member any more takes the Follow back; who never was one says nothing, since any
// community can list anybody. Whoever waits and is not on it goes on waiting,
// and who joined after the list was read stays.
func (a *Actions) AgreeOnMembers(ctx context.Context, tx *store.Tx, group actors.Community, theirs []actors.URI, read time.Time) error {
	ours, err := tx.FollowersFrom(ctx, group.ID, a.Site.Host, store.MostSynchronized)
	if err != nil {
		return err
	}
	left := agreeAtOnce
	for _, uri := range without(ours, theirs) {
		if left--; left < 0 {
			return nil
		}
		if err := a.forgotten(ctx, tx, group, uri, read); err != nil {
			return fmt.Errorf("agree on %s: %w", uri, err)
		}
	}
	for _, uri := range without(theirs, ours) {
		if left--; left < 0 {
			return nil
		}
		if err := a.remembered(ctx, tx, group, uri); err != nil {
			return fmt.Errorf("agree on %s: %w", uri, err)
		}
	}
	return nil
}

// without is the uris that are not among others.
func without(uris, others []actors.URI) []actors.URI {
	among := make(map[actors.URI]bool, len(others))
	for _, u := range others {
		among[u] = true
	}
	var out []actors.URI
	for _, u := range uris {
		if !among[u] {
			out = append(out, u)
		}
	}
	return out
}

// forgotten ends the membership of somebody whom the community no longer counts.
func (a *Actions) forgotten(ctx context.Context, tx *store.Tx, group actors.Community, uri actors.URI, read time.Time) error {
	who, err := tx.ActorByURI(ctx, uri)
	if err != nil {
		return err
	}
	m, err := tx.Membership(ctx, group.ID, who.ID)
	if err != nil || m.Standing != actors.Joined || !m.Since.Before(read) {
		return err
	}
	if err := a.Left(ctx, tx, who, group.Actor, m); err != nil {
		return err
	}
	return a.tell(ctx, tx, who, group, NoticeRemoved, group.ID)
}

// remembered answers for somebody whom the community counts and this node does not.
func (a *Actions) remembered(ctx context.Context, tx *store.Tx, group actors.Community, uri actors.URI) error {
	who, err := tx.ActorByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		return nil // nobody here can take back what nobody here said
	}
	if err != nil || !who.Local || who.IsGone() {
		return err
	}
	m, err := tx.Membership(ctx, group.ID, who.ID)
	switch {
	case err != nil, m.Standing == actors.Banned, m.Standing == actors.Joined, m.Standing == actors.NoStanding:
		return err
	case m.Standing == actors.Asked:
		return a.Answered(ctx, tx, group, m, true, "")
	}
	_, err = a.undoFollow(ctx, tx, who, group, m.Follow)
	return err
}

package actions

import (
	"context"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/store"
)

// TakeSiteBan is a server's own ban of somebody, or that it is lifted: by is
// anyone there. It counts for what is that server's: somebody who lives there, and
// its communities as far as they are known here (protocol.md 5.4). Where people of
// other servers stand in ours, or in anyone else's, it changes nothing.
func (a *Actions) TakeSiteBan(ctx context.Context, tx *store.Tx, by, who actors.Actor, r Removal, on bool) error {
	list, err := tx.MembershipsOf(ctx, who.ID)
	if err != nil {
		return err
	}
	for _, m := range list {
		group, err := tx.Community(ctx, m.Group)
		if errors.Is(err, store.ErrNotFound) || err == nil && group.Host != by.Host {
			continue // a person who is followed, or a community of another server
		}
		if err != nil {
			return err
		}
		if err := a.siteBanIn(ctx, tx, group, who, m, r, on); err != nil {
			return err
		}
	}
	if !on || !r.Posts || r.over(a.Now()) {
		return nil
	}
	return a.hideFrom(ctx, tx, by.Host, who, r.Reason)
}

func (a *Actions) siteBanIn(ctx context.Context, tx *store.Tx, group actors.Community, who actors.Actor, m actors.Membership, r Removal, on bool) (err error) {
	only := r
	only.Posts = false
	switch {
	case on && (m.Standing == actors.Joined || m.Standing == actors.Asked || m.Standing == actors.Invited):
		_, err = a.Expelled(ctx, tx, group, who, only)
	case !on && m.Standing == actors.Banned && m.Note == content.FirstRunes(r.Reason, maxReason):
		_, err = a.LetBackIn(ctx, tx, group, who) // a removal for another reason stays
	}
	return err
}

// hideFrom hides what somebody wrote: of one who lives at the host, everywhere;
// of others, in its communities.
func (a *Actions) hideFrom(ctx context.Context, tx *store.Tx, host string, who actors.Actor, why string) error {
	in := host
	if who.Host == host {
		in = ""
	}
	for {
		posts, err := tx.AcceptedAt(ctx, who.ID, in, forgetAtOnce)
		if err != nil {
			return err
		}
		for _, p := range posts {
			if err := a.Hidden(ctx, tx, p, why, p.Group); err != nil {
				return fmt.Errorf("hide what they wrote: %w", err)
			}
		}
		if len(posts) < forgetAtOnce {
			return nil
		}
	}
}

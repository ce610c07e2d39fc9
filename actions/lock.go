package actions

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// Lock ends replies to a post and to all that answers it, in the name of a
// facilitator; not on lets people reply again, and needs no reason. Of a whole
// discussion the older form is sent too, for those who know no other.
func (a *Actions) Lock(ctx context.Context, tx *store.Tx, by actors.Actor, p content.Post, reason string, on bool) (actors.Activity, error) {
	reason = strings.TrimSpace(reason)
	if err := checkLockReason(reason, on); err != nil {
		return actors.Activity{}, err
	}
	group, err := tx.Community(ctx, p.Group)
	if err != nil {
		return actors.Activity{}, err
	}
	act, err := a.recordLock(ctx, tx, by, group, p, reason, on)
	if err != nil {
		return act, err
	}
	if err := a.TakeLock(ctx, tx, by, group, p, reason, on, act); err != nil || p.Locked == on && group.Local {
		return act, err
	}
	return act, a.sendComments(ctx, tx, by, group, p, on)
}

func checkLockReason(reason string, on bool) error {
	if !on && reason == "" {
		return nil
	}
	return checkReason(reason, "Say why you are closing this to replies")
}

func (a *Actions) recordLock(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, reason string, on bool) (actors.Activity, error) {
	kind, write := "Lock", ap.WriteLock
	if !on {
		kind, write = "Undo", ap.WriteUndoLock
	}
	act := a.ofCommunity(kind, by, group, p.URI)
	var err error
	if act.Body, err = write(within(act, by, group, p.Audience), p.URI, reason); err != nil {
		return act, err
	}
	return act, a.recordProved(ctx, tx, by, group, p.Audience, &act)
}

// TakeLock locks a post, or lets people reply to it again, if the one who acts
// may do so.
func (a *Actions) TakeLock(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, reason string, on bool, act actors.Activity) error {
	if _, err := a.facilitator(ctx, tx, by, group); err != nil {
		return err
	}
	switch {
	case p.Group != group.ID:
		return refuse("other_community", "It belongs to another community.")
	case p.IsGone() || p.Standing != content.Accepted:
		return refuse("gone", "This is not part of the community any more.")
	case !group.Local:
		return a.send(ctx, tx, act, by, to(group.Actor)...)
	case p.Locked == on:
		return nil
	}
	what, notice := DidUnlock, NoticeUnlocked
	if on {
		what, notice = DidLock, NoticeLocked
	}
	if err := a.Locked(ctx, tx, p, reason, on, a.Now()); err != nil {
		return err
	}
	if err := a.note(ctx, tx, by.ID, group, what, string(p.URI), reason); err != nil {
		return err
	}
	if err := a.TellAuthor(ctx, tx, p, notice, by.ID); err != nil {
		return err
	}
	return a.announce(ctx, tx, group, act.Body, p.Audience, p.URI)
}

// Locked notes that a community has locked a post, or has opened it again, at a time.
func (a *Actions) Locked(ctx context.Context, tx *store.Tx, p content.Post, reason string, on bool, at time.Time) error {
	var err error
	if on {
		err = tx.LockPost(ctx, p.ID, content.FirstRunes(reason, maxReason), at)
	} else {
		err = tx.UnlockPost(ctx, p.ID)
	}
	if err != nil {
		return fmt.Errorf("lock post: %w", err)
	}
	return nil
}

// TakeComments is the older form of a lock, by a facilitator on another server.
// What it says beside that is not the facilitator's to say, and is passed on to
// nobody: the community sends a Lock of its own.
func (a *Actions) TakeComments(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, enabled bool) error {
	if err := a.Facilitates(ctx, tx, by, group); err != nil || p.Locked == !enabled {
		return err
	}
	act, err := a.recordLock(ctx, tx, group.Actor, group, p, "", !enabled)
	if err != nil {
		return err
	}
	return a.TakeLock(ctx, tx, by, group, p, "", !enabled, act)
}

// sendComments sends the older form of a lock. A discussion whose document is not
// here has none. It gets no proof: most of it is what somebody else wrote.
func (a *Actions) sendComments(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, p content.Post, on bool) error {
	if p.IsComment() {
		return nil
	}
	object, err := a.documentOf(ctx, tx, p)
	if err != nil || len(object) == 0 {
		return err
	}
	act := a.ofCommunity("Update", by, group, p.URI)
	if act.Body, err = ap.WriteComments(within(act, by, group, p.Audience), object, !on, act.At); err != nil {
		return err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return err
	}
	if !group.Local {
		return a.send(ctx, tx, act, by, to(group.Actor)...)
	}
	return a.announce(ctx, tx, group, act.Body, p.Audience, p.URI)
}

// documentOf is a post as its author's server writes it; nothing when that is not
// known.
func (a *Actions) documentOf(ctx context.Context, tx *store.Tx, p content.Post) ([]byte, error) {
	if !p.Local {
		return tx.PostRaw(ctx, p.ID)
	}
	raw, err := a.Document(ctx, tx, p)
	if errors.Is(err, ap.ErrKept) {
		return nil, nil // nobody elsewhere knows of it
	}
	return raw, err
}

// mayReply refuses an answer below what a facilitator has locked.
func (a *Actions) mayReply(ctx context.Context, tx *store.Tx, m actors.Membership, p content.Post) error {
	if !p.IsComment() || m.May(actors.Moderator) {
		return nil
	}
	_, err := tx.LockOver(ctx, p.Parent)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return errLocked
}

var errLocked = refuse("locked", "A facilitator has closed this discussion to replies.")

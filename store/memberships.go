package store

import (
	"context"
	"errors"
	"time"

	"moothall/actors"
)

const membershipColumns = `m.group_id, m.actor_id, m.role, m.standing, m.follow, m.since_at`

func scanMembership(s scanner) (m actors.Membership, err error) {
	err = s.Scan(membershipFields(&m)...)
	return m, err
}

func membershipFields(m *actors.Membership) []any {
	return []any{&m.Group, &m.Actor, roleOf{&m.Role}, &m.Standing, &m.Follow, timeOf{&m.Since}}
}

type roleOf struct{ r *actors.Role }

// Scan reads a role by its name.
func (c roleOf) Scan(src any) error {
	switch v := src.(type) {
	case string:
		*c.r = actors.ParseRole(v)
	case []byte:
		*c.r = actors.ParseRole(string(v))
	}
	return nil
}

// Membership reads how an actor stands towards a community; the zero value,
// which may do nothing, when it has never asked.
func (t *Tx) Membership(ctx context.Context, group, actor actors.ID) (actors.Membership, error) {
	m, err := one(ctx, t, scanMembership,
		`SELECT `+membershipColumns+` FROM membership m WHERE m.group_id = $1 AND m.actor_id = $2`, group, actor)
	if errors.Is(err, ErrNotFound) {
		return actors.Membership{Group: group, Actor: actor}, nil
	}
	return m, err
}

// MembershipByFollow finds the membership that a Follow with this id asked for.
func (t *Tx) MembershipByFollow(ctx context.Context, follow actors.URI) (actors.Membership, error) {
	return one(ctx, t, scanMembership,
		`SELECT `+membershipColumns+` FROM membership m WHERE m.follow = $1`, follow)
}

// SetMembership writes how an actor stands towards a group, and keeps the count
// of members and the list of inboxes in step. For a person's followers the
// group is the person.
func (t *Tx) SetMembership(ctx context.Context, m actors.Membership) error {
	before, err := t.Membership(ctx, m.Group, m.Actor)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `
		INSERT INTO membership (group_id, actor_id, role, standing, follow, since_at)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (group_id, actor_id) DO UPDATE SET role = excluded.role, standing = excluded.standing,
			follow = excluded.follow, since_at = excluded.since_at`,
		m.Group, m.Actor, m.Role.String(), m.Standing, m.Follow, micros(m.Since)); err != nil {
		return err
	}
	was, is := before.Standing == actors.Joined, m.Standing == actors.Joined
	switch {
	case is && !was:
		return t.memberJoined(ctx, m)
	case was && !is:
		return t.memberEnded(ctx, m)
	}
	return nil
}

func (t *Tx) memberJoined(ctx context.Context, m actors.Membership) error {
	if _, err := t.exec(ctx, `UPDATE community SET members = members + 1 WHERE actor_id = $1`, m.Group); err != nil {
		return err
	}
	a, err := t.Actor(ctx, m.Actor)
	if err != nil || a.Local {
		return err
	}
	seq, err := t.LastOutbound(ctx)
	if err != nil {
		return err
	}
	if err := t.ensureCursor(ctx, a.Host, seq); err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		INSERT INTO follower_inbox (group_id, host, inbox, followers, since_seq) VALUES ($1, $2, $3, 1, $4)
		ON CONFLICT (group_id, host, inbox) DO UPDATE SET followers = follower_inbox.followers + 1`,
		m.Group, a.Host, a.DeliveryInbox(), seq)
	return err
}

// memberEnded drops what was still to be sent for this member's sake, and
// starts a new epoch, so that proofs of membership from before no longer hold.
func (t *Tx) memberEnded(ctx context.Context, m actors.Membership) error {
	if _, err := t.exec(ctx, `
		UPDATE community SET members = members - 1, epoch = epoch + 1 WHERE actor_id = $1`, m.Group); err != nil {
		return err
	}
	a, err := t.Actor(ctx, m.Actor)
	if err != nil || a.Local {
		return err
	}
	if _, err := t.exec(ctx, `
		UPDATE follower_inbox SET followers = followers - 1
		WHERE group_id = $1 AND host = $2 AND inbox = $3`, m.Group, a.Host, a.DeliveryInbox()); err != nil {
		return err
	}
	_, err = t.exec(ctx, `DELETE FROM follower_inbox WHERE group_id = $1 AND host = $2 AND followers <= 0`,
		m.Group, a.Host)
	return err
}

// Member is a membership with the actor it belongs to.
type Member struct {
	actors.Membership
	Actor actors.Actor
}

func scanMember(s scanner) (m Member, err error) {
	err = s.Scan(append(membershipFields(&m.Membership), actorFields(&m.Actor)...)...)
	return m, err
}

// Members lists those with a standing in a community, facilitators first, then
// the newest.
func (t *Tx) Members(ctx context.Context, group actors.ID, standing actors.Standing, p Page) ([]Member, error) {
	return collect(ctx, t, scanMember, `
		SELECT `+membershipColumns+`, `+communityActor+`
		FROM membership m JOIN actor a ON a.id = m.actor_id
		WHERE m.group_id = $1 AND m.standing = $2
		ORDER BY CASE WHEN m.role IN ('moderator', 'owner') THEN 0 ELSE 1 END, m.since_at DESC, m.actor_id
		LIMIT $3 OFFSET $4`, group, standing, p.limit(), p.offset())
}

// Moderators lists a community's facilitators, those who have been it longest first.
func (t *Tx) Moderators(ctx context.Context, group actors.ID) ([]actors.Actor, error) {
	return collect(ctx, t, scanActor, `
		SELECT `+communityActor+`
		FROM membership m JOIN actor a ON a.id = m.actor_id
		WHERE m.group_id = $1 AND m.standing = 'joined' AND m.role IN ('moderator', 'owner')
		ORDER BY m.since_at, m.actor_id`, group)
}

// CountFollowers says how many follow an actor.
func (t *Tx) CountFollowers(ctx context.Context, actor actors.ID) (int, error) {
	return one(ctx, t, scanValue[int],
		`SELECT COUNT(*) FROM membership WHERE group_id = $1 AND standing = 'joined'`, actor)
}

// CountFollowing says how many actors this one follows.
func (t *Tx) CountFollowing(ctx context.Context, actor actors.ID) (int, error) {
	return one(ctx, t, scanValue[int],
		`SELECT COUNT(*) FROM membership WHERE actor_id = $1 AND standing = 'joined'`, actor)
}

// HasLocalMember says whether anyone here follows the group.
func (t *Tx) HasLocalMember(ctx context.Context, group actors.ID) (bool, error) {
	n, err := one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM (SELECT 1 FROM membership m JOIN actor a ON a.id = m.actor_id
			WHERE m.group_id = $1 AND m.standing = 'joined' AND a.local LIMIT 1) x`, group)
	return n > 0, err
}

// Organisations counts the organisations that a community's members come from:
// hosts, as far as this node can tell them apart.
func (t *Tx) Organisations(ctx context.Context, group actors.ID) ([]HostCount, error) {
	return collect(ctx, t, scanHostCount, `
		SELECT a.host, COUNT(*) FROM membership m JOIN actor a ON a.id = m.actor_id
		WHERE m.group_id = $1 AND m.standing = 'joined'
		GROUP BY a.host ORDER BY COUNT(*) DESC, a.host`, group)
}

// HostCount is a number that belongs to a host.
type HostCount struct {
	Host  string
	Count int
}

func scanHostCount(s scanner) (c HostCount, err error) {
	err = s.Scan(&c.Host, &c.Count)
	return c, err
}

// UnansweredFollows lists local people's requests to join communities elsewhere
// that nobody has answered since a time.
func (t *Tx) UnansweredFollows(ctx context.Context, before time.Time, n int) ([]actors.Membership, error) {
	return collect(ctx, t, scanMembership, `
		SELECT `+membershipColumns+`
		FROM membership m JOIN actor a ON a.id = m.actor_id JOIN actor g ON g.id = m.group_id
		WHERE m.standing = 'asked' AND m.since_at < $1 AND a.local AND NOT g.local
		ORDER BY m.since_at LIMIT $2`, micros(before), n)
}

// MoveInbox keeps the list of inboxes in step when a follower's inbox changes.
func (t *Tx) MoveInbox(ctx context.Context, before, after actors.Actor) error {
	groups, err := collect(ctx, t, scanValue[actors.ID],
		`SELECT group_id FROM membership WHERE actor_id = $1 AND standing = 'joined'`, before.ID)
	if err != nil {
		return err
	}
	for _, group := range groups {
		if err := t.moveInbox(ctx, group, before, after); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) moveInbox(ctx context.Context, group actors.ID, before, after actors.Actor) error {
	since, err := one(ctx, t, scanValue[int64], `
		SELECT since_seq FROM follower_inbox WHERE group_id = $1 AND host = $2 AND inbox = $3`,
		group, before.Host, before.DeliveryInbox())
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `
		UPDATE follower_inbox SET followers = followers - 1 WHERE group_id = $1 AND host = $2 AND inbox = $3`,
		group, before.Host, before.DeliveryInbox()); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `DELETE FROM follower_inbox WHERE group_id = $1 AND host = $2 AND followers <= 0`,
		group, before.Host); err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		INSERT INTO follower_inbox (group_id, host, inbox, followers, since_seq) VALUES ($1, $2, $3, 1, $4)
		ON CONFLICT (group_id, host, inbox) DO UPDATE SET followers = follower_inbox.followers + 1`,
		group, after.Host, after.DeliveryInbox(), since)
	return err
}

// RemoteGroupsOf lists the communities elsewhere that a person belongs to.
func (t *Tx) RemoteGroupsOf(ctx context.Context, actor actors.ID) ([]actors.Actor, error) {
	return collect(ctx, t, scanActor, `
		SELECT `+communityActor+`
		FROM membership m JOIN actor a ON a.id = m.group_id
		WHERE m.actor_id = $1 AND m.standing = 'joined' AND NOT a.local ORDER BY a.id LIMIT 1000`, actor)
}

// MembershipsOf lists how an actor stands towards all groups.
func (t *Tx) MembershipsOf(ctx context.Context, actor actors.ID) ([]actors.Membership, error) {
	return collect(ctx, t, scanMembership, `
		SELECT `+membershipColumns+` FROM membership m WHERE m.actor_id = $1 ORDER BY m.group_id`, actor)
}

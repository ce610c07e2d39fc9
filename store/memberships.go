package store

import (
	"context"
	"errors"
	"time"

	"moothall/actors"
)

const membershipColumns = `m.group_id, m.actor_id, m.role, m.standing, m.follow, m.since_at,
	m.appointed_at, m.until_at, m.note`

func scanMembership(s scanner) (m actors.Membership, err error) {
	err = s.Scan(membershipFields(&m)...)
	return m, err
}

func membershipFields(m *actors.Membership) []any {
	return []any{
		&m.Group, &m.Actor, roleOf{&m.Role}, &m.Standing, &m.Follow, timeOf{&m.Since},
		timeOf{&m.Appointed}, timeOf{&m.Until}, &m.Note,
	}
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
		`SELECT `+membershipColumns+` FROM membership m WHERE m.follow = $1 AND m.follow <> '' ORDER BY m.group_id LIMIT 1`, follow)
}

// MembershipsOf lists how an actor stands towards everything it ever asked to join.
func (t *Tx) MembershipsOf(ctx context.Context, actor actors.ID) ([]actors.Membership, error) {
	return collect(ctx, t, scanMembership,
		`SELECT `+membershipColumns+` FROM membership m WHERE m.actor_id = $1 ORDER BY m.group_id`, actor)
}

// SetMembership writes how an actor stands towards a group, and keeps the count
// of members and the list of inboxes in step. For a person's followers the
// group is the person.
func (t *Tx) SetMembership(ctx context.Context, m actors.Membership) error {
	// Two requests may change one membership at once: the row is there, and
	// locked, before anyone asks what it says.
	n, err := t.exec(ctx, `
		INSERT INTO membership (group_id, actor_id, role, standing, follow, since_at, appointed_at, until_at, note)
		VALUES (`+in(1, 9)+`)
		ON CONFLICT (group_id, actor_id) DO NOTHING`,
		m.Group, m.Actor, m.Role.String(), m.Standing, m.Follow, micros(m.Since),
		micros(m.Appointed), micros(m.Until), m.Note)
	if err != nil {
		return err
	}
	before := actors.NoStanding
	if n == 0 {
		if before, err = t.changeMembership(ctx, m); err != nil {
			return err
		}
	}
	was, is := before == actors.Joined, m.Standing == actors.Joined
	switch {
	case is && !was:
		return t.memberJoined(ctx, m)
	case was && !is:
		return t.memberEnded(ctx, m)
	}
	return nil
}

func (t *Tx) changeMembership(ctx context.Context, m actors.Membership) (before actors.Standing, err error) {
	before, err = one(ctx, t, scanValue[actors.Standing], `
		SELECT standing FROM membership WHERE group_id = $1 AND actor_id = $2`+t.dialect.lock, m.Group, m.Actor)
	if err != nil {
		return "", err
	}
	return before, t.execOne(ctx, `
		UPDATE membership SET role = $3, standing = $4, follow = $5, since_at = $6,
			appointed_at = $7, until_at = $8, note = $9
		WHERE group_id = $1 AND actor_id = $2`,
		m.Group, m.Actor, m.Role.String(), m.Standing, m.Follow, micros(m.Since),
		micros(m.Appointed), micros(m.Until), m.Note)
}

func (t *Tx) memberJoined(ctx context.Context, m actors.Membership) error {
	if _, err := t.exec(ctx, `UPDATE community SET members = members + 1 WHERE actor_id = $1`, m.Group); err != nil {
		return err
	}
	a, err := t.Actor(ctx, m.Actor)
	if err != nil {
		return err
	}
	if err := t.countFollower(ctx, m.Group, a, 1); err != nil {
		return err
	}
	if a.Local {
		return t.EndPurge(ctx, m.Group)
	}
	seq, err := t.LastOutbound(ctx)
	if err != nil {
		return err
	}
	if err := t.ensureCursor(ctx, a.Host, seq); err != nil {
		return err
	}
	if err := t.reached(ctx, m.Group, a.Host, m.Since); err != nil {
		return err
	}
	_, err = t.exec(ctx, `
		INSERT INTO follower_inbox (group_id, host, inbox, followers, since_seq) VALUES ($1, $2, $3, 1, $4)
		ON CONFLICT (group_id, host, inbox) DO UPDATE SET followers = follower_inbox.followers + 1`,
		m.Group, a.Host, a.DeliveryInbox(), seq)
	return err
}

// memberEnded drops what was still to be sent for this member's sake, and
// starts a new epoch, so that proofs of membership from before no longer hold. What a
// community elsewhere keeps for its members goes with the last of them here.
func (t *Tx) memberEnded(ctx context.Context, m actors.Membership) error {
	if _, err := t.exec(ctx, `UPDATE community SET members = members - 1 WHERE actor_id = $1`, m.Group); err != nil {
		return err
	}
	if err := t.beginEpochs(ctx, `$1`, m.Group); err != nil {
		return err
	}
	a, err := t.Actor(ctx, m.Actor)
	if err != nil {
		return err
	}
	if err := t.countFollower(ctx, m.Group, a, -1); err != nil {
		return err
	}
	if a.Local {
		return t.PurgeUnlessRead(ctx, m.Group, m.Since)
	}
	if _, err := t.exec(ctx, `
		UPDATE follower_inbox SET followers = followers - 1
		WHERE group_id = $1 AND host = $2 AND inbox = $3`, m.Group, a.Host, a.DeliveryInbox()); err != nil {
		return err
	}
	if _, err = t.exec(ctx, `DELETE FROM follower_inbox WHERE group_id = $1 AND host = $2 AND followers <= 0`,
		m.Group, a.Host); err != nil {
		return err
	}
	return t.endReach(ctx, m.Group, a.Host, m.Since)
}

// moveInbox counts a remote actor behind its new inbox wherever it follows.
func (t *Tx) moveInbox(ctx context.Context, a actors.Actor, to actors.URI) error {
	from := a.DeliveryInbox()
	if from == to {
		return nil
	}
	if _, err := t.exec(ctx, `
		INSERT INTO follower_inbox (group_id, host, inbox, followers, since_seq)
		SELECT f.group_id, f.host, $4, 1, f.since_seq
		FROM membership m JOIN follower_inbox f ON f.group_id = m.group_id
		WHERE m.actor_id = $1 AND m.standing = 'joined' AND f.host = $2 AND f.inbox = $3
		ON CONFLICT (group_id, host, inbox) DO UPDATE SET followers = follower_inbox.followers + 1`,
		a.ID, a.Host, from, to); err != nil {
		return err
	}
	const theirs = `host = $2 AND inbox = $3 AND group_id IN (
		SELECT m.group_id FROM membership m WHERE m.actor_id = $1 AND m.standing = 'joined')`
	if _, err := t.exec(ctx, `UPDATE follower_inbox SET followers = followers - 1 WHERE `+theirs, a.ID, a.Host, from); err != nil {
		return err
	}
	_, err := t.exec(ctx, `DELETE FROM follower_inbox WHERE followers <= 0 AND `+theirs, a.ID, a.Host, from)
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
		ORDER BY m.appointed_at, m.since_at, m.actor_id`, group)
}

// CountAsked says how many wait to be let into a community: from one host, and
// in all.
func (t *Tx) CountAsked(ctx context.Context, group actors.ID, host string) (fromHost, all int, err error) {
	n, err := one(ctx, t, func(s scanner) (n [2]int, err error) {
		err = s.Scan(&n[0], &n[1])
		return n, err
	}, `SELECT COALESCE(SUM(CASE WHEN a.host = $2 THEN 1 ELSE 0 END), 0), COUNT(*)
		FROM membership m JOIN actor a ON a.id = m.actor_id
		WHERE m.group_id = $1 AND m.standing = 'asked'`, group, host)
	return n[0], n[1], err
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

// HasLocalMember says whether anyone here follows the group whose account is not stopped.
func (t *Tx) HasLocalMember(ctx context.Context, group actors.ID) (bool, error) {
	n, err := one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM (SELECT 1 FROM membership m JOIN actor a ON a.id = m.actor_id
			WHERE m.group_id = $1 AND m.standing = 'joined' AND a.local
				AND NOT EXISTS (SELECT 1 FROM account ac WHERE ac.actor_id = a.id AND ac.disabled_at <> 0) LIMIT 1) x`, group)
	return n > 0, err
}

// Reader is the member on this node in whose name a community elsewhere is read:
// the one who has been here longest, so that it is the same as long as they stay.
// Nothing is done in the name of somebody whose account is stopped.
func (t *Tx) Reader(ctx context.Context, group actors.ID) (actors.Actor, error) {
	return one(ctx, t, scanActor, `
		SELECT `+communityActor+`
		FROM membership m JOIN actor a ON a.id = m.actor_id
		WHERE m.group_id = $1 AND m.standing = 'joined' AND a.local AND a.deleted_at = 0
			AND NOT EXISTS (SELECT 1 FROM account ac WHERE ac.actor_id = a.id AND ac.disabled_at <> 0)
		ORDER BY a.id LIMIT 1`, group)
}

// HasMemberFrom says whether a community has a member from a host.
func (t *Tx) HasMemberFrom(ctx context.Context, group actors.ID, host string) (bool, error) {
	n, err := one(ctx, t, scanValue[int], `
		SELECT COUNT(*) FROM (SELECT 1 FROM membership m JOIN actor a ON a.id = m.actor_id
			WHERE m.group_id = $1 AND m.standing = 'joined' AND a.host = $2 LIMIT 1) x`, group, host)
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

// Spread says on how many other hosts an actor has followers, and how many those
// are together. Unlike Organisations it costs the same for a large community.
func (t *Tx) Spread(ctx context.Context, actor actors.ID) (hosts, followers int, err error) {
	pair, err := one(ctx, t, func(s scanner) (p [2]int, err error) {
		err = s.Scan(&p[0], &p[1])
		return p, err
	}, `SELECT COUNT(DISTINCT host), COALESCE(SUM(followers), 0) FROM follower_inbox WHERE group_id = $1`, actor)
	return pair[0], pair[1], err
}

// CountMembers says how many have a standing in a community.
func (t *Tx) CountMembers(ctx context.Context, group actors.ID, standing actors.Standing) (int, error) {
	return one(ctx, t, scanValue[int],
		`SELECT COUNT(*) FROM membership WHERE group_id = $1 AND standing = $2`, group, standing)
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

// RemoteGroupsOf lists the communities elsewhere that a person belongs to.
func (t *Tx) RemoteGroupsOf(ctx context.Context, actor actors.ID) ([]actors.Actor, error) {
	return collect(ctx, t, scanActor, `
		SELECT `+communityActor+`
		FROM membership m JOIN actor a ON a.id = m.group_id
		WHERE m.actor_id = $1 AND m.standing = 'joined' AND NOT a.local ORDER BY a.id LIMIT 1000`, actor)
}

// FollowerSoftware lists what the servers with followers of an actor run; empty
// for those that have not said.
func (t *Tx) FollowerSoftware(ctx context.Context, group actors.ID) ([]string, error) {
	return collect(ctx, t, scanValue[string], `
		SELECT DISTINCT COALESCE(i.software, '')
		FROM follower_inbox f LEFT JOIN instance i ON i.host = f.host WHERE f.group_id = $1`, group)
}

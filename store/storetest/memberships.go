package storetest

import (
	"context"
	"testing"
	"time"

	"moothall/actors"
	"moothall/store"
)

// roads is a community here and one elsewhere, with the people who belong to them.
type roads struct {
	g, remote     actors.Community
	ann, bob, cat actors.Actor
	list          []actors.Membership
}

func (w *Town) roads(t *testing.T) (x roads) {
	t.Helper()
	x.g, x.remote = w.Community("roads", actors.AudiencePublic), w.community(w.Actor(actors.Group, "far", "peer.example"), actors.AudiencePublic)
	x.ann, x.bob, x.cat = w.Person("ann", ""), w.Person("bob", "peer.example"), w.Person("cat", "")
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		none, err := tx.Membership(ctx, x.g.ID, x.ann.ID)
		same(t, "never asked", err, actors.Membership{Group: x.g.ID, Actor: x.ann.ID}, none)
		x.list = []actors.Membership{
			{Group: x.g.ID, Actor: x.ann.ID, Role: actors.Owner, Standing: actors.Joined, Since: At(4), Appointed: At(4)},
			{Group: x.g.ID, Actor: x.bob.ID, Role: actors.Member, Standing: actors.Joined, Follow: "https://peer.example/f/1", Since: At(5)},
			{Group: x.g.ID, Actor: x.cat.ID, Role: actors.Moderator, Standing: actors.Joined, Since: At(3), Appointed: At(6)},
			{Group: x.remote.ID, Actor: x.ann.ID, Role: actors.Member, Standing: actors.Asked, Follow: "https://here.example/a/1", Since: At(2)},
		}
		for _, m := range x.list {
			if err := tx.SetMembership(ctx, m); err != nil {
				return err
			}
			got, err := tx.Membership(ctx, m.Group, m.Actor)
			same(t, "Membership", err, m, got)
		}
		return nil
	})
	return x
}

func membershipRows(t *testing.T, w *Town) {
	x := w.roads(t)
	g, remote, ann, bob, cat, list := x.g, x.remote, x.ann, x.bob, x.cat, x.list
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		got, err := tx.MembershipByFollow(ctx, "https://peer.example/f/1")
		same(t, "MembershipByFollow", err, list[1], got)
		_, err = tx.MembershipByFollow(ctx, "")
		isErr(t, "a Follow without id", err, store.ErrNotFound)
		of, err := tx.MembershipsOf(ctx, ann.ID)
		if err != nil || len(of) != 2 {
			t.Errorf("MembershipsOf: %v, %v", of, err)
		}
		members, err := tx.Members(ctx, g.ID, actors.Joined, store.Page{})
		var order []actors.ID
		for _, m := range members {
			order = append(order, m.Actor.ID)
		}
		same(t, "Members", err, []actors.ID{ann.ID, cat.ID, bob.ID}, order)
		mods, err := tx.Moderators(ctx, g.ID)
		same(t, "Moderators", err, []actors.Actor{ann, cat}, mods)
		// Who has been a facilitator for longest comes first, not who joined first.
		removed := actors.Membership{
			Group: remote.ID, Actor: cat.ID, Role: actors.Member, Standing: actors.Banned, Since: At(7), Until: At(9), Note: "advertises",
		}
		if err := tx.SetMembership(ctx, removed); err != nil {
			return err
		}
		back, err := tx.Membership(ctx, remote.ID, cat.ID)
		same(t, "a removal", err, removed, back)
		removed.Standing, removed.Until, removed.Note = actors.Invited, time.Time{}, ""
		if err := tx.SetMembership(ctx, removed); err != nil {
			return err
		}
		back, err = tx.Membership(ctx, remote.ID, cat.ID)
		same(t, "an invitation after it", err, removed, back)
		return nil
	})
}

func membershipCounts(t *testing.T, w *Town) {
	x := w.roads(t)
	g, remote, ann, list := x.g, x.remote, x.ann, x.list
	w.Write(func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.CountFollowers(ctx, g.ID)
		same(t, "CountFollowers", err, 3, n)
		n, err = tx.CountFollowing(ctx, ann.ID)
		same(t, "CountFollowing", err, 1, n)
		here, err := tx.HasLocalMember(ctx, g.ID)
		same(t, "HasLocalMember", err, true, here)
		here, err = tx.HasLocalMember(ctx, remote.ID)
		same(t, "HasLocalMember where one has only asked", err, false, here)
		hosts, err := tx.Organisations(ctx, g.ID)
		same(t, "Organisations", err, []store.HostCount{{Host: "here.example", Count: 2}, {Host: "peer.example", Count: 1}}, hosts)
		spread, followers, err := tx.Spread(ctx, g.ID)
		same(t, "Spread", err, [2]int{1, 1}, [2]int{spread, followers})
		n, err = tx.CountMembers(ctx, g.ID, actors.Joined)
		same(t, "CountMembers", err, 3, n)
		n, err = tx.CountMembers(ctx, remote.ID, actors.Asked)
		same(t, "CountMembers who ask", err, 1, n)
		open, err := tx.UnansweredFollows(ctx, At(3), 10)
		same(t, "UnansweredFollows", err, list[3:], open)
		open, err = tx.UnansweredFollows(ctx, At(2), 10)
		same(t, "UnansweredFollows of now", err, nil, open)
		return nil
	})
}

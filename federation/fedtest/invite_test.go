package fedtest

import (
	"context"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
)

// A community asks somebody elsewhere in: their own site tells them, and they are
// let in as soon as they ask.
func TestFAC2_AnInvitationCrossesSites(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob, cat := town.Person("ann@north.example"), town.Person("bob@south.example"), town.Person("cat@south.example")
	c := ann.StartsAs(actions.Charter{Name: "tender", Title: "Tender", Audience: actors.AudienceMembers, Joining: actors.JoinInvitation})

	ann.meets(bob)
	ann.Invites(c, bob)
	ann.meets(cat)
	ann.Invites(c, cat)
	town.Settle()
	for _, who := range []*Person{bob, cat} {
		if m := who.Stands(c, who); m.Standing != actors.Invited {
			t.Fatalf("at home %s stands as %q", who.URI, m.Standing)
		}
	}
	if got := bob.told(); got != 1 {
		t.Errorf("bob has %d notifications", got)
	}
	bob.Joins(c)
	cat.saysNo(c)
	town.Settle()
	if !bob.IsMember(c) {
		t.Error("bob was invited and is no member")
	}
	if m := ann.Stands(c, cat); m.Standing != actors.Left {
		t.Errorf("cat said no and stands as %q", m.Standing)
	}
	got := ann.bids(c)
	if len(got) != 2 || got[0].State != actors.BidDeclined || got[1].State != actors.BidAccepted {
		t.Errorf("the invitations: %+v", got)
	}
	cat.Joins(c)
	town.Settle()
	if cat.IsMember(c) {
		t.Error("cat said no and was let in after all")
	}
}

// What is taken back is taken back on the other site too.
func TestFAC2_AnInvitationIsTakenBackElsewhere(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	c := ann.StartsAs(actions.Charter{Name: "tender", Title: "Tender", Audience: actors.AudienceMembers, Joining: actors.JoinInvitation})
	ann.meets(bob)
	ann.Invites(c, bob)
	town.Settle()
	open := ann.bids(c)
	ann.decides(c, bob, func(ctx context.Context, tx *store.Tx, me actors.Actor, group actors.Community, _ actors.Actor) error {
		return ann.hall().node.Actions.TakeBack(ctx, tx, me, group, open[0].ID)
	})
	town.Settle()
	if m := bob.Stands(c, bob); m.Standing != actors.Left {
		t.Errorf("bob stands as %q", m.Standing)
	}
	bob.Joins(c)
	town.Settle()
	if bob.IsMember(c) {
		t.Error("bob joined with an invitation that was taken back")
	}
}

// Nobody but a community invites into it, and nobody but the one who is asked answers.
func TestFAC2_InvitationsOfOthersCountForNothing(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	c := ann.StartsAs(actions.Charter{Name: "tender", Title: "Tender", Audience: actors.AudienceMembers, Joining: actors.JoinInvitation})
	ann.meets(bob)
	ann.Invites(c, bob)
	town.Settle()
	mal := town.Stranger("evil.example").Person("mal")
	invite := func(actor actors.URI) Doc {
		return Doc{"id": mal.ID(), "type": "Invite", "actor": actor, "object": c.URI, "target": bob.URI, "to": []actors.URI{bob.URI}}
	}
	mal.Sends("https://south.example/inbox", invite(mal.URI))
	mal.Sends("https://north.example/inbox", Doc{
		"id": mal.ID(), "type": "Reject", "actor": mal.URI, "to": []actors.URI{c.URI}, "object": invite(c.URI),
	})
	mal.Sends("https://south.example/inbox", Doc{
		"id": mal.ID(), "type": "Undo", "actor": mal.URI, "to": []actors.URI{bob.URI}, "object": invite(mal.URI),
	})
	town.Settle()
	if got := bob.told(); got != 1 {
		t.Errorf("bob has %d notifications", got)
	}
	if got := ann.bids(c); len(got) != 1 || got[0].State != actors.BidPending {
		t.Errorf("the invitations: %+v", got)
	}
	if m := bob.Stands(c, bob); m.Standing != actors.Invited {
		t.Errorf("bob stands as %q", m.Standing)
	}
}

// Who is not let in reads why, on their own site.
func TestFAC2_ARefusalSaysWhy(t *testing.T) {
	town := New(t, "north.example", "south.example")
	ann, bob := town.Person("ann@north.example"), town.Person("bob@south.example")
	c := ann.StartsAs(actions.Charter{Name: "tender", Title: "Tender", Audience: actors.AudienceMembers, Joining: actors.JoinRequest})
	bob.Joins(c)
	town.Settle()
	ann.decides(c, bob, func(ctx context.Context, tx *store.Tx, me actors.Actor, group actors.Community, them actors.Actor) error {
		return ann.hall().node.Actions.Decide(ctx, tx, me, group, them, false, "It is for licensing officers")
	})
	town.Settle()
	if m := bob.Stands(c, bob); m.Standing != actors.Refused || m.Note != "It is for licensing officers" {
		t.Errorf("bob stands as %q: %q", m.Standing, m.Note)
	}
}

func (p *Person) saysNo(c Community) {
	p.town.T.Helper()
	p.decides(c, p, func(ctx context.Context, tx *store.Tx, me actors.Actor, group actors.Community, _ actors.Actor) error {
		return p.hall().node.Actions.SayNo(ctx, tx, me, group)
	})
}

func (p *Person) told() (n int) {
	p.town.T.Helper()
	p.town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, p.URI)
		if err != nil {
			return err
		}
		n, err = tx.CountUnseen(ctx, me.ID)
		return err
	}))
	return n
}

// bids are the invitations of a community that lives where the person does.
func (p *Person) bids(c Community) (list []actors.Bid) {
	p.town.T.Helper()
	p.town.must(p.town.Node(p.host).DB.Read(p.town.ctx(), func(tx *store.Tx) error {
		group, err := tx.CommunityByURI(p.town.ctx(), c.URI)
		if err != nil {
			return err
		}
		list, err = tx.Bids(p.town.ctx(), group.ID, store.Page{})
		return err
	}))
	return list
}

// meets has the person's node read somebody at their own, as the form for inviting
// does.
func (p *Person) meets(who *Person) {
	p.town.T.Helper()
	n := p.hall().node
	x, raw, err := n.Remote.Actor(p.town.ctx(), who.URI)
	p.town.must(err)
	p.town.must(p.hall().write(func(ctx context.Context, tx *store.Tx) error {
		_, err := n.Actions.Learn(ctx, tx, x, raw, false)
		return err
	}))
}

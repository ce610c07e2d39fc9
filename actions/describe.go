package actions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// Words are what facilitators on another server may change of a community.
type Words struct {
	Title   string
	Purpose string         // Markdown
	Posting actors.Posting // empty leaves it
}

// TakeDescribe changes what a community here says of itself for a facilitator on
// another server. Addresses and keys are not theirs to say: their own Update is
// announced only when those in it are the community's, as faithful finds; otherwise
// the community announces an Update of its own.
func (a *Actions) TakeDescribe(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, w Words, act actors.Activity, faithful bool) error {
	if err := a.Facilitates(ctx, tx, by, group); err != nil {
		return err
	}
	if w.Posting == "" {
		w.Posting = group.Posting
	}
	if w.Title == group.Title && w.Purpose == group.Source && w.Posting == group.Posting {
		return nil
	}
	group, err := a.describe(ctx, tx, by, group, Charter{
		Name: group.Name, Title: w.Title, Purpose: w.Purpose, Posting: w.Posting,
		Audience: group.Audience, Joining: group.Joining, Language: group.Language,
	})
	if err != nil {
		return err
	}
	own, err := a.tellFollowers(ctx, tx, group)
	if err != nil {
		return err
	}
	if !faithful {
		act = own
	}
	return a.announce(ctx, tx, group, act.Body, group.Audience, group.URI)
}

// Describe changes what a community here says of itself, in the name of a
// facilitator. The community tells its followers itself; the facilitator's Update is
// announced too, since Lemmy and its like read nothing else (protocol.md 5.4).
//
// Made narrower, it says so to partners who have no follower of it any more, or never
// had one, too: they may hold what was public (security.md S190).
func (a *Actions) Describe(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, c Charter) (actors.Activity, error) {
	before := group.Audience
	group, err := a.describe(ctx, tx, by, group, c)
	if err != nil || !group.Audience.Federates() {
		return actors.Activity{}, err
	}
	document, err := ap.WriteCommunity(group)
	if err != nil {
		return actors.Activity{}, err
	}
	act := a.ofCommunity("Update", by, group, group.URI)
	if act.Body, err = ap.WriteUpdate(within(act, by, group, group.Audience), document); err != nil {
		return act, err
	}
	if err := a.recordProved(ctx, tx, by, group, group.Audience, &act); err != nil {
		return act, err
	}
	own, err := a.tellFollowers(ctx, tx, group)
	if err != nil {
		return act, err
	}
	if before.WiderThan(group.Audience) {
		if err := a.tellPartners(ctx, tx, group, own); err != nil {
			return act, err
		}
	}
	return act, a.announce(ctx, tx, group, act.Body, group.Audience, group.URI)
}

// tellPartners owes an activity of a community to every partner that anything was ever
// sent to and that has no follower of it: one row for each.
func (a *Actions) tellPartners(ctx context.Context, tx *store.Tx, group actors.Community, act actors.Activity) error {
	hosts, err := a.FormerHosts(ctx, tx, group)
	if err != nil {
		return err
	}
	var to []store.Recipient
	for _, host := range hosts {
		who, err := tx.SomeoneAt(ctx, host, "")
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		to = append(to, store.ToInbox(who))
	}
	return a.send(ctx, tx, act, group.Actor, to...)
}

// FormerHosts lists the partners who may have copies of what is or was public in a
// community and have no member of it.
func (a *Actions) FormerHosts(ctx context.Context, tx *store.Tx, group actors.Community) (hosts []string, err error) {
	served, err := tx.Cursors(ctx)
	if err != nil {
		return nil, fmt.Errorf("list partners: %w", err)
	}
	following, err := tx.FollowerHosts(ctx, group.ID)
	if err != nil {
		return nil, fmt.Errorf("list the followers of %s: %w", group.URI, err)
	}
	for _, c := range served {
		if !slices.Contains(following, c.Host) {
			hosts = append(hosts, c.Host)
		}
	}
	return hosts, nil
}

// describe makes the change. The audience can only become narrower here: widening
// needs everyone's agreement.
func (a *Actions) describe(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, c Charter) (actors.Community, error) {
	c.Name = group.Name
	if err := c.Check(); err != nil {
		return group, err
	}
	m, err := a.membership(ctx, tx, group.ID, by.ID)
	if err != nil {
		return group, err
	}
	if !group.Local || !m.May(actors.Moderator) {
		return group, refuse("not_moderator", "Only facilitators can change a community.")
	}
	if c.Audience.WiderThan(group.Audience) {
		return group, content.Problems{"audience": "Who can read this community cannot be made wider"}
	}
	if c.Audience != group.Audience && !c.Audience.Federates() {
		// Nothing would be sent from then on, not even that it is closed.
		elsewhere, err := tx.FollowerHosts(ctx, group.ID)
		if err != nil {
			return group, err
		}
		if len(elsewhere) > 0 {
			return group, content.Problems{"audience": "There are members at other organisations. Remove them first, or choose another answer"}
		}
	}
	if c.Posting == "" {
		c.Posting = group.Posting
	}
	if group.Audience.WiderThan(c.Audience) {
		c = c.closed()
	}
	group.Title, group.Source, group.Summary = c.Title, c.Purpose, string(content.Markdown(c.Purpose))
	group.Audience, group.Joining, group.Language, group.Updated = c.Audience, c.Joining, content.Lang(c.Language), a.Now()
	group.Posting = c.Posting
	if c.ThreadType != "" {
		group.ThreadType = c.ThreadType
	}
	group.Approves = c.Joining != actors.JoinOpen || c.Audience != actors.AudiencePublic
	group.Indexable = group.Indexable && c.Audience == actors.AudiencePublic
	if err := tx.SaveActor(ctx, group.Actor, nil); err != nil {
		return group, fmt.Errorf("describe community: %w", err)
	}
	if err := tx.SaveCommunity(ctx, group); err != nil {
		return group, fmt.Errorf("describe community: %w", err)
	}
	if _, err := tx.NarrowCommunity(ctx, group.ID, group.Audience); err != nil {
		return group, fmt.Errorf("narrow %s: %w", group.URI, err)
	}
	return group, a.note(ctx, tx, by.ID, group, DidDescribe, "", "")
}

// closed is the charter without what would let strangers in by themselves, where
// only members may read.
func (c Charter) closed() Charter {
	if c.Audience == actors.AudienceNetwork {
		return c
	}
	if c.Joining == actors.JoinOpen {
		c.Joining = actors.JoinRequest
	}
	if c.Posting == actors.PostAnyone {
		c.Posting = actors.PostMembers
	}
	return c
}

// Suggest asks a community elsewhere to take a title and a purpose, in the name of a
// facilitator here (protocol.md 9.2). Who may post there is left as it is.
func (a *Actions) Suggest(ctx context.Context, tx *store.Tx, by actors.Actor, group actors.Community, title, purpose string) (actors.Activity, error) {
	if err := a.Facilitates(ctx, tx, by, group); err != nil {
		return actors.Activity{}, err
	}
	c := Charter{Name: group.Name, Title: strings.TrimSpace(title), Purpose: purpose, Audience: group.Audience, Joining: group.Joining}
	if err := c.Check(); err != nil {
		return actors.Activity{}, err
	}
	raw, err := tx.ActorRaw(ctx, group.ID)
	if err != nil {
		return actors.Activity{}, fmt.Errorf("read the community's document: %w", err)
	}
	act := a.ofCommunity("Update", by, group, group.URI)
	act.Body, err = ap.WriteDescription(within(act, by, group, group.Audience), raw, ap.Description{
		Name: c.Title, Summary: string(content.Markdown(purpose)), Source: purpose,
		Updated: act.At,
	})
	if err != nil {
		return act, err
	}
	if err := a.record(ctx, tx, act); err != nil {
		return act, err
	}
	return act, a.send(ctx, tx, act, by, to(group.Actor)...)
}

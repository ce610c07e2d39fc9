package actions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// Learn remembers an actor from elsewhere as its own host describes it: new, or
// over what was known. Kind and address never change; a changed key is only
// taken when newKey says that it has been proved (security.md S32, S73).
func (a *Actions) Learn(ctx context.Context, tx *store.Tx, who actors.Actor, raw []byte, newKey bool) (actors.Actor, error) {
	if a.Site.Owns(who.URI) {
		return who, refuse("local_forgery", "This node's own people are not described from outside.")
	}
	who.Local, who.Fetched = false, a.Now()
	known, err := tx.ActorByURI(ctx, who.URI)
	if errors.Is(err, store.ErrNotFound) {
		return a.meet(ctx, tx, who, raw)
	}
	if err != nil {
		return who, err
	}
	switch {
	case known.IsGone():
		return known, refuse("actor_gone", "It has been deleted.")
	case known.Kind != who.Kind:
		return known, refuse("kind_changed", "An actor cannot become another kind.")
	case !newKey && (known.PublicKey != who.PublicKey && known.PublicKey != "" || isOther(known.Ed25519Key, who.Ed25519Key)):
		return known, refuse("key_changed", "The key has changed without proof.")
	}
	who.ID = known.ID
	if err := tx.SaveActor(ctx, who, raw); err != nil {
		return known, fmt.Errorf("learn %s: %w", who.URI, err)
	}
	if who.Kind == actors.Group {
		return who, a.relearn(ctx, tx, who, raw)
	}
	return who, nil
}

// isOther says whether one key has taken the place of another, other than by being
// added or taken away.
func isOther(known, now string) bool { return known != "" && now != "" && known != now }

// relearn notes what has changed of a community elsewhere besides its actor.
func (a *Actions) relearn(ctx context.Context, tx *store.Tx, who actors.Actor, raw []byte) error {
	c, err := tx.Community(ctx, who.ID)
	if err != nil {
		return fmt.Errorf("learn %s: %w", who.URI, err)
	}
	if at := a.memberTokens(who, raw); at != c.MemberToken {
		if err := tx.SetMemberToken(ctx, c.ID, at); err != nil {
			return fmt.Errorf("learn %s: %w", who.URI, err)
		}
	}
	return a.narrow(ctx, tx, c, audienceSaid(who, raw))
}

// memberTokens is where a community elsewhere gives out member tokens: at its own
// host, or nowhere.
func (a *Actions) memberTokens(who actors.Actor, raw []byte) actors.URI {
	doc, err := ap.ParseActor(raw)
	if err != nil || doc.MemberToken == "" {
		return ""
	}
	at, err := a.Site.Parse(string(doc.MemberToken))
	if err != nil || !at.SameOrigin(who.URI) {
		return ""
	}
	return at
}

// narrow notes that a community elsewhere has closed its doors: what is here of it,
// and what people here say in it from now on, is for its members (security.md S190);
// where there are none, it is taken away. The other way nothing is widened on a
// stranger's word (protocol.md 8).
func (a *Actions) narrow(ctx context.Context, tx *store.Tx, c actors.Community, said actors.Audience) error {
	if !c.Audience.WiderThan(said) {
		return nil
	}
	before, _ := actors.ChainOf(c.Audience)
	c.Audience, c.Joining = said, actors.JoinRequest
	if err := tx.SaveCommunity(ctx, c); err != nil {
		return fmt.Errorf("narrow %s: %w", c.URI, err)
	}
	if _, err := tx.NarrowCommunity(ctx, c.ID, said); err != nil {
		return err
	}
	if chain, _ := actors.ChainOf(said); chain != before {
		// How far its log is held is said of the other chain from now on.
		if err := tx.ForgetChainState(ctx, c.ID); err != nil {
			return err
		}
	}
	return tx.PurgeUnlessRead(ctx, c.ID, a.Now())
}

// audienceSaid is who may read a community elsewhere, by its own document. Lemmy
// says a community is private by approving followers, and so do we. A node of ours
// says, besides, that one is for the network. Whatever else is said, or does not
// agree, has the narrower reading.
func audienceSaid(who actors.Actor, raw []byte) actors.Audience {
	said := actors.Audience("")
	if doc, err := ap.ParseActor(raw); err == nil {
		said = actors.Audience(doc.Audience)
	}
	switch {
	case !who.Approves && (said == "" || said == actors.AudiencePublic):
		return actors.AudiencePublic
	case who.Approves && said == actors.AudienceNetwork:
		return actors.AudienceNetwork
	}
	return actors.AudienceMembers
}

func (a *Actions) meet(ctx context.Context, tx *store.Tx, who actors.Actor, raw []byte) (actors.Actor, error) {
	who.ID = a.IDs.Next()
	if err := tx.MeetInstance(ctx, who.Host, a.Now()); err != nil {
		return who, err
	}
	if err := tx.AddActor(ctx, who, raw); err != nil {
		return who, fmt.Errorf("learn %s: %w", who.URI, err)
	}
	if who.Kind != actors.Group {
		return who, nil
	}
	c := actors.Community{
		Actor: who, Audience: audienceSaid(who, raw), Joining: actors.JoinOpen, Posting: actors.PostMembers,
		ThreadType: "Page", History: actors.HistoryNone, MemberToken: a.memberTokens(who, raw),
	}
	if c.Audience != actors.AudiencePublic {
		c.Joining = actors.JoinRequest
	}
	return who, tx.AddCommunity(ctx, c)
}

// Forget carries out that someone elsewhere has deleted their account: their
// posts are withdrawn here, their memberships end, and a tombstone stays.
func (a *Actions) Forget(ctx context.Context, tx *store.Tx, who actors.Actor) error {
	if who.Local {
		return refuse("local_forgery", "This node's own people are not deleted from outside.")
	}
	if err := a.endMemberships(ctx, tx, who); err != nil {
		return err
	}
	for {
		posts, err := tx.PostsOf(ctx, who.ID, forgetAtOnce)
		if err != nil {
			return err
		}
		for _, p := range posts {
			if err := a.Withdraw(ctx, tx, p); err != nil {
				return err
			}
		}
		if len(posts) < forgetAtOnce {
			break
		}
	}
	if err := tx.ForgetFormatRequestsOf(ctx, who.ID); err != nil {
		return err
	}
	return tx.MarkActorGone(ctx, who.ID, a.Now())
}

// forgetAtOnce is how many posts are read at a time while someone is forgotten.
const forgetAtOnce = 200

func (a *Actions) endMemberships(ctx context.Context, tx *store.Tx, who actors.Actor) error {
	list, err := tx.MembershipsOf(ctx, who.ID)
	if err != nil {
		return err
	}
	for _, m := range list {
		if m.Standing != actors.Joined && m.Standing != actors.Asked {
			continue
		}
		m.Standing, m.Since, m.Role, m.Appointed = actors.Left, a.Now(), actors.Member, time.Time{}
		if err := tx.SetMembership(ctx, m); err != nil {
			return fmt.Errorf("end membership: %w", err)
		}
	}
	return nil
}

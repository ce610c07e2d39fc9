package serve

import (
	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// maxSynchronized is how many followers of one host are listed. Where there are
// more, the digest is not sent either (federation/delivery).
const maxSynchronized = store.MostSynchronized

// communitySynchronization lists the members of a community that come from the
// host that asks, and no others (FEP-8fcf, security.md S198). Who belongs to a
// closed community is for its members, and for servers that a member comes from.
func (s *Serve) communitySynchronization(q question) (reply, error) {
	c, err := q.tx.CommunityByURI(q.ctx, s.Site.Community(q.name))
	if err != nil {
		return reply{}, err
	}
	if !c.Local || c.IsGone() || !c.Audience.Federates() {
		return reply{}, store.ErrNotFound
	}
	if c.Audience != actors.AudiencePublic {
		m, err := q.tx.Membership(q.ctx, c.ID, q.viewer.Actor)
		if err != nil {
			return reply{}, err
		}
		may := q.viewer.BelongsTo(m)
		if !may {
			may, err = q.isMembersServer(c)
		}
		if err == nil && !may {
			err = store.ErrNotFound
		}
		if err != nil {
			return reply{}, err
		}
	}
	return synchronization(q, c.Actor)
}

// personSynchronization lists the followers of a person that come from the host
// that asks.
func (s *Serve) personSynchronization(q question) (reply, error) {
	a, err := s.livePerson(q)
	if err != nil {
		return reply{}, err
	}
	return synchronization(q, a)
}

// synchronization lists all at once: Mastodon reads one page and takes for gone
// whoever is not on it.
func synchronization(q question, a actors.Actor) (reply, error) {
	list, err := q.tx.FollowersFrom(q.ctx, a.ID, q.from.Host(), maxSynchronized+1)
	if err != nil {
		return reply{}, err
	}
	if len(list) > maxSynchronized {
		return reply{}, store.ErrNotFound
	}
	return document(ap.WriteCollection(ap.Listing{
		ID: ap.SynchronizationOf(a.URI), Total: len(list), Items: ap.Refs(list...), AttributedTo: a.URI,
	}))
}

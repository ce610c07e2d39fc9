package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/store"
)

// isListed says whether strangers may know of a community: one that is public,
// or closed but shown in lists. One that never leaves the node is for its own
// people alone (protocol.md 8).
func isListed(c actors.Community) bool {
	return c.Audience == actors.AudiencePublic || c.Discoverable && c.Audience.Federates()
}

// localCommunity reads a community that the viewer may know of.
func (s *Serve) localCommunity(q question) (actors.Community, error) {
	c, err := q.tx.CommunityByURI(q.ctx, s.Site.Community(q.name))
	if err != nil {
		return c, err
	}
	switch {
	case !c.Local:
		return c, store.ErrNotFound
	case isListed(c):
		return c, nil
	}
	m, err := q.tx.Membership(q.ctx, c.ID, q.viewer.Actor)
	// To have asked is not enough: anyone may send a request, and be it to a guess.
	isKnown := q.viewer.BelongsTo(m)
	if err == nil && !isKnown {
		// The server of a member needs its key, and is told of it anyway.
		isKnown, err = q.isMembersServer(c)
	}
	if err == nil && (!isKnown || !c.Audience.Federates()) {
		err = store.ErrNotFound
	}
	return c, err
}

// isMembersServer says whether a server as such asks, and a member of the
// community comes from it.
func (q question) isMembersServer(c actors.Community) (bool, error) {
	is, err := isServer(q)
	if err != nil || !is {
		return false, err
	}
	return q.tx.HasMemberFrom(q.ctx, c.ID, q.signer.Host())
}

// readableCommunity reads a live community whose inside the viewer may see.
func (s *Serve) readableCommunity(q question) (actors.Community, error) {
	c, err := s.localCommunity(q)
	if err != nil {
		return c, err
	}
	may, err := q.mayRead(c)
	if err == nil && (!may || c.IsGone()) {
		return c, store.ErrNotFound
	}
	return c, err
}

func (s *Serve) community(q question) (reply, error) {
	c, err := s.localCommunity(q)
	if err != nil {
		return reply{}, err
	}
	if c.IsGone() {
		return goneActor(c.Actor)
	}
	return document(ap.WriteCommunity(c))
}

// moderators lists a community's facilitators; Lemmy keeps this open for closed
// communities that are listed, and so do we (protocol.md 8.5).
func (s *Serve) moderators(q question) (reply, error) {
	c, err := s.localCommunity(q)
	if err != nil {
		return reply{}, err
	}
	if c.IsGone() {
		return reply{}, store.ErrNotFound
	}
	list, err := q.tx.Moderators(q.ctx, c.ID)
	if err != nil {
		return reply{}, err
	}
	ids := make([]actors.URI, len(list))
	for i, a := range list {
		ids[i] = a.URI
	}
	return document(ap.WriteCollection(ap.Listing{
		ID: c.URI + "/moderators", Total: len(ids), Items: ap.Refs(ids...), AttributedTo: c.URI,
	}))
}

// communityFollowers says how many follow, never who. A member, and the server of
// one, may ask whether one actor does (protocol.md 8.11, C50).
func (s *Serve) communityFollowers(q question) (reply, error) {
	if who := q.query.Get("is_follower"); who != "" {
		return s.isFollower(q, actors.URI(who))
	}
	c, err := s.readableCommunity(q)
	if err != nil {
		return reply{}, err
	}
	n, err := q.tx.CountFollowers(q.ctx, c.ID)
	if err != nil {
		return reply{}, err
	}
	return document(ap.WriteCount(c.URI+"/followers", n))
}

// isServer says whether a server as such signed, and not one of its people, who
// have no business with who else belongs to a community.
func isServer(q question) (bool, error) {
	if q.signer == "" || string(q.signer) == q.signer.Origin()+"/" {
		return q.signer != "", nil
	}
	a, err := q.tx.ActorByURI(q.ctx, q.signer)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return a.Kind == actors.Application, err
}

var errNotClosed = refusal{http.StatusBadRequest, "this community is not closed"}

// isFollower says whether somebody is a member of a community in which something is
// for members alone: to its members, and to servers that a member comes from, which
// need it to decide who may read what their own people wrote in it. All others learn
// nothing: not even that there is such a community, or of a public one, that there is
// anything for its members (decision 0032).
func (s *Serve) isFollower(q question, who actors.URI) (reply, error) {
	c, err := q.tx.CommunityByURI(q.ctx, s.Site.Community(q.name))
	if err != nil {
		return reply{}, err
	}
	if !c.Local || c.IsGone() || !c.Audience.Federates() {
		return reply{}, store.ErrNotFound
	}
	if err := q.mayAskWho(c); err != nil {
		return reply{}, err
	}
	a, err := q.tx.ActorByURI(q.ctx, who)
	if err != nil {
		return reply{}, err
	}
	m, err := q.tx.Membership(q.ctx, c.ID, a.ID)
	if err == nil && m.Standing != actors.Joined {
		err = store.ErrNotFound
	}
	if err != nil {
		return reply{}, err
	}
	return document(ap.WriteCollection(ap.Listing{ID: c.URI + "/followers", Total: 1, Items: ap.Refs(who)}))
}

// mayAskWho refuses those who may not ask who belongs to a community.
func (q question) mayAskWho(c actors.Community) error {
	no := error(store.ErrNotFound)
	if c.Audience == actors.AudiencePublic {
		no = errNotClosed
		if _, err := q.tx.LastEntry(q.ctx, c.ID, actors.ChainMembers); errors.Is(err, store.ErrNotFound) {
			return no
		} else if err != nil {
			return err
		}
	}
	mine, err := q.tx.Membership(q.ctx, c.ID, q.viewer.Actor)
	if err != nil || q.viewer.BelongsTo(mine) {
		return err
	}
	may, err := q.isMembersServer(c)
	if err == nil && !may {
		err = no
	}
	return err
}

// maxListing bounds the bytes of documents embedded in one collection: peers
// read at most 1 MiB.
const maxListing = 512 << 10

// featured holds the pinned discussions, whole: Lemmy reads them from here and
// fetches nothing (protocol.md 2).
func (s *Serve) featured(q question) (reply, error) {
	c, err := s.readableCommunity(q)
	if err != nil {
		return reply{}, err
	}
	pinned, err := q.tx.Featured(q.ctx, q.viewer, c.ID)
	if err != nil {
		return reply{}, err
	}
	items := make([]json.RawMessage, 0, len(pinned))
	size := 0
	for _, p := range pinned {
		raw, err := s.object(q, p)
		if err != nil {
			return reply{}, err
		}
		if size += len(raw); size > maxListing && len(items) > 0 {
			break
		}
		items = append(items, raw)
	}
	id := c.URI + "/featured"
	l := ap.Listing{ID: id, Total: len(pinned), Items: items, AttributedTo: c.URI}
	if q.query.Has("page") {
		l.ID, l.PartOf = id+"?page=1", id
		return document(ap.WritePage(l))
	}
	l.First = id + "?page=1"
	return document(ap.WriteCollection(l))
}

// object is the document of a post: written from the row for our own, as it came
// for those of others.
func (s *Serve) object(q question, p content.Post) ([]byte, error) {
	if p.Local {
		return s.actions().Document(q.ctx, q.tx, p)
	}
	raw, err := q.tx.PostRaw(q.ctx, p.ID)
	if err != nil {
		return nil, fmt.Errorf("document of post %s: %w", p.ID, err)
	}
	if len(raw) == 0 {
		return ap.Refs(p.URI)[0], nil
	}
	return raw, nil
}

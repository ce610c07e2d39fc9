package serve

import (
	"errors"
	"fmt"
	"net/http"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// activity serves what a local actor did, in the bytes that were sent.
func (s *Serve) activity(q question) (reply, error) {
	id, err := actors.ParseID(q.name)
	if err != nil {
		return reply{}, store.ErrNotFound
	}
	act, err := q.tx.Activity(q.ctx, id)
	if err != nil {
		return reply{}, err
	}
	if act.URI != s.Site.Activity(id) || act.Direction != actors.Outbound || act.State != actors.Applied {
		return reply{}, store.ErrNotFound
	}
	if len(act.Body) == 0 {
		return goneActivity(q, act)
	}
	a, err := ap.ParseActivity(act.Body)
	if err != nil {
		return reply{}, fmt.Errorf("read activity %s: %w", act.ID, err)
	}
	may, err := q.mayReadActivity(act, a)
	if err != nil {
		return reply{}, err
	}
	if !may {
		return reply{}, store.ErrNotFound
	}
	return reply{body: act.Body}, nil
}

// goneActivity is what is left of an activity whose words were erased. Only who
// could read the post may learn that there was one.
func goneActivity(q question, act actors.Activity) (reply, error) {
	if act.Type == "Flag" {
		return reply{}, store.ErrNotFound // that there was a report is nobody's business
	}
	may, err := q.mayReadPost(act.Object)
	if err != nil {
		return reply{}, err
	}
	if !may {
		return reply{}, store.ErrNotFound
	}
	body, err := ap.WriteTombstone(act.URI, act.Type, act.At)
	return reply{status: http.StatusGone, body: body}, err
}

// mayReadActivity asks three things: is it between two parties, to whom was it
// addressed, and may the viewer read the post that it carries now.
func (q question) mayReadActivity(act actors.Activity, a ap.Activity) (bool, error) {
	if isBetweenParties(a) {
		return q.isParty(a), nil
	}
	if !a.To.Public() && !a.Cc.Public() {
		may, err := q.mayReadForMembers(act, a)
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		if err != nil || !may {
			return false, err
		}
	}
	if post, ok := carriedPost(a); ok {
		return q.mayReadPost(post)
	}
	return true, nil
}

// isBetweenParties names what concerns only the one who asks and the one who
// answers. Who belongs to what is nobody else's business.
func isBetweenParties(a ap.Activity) bool {
	switch a.Type {
	case "Follow", "Accept", "Reject", "Flag":
		return true
	case "Undo":
		switch a.Object.Type() {
		case "Follow", "Accept", "Reject", "Flag":
			return true
		}
		return !a.Object.Embedded()
	}
	return false
}

func (q question) isParty(a ap.Activity) bool {
	who := string(q.signer)
	return who != "" && a.Type != "Flag" &&
		(who == a.Actor || who == a.Object.ID() || a.To.Has(who) || a.Cc.Has(who))
}

// mayReadForMembers says whether an activity was addressed to the followers of
// a community, and the viewer is one of those who may read there.
func (q question) mayReadForMembers(act actors.Activity, a ap.Activity) (bool, error) {
	if act.Group == 0 || !q.viewer.SignedIn() {
		return false, nil
	}
	c, err := q.tx.Community(q.ctx, act.Group)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	followers := string(c.Followers)
	if !a.To.Has(followers) && !a.Cc.Has(followers) {
		return false, nil
	}
	m, err := q.tx.Membership(q.ctx, c.ID, q.viewer.Actor)
	switch {
	case err != nil || !c.Audience.Federates():
		return false, err
	case q.viewer.BelongsTo(m):
		return true, nil
	}
	return false, q.unlessAtHome(c, actors.AudienceMembers)
}

// carriedPost is the id of the post whose words an activity holds, at any depth.
func carriedPost(a ap.Activity) (actors.URI, bool) {
	for range maxNesting {
		switch {
		case !a.Object.Embedded():
			return "", false
		case a.Type == "Create", a.Type == "Update":
			if ap.IsActorType(a.Object.Type()) {
				return "", false
			}
			return actors.URI(a.Object.ID()), true
		}
		inner, err := a.Object.AsActivity()
		if err != nil {
			return actors.URI(a.Object.ID()), true
		}
		a = inner
	}
	return "", true // deeper than anything that is written here: nobody's
}

const maxNesting = 4

// mayReadPost says whether the viewer may read a post by its address, local or
// not, gone or not.
func (q question) mayReadPost(uri actors.URI) (bool, error) {
	p, err := q.tx.PostByURI(q.ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		v, unknown := q.tx.VersionByURI(q.ctx, uri)
		p.ID, err = v.Document, unknown
	}
	if err == nil {
		_, err = q.tx.Post(q.ctx, q.viewer, p.ID)
		if errors.Is(err, store.ErrNotFound) {
			_, err = awayPost(q, p.ID)
		}
	}
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

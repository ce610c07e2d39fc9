package serve

import (
	"context"
	"errors"
	"net/http"

	"moothall/actors"
	"moothall/store"
)

// asker is whoever signed a request. The zero asker is the anonymous public.
type asker struct {
	uri       actors.URI
	isPartner bool // may read what is not public, where it belongs to
	isBlocked bool
	memberOf  actors.ID // community elsewhere that calls them a member

	key         string // thumbprint of the key that signed
	signedToken bool   // the signature covers the Authorization header
}

// atHome says that a document here may be for the one who asks, if they belong
// to a community that lives elsewhere: only its home knows.
type atHome struct{ group actors.Community }

// Error names the community.
func (e *atHome) Error() string { return "the home of " + string(e.group.URI) + " knows" }

// unlessAtHome is the refusal of something of ours in a community, which is for a:
// final, or until the community's home has been asked about a person whom we do not
// know as a member. A community that is public may hold what is for its members.
func (q question) unlessAtHome(c actors.Community, a actors.Audience) error {
	if c.Local || c.IsGone() || a != actors.AudienceMembers || !q.viewer.SignedIn() || q.viewer.MemberOf != 0 {
		return store.ErrNotFound
	}
	return &atHome{c}
}

// whoAsks believes a signature that holds and is of a host we deal with. Any
// other request is as good as unsigned (security.md S33, S34).
func (s *Serve) whoAsks(r *http.Request) asker { return s.whoSigned(r, nil) }

// whoSigned is whoAsks for a request with a body.
func (s *Serve) whoSigned(r *http.Request, body []byte) asker {
	by, err := s.Verify(r, body)
	if err != nil || by.By == "" || s.Decide == nil || s.Site.Owns(by.By) {
		return asker{}
	}
	return s.standing(asker{uri: by.By, key: by.Key, signedToken: by.Token})
}

// standing says what we let the host of somebody do now.
func (s *Serve) standing(who asker) asker {
	host := who.uri.Host()
	who.isPartner = s.Decide(host, actors.ToServe).OK()
	// Who may follow may read what is public.
	who.isBlocked = !s.Decide(host, actors.ToFollow).OK()
	return who
}

// mayFetch says whether a request passes authorized fetch (protocol.md 3.4).
func (a asker) mayFetch() error {
	switch {
	case a.uri == "":
		return errUnsigned
	case a.isBlocked:
		return errBlocked
	}
	return nil
}

// viewerOf is a remote actor as a reader. One whom we have never met reads as
// the public, and so does a server as such: closed communities are shared with
// people (protocol.md 8.8).
func viewerOf(ctx context.Context, tx *store.Tx, uri actors.URI) (actors.Viewer, error) {
	who, err := tx.ActorByURI(ctx, uri)
	if errors.Is(err, store.ErrNotFound) {
		return actors.Viewer{}, nil
	}
	if err != nil || who.Local || who.IsGone() || who.Kind == actors.Application {
		return actors.Viewer{}, err
	}
	return actors.Viewer{Actor: who.ID, Host: who.Host}, nil
}

// mayRead says whether the viewer may read what everyone in a community may.
func (q question) mayRead(c actors.Community) (bool, error) {
	m, err := q.tx.Membership(q.ctx, c.ID, q.viewer.Actor)
	return q.viewer.MayRead(c.Audience, 0, m), err
}

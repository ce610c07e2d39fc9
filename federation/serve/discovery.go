package serve

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// public marks an answer that any web page may read.
func public(w http.ResponseWriter) {
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cache-Control", cacheBriefly)
}

// WebFinger says which actor a handle or an address belongs to (RFC 7033,
// protocol.md 1.1).
func (s *Serve) WebFinger(w http.ResponseWriter, r *http.Request) {
	public(w)
	body, err := s.webFinger(r.Context(), r.URL.Query().Get("resource"))
	if err != nil {
		fail(w, r, err)
		return
	}
	send(w, r, http.StatusOK, "application/jrd+json", body)
}

func (s *Serve) webFinger(ctx context.Context, resource string) ([]byte, error) {
	look, err := s.resource(resource)
	if err != nil {
		return nil, err
	}
	var a actors.Actor
	err = s.DB.Read(ctx, func(tx *store.Tx) error {
		if a, err = look(ctx, tx); err != nil {
			return err
		}
		return discoverable(ctx, tx, a)
	})
	switch {
	case err != nil:
		return nil, err
	case a.IsGone():
		return nil, refusal{http.StatusGone, "deleted"}
	}
	return ap.WriteWebFinger(a)
}

type lookup func(ctx context.Context, tx *store.Tx) (actors.Actor, error)

// resource reads what WebFinger is asked about: a handle in one of its
// spellings, or the address of an actor.
func (s *Serve) resource(resource string) (lookup, error) {
	malformed := refusal{http.StatusBadRequest, "resource must be acct:name@host or the address of an actor"}
	if u, err := url.Parse(resource); err == nil && (u.Scheme == "https" || u.Scheme == "http") {
		if u.Host == "" {
			return nil, malformed
		}
		uri := actors.URI(resource)
		if resource == s.Site.Base {
			uri = s.Site.Instance()
		}
		if !s.Site.Owns(uri) {
			return nil, store.ErrNotFound
		}
		return func(ctx context.Context, tx *store.Tx) (actors.Actor, error) { return tx.ActorByURI(ctx, uri) }, nil
	}
	if len(resource) >= 5 && strings.EqualFold(resource[:5], "acct:") {
		resource = resource[5:]
	}
	name, host, ok := actors.SplitHandle(resource)
	switch {
	case !ok:
		return nil, malformed
	case host != s.Site.Host:
		return nil, store.ErrNotFound
	case name == host:
		name = s.Site.InstanceName()
	}
	return func(ctx context.Context, tx *store.Tx) (actors.Actor, error) { return tx.LocalActor(ctx, name) }, nil
}

// discoverable hides communities that only their members know of.
func discoverable(ctx context.Context, tx *store.Tx, a actors.Actor) error {
	if !a.Local {
		return store.ErrNotFound
	}
	if a.Kind != actors.Group {
		return nil
	}
	c, err := tx.Community(ctx, a.ID)
	if err == nil && !isListed(c) {
		return store.ErrNotFound
	}
	return err
}

// HostMeta says where WebFinger is (RFC 6415, protocol.md 1.2).
func (s *Serve) HostMeta(w http.ResponseWriter, r *http.Request) {
	body, err := ap.WriteHostMeta(s.Site.Base)
	if err != nil {
		fail(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", cacheBriefly)
	send(w, r, http.StatusOK, "application/xrd+xml; charset=utf-8", body)
}

// NodeInfoLinks says where NodeInfo is (protocol.md 1.3).
func (s *Serve) NodeInfoLinks(w http.ResponseWriter, r *http.Request) {
	public(w)
	body, err := ap.WriteNodeInfoLinks(s.Site.Base)
	if err != nil {
		fail(w, r, err)
		return
	}
	send(w, r, http.StatusOK, "application/json", body)
}

// NodeInfo says what runs here and how large it is, in a version, "2.0" or
// "2.1". Lemmy stops sending to a host that fails to answer this for three days
// (C4).
func (s *Serve) NodeInfo(version string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		public(w)
		people, posts, err := s.counts.get(r.Context(), s.DB, s.Now())
		if err != nil {
			fail(w, r, err)
			return
		}
		body, err := ap.WriteNodeInfo(version, ap.NodeInfo{
			Version: s.Version, Name: s.Site.Name, Open: s.OpenRegistrations, Users: people, Posts: posts,
		})
		if err != nil {
			fail(w, r, err)
			return
		}
		send(w, r, http.StatusOK, ap.NodeInfoType(version), body)
	}
}

// countsFor is how long numbers are shown before they are counted again.
const countsFor = time.Minute

// counts remembers the numbers of NodeInfo. The zero value knows none.
type counts struct {
	mu            sync.Mutex
	at            time.Time
	people, posts int
}

// get counts at most once a minute, and goes on with what was counted last while
// the database does not answer.
func (c *counts) get(ctx context.Context, db *store.DB, now time.Time) (people, posts int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if age := now.Sub(c.at); !c.at.IsZero() && age >= 0 && age < countsFor {
		return c.people, c.posts, nil
	}
	err = db.Read(ctx, func(tx *store.Tx) error {
		var e1, e2 error
		people, e1 = tx.CountPeople(ctx)
		posts, e2 = tx.CountLocalPosts(ctx)
		return errors.Join(e1, e2)
	})
	switch {
	case err == nil:
		c.people, c.posts, c.at = people, posts, now
	case !c.at.IsZero():
		return c.people, c.posts, nil
	}
	return people, posts, err
}

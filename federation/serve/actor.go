package serve

import (
	"net/http"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/store"
)

// document is a reply with what a Write function of federation/ap returned.
func document(body []byte, err error) (reply, error) { return reply{body: body}, err }

// instance is the node's own actor (C9).
func (s *Serve) instance(q question) (reply, error) {
	a, err := q.tx.ActorByURI(q.ctx, s.Site.Instance())
	if err != nil {
		return reply{}, err
	}
	return document(ap.WriteActor(a))
}

func (s *Serve) instanceOutbox(q question) (reply, error) {
	a, err := q.tx.ActorByURI(q.ctx, s.Site.Instance())
	if err != nil {
		return reply{}, err
	}
	return document(ap.WriteCollection(ap.Listing{ID: a.Outbox}))
}

// localPerson reads a person by the one address of theirs: another spelling of
// a name is not an id.
func (s *Serve) localPerson(q question) (actors.Actor, error) {
	a, err := q.tx.ActorByURI(q.ctx, s.Site.Person(q.name))
	if err == nil && (!a.Local || a.Kind != actors.Person) {
		return a, store.ErrNotFound
	}
	return a, err
}

// livePerson is localPerson for what belongs to a person: nothing belongs to one
// who is gone.
func (s *Serve) livePerson(q question) (actors.Actor, error) {
	a, err := s.localPerson(q)
	if err == nil && a.IsGone() {
		return a, store.ErrNotFound
	}
	return a, err
}

// goneActor is what is left of a deleted actor (protocol.md 2).
func goneActor(a actors.Actor) (reply, error) {
	body, err := ap.WriteTombstone(a.URI, string(a.Kind), a.Deleted)
	return reply{status: http.StatusGone, body: body}, err
}

func (s *Serve) person(q question) (reply, error) {
	a, err := s.localPerson(q)
	if err != nil {
		return reply{}, err
	}
	if a.IsGone() {
		return goneActor(a)
	}
	return document(ap.WriteActor(a))
}

// personFollowers says how many follow a person, never who.
func (s *Serve) personFollowers(q question) (reply, error) {
	a, err := s.livePerson(q)
	if err != nil {
		return reply{}, err
	}
	n, err := q.tx.CountFollowers(q.ctx, a.ID)
	if err != nil {
		return reply{}, err
	}
	return document(ap.WriteCount(a.URI+"/followers", n))
}

func (s *Serve) personFollowing(q question) (reply, error) {
	a, err := s.livePerson(q)
	if err != nil {
		return reply{}, err
	}
	n, err := q.tx.CountPublicFollowing(q.ctx, a.ID)
	if err != nil {
		return reply{}, err
	}
	return document(ap.WriteCount(a.URI+"/following", n))
}

// personFeatured is empty: people pin nothing here.
func (s *Serve) personFeatured(q question) (reply, error) {
	a, err := s.livePerson(q)
	if err != nil {
		return reply{}, err
	}
	return document(ap.WriteCollection(ap.Listing{ID: a.URI + "/featured"}))
}

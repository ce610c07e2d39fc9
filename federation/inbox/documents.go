package inbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/federation/remote"
	"moothall/federation/sign"
	"moothall/store"
)

// documents is what has been fetched for one activity, and what it still needs.
type documents struct {
	objects map[actors.URI]document
	gone    map[actors.URI]bool               // the origin does not have it
	stones  map[actors.URI]content.Withdrawal // what the origin says of a document that is gone
	unseen  map[actors.URI]bool               // and does not say that it ever had
	fetched map[actors.URI]bool               // actors that were read just now
	proved  map[said]bool                     // what carries a proof by whom
	missing *need

	direct   bool // who did it sent it just now, and nobody passed it on
	released bool // an admin lets the activity through that policy held
}

// document is an object as its own origin serves it, or as its author has proved it.
type document struct {
	object ap.Object
	raw    json.RawMessage
	proved bool // it did not come from its origin: it may be old
}

func newDocuments() *documents {
	return &documents{
		objects: map[actors.URI]document{}, gone: map[actors.URI]bool{}, stones: map[actors.URI]content.Withdrawal{}, unseen: map[actors.URI]bool{},
		fetched: map[actors.URI]bool{}, proved: map[said]bool{},
	}
}

// object gives an object that its origin vouches for, or says that it is needed.
func (d *documents) object(n need) (document, error) {
	uri := n.uri
	if d.gone[uri] {
		return document{}, remote.ErrGone
	}
	if doc, ok := d.objects[uri]; ok {
		return doc, nil
	}
	return document{}, &n
}

// fetch gets what an activity needs, with no transaction open.
func (in *Inbox) fetch(ctx context.Context, client *remote.Client, n *need, docs *documents) error {
	if n.actor {
		docs.fetched[n.uri] = true
		err := in.learn(ctx, client, n.uri, n.fresh && !n.told)
		if err == nil || !n.optional || ctx.Err() != nil {
			return err
		}
		in.Log.InfoContext(ctx, "read the author of a proof", "host", n.uri.Host(), "err", err)
		return nil
	}
	client, err := in.readerOf(ctx, client, n.group)
	if err != nil {
		return err
	}
	object, raw, err := client.Object(ctx, n.uri)
	switch {
	case n.group != 0 && !n.erased && errors.Is(err, remote.ErrNotThere):
		return &unshown{n.uri}
	case errors.Is(err, remote.ErrGone) || errors.Is(err, remote.ErrNotThere):
		docs.gone[n.uri], docs.unseen[n.uri] = true, errors.Is(err, remote.ErrNotThere)
		docs.stones[n.uri] = wordsLeft(object)
		return nil
	case err != nil:
		return err
	}
	docs.objects[n.uri] = document{object: object, raw: raw}
	return nil
}

// readerOf is the client that reads what belongs to a community elsewhere: one
// that signs for a member here where it is for members, the node's own where it is
// public and group is zero. What a public community says without naming the public
// is read by the node too where nobody here belongs to it: it may be public at its
// origin.
func (in *Inbox) readerOf(ctx context.Context, client *remote.Client, group actors.ID) (*remote.Client, error) {
	if group == 0 {
		return client, nil
	}
	var as sign.Signer
	var c actors.Community
	err := in.DB.Read(ctx, func(tx *store.Tx) (err error) {
		if c, err = tx.Community(ctx, group); err != nil {
			return err
		}
		as, err = in.Actions.Reader(ctx, tx, group)
		return err
	})
	if errors.Is(err, store.ErrNotFound) && c.Audience == actors.AudiencePublic {
		return client, nil
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, refuse("no_reader", "Nobody here belongs to the community any more.")
	}
	if err != nil {
		return nil, err
	}
	return client.As(as).For(c), nil
}

// readAs is what a need says of the community that it is about: the community when
// what is needed is for its members, and so read in the name of one.
func (w *work) readAs(group actors.Community) actors.ID {
	if w.closed {
		return group.ID
	}
	return closedID(group, actors.AudiencePublic)
}

// closedID is the community, unless both it and what is read in it are public.
func closedID(group actors.Community, a actors.Audience) actors.ID {
	if group.Audience == actors.AudiencePublic && a == actors.AudiencePublic {
		return 0
	}
	return group.ID
}

// learn reads an actor from its own host and remembers it. proved says that the
// actor itself announced the change, so that a new key may be taken.
func (in *Inbox) learn(ctx context.Context, client *remote.Client, uri actors.URI, proved bool) error {
	who, raw, err := client.Actor(ctx, uri)
	if err != nil {
		return err
	}
	return in.remembered(ctx, who, raw, proved)
}

// remember stores an actor who has proved nothing.
func (in *Inbox) remember(ctx context.Context, who actors.Actor, raw []byte) error {
	return in.remembered(ctx, who, raw, false)
}

func (in *Inbox) remembered(ctx context.Context, who actors.Actor, raw []byte, proved bool) error {
	return in.DB.Write(ctx, func(tx *store.Tx) error {
		_, err := in.Actions.Learn(ctx, tx, who, raw, proved)
		return err
	})
}

// actor finds a stored actor, or says that it is needed.
func (w *work) actor(ctx context.Context, uri actors.URI) (actors.Actor, error) {
	a, err := w.tx.ActorByURI(ctx, uri)
	switch {
	case errors.Is(err, store.ErrNotFound) && w.in.Site.Owns(uri):
		return a, refuse("local_forgery", "There is no such actor on this node.")
	case errors.Is(err, store.ErrNotFound):
		return a, &need{uri: uri, actor: true}
	case err != nil:
		return a, fmt.Errorf("find actor: %w", err)
	case a.IsGone():
		return a, refuse("actor_gone", "The one who did this has been deleted.")
	}
	return a, nil
}

// address reads an address that an activity gives.
func (w *work) address(s string) (actors.URI, error) {
	uri, err := w.in.Site.Parse(s)
	if err != nil {
		return "", refuse("address", err.Error())
	}
	return uri, nil
}

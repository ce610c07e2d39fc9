package node

import (
	"context"
	"errors"
	"fmt"

	"moothall/actors"
	"moothall/store"
)

// Find returns the person or community that somebody named by handle or
// address, asking its host where this node does not know it yet. The handle of
// whoever is new is checked at its host (protocol.md 2).
func (n *Node) Find(ctx context.Context, named string) (actors.Actor, error) {
	uri, err := n.addressOf(ctx, named)
	if err != nil {
		return actors.Actor{}, fmt.Errorf("find %q: %w", named, err)
	}
	a, err := n.known(ctx, uri)
	if !errors.Is(err, store.ErrNotFound) || n.Site.Owns(uri) {
		return a, err
	}
	found, raw, err := n.Remote.Actor(ctx, uri)
	if err == nil {
		err = n.Remote.CheckHandle(ctx, found)
	}
	if err != nil {
		return a, fmt.Errorf("find %q: %w", named, err)
	}
	err = n.DB.Write(ctx, func(tx *store.Tx) error {
		a, err = n.Actions.Learn(ctx, tx, found, raw, false)
		return err
	})
	return a, err
}

func (n *Node) addressOf(ctx context.Context, named string) (actors.URI, error) {
	name, host, ok := actors.SplitHandle(named)
	switch {
	case !ok:
		return n.Site.Parse(named)
	case host != n.Site.Host:
		return n.Remote.ResolveHandle(ctx, name, host)
	}
	var a actors.Actor
	err := n.DB.Read(ctx, func(tx *store.Tx) (err error) {
		a, err = tx.LocalActor(ctx, name)
		return err
	})
	return a.URI, err
}

func (n *Node) known(ctx context.Context, uri actors.URI) (a actors.Actor, err error) {
	err = n.DB.Read(ctx, func(tx *store.Tx) error {
		a, err = tx.ActorByURI(ctx, uri)
		return err
	})
	return a, err
}

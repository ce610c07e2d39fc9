package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"moothall/actors"
	"moothall/federation/node"
	"moothall/federation/remote"
	"moothall/store"
)

// movedAway is what community move prints.
type movedAway struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
}

// moveCommunity looks at the new address first, with no transaction open. With
// --dry-run that is done too: it is what most often goes wrong.
func moveCommunity(ctx context.Context, k *call) error {
	if err := k.want("NAME", "NEW-ADDRESS"); err != nil {
		return err
	}
	return k.withNode(ctx, func(n *node.Node) error {
		var group actors.Actor
		err := n.DB.Read(ctx, func(tx *store.Tx) (err error) {
			group, err = tx.LocalActor(ctx, k.args[0])
			if err == nil && group.Kind != actors.Group {
				err = store.ErrNotFound
			}
			return err
		})
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("there is no community %s here", k.args[0])
		}
		if err != nil {
			return err
		}
		next, raw, err := destination(ctx, n, k.args[1], group)
		if err != nil {
			return err
		}
		err = k.write(ctx, n, func(tx *store.Tx) error {
			to, err := n.Actions.Learn(ctx, tx, next, raw, false)
			if err != nil {
				return err
			}
			_, err = n.Actions.MoveAway(ctx, tx, actors.Actor{}, group, to)
			return err
		})
		if err != nil {
			return err
		}
		out := movedAway{Name: group.Name, From: string(group.URI), To: string(next.URI)}
		return k.say(out, "%s has moved to %s. Its members are told as soon as the node runs.", group.DisplayName(), next.URI)
	})
}

// destination reads the new address of a community, as an address or a handle.
func destination(ctx context.Context, n *node.Node, typed string, old actors.Actor) (actors.Actor, []byte, error) {
	at, err := n.Site.Parse(typed)
	if !strings.Contains(typed, "://") {
		name, host, ok := actors.SplitHandle(strings.TrimPrefix(typed, "!"))
		if !ok {
			return actors.Actor{}, nil, usage("%q is neither an address nor like @name@host", typed)
		}
		at, err = n.Remote.ResolveHandle(ctx, name, host)
	}
	if err != nil {
		return actors.Actor{}, nil, fmt.Errorf("find %s: %w", typed, err)
	}
	next, raw, err := n.Remote.Destination(ctx, at, old.URI)
	switch {
	case errors.Is(err, remote.ErrNotNamed):
		return next, raw, fmt.Errorf("%s does not name %s as an earlier address of its own: add it there first", at, old.URI)
	case err != nil:
		return next, raw, fmt.Errorf("look at %s: %w", at, err)
	case next.Kind != actors.Group:
		return next, raw, fmt.Errorf("%s is no community", at)
	}
	return next, raw, nil
}

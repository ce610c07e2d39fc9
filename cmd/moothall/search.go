package main

import (
	"context"
	"fmt"

	"moothall/actors"
	"moothall/federation/node"
	"moothall/store"
)

func searchCommands() []command {
	return []command{{
		name: "search rebuild", about: "write anew what everything is found by in a search", changes: true, prints: true, run: rebuildSearch,
	}}
}

// rebuildSearch marks everything to be indexed and does so, a few hundred posts in
// a transaction. A running node helps.
func rebuildSearch(ctx context.Context, k *call) error {
	if err := k.want(); err != nil {
		return err
	}
	return k.withNode(ctx, func(n *node.Node) (err error) {
		var posts int
		if err := n.DB.Read(ctx, func(tx *store.Tx) error { posts, err = tx.CountPosts(ctx); return err }); err != nil {
			return err
		}
		if !k.dryRun {
			if err := markAll(ctx, n.DB); err != nil {
				return err
			}
			for done := 1; done > 0; {
				if done, _, err = n.DB.IndexDue(ctx); err != nil {
					return err
				}
			}
		}
		return k.say(map[string]int{"posts": posts}, "%s", fmt.Sprintf("%d discussions, comments and documents are indexed anew.", posts))
	})
}

func markAll(ctx context.Context, db *store.DB) error {
	last := actors.ID(0)
	for n := 1; n > 0; {
		err := db.Write(ctx, func(tx *store.Tx) (err error) {
			last, n, err = tx.SearchDueAfter(ctx, last)
			return err
		})
		if err != nil {
			return fmt.Errorf("mark what is to be indexed: %w", err)
		}
	}
	return nil
}

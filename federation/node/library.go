package node

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"moothall/actors"
	"moothall/extract/apart"
	"moothall/federation/remote"
	"moothall/library"
	"moothall/store"
)

// openLibrary makes the desk at which files are read and fetched.
func (n *Node) openLibrary(p Parts) {
	n.Library = &library.Library{
		DB: n.DB, Files: n.Files, Read: p.Read, As: n.asReader, Upkeep: n.upkeep, Confirm: n.Actions.Confirm, Now: p.Now, Log: p.Log,
	}
	n.Actions.Wake.Library = n.Library.Wake
}

// reader reads files in processes of their own.
func reader(p Parts, data string) func(context.Context, apart.Job) (apart.Result, error) {
	program, err := os.Executable()
	if err != nil {
		return func(context.Context, apart.Job) (apart.Result, error) {
			return apart.Result{}, fmt.Errorf("find the program that reads files: %w", err)
		}
	}
	folder, err := filepath.Abs(filepath.Join(data, "code"))
	if err != nil {
		folder = ""
	}
	return (&apart.Reader{Program: program, Folder: folder, Log: p.Log}).Read
}

// asReader is the client that fetches a file for a person of this node, in their name;
// for nobody in particular, in the name of the node. What is in a community, and not
// public, is fetched as a member of it.
func (n *Node) asReader(ctx context.Context, who, group actors.ID) (*remote.Client, error) {
	if who == 0 {
		return n.Remote, nil
	}
	var client *remote.Client
	err := n.DB.Read(ctx, func(tx *store.Tx) error {
		as, err := tx.Actor(ctx, who)
		if err != nil {
			return err
		}
		s, err := n.Actions.Keys.SignerOf(ctx, tx, as)
		if client = n.Remote.As(s); err != nil || group == 0 {
			return err
		}
		c, err := tx.Community(ctx, group)
		client = client.For(c)
		return err
	})
	return client, err
}

// upkeep does what documents are due for.
func (n *Node) upkeep(ctx context.Context) (bool, error) {
	done := 0
	err := n.DB.Write(ctx, func(tx *store.Tx) error {
		done = 0
		for _, do := range []func(context.Context, *store.Tx) (int, error){
			n.Actions.LiftEmbargoes, n.Actions.HandOn, n.Actions.RemindOfReviews,
		} {
			some, err := do(ctx, tx)
			if err != nil {
				return err
			}
			done += some
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("upkeep of documents: %w", err)
	}
	return done > 0, nil
}

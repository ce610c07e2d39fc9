package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"moothall/content"
	"moothall/federation/node"
	"moothall/store"
)

// open opens the node for a command that works beside a running one.
func (k *call) open(ctx context.Context) (*node.Node, error) {
	log := slog.New(slog.NewTextHandler(k.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	n, err := node.New(ctx, k.cfg.node(), node.Parts{Log: log, Headless: true})
	if errors.Is(err, node.ErrNoHost) {
		return nil, fmt.Errorf("there is no node in %s yet: start it once with moothall serve, or name its --host", k.cfg.Data)
	}
	return n, err
}

// withNode runs f on the node and closes it.
func (k *call) withNode(ctx context.Context, f func(*node.Node) error) error {
	n, err := k.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(f(n), n.Close())
}

var errDryRun = errors.New("dry run")

// write changes the node as one transaction; with --dry-run it is undone once
// everything has been checked.
func (k *call) write(ctx context.Context, n *node.Node, f func(*store.Tx) error) error {
	err := n.DB.Write(ctx, func(tx *store.Tx) error {
		if err := f(tx); err != nil {
			return err
		}
		if k.dryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		return nil
	}
	return inWords(err)
}

// inWords says what is wrong with a form as one sentence.
func inWords(err error) error {
	var problems content.Problems
	if errors.As(err, &problems) {
		return errors.New(problems.Error())
	}
	return err
}

// say prints data as JSON where that is asked for, else in words.
func (k *call) say(data any, words string, args ...any) error {
	if k.json {
		out := json.NewEncoder(k.Out)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(data)
	}
	if k.dryRun {
		words = "Nothing was changed. Without --dry-run: " + words
	}
	_, err := fmt.Fprintf(k.Out, words+"\n", args...)
	return err
}

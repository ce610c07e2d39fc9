package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"

	"moothall/federation/node"
	"moothall/store"
)

const defaultListen = "127.0.0.1:8080"

func serveCommands() []command {
	return []command{
		{name: "serve", form: "[--config FILE] [--listen ADDR:PORT] [--host NAME[:PORT]] [--data DIR] [--development]", about: "run a node", run: serve},
		{name: "demo", form: "[--data DIR] [--port N]", about: "run three councils on this machine that federate with each other", flags: demoFlags, run: demo},
	}
}

func serve(ctx context.Context, k *call) error {
	if err := k.want(); err != nil {
		return err
	}
	cleanLess(k.Env)
	unlock, err := lock(k.cfg.Data)
	if err != nil {
		return err
	}
	defer unlock()
	n, l, err := k.start(ctx)
	if err != nil {
		return err
	}
	if err := k.welcome(ctx, n); err != nil {
		return errors.Join(err, l.Close(), n.Close())
	}
	giveBack()
	return errors.Join(run(ctx, n, l), n.Close())
}

// start opens the node and its port. With no host named and none known the node
// starts in development, under the port that it listens on.
func (k *call) start(ctx context.Context) (*node.Node, net.Listener, error) {
	n, err := node.New(ctx, k.cfg.node(), k.parts(k.cfg.Development))
	if errors.Is(err, node.ErrNoHost) {
		return k.startDevelopment(ctx)
	}
	if err != nil {
		return nil, nil, err
	}
	l, err := listen(listenAt(k.cfg.Listen, n.Config))
	if err != nil {
		return nil, nil, errors.Join(err, n.Close())
	}
	return n, l, nil
}

func (k *call) startDevelopment(ctx context.Context) (*node.Node, net.Listener, error) {
	l, err := listen(listenAt(k.cfg.Listen, node.Config{}))
	if err != nil {
		return nil, nil, err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return nil, nil, errors.Join(err, l.Close())
	}
	k.cfg.Development, k.cfg.Host = true, "localhost:"+port
	n, err := node.New(ctx, k.cfg.node(), k.parts(true))
	if err != nil {
		return nil, nil, errors.Join(err, l.Close())
	}
	return n, l, nil
}

func (k *call) parts(development bool) node.Parts {
	text := k.cfg.Log == "text" || k.cfg.Log == "" && development
	if text {
		return node.Parts{Log: slog.New(slog.NewTextHandler(k.Err, nil))}
	}
	return node.Parts{Log: slog.New(slog.NewJSONHandler(k.Err, nil))}
}

// listenAt is the address to listen on: the one that was asked for, in
// development the port of the host, on this machine only.
func listenAt(asked string, c node.Config) string {
	if asked != "" {
		return asked
	}
	if _, port, ok := strings.Cut(c.Host, ":"); c.Development && ok {
		return "127.0.0.1:" + port
	}
	return defaultListen
}

func listen(at string) (net.Listener, error) {
	l, err := net.Listen("tcp", at)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s: %w", at, err)
	}
	return l, nil
}

// welcome says where to go, and how to become the first admin.
func (k *call) welcome(ctx context.Context, n *node.Node) error {
	var secret string
	err := n.DB.Write(ctx, func(tx *store.Tx) (err error) {
		secret, err = n.Actions.InviteFirstAdmin(ctx, tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("make the first admin's link: %w", err)
	}
	data, err := filepath.Abs(k.cfg.Data)
	if err != nil {
		return fmt.Errorf("find the data folder: %w", err)
	}
	fmt.Fprintf(k.Out, "Moothall %s is at %s/\n", release(), n.Site.Base)
	if secret != "" {
		fmt.Fprintf(k.Out, "Become its first admin, once, within 24 hours: %s\n", n.Site.Join(secret))
	}
	fmt.Fprintf(k.Out, "Its data is in %s\n", data)
	if n.Config.Development {
		fmt.Fprintln(k.Out, "It runs in development: plain HTTP, for this machine only.")
	}
	return nil
}

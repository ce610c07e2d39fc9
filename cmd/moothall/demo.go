package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"moothall/actors"
	"moothall/extract/apart"
	"moothall/federation/node"
	"moothall/store"
)

// demoPassword lets everyone in the demonstration sign in. Nobody but this
// machine can reach it.
const demoPassword = "three-halls-one-road"

// demoPorts are the first of three ports in a row that are tried.
var demoPorts = []int{8081, 8181, 18081, 28081}

func demoFlags(fs *flag.FlagSet, k *call) {
	k.opt.port = -1
	fs.IntVar(&k.opt.port, "port", k.opt.port, "first of the three ports, 0 for any that are free (default: three that are free, from 8081)")
}

// demo runs three councils until ctx ends.
func demo(ctx context.Context, k *call) error {
	if err := k.want(); err != nil {
		return err
	}
	began := time.Now()
	s, err := readScript()
	if err != nil {
		return err
	}
	data, forget, err := k.demoFolder()
	if err != nil {
		return err
	}
	defer forget()
	unlock, err := lock(data)
	if err != nil {
		return err
	}
	defer unlock()
	fmt.Fprintln(k.Out, "Three councils are being built …")
	halls, err := k.openHalls(ctx, s, data)
	if err != nil {
		return err
	}
	return k.runHalls(ctx, s, halls, func() {
		k.introduce(s, halls, time.Since(began))
		k.introduceLibrary(ctx, s, halls)
		fmt.Fprintf(k.Out, "\nThe data is in %s. Ctrl-C ends the demonstration.\n", data)
	})
}

// demoFolder is the folder that was asked for, or one that is gone afterwards.
func (k *call) demoFolder() (data string, forget func(), err error) {
	if k.cfg.Data != defaultData() {
		return k.cfg.Data, func() {}, nil
	}
	data, err = os.MkdirTemp("", "moothall-demo-")
	if err != nil {
		return "", nil, fmt.Errorf("make a folder for the demonstration: %w", err)
	}
	return data, func() {
		if err := os.RemoveAll(data); err != nil {
			fmt.Fprintf(k.Err, "moothall: %s could not be removed: %v\n", data, err)
		}
	}, nil
}

// demoHall is one council that runs.
type demoHall struct {
	council council
	node    *node.Node
	port    net.Listener
	people  map[string]actors.Actor
}

func (k *call) openHalls(ctx context.Context, s script, data string) (map[string]*demoHall, error) {
	ports, err := demoListeners(len(s.councils), data, k.opt.port)
	if err != nil {
		return nil, err
	}
	halls := map[string]*demoHall{}
	read, err := k.demoReader(data)
	if err != nil {
		return nil, err
	}
	for i, c := range s.councils {
		log := slog.New(slog.NewTextHandler(k.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
		_, port, err := net.SplitHostPort(ports[i].Addr().String())
		if err != nil {
			return nil, fmt.Errorf("read the port: %w", err)
		}
		n, err := node.New(ctx, node.Config{
			Host: c.key + ".localhost:" + port, Data: filepath.Join(data, c.key), Name: c.name, Development: true, Version: release(),
		}, node.Parts{Log: log, Read: read})
		if err != nil {
			return nil, err
		}
		halls[c.key] = &demoHall{council: c, node: n, port: ports[i], people: map[string]actors.Actor{}}
	}
	return halls, nil
}

// demoReader reads the files of all three councils, one after the other: what is made
// once for reading PDF takes longer than all their files.
func (k *call) demoReader(data string) (func(context.Context, apart.Job) (apart.Result, error), error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program that reads files: %w", err)
	}
	folder, err := filepath.Abs(filepath.Join(data, "code"))
	if err != nil {
		return nil, fmt.Errorf("find a folder for machine code: %w", err)
	}
	return (&apart.Reader{Program: program, Folder: folder, Log: slog.New(slog.NewTextHandler(k.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))}).Read, nil
}

// demoListeners opens a port for each council: those it has had before, since
// ports are part of addresses, or else ports in a row from the one that is asked for.
func demoListeners(councils int, data string, asked int) ([]net.Listener, error) {
	note := filepath.Join(data, "ports")
	if raw, err := os.ReadFile(note); err == nil {
		return listenAll(strings.Fields(string(raw)))
	}
	firsts := demoPorts
	if asked >= 0 {
		firsts = []int{asked}
	}
	var last error
	for _, first := range firsts {
		list, err := listenAll(portsFrom(first, councils))
		if err == nil {
			return list, notePorts(note, list)
		}
		last = err
	}
	return nil, last
}

// portsFrom are n ports in a row, or n times any that is free.
func portsFrom(first, n int) []string {
	ports := make([]string, n)
	for i := range ports {
		if first > 0 {
			ports[i] = strconv.Itoa(first + i)
		} else {
			ports[i] = "0"
		}
	}
	return ports
}

func notePorts(note string, list []net.Listener) error {
	var ports []string
	for _, l := range list {
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			return fmt.Errorf("read the port: %w", err)
		}
		ports = append(ports, port)
	}
	if err := os.WriteFile(note, []byte(strings.Join(ports, " ")+"\n"), 0o600); err != nil {
		return fmt.Errorf("note the ports: %w", err)
	}
	return nil
}

func listenAll(ports []string) ([]net.Listener, error) {
	var list []net.Listener
	for _, port := range ports {
		l, err := listen("127.0.0.1:" + port)
		if err != nil {
			for _, l := range list {
				err = errors.Join(err, l.Close())
			}
			return nil, err
		}
		list = append(list, l)
	}
	return list, nil
}

// runHalls runs all councils, plays the script where it has not been played, and
// then says that they are ready.
func (k *call) runHalls(ctx context.Context, s script, halls map[string]*demoHall, ready func()) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var all errgroup.Group
	for _, h := range halls {
		all.Go(func() error {
			defer stop()
			return errors.Join(run(ctx, h.node, h.port), h.node.Close())
		})
	}
	p := player{script: s, halls: halls, shared: map[actors.URI]paper{}}
	err := p.play(ctx)
	switch {
	case ctx.Err() != nil:
		err = nil // told to stop before it was ready
	case err != nil:
		stop()
	default:
		ready()
	}
	return errors.Join(err, all.Wait())
}

func (k *call) introduce(s script, halls map[string]*demoHall, took time.Duration) {
	fmt.Fprintf(k.Out, "They are ready after %.1f seconds, and exchange over signed HTTP on this machine only.\n\n", took.Seconds())
	for _, c := range s.councils {
		var names []string
		for _, p := range c.people {
			who := p.email(c)
			if p.admin {
				who += " (admin)"
			}
			names = append(names, who)
		}
		fmt.Fprintf(k.Out, "  %s\n    address   %s/\n    sign in   %s\n", c.name, halls[c.key].node.Site.Base, strings.Join(names, ", "))
	}
	fmt.Fprintf(k.Out, "\nEveryone's password is %s\n\nShared communities:\n", demoPassword)
	for _, c := range s.communities {
		_, key, _ := strings.Cut(c.facilitator, "@")
		fmt.Fprintf(k.Out, "  %-34s %s\n", c.title, halls[key].node.Site.Community(c.name))
	}
}

// introduceLibrary says where documents are, and which to look at first.
func (k *call) introduceLibrary(ctx context.Context, s script, halls map[string]*demoHall) {
	fmt.Fprintf(k.Out, "\nThey share %d documents, which open at all three sites. Some to begin with:\n", len(s.papers))
	for _, p := range s.papers {
		if p.look == "" {
			continue
		}
		_, key, _ := strings.Cut(p.by, "@")
		at, err := halls[key].documentCalled(ctx, p.draft.Title)
		if err != nil {
			fmt.Fprintf(k.Err, "moothall: %s: %v\n", p.key, err)
			continue
		}
		fmt.Fprintf(k.Out, "  %-34s %s\n", p.look, at)
	}
}

// documentCalled is the address of a document here that everyone may read.
func (h *demoHall) documentCalled(ctx context.Context, title string) (at actors.URI, err error) {
	err = h.node.DB.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.Library(ctx, actors.Viewer{}, store.LibraryFilter{}, store.Page{Size: 100})
		if err != nil {
			return err
		}
		for _, p := range list {
			if p.Title == title {
				at = p.URI
				return nil
			}
		}
		return store.ErrNotFound
	})
	return at, err
}

// isPlayed says whether the script was played on this data before.
func (h *demoHall) isPlayed(ctx context.Context) (played bool, err error) {
	err = h.node.DB.Read(ctx, func(tx *store.Tx) error {
		n, err := tx.CountPeople(ctx)
		played = n > 0
		return err
	})
	return played, err
}

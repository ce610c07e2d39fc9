// Command moothall-interop lets a built Moothall and a built GoToSocial hold a
// conversation on this machine, as their people would: through the client API
// of each. It says of each step whether it passed. docs/interop.md has what was
// seen.
//
// It downloads and builds nothing, connects to nothing but loopback, and every
// wait of it ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "moothall-interop: "+err.Error())
		os.Exit(1)
	}
}

type options struct {
	moothall string
	peer     string
	web      string
	keep     string
	patience time.Duration
	limit    time.Duration
}

func parse(args []string, errs io.Writer) (options, error) {
	var o options
	fs := flag.NewFlagSet("moothall-interop", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.Usage = func() {
		fmt.Fprintln(errs, "moothall-interop [flags] MOOTHALL GOTOSOCIAL\n\nThe arguments are the two built programs.")
		fs.PrintDefaults()
	}
	fs.StringVar(&o.web, "web", "", "GoToSocial's folder with template and assets; web beside the program when empty")
	fs.StringVar(&o.keep, "keep", "", "folder in which data and logs stay; a new one that is removed when empty")
	fs.DurationVar(&o.patience, "patience", 20*time.Second, "how long to wait for something to arrive")
	fs.DurationVar(&o.limit, "limit", 15*time.Minute, "when to stop in any case")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() != 2 {
		return o, errors.New("want the paths of two programs: moothall, gotosocial")
	}
	return o, o.find(fs.Arg(0), fs.Arg(1))
}

// find makes the paths absolute: the programs run in folders of their own.
func (o *options) find(moothall, peer string) (err error) {
	if o.moothall, err = filepath.Abs(moothall); err != nil {
		return err
	}
	if o.peer, err = filepath.Abs(peer); err != nil {
		return err
	}
	if o.web == "" {
		o.web = filepath.Join(filepath.Dir(o.peer), "web")
	}
	if o.web, err = filepath.Abs(o.web); err != nil {
		return err
	}
	for _, path := range []string{o.moothall, o.peer, filepath.Join(o.web, "template"), filepath.Join(o.web, "assets")} {
		if _, err := os.Stat(path); err != nil {
			return err
		}
	}
	return nil
}

func run(ctx context.Context, args []string, out, errs io.Writer) (err error) {
	o, err := parse(args, errs)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.limit)
	defer cancel()
	dir, clean, err := folder(o.keep)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, clean()) }()
	t, err := gather(ctx, o, dir)
	defer func() { err = errors.Join(err, t.disperse()) }()
	if err != nil {
		return err
	}
	t.out = out
	return t.hold(ctx)
}

// folder is where data and logs go, and what removes it.
func folder(keep string) (string, func() error, error) {
	if keep != "" {
		dir, err := filepath.Abs(keep)
		if err != nil {
			return "", nil, err
		}
		return dir, func() error { return nil }, os.MkdirAll(dir, 0o700)
	}
	dir, err := os.MkdirTemp("", "moothall-interop-")
	return dir, func() error { return os.RemoveAll(dir) }, err
}

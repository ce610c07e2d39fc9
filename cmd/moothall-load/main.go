// Command moothall-load measures a node from outside: it starts moothall on
// loopback with an empty data folder, plays the other servers itself, and says
// what the node's process used. Beside each figure stands what the machine needs
// for the bare minimum of the same work, measured in the same run, because
// milliseconds alone say more about the machine than about us.
//
// It reads /proc, and so runs on Linux only. It connects to nothing but
// loopback, and every loop of it ends by count or by time.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "moothall-load: "+err.Error())
		os.Exit(1)
	}
}

// options are sizes, all of them bounds.
type options struct {
	binary    string
	only      string
	posts     int
	stored    int
	repeat    int
	partners  int
	followers int
	pages     int
	idle      time.Duration
	json      bool
	limit     time.Duration
}

func parse(args []string, errs io.Writer) (options, error) {
	var o options
	fs := flag.NewFlagSet("moothall-load", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.StringVar(&o.binary, "moothall", "", "the program to measure; built from this repository when empty")
	fs.StringVar(&o.only, "only", strings.Join(workloadNames(), ","), "what to measure")
	fs.IntVar(&o.posts, "posts", 2000, "signed posts in one measurement of the inbox")
	fs.IntVar(&o.stored, "stored", 0, "posts to store before the inbox is measured a second time; 0 leaves that out")
	fs.IntVar(&o.repeat, "repeat", 3, "how often the inbox and the fan-out are measured; medians are reported")
	fs.IntVar(&o.partners, "partners", 1000, "hosts that follow in the fan-out")
	fs.IntVar(&o.followers, "followers", 10000, "hosts that follow in the measurement of recording, beside one with 10")
	fs.IntVar(&o.pages, "pages", 2000, "readings of each page")
	fs.DurationVar(&o.idle, "idle", 10*time.Second, "how long a node rests before its memory is read")
	fs.BoolVar(&o.json, "json", false, "print the results as JSON")
	fs.DurationVar(&o.limit, "limit", 20*time.Minute, "when to stop in any case")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("%q is too much", fs.Arg(0))
	}
	return o, o.check()
}

func (o options) check() error {
	for _, name := range strings.Split(o.only, ",") {
		if !slices.Contains(workloadNames(), name) {
			return fmt.Errorf("--only %s: there is %s", name, strings.Join(workloadNames(), ", "))
		}
	}
	for name, bound := range map[string][3]int{
		"posts": {1, o.posts, 20_000}, "stored": {0, o.stored, 1_000_000}, "repeat": {1, o.repeat, 100}, "partners": {1, o.partners, 10_000},
		"followers": {10, o.followers, 100_000}, "pages": {1, o.pages, 1_000_000},
	} {
		if bound[1] < bound[0] || bound[1] > bound[2] {
			return fmt.Errorf("--%s %d: want %d to %d", name, bound[1], bound[0], bound[2])
		}
	}
	return nil
}

// workload measures one kind of work and adds to the report.
type workload struct {
	name string
	run  func(context.Context, *bench) error
}

func workloads() []workload {
	return []workload{{"start", start}, {"inbox", inbox}, {"record", record}, {"fanout", fanout}, {"page", page}, {"library", library}, {"reading", reading}}
}

func workloadNames() []string {
	var names []string
	for _, w := range workloads() {
		names = append(names, w.name)
	}
	return names
}

// bench is one run of the program.
type bench struct {
	options
	dir    string // of this run, removed at its end
	say    func(format string, args ...any)
	report report
}

func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) error {
	if len(args) > 0 {
		if f, ok := bareRoles[args[0]]; ok {
			return f(ctx, args[1:], in, out)
		}
	}
	o, err := parse(args, errs)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, o.limit)
	defer cancel()
	dir, err := os.MkdirTemp("", "moothall-load-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	b := &bench{options: o, dir: dir, say: func(format string, args ...any) { fmt.Fprintf(errs, format+"\n", args...) }}
	err = errors.Join(b.measure(ctx), os.RemoveAll(dir))
	if err != nil {
		return err
	}
	return b.report.print(out, o.json)
}

func (b *bench) measure(ctx context.Context) error {
	if err := b.build(ctx); err != nil {
		return err
	}
	b.report = newReport()
	for _, w := range workloads() {
		if !slices.Contains(strings.Split(b.only, ","), w.name) {
			continue
		}
		b.say("measuring %s", w.name)
		if err := w.run(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return nil
}

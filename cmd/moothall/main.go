// Command moothall runs a node and looks after it. The forms of its commands
// are fixed (design.md section 5): scripts use them.
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

	"moothall/extract/apart"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	p := program{Env: os.Environ(), In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	code := p.Run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// program is moothall with its surroundings, so that tests can call it.
type program struct {
	Env []string
	In  io.Reader
	Out io.Writer
	Err io.Writer
}

// errUsage says that a command was not understood.
var errUsage = errors.New("usage")

func usage(words string, args ...any) error {
	return fmt.Errorf("%w: %s", errUsage, fmt.Sprintf(words, args...))
}

// Run carries out one command and returns the exit status: 0, 1 for a failure,
// 2 for a command that was not understood.
func (p program) Run(ctx context.Context, args []string) int {
	err := p.run(ctx, args)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		fmt.Fprintln(p.Err, "moothall: "+strings.TrimPrefix(err.Error(), "usage: ")+" (moothall help lists the commands)")
		return 2
	default:
		fmt.Fprintln(p.Err, "moothall: "+err.Error())
		return 1
	}
}

func (p program) run(ctx context.Context, args []string) error {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		return p.help()
	}
	if slices.Equal(args, []string{apart.Command}) {
		return apart.Child(p.In, p.Out) // not a command for people
	}
	for _, c := range commands() {
		words := strings.Fields(c.name)
		if len(args) >= len(words) && slices.Equal(args[:len(words)], words) {
			return p.do(ctx, c, args[len(words):])
		}
	}
	return usage("%q is not a command", strings.Join(args[:min(2, len(args))], " "))
}

// command is one thing that moothall can do.
type command struct {
	name  string
	form  string // what follows the name
	about string
	flags func(*flag.FlagSet, *call)
	run   func(context.Context, *call) error
	// changes says that --dry-run makes sense, prints that --json does.
	changes, prints bool
}

// call is a command with what was typed behind it.
type call struct {
	program
	cfg    Config
	args   []string
	json   bool
	dryRun bool
	opt    options
}

// options are the flags of single commands.
type options struct {
	email, role, title, facilitator, audience, reason, key string
	passwordStdin, deep                                    bool
	port                                                   int
}

func commands() []command {
	return slices.Concat(serveCommands(), userCommands(), communityCommands(), policyCommands(), partnerCommands(), searchCommands(), filesCommands(), recordCommands(), receiptCommands(), careCommands())
}

func (p program) do(ctx context.Context, c command, args []string) error {
	k := &call{program: p}
	fs := flag.NewFlagSet(c.name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	file, given := settingFlags(fs)
	if c.prints {
		fs.BoolVar(&k.json, "json", false, "print data as JSON")
	}
	if c.changes {
		fs.BoolVar(&k.dryRun, "dry-run", false, "check everything and change nothing")
	}
	if c.flags != nil {
		c.flags(fs, k)
	}
	var err error
	if k.args, err = interspersed(fs, args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return p.helpOn(c, fs)
		}
		return usage("%s: %v", c.name, err)
	}
	if k.cfg, err = load(*file, p.Env, given); err != nil {
		return err
	}
	return c.run(ctx, k)
}

// interspersed reads flags before and behind other arguments.
func interspersed(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := fs.Parse(args); err != nil {
			return nil, err
		}
		if fs.NArg() == 0 {
			return rest, nil
		}
		rest = append(rest, fs.Arg(0))
		args = fs.Args()[1:]
	}
}

// settingFlags adds a flag for each setting.
func settingFlags(fs *flag.FlagSet) (file *string, given map[string]string) {
	given = map[string]string{}
	file = fs.String("config", "", "settings file")
	for _, s := range settings() {
		take := func(v string) error {
			given[s.key] = v
			return nil
		}
		if s.yesNo {
			fs.BoolFunc(s.key, s.help, take)
			continue
		}
		fs.Func(s.key, s.help, take)
	}
	return file, given
}

func (p program) help() error {
	fmt.Fprintln(p.Out, "Moothall, communities that cross organisations.\n\nCommands:")
	for _, c := range commands() {
		fmt.Fprintf(p.Out, "  moothall %s\n      %s\n", strings.TrimSpace(c.name+" "+c.form), c.about)
	}
	fmt.Fprintln(p.Out, "\nSettings, each a flag, a variable MOOTHALL_… and a line of the file that --config names:")
	for _, s := range settings() {
		fmt.Fprintf(p.Out, "  %-12s %s\n", s.key, s.help)
	}
	return nil
}

func (p program) helpOn(c command, fs *flag.FlagSet) error {
	fmt.Fprintf(p.Out, "moothall %s\n  %s\n\n", strings.TrimSpace(c.name+" "+c.form), c.about)
	fs.SetOutput(p.Out)
	fs.PrintDefaults()
	return nil
}

// want checks how many arguments were given.
func (k *call) want(names ...string) error {
	if len(k.args) == len(names) {
		return nil
	}
	if len(k.args) < len(names) {
		return usage("%s is missing", names[len(k.args)])
	}
	return usage("%q is too much", k.args[len(names)])
}

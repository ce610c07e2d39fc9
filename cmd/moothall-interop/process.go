package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

const (
	startPatience = 2 * time.Minute // a first start makes a database
	stopPatience  = 40 * time.Second
	lookEvery     = 100 * time.Millisecond
)

// process is a program that runs until it is told to stop.
type process struct {
	cmd  *exec.Cmd
	done chan error
}

// begin starts a program in a folder; what it prints goes to a log.
func begin(ctx context.Context, dir, log, name string, args ...string) (*process, error) {
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	defer f.Close() // the program has its own handle
	p := &process{cmd: exec.CommandContext(ctx, name, args...), done: make(chan error, 1)}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, f, f
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = stopPatience
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() { p.done <- p.cmd.Wait() }()
	return p, nil
}

// awaitAnswer waits until the program answers at an address.
func (p *process) awaitAnswer(ctx context.Context, url string) error {
	return until(ctx, startPatience, func() error {
		select {
		case err := <-p.done:
			p.done <- err // stop asks for it too
			return fmt.Errorf("%w: %s has ended: %v", errFinal, p.cmd.Path, err)
		default:
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		r.Header.Set("User-Agent", userAgent)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		if err := resp.Body.Close(); err != nil {
			return err
		}
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answers %s", url, resp.Status)
		}
		return nil
	})
}

// stop ends the program as an operator would, and waits for it.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop %s: %w", p.cmd.Path, err)
	}
	select {
	case <-p.done: // what it says at its end is in its log
		return nil
	case <-time.After(stopPatience):
		return errors.Join(fmt.Errorf("%s does not stop when told to", p.cmd.Path), p.cmd.Process.Kill())
	}
}

// output runs a command to its end and returns what it printed.
func output(ctx context.Context, dir, stdin, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var errs bytes.Buffer
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, strings.NewReader(stdin), &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s%s", name, strings.Join(args, " "), err, out, errs.String())
	}
	return strings.TrimSpace(string(out)), nil
}

func freePort(address string) (string, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		return "", fmt.Errorf("find a port on %s: %w", address, err)
	}
	return l.Addr().String(), l.Close()
}

// errFinal marks what waiting longer will not change.
var errFinal = errors.New("it will not come")

// until tries again until something is so, and returns the last reason why it was not.
func until(ctx context.Context, patience time.Duration, try func() error) error {
	end := time.Now().Add(patience)
	for {
		err := try()
		if err == nil || errors.Is(err, errFinal) || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(lookEvery):
		}
	}
}

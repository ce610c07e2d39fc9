package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a program that is measured from outside.
type process struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Scanner // its standard output; nil when that goes to the log
	done chan error
}

// begin starts a program. Its errors go to a log in the folder of the run. With
// talk it is spoken to on its standard input and output.
func begin(ctx context.Context, log string, talk bool, name string, args ...string) (*process, error) {
	f, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	defer f.Close() // the program has its own handle
	p := &process{cmd: exec.CommandContext(ctx, name, args...), done: make(chan error, 1)}
	p.cmd.Stdout, p.cmd.Stderr = f, f
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = stopPatience
	if talk {
		if err := p.pipes(); err != nil {
			return nil, err
		}
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	if !talk {
		go func() { p.done <- p.cmd.Wait() }()
	}
	return p, nil
}

const stopPatience = 30 * time.Second

func (p *process) pipes() (err error) {
	p.cmd.Stdout = nil
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	p.out = bufio.NewScanner(out)
	p.in, err = p.cmd.StdinPipe()
	return err
}

// hear waits for a line that begins with a word, and returns the rest of it.
func (p *process) hear(word string) (string, error) {
	if !p.out.Scan() {
		return "", fmt.Errorf("%s ended without saying %q", p.cmd.Args[0], word)
	}
	rest, ok := strings.CutPrefix(p.out.Text(), word)
	if !ok {
		return "", fmt.Errorf("%s said %q, want %q", p.cmd.Args[0], p.out.Text(), word)
	}
	return strings.TrimSpace(rest), nil
}

// stop ends the program as an operator would, and waits for it.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop: %w", err)
	}
	if p.out != nil {
		_ = p.in.Close()
		_ = p.cmd.Wait() // a bare program dies of the signal
		return nil
	}
	select {
	case err := <-p.done:
		return err
	case <-time.After(stopPatience):
		return errors.Join(errors.New("it does not stop when told to"), p.cmd.Process.Kill())
	}
}

// ticks is USER_HZ, which Linux has fixed at 100 for what it tells programs.
const ticks = 100

// cpu is the processor time the program has used so far, to 10 ms.
func (p *process) cpu() (time.Duration, error) {
	raw, err := os.ReadFile(p.proc("stat"))
	if err != nil {
		return 0, fmt.Errorf("read processor time: %w", err)
	}
	// The second field is a name, which may contain anything.
	fields := strings.Fields(string(raw[strings.LastIndexByte(string(raw), ')')+1:]))
	const user, system = 11, 12
	if len(fields) <= system {
		return 0, fmt.Errorf("read processor time: %q", raw)
	}
	var sum int64
	for _, i := range []int{user, system} {
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read processor time: %w", err)
		}
		sum += n
	}
	return time.Duration(sum) * time.Second / ticks, nil
}

// memory is what the program holds in memory, in bytes.
func (p *process) memory() (int64, error) { return p.status("VmRSS:") }

// forgetPeak begins to note anew what the program holds at most (proc(5), clear_refs).
func (p *process) forgetPeak() error {
	if err := os.WriteFile(p.proc("clear_refs"), []byte("5"), 0); err != nil {
		return fmt.Errorf("forget the peak of memory: %w", err)
	}
	return nil
}

// highest is the most that the program has held in memory since the peak was forgotten.
func (p *process) highest() (int64, error) { return p.status("VmHWM:") }

// status is one of the sizes that the system knows of the program, in bytes.
func (p *process) status(name string) (int64, error) {
	raw, err := os.ReadFile(p.proc("status"))
	if err != nil {
		return 0, fmt.Errorf("read memory: %w", err)
	}
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("read memory: no %s", strings.TrimSuffix(name, ":"))
}

func (p *process) proc(file string) string {
	return filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), file)
}

const (
	quietFor  = 300 * time.Millisecond
	quietCPU  = 20 * time.Millisecond // in quietFor
	quietWait = 60 * time.Second
)

// settle waits until the program has nothing more to do, so that work put off
// is counted where it belongs.
func (p *process) settle(ctx context.Context) error {
	before, err := p.cpu()
	if err != nil {
		return err
	}
	for end := time.Now().Add(quietWait); time.Now().Before(end); {
		if err := pause(ctx, quietFor); err != nil {
			return err
		}
		now, err := p.cpu()
		if err != nil {
			return err
		}
		if now-before <= quietCPU {
			return nil
		}
		before = now
	}
	return fmt.Errorf("it is still busy after %s", quietWait)
}

// used is the processor time of f, with what it set going.
func (p *process) used(ctx context.Context, f func() error) (time.Duration, error) {
	if err := p.settle(ctx); err != nil {
		return 0, err
	}
	before, err := p.cpu()
	if err != nil {
		return 0, err
	}
	if err := f(); err != nil {
		return 0, err
	}
	if err := p.settle(ctx); err != nil {
		return 0, err
	}
	after, err := p.cpu()
	return after - before, err
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

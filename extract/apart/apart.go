// Package apart reads files that nobody vouches for, each in a process of its own:
// limited in time, memory and processor, without a network where the system
// lets us, at low priority, with nothing of the node in it but the one file
// (security.md S108 to S111; docs/decisions/0029). A file that breaks its reader
// breaks nothing else.
package apart

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"moothall/extract"
)

// Command is the word with which the program is started to read one file. It
// must call Child.
const Command = "read-file"

// Reader reads files apart. Its fields do not change after the first call.
type Reader struct {
	Program string         // path of moothall: os.Executable
	Folder  string         // absolute; machine code made for reading PDF is kept there; empty keeps none
	Limits  extract.Limits // of each file; zero fields are those of extract.Usual
	AtOnce  int            // files read at the same time; zero is one
	MaxOut  int64          // bytes of a file that was cleaned; zero is 100 MB
	Log     *slog.Logger

	command string // instead of Command, in tests
	ready   sync.Once
	turns   chan struct{}
	prepare sync.Once
	cached  bool        // Folder has the code
	open    atomic.Bool // the system does not let us take the network away
}

// Job is one file to read.
type Job struct {
	Format extract.Format // what extract.Sniff said
	File   *os.File       // opened for reading only
	Clean  bool           // without its hidden parts, where the format can be cleaned; pictures always are
	Out    io.Writer      // where the cleaned file goes
}

// Result is what a file says.
type Result struct {
	Reading extract.Reading // its Format is the one that was written, if one was
	Cleaned int64           // bytes written to Out; zero when the file is shared as it is
}

// Unreadable says that a file may be shared, but that its text cannot be found:
// reading it broke the reader, or cost too much. Why is for the log.
type Unreadable struct{ Why string }

// Error is for people.
func (*Unreadable) Error() string {
	return "We could not read any text in this file. You can share it, and people will find it by its title and summary, but not by what is in it."
}

// Read reads one file. The error is an *extract.Refusal when it must not be shared,
// *Unreadable when it may be without its text, ctx's when that ended, and anything
// else when the fault is the node's. What was written to Out counts only without error.
func (r *Reader) Read(ctx context.Context, j Job) (Result, error) {
	r.start()
	if j.Format == extract.PDF {
		r.prepare.Do(func() { r.prepared(ctx) }) // without a turn: other files need not wait for it
	}
	select {
	case r.turns <- struct{}{}:
		defer func() { <-r.turns }()
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
	o := order{Format: j.Format, Limits: r.Limits, Clean: j.Clean}
	if j.Format == extract.PDF && r.cached {
		o.Folder = r.Folder
	}
	res, err := r.run(ctx, o, j.File, j.Out)
	if _, ok := errors.AsType[*Unreadable](err); ok && j.Format.IsImage() {
		r.Log.Warn("picture not read", "format", j.Format, "why", err.(*Unreadable).Why)
		return Result{}, extract.ErrBroken // a picture is shared as it was made anew, or not at all
	}
	return res, err
}

func (r *Reader) start() {
	r.ready.Do(func() {
		if r.Limits == (extract.Limits{}) {
			r.Limits = usual()
		}
		if r.MaxOut == 0 {
			r.MaxOut = 100 << 20
		}
		if r.command == "" {
			r.command = Command
		}
		r.turns = make(chan struct{}, max(1, r.AtOnce))
	})
}

func usual() extract.Limits {
	l := extract.Usual
	l.Time *= slower
	return l
}

// prepared makes the machine code for reading PDF, once for all files: only this
// process may write it, those that read files write nothing.
func (r *Reader) prepared(ctx context.Context) {
	if r.Folder == "" {
		return
	}
	if _, err := r.run(ctx, order{Prepare: true, Folder: r.Folder, Limits: r.Limits}, nil, nil); err != nil {
		r.Log.Warn("PDF files are read slowly: the code for it could not be kept", "folder", r.Folder, "err", why(err))
		return
	}
	r.cached = true
}

func why(err error) string {
	if u, ok := errors.AsType[*Unreadable](err); ok {
		return u.Why
	}
	return err.Error()
}

// Alone tries the process out, and says whether it runs without a network.
func (r *Reader) Alone(ctx context.Context) (bool, error) {
	r.start()
	_, err := r.run(ctx, order{Nothing: true, Limits: r.Limits}, nil, nil)
	if u, ok := errors.AsType[*Unreadable](err); ok {
		return false, errors.New(u.Why)
	}
	return err == nil && !r.open.Load() && canIsolate, err
}

// order is what the process is asked to do.
type order struct {
	Format  extract.Format
	Limits  extract.Limits
	Folder  string
	Clean   bool
	Prepare bool // make the code for reading PDF, and read nothing
	Nothing bool // only say that it works
}

// run starts a process, hands it the file and takes what it says.
func (r *Reader) run(ctx context.Context, o order, file *os.File, out io.Writer) (Result, error) {
	words, err := json.Marshal(o)
	if err != nil {
		return Result{}, fmt.Errorf("order of a reading: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, r.Limits.Time)
	defer cancel()
	p, err := r.spawn(limited, words, file)
	if err != nil {
		return Result{}, fmt.Errorf("start the reader of files: %w", err)
	}
	// What it started may hold its output open after it was killed.
	stop := context.AfterFunc(limited, func() { p.out.Close() })
	res, said := r.listen(p.out, out)
	stop()
	if said != nil {
		cancel() // nothing else that it has to say is wanted
	}
	ended := p.cmd.Wait()
	leaveNothing(p.cmd)
	switch {
	case ctx.Err() != nil:
		return Result{}, ctx.Err()
	case errors.Is(limited.Err(), context.DeadlineExceeded):
		return Result{}, &Unreadable{Why: "it took more than " + r.Limits.Time.String()}
	case said != nil || ended != nil:
		return Result{}, p.explain(said, ended)
	}
	return res, nil
}

// process is a reader at work.
type process struct {
	cmd *exec.Cmd
	out io.ReadCloser
	err *tail
}

// spawn starts a process, without a network if that can be had.
func (r *Reader) spawn(ctx context.Context, words []byte, file *os.File) (*process, error) {
	if !r.open.Load() {
		p, err := r.try(ctx, words, file, true)
		if err == nil || !notAllowed(err) {
			return p, err
		}
		if !r.open.Swap(true) && canIsolate {
			r.Log.Warn("files are read in a process that could reach the network: the system does not allow a network of its own", "err", err)
		}
	}
	return r.try(ctx, words, file, false)
}

func (r *Reader) try(ctx context.Context, words []byte, file *os.File, alone bool) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, r.Program, r.command), err: &tail{}}
	p.cmd.Env, p.cmd.Dir = []string{}, "/"
	p.cmd.Stdin, p.cmd.Stderr = bytes.NewReader(words), p.err
	if file != nil {
		p.cmd.ExtraFiles = []*os.File{file}
	}
	p.cmd.WaitDelay = time.Second
	separate(p.cmd, alone)
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = out
	return p, p.cmd.Start()
}

// explain turns a bad end into what is known of it. A refusal is one; everything
// else is the fault of the file, as far as anybody can tell.
func (p *process) explain(said, ended error) error {
	if no, ok := errors.AsType[*extract.Refusal](said); ok {
		return no
	}
	if fault, ok := errors.AsType[*fault](said); ok {
		return fault.err
	}
	if u, ok := errors.AsType[*Unreadable](said); ok {
		return u
	}
	first, _, _ := strings.Cut(string(p.err.b), "\n")
	return &Unreadable{Why: strings.TrimSpace(fmt.Sprintf("%v %s", errors.Join(ended, said), first))}
}

// tail keeps the beginning of what a process complains about. A crash says what
// it is in its first line.
type tail struct{ b []byte }

func (t *tail) Write(p []byte) (int, error) {
	t.b = append(t.b, p[:min(len(p), 512-len(t.b))]...)
	return len(p), nil
}

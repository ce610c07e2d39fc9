package apart

import (
	"errors"
	"fmt"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// canIsolate says that this system knows networks of a process's own.
const canIsolate = true

// separate gives a process a group of its own, which is killed whole, and, alone,
// a network with nothing in it and processes of its own, which end when it does.
func separate(cmd *exec.Cmd, alone bool) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if alone {
		cmd.SysProcAttr.Cloneflags = unix.CLONE_NEWUSER | unix.CLONE_NEWNET | unix.CLONE_NEWPID
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// leaveNothing ends what a process that has ended started.
func leaveNothing(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// notAllowed says that the system refuses a network of one's own: by its settings,
// in a container, or because there are too many.
func notAllowed(err error) bool {
	for _, e := range []error{unix.EPERM, unix.EACCES, unix.EINVAL, unix.ENOSPC, unix.EUSERS, unix.ENOSYS} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// limit takes from this process what it does not need to read a file. Writable
// memory is counted (RLIMIT_DATA) and not address space, of which Go reserves
// plenty and uses little.
func limit(o order) error {
	seconds := uint64(o.Limits.Time.Seconds()) + 1
	limits := []ceiling{
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_CPU, seconds},
		{unix.RLIMIT_NOFILE, 64},
	}
	if !raced {
		limits = append(limits, ceiling{unix.RLIMIT_DATA, uint64(o.Limits.Memory)})
	}
	if !o.Prepare {
		limits = append(limits, ceiling{unix.RLIMIT_FSIZE, 0})
	}
	for _, l := range limits {
		if err := unix.Setrlimit(l.what, &unix.Rlimit{Cur: l.most, Max: l.most}); err != nil {
			return fmt.Errorf("limit %d: %w", l.what, err)
		}
	}
	if o.Prepare {
		return nil // no file of anybody's is in it, and all that are PDF wait for it
	}
	// The group is this process with all its threads.
	if err := unix.Setpriority(unix.PRIO_PGRP, 0, 10); err != nil {
		return fmt.Errorf("priority: %w", err)
	}
	return nil
}

// ceiling is the most that a process may have of something.
type ceiling struct {
	what int
	most uint64
}

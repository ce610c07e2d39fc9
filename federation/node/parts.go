package node

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"moothall/actions"
	"moothall/extract/apart"
	"moothall/federation/remote"
	"moothall/templates"
)

// Parts are the things of the world that a node is given. The zero value is the
// real world.
type Parts struct {
	Now     func() time.Time
	Random  io.Reader                       // secrets; nil is the system's
	IDs     func() uint64                   // random bits of ids; nil is the runtime's
	NewKeys func() (actions.KeyPair, error) // nil makes them with Random
	Jitter  func() float64                  // in [0, 1), for delivery; nil is random
	Network http.RoundTripper               // nil dials through the guard
	// Read reads one file; nil does so in a process of its own.
	Read  func(context.Context, apart.Job) (apart.Result, error)
	Pages *templates.Set // nil is those in the program
	// Headless leaves the pages out, for commands that answer nobody.
	Headless bool
	Log      *slog.Logger
	Process  string // names this process among those that share a database
}

func (p Parts) filled(development bool) (Parts, error) {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Network == nil {
		p.Network = remote.NewTransport(remote.Guard{Development: development})
	}
	if p.Log == nil {
		p.Log = slog.Default()
	}
	if p.Process == "" {
		p.Process = processName()
	}
	if p.Pages != nil || p.Headless {
		return p, nil
	}
	var err error
	if p.Pages, err = templates.New(templates.Assets()); err != nil {
		return p, fmt.Errorf("read the pages: %w", err)
	}
	return p, nil
}

// processName is unlike that of any other process, also of an earlier one with
// the same number on the same machine.
func processName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unnamed"
	}
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return host + "-" + hex.EncodeToString(b[:])
}

package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"moothall/federation/node"
)

// The limits of a connection (security.md S96).
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 15 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 32 << 10

	drainFor = 20 * time.Second // what is under way at the end (security.md S235)
)

// garbagePercent lets the heap grow to four times what is in use before it is
// cleaned. A node holds so little that this is cheap: some 40 MB under load for
// a twentieth of the processor's work.
const garbagePercent = 300

// cleanLess sets garbagePercent unless the environment says otherwise.
func cleanLess(env []string) {
	set := func(line string) bool { return strings.HasPrefix(line, "GOGC=") }
	if !slices.ContainsFunc(env, set) {
		debug.SetGCPercent(garbagePercent)
	}
}

// giveBack returns to the system what starting took and running does not need.
// What lies in pools goes at the second cleaning.
func giveBack() {
	runtime.GC()
	debug.FreeOSMemory()
}

func newServer(n *node.Node) *http.Server {
	return &http.Server{
		Handler: n.Handler(), ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(n.Log.Handler(), slog.LevelWarn),
	}
}

// run answers requests and works until ctx ends. Then it takes no new request,
// finishes those under way, and returns nil.
func run(ctx context.Context, n *node.Node, l net.Listener) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	server := newServer(n)
	worked, served := make(chan error, 1), make(chan error, 1)
	go func() {
		worked <- n.Run(ctx)
		stop()
	}()
	go func() {
		served <- server.Serve(newCrowd(l))
		stop()
	}()
	<-ctx.Done()
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainFor)
	defer cancel()
	err := server.Shutdown(drain)
	if err != nil {
		err = fmt.Errorf("requests were still under way after %s: %w", drainFor, errors.Join(err, server.Close()))
	}
	if e := <-served; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return errors.Join(err, <-worked)
}

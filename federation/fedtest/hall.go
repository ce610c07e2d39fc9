package fedtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"

	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing/fstest"
	"time"

	"moothall/actors"
	"moothall/extract/apart"
	"moothall/federation/node"
	"moothall/store"
	"moothall/store/storetest"
	"moothall/templates"
)

// hall is a host of the town with the node that runs there now.
type hall struct {
	town     *Town
	host     string
	data     string // folder
	database string // URL; empty: SQLite in data
	boots    int
	chance   *rand.Rand
	mu       sync.Mutex // of chance
	node     *node.Node

	crash *crash
}

// crash is a kill that is to come in the middle of the node's work.
type crash struct {
	after int    // exchanges that the node still makes
	image string // copy of the data at that moment; empty until then
	done  bool
}

func (h *hall) makeData() {
	h.town.T.Helper()
	h.data = h.town.T.TempDir()
	if os.Getenv("TEST_POSTGRES_URL") != "" {
		h.database = storetest.PostgresURL(h.town.T)
		return
	}
	storetest.Prepared(h.town.T, filepath.Join(h.data, "moothall.db"))
}

// pages are parsed once for all towns; no test here looks at their style.
var pages = sync.OnceValues(func() (*templates.Set, error) {
	return templates.New(fstest.MapFS{"manifest.json": {Data: []byte(`{"moothall.css":"moothall.css","moothall.js":"moothall.js"}`)}})
})

func (h *hall) start() {
	h.town.T.Helper()
	set, err := pages()
	h.town.must(err)
	h.boots++
	n, err := node.New(h.town.ctx(), node.Config{
		Host: h.host, Data: h.data, Database: h.database, Name: strings.ToUpper(h.host[:1]) + h.host[1:] + " Council",
		Mode: actors.ModeOpen, Version: "test",
	}, node.Parts{
		Now: h.town.Clock.Now, IDs: h.random, Jitter: h.jitter, NewKeys: h.town.keys.next,
		Network: h.town.net.from(h.host), Pages: set, Log: quiet(h.town.T, h.host), Process: fmt.Sprintf("%s-%d", h.host, h.boots),
		Read: apart.Here{}.Read,
	})
	if err != nil {
		h.town.T.Fatalf("start %s: %v", h.host, err)
	}
	h.node = n
	h.town.T.Cleanup(func() {
		if err := n.Close(); err != nil {
			h.town.T.Errorf("close %s: %v", h.host, err)
		}
	})
	h.town.net.put(h.host, n.Handler())
}

func (h *hall) random() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.chance.Uint64()
}

func (h *hall) jitter() float64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.chance.Float64()
}

// step lets the node do what is due; a node that is killed in the middle comes
// up again from what was on its disk.
func (h *hall) step() (moved bool, next time.Time) {
	h.town.T.Helper()
	moved, next, err := h.node.Step(h.town.ctx())
	if h.crash != nil && h.crash.done {
		h.rise()
		return true, time.Time{}
	}
	if err != nil {
		h.town.T.Fatalf("%s: %v", h.host, err)
	}
	return moved, next
}

// Restart closes a node properly and opens it again on the same data.
func (town *Town) Restart(host string) {
	town.T.Helper()
	h := town.hall(host)
	if err := h.node.Close(); err != nil {
		town.T.Fatalf("close %s: %v", host, err)
	}
	h.start()
}

// Kill ends a node as a power cut does, and opens another on what its disk held.
func (town *Town) Kill(host string) {
	town.T.Helper()
	h := town.hall(host)
	h.crash = &crash{}
	h.die()
	h.rise()
}

// KillAfter kills a node in the middle of its work: when it has made n more
// requests to others, the answer to the last of which it never sees.
func (town *Town) KillAfter(host string, n int) {
	town.hall(host).crash = &crash{after: n}
}

// count notes a request that the node made. It is true when the node dies of it.
func (h *hall) count() bool {
	if h.crash == nil || h.crash.done {
		return h.crash != nil
	}
	h.crash.after--
	if h.crash.after > 0 {
		return false
	}
	h.die()
	return true
}

// die keeps what the disk holds now. What the old node writes from here on is
// lost, as nobody will read it.
func (h *hall) die() {
	h.town.T.Helper()
	h.crash.done = true
	if h.database != "" {
		return // PostgreSQL holds what was committed; the old node is not heard again
	}
	h.crash.image = h.town.T.TempDir()
	if err := copyFolder(h.data, h.crash.image); err != nil {
		h.town.T.Fatalf("copy the disk of %s: %v", h.host, err)
	}
}

func (h *hall) rise() {
	h.town.T.Helper()
	if h.crash.image != "" {
		h.data = h.crash.image
	}
	h.crash = nil
	h.start()
}

// copyFolder copies files but for SQLite's shared memory, which does not
// outlive a power cut.
func copyFolder(from, to string) error {
	return filepath.WalkDir(from, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(p, "-shm") {
			return err
		}
		raw, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, filepath.Base(p)), raw, 0o600)
	})
}

// read and write are for the verbs.
func (h *hall) read(f func(ctx context.Context, tx *store.Tx) error) error {
	ctx := h.town.ctx()
	return h.node.DB.Read(ctx, func(tx *store.Tx) error { return f(ctx, tx) })
}

func (h *hall) write(f func(ctx context.Context, tx *store.Tx) error) error {
	ctx := h.town.ctx()
	return h.node.DB.Write(ctx, func(tx *store.Tx) error { return f(ctx, tx) })
}

var errDead = errors.New("the process is gone")

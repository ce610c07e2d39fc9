// Package library is the desk behind the pages of documents: it reads the files that
// people send, brings files of documents elsewhere here for a while, and clears
// away bytes that nobody can reach. Who may read what is decided by whoever asks.
package library

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"moothall/actors"
	"moothall/blobs"
	"moothall/content"
	"moothall/extract"
	"moothall/extract/apart"
	"moothall/federation/remote"
	"moothall/store"
)

// Library must not be copied once in use.
type Library struct {
	DB    *store.DB
	Files *blobs.Store
	// Read reads one file: apart.Reader in a process of its own, apart.Here in tests.
	Read func(ctx context.Context, j apart.Job) (apart.Result, error)
	// As is the client that fetches in the name of a person of this node, zero is the
	// node itself; and as a member of a community, unless that is zero.
	As func(ctx context.Context, reader, group actors.ID) (*remote.Client, error)
	// Upkeep does what documents are due for at this time, and says whether there was
	// anything. It is called once a minute, and again until there is nothing.
	Upkeep func(ctx context.Context) (bool, error)
	// Confirm sends the receipt for what has been carried out; nil sends none.
	Confirm func(ctx context.Context, tx *store.Tx, about actors.URI) error
	// Cache is for how long a file from elsewhere is kept (users.md 3.9); zero is Usual.
	Cache time.Duration
	Now   func() time.Time
	Log   *slog.Logger

	wake     chan struct{}
	once     onces
	fetching singleflight.Group
	slots    chan struct{}
	hosts    sync.Map // of those that were fetched from: their turns
	waiting  atomic.Int32
	refused  refused
	unread   chan unread
	looks    chan struct{}
	swept    time.Time
	listed   time.Time
	kept     time.Time // when Upkeep last found nothing
}

// unread is a file that was fetched and has not been read.
type unread struct {
	digest content.Digest
	format extract.Format // as its site says; empty for what it does not say
}

const (
	usualCache   = 30 * 24 * time.Hour
	unreadAtOnce = 100             // more are read when somebody opens them again
	looksAtOnce  = 2               // files that somebody waits for, beside the one the worker reads
	pollInterval = 5 * time.Second // other processes take uploads too
)

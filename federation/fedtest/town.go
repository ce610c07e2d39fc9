package fedtest

import (
	"context"
	"hash/fnv"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"moothall/federation/node"
)

// Town is some nodes, the network between them and the one clock.
type Town struct {
	T     testing.TB
	Clock *Clock
	Chaos *rand.Rand // all chance in a test; not safe for goroutines

	seed  uint64
	net   *network
	halls []*hall
	keys  keyring
}

// Clock is the town's time. It stands still unless it is moved.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Move lets time pass for everyone.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Opening is when every town's clock begins.
var Opening = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// New opens a node for each host, with production rules: https, no ports. They
// deal with whoever is not blocked.
func New(t testing.TB, hosts ...string) *Town {
	t.Helper()
	seed := seedOf(t)
	town := &Town{T: t, Clock: &Clock{now: Opening}, seed: seed, Chaos: rand.New(rand.NewPCG(seed, 1))}
	town.net = newNetwork(town)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the town's chance came from FEDTEST_SEED=%d", seed)
		}
	})
	for i, host := range hosts {
		town.open(host, uint64(i))
	}
	return town
}

// seedOf is the same for a test whenever it runs, unless the environment says
// otherwise.
func seedOf(t testing.TB) uint64 {
	if n, err := strconv.ParseUint(os.Getenv("FEDTEST_SEED"), 10, 64); err == nil {
		return n
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(t.Name())) // a hash never fails
	return h.Sum64()
}

func (town *Town) open(host string, place uint64) {
	town.T.Helper()
	h := &hall{town: town, host: host, chance: rand.New(rand.NewPCG(town.seed, 2+place))}
	h.makeData()
	h.start()
	town.halls = append(town.halls, h)
}

// Node is the node of a host, for what the verbs do not say.
func (town *Town) Node(host string) *node.Node { return town.hall(host).node }

func (town *Town) hall(host string) *hall {
	town.T.Helper()
	for _, h := range town.halls {
		if h.host == host {
			return h
		}
	}
	town.T.Fatalf("there is no node %s in this town", host)
	return nil
}

func (town *Town) ctx() context.Context { return context.Background() }

const (
	maxRounds = 500  // of all nodes, until nothing moves
	maxWakes  = 5000 // in one Pass
)

// Settle lets every node do what is due now, again and again, until nothing
// moves. The clock stands still.
func (town *Town) Settle() {
	town.T.Helper()
	town.settle()
}

// settle also says when a node will have something to do; zero for never.
func (town *Town) settle() (next time.Time) {
	town.T.Helper()
	for range maxRounds {
		moved := false
		next = time.Time{}
		for _, h := range town.halls {
			m, at := h.step()
			moved = moved || m
			if !at.IsZero() && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
		if !moved {
			return next
		}
	}
	town.T.Fatalf("the town has not settled after %d rounds", maxRounds)
	return next
}

// Pass lets time go by. Nodes wake when they said they would.
func (town *Town) Pass(d time.Duration) {
	town.T.Helper()
	until := town.Clock.Now().Add(d)
	for range maxWakes {
		next := town.settle()
		now := town.Clock.Now()
		if !now.Before(until) {
			return
		}
		if next.IsZero() || next.After(until) {
			next = until
		}
		// A node that says "now" and does nothing must not stop the clock.
		town.Clock.Move(max(next.Sub(now), time.Millisecond))
	}
	town.T.Fatalf("nodes woke more than %d times in %s", maxWakes, d)
}

// quiet is where a town's nodes log, unless FEDTEST_LOG is set.
func quiet(t testing.TB, host string) *slog.Logger {
	if os.Getenv("FEDTEST_LOG") == "" {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelDebug})).With("host", host)
}

type testWriter struct{ t testing.TB }

// Write logs a line to the test.
func (w testWriter) Write(b []byte) (int, error) {
	w.t.Logf("%s", b)
	return len(b), nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// inboxTarget is CPU seconds of the node for a thousand posts taken in, however
	// many are stored. growth is how much more a full node may need.
	inboxTarget = 0.6
	growth      = 1.2

	writers = 8 // hosts that post; each may send 200 a second and 20,000 on top
	fillers = 10
)

// inbox measures signed posts from the door to the durable answer, with their
// announcements recorded. The partners ask to be left alone, so that signing
// what goes out to them is not counted: that is what fanout is for.
func inbox(ctx context.Context, b *bench) (err error) {
	t, h, err := b.openedWithTown(ctx, "inbox", "parks")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop(), t.close()) }()
	t.asleep.Store(true)
	if err := t.join(h, "parks", t.hosts("writer", writers)); err != nil {
		return err
	}
	bare, err := b.beginBareInbox(ctx, t)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	if err := b.warmUp(ctx, t, h, bare); err != nil {
		return err
	}
	empty := map[int]float64{}
	for _, parallel := range []int{8, 32} {
		if empty[parallel], err = b.compareInbox(ctx, t, h, bare, parallel); err != nil {
			return err
		}
	}
	if b.stored == 0 {
		return nil
	}
	return b.inboxWhenFull(ctx, t, h, empty)
}

// warmUp lets both programs work before anything is measured. One that has just
// started is slower, and a full node, which comes last, would look better than it is.
func (b *bench) warmUp(ctx context.Context, t *town, h *hall, bare *bareNode) error {
	if _, _, err := b.pourPosts(ctx, t, h, bare.process, bare.host, 32); err != nil {
		return fmt.Errorf("bare inbox: %w", err)
	}
	_, _, err := b.pourPosts(ctx, t, h, h.process, h.host, 32)
	return err
}

func (b *bench) openedWithTown(ctx context.Context, name string, communities ...string) (*town, *hall, error) {
	t, err := newTown()
	if err != nil {
		return nil, nil, err
	}
	h, err := b.opened(ctx, name, communities...)
	if err != nil {
		return nil, nil, errors.Join(err, t.close())
	}
	return t, h, nil
}

// bareNode is the bare minimum, running.
type bareNode struct {
	*process
	host string
}

func (b *bench) beginBareInbox(ctx context.Context, t *town) (*bareNode, error) {
	dir, key := filepath.Join(b.dir, "bare"), filepath.Join(b.dir, "bare.pem")
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(key, []byte(t.rsaPEM), 0o600)); err != nil {
		return nil, fmt.Errorf("prepare the bare inbox: %w", err)
	}
	p, err := b.beginSelf(ctx, "bare-inbox", dir, key)
	if err != nil {
		return nil, err
	}
	at, err := p.hear("ready")
	return &bareNode{p, at}, err
}

// beginSelf starts this program in another role.
func (b *bench) beginSelf(ctx context.Context, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	return begin(ctx, filepath.Join(b.dir, args[0]+".log"), true, self, args...)
}

// compareInbox measures node and bare minimum in turns, and reports medians. It
// returns what the node needed.
func (b *bench) compareInbox(ctx context.Context, t *town, h *hall, bare *bareNode, parallel int) (float64, error) {
	var ours, limits []float64
	var last poured
	for range b.repeat {
		limit, _, err := b.pourPosts(ctx, t, h, bare.process, bare.host, parallel)
		if err != nil {
			return 0, fmt.Errorf("bare inbox: %w", err)
		}
		cost, p, err := b.pourPosts(ctx, t, h, h.process, h.host, parallel)
		if err != nil {
			return 0, err
		}
		ours, limits, last = append(ours, cost), append(limits, limit), p
	}
	cost := median(ours)
	b.report.add(result{
		What: fmt.Sprintf("signed post taken in, %d at once", parallel), Value: cost, Unit: "CPU s per 1,000",
		Bare: median(limits), AtMost: inboxTarget, Of: ofValue, Detail: last.words(),
	})
	return cost, nil
}

func (p poured) words() string {
	return fmt.Sprintf("%.0f/s, p50 %s, p99 %s", p.rate(), millis(p.quantile(0.5)), millis(p.quantile(0.99)))
}

// pourPosts signs posts for the node, sends them to a process and returns what
// that used for a thousand of them.
func (b *bench) pourPosts(ctx context.Context, t *town, h *hall, to *process, at string, parallel int) (float64, poured, error) {
	requests := make([]*http.Request, b.posts)
	err := inParallel(len(requests), 2, func(i int) (err error) {
		requests[i], _, err = t.post(h, "parks", t.host("writer", i%writers), "", addressOf(i%writers))
		if err == nil && to != h.process {
			err = t.redirect(requests[i], at)
		}
		return err
	})
	if err != nil {
		return 0, poured{}, err
	}
	var p poured
	cpu, err := to.used(ctx, func() (err error) {
		p, err = pour(t.client, requests, parallel, http.StatusAccepted)
		return err
	})
	return perThousand(cpu, len(requests)), p, err
}

// redirect sends a request to another port than its Host says. The signature,
// which holds the Host, still fits.
func (t *town) redirect(r *http.Request, at string) error {
	_, port, ok := strings.Cut(at, ":")
	if !ok {
		return fmt.Errorf("address %q has no port", at)
	}
	u := *r.URL
	u.Host = "127.0.0.1:" + port
	r.URL = &u
	return nil
}

// inboxWhenFull stores many posts through the same door and measures again.
// Those are signed with Ed25519, or signing them would take longest.
func (b *bench) inboxWhenFull(ctx context.Context, t *town, h *hall, empty map[int]float64) error {
	if err := b.fill(ctx, t, h, "parks", b.stored); err != nil {
		return err
	}
	for _, parallel := range []int{8, 32} {
		var costs []float64
		var last poured
		for range b.repeat {
			cost, p, err := b.pourPosts(ctx, t, h, h.process, h.host, parallel)
			if err != nil {
				return err
			}
			costs, last = append(costs, cost), p
		}
		b.report.add(result{
			What: fmt.Sprintf("the same with %d stored, %d at once", b.stored, parallel), Value: median(costs), Unit: "CPU s per 1,000",
			Against: empty[parallel], AtMost: growth, Of: ofRatio, Detail: last.words(),
		})
	}
	return nil
}

func (b *bench) fill(ctx context.Context, t *town, h *hall, community string, n int) error {
	began := time.Now()
	hosts := t.hosts(quickStreet, fillers)
	if err := t.join(h, community, hosts); err != nil {
		return err
	}
	const atOnce = 32
	err := inParallel(n, atOnce, func(i int) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r, _, err := t.post(h, community, hosts[i%fillers], "", addressOf(i%fillers))
		if err != nil {
			return err
		}
		return ask(t.client, r, http.StatusAccepted)
	})
	b.say("stored %d posts in %s", n, time.Since(began).Round(time.Second))
	return err
}

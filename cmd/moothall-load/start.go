package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
)

const (
	startTarget  = 0.5  // seconds from the start of the process to its first answer
	memoryTarget = 60.0 // MB at rest
	startPosts   = 1000 // stored before the second start
)

// start measures how soon a node answers and what it holds in memory at rest.
func start(ctx context.Context, b *bench) (err error) {
	info, err := os.Stat(b.binary)
	if err != nil {
		return err
	}
	b.report.add(result{What: "size of the program", Value: float64(info.Size()) / 1e6, Unit: "MB"})
	t, err := newTown()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	h, err := b.measureFreshStart(ctx)
	if err != nil {
		return err
	}
	if err := b.restOf(ctx, h, "memory at rest, fresh"); err != nil {
		return errors.Join(err, h.stop())
	}
	if err := t.fillForStart(ctx, h); err != nil {
		return errors.Join(err, h.stop())
	}
	if err := h.stop(); err != nil {
		return err
	}
	if err := b.measureStarts(ctx, h, fmt.Sprintf("start to first answer, %d posts stored", startPosts)); err != nil {
		return err
	}
	return errors.Join(b.restOf(ctx, h, fmt.Sprintf("memory at rest, %d posts stored", startPosts)), h.stop())
}

// measureFreshStart starts new nodes, makes keys and tables included, and leaves
// the last one running.
func (b *bench) measureFreshStart(ctx context.Context) (h *hall, err error) {
	var took []float64
	for i := range b.repeat {
		if h != nil {
			if err := h.stop(); err != nil {
				return nil, err
			}
		}
		if h, err = b.newHall(fmt.Sprintf("start%d", i)); err != nil {
			return nil, err
		}
		d, err := h.start(ctx)
		if err != nil {
			return nil, err
		}
		took = append(took, d.Seconds())
	}
	b.report.add(result{What: "start to first answer, empty folder", Value: median(took), Unit: "s", AtMost: startTarget, Of: ofValue})
	return h, nil
}

func (b *bench) measureStarts(ctx context.Context, h *hall, what string) error {
	var took []float64
	for i := range b.repeat {
		if i > 0 {
			if err := h.stop(); err != nil {
				return err
			}
		}
		d, err := h.start(ctx)
		if err != nil {
			return err
		}
		took = append(took, d.Seconds())
	}
	b.report.add(result{What: what, Value: median(took), Unit: "s", AtMost: startTarget, Of: ofValue})
	return nil
}

func (b *bench) restOf(ctx context.Context, h *hall, what string) error {
	if err := pause(ctx, b.idle); err != nil {
		return err
	}
	bytes, err := h.memory()
	if err != nil {
		return err
	}
	b.report.add(result{What: what, Value: float64(bytes) / 1e6, Unit: "MB", AtMost: memoryTarget, Of: ofValue})
	return nil
}

func (t *town) fillForStart(ctx context.Context, h *hall) error {
	t.asleep.Store(true)
	if err := h.furnish(ctx, "parks"); err != nil {
		return err
	}
	hosts := t.hosts(quickStreet, fillers)
	if err := t.join(h, "parks", hosts); err != nil {
		return err
	}
	return inParallel(startPosts, 8, func(i int) error {
		r, _, err := t.post(h, "parks", hosts[i%fillers], "", addressOf(i%fillers))
		if err != nil {
			return err
		}
		return ask(t.client, r, http.StatusAccepted)
	})
}

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
	fanoutTarget   = 1.6 // CPU seconds of the node for a thousand deliveries, RSA
	fanoutPatience = 2 * time.Minute
)

// fanout measures one post on its way to many partners, each a host of its own.
// Their connections are open already, as they are between servers that talk.
func fanout(ctx context.Context, b *bench) (err error) {
	t, h, err := b.openedWithTown(ctx, "fanout", "parks")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop(), t.close()) }()
	hosts := t.hosts("p", b.partners)
	if err := t.join(h, "parks", hosts); err != nil {
		return err
	}
	if err := t.beMet(ctx, hosts); err != nil {
		return err
	}
	bare, err := b.beginBareFanout(ctx, hosts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
	return b.compareFanout(ctx, t, h, bare)
}

func (b *bench) compareFanout(ctx context.Context, t *town, h *hall, bare *process) error {
	var ours, limits, walls []float64
	for i := range b.repeat + 1 {
		limit, _, err := t.measureFanout(ctx, bare, b.partners, func(mark string) error {
			_, err := fmt.Fprintln(bare.in, mark)
			if err == nil {
				_, err = bare.hear("done")
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("bare fan-out: %w", err)
		}
		cost, wall, err := t.measureFanout(ctx, h.process, b.partners, func(string) error { return t.say(h) })
		if err != nil {
			return err
		}
		if i > 0 { // the first opens the connections
			ours, limits, walls = append(ours, cost), append(limits, limit), append(walls, wall.Seconds())
		}
	}
	b.report.add(result{
		What: fmt.Sprintf("one post delivered to %d partners", b.partners), Value: median(ours), Unit: "CPU s per 1,000",
		Bare: median(limits), AtMost: fanoutTarget, Of: ofValue, Detail: fmt.Sprintf("all had it after %.2f s", median(walls)),
	})
	return nil
}

// measureFanout returns what a process used for a thousand deliveries, and how
// long it took until every host had one.
func (t *town) measureFanout(ctx context.Context, p *process, hosts int, send func(mark string) error) (float64, time.Duration, error) {
	mark := fmt.Sprintf("part %d\"", serial.Load()+1) // as the title of the next post ends
	e := t.expect(mark, hosts)
	var wall time.Duration
	var sent int64
	cpu, err := p.used(ctx, func() error {
		began, before := time.Now(), t.received.Load()
		if err := send(mark); err != nil {
			return err
		}
		err := e.wait(ctx, fanoutPatience)
		wall, sent = time.Since(began), t.received.Load()-before
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return perThousand(cpu, int(sent)), wall, nil
}

// say lets the first partner post, which the community passes on to all.
func (t *town) say(h *hall) error {
	r, _, err := t.post(h, "parks", t.host("p", 0), "", addressOf(0))
	if err != nil {
		return err
	}
	return ask(t.client, r, http.StatusAccepted)
}

func (b *bench) beginBareFanout(ctx context.Context, hosts []string) (*process, error) {
	file := filepath.Join(b.dir, "inboxes")
	var list strings.Builder
	for _, host := range hosts {
		fmt.Fprintf(&list, "http://%s/inbox\n", host)
	}
	if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
		return nil, fmt.Errorf("prepare the bare fan-out: %w", err)
	}
	p, err := b.beginSelf(ctx, "bare-fanout", file)
	if err != nil {
		return nil, err
	}
	_, err = p.hear("ready")
	return p, err
}

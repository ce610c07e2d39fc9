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
	quickTarget    = 0.5 // of what RSA takes
	fanoutPatience = 2 * time.Minute
)

// The communities of the fan-out, with the streets where their followers live.
var (
	rsaReaders     = audience{"parks", "p"}
	ed25519Readers = audience{"woods", newerStreet}
)

type audience struct{ community, street string }

// fanout measures one post on its way to many partners, each a host of its own:
// first to those who read what everyone reads, then to those who read Ed25519.
// Their connections are open already, as they are between servers that talk.
func fanout(ctx context.Context, b *bench) (err error) {
	t, h, err := b.openedWithTown(ctx, "fanout", rsaReaders.community, ed25519Readers.community)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.stop(), t.close()) }()
	rsa, err := b.compareFanout(ctx, t, h)
	if err != nil {
		return err
	}
	if err := b.follow(ctx, t, h, ed25519Readers); err != nil {
		return err
	}
	var costs []float64
	for i := range b.repeat + 1 {
		cost, _, err := t.measureFanout(ctx, h.process, b.partners, func(string) error { return t.say(h, ed25519Readers) })
		if err != nil {
			return err
		}
		if i > 0 { // the first opens the connections
			costs = append(costs, cost)
		}
	}
	b.report.add(result{
		What:  fmt.Sprintf("one post delivered to %d partners who read Ed25519, beside RSA", b.partners),
		Value: median(costs), Unit: "CPU s per 1,000", Against: rsa, AtMost: quickTarget, Of: ofRatio,
	})
	return nil
}

// follow makes an audience follow its community, and waits until they are known.
func (b *bench) follow(ctx context.Context, t *town, h *hall, a audience) error {
	hosts := t.hosts(a.street, b.partners)
	if err := t.join(h, a.community, hosts); err != nil {
		return err
	}
	return t.beMet(ctx, hosts)
}

// compareFanout measures sending with RSA beside the bare minimum of it.
func (b *bench) compareFanout(ctx context.Context, t *town, h *hall) (cost float64, err error) {
	if err := b.follow(ctx, t, h, rsaReaders); err != nil {
		return 0, err
	}
	bare, err := b.beginBareFanout(ctx, t.hosts(rsaReaders.street, b.partners))
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, bare.stop()) }()
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
			return 0, fmt.Errorf("bare fan-out: %w", err)
		}
		cost, wall, err := t.measureFanout(ctx, h.process, b.partners, func(string) error { return t.say(h, rsaReaders) })
		if err != nil {
			return 0, err
		}
		if i > 0 { // the first opens the connections
			ours, limits, walls = append(ours, cost), append(limits, limit), append(walls, wall.Seconds())
		}
	}
	b.report.add(result{
		What: fmt.Sprintf("one post delivered to %d partners", b.partners), Value: median(ours), Unit: "CPU s per 1,000",
		Bare: median(limits), AtMost: fanoutTarget, Of: ofValue, Detail: fmt.Sprintf("all had it after %.2f s", median(walls)),
	})
	return median(ours), nil
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
func (t *town) say(h *hall, a audience) error {
	r, _, err := t.post(h, a.community, t.host(a.street, 0), "", addressOf(0))
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

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// talk is a conversation: who takes part, and what was said so far.
//
// Ann is a facilitator of the community on north, bo a member of it on south, a
// second Moothall; gina and her friend gus are on GoToSocial.
type talk struct {
	options
	out        io.Writer
	north      *hall
	south      *hall
	peer       *social
	ann, bo    *hall
	gina, gus  *patron
	browser    caller // ann's
	water      string // address of the community
	waterID    string // its id in GoToSocial
	gusWaterID string
	annID      string
	words      map[string]string
	passed     int
	failed     []string
}

// step is one thing somebody does and what comes of it.
type step struct {
	name string
	run  func(ctx context.Context, t *talk) error
}

// gather starts three servers and gives them their people.
func gather(ctx context.Context, o options, dir string) (*talk, error) {
	t := &talk{options: o, words: map[string]string{}}
	var err error
	if t.peer, err = openSocial(ctx, o, dir, "127.0.0.2"); err != nil {
		return t, fmt.Errorf("GoToSocial: %w", err)
	}
	if t.north, err = openHall(ctx, o.moothall, dir, "127.0.0.3", "ann"); err != nil {
		return t, fmt.Errorf("north: %w", err)
	}
	if t.south, err = openHall(ctx, o.moothall, dir, "127.0.0.4", "bo_south"); err != nil {
		return t, fmt.Errorf("south: %w", err)
	}
	t.ann, t.bo = t.north, t.south
	if _, err := t.north.command(ctx, "", "community", "create", "water", "--title", "Water reuse", "--facilitator", "ann"); err != nil {
		return t, err
	}
	t.water = t.north.community("water")
	if t.gina, err = t.peer.settle(ctx, "gina"); err != nil {
		return t, err
	}
	t.gus, err = t.peer.settle(ctx, "gus")
	return t, err
}

func (t *talk) disperse() error {
	if t == nil {
		return nil
	}
	return errors.Join(t.north.stop(), t.south.stop(), t.peer.stop())
}

// hold goes through all steps. One that fails does not end the talk: what hangs
// on it will fail too, and the first failure is the one to look at.
func (t *talk) hold(ctx context.Context) error {
	if err := t.introduce(ctx); err != nil {
		return err
	}
	for _, s := range steps() {
		began := time.Now()
		err := s.run(ctx, t)
		took := time.Since(began).Round(10 * time.Millisecond)
		if err != nil {
			t.failed = append(t.failed, s.name)
			fmt.Fprintf(t.out, "FAIL  %s (%s): %v\n", s.name, took, err)
		} else {
			t.passed++
			fmt.Fprintf(t.out, "pass  %s (%s)\n", s.name, took)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	fmt.Fprintf(t.out, "%d passed, %d failed\n", t.passed, len(t.failed))
	if len(t.failed) > 0 {
		return fmt.Errorf("%d of %d steps failed: %s", len(t.failed), t.passed+len(t.failed), strings.Join(t.failed, "; "))
	}
	return nil
}

// introduce says which versions talk.
func (t *talk) introduce(ctx context.Context) error {
	ours, err := output(ctx, "", "", t.moothall, "version")
	if err != nil {
		return err
	}
	theirs, err := t.peer.version(ctx)
	if err != nil {
		return err
	}
	theirs = theirs[strings.LastIndexByte(theirs, '\n')+1:] // some builds say more before
	fmt.Fprintf(t.out, "%s at %s and %s\n%s at %s\n", ours, t.north.base, t.south.base, theirs, t.peer.base)
	return nil
}

// soon waits for something to become so.
func (t *talk) soon(ctx context.Context, try func() error) error {
	return until(ctx, t.patience, try)
}

// all tries several things until all are so, and stops at the first that does not become so.
func (t *talk) all(ctx context.Context, tries ...func() error) error {
	for _, try := range tries {
		if err := t.soon(ctx, try); err != nil {
			return err
		}
	}
	return nil
}

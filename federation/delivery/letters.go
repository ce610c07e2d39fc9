package delivery

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"moothall/actors"
	"moothall/federation/sign"
	"moothall/store"
)

const (
	// letterLife bounds for how long a body that has been erased in the meantime
	// is still sent, which then is followed by its Delete.
	letterLife = 5 * time.Second
	maxLetters = 16 << 20 // bytes of bodies kept
)

// letter is an activity as it is sent. Its body is nil when it has been erased.
type letter struct {
	id   actors.ID
	body []byte
	at   time.Time // when it was recorded
	read time.Time
}

// letters keeps what many partners are about to be sent, so that it is read
// once for all of them.
type letters struct {
	mu      sync.Mutex
	byID    map[actors.ID]*list.Element
	oldest  *list.List // of letter
	size    int
	signers map[actors.ID]sign.Signer // keys never change under an actor's id
}

func newLetters() *letters {
	return &letters{
		byID: make(map[actors.ID]*list.Element), oldest: list.New(),
		signers: make(map[actors.ID]sign.Signer),
	}
}

func (c *letters) get(id actors.ID, now time.Time) (letter, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byID[id]
	if !ok {
		return letter{}, false
	}
	l := e.Value.(letter)
	return l, now.Sub(l.read) < letterLife
}

func (c *letters) put(l letter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byID[l.id]; ok {
		c.remove(e)
	}
	c.byID[l.id] = c.oldest.PushBack(l)
	c.size += len(l.body)
	for c.size > maxLetters || l.read.Sub(c.oldest.Front().Value.(letter).read) >= letterLife {
		c.remove(c.oldest.Front())
	}
}

func (c *letters) remove(e *list.Element) {
	l := c.oldest.Remove(e).(letter)
	delete(c.byID, l.id)
	c.size -= len(l.body)
}

func (c *letters) signer(id actors.ID) (sign.Signer, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, ok := c.signers[id]
	return s, ok
}

// letter reads what is to be sent, once for all lanes that are at it.
func (d *Delivery) letter(ctx context.Context, tx *store.Tx, id actors.ID) (letter, error) {
	now := d.Now()
	if l, ok := d.letters.get(id, now); ok {
		return l, nil
	}
	a, err := tx.Activity(ctx, id)
	if err != nil {
		return letter{}, fmt.Errorf("read activity %s: %w", id, err)
	}
	l := letter{id: id, body: a.Body, at: a.At, read: now}
	d.letters.put(l)
	return l, nil
}

// errNoKey says that an actor of ours has no key: nothing is ever sent unsigned
// (security.md S237).
var errNoKey = errors.New("actor has no key")

// signer is what signs in the name of a local actor.
func (d *Delivery) signer(ctx context.Context, tx *store.Tx, id actors.ID) (sign.Signer, error) {
	if s, ok := d.letters.signer(id); ok {
		return s, nil
	}
	a, err := tx.Actor(ctx, id)
	if err != nil {
		return sign.Signer{}, fmt.Errorf("read signer %s: %w", id, err)
	}
	s, err := d.Keys.SignerOf(ctx, tx, a)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, sign.ErrKey), err == nil && s.Key == nil:
		return sign.Signer{}, errNoKey
	case err != nil:
		return sign.Signer{}, err
	}
	d.letters.mu.Lock()
	d.letters.signers[id] = s
	d.letters.mu.Unlock()
	return s, nil
}

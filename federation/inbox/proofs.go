package inbox

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/ap"
	"moothall/federation/proof"
	"moothall/federation/sign"
	"moothall/store"
)

// What somebody else passes on is believed without asking its origin when it
// carries an integrity proof by the one who said it (protocol.md 3.5, 4.2). A
// proof that does not hold is as none at all.

const (
	proofKeyAtHand = time.Minute        // how long keys are used without a look at the store
	proofKeyLooked = 24 * time.Hour     // how long it is believed that somebody has no other key
	proofKeyFresh  = 7 * 24 * time.Hour // how long a key is believed before its owner is asked again
)

// proofKeys holds the keys under which actors make integrity proofs: reading them
// out of an actor's document costs as much as verifying a proof.
type proofKeys struct {
	mu     sync.Mutex
	actors map[actors.URI]keysOf
}

type keysOf struct {
	keys    []proof.Key
	fetched time.Time // when the actor was read from its host
	until   time.Time
}

func (p *proofKeys) get(of actors.URI, now time.Time) (keysOf, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k, ok := p.actors[of]
	return k, ok && now.Before(k.until)
}

func (p *proofKeys) put(of actors.URI, k keysOf) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.actors == nil || len(p.actors) >= maxHosts {
		p.actors = map[actors.URI]keysOf{}
	}
	p.actors[of] = k
}

// fits says whether one of the keys made the proof.
func (k keysOf) fits(c proof.Claim) (ok, listed bool) {
	for _, key := range k.keys {
		if key.ID == c.Method {
			return c.Prove(key) == nil, true
		}
	}
	return false, false
}

// readProofKeys lists the keys that an actor says are for its proofs.
func readProofKeys(raw []byte, of actors.URI) []proof.Key {
	doc, err := ap.ParseActor(raw)
	if err != nil {
		return nil
	}
	var keys []proof.Key
	for _, k := range doc.AssertionMethod {
		pub, err := sign.ParseMultikey(k.PublicKeyMultibase)
		if err == nil && k.Controller == string(of) && actors.URI(k.ID).SameOrigin(of) {
			keys = append(keys, proof.Key{ID: k.ID, Owner: of, Public: pub})
		}
	}
	return keys
}

// keysFor finds the keys of an actor; store.ErrNotFound when it is not known.
func (in *Inbox) keysFor(ctx context.Context, tx *store.Tx, of actors.URI) (keysOf, error) {
	a, err := tx.ActorByURI(ctx, of)
	if err != nil {
		return keysOf{}, err
	}
	k, ok := in.proofKeys.get(of, in.Now())
	if ok && k.fetched.Equal(a.Fetched) && !a.IsGone() {
		return k, nil
	}
	k = keysOf{fetched: a.Fetched, until: in.Now().Add(proofKeyAtHand)}
	if !a.IsGone() && !a.Local {
		raw, err := tx.ActorRaw(ctx, a.ID)
		if err != nil {
			return keysOf{}, err
		}
		k.keys = readProofKeys(raw, of)
	}
	in.proofKeys.put(of, k)
	return k, nil
}

// stale says whether the actor is to be read again before its keys decide.
func (in *Inbox) stale(k keysOf, isListed bool) bool {
	age := in.Now().Sub(k.fetched)
	return age > proofKeyFresh || !isListed && age > proofKeyLooked
}

// claim reads the proof of a document by an actor elsewhere, if there is one that
// could hold.
func (in *Inbox) claim(document json.RawMessage, by actors.URI) (proof.Claim, bool) {
	if !bytes.Contains(document, []byte(`proof`)) || in.Site.Owns(by) {
		return proof.Claim{}, false
	}
	c, err := proof.Read(document, by, in.Now())
	return c, err == nil && c.MayBeBy(by)
}

// said is a document with the one who is meant to have said it.
type said struct {
	document string
	by       actors.URI
}

// proved says whether a document inside an activity carries a proof by an actor.
// An actor who is not known is read first.
func (w *work) proved(ctx context.Context, document json.RawMessage, by actors.URI) (bool, error) {
	this := said{string(document), by}
	if w.docs.proved[this] {
		return true, nil
	}
	c, ok := w.in.claim(document, by)
	if !ok || w.in.Decide(by.Host(), actors.ToReceive).Verdict == actors.Refuse {
		return false, nil
	}
	k, err := w.in.keysFor(ctx, w.tx, by)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	ok, isListed := k.fits(c)
	if !w.docs.fetched[by] && (err != nil || w.in.stale(k, isListed)) {
		return false, &need{uri: by, actor: true, optional: true}
	}
	ok = ok && !w.in.stale(k, true) // its owner could not be asked
	w.docs.proved[this] = ok
	return ok, nil
}

// foresee verifies, before a transaction is open, the proof in an Announce whose
// author's key is at hand: it takes longer than the rest of a transaction should.
func (in *Inbox) foresee(act ap.Activity, docs *documents) {
	if act.Type != "Announce" {
		return
	}
	by := ""
	if inner, err := act.Object.AsActivity(); err == nil && inner.Actor != "" && !content.Readable(inner.Type) {
		by = inner.Actor
	} else if o, err := act.Object.AsObject(); err == nil {
		by = string(o.AttributedTo)
	}
	author, err := in.Site.Parse(by)
	if err != nil || author.SameOrigin(actors.URI(act.Actor)) {
		return
	}
	k, ok := in.proofKeys.get(author, in.Now())
	if !ok || in.stale(k, true) || in.Decide(author.Host(), actors.ToReceive).Verdict == actors.Refuse {
		return
	}
	if c, ok := in.claim(act.Object.Raw(), author); ok {
		fits, _ := k.fits(c)
		docs.proved[said{string(act.Object.Raw()), author}] = fits
	}
}

// speaker is the actor of an activity that a community passes on, when a proof in
// it shows that it is theirs; empty otherwise. What is of the community's own host
// needs none, and our own people are believed only when they speak here.
func (w *work) speaker(ctx context.Context, inner ap.Activity, group actors.Community) (actors.URI, error) {
	by, err := w.in.Site.Parse(inner.Actor)
	if err != nil || by.SameOrigin(group.URI) {
		return "", nil
	}
	if id, err := w.in.Site.Parse(inner.ID); err != nil || !id.SameOrigin(by) {
		return "", nil
	}
	ok, err := w.proved(ctx, inner.Raw, by)
	if !ok {
		return "", err
	}
	return by, nil
}

// provedObject gives an object inside an Announce as it stands, when a proof shows
// that its author said it: the author's own proof in the object, or one of the
// activity around it, whose speaker is then given. The author, the object and the
// key are of one origin.
func (w *work) provedObject(ctx context.Context, item ap.Inner, uri, speaker actors.URI) (doc document, ok bool, err error) {
	object, err := item.AsObject()
	if err != nil || w.in.Site.Owns(uri) {
		return document{}, false, nil
	}
	author, err := w.in.Site.Parse(string(object.AttributedTo))
	if err != nil || !author.SameOrigin(uri) || object.Updated.After(w.in.Now().Add(time.Hour)) {
		return document{}, false, nil
	}
	if author != speaker {
		if ok, err := w.proved(ctx, item.Raw(), author); !ok {
			return document{}, false, err
		}
	}
	return document{object: object, raw: item.Raw(), proved: true}, true, nil
}

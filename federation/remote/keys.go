package remote

import (
	"context"
	"crypto"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"moothall/actors"
	"moothall/federation/sign"
)

const (
	keyFresh         = 24 * time.Hour   // protocol.md 3.2(8)
	keyAtHand        = 10 * time.Second // how long a key is used without a look at the store
	keyRefused       = 10 * time.Minute // how long a final refusal is remembered
	keyAway          = time.Minute      // how long an unreachable host is left alone
	refreshEvery     = 5 * time.Minute  // per actor (security.md S30)
	fetchesPerSource = 10               // per minute (security.md S31)
	fetchesPerHost   = 30               // per minute and domain
)

// Keys finds the key that a signature names (protocol.md 3.2(7) to (9)). It
// never asks this node's own host, asks a host no more often than its limits
// say, and believes in a key only when the owner, read from its own host, lists
// it under that id. It is safe for use by several goroutines; the zero value
// needs its exported fields set.
//
// Errors that are final are sign.Failure, and wrap ErrForbidden where policy
// refused the host of key or owner, and ErrGone or ErrNotThere where the key's
// document is missing. ErrBudget (429) and ErrKeyUnreachable (503) are not final.
type Keys struct {
	Client *Client
	// Known is the stored actor with this key id, and whether there is one.
	Known func(ctx context.Context, keyID string) (actors.Actor, bool, error)
	// Learn stores an actor that was read, and the document it came from.
	Learn func(ctx context.Context, a actors.Actor, raw []byte) error
	// Changed is told when an ordinary reading showed another key than the known
	// one, which was not taken (security.md S32). It may be nil.
	Changed func(ctx context.Context, known, found actors.Actor)
	Now     func() time.Time

	flights singleflight.Group

	mu        sync.Mutex
	atHand    shelf[sign.Key] // by key id: a busy partner sends it all with few keys
	failed    shelf[error]    // by key id
	settled   shelf[struct{}] // by key id: read lately, and kept as it was
	refreshed shelf[struct{}] // by actor
	sources   allowance
	unproved  shelf[string] // by key id: the source that a reading counts against
	hosts     allowance
	parsed    map[string]crypto.PublicKey // by PEM or multibase
}

var (
	errLocalKey = errors.New("key is said to be one of this node")
	errLately   = errors.New("key was read again a moment ago")
)

// Key is KeyFor without a source. Doors use From.
func (k *Keys) Key(ctx context.Context, keyID string) (sign.Key, error) {
	return k.KeyFor(ctx, keyID, "")
}

// From returns a source of keys for a request that came from the network
// address source, against whose limit its fetches count.
func (k *Keys) From(source string) sign.KeySource { return keysFrom{k, source} }

type keysFrom struct {
	keys   *Keys
	source string
}

func (f keysFrom) Key(ctx context.Context, id string) (sign.Key, error) {
	return f.keys.KeyFor(ctx, id, f.source)
}

// KeyFor returns the key named keyID for a request from the network address
// source. A stored actor that was read within 24 hours is used as it is;
// otherwise its host is asked. When ctx ends before the host has answered, the
// reading goes on for whoever asks next, and the error is ErrKeyUnreachable.
func (k *Keys) KeyFor(ctx context.Context, keyID, source string) (sign.Key, error) {
	if key, ok := k.held(keyID); ok {
		return key, failure(k.Client.admit(actors.URI(keyID), actors.ToFetch))
	}
	w, err := k.wanted(ctx, keyID, source)
	if err != nil {
		return sign.Key{}, failure(err)
	}
	if w.known && k.usable(w) {
		key, err := k.keyOf(w.actor, w.id)
		if err == nil {
			k.hold(keyID, key)
		}
		return key, failure(err)
	}
	if err := k.remembered(keyID); err != nil {
		return sign.Key{}, failure(err)
	}
	key, err := k.fly(ctx, "key "+keyID, func(ctx context.Context) (sign.Key, error) { return k.readOnce(ctx, w) })
	return key, failure(err)
}

func (k *Keys) held(keyID string) (sign.Key, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.atHand.get(keyID, k.Now())
}

func (k *Keys) hold(keyID string, key sign.Key) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.atHand.put(keyID, key, k.Now(), keyAtHand)
}

func (k *Keys) letGo(keyID string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.atHand.drop(keyID)
}

// Refresh reads the owner of a key again because a signature did not fit the
// stored one, and takes a new key if there is one (security.md S30, C17). It
// does so once in five minutes per actor; in between it returns what is stored.
func (k *Keys) Refresh(ctx context.Context, keyID string) (sign.Key, error) {
	w, err := k.wanted(ctx, keyID, "")
	if err != nil {
		return sign.Key{}, failure(err)
	}
	w.refresh = true
	k.letGo(keyID)
	key, err := k.fly(ctx, "refresh "+w.owner(), func(ctx context.Context) (sign.Key, error) { return k.reread(ctx, w) })
	return key, failure(err)
}

// wanted is a key that is asked for, with what is stored about it.
type wanted struct {
	id      actors.URI
	source  string
	actor   actors.Actor
	known   bool
	refresh bool // a new key may take the place of the stored one
}

// owner is what refreshes are counted by.
func (w wanted) owner() string {
	if w.known {
		return string(w.actor.URI)
	}
	return string(w.id.WithoutFragment())
}

// wanted checks a key id before anything is asked of anyone (security.md S20, S23).
func (k *Keys) wanted(ctx context.Context, keyID, source string) (wanted, error) {
	if err := k.Client.admit(actors.URI(keyID), actors.ToFetch); err != nil {
		return wanted{}, err
	}
	w := wanted{id: actors.URI(keyID), source: network(source)}
	var err error
	if w.actor, w.known, err = k.Known(ctx, keyID); err != nil {
		return wanted{}, fmt.Errorf("look up key: %w", err)
	}
	if !w.known {
		return w, nil
	}
	switch {
	case w.actor.Local:
		return wanted{}, refuse(CodeOwnHost, w.id.Host(), errLocalKey)
	case w.actor.IsGone():
		return wanted{}, refuse(CodeKey, w.id.Host(), ErrGone)
	}
	return w, k.Client.mayAsk(w.actor.URI.Host(), actors.ToFetch)
}

// network is what fetches are counted by: an IPv4 address, or the /64 that one
// IPv6 customer has.
func network(source string) string {
	addr, err := netip.ParseAddr(source)
	if err != nil {
		return source[:min(len(source), 64)]
	}
	addr = addr.Unmap().WithZone("")
	if addr.Is4() {
		return addr.String()
	}
	p, _ := addr.Prefix(64) // 64 is a length that every IPv6 address has
	return p.String()
}

// usable says whether the stored actor serves without asking its host.
func (k *Keys) usable(w wanted) bool {
	now := k.Now()
	if now.Sub(w.actor.Fetched) <= keyFresh {
		return true
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	_, lately := k.settled.get(string(w.id), now)
	return lately
}

func (k *Keys) remembered(keyID string) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	err, _ := k.failed.get(keyID, k.Now())
	return err
}

// fly does one reading for all who want it at the same time, and does not stop
// when the first of them goes away.
func (k *Keys) fly(ctx context.Context, name string, read func(context.Context) (sign.Key, error)) (sign.Key, error) {
	on := context.WithoutCancel(ctx)
	done := k.flights.DoChan(name, func() (any, error) { return read(on) })
	select {
	case r := <-done:
		key, _ := r.Val.(sign.Key)
		return key, r.Err
	case <-ctx.Done():
		return sign.Key{}, fmt.Errorf("%w: %w", ErrKeyUnreachable, ctx.Err())
	}
}

// reread is read for a refresh.
func (k *Keys) reread(ctx context.Context, w wanted) (sign.Key, error) {
	if !k.mayRefresh(w.owner()) {
		if w.known {
			return k.keyOf(w.actor, w.id)
		}
		return sign.Key{}, refuse(CodeKey, w.id.Host(), errLately)
	}
	key, err := k.read(ctx, w)
	if IsTemporary(err) {
		k.mu.Lock()
		k.refreshed.drop(w.owner())
		k.mu.Unlock()
	}
	return key, err
}

func (k *Keys) mayRefresh(owner string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.Now()
	if _, lately := k.refreshed.get(owner, now); lately {
		return false
	}
	k.refreshed.put(owner, struct{}{}, now, refreshEvery)
	return true
}

// readOnce is read, unless somebody else has read the key since w was looked up: on a
// busy machine that takes a while, and readings are few.
func (k *Keys) readOnce(ctx context.Context, w wanted) (sign.Key, error) {
	now, err := k.wanted(ctx, string(w.id), w.source)
	if err != nil {
		return sign.Key{}, err
	}
	if now.known && k.usable(now) {
		return k.keyOf(now.actor, now.id)
	}
	if err := k.remembered(string(w.id)); err != nil {
		return sign.Key{}, err
	}
	return k.read(ctx, now)
}

// Proved says that the one who sent a request from a network address holds the key that
// it named. Reading that key then no longer counts against the address: its limit is for
// those who make us ask after keys of others, and would hold up a partner whose people
// are met for the first time. The limit of the key's own host remains (security.md S31).
func (k *Keys) Proved(keyID, source string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if from, ok := k.unproved.get(keyID, k.Now()); ok && from == network(source) {
		k.unproved.drop(keyID)
		k.sources.giveBack(from, k.Now())
	}
}

// read asks the key's host and stores what it says.
func (k *Keys) read(ctx context.Context, w wanted) (sign.Key, error) {
	if err := k.spend(w); err != nil {
		return sign.Key{}, err
	}
	found, raw, err := k.Client.keyOwner(ctx, w.id)
	if err != nil {
		k.remember(string(w.id), err)
		return sign.Key{}, err
	}
	if w.known && !w.refresh && !sameKeys(w.actor, found) {
		k.settle(string(w.id))
		if k.Changed != nil {
			k.Changed(ctx, w.actor, found)
		}
		return k.keyOf(w.actor, w.id)
	}
	if err := k.Learn(ctx, found, raw); err != nil {
		return sign.Key{}, fmt.Errorf("store key: %w", err)
	}
	k.forget(string(w.id))
	return k.keyOf(found, w.id)
}

// sameKeys says whether no key has been put in the place of another. One that is
// added or taken away is no such thing.
func sameKeys(known, found actors.Actor) bool {
	return known.URI == found.URI && known.KeyID == found.KeyID && known.PublicKey == found.PublicKey &&
		(known.Ed25519Key == "" || found.Ed25519Key == "" || known.Ed25519Key == found.Ed25519Key)
}

// spend counts one fetch against its source and the key's host, or refuses it.
func (k *Keys) spend(w wanted) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, domain := k.Now(), Domain(w.id.Host())
	if w.source != "" && !k.sources.left(w.source, fetchesPerSource, now) || !k.hosts.left(domain, fetchesPerHost, now) {
		return refuse(CodeBudget, w.id.Host(), ErrBudget)
	}
	if w.source != "" {
		k.sources.take(w.source, now)
		k.unproved.put(string(w.id), w.source, now, time.Minute)
	}
	k.hosts.take(domain, now)
	return nil
}

// remember keeps a failure, but not what changes with a setting of this node.
func (k *Keys) remember(keyID string, err error) {
	d := keyRefused
	switch {
	case errors.Is(err, ErrForbidden), CodeOf(err) == CodeSign, CodeOf(err) == "":
		return
	case IsTemporary(err):
		d = keyAway
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failed.put(keyID, err, k.Now(), d)
}

func (k *Keys) settle(keyID string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.settled.put(keyID, struct{}{}, k.Now(), refreshEvery)
}

func (k *Keys) forget(keyID string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failed.drop(keyID)
	k.settled.drop(keyID)
	k.atHand.drop(keyID)
}

// keyOf reads the key of an actor that has this id. Reading PEM costs as much as
// verifying a signature does, so what was read is kept, by its text: that never
// goes stale.
func (k *Keys) keyOf(a actors.Actor, id actors.URI) (sign.Key, error) {
	key := sign.Key{ID: string(id), Owner: a.URI}
	text, parse := a.PublicKey, sign.ParsePublicKey
	if key.ID == a.Ed25519KeyID {
		text, parse = a.Ed25519Key, parseMultikey
	}
	k.mu.Lock()
	pub, ok := k.parsed[text]
	k.mu.Unlock()
	if ok {
		key.Public = pub
		return key, nil
	}
	pub, err := parse(text)
	if err != nil {
		return sign.Key{}, refuse(CodeKey, a.Host, err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.parsed == nil || len(k.parsed) >= maxParsed {
		k.parsed = map[string]crypto.PublicKey{}
	}
	k.parsed[text] = pub
	key.Public = pub
	return key, nil
}

func parseMultikey(text string) (crypto.PublicKey, error) { return sign.ParseMultikey(text) }

const maxParsed = 5000 // keys; more are read from PEM again

// failure sorts errors for the door: final ones become a sign.Failure.
func failure(err error) error {
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok || errors.Is(err, ErrBudget):
		return err
	case e.Temporary():
		return fmt.Errorf("%w: %w", ErrKeyUnreachable, err)
	default:
		return &sign.Failure{Code: sign.CodeKey, Reason: string(e.Code), Err: err}
	}
}

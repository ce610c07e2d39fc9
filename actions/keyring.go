package actions

import (
	"context"
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"io"
	"sync"

	"moothall/actors"
	"moothall/federation/sign"
	"moothall/store"
)

// KeyPair is the keys of a local actor: RSA for HTTP signatures that everyone
// reads, Ed25519 for those that fewer read and for the heads of logs.
type KeyPair struct {
	RSA     *rsa.PrivateKey
	Ed25519 ed25519.PrivateKey
}

// NewKeyPair makes keys. It takes a noticeable fraction of a second, so it is
// done before a transaction begins, never inside.
func NewKeyPair(random io.Reader) (KeyPair, error) {
	r, err := sign.GenerateRSA(random)
	if err != nil {
		return KeyPair{}, err
	}
	e, err := sign.GenerateEd25519(random)
	if err != nil {
		return KeyPair{}, err
	}
	return KeyPair{RSA: r, Ed25519: e}, nil
}

// Keyring holds the private keys of local actors that have been used: reading a
// key from PEM costs more than verifying a signature. Keys never change under
// an actor's id, so nothing in it goes stale.
type Keyring struct {
	mu    sync.RWMutex
	pairs map[actors.ID]KeyPair
}

// NewKeyring makes an empty keyring.
func NewKeyring() *Keyring { return &Keyring{pairs: map[actors.ID]KeyPair{}} }

// Of returns the keys of a local actor.
func (k *Keyring) Of(ctx context.Context, tx *store.Tx, id actors.ID) (KeyPair, error) {
	k.mu.RLock()
	pair, ok := k.pairs[id]
	k.mu.RUnlock()
	if ok {
		return pair, nil
	}
	secrets, err := tx.Secrets(ctx, id)
	if err != nil {
		return KeyPair{}, fmt.Errorf("keys of actor %s: %w", id, err)
	}
	if pair, err = readKeys(secrets); err != nil {
		return KeyPair{}, fmt.Errorf("keys of actor %s: %w", id, err)
	}
	k.mu.Lock()
	k.pairs[id] = pair
	k.mu.Unlock()
	return pair, nil
}

// SignerOf returns what signs requests in the name of a local actor.
func (k *Keyring) SignerOf(ctx context.Context, tx *store.Tx, a actors.Actor) (sign.Signer, error) {
	pair, err := k.Of(ctx, tx, a.ID)
	if err != nil {
		return sign.Signer{}, err
	}
	return sign.Signer{KeyID: a.KeyID, Key: pair.RSA, Ed25519KeyID: a.Ed25519KeyID, Ed25519: pair.Ed25519}, nil
}

func readKeys(s store.Secrets) (KeyPair, error) {
	r, err := sign.ParsePrivateKey(s.RSA)
	if err != nil {
		return KeyPair{}, err
	}
	e, err := sign.ParsePrivateKey(s.Ed25519)
	if err != nil {
		return KeyPair{}, err
	}
	rk, ok := r.(*rsa.PrivateKey)
	ek, ok2 := e.(ed25519.PrivateKey)
	if !ok || !ok2 {
		return KeyPair{}, fmt.Errorf("%w: stored under the wrong kind", sign.ErrKey)
	}
	return KeyPair{RSA: rk, Ed25519: ek}, nil
}

// secrets are the stored form of a key pair, with the public halves on the actor.
func (p KeyPair) secrets(a *actors.Actor) (store.Secrets, error) {
	var s store.Secrets
	var err error
	if s.RSA, err = sign.EncodePrivateKey(p.RSA); err != nil {
		return s, err
	}
	if s.Ed25519, err = sign.EncodePrivateKey(p.Ed25519); err != nil {
		return s, err
	}
	a.KeyID = string(a.URI) + "#main-key"
	if a.PublicKey, err = sign.EncodePublicKey(&p.RSA.PublicKey); err != nil {
		return s, err
	}
	a.Ed25519KeyID = string(a.URI) + "#ed25519-key"
	a.Ed25519Key = sign.EncodeMultikey(p.Ed25519.Public().(ed25519.PublicKey))
	return s, nil
}

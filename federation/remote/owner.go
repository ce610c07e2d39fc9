package remote

import (
	"context"
	"errors"

	"moothall/actors"
	"moothall/federation/ap"
	"moothall/federation/sign"
)

var (
	errNotListed = errors.New("owner does not list the key")
	errOtherKey  = errors.New("document is that of another key")
)

// keyOwner reads the document of a key id and returns the owner, who lists that
// key in publicKey or assertionMethod. The document is an actor, a part of one, or a key alone, which only says
// where to ask (protocol.md 3.2(7), security.md S17, S18).
func (c *Client) keyOwner(ctx context.Context, id actors.URI) (actors.Actor, []byte, error) {
	got, err := c.fetch(ctx, id)
	if err != nil {
		return actors.Actor{}, nil, err
	}
	if !got.id.SameOrigin(id) {
		return actors.Actor{}, nil, refuse(CodeIdentity, id.Host(), errIdentity)
	}
	_, kind, err := ap.Peek(got.raw)
	if err != nil {
		return actors.Actor{}, nil, refuse(CodeDocument, id.Host(), err)
	}
	if ap.IsActorType(kind) {
		return c.lister(ctx, got, id)
	}
	k, err := aloneKey(got.raw, kind)
	if err != nil {
		return actors.Actor{}, nil, refuse(CodeDocument, id.Host(), err)
	}
	return c.ownerOf(ctx, got, k, id)
}

// alone is a key that is a document of its own. It only says where to ask.
type alone struct {
	id, owner string
	is        func(a actors.Actor) bool // whether the actor's key is this one
}

// aloneKey reads a key in PEM, or a Multikey (FEP-521a).
func aloneKey(raw []byte, kind string) (alone, error) {
	if kind == "Multikey" {
		k, err := ap.ParseMultikey(raw)
		return alone{k.ID, k.Controller, func(a actors.Actor) bool { return a.Ed25519Key == k.PublicKeyMultibase }}, err
	}
	keys, err := ap.ParseKey(raw)
	if err != nil || len(keys) != 1 {
		return alone{}, err
	}
	return alone{keys[0].ID, keys[0].Owner, func(a actors.Actor) bool { return sameText(keys[0].PEM, a.PublicKey) }}, nil
}

// lister is the actor in got, who lists the key.
func (c *Client) lister(ctx context.Context, got proved, id actors.URI) (actors.Actor, []byte, error) {
	a, err := c.actor(ctx, got, string(id))
	if err != nil {
		return actors.Actor{}, nil, err
	}
	if a.KeyID != string(id) && a.Ed25519KeyID != string(id) {
		return actors.Actor{}, nil, refuse(CodeKey, id.Host(), errNotListed)
	}
	return a, got.raw, nil
}

// ownerOf reads the owner that a key alone names. The policy is asked about the
// owner first, so that a blocked one is refused as such (security.md S24).
func (c *Client) ownerOf(ctx context.Context, got proved, k alone, id actors.URI) (actors.Actor, []byte, error) {
	host := id.Host()
	if k.id != string(id) || got.id != id {
		return actors.Actor{}, nil, refuse(CodeKey, host, errOtherKey)
	}
	owner := actors.URI(k.owner)
	if err := c.admit(owner, actors.ToFetch); err != nil {
		return actors.Actor{}, nil, err
	}
	if !owner.SameOrigin(id) {
		return actors.Actor{}, nil, refuse(CodeKey, host, errKeyOwner)
	}
	doc, err := c.fetch(ctx, owner)
	if err != nil {
		return actors.Actor{}, nil, err
	}
	if doc.id != owner {
		return actors.Actor{}, nil, refuse(CodeIdentity, host, errIdentity)
	}
	a, raw, err := c.lister(ctx, doc, id)
	if err != nil {
		return actors.Actor{}, nil, err
	}
	if !k.is(a) {
		return actors.Actor{}, nil, refuse(CodeKey, host, errOtherKey)
	}
	return a, raw, nil
}

// sameText says whether two texts in PEM hold one key.
func sameText(a, b string) bool {
	k, err := sign.ParsePublicKey(a)
	if err != nil {
		return false
	}
	again, err := sign.EncodePublicKey(k)
	return err == nil && again == b
}

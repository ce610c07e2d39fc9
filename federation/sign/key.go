package sign

import (
	"context"
	"crypto"

	"moothall/actors"
)

// Key is a public key, with the actor it speaks for.
type Key struct {
	ID     string           // as in keyId, with its fragment
	Owner  actors.URI       // the actor; same origin as ID
	Public crypto.PublicKey // *rsa.PublicKey, ed25519.PublicKey or *ecdsa.PublicKey
}

// KeySource finds the key that a request says it was signed with.
//
// A source returns a key only when its owner lists it (protocol.md 3.2(7)). Where the answer
// is final (no such key, an owner who does not list it, a key of a kind that
// is refused), the error is or wraps a Failure with CodeKey. Any other error
// means that the key could not be had just now, and the door answers 503.
type KeySource interface {
	Key(ctx context.Context, id string) (Key, error)
}

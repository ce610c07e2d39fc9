package proof

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"moothall/actors"
	"moothall/federation/multibase"
)

// ErrNone says that a document carries no proof.
var ErrNone = errors.New("no integrity proof")

// ErrProof says that a proof does not prove anything here. Every other error of
// Read and Prove wraps it.
var ErrProof = errors.New("integrity proof not accepted")

const (
	proofType = "DataIntegrityProof"
	suite     = "eddsa-jcs-2022"
	purpose   = "assertionMethod"

	maxAhead = time.Hour // how far a clock elsewhere may be ahead (protocol.md 3.5)
)

// Key is a key that an actor lists under assertionMethod, with itself as the
// controller.
type Key struct {
	ID     string // as in verificationMethod, with its fragment
	Owner  actors.URI
	Public ed25519.PublicKey
}

// Claim is the proof of a document that holds but for the key.
type Claim struct {
	Method  string // verificationMethod: the id of the key that is to be had
	Created time.Time

	by    actors.URI
	hash  [2 * sha256.Size]byte
	value []byte
}

// Read checks the proof of a document by an actor, who is the actor of an
// activity or the one to whom an object is attributed, in everything but the
// signature. It needs no key, so that none is looked for in vain.
//
// Proofs of other cryptosuites, several proofs at once, and a proof that was made
// in another @context are refused. The @context of the proof may be the beginning
// of the document's; then it is what was signed.
func Read(document []byte, by actors.URI, now time.Time) (Claim, error) {
	doc, err := open(document)
	if err != nil {
		return Claim{}, err
	}
	raw := doc.get("proof")
	if raw == nil {
		return Claim{}, ErrNone
	}
	if raw[0] != '{' {
		return Claim{}, fmt.Errorf("%w: not one object", ErrProof)
	}
	p, err := open(raw)
	if err != nil {
		return Claim{}, err
	}
	c := Claim{by: by}
	if err := c.read(p, now); err != nil {
		return Claim{}, err
	}
	context, err := signedContext(doc, p)
	if err != nil {
		return Claim{}, err
	}
	c.hash = hashOf(p.without("proofValue"), doc.unproved(context))
	return c, nil
}

func (c *Claim) read(p tree, now time.Time) error {
	for _, want := range []struct{ name, value string }{
		{"type", proofType}, {"cryptosuite", suite}, {"proofPurpose", purpose},
	} {
		if p.text(want.name) != want.value {
			return fmt.Errorf("%w: %s is not %s", ErrProof, want.name, want.value)
		}
	}
	var ok bool
	if c.value, ok = multibase.Decode(p.text("proofValue")); !ok || len(c.value) != ed25519.SignatureSize {
		return fmt.Errorf("%w: proofValue is not base58btc of a signature", ErrProof)
	}
	c.Method = p.text("verificationMethod")
	if c.Method == "" {
		return fmt.Errorf("%w: no verificationMethod", ErrProof)
	}
	return c.readTimes(p, now)
}

func (c *Claim) readTimes(p tree, now time.Time) (err error) {
	if c.Created, err = time.Parse(time.RFC3339, p.text("created")); err != nil {
		return fmt.Errorf("%w: created is no time", ErrProof)
	}
	if c.Created.After(now.Add(maxAhead)) {
		return fmt.Errorf("%w: made in the future", ErrProof)
	}
	if p.get("expires") == nil {
		return nil
	}
	if ends, err := time.Parse(time.RFC3339, p.text("expires")); err != nil || now.After(ends) {
		return fmt.Errorf("%w: it has expired", ErrProof)
	}
	return nil
}

// Prove checks that the key is the one that the proof names, that it belongs to
// the one who said it, at their own origin, and that it made the signature.
func (c Claim) Prove(k Key) error {
	switch {
	case k.ID != c.Method:
		return fmt.Errorf("%w: made with another key", ErrProof)
	case k.Owner != c.by:
		return fmt.Errorf("%w: the key is somebody else's", ErrProof)
	case !c.MayBeBy(c.by):
		return fmt.Errorf("%w: the key is on another host", ErrProof)
	case len(k.Public) != ed25519.PublicKeySize || !ed25519.Verify(k.Public, c.hash[:], c.value):
		return fmt.Errorf("%w: the signature does not fit", ErrProof)
	}
	return nil
}

// MayBeBy says whether the key that the proof names could be this actor's: it is
// of the actor's own origin. It saves looking for it.
func (c Claim) MayBeBy(actor actors.URI) bool {
	return actors.URI(c.Method).SameOrigin(actor)
}

// signedContext is the @context that a proof was made in.
func signedContext(doc, p tree) ([]byte, error) {
	said, proved := doc.get("@context"), p.get("@context")
	if proved == nil && said == nil || proved != nil && said != nil && begins(said, proved) {
		return proved, nil
	}
	return nil, fmt.Errorf("%w: made in another @context", ErrProof)
}

// begins says whether a canonical @context is, or begins with, another.
func begins(whole, start []byte) bool {
	if bytes.Equal(whole, start) {
		return true
	}
	all, some := elements(whole), elements(start)
	return len(some) > 0 && len(some) <= len(all) && slices.EqualFunc(all[:len(some)], some, func(a, b json.RawMessage) bool {
		return bytes.Equal(a, b)
	})
}

// elements of an array; of anything else, itself.
func elements(v []byte) []json.RawMessage {
	var list []json.RawMessage
	if v[0] == '[' && json.Unmarshal(v, &list) == nil {
		return list
	}
	return []json.RawMessage{v}
}

// hashOf is what is signed: the hashes of the proof and of what it is about.
func hashOf(proof, document []byte) (h [2 * sha256.Size]byte) {
	p, d := sha256.Sum256(proof), sha256.Sum256(document)
	copy(h[:], p[:])
	copy(h[sha256.Size:], d[:])
	return h
}

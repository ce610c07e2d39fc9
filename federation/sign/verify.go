package sign

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"fmt"
	"net/http"
	"slices"
	"time"

	"moothall/actors"
)

// Verified is a request that was believed: who signed it, and the bytes that
// were checked. Only this package makes one; the zero value has no signer and
// proves nothing.
type Verified struct {
	signer actors.URI
	style  actors.Style
	keyID  string
	body   []byte
	key    crypto.PublicKey
	covers []string
}

// Signer is the actor whose key signed the request.
func (v Verified) Signer() actors.URI { return v.signer }

// KeyID is the key that signed the request.
func (v Verified) KeyID() string { return v.keyID }

// Style is how the request was signed: StyleCavage or StyleRFC9421, whatever
// the key. That a host signs with Ed25519 does not say that it reads it.
func (v Verified) Style() actors.Style { return v.style }

// Thumbprint is that of the key that signed the request (RFC 7638).
func (v Verified) Thumbprint() string { return Thumbprint(v.key) }

// Covers says whether the signature covers a header, named in lower case: another
// one may have been put into the request on its way.
func (v Verified) Covers(header string) bool { return slices.Contains(v.covers, header) }

// Body is the body that the signature covers, the same bytes that were handed
// in. It must not be changed.
func (v Verified) Body() []byte { return v.body }

// Verify judges a request, in either style, from its Signature header to the key of its signer.
// A Failure is final. Another error comes from keys and says that the key could
// not be had now: the door answers 503, never 401, because several peers give
// up for good after a 401 (protocol.md 3.2(9)).
//
// A door that does something between the steps (ask the policy about the host
// of the key before it is fetched, fetch a key again when it does not fit) calls
// Parse and Prove itself.
func Verify(ctx context.Context, r *http.Request, body []byte, keys KeySource, origin string, now time.Time) (Verified, error) {
	q, err := Parse(r, body, origin, now)
	if err != nil {
		return Verified{}, err
	}
	k, err := keys.Key(ctx, q.keyID)
	if err != nil {
		return Verified{}, fmt.Errorf("find key %s: %w", q.keyID, err)
	}
	return q.Prove(k)
}

// Prove checks the signature as VerifyWith does and returns the proof.
func (q *Request) Prove(k Key) (Verified, error) {
	if err := q.VerifyWith(k); err != nil {
		return Verified{}, err
	}
	return Verified{signer: k.Owner, style: q.style, keyID: k.ID, body: q.body, key: k.Public, covers: q.covers}, nil
}

// VerifyWith checks that k is the key the request names, that it is sound and
// has an owner on its own origin, and that the signature is made with it. A
// read may be signed with or without its query (protocol.md 3.2(6)). Every
// error is a Failure.
func (q *Request) VerifyWith(k Key) error {
	switch {
	case k.ID != q.keyID:
		return refuse(CodeKey, "another key than the one named")
	case k.Owner == "" || !k.Owner.SameOrigin(actors.URI(k.ID)):
		return refuse(CodeKey, "owner is not of the key's origin")
	}
	if err := CheckPublicKey(k.Public); err != nil {
		return &Failure{Code: CodeKey, Reason: k.ID, Err: err}
	}
	return q.check(k.Public)
}

// check is the cryptography alone. The older style has no word for keys on
// elliptic curves other than Ed25519.
func (q *Request) check(pub crypto.PublicKey) error {
	if q.style == actors.StyleRFC9421 {
		return q.checkKey(pub)
	}
	_, isEd25519 := pub.(ed25519.PublicKey)
	if q.algorithm == "ed25519" && !isEd25519 || q.algorithm == "rsa-sha256" && isEd25519 {
		return refuse(CodeAlgorithm, q.algorithm+" is not for this key")
	}
	if fits(pub, q.signed, q.signature) {
		return nil
	}
	if q.query.to > 0 && fits(pub, q.withoutQuery(), q.signature) {
		return nil
	}
	return refuse(CodeBadSignature, "")
}

func (q *Request) withoutQuery() []byte {
	b := make([]byte, 0, len(q.signed))
	return append(append(b, q.signed[:q.query.from]...), q.signed[q.query.to:]...)
}

func fits(pub crypto.PublicKey, signed, signature []byte) bool {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		sum := sha256.Sum256(signed)
		return rsa.VerifyPKCS1v15(k, crypto.SHA256, sum[:], signature) == nil
	case ed25519.PublicKey:
		return ed25519.Verify(k, signed, signature)
	}
	return false
}

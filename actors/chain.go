package actors

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// Chain names one of the two logs of a community: each partner can check the
// view that it is entitled to.
type Chain string

// The chains.
const (
	ChainPublic  Chain = "public"
	ChainMembers Chain = "members"
)

// ChainOf says on which log an item with this audience is entered, if any.
func ChainOf(a Audience) (Chain, bool) {
	switch a {
	case AudiencePublic:
		return ChainPublic, true
	case AudienceMembers, AudienceNetwork:
		return ChainMembers, true
	}
	return "", false
}

// Entry is one line of a community's numbered log (design.md section 4). The
// link goes over a salted digest, so that content can be erased and the chain
// still holds.
type Entry struct {
	Group  URI
	Chain  Chain
	Seq    int64
	Salt   string
	Digest string // of Salt and the activity's bytes
	Prev   string // Hash of the entry before; empty at the first
}

// EntryDigest is the salted digest of an activity's bytes, base64url.
func EntryDigest(salt string, activity []byte) string {
	h := sha256.New()
	h.Write([]byte(salt))
	h.Write([]byte{'\n'})
	h.Write(activity)
	return encode(h.Sum(nil))
}

// Hash links the entry to all before it.
func (e Entry) Hash() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{
		"moothall-entry-v1", string(e.Group), string(e.Chain), fmt.Sprint(e.Seq), e.Prev, e.Digest,
	}, "\n")))
	return encode(sum[:])
}

// Head is what a community says of its log: how long it is and what it hashes
// to. The community signs it, so that a partner can prove it holds everything.
type Head struct {
	Group     URI
	Chain     Chain
	Seq       int64
	Hash      string
	Epoch     int64
	Signature string
}

func (h Head) text() []byte {
	return []byte(strings.Join([]string{
		"moothall-head-v1", string(h.Group), string(h.Chain), fmt.Sprint(h.Seq), h.Hash, fmt.Sprint(h.Epoch),
	}, "\n"))
}

// Sign returns the head with the community's signature on it.
func (h Head) Sign(key ed25519.PrivateKey) Head {
	h.Signature = encode(ed25519.Sign(key, h.text()))
	return h
}

// Verify says whether the community with this key signed the head.
func (h Head) Verify(key ed25519.PublicKey) bool {
	sig, err := base64.RawURLEncoding.DecodeString(h.Signature)
	return err == nil && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, h.text(), sig)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

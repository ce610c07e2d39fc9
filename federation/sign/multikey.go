package sign

import (
	"crypto/ed25519"
	"fmt"
	"strings"

	"moothall/federation/multibase"
)

// The head of an Ed25519 public key in a Multikey: multicodec 0xed as a varint
// (FEP-521a).
const ed25519Codec = "\xed\x01"

// EncodeMultikey writes an Ed25519 public key as publicKeyMultibase: "z" and
// base58btc of the codec and the key (FEP-521a).
func EncodeMultikey(pub ed25519.PublicKey) string {
	return multibase.Encode([]byte(ed25519Codec + string(pub)))
}

// ParseMultikey reads the publicKeyMultibase of an Ed25519 key. Keys of other
// kinds are refused. Every error wraps ErrKey.
func ParseMultikey(s string) (ed25519.PublicKey, error) {
	b, ok := multibase.Decode(s)
	if !ok {
		return nil, fmt.Errorf("%w: not base58btc of an Ed25519 key", ErrKey)
	}
	key, ok := strings.CutPrefix(string(b), ed25519Codec)
	if !ok || len(key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("%w: multikey is not Ed25519", ErrKey)
	}
	return ed25519.PublicKey(key), nil
}

package sign

import (
	"crypto/ed25519"
	"fmt"
	"strings"
)

// The head of an Ed25519 public key in a Multikey: multicodec 0xed as a varint
// (FEP-521a).
const ed25519Codec = "\xed\x01"

// maxBase58 bounds what is decoded: the work grows with the square of the
// length. An Ed25519 key has 48 characters, a signature 88.
const maxBase58 = 128

// EncodeMultikey writes an Ed25519 public key as publicKeyMultibase: "z" and
// base58btc of the codec and the key (FEP-521a).
func EncodeMultikey(pub ed25519.PublicKey) string {
	return "z" + encodeBase58([]byte(ed25519Codec+string(pub)))
}

// ParseMultikey reads the publicKeyMultibase of an Ed25519 key. Keys of other
// kinds are refused. Every error wraps ErrKey.
func ParseMultikey(s string) (ed25519.PublicKey, error) {
	text, ok := strings.CutPrefix(s, "z")
	if !ok {
		return nil, fmt.Errorf("%w: multibase is not base58btc", ErrKey)
	}
	b, ok := decodeBase58(text)
	if !ok {
		return nil, fmt.Errorf("%w: not base58 of an Ed25519 key", ErrKey)
	}
	key, ok := strings.CutPrefix(string(b), ed25519Codec)
	if !ok || len(key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("%w: multikey is not Ed25519", ErrKey)
	}
	return ed25519.PublicKey(key), nil
}

const base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// encodeBase58 divides by 58 as one does on paper, digits kept lowest first.
func encodeBase58(b []byte) string {
	var digits []byte
	zeros := 0
	for _, c := range b {
		if c == 0 && len(digits) == 0 {
			zeros++
			continue
		}
		carry := int(c)
		for i := range digits {
			carry += int(digits[i]) << 8
			digits[i] = byte(carry % 58)
			carry /= 58
		}
		for ; carry > 0; carry /= 58 {
			digits = append(digits, byte(carry%58))
		}
	}
	out := []byte(strings.Repeat("1", zeros))
	for i := len(digits) - 1; i >= 0; i-- {
		out = append(out, base58[digits[i]])
	}
	return string(out)
}

func decodeBase58(s string) ([]byte, bool) {
	if len(s) > maxBase58 {
		return nil, false
	}
	zeros := len(s) - len(strings.TrimLeft(s, "1"))
	var low []byte // lowest first
	for i := zeros; i < len(s); i++ {
		carry := strings.IndexByte(base58, s[i])
		if carry < 0 {
			return nil, false
		}
		for j := range low {
			carry += int(low[j]) * 58
			low[j] = byte(carry)
			carry >>= 8
		}
		for ; carry > 0; carry >>= 8 {
			low = append(low, byte(carry))
		}
	}
	out := make([]byte, zeros, zeros+len(low))
	for i := len(low) - 1; i >= 0; i-- {
		out = append(out, low[i])
	}
	return out, true
}

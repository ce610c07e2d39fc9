// Package multibase writes and reads the one form of multibase that keys, integrity
// proofs and digests have on the wire: "z" and base58btc (FEP-521a, FEP-8b32).
//
// Decoding takes time in proportion to the square of the length, so what is read
// is bounded.
package multibase

import "strings"

// maxLength bounds what is decoded, in characters after the "z". An Ed25519 key has 48,
// a signature 88.
const maxLength = 128

const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

// Encode writes bytes as "z" and base58btc.
func Encode(b []byte) string { return "z" + encode(b) }

// Decode reads what Encode wrote. It is false for everything else: another base,
// a character that is not of the alphabet, or more than 128 characters.
func Decode(s string) ([]byte, bool) {
	text, ok := strings.CutPrefix(s, "z")
	if !ok || len(text) > maxLength {
		return nil, false
	}
	return decode(text)
}

// encode divides by 58 as one does on paper, digits kept lowest first.
func encode(b []byte) string {
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
		out = append(out, alphabet[digits[i]])
	}
	return string(out)
}

func decode(s string) ([]byte, bool) {
	zeros := len(s) - len(strings.TrimLeft(s, "1"))
	var low []byte // lowest first
	for i := zeros; i < len(s); i++ {
		carry := strings.IndexByte(alphabet, s[i])
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

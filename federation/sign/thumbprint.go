package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"math/big"
)

// Thumbprint names a public key in 43 characters (RFC 7638, RFC 8037). It is empty
// for a kind of key that signs nothing here.
func Thumbprint(pub crypto.PublicKey) string {
	var text string
	switch k := pub.(type) {
	case *rsa.PublicKey:
		text = `{"e":"` + base64url(big.NewInt(int64(k.E)).Bytes()) + `","kty":"RSA","n":"` + base64url(k.N.Bytes()) + `"}`
	case ed25519.PublicKey:
		text = `{"crv":"Ed25519","kty":"OKP","x":"` + base64url(k) + `"}`
	case *ecdsa.PublicKey:
		point, err := k.Bytes() // 4, x, y
		if err != nil || k.Curve.Params().Name != "P-256" {
			return ""
		}
		text = `{"crv":"P-256","kty":"EC","x":"` + base64url(point[1:33]) + `","y":"` + base64url(point[33:]) + `"}`
	default:
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return base64url(sum[:])
}

func base64url(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

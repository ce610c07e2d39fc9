package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"
)

// ErrKey says that a key is not one that this node uses.
var ErrKey = errors.New("key not accepted")

const (
	maxPEM         = 8 << 10 // bytes; an RSA key of 8192 bits takes 1.5 KiB
	minRSABits     = 2048
	maxRSABits     = 8192 // larger ones cost too much to verify
	minRSAExponent = 65537
	newRSABits     = 2048 // what every peer accepts

	pemPublic    = "PUBLIC KEY"     // SPKI
	pemPublicRSA = "RSA PUBLIC KEY" // PKCS #1
	pemPrivate   = "PRIVATE KEY"    // PKCS #8
)

// ParsePublicKey reads one public key from PEM, SPKI or PKCS #1, and checks it
// as CheckPublicKey does. Anything before or after the one block is refused
// (security.md S29). Every error wraps ErrKey.
func ParsePublicKey(text string) (crypto.PublicKey, error) {
	block, err := onlyBlock(text)
	if err != nil {
		return nil, err
	}
	var pub crypto.PublicKey
	switch block.Type {
	case pemPublic:
		pub, err = x509.ParsePKIXPublicKey(block.Bytes)
	case pemPublicRSA:
		pub, err = x509.ParsePKCS1PublicKey(block.Bytes)
	default:
		return nil, fmt.Errorf("%w: PEM of a %s", ErrKey, block.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrKey, err)
	}
	if err := CheckPublicKey(pub); err != nil {
		return nil, err
	}
	return pub, nil
}

func onlyBlock(text string) (*pem.Block, error) {
	if len(text) > maxPEM {
		return nil, fmt.Errorf("%w: PEM longer than %d bytes", ErrKey, maxPEM)
	}
	text = strings.TrimSpace(text)
	const begin = "-----BEGIN "
	if !strings.HasPrefix(text, begin) || strings.Count(text, begin) != 1 {
		return nil, fmt.Errorf("%w: not one PEM block", ErrKey)
	}
	block, rest := pem.Decode([]byte(text))
	if block == nil || len(rest) > 0 {
		return nil, fmt.Errorf("%w: not one PEM block", ErrKey)
	}
	return block, nil
}

// CheckPublicKey says whether a key may verify signatures: RSA of 2048 to 8192
// bits with an odd exponent of 65537 or more, Ed25519, or, for RFC 9421 only,
// ECDSA on P-256. Every error wraps ErrKey.
func CheckPublicKey(pub crypto.PublicKey) error {
	switch k := pub.(type) {
	case *rsa.PublicKey:
		return checkRSA(k)
	case ed25519.PublicKey:
		if len(k) != ed25519.PublicKeySize {
			return fmt.Errorf("%w: Ed25519 key of %d bytes", ErrKey, len(k))
		}
		return nil
	case *ecdsa.PublicKey:
		if k == nil || k.Curve != elliptic.P256() {
			return fmt.Errorf("%w: on another curve than P-256", ErrKey)
		}
		return nil
	}
	return fmt.Errorf("%w: kind %T", ErrKey, pub)
}

func checkRSA(k *rsa.PublicKey) error {
	switch {
	case k == nil || k.N == nil || k.N.Sign() <= 0:
		return fmt.Errorf("%w: empty", ErrKey)
	case k.N.BitLen() < minRSABits || k.N.BitLen() > maxRSABits:
		return fmt.Errorf("%w: RSA of %d bits", ErrKey, k.N.BitLen())
	case k.N.Bit(0) == 0:
		return fmt.Errorf("%w: RSA with an even modulus", ErrKey)
	case k.E < minRSAExponent || k.E%2 == 0:
		return fmt.Errorf("%w: RSA with exponent %d", ErrKey, k.E)
	}
	return nil
}

// EncodePublicKey writes a public key as SPKI PEM, the form in which actors
// publish it.
func EncodePublicKey(pub crypto.PublicKey) (string, error) {
	if err := CheckPublicKey(pub); err != nil {
		return "", err
	}
	der, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrKey, err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: pemPublic, Bytes: der})), nil
}

// GenerateRSA makes an RSA key pair of 2048 bits. A nil source is the system's.
// The runtime may prefer its own source over the one given.
func GenerateRSA(random io.Reader) (*rsa.PrivateKey, error) {
	k, err := rsa.GenerateKey(orSystem(random), newRSABits)
	if err != nil {
		return nil, fmt.Errorf("make RSA key: %w", err)
	}
	return k, nil
}

// GenerateEd25519 makes an Ed25519 key pair. A nil source is the system's.
func GenerateEd25519(random io.Reader) (ed25519.PrivateKey, error) {
	_, k, err := ed25519.GenerateKey(orSystem(random))
	if err != nil {
		return nil, fmt.Errorf("make Ed25519 key: %w", err)
	}
	return k, nil
}

func orSystem(random io.Reader) io.Reader {
	if random == nil {
		return rand.Reader
	}
	return random
}

// EncodePrivateKey writes an RSA or Ed25519 private key as PKCS #8 PEM.
func EncodePrivateKey(key crypto.Signer) (string, error) {
	if err := checkPrivate(key); err != nil {
		return "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrKey, err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: pemPrivate, Bytes: der})), nil
}

// ParsePrivateKey reads what EncodePrivateKey wrote: *rsa.PrivateKey or
// ed25519.PrivateKey. Errors never quote the key.
func ParsePrivateKey(text string) (crypto.Signer, error) {
	block, err := onlyBlock(text)
	if err != nil {
		return nil, err
	}
	if block.Type != pemPrivate {
		return nil, fmt.Errorf("%w: PEM of a %s", ErrKey, block.Type)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("%w: not a PKCS #8 key", ErrKey)
	}
	key, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("%w: kind %T", ErrKey, parsed)
	}
	return key, checkPrivate(key)
}

func checkPrivate(key crypto.Signer) error {
	switch k := key.(type) {
	case *rsa.PrivateKey:
		if k == nil {
			return fmt.Errorf("%w: empty", ErrKey)
		}
		return checkRSA(&k.PublicKey)
	case ed25519.PrivateKey:
		if len(k) != ed25519.PrivateKeySize {
			return fmt.Errorf("%w: Ed25519 key of %d bytes", ErrKey, len(k))
		}
		return nil
	}
	return fmt.Errorf("%w: kind %T", ErrKey, key)
}

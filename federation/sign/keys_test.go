package sign

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"testing"
)

func fromBase64(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func toHex(b []byte) string { return hex.EncodeToString(b) }

func pemOf(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// publicRSA makes a key of a size, which nobody has the other half of.
func publicRSA(bits uint, e int) *rsa.PublicKey {
	n := new(big.Int).Lsh(big.NewInt(1), bits-1)
	return &rsa.PublicKey{N: n.Add(n, new(big.Int).SetBytes(bytes.Repeat([]byte{0x5b}, int(bits)/8-1))), E: e}
}

func spki(pub crypto.PublicKey) string {
	return pemOf("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(pub)))
}

func TestParsePublicKey_GoodKeys(t *testing.T) {
	t.Parallel()
	pub := &rsaKey().PublicKey
	for name, tt := range map[string]struct {
		text string
		want crypto.PublicKey
	}{
		"SPKI":                        {spki(pub), pub},
		"PKCS #1":                     {pemOf("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(pub)), pub},
		"Windows line ends":           {strings.ReplaceAll(spki(pub), "\n", "\r\n"), pub},
		"no line end":                 {strings.TrimSpace(spki(pub)), pub},
		"blank lines around":          {"\n\n" + spki(pub) + "\n\n", pub},
		"Ed25519":                     {spki(edKey.Public()), edKey.Public()},
		"S29 RSA of 2048 bits":        {spki(publicRSA(2048, 65537)), publicRSA(2048, 65537)},
		"S29 RSA of 8192 bits":        {spki(publicRSA(8192, 65537)), publicRSA(8192, 65537)},
		"S29 RSA of exponent 65539":   {spki(publicRSA(2048, 65539)), publicRSA(2048, 65539)},
		"S29 RSA of exponent 2^31 -1": {spki(publicRSA(2048, 1<<31-1)), publicRSA(2048, 1<<31-1)},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParsePublicKey(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if !got.(interface{ Equal(crypto.PublicKey) bool }).Equal(tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			again, err := ParsePublicKey(must(EncodePublicKey(got)))
			if err != nil || !again.(interface{ Equal(crypto.PublicKey) bool }).Equal(tt.want) {
				t.Errorf("written and read again: %v, %v", again, err)
			}
		})
	}
}

func TestS29_KeysThatAreRefused(t *testing.T) {
	t.Parallel()
	pub := &rsaKey().PublicKey
	ec := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	x := must(ecdh.X25519().GenerateKey(rand.Reader))
	good := spki(pub)
	for name, text := range map[string]string{
		"empty":                     "",
		"spaces":                    "  \n ",
		"not PEM":                   "hello",
		"base64 only":               base64.StdEncoding.EncodeToString(must(x509.MarshalPKIXPublicKey(pub))),
		"RSA of 512 bits":           spki(publicRSA(512, 65537)),
		"RSA of 1024 bits":          spki(publicRSA(1024, 65537)),
		"RSA of 2047 bits":          spki(&rsa.PublicKey{N: new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 2047), big.NewInt(1)), E: 65537}),
		"RSA of 8200 bits":          spki(publicRSA(8200, 65537)),
		"RSA of 16384 bits":         spki(publicRSA(16384, 65537)),
		"RSA of exponent 1":         spki(publicRSA(2048, 1)),
		"RSA of exponent 3":         spki(publicRSA(2048, 3)),
		"RSA of exponent 65536":     spki(publicRSA(2048, 65536)),
		"RSA of even exponent":      spki(publicRSA(2048, 65538)),
		"RSA of even modulus":       spki(&rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 2047), E: 65537}),
		"PKCS #1 of 1024 bits":      pemOf("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(publicRSA(1024, 65537))),
		"EC":                        spki(ec.Public()),
		"X25519":                    spki(x.PublicKey()),
		"private key, PKCS #8":      pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(rsaKey()))),
		"private key, PKCS #1":      pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey())),
		"private key named public":  pemOf("PUBLIC KEY", must(x509.MarshalPKCS8PrivateKey(rsaKey()))),
		"private key named RSA":     pemOf("RSA PUBLIC KEY", x509.MarshalPKCS1PrivateKey(rsaKey())),
		"certificate":               pemOf("CERTIFICATE", must(x509.MarshalPKIXPublicKey(pub))),
		"SPKI named PKCS #1":        pemOf("RSA PUBLIC KEY", must(x509.MarshalPKIXPublicKey(pub))),
		"PKCS #1 named SPKI":        pemOf("PUBLIC KEY", x509.MarshalPKCS1PublicKey(pub)),
		"bytes after the key":       pemOf("PUBLIC KEY", append(must(x509.MarshalPKIXPublicKey(pub)), 0)),
		"cut short":                 good[:len(good)/2],
		"no end":                    strings.Split(good, "-----END")[0],
		"two blocks":                good + good,
		"two blocks, the first bad": "-----BEGIN PUBLIC KEY-----\n*\n" + good,
		"two kinds of block":        good + pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(rsaKey()))),
		"text before":               "Dear node,\n" + good,
		"text after":                good + "Yours, mal",
		"a mebibyte":                good + strings.Repeat("\n", 1<<20),
		"a mebibyte of key":         pemOf("PUBLIC KEY", make([]byte, 1<<20)),
		"empty block":               pemOf("PUBLIC KEY", nil),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if k, err := ParsePublicKey(text); !errors.Is(err, ErrKey) || k != nil {
				t.Errorf("got %v, %v; want ErrKey and nothing", k, err)
			}
		})
	}
	for name, k := range map[string]crypto.PublicKey{
		"nil": nil, "nil RSA": (*rsa.PublicKey)(nil), "RSA by value": *pub, "RSA private": rsaKey(),
		"EC": ec.Public(), "negative modulus": &rsa.PublicKey{N: new(big.Int).Neg(pub.N), E: 65537},
		"negative exponent": &rsa.PublicKey{N: pub.N, E: -65537}, "Ed25519 of 31 bytes": ed25519.PublicKey(make([]byte, 31)),
	} {
		if err := CheckPublicKey(k); !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
		if s, err := EncodePublicKey(k); !errors.Is(err, ErrKey) || s != "" {
			t.Errorf("%s was written: %q, %v", name, s, err)
		}
	}
}

func TestPrivateKeys_WrittenAndReadAgain(t *testing.T) {
	t.Parallel()
	r, err := GenerateRSA(rand.Reader)
	if err != nil || r.N.BitLen() != 2048 || r.E != 65537 {
		t.Fatalf("RSA key: %v", err)
	}
	e, err := GenerateEd25519(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []crypto.Signer{r, e} {
		text, err := EncodePrivateKey(k)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(text, "-----BEGIN PRIVATE KEY-----\n") {
			t.Errorf("not PKCS #8: %.30s", text)
		}
		got, err := ParsePrivateKey(text)
		if err != nil || !got.(interface{ Equal(crypto.PrivateKey) bool }).Equal(k) {
			t.Errorf("%T: read again: %v", k, err)
		}
	}
}

func TestGenerateEd25519_TakesTheSourceItIsGiven(t *testing.T) {
	t.Parallel()
	a := must(GenerateEd25519(bytes.NewReader(bytes.Repeat([]byte{7}, 32))))
	if !a.Equal(edKey) {
		t.Error("another key than the source gives")
	}
	if _, err := GenerateEd25519(strings.NewReader("short")); err == nil {
		t.Error("made from too little")
	}
	if x, y := must(GenerateEd25519(nil)), must(GenerateEd25519(nil)); x.Equal(y) {
		t.Error("the system gave the same key twice")
	}
}

func TestPrivateKeys_OthersAreRefused(t *testing.T) {
	t.Parallel()
	ec := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	x := must(ecdh.X25519().GenerateKey(rand.Reader))
	for name, text := range map[string]string{
		"empty":    "",
		"public":   spki(rsaKey().Public()),
		"EC":       pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(ec))),
		"X25519":   pemOf("PRIVATE KEY", must(x509.MarshalPKCS8PrivateKey(x))),
		"PKCS #1":  pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey())),
		"rubbish":  pemOf("PRIVATE KEY", []byte("rubbish")),
		"two keys": must(EncodePrivateKey(edKey)) + must(EncodePrivateKey(edKey)),
	} {
		if k, err := ParsePrivateKey(text); !errors.Is(err, ErrKey) || k != nil {
			t.Errorf("%s: %v, %v", name, k, err)
		}
	}
	for name, k := range map[string]crypto.Signer{
		"nil": nil, "nil RSA": (*rsa.PrivateKey)(nil), "EC": ec, "short Ed25519": ed25519.PrivateKey{1},
	} {
		if s, err := EncodePrivateKey(k); !errors.Is(err, ErrKey) || s != "" {
			t.Errorf("%s was written: %v", name, err)
		}
	}
}

// From FEP-8b32, "Test vectors"; the pair is also in protocol.md 3.5.
const knownMultikey = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"

func TestMultikey(t *testing.T) {
	t.Parallel()
	pub, err := ParseMultikey(knownMultikey)
	if err != nil || EncodeMultikey(pub) != knownMultikey {
		t.Errorf("got %s, %v", EncodeMultikey(pub), err)
	}
	own := edKey.Public().(ed25519.PublicKey)
	if got, err := ParseMultikey(EncodeMultikey(own)); err != nil || !got.Equal(own) {
		t.Errorf("written and read again: %v, %v", got, err)
	}
	for name, s := range map[string]string{
		"empty":              "",
		"z alone":            "z",
		"no z":               knownMultikey[1:],
		"base64 multibase":   "m" + knownMultikey[1:],
		"letter of no digit": knownMultikey[:20] + "0" + knownMultikey[21:],
		"letter l":           knownMultikey[:20] + "l" + knownMultikey[21:],
		"outside ASCII":      knownMultikey[:20] + "é" + knownMultikey[21:],
		"cut short":          knownMultikey[:40],
		"too long":           knownMultikey + "2",
		"leading zero":       "z1" + knownMultikey[1:],
		"very long":          "z" + strings.Repeat("2", 1<<20),
		"secret key":         "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq",
		"x25519 codec":       "z" + encodeBase58(append([]byte{0xec, 1}, own...)),
		"31 bytes":           "z" + encodeBase58(append([]byte(ed25519Codec), own[1:]...)),
		"33 bytes":           "z" + encodeBase58(append([]byte(ed25519Codec+"x"), own...)),
	} {
		if k, err := ParseMultikey(s); !errors.Is(err, ErrKey) || k != nil {
			t.Errorf("%s: %v, %v", name, k, err)
		}
	}
}

// The pairs are worked out by hand or are those of draft-msporny-base58-03.
func TestBase58(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ bytes, text string }{
		{"", ""},
		{"\x00", "1"},
		{"\x00\x00\x01", "112"},
		{"\x39", "z"},
		{"\x3a", "21"},
		{"Hello World!", "2NEpo7TZRRrLZSi2U"},
		{"\x00\x00\x28\x7f\xb4\xcd", "11233QC4"},
	} {
		if got := encodeBase58([]byte(tt.bytes)); got != tt.text {
			t.Errorf("%x: got %s, want %s", tt.bytes, got, tt.text)
		}
		if got, ok := decodeBase58(tt.text); !ok || string(got) != tt.bytes {
			t.Errorf("%s: got %x, want %x", tt.text, got, tt.bytes)
		}
	}
	for range 200 {
		b := make([]byte, 40)
		_, _ = rand.Read(b)
		copy(b, make([]byte, b[39]%4))
		if got := encodeBase58(b); got != encodeSlowly(b) {
			t.Errorf("%x: got %s, want %s", b, got, encodeSlowly(b))
		}
		if got, ok := decodeBase58(encodeBase58(b)); !ok || !bytes.Equal(got, b) {
			t.Errorf("%x: came back as %x", b, got)
		}
	}
}

// encodeSlowly is base58 with big integers.
func encodeSlowly(b []byte) string {
	var out string
	n := new(big.Int).SetBytes(b)
	for d := new(big.Int); n.Sign() > 0; {
		n.DivMod(n, big.NewInt(58), d)
		out = string(base58[d.Int64()]) + out
	}
	for i := 0; i < len(b) && b[i] == 0; i++ {
		out = "1" + out
	}
	return out
}

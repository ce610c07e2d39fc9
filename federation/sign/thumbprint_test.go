package sign

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"math/big"
	"net/http"
	"testing"
	"time"

	"moothall/actors"
)

// The keys are those of RFC 7638 3.1, RFC 8037 A.3 and RFC 7515 A.3.
func TestThumbprint(t *testing.T) {
	t.Parallel()
	number := func(s string) []byte {
		b, err := base64.RawURLEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	n := number("0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw")
	rsaKey := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537}
	edKey := ed25519.PublicKey(number("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"))
	if got := Thumbprint(rsaKey); got != "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs" {
		t.Errorf("RSA: %s", got)
	}
	if got := Thumbprint(edKey); got != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" {
		t.Errorf("Ed25519: %s", got)
	}
	x, y := number("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"), number("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")
	point, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), append(append([]byte{4}, x...), y...))
	if err != nil {
		t.Fatal(err)
	}
	if got := Thumbprint(point); len(got) != 43 {
		t.Errorf("P-256: %q", got)
	}
	if got := Thumbprint("no key"); got != "" {
		t.Errorf("of what is no key: %q", got)
	}
}

// TestS186_WhatIsShownIsSigned: the Authorization header is covered in every style, and
// a change of it, or its absence, is noticed.
func TestS186_WhatIsShownIsSigned(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	s := bobSigns()
	for _, style := range []actors.Style{actors.StyleCavage, actors.StyleRFC9421, actors.StyleEd25519} {
		request := func(shown string) *http.Request {
			r, err := http.NewRequest(http.MethodGet, "https://north.example/p/1?page=1", nil)
			if err != nil {
				t.Fatal(err)
			}
			if shown != "" {
				r.Header.Set("Authorization", shown)
			}
			if err := s.SignAs(style, r, nil, now); err != nil {
				t.Fatal(err)
			}
			return r
		}
		prove := func(r *http.Request) (Verified, error) {
			q, err := Parse(r, nil, "https://north.example", now)
			if err != nil {
				return Verified{}, err
			}
			key := Key{ID: q.KeyID(), Owner: "https://peer.example/u/bob", Public: &s.Key.PublicKey}
			if style == actors.StyleEd25519 {
				key.Public = s.Ed25519.Public()
			}
			return q.Prove(key)
		}
		v, err := prove(request("Bearer abc"))
		if err != nil || !v.Covers("authorization") || v.Thumbprint() == "" {
			t.Errorf("%s: %v, covers it %t", style, err, v.Covers("authorization"))
		}
		if v, err := prove(request("")); err != nil || v.Covers("authorization") {
			t.Errorf("%s, nothing shown: %v, covers it %t", style, err, v.Covers("authorization"))
		}
		changed := request("Bearer abc")
		changed.Header.Set("Authorization", "Bearer abd")
		if _, err := prove(changed); err == nil {
			t.Errorf("%s: a changed header was believed", style)
		}
		twice := request("Bearer abc")
		twice.Header.Add("Authorization", "Bearer abd")
		if _, err := prove(twice); err == nil {
			t.Errorf("%s: a second header was believed", style)
		}
		gone := request("Bearer abc")
		gone.Header.Del("Authorization")
		if _, err := prove(gone); err == nil {
			t.Errorf("%s: a header that was taken away was believed", style)
		}
		put := request("")
		put.Header.Set("Authorization", "Bearer abc")
		if v, err := prove(put); err != nil || v.Covers("authorization") {
			t.Errorf("%s: a header that was put in counts as signed: %v", style, err)
		}
	}
}

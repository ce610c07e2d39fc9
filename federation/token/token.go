package token

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"moothall/actors"
)

const (
	// Life is how long a token is good for. With Skew it stays below MaxLife.
	Life = 9 * time.Minute
	// MaxLife is the longest that a token may say it lives.
	MaxLife = 10 * time.Minute
	// Skew is how far the clocks of two hosts may be apart.
	Skew = 30 * time.Second
	// MaxSize bounds a token, in bytes.
	MaxSize = 4096

	// kind is the type in the header, so that nothing else which the key may have
	// signed is taken for a token (RFC 8725 3.11).
	kind = "moothall-member+jwt"
)

// ErrToken says that a token does not prove what it is shown for.
var ErrToken = errors.New("token does not prove membership")

// Token says that a person was a member of a community when it was issued.
type Token struct {
	ID       string
	Group    actors.URI // who signed it
	Person   actors.URI // who may show it
	Audience string     // the host to which it may be shown
	Epoch    int64      // of the community's memberships
	Role     actors.Role
	Key      string // thumbprint of the person's key that must sign along with it
	Issued   time.Time
	Expires  time.Time
}

type claims struct {
	jwt.RegisteredClaims
	Epoch        *int64       `json:"epoch"`
	Role         string       `json:"role"`
	Confirmation confirmation `json:"cnf"`
}

type confirmation struct {
	Thumbprint string `json:"jkt"` // RFC 9449 6.1
}

// Sign writes a token. The key is the community's own.
func Sign(t Token, key ed25519.PrivateKey) (string, error) {
	j := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			ID: t.ID, Issuer: string(t.Group), Subject: string(t.Person), Audience: jwt.ClaimStrings{t.Audience},
			IssuedAt: jwt.NewNumericDate(t.Issued), ExpiresAt: jwt.NewNumericDate(t.Expires),
		},
		Epoch: &t.Epoch, Role: t.Role.String(), Confirmation: confirmation{t.Key},
	})
	j.Header["typ"] = kind
	text, err := j.SignedString(key)
	if err != nil {
		return "", fmt.Errorf("sign a member token: %w", err)
	}
	return text, nil
}

// Shown is what a token is shown for: everything in it has to fit.
type Shown struct {
	Group    actors.URI        // whose member somebody says to be
	GroupKey ed25519.PublicKey // as its own host gave it
	Person   actors.URI        // who signed the request
	Key      string            // thumbprint of the key that signed the request
	Audience string            // the host that reads it
	Epoch    int64             // the newest that is known of the community
	Now      time.Time
}

// Read checks a token against what it is shown for. Every error wraps ErrToken;
// none is for whoever showed it.
func Read(text string, s Shown) (Token, error) {
	// The decoder passes over line breaks, and a token has one spelling.
	if len(text) > MaxSize || strings.ContainsAny(text, "\r\n") {
		return Token{}, fmt.Errorf("%w: %d bytes", ErrToken, len(text))
	}
	p := jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}), jwt.WithStrictDecoding(),
		jwt.WithIssuer(string(s.Group)), jwt.WithSubject(string(s.Person)), jwt.WithAudience(s.Audience),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithLeeway(Skew),
		jwt.WithTimeFunc(func() time.Time { return s.Now }),
	)
	var c claims
	_, err := p.ParseWithClaims(text, &c, func(j *jwt.Token) (any, error) { return s.GroupKey, checkHeader(j.Header) })
	if err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	if err := c.check(s); err != nil {
		return Token{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	return Token{
		ID: c.ID, Group: s.Group, Person: s.Person, Audience: s.Audience, Epoch: *c.Epoch, Role: actors.ParseRole(c.Role),
		Key: s.Key, Issued: c.IssuedAt.UTC(), Expires: c.ExpiresAt.UTC(),
	}, nil
}

// checkHeader refuses what the library passes over: a token of another kind, and
// one that asks for more than we know.
func checkHeader(h map[string]any) error {
	if h["typ"] != kind {
		return errors.New("another kind of token")
	}
	if len(h) != 2 {
		return errors.New("its header says more than alg and typ")
	}
	return nil
}

// check looks at what the library does not know. An empty value is never taken for
// one that fits.
func (c *claims) check(s Shown) error {
	switch {
	case s.Group == "" || s.Person == "" || s.Audience == "" || s.Key == "":
		return errors.New("shown for nothing")
	case len(c.Audience) != 1:
		return errors.New("for several hosts")
	case c.Confirmation.Thumbprint != s.Key:
		return errors.New("for another key")
	case c.IssuedAt == nil || c.ExpiresAt.Sub(c.IssuedAt.Time) > MaxLife:
		return errors.New("it lives too long")
	case c.Epoch == nil || *c.Epoch < s.Epoch:
		return errors.New("somebody has left since")
	}
	return nil
}

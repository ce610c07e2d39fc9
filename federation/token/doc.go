// Package token writes and reads member tokens: what the home of a community signs
// for one member, who shows it to one other host (decision 0033, security.md S186,
// S188). A token is a compact JWS (RFC 7515) with the claims of RFC 7519, signed by
// the community's Ed25519 key, and is worth nothing without the key that asked for
// it (RFC 7800).
//
// The package opens no connection and reads no clock.
package token

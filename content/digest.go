package content

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"fmt"

	"moothall/federation/multibase"
)

// Digest is the SHA-256 of a file's bytes. It names the bytes, and is no right to
// read them. The zero Digest stands for none.
type Digest [sha256.Size]byte

// ErrNoDigest says that a text is not the text of a Digest.
var ErrNoDigest = errors.New("not a SHA-256 digest")

// multihashSHA256 is the multicodec of SHA2-256 and its length in bytes, as a
// multihash begins.
const multihashSHA256 = "\x12\x20"

// DigestOf is the digest of bytes that are in memory.
func DigestOf(b []byte) Digest { return sha256.Sum256(b) }

// ParseDigest reads the 64 lower-case hexadecimal digits that String writes, and
// nothing else, so that bytes have one name.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	if len(s) != hex.EncodedLen(len(d)) {
		return Digest{}, fmt.Errorf("%w: %d characters", ErrNoDigest, len(s))
	}
	if _, err := hex.Decode(d[:], []byte(s)); err != nil || d.String() != s {
		return Digest{}, fmt.Errorf("%w: not lower-case hexadecimal", ErrNoDigest)
	}
	return d, nil
}

// ParseDigestMultibase reads what Multibase wrote, and no other kind of digest.
func ParseDigestMultibase(s string) (Digest, error) {
	b, ok := multibase.Decode(s)
	if !ok || len(b) != len(multihashSHA256)+sha256.Size || string(b[:len(multihashSHA256)]) != multihashSHA256 {
		return Digest{}, fmt.Errorf("%w: not a SHA-256 multihash in base58btc", ErrNoDigest)
	}
	return Digest(b[len(multihashSHA256):]), nil
}

// String is the digest in 64 lower-case hexadecimal digits.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// Multibase is the digest as digestMultibase has it (Verifiable Credentials Data
// Integrity 1.0, 2.6): a multihash in base58btc.
func (d Digest) Multibase() string {
	return multibase.Encode(append([]byte(multihashSHA256), d[:]...))
}

// IsZero is whether there is no digest.
func (d Digest) IsZero() bool { return d == Digest{} }

// MarshalText writes String, or nothing for no digest.
func (d Digest) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText wrote.
func (d *Digest) UnmarshalText(b []byte) (err error) {
	*d = Digest{}
	if len(b) > 0 {
		*d, err = ParseDigest(string(b))
	}
	return err
}

// Value is what a column of a table holds: the text of MarshalText.
func (d Digest) Value() (driver.Value, error) {
	b, err := d.MarshalText()
	return string(b), err
}

// Scan reads a column that Value wrote. NULL is no digest.
func (d *Digest) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Digest{}
		return nil
	case string:
		return d.UnmarshalText([]byte(v))
	case []byte:
		return d.UnmarshalText(v)
	}
	return fmt.Errorf("read a digest: it is a %T", src)
}

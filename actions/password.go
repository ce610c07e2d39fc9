package actions

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
)

// The cost of a password hash: what OWASP advises for Argon2id.
const (
	hashTime   = 2
	hashMemory = 19 * 1024 // KiB
	hashLanes  = 1
	hashLength = 32
	saltLength = 16
)

const (
	minPassword = 12
	maxPassword = 1000
)

// HashPassword makes the stored form of a password (PHC text, Argon2id). It
// takes tens of milliseconds and 19 MiB.
func (a *Actions) HashPassword(password string) (string, error) {
	salt := make([]byte, saltLength)
	if _, err := io.ReadFull(a.random(), salt); err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	sum := argon2.IDKey([]byte(password), salt, hashTime, hashMemory, hashLanes, hashLength)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashLanes, b64(salt), b64(sum)), nil
}

// CheckPassword says whether the password is the one that was hashed. It takes
// as long for a hash that is no hash, so that timing does not tell whether an
// account exists.
func CheckPassword(hash, password string) bool {
	var version, memory, time, lanes int
	parts := strings.Split(hash, "$")
	good := len(parts) == 6 && parts[1] == "argon2id"
	if good {
		_, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &lanes)
		good = err == nil && version == argon2.Version && memory <= 1<<20 && time > 0 && time < 20 && lanes > 0 && lanes < 20
	}
	if !good {
		argon2.IDKey([]byte(password), make([]byte, saltLength), hashTime, hashMemory, hashLanes, hashLength)
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err1 != nil || err2 != nil || len(want) == 0 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, uint32(time), uint32(memory), uint8(lanes), uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}

// HashSecret is the stored form of a random secret, which needs no slow hash.
func HashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// weakness says in words what is wrong with a new password, or nothing
// (users.md 6.3: length and a deny list, no rules of composition).
func weakness(password, name, email string) string {
	n := utf8.RuneCountInString(password)
	folded := strings.ToLower(password)
	local, _, _ := strings.Cut(strings.ToLower(email), "@")
	switch {
	case n < minPassword:
		return "Password must be 12 characters or more"
	case len(password) > maxPassword:
		return "Password must be 1,000 characters or less"
	case name != "" && strings.Contains(folded, name) && n < len(name)+8,
		local != "" && len(local) > 3 && strings.Contains(folded, local) && n < len(local)+8:
		return "Password must not be made from your name or email address"
	case tooPlain(folded):
		return "Choose a password that is harder to guess"
	}
	return ""
}

// common are the stems of passwords that are tried first.
var common = []string{
	"password", "passw0rd", "qwertyuiop", "qwerty", "asdfghjkl", "letmein", "welcome", "iloveyou", "administrator",
	"admin", "council", "football", "liverpool", "arsenal", "chelsea", "changeme", "secret", "monkey", "dragon",
	"sunshine", "princess", "abc123", "moothall", "london", "summer", "winter", "spring", "autumn",
}

// tooPlain finds repeated and running characters, and common words with a
// number behind them.
func tooPlain(s string) bool {
	rest := s
	for _, word := range common {
		rest = strings.ReplaceAll(rest, word, "")
	}
	rest = strings.Trim(rest, "0123456789!?.-_*#@ ")
	if len(rest) < 4 {
		return true
	}
	distinct := map[rune]bool{}
	running, before := 0, rune(0)
	for _, r := range s {
		distinct[r] = true
		if r == before+1 || r == before-1 || r == before {
			running++
		}
		before = r
	}
	return len(distinct) < 5 || running > utf8.RuneCountInString(s)*3/4
}

package actors

// Style is a form of HTTP signature (protocol.md 3.1 and 3.3).
type Style string

// The styles, each better than the one before: cavage is what everyone reads,
// Ed25519 costs a fiftieth of RSA to sign with.
const (
	StyleCavage  Style = "cavage"          // draft-cavage-http-signatures-12 with RSA
	StyleRFC9421 Style = "rfc9421"         // RFC 9421 with RSA
	StyleEd25519 Style = "rfc9421_ed25519" // RFC 9421 with Ed25519
)

// BetterThan says whether s is to be preferred where both are understood.
func (s Style) BetterThan(other Style) bool { return s.rank() > other.rank() }

func (s Style) rank() int {
	switch s {
	case StyleEd25519:
		return 2
	case StyleRFC9421:
		return 1
	}
	return 0
}

// StyleReason says why a host is sent a style.
type StyleReason string

// The reasons.
const (
	StyleByDefault StyleReason = ""        // nothing is known of the host
	StyleSigned    StyleReason = "signed"  // it signed so itself
	StyleClaimed   StyleReason = "claimed" // its documents say so (FEP-844e)
	StyleAsked     StyleReason = "asked"   // it answered 401 and asked for it
	StyleRefused   StyleReason = "refused" // it refused a better one
)

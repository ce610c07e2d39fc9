package ap

import (
	"encoding/hex"
	"fmt"
	"strings"

	"moothall/actors"
)

// SynchronizationHeader is the name of the header that says which followers of
// its sender the sender knows on the receiver's host (FEP-8fcf).
const SynchronizationHeader = "Collection-Synchronization"

const maxSynchronizationHeader = 2048 // bytes

// Synchronization is what that header says.
type Synchronization struct {
	Collection actors.URI // the sender's followers
	URL        actors.URI // where those on the receiver's host are listed
	Digest     string     // exclusive or of the SHA-256 of their ids, in hexadecimal
}

// SynchronizationOf is the address at which an actor of ours lists its followers
// to their own hosts.
func SynchronizationOf(actor actors.URI) actors.URI { return below(actor, "followers_synchronization") }

// String writes the header.
func (s Synchronization) String() string {
	return fmt.Sprintf(`collectionId="%s", url="%s", digest="%s"`, s.Collection, s.URL, s.Digest)
}

// ParseSynchronization reads the header: names with values in quotes, in any
// order, each known one exactly once. The addresses are as they came.
func ParseSynchronization(header string) (Synchronization, error) {
	var s Synchronization
	if len(header) > maxSynchronizationHeader {
		return s, fmt.Errorf("%w: synchronization header: too long", ErrDocument)
	}
	for rest := strings.TrimSpace(header); rest != ""; {
		name, after, opens := strings.Cut(rest, `="`)
		value, behind, closes := strings.Cut(after, `"`)
		if !opens || !closes {
			return Synchronization{}, fmt.Errorf("%w: synchronization header: not name=\"value\"", ErrDocument)
		}
		rest = strings.TrimLeft(behind, ", \t")
		into := map[string]*string{
			"collectionId": (*string)(&s.Collection), "url": (*string)(&s.URL), "digest": &s.Digest,
		}[strings.TrimSpace(name)]
		switch {
		case into == nil:
		case *into != "":
			return Synchronization{}, fmt.Errorf("%w: synchronization header: %s twice", ErrDocument, name)
		default:
			*into = value
		}
	}
	s.Digest = strings.ToLower(s.Digest)
	if raw, err := hex.DecodeString(s.Digest); err != nil || len(raw) != 32 || s.Collection == "" || s.URL == "" {
		return Synchronization{}, fmt.Errorf("%w: synchronization header: incomplete", ErrDocument)
	}
	return s, nil
}

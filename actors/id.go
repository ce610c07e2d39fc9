package actors

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// ID names a row on this node. Ids grow with time, so that sorting by id is
// sorting by age; the low bits are random, so that one id does not give away
// the next. They are never reused.
type ID int64

// idAlphabet has no vowels, so no id spells a word, and no "l".
const idAlphabet = "0123456789bcdfghjkmnpqrstvwxyz"

const (
	idEpoch      = 1735689600000 // 2025-01-01T00:00:00Z in milliseconds
	idRandomBits = 20
	idLength     = 13
)

// ErrNoID says that a text is not the text of an ID.
var ErrNoID = errors.New("not an id")

// String gives the form used in addresses: thirteen letters and digits.
func (id ID) String() string {
	var b [idLength]byte
	n := int64(id)
	for i := idLength - 1; i >= 0; i-- {
		b[i] = idAlphabet[n%int64(len(idAlphabet))]
		n /= int64(len(idAlphabet))
	}
	return string(b[:])
}

// ParseID reads what String wrote and nothing else, so that a row has one address.
func ParseID(s string) (ID, error) {
	if len(s) != idLength {
		return 0, fmt.Errorf("%w: %d characters", ErrNoID, len(s))
	}
	var n uint64
	for i := range len(s) {
		d := idDigit(s[i])
		if d < 0 {
			return 0, fmt.Errorf("%w: character %d", ErrNoID, i+1)
		}
		n = n*uint64(len(idAlphabet)) + uint64(d)
		if n > 1<<63-1 {
			return 0, fmt.Errorf("%w: too large", ErrNoID)
		}
	}
	return ID(n), nil
}

func idDigit(c byte) int {
	for i := range len(idAlphabet) {
		if idAlphabet[i] == c {
			return i
		}
	}
	return -1
}

// IDs makes ids. It is safe for use by several goroutines.
type IDs struct {
	now    func() time.Time
	random func() uint64
	mu     sync.Mutex
	last   int64
}

// NewIDs makes a generator from a clock and a source of random bits; a nil
// source is the runtime's own.
func NewIDs(now func() time.Time, random func() uint64) *IDs {
	if random == nil {
		random = rand.Uint64
	}
	return &IDs{now: now, random: random}
}

// Next returns an id larger than every one before it, even when the clock
// stands still or steps back.
func (g *IDs) Next() ID {
	g.mu.Lock()
	defer g.mu.Unlock()
	ms := max(g.now().UnixMilli()-idEpoch, 0)
	noise := int64(g.random() & (1<<idRandomBits - 1))
	id := ms<<idRandomBits | noise
	if id <= g.last {
		id = g.last + 1 + noise>>(idRandomBits-6)
	}
	g.last = id
	return ID(id)
}

package actors

import (
	"errors"
	"math"
	"sync"
	"testing"
	"time"
)

func TestIDReadsBackWhatItWrote(t *testing.T) {
	t.Parallel()
	last := ""
	for _, id := range []ID{0, 1, 29, 30, 31, 1 << 20, 1 << 62, math.MaxInt64} {
		s := id.String()
		got, err := ParseID(s)
		if err != nil || got != id {
			t.Errorf("ParseID(%q) = %d, %v; want %d", s, got, err, id)
		}
		if s <= last {
			t.Errorf("%q does not sort after %q", s, last)
		}
		last = s
	}
}

func TestParseIDRefusesEverythingElse(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "0", "000000000000", "00000000000000", "zzzzzzzzzzzzz", "000000000000a", "000000000000B",
		"00000000000l0", "-000000000000", " 000000000000", "000000000000é", "00000000000\x000",
	} {
		if id, err := ParseID(s); !errors.Is(err, ErrNoID) || id != 0 {
			t.Errorf("ParseID(%q) = %d, %v", s, id, err)
		}
	}
}

func TestIDsGrowWhateverTheClockDoes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 6, 9, 8, 5, 1, 0, time.UTC)
	ids := NewIDs(func() time.Time { return now }, nil)
	var last ID
	for i := range 10_000 {
		switch i {
		case 3000:
			now = now.Add(-time.Hour)
		case 6000:
			now = now.Add(2 * time.Hour)
		case 9000:
			now = time.Time{}
		}
		id := ids.Next()
		if id <= last {
			t.Fatalf("id %d follows %d", id, last)
		}
		last = id
	}
}

func TestIDsAreDistinctForManyAtOnce(t *testing.T) {
	t.Parallel()
	ids := NewIDs(func() time.Time { return time.Unix(1780992301, 0) }, func() uint64 { return 0 })
	var mu sync.Mutex
	seen := map[ID]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				id := ids.Next()
				mu.Lock()
				if seen[id] {
					t.Errorf("id %d given twice", id)
				}
				seen[id] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
}

func TestIDsFollowTheClock(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(idEpoch)
	ids := NewIDs(func() time.Time { return now }, func() uint64 { return math.MaxUint64 })
	first := ids.Next()
	if first != 1<<idRandomBits-1 {
		t.Errorf("noise is %d", first)
	}
	now = now.Add(time.Millisecond)
	if second := ids.Next(); second>>idRandomBits != 1 {
		t.Errorf("a millisecond later the time part is %d", second>>idRandomBits)
	}
}

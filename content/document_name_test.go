package content

import (
	"math/rand/v2"
	"testing"
)

func TestDocumentNameNoticesSlips(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		name := NewDocumentName(random.Uint64())
		if !name.Valid() {
			t.Fatalf("%s is not valid", name)
		}
		for i := range len(name) {
			for _, c := range nameAlphabet {
				wrong := name[:i] + DocumentName(c) + name[i+1:]
				if wrong != name && wrong.Valid() {
					t.Fatalf("%s passes for %s", wrong, name)
				}
			}
			if i == 0 || name[i-1] == name[i] {
				continue
			}
			swapped := name[:i-1] + name[i:i+1] + name[i-1:i] + name[i+1:]
			if swapped.Valid() {
				t.Fatalf("%s passes for %s", swapped, name)
			}
		}
	}
	for _, bad := range []DocumentName{"", "2345678", "aaaaaaaa", "2345678B", "/d/23456"} {
		if bad.Valid() {
			t.Errorf("%q is valid", bad)
		}
	}
}

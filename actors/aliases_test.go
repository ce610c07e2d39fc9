package actors

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAliases(t *testing.T) {
	const one, two = URI("https://old.example/u/ann"), URI("https://older.example/u/ann")
	var a Aliases
	if a.Has("") || a.List() != nil || a.With("") != "" {
		t.Error("no aliases are some")
	}
	a = a.With(one).With(two).With(one)
	if d := cmp.Diff([]URI{one, two}, a.List()); d != "" {
		t.Error(d)
	}
	if !a.Has(two) || a.Has(two[:len(two)-1]) {
		t.Error("an address is found only whole")
	}
	if b := a.Without(one); b != Aliases(two) || b.Without(two) != "" {
		t.Errorf("one taken away: %q", b)
	}
}

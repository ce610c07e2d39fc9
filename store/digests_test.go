package store_test

import (
	"testing"

	"moothall/actors"
	"moothall/store"
)

// TestFEP8fcf_DigestOfTheStandardsOwnSample holds the sum that the FEP gives for
// its two followers.
func TestFEP8fcf_DigestOfTheStandardsOwnSample(t *testing.T) {
	t.Parallel()
	got := store.DigestOf([]actors.URI{"https://testing.example.org/users/1", "https://testing.example.org/users/2"})
	if want := "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

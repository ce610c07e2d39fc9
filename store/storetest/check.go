package storetest

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func same[T any](t *testing.T, what string, err error, want, got T) {
	t.Helper()
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%s: %v %s", what, err, d)
	}
}

func isErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

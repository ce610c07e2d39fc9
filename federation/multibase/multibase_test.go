package multibase_test

import (
	"bytes"
	"strings"
	"testing"

	"moothall/federation/multibase"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want []byte
		ok   bool
	}{
		{"z", []byte{}, true},
		{"z1", []byte{0}, true},
		{"z11", []byte{0, 0}, true},
		{"z2g", []byte("a"), true},
		{"z1z", []byte{0, 57}, true},
		{"z2NEpo7TZRRrLZSi2U", []byte("Hello World!"), true},
		{"", nil, false},
		{"2g", nil, false},
		{"m2g", nil, false}, // another base
		{"Z2g", nil, false},
		{"z0", nil, false}, // not of the alphabet
		{"zO", nil, false},
		{"zI", nil, false},
		{"zl", nil, false},
		{"z2g ", nil, false},
		{"zé", nil, false},
		{"z" + strings.Repeat("2", 129), nil, false},
	}
	for _, tt := range tests {
		got, ok := multibase.Decode(tt.text)
		if ok != tt.ok || !bytes.Equal(got, tt.want) {
			t.Errorf("%q: %x %t, want %x %t", tt.text, got, ok, tt.want, tt.ok)
		}
		if ok && multibase.Encode(got) != tt.text {
			t.Errorf("%q is written again as %q", tt.text, multibase.Encode(got))
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("z2NEpo7TZRRrLZSi2U")
	f.Add("z11")
	f.Fuzz(func(t *testing.T, s string) {
		b, ok := multibase.Decode(s)
		if ok && multibase.Encode(b) != s {
			t.Errorf("%q is written again as %q", s, multibase.Encode(b))
		}
	})
}

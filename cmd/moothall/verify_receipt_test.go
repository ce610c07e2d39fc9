package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"moothall/federation/sign"
)

// TestVerifyReceipt checks the golden receipt, which was signed with a key of seven in all
// its bytes.
func TestVerifyReceipt(t *testing.T) {
	t.Parallel()
	const golden = "../../federation/receipt/testdata/receipt.json"
	keyOf := func(b byte) string {
		return sign.EncodeMultikey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{b}, ed25519.SeedSize)).Public().(ed25519.PublicKey))
	}
	raw, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(t.TempDir(), "changed.json")
	if err := os.WriteFile(changed, bytes.Replace(raw, []byte("partly"), []byte("applied"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name     string
		args     []string
		code     int
		out, err string
	}{
		{"holds", []string{golden, "--key", keyOf(7)}, 0, "Passed on to west.example.\nThe signature holds: this is what https://south.example/", ""},
		{"another key", []string{golden, "--key", keyOf(8)}, 1, "does not hold", "does not hold"},
		{"changed", []string{changed, "--key", keyOf(7)}, 1, "does not hold", "does not hold"},
		{"no key", []string{golden}, 1, "Give the key with --key", "was not checked"},
		{"json", []string{"--json", golden, "--key", keyOf(7)}, 0, `"state": "partly"`, ""},
		{"nothing", nil, 2, "", "RECEIPT-FILE is missing"},
		{"a record", []string{"../../federation/provenance/testdata/record.json"}, 1, "", "not a receipt"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, log bytes.Buffer
			p := program{In: strings.NewReader(""), Out: &out, Err: &log}
			code := p.Run(context.Background(), append([]string{"verify-receipt"}, tt.args...))
			if code != tt.code || !strings.Contains(out.String(), tt.out) || !strings.Contains(log.String(), tt.err) {
				t.Errorf("%d\n%s\n%s", code, out.String(), log.String())
			}
		})
	}
}

package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"moothall/federation/sign"
)

// TestDOC5_VerifyRecord checks the golden record, which was signed with a key of
// seven in all its bytes, and a copy of the document.
func TestDOC5_VerifyRecord(t *testing.T) {
	t.Parallel()
	const golden = "../../federation/provenance/testdata/record.json"
	keyOf := func(b byte) string {
		return sign.EncodeMultikey(ed25519.NewKeyFromSeed(bytes.Repeat([]byte{b}, ed25519.SeedSize)).Public().(ed25519.PublicKey))
	}
	record, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good, other := put("plan.pdf", "The winter service plan.\n"), put("other.pdf", "The winter service plan!\n")
	changed := put("changed.json", strings.Replace(string(record), "Highways manager", "Chief Executive", 1))
	long := put("long.json", strings.Repeat(" ", maxRecord+1))
	tests := []struct {
		name     string
		args     []string
		code     int
		out, err string
	}{
		{"all holds", []string{golden, good, "--key", keyOf(7)}, 0, "this is what https://north.example/ said.\nThe file is the one", ""},
		{"no file", []string{golden, "--key", keyOf(7)}, 0, "Adopted by Cabinet, 28 April 2026.\nThe signature holds", ""},
		{"another file", []string{golden, other, "--key", keyOf(7)}, 1, "The file is not the one", "the file is not the one"},
		{"another key", []string{golden, good, "--key", keyOf(8)}, 1, "The signature does not hold.", "the signature does not hold"},
		{"changed", []string{changed, good, "--key", keyOf(7)}, 1, "The signature does not hold.", "the signature does not hold"},
		{"no key", []string{golden, good}, 1, "The signature was not checked. Give the key with --key", "the signature was not checked"},
		{"no record", []string{good, good}, 1, "", "not a record of a document"},
		{"too long", []string{long}, 1, "", "too long"},
		{"no such file", []string{filepath.Join(dir, "none")}, 1, "", "none"},
		{"no such document", []string{golden, filepath.Join(dir, "none")}, 1, "", "none"},
		{"a key that is none", []string{golden, "--key", "z6Mk"}, 2, "", "--key z6Mk"},
		{"nothing", nil, 2, "", "RECORD-FILE is missing"},
		{"too much", []string{golden, good, good}, 2, "", "is too much"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out, log bytes.Buffer
			p := program{In: strings.NewReader(""), Out: &out, Err: &log}
			code := p.Run(context.Background(), append([]string{"verify-record"}, tt.args...))
			if code != tt.code || !strings.Contains(out.String(), tt.out) || !strings.Contains(log.String(), tt.err) || (tt.err == "") != (log.Len() == 0) {
				t.Errorf("%d\n%s\n%s", code, out.String(), log.String())
			}
			if code == 2 && out.Len() > 0 {
				t.Errorf("it answered all the same: %s", out.String())
			}
		})
	}
	var out bytes.Buffer
	p := program{In: strings.NewReader(""), Out: &out, Err: &bytes.Buffer{}}
	code := p.Run(context.Background(), []string{"verify-record", "--json", golden, other, "--key", keyOf(7)})
	var got verdict
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if code != 1 || got.Signature != holds || got.File != differs || got.Version != 3 || got.KeyID != "https://north.example/#ed25519-key" {
		t.Errorf("%d, %+v", code, got)
	}
}

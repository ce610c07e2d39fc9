package receipt

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/federation/proof"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const golden = "testdata/receipt.json"

var at = time.Date(2026, 6, 9, 8, 5, 0, 0, time.UTC)

// key is a key of so many in all its bytes.
func key(b byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{b}, ed25519.SeedSize))
}

func public(b byte) ed25519.PublicKey { return key(b).Public().(ed25519.PublicKey) }

func signer() proof.Signer {
	return proof.Signer{Method: "https://south.example/#ed25519-key", Key: key(7)}
}

func sample() Receipt {
	return Receipt{
		ID: "https://south.example/a/rc1#receipt", By: "https://south.example/", About: "https://north.example/a/de1",
		Object: "https://north.example/p/41", State: Partly, Files: 1, Kept: 1, PassedOn: []string{"west.example"}, At: at,
	}
}

func TestReceiptIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	raw, err := Write(sample(), signer())
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(golden); err != nil || !bytes.Equal(want, raw) {
		t.Errorf("the golden receipt differs (%v):\n%s", err, raw)
	}
	got, err := Verify(raw, public(7), at.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(sample(), got); d != "" {
		t.Error(d)
	}
	if want := "Confirmed on 9 June 2026 at 08:05: taken away, with 1 file; 1 kept on purpose as copies."; got.Sentence() != want {
		t.Errorf("%q", got.Sentence())
	}
}

// Any change, another key and another site's key are noticed.
func TestForgedReceiptsAreRefused(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		from, to string
		key      byte
		want     error
	}{
		"another state":       {`"partly"`, `"applied"`, 7, proof.ErrProof},
		"another object":      {"/p/41", "/p/42", 7, proof.ErrProof},
		"fewer hosts":         {`["west.example"]`, `[]`, 7, proof.ErrProof},
		"another key":         {"", "", 8, proof.ErrProof},
		"a key elsewhere":     {"https://south.example/#ed25519-key", "https://evil.example/#ed25519-key", 7, proof.ErrProof},
		"for another site":    {`"attributedTo":"https://south.example/"`, `"attributedTo":"https://west.example/"`, 7, ErrReceipt},
		"an unknown state":    {`"partly"`, `"burnt"`, 7, ErrReceipt},
		"no receipt":          {Type, "Note", 7, ErrReceipt},
		"about nothing":       {`"https://north.example/a/de1"`, `""`, 7, ErrReceipt},
		"a number below zero": {`"moothall:kept":1`, `"moothall:kept":-1`, 7, ErrReceipt},
		"no time":             {`"published":"2026-06-09T08:05:00Z"`, `"published":"soon"`, 7, ErrReceipt},
	} {
		changed := []byte(strings.Replace(string(raw), c.from, c.to, 1))
		if c.from != "" && bytes.Equal(changed, raw) {
			t.Fatalf("%s: nothing was changed", name)
		}
		if _, err := Verify(changed, public(c.key), at); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is said later takes the place of what was said before only when more was done.
func TestBetterStates(t *testing.T) {
	t.Parallel()
	order := []State{Unknown, Refused, NeverHeld, Partly, Applied}
	for i, a := range order {
		for j, b := range order {
			if got := a.Better(b); got != (i > j) {
				t.Errorf("%s better than %s: %t", a, b, got)
			}
		}
	}
}

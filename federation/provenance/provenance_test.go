package provenance

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"math/big"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/content"
	"moothall/federation/proof"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const (
	node = "https://north.example/"
	at   = "https://north.example/d/bcdfghj2"
	file = "The winter service plan.\n"
)

var (
	now = time.Date(2026, 6, 9, 9, 0, 0, 0, time.UTC)
	key = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
)

func signer() proof.Signer { return proof.Signer{Method: node + "#ed25519-key", Key: key} }

func public() ed25519.PublicKey { return key.Public().(ed25519.PublicKey) }

func plan() Record {
	d := content.Document{
		Number: 3, Adopted: content.Adoption{Body: "Cabinet", On: "2026-04-28"}, Licence: content.OGL, Classification: content.Official,
		Issuer: "Example District Council & Partners", IssuerCode: "GB-LAE-EXD",
	}
	v := content.Version{
		Number: 3, URI: at + "/v/3", Title: "Winter service plan: cynllun <y gaeaf>", Stage: content.Adopted,
		At: time.Date(2026, 5, 4, 10, 30, 15, 999, time.FixedZone("", 3600)), Check: "2 names, shared all the same: public register",
		File: content.Attached{Digest: content.DigestOf([]byte(file)), Name: "plan.pdf", MediaType: "application/pdf", Size: int64(len(file))},
	}
	r := Of(d, v, at, node)
	r.Issuer.Domain, r.Issuer.Status = "north.example", "verified"
	r.SharedBy = Sharer{Role: "Highways manager", Name: "Ana Dev"}
	r.DerivedFrom = []actors.URI{"https://west.example/d/zzdfghj4/v/1"}
	r.Check, r.Software = "shared with a reason", "moothall 1.4.0"
	return r
}

func written(t testing.TB, r Record) []byte {
	t.Helper()
	raw, err := Write(r, signer(), now)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestGolden: with the same key and time, the same bytes; for people they are
// indented in FEDERATION.md.
func TestGolden(t *testing.T) {
	raw := written(t, plan())
	var shown bytes.Buffer
	if err := json.Indent(&shown, raw, "", "  "); err != nil {
		t.Fatal(err)
	}
	shown.WriteByte('\n')
	for path, got := range map[string][]byte{"testdata/record.json": raw, "../testdata/ours/provenance_record.json": shown.Bytes()} {
		if *update {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), string(got)); d != "" {
			t.Errorf("%s (-want +got):\n%s", path, d)
		}
		if _, err := Verify(want, public(), now); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	t.Parallel()
	bare := Record{ID: at + "/v/1", Document: at, By: node, Version: 1, Title: "x", Digest: content.DigestOf(nil), SharedAt: now}
	copied := plan()
	copied.ReceivedFrom, copied.Licence = "https://west.example/d/zzdfghj4/v/1", "https://licence.example/1"
	copied.Stage, copied.Adopted = content.InDraft, content.Adoption{}
	for _, want := range []Record{plan(), bare, copied} {
		got, err := Verify(written(t, want), public(), now)
		if err != nil {
			t.Fatal(err)
		}
		want.SharedAt = want.SharedAt.UTC().Truncate(time.Second)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}

// TestAStrangerCanCheckIt with what the package comment says and nothing of ours.
func TestAStrangerCanCheckIt(t *testing.T) {
	t.Parallel()
	var record map[string]any
	if err := json.Unmarshal(written(t, plan()), &record); err != nil {
		t.Fatal(err)
	}
	signed, ok := record["proof"].(map[string]any)
	if !ok {
		t.Fatal("no proof")
	}
	value, ok := signed["proofValue"].(string)
	if !ok || value[0] != 'z' {
		t.Fatal("no value")
	}
	delete(record, "proof")
	delete(signed, "proofValue")
	var hashed []byte
	for _, part := range []any{signed, record} {
		var b bytes.Buffer
		e := json.NewEncoder(&b) // sorts names, which are ASCII here, and writes these numbers as RFC 8785 does
		e.SetEscapeHTML(false)
		if err := e.Encode(part); err != nil {
			t.Fatal(err)
		}
		h := sha256.Sum256(bytes.TrimRight(b.Bytes(), "\n"))
		hashed = append(hashed, h[:]...)
	}
	if !ed25519.Verify(public(), hashed, base58(value[1:])) {
		t.Error("the signature does not fit")
	}
}

func base58(s string) []byte {
	n := new(big.Int)
	for _, c := range s {
		n.Mul(n, big.NewInt(58))
		n.Add(n, big.NewInt(int64(strings.IndexRune("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz", c))))
	}
	return n.FillBytes(make([]byte, ed25519.SignatureSize))
}

// TestDOC5_NothingCanBeChanged: a record of which any byte was changed does not
// hold, or says the same.
func TestDOC5_NothingCanBeChanged(t *testing.T) {
	t.Parallel()
	raw := written(t, plan())
	want, err := Verify(raw, public(), now)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		for _, c := range []byte{'0', 'a', ' ', '"', raw[i] ^ 0x20} {
			changed := bytes.Clone(raw)
			changed[i] = c
			if got, err := Verify(changed, public(), now); err == nil && !cmp.Equal(want, got) {
				t.Errorf("byte %d as %q: %+v", i, c, got)
			}
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	good := string(written(t, plan()))
	resigned := func(change func(string) string) string {
		plain := string(proof.Detach([]byte(good)))
		raw, err := signer().Attach([]byte(change(plain)), now)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	swap := func(old, new string) string {
		return resigned(func(s string) string {
			if !strings.Contains(s, old) {
				t.Fatalf("no %s in %s", old, s)
			}
			return strings.Replace(s, old, new, 1)
		})
	}
	tests := []struct {
		name, raw string
		want      error
	}{
		{"nothing", "", ErrRecord},
		{"no JSON", "hello", ErrRecord},
		{"a list", "[]", ErrRecord},
		{"no proof", string(proof.Detach([]byte(good))), proof.ErrNone},
		{"another kind", swap(`"ProvenanceRecord"`, `"Note"`), ErrRecord},
		{"another format", swap(`"format":1`, `"format":2`), ErrRecord},
		{"more than we show", swap(`"format":1`, `"format":1,"more":true`), ErrRecord},
		{"a name in capitals beside it", swap(`"format":1`, `"format":1,"Title":"Another plan"`), ErrRecord},
		{"a name twice", strings.Replace(good, `"format":1`, `"format":1,"format":1`, 1), ErrRecord},
		{"a digest in capitals", swap(`"sha256":"25f94b`, `"sha256":"25F94B`), ErrRecord},
		{"another site's document", swap(`"id":"https://north.example/`, `"id":"https://west.example/`), ErrRecord},
		{"another site's work", swap(`"document":"https://north.example/`, `"document":"https://west.example/`), ErrRecord},
		{"another site's key", strings.Replace(good, `"verificationMethod":"https://north.example/`, `"verificationMethod":"https://west.example/`, 1), proof.ErrProof},
		{"version nought", swap(`"version":3`, `"version":0`), ErrRecord},
		{"half a version", swap(`"version":3`, `"version":3.5`), ErrRecord},
		{"a time that is none", swap(`2026-05-04T09:30:15Z`, `yesterday`), ErrRecord},
		{"an empty group", swap(`"statusAtTime":"verified"`, `"statusAtTime":"verified","more":{}`), ErrRecord},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if r, err := Verify([]byte(tt.raw), public(), now); !errors.Is(err, tt.want) {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	other := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public().(ed25519.PublicKey)
	for name, k := range map[string]ed25519.PublicKey{"another key": other, "no key": nil} {
		if _, err := Verify([]byte(good), k, now); !errors.Is(err, proof.ErrProof) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Verify([]byte(good), public(), now.AddDate(-1, 0, 0)); !errors.Is(err, proof.ErrProof) {
		t.Errorf("a record from the future: %v", err)
	}
}

func TestWriteRefusesWhatSaysNothing(t *testing.T) {
	t.Parallel()
	elsewhere := plan()
	elsewhere.By = "https://west.example/"
	for _, r := range []Record{{}, elsewhere} {
		if _, err := Write(r, signer(), now); !errors.Is(err, ErrRecord) {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

// TestTheCheckStaysHere: the words of the check are for one site alone.
func TestTheCheckStaysHere(t *testing.T) {
	t.Parallel()
	if raw := written(t, plan()); bytes.Contains(raw, []byte("public register")) {
		t.Errorf("%s", raw)
	}
}

func TestOfAnOlderVersion(t *testing.T) {
	t.Parallel()
	d := content.Document{Number: 2, Adopted: content.Adoption{Body: "Cabinet"}, LicenceURL: "https://licence.example/1"}
	r := Of(d, content.Version{Number: 1, Stage: content.Adopted}, at, node)
	if r.Adopted != (content.Adoption{}) || r.Licence != "https://licence.example/1" {
		t.Errorf("%+v", r)
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	partly, nameless := plan(), plan()
	partly.Adopted = content.Adoption{Body: "Full Council", On: "2026-04"}
	nameless.Issuer, nameless.Adopted = Organisation{}, content.Adoption{}
	tests := map[string]Record{
		"Shared by Example District Council & Partners on 4 May 2026, version 3. Adopted by Cabinet, 28 April 2026.":   plan(),
		"Shared by Example District Council & Partners on 4 May 2026, version 3. Adopted by Full Council, April 2026.": partly,
		"Shared by north.example on 4 May 2026, version 3.":                                                            nameless,
	}
	for want, r := range tests {
		if got := r.Sentence(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	r := plan()
	if !r.Matches(content.DigestOf([]byte(file)), int64(len(file))) {
		t.Error("not its own file")
	}
	if r.Matches(content.DigestOf([]byte("x")), int64(len(file))) || r.Matches(r.Digest, 1) || (Record{}).Matches(content.Digest{}, 0) {
		t.Error("another file")
	}
}

// FuzzRead: whatever is read says only what was there, and is written again as it was.
func FuzzRead(f *testing.F) {
	f.Add(written(f, plan()))
	f.Add([]byte(`{"type":"ProvenanceRecord","format":1,"proof":{}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, _, err := Read(raw, now)
		if err != nil {
			return
		}
		again, err := r.unsigned()
		if err != nil {
			t.Fatal(err)
		}
		if plain, err := proof.Canonical(proof.Detach(raw)); err != nil || !bytes.Equal(plain, again) {
			t.Errorf("%s\nis written as %s", plain, again)
		}
		_ = r.Sentence()
	})
}

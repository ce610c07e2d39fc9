package proof

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/multibase"
)

// The worked example of protocol.md 3.5.
const (
	alice  = "https://server.example/users/alice"
	keyID  = alice + "#ed25519-key"
	public = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
	secret = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
	when   = "2023-02-24T23:36:38Z"

	contextsText = `["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v2"]`
	example      = `{"@context":` + contextsText + `,"id":"https://server.example/activities/1","type":"Create","actor":"` + alice + `",` +
		`"object":{"id":"https://server.example/objects/1","type":"Note","attributedTo":"` + alice + `","content":"Hello world",` +
		`"location":{"type":"Place","longitude":-71.184902,"latitude":25.273962}}}`
	exampleHash  = "cf63e2308ce7d1137667192c5c5e751ba7b1c6e3d5e746a7b717d309654ad1980793e8d97e2de4b989b2b2d7a5fae8cf941f102a03c0ecab00f03eaa2330c650"
	exampleValue = "z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL"
)

var now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func publicKey(t testing.TB, text string) ed25519.PublicKey {
	t.Helper()
	b, ok := multibase.Decode(text)
	if !ok || len(b) != 34 || b[0] != 0xed || b[1] != 1 {
		t.Fatalf("not a multikey: %s", text)
	}
	return b[2:]
}

func signer(t testing.TB) Signer {
	t.Helper()
	b, ok := multibase.Decode(secret)
	if !ok || len(b) != 34 || b[0] != 0x80 || b[1] != 0x26 {
		t.Fatal("not a secret multikey")
	}
	return Signer{Method: keyID, Key: ed25519.NewKeyFromSeed(b[2:])}
}

func created(t testing.TB) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, when)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func proved(t testing.TB, document string) []byte {
	t.Helper()
	out, err := signer(t).Attach([]byte(document), created(t))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func verify(t testing.TB, document []byte, by actors.URI) error {
	t.Helper()
	c, err := Read(document, by, now)
	if err != nil {
		return err
	}
	return c.Prove(Key{ID: keyID, Owner: alice, Public: publicKey(t, public)})
}

func TestC20_TheExampleIsReproduced(t *testing.T) {
	t.Parallel()
	got := proved(t, example)
	want := strings.TrimSuffix(example, "}") + `,"proof":{"@context":` + contextsText + `,"type":"DataIntegrityProof",` +
		`"cryptosuite":"eddsa-jcs-2022","created":"` + when + `","verificationMethod":"` + keyID + `",` +
		`"proofPurpose":"assertionMethod","proofValue":"` + exampleValue + `"}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	c, err := Read(got, alice, now)
	if err != nil {
		t.Fatal(err)
	}
	if h := hex.EncodeToString(c.hash[:]); h != exampleHash {
		t.Errorf("signed %s, want %s", h, exampleHash)
	}
	if err := verify(t, got, alice); err != nil {
		t.Error(err)
	}
	if !c.Created.Equal(created(t)) || c.Method != keyID {
		t.Errorf("read %s by %s", c.Created, c.Method)
	}
	if back := Detach(got); string(back) != example {
		t.Errorf("without its proof it is %s", back)
	}
}

// TestC20_OneThingIsDifferent changes one thing of the good example.
func TestC20_OneThingIsDifferent(t *testing.T) {
	t.Parallel()
	good := string(proved(t, example))
	replace := func(old, new string) func() string {
		return func() string {
			if strings.Count(good, old) == 0 {
				t.Fatalf("there is no %s in the example", old)
			}
			return strings.Replace(good, old, new, 1)
		}
	}
	last := func(old, new string) func() string { // in the proof
		return func() string {
			i := strings.LastIndex(good, old)
			if i < 0 {
				t.Fatalf("there is no %s in the example", old)
			}
			return good[:i] + new + good[i+len(old):]
		}
	}
	const bad, none, form = "not accepted", "no integrity proof", "no canonical form"
	value := strings.TrimPrefix(exampleValue, "z")
	tests := []struct {
		name string
		make func() string
		want string // of the error; empty when it holds
	}{
		{"nothing", func() string { return good }, ""},
		{"space", replace(`,"type":"Create"`, " ,\n \"type\" : \"Create\" "), ""},
		{"order", replace(`"id":"https://server.example/activities/1","type":"Create"`, `"type":"Create","id":"https://server.example/activities/1"`), ""},
		{"escapes", replace("Hello world", `Hello\u0020world`), ""},
		{"a number, written otherwise", replace("25.273962", "2527396.20e-5"), ""},
		{"an LD signature beside it", replace(`,"proof":`, `,"signature":{"type":"RsaSignature2017"},"proof":`), ""},
		{"more @context after it was signed", replace(`data-integrity/v2"]`, `data-integrity/v2","https://other.example/ns"]`), ""},

		{"content", replace("Hello world", "Hello World"), bad},
		{"actor", replace(`"actor":"`+alice, `"actor":"https://server.example/users/mallory`), bad},
		{"id", replace("activities/1", "activities/2"), bad},
		{"a number", replace("25.273962", "25.273963"), bad},
		{"a number as text", replace("25.273962", `"25.273962"`), bad},
		{"a member more", replace(`"type":"Create"`, `"type":"Create","to":[]`), bad},
		{"a member more, null", replace(`"type":"Create"`, `"type":"Create","to":null`), bad},
		{"a member less", replace(`"content":"Hello world",`, ``), bad},
		{"a signature inside", replace(`"content"`, `"signature":{},"content"`), bad},
		{"a proof inside", replace(`"content"`, `"proof":{},"content"`), bad},
		{"a list for one", replace(`"type":"Note"`, `"type":["Note"]`), bad},
		{"a name twice", replace(`"type":"Create"`, `"type":"Create","type":"Create"`), form},
		{"a name twice below", replace(`"type":"Note"`, `"type":"Note","type":"Note"`), form},
		{"a name twice in the proof", last(`"type":"DataIntegrityProof"`, `"type":"DataIntegrityProof","type":"DataIntegrityProof"`), form},
		{"an integer beyond 2^53", replace(`"type":"Note"`, `"type":"Note","size":9007199254740993`), form},
		{"@context less", replace(`["https://www.w3.org/ns/activitystreams","https://w3id.org/security/data-integrity/v2"]`, `["https://www.w3.org/ns/activitystreams"]`), bad},
		{"@context before", replace(`["https://www.w3.org`, `["https://other.example/ns","https://www.w3.org`), bad},
		{"@context in another order", replace(contextsText, `["https://w3id.org/security/data-integrity/v2","https://www.w3.org/ns/activitystreams"]`), bad},
		{"no @context", replace(`"@context":`+contextsText+`,"id"`, `"id"`), bad},
		{"another @context in the proof", last("data-integrity/v2", "data-integrity/v1"), bad},
		{"no @context in the proof", last(`"@context":`+contextsText+`,`, ``), bad},
		{"less @context in the proof", last(contextsText, `["https://www.w3.org/ns/activitystreams"]`), bad},
		{"no proof", func() string { return string(Detach([]byte(good))) }, none},
		{"several proofs", func() string {
			i := strings.Index(good, `"proof":`) + 8
			return good[:i] + "[" + good[i:len(good)-1] + "]}"
		}, bad},
		{"a proof that is text", last(good[strings.Index(good, `"proof":`)+8:len(good)-1], `"yes"`), bad},
		{"a proof that is null", last(good[strings.Index(good, `"proof":`)+8:len(good)-1], `null`), bad},
		{"an empty proof", last(good[strings.Index(good, `"proof":`)+8:len(good)-1], `{}`), bad},
		{"type", last("DataIntegrityProof", "Ed25519Signature2020"), bad},
		{"types", last(`"DataIntegrityProof"`, `["DataIntegrityProof"]`), bad},
		{"cryptosuite", last("eddsa-jcs-2022", "eddsa-rdfc-2022"), bad},
		{"an older cryptosuite", last("eddsa-jcs-2022", "jcs-eddsa-2022"), bad},
		{"no cryptosuite", last(`"cryptosuite":"eddsa-jcs-2022",`, ""), bad},
		{"purpose", last("assertionMethod", "authentication"), bad},
		{"no purpose", last(`"proofPurpose":"assertionMethod",`, ""), bad},
		{"created, a second later", last(when, "2023-02-24T23:36:39Z"), bad},
		{"created, the same in another zone", last(when, "2023-02-25T00:36:38+01:00"), bad},
		{"created in the future", last(when, "2026-11-24T10:00:01Z"), bad},
		{"created, a day alone", last(when, "2023-02-24"), bad},
		{"no created", last(`"created":"`+when+`",`, ""), bad},
		{"expired", last(`"created"`, `"expires":"2024-01-01T00:00:00Z","created"`), bad},
		{"expires at no time", last(`"created"`, `"expires":"never","created"`), bad},
		{"something more in the proof", last(`"created"`, `"domain":"x","created"`), bad},
		{"another key", last("#ed25519-key", "#other"), bad},
		{"the key of another", last(keyID, "https://server.example/users/mallory#ed25519-key"), bad},
		{"a key of another host", last(keyID, "https://evil.example/users/alice#ed25519-key"), bad},
		{"no key", last(`"verificationMethod":"`+keyID+`",`, ""), bad},
		{"an object for a key", last(`"`+keyID+`"`, `{"id":"`+keyID+`"}`), bad},
		{"another signature", last(exampleValue, multibase.Encode(make([]byte, 64))), bad},
		{"a short signature", last(exampleValue, multibase.Encode(make([]byte, 63))), bad},
		{"a long signature", last(exampleValue, multibase.Encode(make([]byte, 65))), bad},
		{"not base58btc", last(exampleValue, "m"+value), bad},
		{"no multibase", last(exampleValue, value), bad},
		{"not of the alphabet", last(exampleValue, "z0"+value[1:]), bad},
		{"space in the signature", last(exampleValue, exampleValue+" "), bad},
		{"no signature", last(`,"proofValue":"`+exampleValue+`"`, ""), bad},
		{"an empty signature", last(exampleValue, ""), bad},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := verify(t, []byte(tt.make()), alice)
			if tt.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// TestC20_KeysOfOthersProveNothing: the key is as good as its owner.
func TestC20_KeysOfOthersProveNothing(t *testing.T) {
	t.Parallel()
	pub := publicKey(t, public)
	other := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)).Public().(ed25519.PublicKey)
	good := proved(t, example)
	tests := []struct {
		name string
		by   actors.URI
		key  Key
		ok   bool
	}{
		{"good", alice, Key{keyID, alice, pub}, true},
		{"another key of the same name", alice, Key{keyID, alice, other}, false},
		{"the same key under another name", alice, Key{keyID + "-2", alice, pub}, false},
		{"attributed to somebody else of the host", "https://server.example/users/bob", Key{keyID, alice, pub}, false},
		{"attributed to somebody else who lists it", "https://evil.example/users/bob", Key{keyID, "https://evil.example/users/bob", pub}, false},
		{"said by nobody", "", Key{keyID, "", pub}, false},
		{"no key", alice, Key{keyID, alice, nil}, false},
		{"half a key", alice, Key{keyID, alice, pub[:16]}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Read(good, tt.by, now)
			if err == nil {
				err = c.Prove(tt.key)
			}
			if (err == nil) != tt.ok || err != nil && !errors.Is(err, ErrProof) {
				t.Errorf("got %v, want %t", err, tt.ok)
			}
		})
	}
}

func TestC20_WhatIsNotProved(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{``, `[]`, `"a"`, `{}`, `{"a":1`, string(proved(t, example))} {
		if got, err := signer(t).Attach([]byte(raw), now); err == nil {
			t.Errorf("%s was proved: %s", raw, got)
		}
	}
	for _, raw := range []string{``, `[]`, `{"a":1`, `{"a":1}`, example} {
		if got := Detach([]byte(raw)); string(got) != raw {
			t.Errorf("%s became %s", raw, got)
		}
	}
	if got := Detach([]byte(` { "proof":{ } , "b" : "\u0041", "a": [ 1 ] } `)); string(got) != `{"b" : "\u0041","a": [ 1 ]}` {
		t.Errorf("became %s", got)
	}
	if got := Detach([]byte(`{"proof":1}`)); string(got) != `{}` {
		t.Errorf("became %s", got)
	}
}

// TestC20_TheBytesStay: nothing of a document changes that gets a proof, however
// it is written.
func TestC20_TheBytesStay(t *testing.T) {
	t.Parallel()
	odd := "{ \"zz\":1.50,\"@context\" : \"https://www.w3.org/ns/activitystreams\", \"a\":\"<&>\\u0041\",\"n\":1E2,\"x\":[ ] }\n"
	got := proved(t, odd)
	if !bytes.HasPrefix(got, []byte(strings.TrimSuffix(odd, "}\n"))) {
		t.Errorf("became %s", got)
	}
	if err := verify(t, got, alice); err != nil {
		t.Error(err)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, got); err != nil {
		t.Fatal(err)
	}
	if err := verify(t, compact.Bytes(), alice); err != nil {
		t.Error("without space:", err)
	}
}

type vector struct {
	Name, Expect, PublicKeyMultibase, SecretKeyMultibase string
	Document                                             json.RawMessage
}

func TestC20_Vectors(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join(sharedFixtures(t), "vectors", "integrity-proofs.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		t.Run(v.Name, func(t *testing.T) {
			if got := judge(t, v); (got == nil) != (v.Expect == "valid") {
				t.Errorf("got %v, want it %s", got, v.Expect)
			}
			if v.Expect == "valid" {
				reproduce(t, v)
			}
		})
	}
	if len(vectors) < 12 {
		t.Errorf("only %d vectors", len(vectors))
	}
}

func judge(t *testing.T, v vector) error {
	var d struct{ Actor, Subject actors.URI }
	if err := json.Unmarshal(v.Document, &d); err != nil {
		t.Fatal(err)
	}
	c, err := Read(v.Document, d.Actor, now)
	if err != nil {
		return err
	}
	if d.Subject != "" { // an identity statement: its key is its name, and it is nobody's
		if c.Method != string(d.Subject) || !ed25519.Verify(publicKey(t, v.PublicKeyMultibase), c.hash[:], c.value) {
			return ErrProof
		}
		return nil
	}
	return c.Prove(Key{keyID, alice, publicKey(t, v.PublicKeyMultibase)})
}

// reproduce makes the same proof again.
func reproduce(t *testing.T, v vector) {
	c, err := Read(v.Document, alice, now)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := open(v.Document)
	if err != nil {
		t.Fatal(err)
	}
	bare := join(nil, doc.out, doc.but("proof", "signature"))
	made, err := Signer{c.Method, signer(t).Key}.Attach(bare, c.Created)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := open(doc.get("proof"))
	got, err := open(made)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.get("proof"), join(nil, want.out, want.parts)) {
		t.Errorf("made  %s\nwant %s", got.get("proof"), doc.get("proof"))
	}
}

func sharedFixtures(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		at := filepath.Join(dir, "shared", "fixtures")
		if info, err := os.Stat(at); err == nil && info.IsDir() {
			return at
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("shared/fixtures is not beside the checkout")
	}
	t.Skip("shared/fixtures is not beside the checkout")
	return ""
}

// FuzzRead: whatever comes, there is no panic, and nothing is proved but what
// the key signed.
func FuzzRead(f *testing.F) {
	f.Add(proved(f, example))
	f.Add([]byte(`{"proof":[{}]}`))
	f.Add([]byte(`{"@context":[],"proof":{"@context":[],"type":"DataIntegrityProof"}}`))
	known, err := Read(proved(f, example), alice, now)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := Read(raw, alice, now)
		if err != nil {
			return
		}
		if c.Prove(Key{keyID, alice, publicKey(t, public)}) == nil && c.hash != known.hash {
			t.Errorf("proved: %q", raw)
		}
		if back := Detach(raw); bytes.Contains(back, []byte(`"proof"`)) {
			if doc, err := open(back); err != nil || doc.get("proof") != nil {
				t.Errorf("still a proof in %q", back)
			}
		}
	})
}

// documents are the example, and a Create as this software writes it.
func documents(b *testing.B) map[string]string {
	raw, err := os.ReadFile("../testdata/ours/create.json")
	if err != nil {
		b.Fatal(err)
	}
	var ours bytes.Buffer
	if err := json.Compact(&ours, raw); err != nil {
		b.Fatal(err)
	}
	return map[string]string{"example": example, "ours": ours.String()}
}

func BenchmarkRead(b *testing.B) {
	for name, text := range documents(b) {
		b.Run(name, func(b *testing.B) {
			doc, key := proved(b, text), Key{keyID, alice, publicKey(b, public)}
			b.ReportAllocs()
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				c, err := Read(doc, alice, now)
				if err == nil {
					err = c.Prove(key)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkAttach(b *testing.B) {
	for name, text := range documents(b) {
		b.Run(name, func(b *testing.B) {
			s, doc := signer(b), []byte(text)
			b.ReportAllocs()
			b.SetBytes(int64(len(doc)))
			for b.Loop() {
				if _, err := s.Attach(doc, now); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

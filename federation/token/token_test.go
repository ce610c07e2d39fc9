package token

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var now = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

func key() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, 32)) }

func mia() Token {
	return Token{
		ID: "03j6vyzv4jbpf", Group: "https://north.example/c/soil", Person: "https://west.example/u/mia", Audience: "south.example",
		Epoch: 3, Role: actors.Member, Key: "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", Issued: now, Expires: now.Add(Life),
	}
}

func shown() Shown {
	m := mia()
	return Shown{
		Group: m.Group, GroupKey: key().Public().(ed25519.PublicKey), Person: m.Person, Key: m.Key, Audience: m.Audience, Epoch: m.Epoch, Now: now,
	}
}

func signed(t testing.TB, m Token) string {
	t.Helper()
	text, err := Sign(m, key())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestGolden: what goes over the wire, as FEDERATION.md shows it.
func TestGolden(t *testing.T) {
	request, err := WriteRequest("south.example")
	if err != nil {
		t.Fatal(err)
	}
	text := signed(t, mia())
	answer, err := WriteAnswer(text, mia().Expires)
	if err != nil {
		t.Fatal(err)
	}
	says, err := base64.RawURLEncoding.DecodeString(strings.Split(text, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	for name, raw := range map[string][]byte{"member_token_request": request, "member_token": answer, "member_token_claims": says} {
		path := "../testdata/ours/" + name + ".json"
		var got bytes.Buffer
		if err := json.Indent(&got, raw, "", "  "); err != nil {
			t.Fatal(err)
		}
		got.WriteByte('\n')
		if *update {
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got.String()); d != "" {
			t.Errorf("%s (-want +got):\n%s", path, d)
		}
	}
	if host, err := ReadRequest(request); err != nil || host != "south.example" {
		t.Errorf("request: %q, %v", host, err)
	}
	if back, err := ReadAnswer(answer); err != nil || back != text {
		t.Errorf("answer: %q, %v", back, err)
	}
}

func TestWhatIsSignedIsRead(t *testing.T) {
	t.Parallel()
	got, err := Read(signed(t, mia()), shown())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(mia(), got); d != "" {
		t.Errorf("-signed +read\n%s", d)
	}
}

// TestS186_TokenIsForOnePurpose: everything that a token says has to be so.
func TestS186_TokenIsForOnePurpose(t *testing.T) {
	t.Parallel()
	good := signed(t, mia())
	for name, change := range map[string]func(*Shown){
		"another community": func(s *Shown) { s.Group += "s" },
		"no community":      func(s *Shown) { s.Group = "" },
		"another person":    func(s *Shown) { s.Person += "s" },
		"nobody":            func(s *Shown) { s.Person = "" },
		"another key":       func(s *Shown) { s.Key += "s" },
		"no key":            func(s *Shown) { s.Key = "" },
		"another host":      func(s *Shown) { s.Audience = "west.example" },
		"no host":           func(s *Shown) { s.Audience = "" },
		"a later epoch":     func(s *Shown) { s.Epoch++ },
		"another signature": func(s *Shown) { s.GroupKey = ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey) },
		"no public key":     func(s *Shown) { s.GroupKey = nil },
		"half a key":        func(s *Shown) { s.GroupKey = s.GroupKey[:16] },
	} {
		s := shown()
		change(&s)
		if _, err := Read(good, s); !errors.Is(err, ErrToken) {
			t.Errorf("shown for %s: %v", name, err)
		}
	}
}

// TestS188_TokenEndsWithinTenMinutes: also where the clock of whoever reads it is behind.
func TestS188_TokenEndsWithinTenMinutes(t *testing.T) {
	t.Parallel()
	if Life+Skew > MaxLife {
		t.Fatalf("a token may be believed for %s", Life+Skew)
	}
	text := signed(t, mia())
	for _, c := range []struct {
		after time.Duration
		want  bool
	}{
		{-Skew - time.Second, false}, {-Skew, true}, {0, true}, {Life, true}, {Life + Skew - time.Second, true}, {Life + Skew, false}, {MaxLife, false},
	} {
		s := shown()
		s.Now = now.Add(c.after)
		if _, err := Read(text, s); (err == nil) != c.want {
			t.Errorf("%s after it was issued: %v", c.after, err)
		}
	}
	long := mia()
	long.Expires = now.Add(MaxLife + time.Second)
	if _, err := Read(signed(t, long), shown()); !errors.Is(err, ErrToken) {
		t.Errorf("a token that lives too long: %v", err)
	}
}

// TestS186_ClaimsMustBeThere: one that is left out is never taken for one that fits.
func TestS186_ClaimsMustBeThere(t *testing.T) {
	t.Parallel()
	parts := strings.Split(signed(t, mia()), ".")
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	again := func(change func(map[string]any)) string {
		var says map[string]any
		if err := json.Unmarshal(raw, &says); err != nil {
			t.Fatal(err)
		}
		change(says)
		body, err := json.Marshal(says)
		if err != nil {
			t.Fatal(err)
		}
		text := parts[0] + "." + base64.RawURLEncoding.EncodeToString(body)
		return text + "." + base64.RawURLEncoding.EncodeToString(ed25519.Sign(key(), []byte(text)))
	}
	if _, err := Read(again(func(map[string]any) {}), shown()); err != nil {
		t.Fatalf("written again as it was: %v", err)
	}
	for _, claim := range []string{"iss", "sub", "aud", "exp", "iat", "epoch", "cnf"} {
		if _, err := Read(again(func(says map[string]any) { delete(says, claim) }), shown()); !errors.Is(err, ErrToken) {
			t.Errorf("without %s: %v", claim, err)
		}
		if _, err := Read(again(func(says map[string]any) { says[claim] = nil }), shown()); !errors.Is(err, ErrToken) {
			t.Errorf("%s is null: %v", claim, err)
		}
		if _, err := Read(again(func(says map[string]any) { says[claim] = []any{map[string]any{}} }), shown()); !errors.Is(err, ErrToken) {
			t.Errorf("%s is of another shape: %v", claim, err)
		}
	}
	both := again(func(says map[string]any) { says["aud"] = []string{"south.example", "west.example"} })
	if _, err := Read(both, shown()); !errors.Is(err, ErrToken) {
		t.Errorf("for two hosts: %v", err)
	}
}

func TestWireIsStrict(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "null x", `{"audience":1}`, `{"audience":"a"}{}`, `[]`, `"a"`, `{"audience":"a"`} {
		if host, err := ReadRequest([]byte(raw)); err == nil {
			t.Errorf("%q is read as %q", raw, host)
		}
	}
	if text, err := ReadAnswer([]byte(`{"token":7}`)); err == nil {
		t.Errorf("a number is read as %q", text)
	}
}

// FuzzRead: nothing but the very text that was signed is a token.
func FuzzRead(f *testing.F) {
	good := signed(f, mia())
	f.Add(good)
	f.Add(good + ".")
	f.Add(good + "\n")
	f.Add("eyJhbGciOiJub25lIn0.e30.")
	f.Add(strings.Replace(good, ".", "..", 1))
	f.Add(strings.ToLower(good))
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Read(text, shown())
		if err == nil && text != good {
			t.Fatalf("%q is a token: %+v", text, got)
		}
		if err != nil && !errors.Is(err, ErrToken) {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

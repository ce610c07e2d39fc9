package actors

import (
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestS67_OnlyCanonicalAddressesAreAccepted(t *testing.T) {
	t.Parallel()
	accepted := []string{
		"https://peer.example/u/ann",
		"https://peer.example/",
		"https://peer.example/u/ann#main-key",
		"https://peer.example/?author=1",
		"https://peer.example/u/ann?page=2&x=../y",
		"https://a.b.c.peer.example/@ann",
		"https://xn--bcher-kva.example/u/x",
		"https://peer.example/a%20b/c%2Fd",
		"https://peer.example/uid/1#activity/create/2024-01-01T00:00:00Z",
		"https://peer.example//double",
		"https://peer.example?c=148",
		"https://peer.example/part-4/#activity#activity",
		"https://peer.example/.well-known/x",
		"https://peer.example/a..b/...",
		"https://1und1.example/x",
	}
	for _, s := range accepted {
		if u, err := (Addresses{}).Parse(s); err != nil || string(u) != s {
			t.Errorf("Parse(%q) = %q, %v", s, u, err)
		}
	}
	refused := []string{
		"", "x", "/u/ann", "//peer.example/u/ann", "peer.example/u/ann", "https:", "https://", "https:///x",
		"https:peer.example/x", "https://peer.example", "https://peer.example?", "https://peer.example#x",
		"HTTPS://peer.example/x", "https://PEER.example/x", "https://peer.example./x", "https://peer.example:443/x",
		"https://peer.example:/x", "https://user@peer.example/x", "https://user:pw@peer.example/x", "https://@peer.example/x",
		"https://ⓔvil.example/x", "https://ｅvil.example/x", "https://evil。example/x", "https://ev\u00adil.example/x",
		"https://%65vil.example/x", "https://peer.example/../x", "https://peer.example/a/..", "https://peer.example/./x",
		"https://peer.example/a/.", "https://peer.example/%2e%2e/x", "https://peer.example/%2E./x",
		"https://peer.example/..%2fx", "https://peer.example/a%5c..%5cx", "https://peer.example/%61nn",
		"https://peer.example/a%00b", "https://peer.example/a%0d%0ab", "https://peer.example/a%zz", "https://peer.example/a%",
		"https://peer.example/x#", "https://peer.example/x?",
		"https://peer.example/a b", "https://peer.example/a\tb", "https://peer.example/a\nb", " https://peer.example/x",
		"https://peer.example/x\x00", "https://peer.example\\@evil.example/x", "https://peer.example/a\\b",
		"https://peer.example/\"x", "https://peer.example/<x>", "https://peer.example/é",
		"https://-peer.example/x", "https://peer-.example/x", "https://pe_er.example/x", "https://peer..example/x",
		"https://.peer.example/x", "https://localhost/x", "https://a.localhost/x", "https://intranet/x",
		"https://" + strings.Repeat("a", 64) + ".example/x",
		"https://" + strings.Repeat("a.", 130) + "example/x",
		"https://peer.example/" + strings.Repeat("a", maxURI),
	}
	for _, s := range refused {
		if u, err := (Addresses{}).Parse(s); !errors.Is(err, ErrAddress) || u != "" {
			t.Errorf("Parse(%q) = %q, %v", s, u, err)
		}
	}
}

func TestS82_OtherSchemesAreRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"http://peer.example/x", "file:///etc/passwd", "file://peer.example/x", "gopher://peer.example/x",
		"ftp://peer.example/x", "unix:///run/x", "dict://peer.example/x", "https+unix://peer.example/x",
		"data:text/plain,x", "javascript:alert(1)", "acct:ann@peer.example", "ht\ntps://peer.example/x",
	} {
		if _, err := (Addresses{}).Parse(s); !errors.Is(err, ErrAddress) {
			t.Errorf("Parse(%q): %v", s, err)
		}
		if strings.HasPrefix(s, "http://") {
			continue
		}
		if _, err := (Addresses{Development: true}).Parse(s); !errors.Is(err, ErrAddress) {
			t.Errorf("in development Parse(%q): %v", s, err)
		}
	}
}

func TestS83_PortsAreRefusedOutsideDevelopment(t *testing.T) {
	t.Parallel()
	for _, port := range []string{"22", "80", "6379", "8443"} {
		s := "https://peer.example:" + port + "/x"
		if _, err := (Addresses{}).Parse(s); !errors.Is(err, ErrAddress) {
			t.Errorf("Parse(%q): %v", s, err)
		}
	}
	for s, ok := range map[string]bool{
		"http://north.localhost:8080/x": true, "http://127.0.0.1:8080/x": true, "https://peer.example:8443/x": true,
		"http://localhost:65535/x": true, "http://localhost:65536/x": false, "http://localhost:0/x": false,
		"http://localhost:080/x": false, "http://localhost:+80/x": false, "http://localhost:80/x": false,
		"https://localhost:443/x": false, "http://localhost:443/x": true, "http://localhost:/x": false,
	} {
		if _, err := (Addresses{Development: true}).Parse(s); (err == nil) != ok {
			t.Errorf("in development Parse(%q): %v", s, err)
		}
	}
}

func TestS85_AddressesOfMachinesAreRefused(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"127.0.0.1", "8.8.8.8", "127.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001", "１２７.0.0.1",
		"ⓛocalhost", "[::1]", "[2606:4700::1]", "[::ffff:127.0.0.1]", "1.2.3.4.5", "256.256.256.256",
	} {
		if _, err := (Addresses{}).Parse("https://" + host + "/x"); !errors.Is(err, ErrAddress) {
			t.Errorf("host %q: %v", host, err)
		}
	}
	for _, host := range []string{"127.1", "2130706433", "0x7f.1", "[::1]", "[::1]:80", "256.256.256.256", "１２７.0.0.1"} {
		if _, err := (Addresses{Development: true}).Parse("http://" + host + "/x"); !errors.Is(err, ErrAddress) {
			t.Errorf("in development host %q: %v", host, err)
		}
	}
}

func TestURIPartsAreThoseOfTheAddress(t *testing.T) {
	t.Parallel()
	tests := []struct {
		u            URI
		host, origin string
		without      URI
	}{
		{"https://a.example/u/x#main-key", "a.example", "https://a.example", "https://a.example/u/x"},
		{"http://north.localhost:8080/", "north.localhost:8080", "http://north.localhost:8080", "http://north.localhost:8080/"},
		{"https://a.example?x", "a.example", "https://a.example", "https://a.example?x"},
		{"nothing", "", "", "nothing"},
		{"", "", "", ""},
	}
	for _, tt := range tests {
		if got := tt.u.Host(); got != tt.host {
			t.Errorf("%q.Host() = %q", tt.u, got)
		}
		if got := tt.u.Origin(); got != tt.origin {
			t.Errorf("%q.Origin() = %q", tt.u, got)
		}
		if got := tt.u.WithoutFragment(); got != tt.without {
			t.Errorf("%q.WithoutFragment() = %q", tt.u, got)
		}
	}
}

func TestSameOriginComparesSchemeHostAndPort(t *testing.T) {
	t.Parallel()
	a := URI("https://a.example/x")
	for v, want := range map[URI]bool{
		"https://a.example/y": true, "https://b.example/x": false, "http://a.example/x": false,
		"https://a.example.evil.example/x": false, "https://a.example:8443/x": false, "": false,
	} {
		if got := a.SameOrigin(v); got != want {
			t.Errorf("SameOrigin(%q) = %v", v, got)
		}
	}
	if URI("").SameOrigin("") || URI("x").SameOrigin("y") {
		t.Error("two values without an origin share one")
	}
}

// The ids in documents of other software must all be acceptable.
func TestIDsOfPeersAreAccepted(t *testing.T) {
	t.Parallel()
	root := sharedFixtures(t)
	seen := 0
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".json" || strings.Contains(path, "contexts") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var doc map[string]any
		if json.Unmarshal(raw, &doc) != nil {
			return nil
		}
		for _, name := range []string{"id", "actor", "inbox", "outbox", "followers"} {
			s, _ := doc[name].(string)
			if !strings.HasPrefix(s, "https://") {
				continue
			}
			seen++
			if _, err := (Addresses{Development: true}).Parse(s); err != nil {
				t.Errorf("%s: %s %q: %v", filepath.Base(path), name, s, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 100 {
		t.Errorf("only %d addresses found", seen)
	}
}

// sharedFixtures finds shared/fixtures beside the checkout.
func sharedFixtures(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		root := filepath.Join(dir, "shared", "fixtures")
		if _, err := os.Stat(root); err == nil {
			return root
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("the documents of peers (shared/fixtures) are missing")
	}
	t.Skip("the documents of peers (shared/fixtures) are not here")
	return ""
}

// P5: what Parse accepts names its host in the text itself, and url.Parse
// reads the same one.
func FuzzAddresses(f *testing.F) {
	for _, s := range []string{
		"https://peer.example/u/ann#main-key", "https://peer.example:8443/x?y", "http://127.0.0.1:80/x",
		"https://user@peer.example/x", "https://[::1]/x", "https://ⓔ.example/%2e%2e/", "https:peer.example/x", "https://a\\@b/",
	} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, development bool) {
		a := Addresses{Development: development}
		u, err := a.Parse(s)
		if err != nil {
			if u != "" || !errors.Is(err, ErrAddress) {
				t.Fatalf("refused with value %q and error %v", u, err)
			}
			return
		}
		rest, ok := strings.CutPrefix(s, u.Origin())
		if string(u) != s || !ok || rest[0] != '/' && rest[0] != '?' {
			t.Fatalf("origin %q is no prefix of %q", u.Origin(), s)
		}
		parsed, err := url.Parse(s)
		if err != nil || parsed.Host != u.Host() || parsed.Scheme+"://"+parsed.Host != u.Origin() {
			t.Fatalf("url.Parse(%q) gives host %q, Host() %q", s, parsed.Host, u.Host())
		}
		if h, err := a.ParseHost(u.Host()); err != nil || h != u.Host() {
			t.Fatalf("ParseHost(%q) = %q, %v", u.Host(), h, err)
		}
		if strings.ToLower(u.Host()) != u.Host() || parsed.User != nil {
			t.Fatalf("%q is not canonical", s)
		}
		if again, err := a.Parse(parsed.String()); err != nil || again.Host() != u.Host() {
			t.Fatalf("%q does not survive url.URL: %q, %v", s, parsed.String(), err)
		}
	})
}

package sign

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
)

func bobSigns() Signer {
	return Signer{KeyID: bobID, Key: rsaKey(), Ed25519KeyID: ourEd, Ed25519: edKey}
}

// bobsKeys are both keys of bob.
func bobsKeys() *keyring {
	keys := bobsKey(rsaKey().Public())
	keys.keys[ourEd] = Key{ID: ourEd, Owner: bob, Public: edKey.Public()}
	return keys
}

// The golden files hold the exact form of protocol.md 3.3.
func TestC18_FormOfASignedRequest(t *testing.T) {
	t.Parallel()
	s := bobSigns()
	s.Key = keptKey(t)
	for _, tt := range []struct {
		name, method, url, body string
		style                   actors.Style
	}{
		{"rfc9421_post", "POST", "https://hub.example.gov.uk/c/planning/inbox", note, actors.StyleRFC9421},
		{"rfc9421_get", "GET", "https://hub.example.gov.uk/c/planning/outbox?page=2", "", actors.StyleRFC9421},
		{"ed25519_post", "POST", "https://hub.example.gov.uk/c/planning/inbox", note, actors.StyleEd25519},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRequest(t, tt.method, tt.url, tt.body)
			if err := s.SignAs(tt.style, r, []byte(tt.body), testNow); err != nil {
				t.Fatal(err)
			}
			got := "Host: " + r.Host + "\n"
			for _, name := range []string{"Date", "Content-Type", "Digest", "Content-Digest", "Signature-Input", "Signature"} {
				for _, v := range r.Header[name] {
					got += name + ": " + v + "\n"
				}
			}
			want, err := os.ReadFile(filepath.Join("testdata", tt.name+".txt"))
			if err != nil {
				t.Fatalf("%v; it would be\n%s", err, got)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestC18_FormAsWrittenDown(t *testing.T) {
	t.Parallel()
	r := newRequest(t, "POST", home+"/inbox", note)
	if err := bobSigns().SignAs(actors.StyleRFC9421, r, []byte(note), testNow); err != nil {
		t.Fatal(err)
	}
	for name, pattern := range map[string]string{
		"Signature-Input": `^sig1=\("@method" "@target-uri" "content-type" "content-digest"\);created=1780992301;keyid="https://peer\.example/u/bob#main-key";alg="rsa-v1_5-sha256"$`,
		"Signature":       `^sig1=:[A-Za-z0-9+/]{342}==:$`,
		"Content-Digest":  `^sha-256=:[A-Za-z0-9+/]{43}=:$`,
	} {
		if v := r.Header.Values(name); len(v) != 1 || !regexp.MustCompile(pattern).MatchString(v[0]) {
			t.Errorf("%s: %q does not match %s", name, v, pattern)
		}
	}
}

func TestSignAs_WhatIsSignedIsBelieved(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ method, url, body string }{
		{"POST", "/c/planning/inbox", note}, {"POST", "/inbox", ""}, {"POST", "/inbox?a=b", note}, {"GET", "/c/planning", ""}, {"", "", ""},
		{"HEAD", "/c/planning", ""}, {"GET", "/outbox?page=2&q=a%20b", ""}, {"GET", "/outbox?", ""}, {"GET", "/caf%C3%A9/a%2Fb", ""}, {"GET", "/caf\u00e9", ""},
	} {
		r := newRequest(t, tt.method, home+tt.url, tt.body)
		for _, style := range []actors.Style{actors.StyleCavage, actors.StyleRFC9421, actors.StyleEd25519, actors.StyleCavage} {
			if tt.method == "POST" {
				r.Header.Set("Content-Type", "application/activity+json")
			}
			if err := bobSigns().SignAs(style, r, []byte(tt.body), testNow); err != nil {
				t.Fatal(err)
			}
			v, err := Verify(t.Context(), r, []byte(tt.body), bobsKeys(), home, testNow)
			if err != nil || v.Signer() != bob || (v.Style() == actors.StyleCavage) != (style == actors.StyleCavage) || (v.KeyID() == ourEd) != (style == actors.StyleEd25519) {
				t.Errorf("%s %q as %s: %v, %+v", tt.method, tt.url, style, err, v)
			}
			for _, name := range []string{"Signature-Input", "Content-Digest"} {
				if style == actors.StyleCavage && r.Header.Get(name) != "" {
					t.Errorf("%s %q: %s in the older style", tt.method, tt.url, name)
				}
			}
			if style != actors.StyleCavage && r.Header.Get("Digest")+r.Header.Get("Date") != "" {
				t.Errorf("%s %q: headers of the older style as %s", tt.method, tt.url, style)
			}
		}
	}
}

// Over a real connection the request line and the headers are what net/http
// makes of them.
func TestC18_WhatIsSignedIsBelievedOverHTTP(t *testing.T) {
	t.Parallel()
	var err error
	srv := httptest.NewServer(nil)
	defer srv.Close()
	srv.Config.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body []byte
		if body, err = io.ReadAll(r.Body); err == nil {
			_, err = Verify(r.Context(), r, body, bobsKeys(), srv.URL, testNow)
		}
	})
	for _, style := range []actors.Style{actors.StyleRFC9421, actors.StyleEd25519} {
		for _, tt := range []struct{ method, path, body string }{
			{"POST", "/inbox", note}, {"GET", "/caf%C3%A9/a%2Fb?x=%20y", ""}, {"GET", "", ""}, {"GET", "/?", ""},
		} {
			r := newRequest(t, tt.method, srv.URL+tt.path, tt.body)
			if err := bobSigns().SignAs(style, r, []byte(tt.body), testNow); err != nil {
				t.Fatal(err)
			}
			res, doErr := http.DefaultClient.Do(r)
			if doErr != nil {
				t.Fatal(doErr)
			}
			res.Body.Close()
			if err != nil {
				t.Errorf("%s %s as %s: %v", tt.method, tt.path, style, err)
			}
		}
	}
}

func TestSignAs_RefusesWithoutTheKey(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		s     Signer
		style actors.Style
	}{
		"no RSA key":              {Signer{KeyID: bobID, Ed25519KeyID: ourEd, Ed25519: edKey}, actors.StyleRFC9421},
		"no Ed25519 key":          {Signer{KeyID: bobID, Key: rsaKey(), Ed25519KeyID: ourEd}, actors.StyleEd25519},
		"no Ed25519 key id":       {Signer{KeyID: bobID, Key: rsaKey(), Ed25519: edKey}, actors.StyleEd25519},
		"a quote in the key id":   {Signer{KeyID: `https://peer.example/"#main-key`, Key: rsaKey()}, actors.StyleRFC9421},
		"a key id without a name": {Signer{KeyID: "https://peer.example/u/bob", Key: rsaKey()}, actors.StyleRFC9421},
	} {
		r := newRequest(t, "POST", home+"/inbox", note)
		if err := tt.s.SignAs(tt.style, r, []byte(note), testNow); err == nil || r.Header.Get("Signature") != "" {
			t.Errorf("%s: signed", name)
		}
	}
	if got := (Signer{KeyID: bobID, Key: rsaKey()}).Best(actors.StyleEd25519); got != actors.StyleRFC9421 {
		t.Errorf("without an Ed25519 key the best is %s", got)
	}
}

func TestAcceptSignature_IsBuiltAsAsked(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, method, field, input string }{
		{"as this node asks", "POST", AcceptSignature,
			`sig1=("@method" "@target-uri" "content-digest" "content-type");created=1780992301;keyid="` + bobID + `";alg="rsa-v1_5-sha256"`},
		{"too little is made up for", "POST", `s=("@method");created`,
			`s=("@method" "@target-uri" "content-type" "content-digest");created=1780992301;keyid="` + bobID + `";alg="rsa-v1_5-sha256"`},
		{"nothing", "GET", `s=()`, `s=("@method" "@target-uri");created=1780992301;keyid="` + bobID + `";alg="rsa-v1_5-sha256"`},
		{"nonce, tag and an end", "POST", `x.y=("@authority" "date" "host");nonce="n0;,";created;expires;tag="app"`,
			`x.y=("@authority" "date" "host" "@method" "@target-uri" "content-type" "content-digest");created=1780992301;keyid="` + bobID +
				`";alg="rsa-v1_5-sha256";expires=1780992601;nonce="n0;,";tag="app"`},
		{"Ed25519", "POST", `sig1=("@method" "@target-uri" "content-digest");created;keyid;alg="ed25519"`,
			`sig1=("@method" "@target-uri" "content-digest" "content-type");created=1780992301;keyid="` + ourEd + `";alg="ed25519"`},
		{"this very key", "GET", `s=("@method");keyid="` + bobID + `"`, `s=("@method" "@target-uri");created=1780992301;keyid="` + bobID + `";alg="rsa-v1_5-sha256"`},
		{"digest of a GET", "GET", `s=("content-digest")`, `s=("content-digest" "@method" "@target-uri");created=1780992301;keyid="` + bobID + `";alg="rsa-v1_5-sha256"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := bobSigns()
			w, ok := s.ParseAccept(tt.field)
			if !ok {
				t.Fatal("refused")
			}
			body := note
			if tt.method == "GET" {
				body = ""
			}
			r := newRequest(t, tt.method, home+"/c/planning", body)
			if err := s.SignAsked(w, r, []byte(body), testNow); err != nil {
				t.Fatal(err)
			}
			if got := r.Header.Get("Signature-Input"); got != tt.input {
				t.Errorf("got  %s\nwant %s", got, tt.input)
			}
			if _, err := Verify(t.Context(), r, []byte(body), bobsKeys(), home, testNow); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAcceptSignature_WhatWouldNotBeSignedIsRefused(t *testing.T) {
	t.Parallel()
	for name, field := range map[string]string{
		"nothing": "", "no list": `sig1=?1`, "words": "please", "a header with secrets": `s=("authorization")`, "a cookie": `s=("cookie")`,
		"any header": `s=("x-forwarded-for")`, "the older digest": `s=("digest")`, "a parameter": `s=("@method";req)`, "an unknown component": `s=("@status")`,
		"a single query parameter": `s=("@query-param";name="a")`, "two signatures": `s=("@method"), t=("@method")`, "PSS": `s=("@method");alg="rsa-pss-sha512"`,
		"HMAC": `s=("@method");alg="hmac-sha256"`, "another key": `s=("@method");keyid="https://evil.example/u/mal#main-key"`,
		"the other key": `s=("@method");keyid="` + ourEd + `"`, "a time": `s=("@method");created=1`, "an end": `s=("@method");expires=99999999999`,
		"an unknown parameter": `s=("@method");x`, "two nonces": `s=("@method");nonce="a";nonce="b"`, "a nonce without a value": `s=("@method");nonce`,
		"a long nonce": `s=("@method");nonce="` + strings.Repeat("a", 257) + `"`, "too long": `s=("@method")` + strings.Repeat(";created", 200),
		"a component twice": `s=("@method" "@method")`, "capitals": `S=("@method")`, "a line break": "s=(\"@method\");nonce=\"\r\nX: y\"",
	} {
		if _, ok := bobSigns().ParseAccept(field); ok {
			t.Errorf("%s: %q is taken", name, field)
		}
	}
	if _, ok := (Signer{KeyID: bobID, Key: rsaKey()}).ParseAccept(`s=("@method");alg="ed25519"`); ok {
		t.Error("Ed25519 is taken without a key")
	}
}

func TestAcceptSignature_IsMetByWhatWasSent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		field string
		style actors.Style
		write bool
		want  bool
	}{
		{AcceptSignature, actors.StyleCavage, true, false},
		{AcceptSignature, actors.StyleRFC9421, true, true},
		{AcceptSignature, actors.StyleEd25519, true, true},
		{AcceptSignature, actors.StyleRFC9421, false, false},
		{AcceptSignature + `;nonce="x"`, actors.StyleRFC9421, true, false},
		{AcceptSignature + `;expires`, actors.StyleRFC9421, true, false},
		{AcceptSignature + `;alg="ed25519"`, actors.StyleRFC9421, true, false},
		{AcceptSignature + `;alg="ed25519"`, actors.StyleEd25519, true, true},
		{`s=("@authority")`, actors.StyleRFC9421, true, false},
	} {
		w, ok := bobSigns().ParseAccept(tt.field)
		if got := w.IsMetBy(tt.style, tt.write); !ok || got != tt.want {
			t.Errorf("%s by %s: %v, want %v", tt.field, tt.style, got, tt.want)
		}
	}
}

// FuzzAccept looks for a wish that makes a request which this node would not
// believe itself, or one that says more than what the request is.
func FuzzAccept(f *testing.F) {
	for _, field := range []string{AcceptSignature, `s=();nonce="x";tag="y";expires;alg="ed25519"`, `a*b=("date" "host" "@query")`} {
		f.Add(field)
	}
	f.Fuzz(func(t *testing.T, field string) {
		s := bobSigns()
		w, ok := s.ParseAccept(field)
		if !ok {
			return
		}
		r, err := http.NewRequest("POST", home+"/inbox?a", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/activity+json")
		if err := s.SignAsked(w, r, []byte(note), testNow); err != nil {
			t.Fatal(err)
		}
		if _, err := Verify(t.Context(), r, []byte(note), bobsKeys(), home, testNow); err != nil {
			t.Errorf("%q: %v", field, err)
		}
	})
}

func benchmarkSign(b *testing.B, style actors.Style) {
	s, body := bobSigns(), []byte(strings.Repeat(note, 20))
	b.ReportAllocs()
	for b.Loop() {
		r, _ := http.NewRequest("POST", home+"/inbox", nil)
		r.Header.Set("Content-Type", "application/activity+json")
		benchErr = s.SignAs(style, r, body, testNow)
	}
}

func BenchmarkSign9421(b *testing.B) { benchmarkSign(b, actors.StyleRFC9421) }

func BenchmarkSignEd25519(b *testing.B) { benchmarkSign(b, actors.StyleEd25519) }

func benchmarkVerify9421(b *testing.B, style actors.Style) {
	body := []byte(strings.Repeat(note, 20))
	r, _ := http.NewRequest("POST", home+"/inbox", nil)
	r.Header.Set("Content-Type", "application/activity+json")
	if err := bobSigns().SignAs(style, r, body, testNow); err != nil {
		b.Fatal(err)
	}
	keys := bobsKeys()
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		_, benchErr = Verify(b.Context(), r, body, keys, home, testNow)
	}
	if benchErr != nil {
		b.Fatal(benchErr)
	}
}

func BenchmarkVerify9421(b *testing.B) { benchmarkVerify9421(b, actors.StyleRFC9421) }

func BenchmarkVerifyEd25519(b *testing.B) { benchmarkVerify9421(b, actors.StyleEd25519) }

package inbox_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"moothall/actors"
	"moothall/federation/fedtest"
	"moothall/store"
)

// newer signs a letter after RFC 9421 in place of the older style.
func newer(l *fedtest.Letter) {
	_ = l.Signer.SignAs(actors.StyleRFC9421, l.Request, l.Body, l.At) // what is not signed is refused
}

// TestS12_S39_StylesAreNotMixed crosses the two styles of signature, and several
// signatures, in every way that makes one reader see another signer than the next.
func TestS12_S39_StylesAreNotMixed(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	edit := func(name string, f func(string) string) func(http.Header) {
		return func(h http.Header) { h.Set(name, f(h.Get(name))) }
	}
	says := func(old, new string) func(string) string {
		return func(v string) string { return strings.ReplaceAll(v, old, new) }
	}
	bob := string(s.bob.URI) + "#main-key"
	for name, tt := range map[string]struct {
		older bool
		spoil func(h http.Header)
	}{
		"newer, without what it signs": {false, func(h http.Header) { h.Del("Signature-Input") }},
		"newer, named otherwise":       {false, edit("Signature", says("sig1=", "sig2="))},
		"newer, by another key":        {false, edit("Signature-Input", says(s.mal.KeyID(), bob))},
		"newer, twice":                 {false, edit("Signature-Input", func(v string) string { return v + ", " + strings.Replace(v, "sig1", "sig2", 1) })},
		"newer, the same name twice":   {false, edit("Signature", func(v string) string { return v + ", " + v })},
		"newer, two fields":            {false, func(h http.Header) { h.Add("Signature-Input", h.Get("Signature-Input")) }},
		"newer, two keys":              {false, edit("Signature-Input", func(v string) string { return v + `;keyid="` + bob + `"` })},
		"newer, a part of a component": {false, edit("Signature-Input", says(`"@method"`, `"@method";req`))},
		"newer, without the digest":    {false, edit("Signature-Input", says(` "content-digest"`, ""))},
		"newer, without the target":    {false, edit("Signature-Input", says(` "@target-uri"`, ""))},
		"newer, another digest beside": {false, func(h http.Header) { h.Set("Digest", "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=") }},
		"older, as if it were newer": {true, func(h http.Header) {
			h.Set("Signature-Input", `sig1=("@method" "@target-uri" "content-digest");created=1795510800;keyid="`+bob+`"`)
		}},
		"older, with an empty newer":   {true, func(h http.Header) { h.Set("Signature-Input", "") }},
		"older, with a newer's name":   {true, edit("Signature", func(v string) string { return "sig1=:" + v + ":" })},
		"older, and in Authorization":  {true, func(h http.Header) { h.Set("Authorization", "Signature "+h.Get("Signature")) }},
		"older, another digest beside": {true, func(h http.Header) { h.Set("Content-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:") }},
	} {
		t.Run(name, func(t *testing.T) {
			s.T, s.t = t, t
			since := len(s.Exchanges())
			s.Unchanged(here, func() {
				r := s.sends(s.mal, s.create(s.mal, "Foul", nil), fedtest.After(func(l *fedtest.Letter) {
					if !tt.older {
						newer(l)
					}
					tt.spoil(l.Request.Header)
				}))
				s.Settle()
				if r.Status != http.StatusUnauthorized {
					t.Errorf("answered %d %s, want 401", r.Status, r.Body)
				}
			})
			asked := slices.DeleteFunc(s.egress(since), func(e string) bool {
				return name == "newer, by another key" && e == "GET "+string(s.bob.URI) // S30: it may be new
			})
			if len(asked) > 0 {
				t.Errorf("asked for %v", asked)
			}
		})
	}
	s.T, s.t = t, t
	s.sends(s.mal, s.create(s.mal, "As it should be", nil), fedtest.After(newer))
	s.Settle()
	s.ann.Sees(s.parks, "As it should be")
}

// TestS73_S74_OneReadingOfWhoDidIt: a name that two readers could take for another is
// refused, or means the same to all of them.
func TestS73_S74_OneReadingOfWhoDidIt(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	other := `"` + string(s.bob.URI) + `"`
	for name, more := range map[string]string{
		"twice":               `"actor":` + other,
		"twice, with escapes": `"\u0061ctor":` + other,
		"in capitals":         `"Actor":` + other,
		"of a vocabulary":     `"as:actor":` + other,
		"expanded":            `"https://www.w3.org/ns/activitystreams#actor":` + other,
		"two ids":             `"@id":"https://peer.example/a/99"`,
		"two types":           `"@type":"Delete"`,
		"two types, alike":    `"Type":"Delete"`,
	} {
		for _, proved := range []bool{false, true} {
			create := s.create(s.mal, "Whose", nil)
			if proved {
				create = s.mal.Proves(create)
			}
			raw := bytesOf(t, create)
			for _, body := range []string{"{" + more + "," + string(raw[1:]), string(raw[:len(raw)-1]) + "," + more + "}"} {
				by := s.mal
				if proved {
					by = s.bob // who may only pass it on
				}
				s.sends(by, create, fedtest.Before(func(l *fedtest.Letter) { l.Body = []byte(body) }))
				s.Settle()
				p, ok := s.post(create["object"].(doc)["id"])
				if !ok {
					continue
				}
				s.read(func(ctx context.Context, tx *store.Tx) error {
					who, err := tx.Actor(ctx, p.Author)
					if who.URI != s.mal.URI || proved {
						t.Errorf("%s (proved %v): it is by %s", name, proved, who.URI)
					}
					return err
				})
			}
		}
	}
}

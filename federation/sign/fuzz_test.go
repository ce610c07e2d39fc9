package sign

import (
	"net/http"
	"strings"
	"testing"
)

// FuzzParse looks for a request that makes the parser panic, and for one that it
// accepts though nothing was signed that must be.
func FuzzParse(f *testing.F) {
	m := goodPost()
	m.sign()
	r := goodLetter().request()
	f.Add(m.signatureHeader(), "", digestOf(note))
	f.Add(r.Header.Get("Signature"), r.Header.Get("Signature-Input"), contentDigestOf(note))
	f.Add("sig1=:AAAA:", `sig1=("@method" "@authority";req);created=1;keyid="x"`, "sha-256=::")
	f.Fuzz(func(t *testing.T, signature, input, digest string) {
		h := http.Header{
			"Signature": {signature}, "Date": {httpDate(0)}, "Digest": {digest},
			"Content-Type": {"application/activity+json"}, "Content-Digest": {digest},
		}
		if input != "" {
			h["Signature-Input"] = []string{input}
		}
		r := &http.Request{Method: "POST", RequestURI: "/inbox", Host: hub, Header: h}
		q, err := Parse(r, []byte(note), home, testNow)
		if err != nil {
			return
		}
		signed := string(q.signed)
		switch {
		case q.KeyID() == "" || len(q.signature) == 0:
			t.Errorf("believed without key or signature")
		case input == "" && !strings.Contains(signed, "(request-target): post /inbox"), input == "" && !strings.Contains(signed, "\ndigest: ") && !strings.HasPrefix(signed, "digest: "):
			t.Errorf("signs too little: %q", signed)
		case input != "" && !strings.HasSuffix(signed, strings.SplitN(input, "=", 2)[1]):
			t.Errorf("signs other parameters than were sent: %q", signed)
		case input != "" && (!strings.Contains(signed, `"@method": POST`) || !strings.Contains(signed, `"content-digest": `)):
			t.Errorf("signs too little: %q", signed)
		}
	})
}

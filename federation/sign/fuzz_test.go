package sign

import (
	"errors"
	"net/http"
	"strings"
	"testing"
)

// FuzzParse feeds the Signature header. Whatever is in it, Parse does not
// panic, refuses with a Failure or covers what has to be covered, and takes the
// key id from between quotes in the header.
func FuzzParse(f *testing.F) {
	m := goodPost()
	m.sign()
	good := m.signatureHeader()
	f.Add(good)
	f.Add(strings.ReplaceAll(good, ",", " , "))
	f.Add(strings.ReplaceAll(good, "keyId", "KEYID"))
	f.Add(strings.Replace(good, "rsa-sha256", "hs2019", 1) + `,created=1780992301,expires="1780992401"`)
	f.Add(`keyId="a",headers="date",signature="AAAA"`)
	f.Add(`keyId=a,signature=`)
	f.Add(`keyId="a\"b",signature="AAAA"`)
	f.Add(`sig1=:AAAA:`)
	f.Add("")
	f.Fuzz(func(t *testing.T, header string) {
		r := m.request()
		r.Header["Signature"] = []string{header}
		q, err := Parse(r, []byte(m.body), hub, testNow)
		if err != nil {
			var failure *Failure
			if !errors.As(err, &failure) || q != nil || failure.Code == "" {
				t.Fatalf("got %v, %v; want a Failure", q, err)
			}
			return
		}
		if q.KeyID() == "" || !strings.Contains(header, `"`+q.KeyID()+`"`) {
			t.Fatalf("key id %q is not in %q", q.KeyID(), header)
		}
		lines := "\n" + string(q.signed) + "\n"
		for _, part := range []string{"(request-target): post " + m.target, "host: " + hub, "digest: " + digestOf(note)} {
			if strings.Count(lines, "\n"+part+"\n") != 1 {
				t.Fatalf("%q is not signed once in %q", part, q.signed)
			}
		}
		if strings.Count(lines, "\ndate: ")+strings.Count(lines, "\n(created): ") == 0 {
			t.Fatalf("no time is signed in %q", q.signed)
		}
	})
}

// FuzzDigest: a body is accepted only under its own digest.
func FuzzDigest(f *testing.F) {
	f.Add(digestOf(note))
	f.Add("MD5=x,sha-512=" + sha512Of(note))
	f.Add("SHA-256=,=,")
	f.Fuzz(func(t *testing.T, line string) {
		if checkDigest(http.Header{"Digest": {line}}, []byte(note), true) != nil {
			return
		}
		own := strings.TrimPrefix(digestOf(note), "SHA-256=")
		if !strings.Contains(line, own) && !strings.Contains(line, sha512Of(note)) {
			t.Fatalf("%q was taken for the digest", line)
		}
	})
}

// FuzzPublicKeyPEM: what is read is a key we use, and reads the same when it is
// written again.
func FuzzPublicKeyPEM(f *testing.F) {
	f.Add(spki(rsaKey().Public()))
	f.Add(spki(edKey.Public()))
	f.Add(spki(publicRSA(1024, 65537)))
	f.Add(pemOf("RSA PUBLIC KEY", nil))
	f.Add("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----")
	f.Fuzz(func(t *testing.T, text string) {
		k, err := ParsePublicKey(text)
		if err != nil {
			if !errors.Is(err, ErrKey) || k != nil {
				t.Fatalf("got %v, %v; want ErrKey and nothing", k, err)
			}
			return
		}
		again, err := EncodePublicKey(k)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := ParsePublicKey(again); err != nil || must(EncodePublicKey(back)) != again {
			t.Fatalf("reads differently again: %v, %v", back, err)
		}
		(&Request{signature: []byte("x")}).check(k)
	})
}

func FuzzParseMultikey(f *testing.F) {
	f.Add(knownMultikey)
	f.Add("z1111")
	f.Fuzz(func(t *testing.T, s string) {
		if k, err := ParseMultikey(s); err == nil && EncodeMultikey(k) != s {
			t.Fatalf("%q reads as a key that is written %q", s, EncodeMultikey(k))
		}
	})
}

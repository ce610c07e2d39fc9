package sign

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actors"
)

func TestC18_GoodRequestsAreBelieved(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		start  func() *letter
		change func(*letter)
	}{
		{"as protocol.md 3.3 has it", goodLetter, func(*letter) {}},
		{"no algorithm", goodLetter, (*letter).noAlg},
		{"RSA-PSS", goodLetter, func(l *letter) { l.pss = true; l.alg("rsa-pss-sha512") }},
		{"RSA-PSS that is not named", goodLetter, func(l *letter) { l.pss = true; l.noAlg() }},
		{"Ed25519", goodLetter, func(l *letter) { l.key = edKey; l.alg("ed25519") }},
		{"Ed25519 that is not named", goodLetter, func(l *letter) { l.key = edKey; l.noAlg() }},
		{"ECDSA", goodLetter, func(l *letter) { l.key = ecKey(); l.alg("ecdsa-p256-sha256") }},
		{"content type not covered", goodLetter, func(l *letter) { l.components = `"@method" "@target-uri" "content-digest"` }},
		{"parts of the target", goodLetter, func(l *letter) { l.components = `"content-digest" "@authority" "@path" "@method"` }},
		{"parts of the target, and no query", goodLetter, func(l *letter) { l.components = `"@method" "@authority" "@path" "@query" "content-digest"` }},
		{"everything", goodLetter, func(l *letter) {
			l.header.Set("Date", httpDate(0))
			l.components += ` "@scheme" "@authority" "@path" "@query" "@request-target" "host" "date"`
		}},
		{"a query, signed as part of the target", goodLetter, func(l *letter) { l.target += "?a=b" }},
		{"SHA-512", goodLetter, func(l *letter) { l.header.Set("Content-Digest", "sha-512=:"+sha512Of(note)+":") }},
		{"both digests", goodLetter, func(l *letter) {
			l.header.Set("Content-Digest", contentDigestOf(note)+", sha-512=:"+sha512Of(note)+":")
		}},
		{"an unknown digest beside", goodLetter, func(l *letter) { l.header.Set("Content-Digest", "md5=:AAAA:, "+contentDigestOf(note)) }},
		{"the older digest agrees", goodLetter, func(l *letter) { l.header.Set("Digest", digestOf(note)) }},
		{"another label", goodLetter, func(l *letter) { l.inLabel, l.sigLabel = "sig-b26.x", "sig-b26.x" }},
		{"nonce and tag", goodLetter, func(l *letter) { l.params += `;nonce="b3k2;,=(";tag="x"` }},
		{"an unknown parameter", goodLetter, func(l *letter) { l.params += `;flag;size=12;word="y"` }},
		{"expires", goodLetter, func(l *letter) { l.params += ";expires=" + unix(time.Minute) }},
		{"other order of parameters", goodLetter, func(l *letter) { l.params = `;keyid="` + bobID + `";created=` + unix(0) }},
		{"S7 an hour old", goodLetter, func(l *letter) { l.param("created="+unix(0), "created="+unix(-time.Hour)) }},
		{"S7 five minutes ahead", goodLetter, func(l *letter) { l.param("created="+unix(0), "created="+unix(5*time.Minute)) }},
		{"empty body", goodLetter, func(l *letter) { l.body = ""; l.header.Set("Content-Digest", contentDigestOf("")) }},
		{"GET", goodReading, func(*letter) {}},
		{"HEAD", goodReading, func(l *letter) { l.method = "HEAD" }},
		{"GET with query", goodReading, func(l *letter) { l.target += "?page=2" }},
		{"GET with query, signed twice", goodReading, func(l *letter) { l.target += "?page=2"; l.components += ` "@query"` }},
		{"GET with query, in parts", goodReading, func(l *letter) {
			l.target += "?page=2"
			l.components = `"@method" "@authority" "@path" "@query"`
		}},
		{"GET with an empty query", goodReading, func(l *letter) { l.target += "?" }},
		{"GET of an encoded path", goodReading, func(l *letter) { l.target = "/c/caf%C3%A9%2Fx" }},
		{"GET with the digest of nothing", goodReading, func(l *letter) {
			l.header.Set("Content-Digest", contentDigestOf(""))
			l.components += ` "content-digest"`
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := tt.start()
			tt.change(l)
			v, err := Verify(t.Context(), l.request(), []byte(l.body), bobsKey(l.key.Public()), home, testNow)
			if err != nil {
				t.Fatal(err)
			}
			if v.Signer() != bob || v.KeyID() != bobID || string(v.Body()) != l.body || v.Style() != actors.StyleRFC9421 {
				t.Errorf("proof of %q by %q with %q in %s", v.Body(), v.Signer(), v.KeyID(), v.Style())
			}
		})
	}
}

// slip is a good letter that differs in exactly one thing. before changes it
// and then signs it well; after tampers with what was signed.
type slip struct {
	name   string
	code   string
	before func(*letter)
	after  func(*http.Request)
}

func input9421(change func(string) string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Signature-Input", change(r.Header.Get("Signature-Input"))) }
}

func signature9421(change func(string) string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Signature", change(r.Header.Get("Signature"))) }
}

func add(text string) func(string) string { return func(s string) string { return s + text } }

func swap(old, new string) func(string) string {
	return func(s string) string {
		if !strings.Contains(s, old) {
			panic("nothing to swap: " + old)
		}
		return strings.Replace(s, old, new, 1)
	}
}

var slipsOfPosts = []slip{
	// One signature, one style.
	{"S01 no signature", CodeGrammar, nil, func(r *http.Request) { r.Header.Del("Signature") }},
	{"S12 two signature lines", CodeTwoSignatures, nil, func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) }},
	{"S12 two input lines", CodeTwoSignatures, nil, func(r *http.Request) {
		r.Header.Add("Signature-Input", r.Header.Get("Signature-Input"))
	}},
	{"S12 two labels", CodeTwoSignatures, nil, input9421(add(`, sig2=("@method");created=1;keyid="x"`))},
	{"S12 two labels, no space", CodeTwoSignatures, nil, input9421(add(`,sig2=()`))},
	{"S12 two signatures", CodeTwoSignatures, nil, signature9421(add(", sig2=:AAAA:"))},
	{"S12 also in Authorization", CodeTwoSignatures, nil, func(r *http.Request) { r.Header.Set("Authorization", "Signature keyId=x") }},
	{"S39 an older signature in its place", CodeTwoSignatures, nil, func(r *http.Request) {
		m := goodPost()
		m.sign()
		r.Header.Set("Signature", m.signatureHeader())
	}},
	{"S39 an older signature on a second line", CodeTwoSignatures, nil, func(r *http.Request) {
		m := goodPost()
		m.sign()
		r.Header.Add("Signature", m.signatureHeader())
	}},
	{"S39 an older signature on the same line", CodeTwoSignatures, nil, signature9421(add(`,keyId="https://evil.example/u/mal#main-key"`))},

	// Grammar.
	{"empty input", CodeGrammar, nil, input9421(func(string) string { return "" })},
	{"no list", CodeGrammar, nil, input9421(func(string) string { return `sig1="@method";created=1` })},
	{"list without an end", CodeGrammar, nil, input9421(func(s string) string { return s[:20] })},
	{"S14 two spaces between components", CodeGrammar, nil, input9421(swap(`" "`, `"  "`))},
	{"S14 no space between components", CodeGrammar, nil, input9421(swap(`" "`, `""`))},
	{"S14 space within the brackets", CodeGrammar, nil, input9421(swap(`(`, `( `))},
	{"S14 space before a parameter", CodeGrammar, nil, input9421(swap(`;created`, `; created`))},
	{"S14 capitals in a parameter", CodeGrammar, nil, input9421(swap(`;keyid`, `;keyId`))},
	{"S14 capitals in the label", CodeGrammar, nil, input9421(swap(`sig1`, `Sig1`))},
	{"S14 component without quotes", CodeGrammar, nil, input9421(swap(`"@method"`, `@method`))},
	{"S14 key id without quotes", CodeGrammar, nil, input9421(swap(`"`+bobID+`"`, "bob"))},
	{"S14 key id as a number", CodeGrammar, nil, input9421(swap(`"`+bobID+`"`, "7"))},
	{"S14 key id with an escape", CodeGrammar, nil, input9421(swap("u/bob", `u/b\"ob`))},
	{"S14 key id with a space", CodeGrammar, func(l *letter) { l.param("u/bob", "u/b ob") }, nil},
	{"S14 no key id", CodeGrammar, func(l *letter) { l.param(`;keyid="`+bobID+`"`, "") }, nil},
	{"S14 empty key id", CodeGrammar, func(l *letter) { l.param(bobID, "") }, nil},
	{"S14 key id twice", CodeGrammar, func(l *letter) { l.params += `;keyid="https://evil.example/u/mal#main-key"` }, nil},
	{"S14 the same key id twice", CodeGrammar, func(l *letter) { l.params += `;keyid="` + bobID + `"` }, nil},
	{"S14 created twice", CodeGrammar, func(l *letter) { l.params += `;created=` + unix(0) }, nil},
	{"S14 an unknown parameter twice", CodeGrammar, func(l *letter) { l.params += `;x=1;x=2` }, nil},
	{"S14 created in quotes", CodeGrammar, func(l *letter) { l.param("created="+unix(0), `created="`+unix(0)+`"`) }, nil},
	{"S14 created without a value", CodeGrammar, func(l *letter) { l.param("created="+unix(0), "created") }, nil},
	{"S14 nonce without quotes", CodeGrammar, func(l *letter) { l.params += ";nonce=1" }, nil},
	{"S14 a value that is a token", CodeGrammar, func(l *letter) { l.params += ";x=word" }, nil},
	{"S14 text behind the parameters", CodeGrammar, nil, input9421(add("x"))},
	{"S14 space behind the parameters", CodeGrammar, nil, input9421(add(" x"))},
	{"too many parameters", CodeGrammar, func(l *letter) {
		for i := range maxParameters {
			l.params += ";p" + string(rune('a'+i)) + "=1"
		}
	}, nil},
	{"S16 64 KiB", CodeGrammar, nil, input9421(add(`;x="` + strings.Repeat("x", 64<<10) + `"`))},
	{"S16 64 KiB of signature", CodeGrammar, nil, signature9421(func(string) string { return "sig1=:" + strings.Repeat("A", 64<<10) + ":" })},
	{"another label in the signature", CodeGrammar, func(l *letter) { l.sigLabel = "sig2" }, nil},
	{"signature without colons", CodeGrammar, nil, signature9421(func(s string) string { return strings.ReplaceAll(s, ":", "") })},
	{"signature with a parameter", CodeGrammar, nil, signature9421(add(";x=1"))},
	{"empty signature", CodeGrammar, nil, signature9421(func(string) string { return "sig1=::" })},
	{"signature not base64", CodeGrammar, nil, signature9421(func(string) string { return "sig1=:A*AA:" })},
	{"signature without padding", CodeGrammar, nil, signature9421(func(string) string { return "sig1=:AAA:" })},

	// Algorithms.
	{"S15 hmac", CodeAlgorithm, func(l *letter) { l.alg("hmac-sha256") }, nil},
	{"S15 none", CodeAlgorithm, func(l *letter) { l.alg("none") }, nil},
	{"S15 empty", CodeAlgorithm, func(l *letter) { l.alg("") }, nil},
	{"S15 a name of the older style", CodeAlgorithm, func(l *letter) { l.alg("rsa-sha256") }, nil},
	{"S15 capitals", CodeAlgorithm, func(l *letter) { l.alg("RSA-V1_5-SHA256") }, nil},
	{"S15 Ed25519 with an RSA key", CodeAlgorithm, func(l *letter) { l.alg("ed25519") }, nil},
	{"S15 ECDSA with an RSA key", CodeAlgorithm, func(l *letter) { l.alg("ecdsa-p256-sha256") }, nil},
	{"S15 RSA with an Ed25519 key", CodeAlgorithm, func(l *letter) { l.key = edKey }, nil},
	{"S15 RSA with an ECDSA key", CodeAlgorithm, func(l *letter) { l.key = ecKey() }, nil},
	{"S15 PSS named for the older padding", CodeBadSignature, func(l *letter) { l.alg("rsa-pss-sha512") }, nil},
	{"S15 older padding named for PSS", CodeBadSignature, func(l *letter) { l.pss = true }, nil},

	// Coverage.
	{"S02 nothing covered", CodeCoverage, func(l *letter) { l.components = "" }, nil},
	{"S02 method not covered", CodeCoverage, func(l *letter) { l.components = `"@target-uri" "content-digest"` }, nil},
	{"S02 target not covered", CodeCoverage, func(l *letter) { l.components = `"@method" "content-digest"` }, nil},
	{"S02 only the path", CodeCoverage, func(l *letter) { l.components = `"@method" "@path" "content-digest"` }, nil},
	{"S02 only the line", CodeCoverage, func(l *letter) { l.components = `"@method" "@request-target" "content-digest"` }, nil},
	{"S02 only the host", CodeCoverage, func(l *letter) { l.components = `"@method" "@authority" "content-digest"` }, nil},
	{"S02 host and path by other names", CodeCoverage, func(l *letter) { l.components = `"@method" "host" "@path" "content-digest"` }, nil},
	{"S02 parts without the query", CodeCoverage, func(l *letter) {
		l.target += "?a=b"
		l.components = `"@method" "@authority" "@path" "content-digest"`
	}, nil},
	{"S04 digest not covered", CodeCoverage, func(l *letter) { l.components = `"@method" "@target-uri" "content-type"` }, nil},
	{"S04 the other digest covered", CodeCoverage, func(l *letter) {
		l.header.Set("Digest", digestOf(note))
		l.components = `"@method" "@target-uri" "digest"`
	}, nil},
	{"S07 no time", CodeCoverage, func(l *letter) { l.param("created="+unix(0)+";", "") }, nil},
	{"S16 a component twice", CodeCoverage, func(l *letter) { l.components += ` "@method"` }, nil},
	{"S16 a header twice in the list", CodeCoverage, func(l *letter) { l.components += ` "content-type"` }, nil},
	{"S16 10,000 components", CodeGrammar, func(l *letter) { l.components += strings.Repeat(` "x"`, 10_000) }, nil},
	{"S16 33 components", CodeCoverage, func(l *letter) {
		for i := range 33 {
			name := "x" + string(rune('a'+i%26)) + string(rune('a'+i/26))
			l.header.Set(name, "1")
			l.components += ` "` + name + `"`
		}
	}, nil},
	{"component with ;req", CodeCoverage, func(l *letter) { l.components += ` "@authority";req` }, nil},
	{"component with ;sf", CodeCoverage, func(l *letter) {
		l.components = strings.Replace(l.components, `"content-digest"`, `"content-digest";sf`, 1)
	}, nil},
	{"component with ;bs", CodeCoverage, func(l *letter) { l.components += ` "accept";bs` }, nil},
	{"component with ;tr", CodeCoverage, func(l *letter) { l.components += ` "accept";tr` }, nil},
	{"component with ;key", CodeCoverage, func(l *letter) {
		l.components = strings.Replace(l.components, `"content-digest"`, `"content-digest";key="sha-256"`, 1)
	}, nil},
	{"unknown derived component", CodeCoverage, func(l *letter) { l.components += ` "@query-param";name="a"` }, nil},
	{"derived component of an answer", CodeCoverage, func(l *letter) { l.components += ` "@status"` }, nil},
	{"the parameters as a component", CodeCoverage, func(l *letter) { l.components += ` "@signature-params"` }, nil},
	{"component in capitals", CodeCoverage, func(l *letter) { l.components = strings.Replace(l.components, "content-type", "Content-Type", 1) }, nil},
	{"covered header that is not there", CodeCoverage, func(l *letter) { l.components += ` "x-none"` }, nil},
	{"covered digest that is not there", CodeCoverage, func(l *letter) { l.header.Del("Content-Digest") }, nil},
	{"S07 covered header twice", CodeDuplicate, func(l *letter) { l.header.Add("Content-Type", "text/html") }, nil},
	{"S07 digest twice", CodeDuplicate, func(l *letter) { l.header.Add("Content-Digest", contentDigestOf(note)) }, nil},

	// Time.
	{"S07 61 minutes old", CodeDate, func(l *letter) { l.param(unix(0), unix(-61*time.Minute)) }, nil},
	{"S07 six minutes ahead", CodeDate, func(l *letter) { l.param(unix(0), unix(6*time.Minute)) }, nil},
	{"S08 negative", CodeGrammar, func(l *letter) { l.param(unix(0), "-1") }, nil},
	{"S08 a fraction", CodeGrammar, func(l *letter) { l.param(unix(0), unix(0)+".0") }, nil},
	{"S08 a leading zero", CodeGrammar, func(l *letter) { l.param(unix(0), "0"+unix(0)) }, nil},
	{"S08 zero", CodeDate, func(l *letter) { l.param(unix(0), "0") }, nil},
	{"S08 more than any clock", CodeGrammar, func(l *letter) { l.param(unix(0), "9223372036854775807") }, nil},
	{"S08 expired", CodeDate, func(l *letter) { l.params += ";expires=" + unix(-time.Second) }, nil},
	{"S08 expires too late", CodeDate, func(l *letter) { l.params += ";expires=" + unix(25*time.Hour) }, nil},
	{"S08 expires beyond any clock", CodeGrammar, func(l *letter) { l.params += ";expires=9223372036854775807" }, nil},
	{"S07 covered date two hours old", CodeDate, func(l *letter) {
		l.header.Set("Date", httpDate(-2*time.Hour))
		l.components += ` "date"`
	}, nil},
	{"S07 covered date that is none", CodeDate, func(l *letter) {
		l.header.Set("Date", "Mon, 99 Foo")
		l.components += ` "date"`
	}, nil},

	// Host.
	{"S09 made for another host", CodeHost, func(l *letter) { l.host = "other.example" }, nil},
	{"S09 made for another host, sent to ours", CodeBadSignature, func(l *letter) { l.host = "other.example" }, func(r *http.Request) { r.Host = hub }},
	{"S09 another host in the request", CodeHost, nil, func(r *http.Request) { r.Host = "other.example" }},
	{"S09 with a port", CodeHost, nil, func(r *http.Request) { r.Host = hub + ":443" }},
	{"S10 made for plain HTTP", CodeBadSignature, func(l *letter) { l.scheme = "http" }, nil},

	// Digest.
	{"S04 no digest in the list of digests", CodeDigest, func(l *letter) { l.header.Set("Content-Digest", "") }, nil},
	{"S06 unknown digest only", CodeDigest, func(l *letter) { l.header.Set("Content-Digest", "md5=:AAAA:") }, nil},
	{"S06 name in capitals", CodeDigest, func(l *letter) {
		l.header.Set("Content-Digest", strings.Replace(contentDigestOf(note), "sha", "SHA", 1))
	}, nil},
	{"S06 without colons", CodeDigest, func(l *letter) { l.header.Set("Content-Digest", strings.ReplaceAll(contentDigestOf(note), ":", "")) }, nil},
	{"S06 of another body", CodeDigest, func(l *letter) { l.header.Set("Content-Digest", contentDigestOf("x")) }, nil},
	{"S06 two that disagree", CodeDigest, func(l *letter) {
		l.header.Set("Content-Digest", contentDigestOf(note)+", "+contentDigestOf("x"))
	}, nil},
	{"S06 the older digest disagrees", CodeDigest, func(l *letter) { l.header.Set("Digest", digestOf("x")) }, nil},
	{"S06 only in the older header", CodeDigest, func(l *letter) {
		l.header.Set("Digest", digestOf(note))
		l.header.Set("Content-Digest", "md5=:AAAA:")
	}, nil},

	// What was signed.
	{"S11 another method", CodeBadSignature, nil, func(r *http.Request) { r.Method = "PUT" }},
	{"S11 another path", CodeBadSignature, nil, func(r *http.Request) { r.RequestURI = "/u/alice/inbox" }},
	{"S11 a query added", CodeBadSignature, nil, func(r *http.Request) { r.RequestURI += "?x=1" }},
	{"S11 an empty query added", CodeBadSignature, nil, func(r *http.Request) { r.RequestURI += "?" }},
	{"another content type", CodeBadSignature, nil, func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }},
	{"another time", CodeBadSignature, nil, input9421(swap(unix(0), unix(1*time.Second)))},
	{"another order of components", CodeBadSignature, nil, input9421(swap(`"@method" "@target-uri"`, `"@target-uri" "@method"`))},
	{"a component fewer", CodeBadSignature, nil, input9421(swap(` "content-type"`, ""))},
	{"a parameter fewer", CodeBadSignature, nil, input9421(swap(`;alg="rsa-v1_5-sha256"`, ""))},
	{"a parameter more", CodeBadSignature, nil, input9421(add(`;tag="x"`))},
	{"signed by another key", CodeBadSignature, nil, func(r *http.Request) {
		l := goodLetter()
		l.key = otherKey()
		r.Header = l.request().Header
	}},
	{"S20 a key of this node", CodeKey, func(l *letter) { l.param("peer.example", hub) }, nil},
}

func TestC18_RequestThatDiffersInOneThingIsRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range slipsOfPosts {
		t.Run(tt.name, func(t *testing.T) { t.Parallel(); refuseSlip(t, goodLetter(), tt) })
	}
}

func TestS33_SignedGetAfterRFC9421(t *testing.T) {
	t.Parallel()
	for _, tt := range []slip{
		{"nothing but the method", CodeCoverage, func(l *letter) { l.components = `"@method"` }, nil},
		{"no method", CodeCoverage, func(l *letter) { l.components = `"@target-uri"` }, nil},
		{"query not covered", CodeCoverage, func(l *letter) {
			l.target += "?page=2"
			l.components = `"@method" "@authority" "@path"`
		}, nil},
		{"query added to a signed path", CodeCoverage, func(l *letter) { l.components = `"@method" "@authority" "@path"` },
			func(r *http.Request) { r.RequestURI += "?page=2" }},
		{"query left out of the signature", CodeBadSignature, nil, func(r *http.Request) { r.RequestURI += "?page=2" }},
		{"another query", CodeBadSignature, func(l *letter) { l.target += "?page=2" }, func(r *http.Request) { r.RequestURI = "/c/planning?page=3" }},
		{"another path", CodeBadSignature, nil, func(r *http.Request) { r.RequestURI = "/c/tender" }},
		{"digest of something", CodeDigest, func(l *letter) { l.header.Set("Content-Digest", contentDigestOf("x")) }, nil},
		{"a body", CodeCoverage, func(l *letter) { l.body = "x" }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) { t.Parallel(); refuseSlip(t, goodReading(), tt) })
	}
}

func refuseSlip(t *testing.T, l *letter, tt slip) {
	t.Helper()
	if tt.before != nil {
		tt.before(l)
	}
	r := l.request()
	if tt.after != nil {
		tt.after(r)
	}
	keys := bobsKey(l.key.Public())
	_, err := Verify(t.Context(), r, []byte(l.body), keys, home, testNow)
	wantFailure(t, err, tt.code)
	if keys.asked > 0 && tt.code != CodeBadSignature && tt.code != CodeAlgorithm {
		t.Error("a key was asked for before everything else was checked")
	}
}

func TestC18_EveryChangedByteIsRefused(t *testing.T) {
	t.Parallel()
	l := goodLetter()
	l.key = edKey
	l.alg("ed25519")
	good := l.request()
	keys := bobsKey(l.key.Public())
	for _, name := range []string{"Signature-Input", "Signature", "Content-Digest", "Content-Type"} {
		value := good.Header.Get(name)
		for i := range len(value) {
			r := l.request()
			r.Header.Set(name, value[:i]+string(value[i]^1)+value[i+1:])
			if _, err := Verify(t.Context(), r, []byte(l.body), keys, home, testNow); err == nil {
				t.Errorf("%s with byte %d changed was believed", name, i)
			}
		}
	}
	for i := range len(l.body) {
		body := l.body[:i] + string(l.body[i]^1) + l.body[i+1:]
		if _, err := Verify(t.Context(), good, []byte(body), keys, home, testNow); err == nil {
			t.Errorf("a body with byte %d changed was believed", i)
		}
	}
}

// A key on an elliptic curve that the older style has no word for proves nothing
// in that style.
func TestS15_ECDSAIsForRFC9421Only(t *testing.T) {
	t.Parallel()
	m := goodPost()
	m.params["algorithm"] = `"hs2019"`
	m.params["signature"] = `"` + base64.StdEncoding.EncodeToString(goodLetter().sign()[:64]) + `"`
	_, err := Verify(t.Context(), m.request(), []byte(m.body), bobsKey(ecKey().Public()), home, testNow)
	wantFailure(t, err, CodeBadSignature)
}

func TestS29_OtherCurvesAreRefused(t *testing.T) {
	t.Parallel()
	other := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))
	if err := CheckPublicKey(&other.PublicKey); err == nil {
		t.Error("a key on P-384 is taken")
	}
	if err := CheckPublicKey((*ecdsa.PublicKey)(nil)); err == nil {
		t.Error("no key is taken")
	}
	l := goodLetter()
	_, err := Verify(t.Context(), l.request(), []byte(l.body), bobsKey(&other.PublicKey), home, testNow)
	wantFailure(t, err, CodeKey)
}

package sign

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

func unix(d time.Duration) string { return strconv.FormatInt(testNow.Add(d).Unix(), 10) }

func httpDate(d time.Duration) string { return testNow.Add(d).Format(http.TimeFormat) }

func TestC15_GoodRequestsAreBelieved(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		start  func() *message
		change func(*message)
	}{
		{"rsa-sha256", goodPost, func(m *message) {}},
		{"hs2019", goodPost, func(m *message) { m.params["algorithm"] = `"hs2019"` }},
		{"no algorithm", goodPost, func(m *message) { delete(m.params, "algorithm") }},
		{"Ed25519 key, hs2019", goodPost, func(m *message) { m.key = edKey; m.params["algorithm"] = `"hs2019"` }},
		{"Ed25519 key, ed25519", goodPost, func(m *message) { m.key = edKey; m.params["algorithm"] = `"ed25519"` }},
		{"Ed25519 key, no algorithm", goodPost, func(m *message) { m.key = edKey; delete(m.params, "algorithm") }},
		{"content type not covered", goodPost, func(m *message) { m.cover("host date digest (request-target)") }},
		{"names in capitals", goodPost, func(m *message) { m.cover("(request-target) Host Date Digest") }},
		{"several spaces between names", goodPost, func(m *message) { m.cover("(request-target)  host date  digest") }},
		{"another header covered", goodPost, func(m *message) {
			m.header.Set("Accept", "*/*")
			m.cover("(request-target) host date digest accept")
		}},
		{"empty header covered", goodPost, func(m *message) {
			m.header["X-Empty"] = []string{""}
			m.cover("(request-target) host date digest x-empty")
		}},
		{"created and expires in place of date", goodPost, func(m *message) {
			delete(m.header, "Date")
			m.params["algorithm"], m.params["created"], m.params["expires"] = `"hs2019"`, unix(0), unix(time.Hour)
			m.cover("(request-target) host (created) (expires) digest")
		}},
		{"created in quotes", goodPost, func(m *message) {
			m.params["algorithm"], m.params["created"] = `"hs2019"`, `"`+unix(0)+`"`
			m.cover("(request-target) host (created) digest")
		}},
		{"S7 date an hour old", goodPost, func(m *message) { m.header.Set("Date", httpDate(-time.Hour)) }},
		{"S7 date an hour ahead", goodPost, func(m *message) { m.header.Set("Date", httpDate(time.Hour)) }},
		{"S6 lower-case digest name", goodPost, func(m *message) {
			m.header.Set("Digest", strings.Replace(digestOf(note), "SHA", "sha", 1))
		}},
		{"S6 digest among unknown ones", goodPost, func(m *message) {
			m.header.Set("Digest", "unixsum=30637, "+digestOf(note))
		}},
		{"S6 SHA-512", goodPost, func(m *message) { m.header.Set("Digest", "SHA-512="+sha512Of(note)) }},
		{"S6 Content-Digest agrees", goodPost, func(m *message) {
			m.header.Set("Content-Digest", "sha-256=:"+strings.TrimPrefix(digestOf(note), "SHA-256=")+":")
		}},
		{"host in capitals", goodPost, func(m *message) { m.host = strings.ToUpper(hub) }},
		{"S14 order", goodPost, func(m *message) { m.order = []string{"signature", "headers", "algorithm", "keyId"} }},
		{"S14 spaces after commas and around equals signs", goodPost, func(m *message) { m.comma, m.equals = " ,\t ", " = " }},
		{"S14 capitals in a name", goodPost, func(m *message) { m.order[0], m.params["KEYID"] = "KEYID", m.params["keyId"] }},
		{"unknown parameter", goodPost, func(m *message) { m.order[3], m.params["nonce"] = "nonce", `"a,b=c"` }},
		{"GET", goodGet, func(m *message) {}},
		{"HEAD", goodGet, func(m *message) { m.method = "HEAD" }},
		{"GET with query", goodGet, func(m *message) { m.target += "?page=2" }},
		{"GET with digest of nothing", goodGet, func(m *message) {
			m.header.Set("Digest", digestOf(""))
			m.cover("(request-target) host date digest")
		}},
		{"GET of an encoded path", goodGet, func(m *message) { m.target = "/c/caf%C3%A9%2Fx" }},
		{"POST with query, signed with it", goodPost, func(m *message) { m.target += "?a=b" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := tt.start()
			tt.change(m)
			m.sign()
			keys := bobsKey(m.key.Public())
			v, err := Verify(t.Context(), m.request(), []byte(m.body), keys, "https://"+hub, testNow)
			if err != nil {
				t.Fatal(err)
			}
			if v.Signer() != bob || v.KeyID() != bobID || string(v.Body()) != m.body {
				t.Errorf("proof of %q by %q with %q", v.Body(), v.Signer(), v.KeyID())
			}
		})
	}
}

func TestC15_QueryMayBeLeftOutOfTheSignatureOfAGet(t *testing.T) {
	t.Parallel()
	m := goodGet()
	m.sign()
	m.target += "?page=2"
	if _, err := Verify(t.Context(), m.request(), nil, bobsKey(m.key.Public()), "https://"+hub, testNow); err != nil {
		t.Error(err)
	}
}

// refusal is a good request that differs in exactly one thing. before changes
// it and then signs it well; after tampers with what was signed.
type refusal struct {
	name   string
	code   string
	before func(*message)
	after  func(*http.Request)
}

var refusedPosts = []refusal{
	// The signature as such.
	{"S1 no signature", CodeNoSignature, nil, func(r *http.Request) { r.Header.Del("Signature") }},
	{"S12 two signature lines", CodeTwoSignatures, nil, func(r *http.Request) { r.Header.Add("Signature", r.Header.Get("Signature")) }},
	{"S12 second signature line is rubbish", CodeTwoSignatures, nil, func(r *http.Request) { r.Header.Add("Signature", "x") }},
	{"S12 also in Authorization", CodeTwoSignatures, nil, func(r *http.Request) {
		r.Header.Set("Authorization", "Signature "+r.Header.Get("Signature"))
	}},
	{"S12 also in Authorization, lower case", CodeTwoSignatures, nil, func(r *http.Request) {
		r.Header.Set("Authorization", "signature keyId=x")
	}},
	{"S12 only in Authorization", CodeUnsupported, nil, func(r *http.Request) {
		r.Header.Set("Authorization", "Signature "+r.Header.Get("Signature"))
		r.Header.Del("Signature")
	}},
	{"S39 Signature-Input beside a good signature", CodeTwoSignatures, nil, func(r *http.Request) {
		r.Header.Set("Signature-Input", `sig1=("@method");created=1;keyid="https://evil.example/u/mal#main-key"`)
	}},
	{"S39 empty Signature-Input beside a good signature", CodeGrammar, nil, func(r *http.Request) { r.Header.Set("Signature-Input", "") }},
	{"S39 RFC 9421 alone, badly signed", CodeCoverage, nil, func(r *http.Request) {
		r.Header.Set("Signature-Input", `sig1=("@method" "@target-uri");created=1;keyid="`+bobID+`"`)
		r.Header.Set("Signature", "sig1=:AAAA:")
	}},
	{"S39 RFC 9421 without its signature", CodeGrammar, nil, func(r *http.Request) {
		r.Header.Set("Signature-Input", `sig1=("@method");created=1`)
		r.Header.Del("Signature")
	}},

	// Grammar.
	{"S14 key id without quotes", CodeGrammar, func(m *message) { m.params["keyId"] = "bob" }, nil},
	{"S14 algorithm without quotes", CodeGrammar, func(m *message) { m.params["algorithm"] = "hs2019" }, nil},
	{"S14 escaped quote in key id", CodeGrammar, func(m *message) { m.params["keyId"] = `"https://peer.example/u/bob\"#main-key"` }, nil},
	{"S14 two key ids", CodeGrammar, func(m *message) { m.order[4], m.params["created"] = "keyId", "" }, nil},
	{"S14 two key ids in other letters", CodeGrammar, func(m *message) {
		m.order[3], m.params["KEYID"] = "KEYID", `"https://evil.example/u/mal#main-key"`
	}, nil},
	{"S14 empty key id", CodeGrammar, func(m *message) { m.params["keyId"] = `""` }, nil},
	{"S14 no key id", CodeGrammar, func(m *message) { delete(m.params, "keyId") }, nil},
	{"S14 space in key id", CodeGrammar, func(m *message) { m.params["keyId"] = `"https://peer.example/u/bob #main-key"` }, nil},
	{"S14 key id of 3000 bytes", CodeGrammar, func(m *message) { m.params["keyId"] = `"https://peer.example/` + strings.Repeat("a", 3000) + `"` }, nil},
	{"S14 no closing quote", CodeGrammar, nil, func(r *http.Request) {
		r.Header.Set("Signature", strings.TrimSuffix(r.Header.Get("Signature"), `"`))
	}},
	{"S14 text after a value", CodeGrammar, nil, func(r *http.Request) { r.Header.Set("Signature", r.Header.Get("Signature")+"x") }},
	{"S14 comma at the end", CodeGrammar, nil, func(r *http.Request) { r.Header.Set("Signature", r.Header.Get("Signature")+",") }},
	{"S14 empty header", CodeGrammar, nil, func(r *http.Request) { r.Header.Set("Signature", "") }},
	{"S14 control character", CodeGrammar, func(m *message) { m.params["keyId"] = "\"https://peer.example/u/bob\x01#main-key\"" }, nil},
	{"S14 letter outside ASCII", CodeGrammar, func(m *message) { m.params["keyId"] = `"https://péer.example/u/bob#main-key"` }, nil},
	{"S16 header of 64 KiB", CodeGrammar, func(m *message) { m.order[3], m.params["x"] = "x", `"`+strings.Repeat("a", 64<<10)+`"` }, nil},
	{"S16 seventeen parameters", CodeGrammar, nil, func(r *http.Request) {
		r.Header.Set("Signature", r.Header.Get("Signature")+strings.Repeat(",a=b", 17))
	}},
	{"signature is not base64", CodeGrammar, nil, func(r *http.Request) {
		r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), `signature="`, `signature="*`, 1))
	}},
	{"no signature parameter", CodeGrammar, nil, func(r *http.Request) {
		s, _, _ := strings.Cut(r.Header.Get("Signature"), ",signature=")
		r.Header.Set("Signature", s)
	}},
	{"signature is empty", CodeGrammar, nil, func(r *http.Request) {
		s, _, _ := strings.Cut(r.Header.Get("Signature"), ",signature=")
		r.Header.Set("Signature", s+`,signature=""`)
	}},

	// Algorithm.
	{"S15 hmac-sha256", CodeAlgorithm, func(m *message) { m.params["algorithm"] = `"hmac-sha256"` }, nil},
	{"S15 none", CodeAlgorithm, func(m *message) { m.params["algorithm"] = `"none"` }, nil},
	{"S15 rsa-sha1", CodeAlgorithm, func(m *message) { m.params["algorithm"] = `"rsa-sha1"` }, nil},
	{"S15 rsa-sha512", CodeAlgorithm, func(m *message) { m.params["algorithm"] = `"rsa-sha512"` }, nil},
	{"S15 empty algorithm", CodeAlgorithm, func(m *message) { m.params["algorithm"] = `""` }, nil},
	{"S15 ed25519 with an RSA key", CodeAlgorithm, func(m *message) { m.params["algorithm"] = `"ed25519"` }, nil},
	{"S15 rsa-sha256 with an Ed25519 key", CodeAlgorithm, func(m *message) { m.key = edKey }, nil},
	{"S15 created under an old algorithm name", CodeAlgorithm, func(m *message) {
		m.params["created"] = unix(0)
		m.cover("(request-target) (created) host digest")
	}, nil},

	// Coverage.
	{"S2 date only", CodeCoverage, func(m *message) { m.cover("date") }, nil},
	{"S2 no list", CodeCoverage, func(m *message) { delete(m.params, "headers") }, nil},
	{"S2 target not signed", CodeCoverage, func(m *message) { m.cover("host date digest content-type") }, nil},
	{"S2 host not signed", CodeCoverage, func(m *message) { m.cover("(request-target) date digest content-type") }, nil},
	{"S2 no time signed", CodeCoverage, func(m *message) { m.cover("(request-target) host digest content-type") }, nil},
	{"C16 digest not signed", CodeCoverage, func(m *message) { m.cover("(request-target) host date content-type") }, nil},
	{"S16 empty list", CodeCoverage, func(m *message) { m.cover("") }, nil},
	{"S16 list of spaces", CodeCoverage, func(m *message) { m.cover("   ") }, nil},
	{"S16 name twice", CodeCoverage, func(m *message) { m.cover("(request-target) host date digest date") }, nil},
	{"S16 name twice in other letters", CodeCoverage, func(m *message) { m.cover("(request-target) host date digest Date") }, nil},
	{"S16 ten thousand names", CodeGrammar, func(m *message) {
		m.cover("(request-target) host date digest" + strings.Repeat(" a", 10000))
	}, nil},
	{"S16 forty names", CodeCoverage, func(m *message) {
		names := "(request-target) host date digest"
		for i := range 40 {
			names += fmt.Sprintf(" x-%d", i)
			m.header.Set(fmt.Sprintf("X-%d", i), "1")
		}
		m.cover(names)
	}, nil},
	{"S16 unknown special name", CodeGrammar, func(m *message) { m.cover("(request-target) host date digest (magic)") }, nil},
	{"S16 signed header is not there", CodeCoverage, func(m *message) { m.cover("(request-target) host date digest x-gone") }, nil},
	{"S8 created signed but not stated", CodeCoverage, func(m *message) {
		m.params["algorithm"] = `"hs2019"`
		m.cover("(request-target) host date digest (created)")
	}, nil},

	// Time.
	{"S7 date 61 minutes old", CodeDate, func(m *message) { m.header.Set("Date", httpDate(-61*time.Minute)) }, nil},
	{"C16 date a second more than an hour old", CodeDate, func(m *message) { m.header.Set("Date", httpDate(-time.Hour-time.Second)) }, nil},
	{"S7 date 61 minutes ahead", CodeDate, func(m *message) { m.header.Set("Date", httpDate(61*time.Minute)) }, nil},
	{"S7 date ten years old", CodeDate, func(m *message) { m.header.Set("Date", httpDate(-87600*time.Hour)) }, nil},
	{"S7 no date", CodeCoverage, func(m *message) { m.header.Del("Date") }, nil},
	{"S7 empty date", CodeDate, func(m *message) { m.header["Date"] = []string{""} }, nil},
	{"S7 date is rubbish", CodeDate, func(m *message) { m.header.Set("Date", "Mon, 99 Foo") }, nil},
	{"S7 two dates, old and fresh", CodeDuplicate, func(m *message) {
		m.header["Date"] = []string{httpDate(-24 * time.Hour), httpDate(0)}
	}, nil},
	{"S7 two dates, the first one signed", CodeDuplicate, nil, func(r *http.Request) { r.Header.Add("Date", httpDate(time.Minute)) }},
	{"S8 created ahead", CodeDate, func(m *message) { coverCreated(m, unix(6*time.Minute), "") }, nil},
	{"S8 created 61 minutes ago", CodeDate, func(m *message) { coverCreated(m, unix(-61*time.Minute), "") }, nil},
	{"S8 created ahead, not covered", CodeDate, func(m *message) { m.params["created"] = unix(6 * time.Minute) }, nil},
	{"S8 created negative", CodeDate, func(m *message) { coverCreated(m, "-1", "") }, nil},
	{"S8 created empty", CodeDate, func(m *message) { coverCreated(m, `""`, "") }, nil},
	{"S8 created with a fraction", CodeDate, func(m *message) { coverCreated(m, unix(0)+".5", "") }, nil},
	{"S8 created beyond 64 bits", CodeDate, func(m *message) { coverCreated(m, "99999999999999999999", "") }, nil},
	{"S8 expired", CodeDate, func(m *message) { coverCreated(m, unix(-time.Minute), unix(-time.Second)) }, nil},
	{"S8 expired, not covered", CodeDate, func(m *message) { m.params["expires"] = unix(-time.Second) }, nil},
	{"S8 expires at the end of time", CodeDate, func(m *message) { coverCreated(m, unix(0), "9223372036854775807") }, nil},
	{"S8 expires negative", CodeDate, func(m *message) { coverCreated(m, unix(0), "-5") }, nil},

	// Host.
	{"S9 signed for another host", CodeHost, func(m *message) { m.host = "other.example" }, nil},
	{"S9 relayed to us with our host put in", CodeBadSignature, func(m *message) { m.host = "other.example" },
		func(r *http.Request) { r.Host = hub }},
	{"S9 port of our host", CodeHost, func(m *message) { m.host = hub + ":443" }, nil},
	{"S9 dot after our host", CodeHost, func(m *message) { m.host = hub + "." }, nil},
	{"S9 our name only in X-Forwarded-Host", CodeHost, func(m *message) { m.host = "other.example" },
		func(r *http.Request) { r.Header.Set("X-Forwarded-Host", hub) }},

	// Target.
	{"S11 other path", CodeBadSignature, nil, func(r *http.Request) { r.RequestURI, r.URL.Path = "/c/tender/inbox", "/c/tender/inbox" }},
	{"S11 other method", CodeBadSignature, nil, func(r *http.Request) { r.Method = "PUT" }},
	{"S11 query added", CodeBadSignature, nil, func(r *http.Request) { r.RequestURI += "?x=1"; r.URL.RawQuery = "x=1" }},
	{"S11 path spelled another way", CodeBadSignature, nil, func(r *http.Request) { r.RequestURI = "/c/%70lanning/inbox" }},
	{"S10 signed path only in a proxy's header", CodeBadSignature, nil, func(r *http.Request) {
		r.Header.Set("X-Original-URL", r.RequestURI)
		r.Header.Set("X-Forwarded-Path", r.RequestURI)
		r.RequestURI, r.URL.Path = "/c/tender/inbox", "/c/tender/inbox"
	}},
	{"S10 router moved the path to the signed one", CodeBadSignature, func(m *message) { m.target = "/inbox" },
		func(r *http.Request) { r.RequestURI, r.URL.Path = "/c/tender/inbox", "/inbox" }},

	// Digest.
	{"S3 digest of another body", CodeDigest, func(m *message) { m.header.Set("Digest", digestOf(note+" ")) }, nil},
	{"S4 no digest header", CodeCoverage, func(m *message) { m.header.Del("Digest") }, nil},
	{"S4 no digest header, none signed", CodeCoverage, func(m *message) {
		m.header.Del("Digest")
		m.cover("(request-target) host date content-type")
	}, nil},
	{"S6 MD5 only", CodeDigest, func(m *message) { m.header.Set("Digest", "MD5=Sd/dVLAcvNLSq16eXua5uQ==") }, nil},
	{"S6 SHA-256 right, SHA-512 wrong", CodeDigest, func(m *message) { m.header.Set("Digest", digestOf(note)+",SHA-512=AAAA") }, nil},
	{"S6 SHA-256 right and wrong", CodeDigest, func(m *message) { m.header.Set("Digest", digestOf(note)+","+digestOf("")) }, nil},
	{"S6 two digest lines", CodeDuplicate, func(m *message) { m.header.Add("Digest", digestOf(note)) }, nil},
	{"S6 digest without a value", CodeDigest, func(m *message) { m.header.Set("Digest", "SHA-256") }, nil},
	{"S6 digest empty", CodeDigest, func(m *message) { m.header["Digest"] = []string{""} }, nil},
	{"S6 digest cut short", CodeDigest, func(m *message) { m.header.Set("Digest", strings.TrimSuffix(digestOf(note), "=")) }, nil},
	{"S6 Content-Digest disagrees", CodeDigest, nil, func(r *http.Request) {
		r.Header.Set("Content-Digest", "sha-256=:"+strings.TrimPrefix(digestOf(""), "SHA-256=")+":")
	}},
	{"S6 Content-Digest cannot be read", CodeDigest, nil, func(r *http.Request) { r.Header.Set("Content-Digest", "sha-256=abc") }},
	{"S6 two Content-Digest lines", CodeDuplicate, nil, func(r *http.Request) { r.Header["Content-Digest"] = []string{"a=:b:", "c=:d:"} }},

	// Other covered headers, and the signature itself.
	{"content type changed", CodeBadSignature, nil, func(r *http.Request) { r.Header.Set("Content-Type", "text/html") }},
	{"content type twice", CodeDuplicate, nil, func(r *http.Request) { r.Header.Add("Content-Type", "text/html") }},
	{"line break in a signed header", CodeGrammar, func(m *message) { m.header.Set("Content-Type", "a\nx: y") }, nil},
	{"signature of zeros", CodeBadSignature, nil, func(r *http.Request) {
		s, _, _ := strings.Cut(r.Header.Get("Signature"), ",signature=")
		r.Header.Set("Signature", s+`,signature="`+strings.Repeat("AAAA", 85)+`AA=="`)
	}},
	{"signature too short", CodeBadSignature, nil, func(r *http.Request) {
		s, _, _ := strings.Cut(r.Header.Get("Signature"), ",signature=")
		r.Header.Set("Signature", s+`,signature="AAAA"`)
	}},
	{"order of the covered names changed", CodeBadSignature, nil, func(r *http.Request) {
		r.Header.Set("Signature", strings.Replace(r.Header.Get("Signature"), "host date", "date host", 1))
	}},
	{"S20 key of our own", CodeKey, func(m *message) { m.params["keyId"] = `"https://` + hub + `/u/alice#main-key"` }, nil},
	{"S20 key of our own, in capitals", CodeKey, func(m *message) { m.params["keyId"] = `"https://HUB.example.gov.uk/u/alice#main-key"` }, nil},
}

func coverCreated(m *message, created, expires string) {
	m.params["algorithm"], m.params["created"] = `"hs2019"`, created
	m.cover("(request-target) host date digest (created)")
	if expires != "" {
		m.params["expires"] = expires
		m.cover("(request-target) host date digest (created) (expires)")
	}
}

// needsKey are the failures for which the key has to be read first. All others
// are found before, so that a bad request causes no traffic (S1, S12).
var needsKey = map[string]bool{CodeBadSignature: true, CodeAlgorithm: true, CodeKey: true}

func TestC16_RequestThatDiffersInOneThingIsRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range refusedPosts {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			refuseOne(t, goodPost(), tt)
		})
	}
}

func TestS33_SignedGetThatDiffersInOneThingIsRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []refusal{
		{"S33 date only", CodeCoverage, func(m *message) { m.cover("date") }, nil},
		{"S33 target not signed", CodeCoverage, func(m *message) { m.cover("host date") }, nil},
		{"S35 other path", CodeBadSignature, nil, func(r *http.Request) { r.RequestURI = "/o/s1" }},
		{"S35 other path under the signed query", CodeBadSignature, func(m *message) { m.target += "?page=2" },
			func(r *http.Request) { r.RequestURI = "/o/s1?page=2" }},
		{"S35 other query than the signed one", CodeBadSignature, func(m *message) { m.target += "?page=2" },
			func(r *http.Request) { r.RequestURI = "/c/planning?page=3" }},
		{"S35 signed query taken away", CodeBadSignature, func(m *message) { m.target += "?page=2" },
			func(r *http.Request) { r.RequestURI = "/c/planning" }},
		{"S11 GET turned into POST", CodeCoverage, nil, func(r *http.Request) { r.Method = "POST" }},
		{"S11 GET turned into HEAD", CodeBadSignature, nil, func(r *http.Request) { r.Method = "HEAD" }},
		{"S4 body without digest", CodeCoverage, func(m *message) { m.body = note }, nil},
		{"S6 unsigned digest of something else", CodeDigest, nil, func(r *http.Request) { r.Header.Set("Digest", digestOf("x")) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			refuseOne(t, goodGet(), tt)
		})
	}
}

func refuseOne(t *testing.T, m *message, tt refusal) {
	t.Helper()
	if tt.before != nil {
		tt.before(m)
	}
	m.sign()
	r := m.request()
	if tt.after != nil {
		tt.after(r)
	}
	keys := bobsKey(m.key.Public())
	v, err := Verify(t.Context(), r, []byte(m.body), keys, "https://"+hub, testNow)
	wantFailure(t, err, tt.code)
	if v.Signer() != "" {
		t.Errorf("a proof came out: %v", v)
	}
	if keys.asked > 0 && !needsKey[tt.code] {
		t.Errorf("the key was read for a request with failure %s", tt.code)
	}
	if errors.Is(err, ErrUnsigned) != (tt.code == CodeNoSignature) {
		t.Errorf("ErrUnsigned is wrong for %v", err)
	}
}

func TestS03_EveryChangedByteOfTheBodyIsRefused(t *testing.T) {
	t.Parallel()
	m := goodPost()
	m.sign()
	for i := range m.body {
		body := []byte(m.body)
		body[i] ^= 1
		_, err := Verify(t.Context(), m.request(), body, bobsKey(m.key.Public()), "https://"+hub, testNow)
		wantFailure(t, err, CodeDigest)
	}
	for _, body := range []string{"", m.body + "\n", m.body[1:]} {
		_, err := Verify(t.Context(), m.request(), []byte(body), bobsKey(m.key.Public()), "https://"+hub, testNow)
		wantFailure(t, err, CodeDigest)
	}
}

// P1: no covered byte can be changed. First the signing string itself, byte by
// byte, then the parts of the request that it was made from.
func TestP1_EveryChangedCoveredByteIsRefused(t *testing.T) {
	t.Parallel()
	for _, m := range []*message{goodPost(), goodGet()} {
		m.sign()
		q := must(Parse(m.request(), []byte(m.body), "https://"+hub, testNow))
		if got := string(q.signed); got != m.signed() {
			t.Fatalf("signing string %q, want %q", got, m.signed())
		}
		for i := range q.signed {
			q.signed[i] ^= 1
			wantFailure(t, q.check(m.key.Public()), CodeBadSignature)
			q.signed[i] ^= 1
		}
		if err := q.check(m.key.Public()); err != nil {
			t.Fatalf("put right again: %v", err)
		}
	}
	m := goodPost()
	m.sign()
	parts := map[string]func(*http.Request) *string{
		"method": func(r *http.Request) *string { return &r.Method },
		"target": func(r *http.Request) *string { return &r.RequestURI },
		"host":   func(r *http.Request) *string { return &r.Host },
	}
	for name := range m.header {
		parts[name] = func(r *http.Request) *string { return &r.Header[name][0] }
	}
	for name, part := range parts {
		for i := range *part(m.request()) {
			r := m.request()
			p := part(r)
			*p = (*p)[:i] + "j" + (*p)[i+1:]
			if *p == *part(m.request()) {
				*p = (*p)[:i] + "k" + (*p)[i+1:]
			}
			if _, err := Verify(t.Context(), r, []byte(m.body), bobsKey(m.key.Public()), "https://"+hub, testNow); err == nil {
				t.Errorf("%s: %q was believed", name, *p)
			}
		}
	}
}

func TestS17_KeyMustBeTheOneNamedAndOfItsOwnersOrigin(t *testing.T) {
	t.Parallel()
	good := Key{ID: bobID, Owner: bob, Public: rsaKey().Public()}
	m := goodPost()
	m.sign()
	q := must(Parse(m.request(), []byte(m.body), "https://"+hub, testNow))
	if err := q.VerifyWith(good); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		code   string
		change func(*Key)
	}{
		{"S17 owner on another host", CodeKey, func(k *Key) { k.Owner = "https://victim.example/u/v" }},
		{"S17 owner on another scheme", CodeKey, func(k *Key) { k.Owner = "http://peer.example/u/bob" }},
		{"S17 owner on another port", CodeKey, func(k *Key) { k.Owner = "https://peer.example:8443/u/bob" }},
		{"S38 no owner", CodeKey, func(k *Key) { k.Owner = "" }},
		{"S18 other key id", CodeKey, func(k *Key) { k.ID = "https://peer.example/u/bob#other" }},
		{"S29 no key", CodeKey, func(k *Key) { k.Public = nil }},
		{"S29 nil RSA key", CodeKey, func(k *Key) { k.Public = (*rsa.PublicKey)(nil) }},
		{"S29 empty RSA key", CodeKey, func(k *Key) { k.Public = &rsa.PublicKey{} }},
		{"S29 RSA key by value", CodeKey, func(k *Key) { k.Public = rsaKey().PublicKey }},
		{"S29 RSA exponent 1", CodeKey, func(k *Key) { k.Public = &rsa.PublicKey{N: rsaKey().N, E: 1} }},
		{"S29 even modulus", CodeKey, func(k *Key) { k.Public = &rsa.PublicKey{N: new(big.Int).Add(rsaKey().N, big.NewInt(1)), E: 65537} }},
		{"S29 short Ed25519 key", CodeKey, func(k *Key) { k.Public = ed25519.PublicKey{1, 2, 3} }},
		{"S29 nil Ed25519 key", CodeKey, func(k *Key) { k.Public = ed25519.PublicKey(nil) }},
		{"S29 secret in place of a key", CodeKey, func(k *Key) { k.Public = []byte("secret") }},
		{"someone else's key", CodeBadSignature, func(k *Key) { k.Public = otherKey().Public() }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k := good
			tt.change(&k)
			wantFailure(t, q.VerifyWith(k), tt.code)
			if v, err := q.Prove(k); err == nil || v.Signer() != "" {
				t.Errorf("a proof came out: %v", v)
			}
		})
	}
}

// A key that cannot be had now is not a refusal: the door answers 503.
func TestVerify_KeyThatCannotBeReadIsNotAFailure(t *testing.T) {
	t.Parallel()
	m := goodPost()
	m.sign()
	_, err := Verify(t.Context(), m.request(), []byte(m.body), &keyring{}, "https://"+hub, testNow)
	var f *Failure
	if !errors.Is(err, errNoKey) || errors.As(err, &f) {
		t.Errorf("got %v, want the error of the source and no Failure", err)
	}
}

// In one process, as in tests of whole towns, a request goes to the handler
// without a request line; behind a proxy it may have the absolute form.
func TestParse_RequestWithoutARequestLine(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"", "https://" + hub + "/c/planning?page=2"} {
		m := goodGet()
		m.target += "?page=2"
		m.sign()
		r := m.request()
		r.RequestURI = line
		r.URL = must(url.Parse("https://" + hub + m.target))
		if _, err := Verify(t.Context(), r, nil, bobsKey(m.key.Public()), "https://"+hub, testNow); err != nil {
			t.Errorf("line %q: %v", line, err)
		}
	}
}

func TestS14_CommaInsideAKeyIDIsPartOfIt(t *testing.T) {
	t.Parallel()
	m := goodPost()
	const id = `https://peer.example/u/bob,keyId=x#main-key`
	m.params["keyId"] = `"` + id + `"`
	m.sign()
	q, err := Parse(m.request(), []byte(m.body), "https://"+hub, testNow)
	if err != nil || q.KeyID() != id {
		t.Errorf("got %v, %v", q, err)
	}
}

func TestVerified_HasTheVeryBytesThatWereChecked(t *testing.T) {
	t.Parallel()
	m := goodPost()
	m.sign()
	body := []byte(m.body)
	v := must(Verify(t.Context(), m.request(), body, bobsKey(m.key.Public()), "https://"+hub, testNow))
	if &v.Body()[0] != &body[0] || !bytes.Equal(v.Body(), body) {
		t.Error("the proof holds other bytes")
	}
}

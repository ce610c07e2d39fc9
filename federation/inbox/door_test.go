package inbox_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/fedtest"
)

func parse(t testing.TB, raw []byte) doc {
	t.Helper()
	var d doc
	if err := json.Unmarshal(raw, &d); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	return d
}

func header(name, value string) fedtest.Twist {
	return fedtest.After(func(l *fedtest.Letter) { l.Request.Header.Set(name, value) })
}

func signature(change func(string) string) fedtest.Twist {
	return fedtest.After(func(l *fedtest.Letter) {
		l.Request.Header.Set("Signature", change(l.Request.Header.Get("Signature")))
	})
}

func replaced(old, new string) fedtest.Twist {
	return signature(func(s string) string {
		if !strings.Contains(s, old) {
			panic("the signature has no " + old)
		}
		return strings.Replace(s, old, new, 1)
	})
}

func aged(d time.Duration) fedtest.Twist {
	return fedtest.Before(func(l *fedtest.Letter) { l.At = l.At.Add(d) })
}

// shape is what a sender learns from an answer, but for the name of the request.
func shape(r fedtest.Reply) string {
	h := r.Header.Clone()
	h.Del("X-Request-Id")
	return fmt.Sprint(r.Status, h, r.Body)
}

// TestB0_RefusedSignaturesLookAlike sends one good activity with one thing wrong
// each time. All answers are the same to the byte, nothing changes, nothing is
// asked of anyone, and an admin can read why.
func TestB0_RefusedSignaturesLookAlike(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		code  string
		twist fedtest.Twist
	}{
		{"S01 no signature", "", fedtest.Unsigned()},
		{"S02 headers without the digest", "", replaced(" digest", "")},
		{"S02 only the date is covered", "", replaced("(request-target) host date digest content-type", "date")},
		{"S03 another body", "", fedtest.After(func(l *fedtest.Letter) { l.Body = append(l.Body, ' ') })},
		{"S04 no digest", "", fedtest.After(func(l *fedtest.Letter) { l.Request.Header.Del("Digest") })},
		{"S06 a digest of no known kind", "", header("Digest", "MD5=AAAA")},
		{"S06 two digests that differ", "", fedtest.After(func(l *fedtest.Letter) {
			l.Request.Header.Set("Digest", l.Request.Header.Get("Digest")+",SHA-256=AAAA")
		})},
		{"S07 old", "", aged(-61 * time.Minute)},
		{"S07 early", "", aged(61 * time.Minute)},
		{"S07 no date", "", fedtest.After(func(l *fedtest.Letter) { l.Request.Header.Del("Date") })},
		{"S07 a date that is none", "", header("Date", "Mon, 99 Foo")},
		{"S07 two dates", "", fedtest.After(func(l *fedtest.Letter) {
			l.Request.Header.Add("Date", l.Request.Header.Get("Date"))
		})},
		{"S08 expired", "", signature(func(s string) string { return s + `,expires=1` })},
		{"S08 expires beyond all numbers", "", signature(func(s string) string { return s + `,expires=99999999999999999999` })},
		{"S08 created in the future", "", signature(func(s string) string { return s + `,created=9999999999` })},
		{"S12 two signatures", "", fedtest.After(func(l *fedtest.Letter) {
			l.Request.Header.Add("Signature", l.Request.Header.Get("Signature"))
		})},
		{"S12 and one in Authorization", "", fedtest.After(func(l *fedtest.Letter) {
			l.Request.Header.Set("Authorization", "Signature "+l.Request.Header.Get("Signature"))
		})},
		{"S15 hmac", "", replaced("rsa-sha256", "hmac-sha256")},
		{"S15 none", "", replaced("rsa-sha256", "none")},
		{"S15 sha1", "", replaced("rsa-sha256", "rsa-sha1")},
		{"S16 nothing covered", "", replaced("(request-target) host date digest content-type", "")},
		{"S16 covered twice", "", replaced("host date", "host host date")},
		{"S20 a key of ours", "", fedtest.Before(func(l *fedtest.Letter) { l.Signer.KeyID = "https://north.example/u/ann#main-key" })},
		{"S39 both styles", "", header("Signature-Input", `sig1=("@method");created=1;keyid="https://evil.example/u/mal#main-key"`)},
		{"not base64", "", signature(func(s string) string { return strings.Replace(s, `signature="`, `signature="*`, 1) })},
	}
	s := besiege(t)
	want := ""
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s.T, s.t = t, t
			since := len(s.Exchanges())
			s.Unchanged(here, func() {
				r := s.sends(s.mal, s.create(s.mal, "Foul", nil), tt.twist)
				if r.Status != 401 || r.Header.Get("X-Request-Id") == "" {
					t.Errorf("answered %d, %v", r.Status, r.Header)
				}
				if want == "" {
					want = shape(r)
				}
				if got := shape(r); got != want {
					t.Errorf("it can be told apart:\n%s\nwant\n%s", got, want)
				}
			})
			if asked := s.egress(since); len(asked) > 0 {
				t.Errorf("the node asked for %v", asked)
			}
		})
	}
	s.T, s.t = t, t
	s.Settle()
	if r := s.Refusals(here); strings.Count(r, "\n") < 5 {
		t.Errorf("an admin reads only:\n%s", r)
	}
	// The neighbour of all of them: nothing is wrong with the activity itself.
	s.takes(s.mal, s.create(s.mal, "Fair", nil))
	s.Settle()
	s.ann.Sees(s.parks, "Fair")
}

func TestS09_OnlyTheRealHostCounts(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	s.Unchanged(here, func() {
		r := s.sends(s.mal, s.create(s.mal, "Foul", nil), fedtest.Before(func(l *fedtest.Letter) { l.Request.Host = "other.example" }))
		if r.Status == 202 {
			t.Error("a request for another host was taken")
		}
	})
	for name, value := range map[string]string{
		"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Original-URL": "/c/tender/inbox", "X-Forwarded-Path": "/x",
	} { // S10: ignored
		if r := s.sends(s.mal, s.create(s.mal, "Fair", nil), header(name, value)); r.Status != 202 {
			t.Errorf("with %s: answered %d", name, r.Status)
		}
	}
}

func TestS11_SignedForAnotherPathOrMethod(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	for name, tt := range map[string]struct {
		twist fedtest.Twist
		want  int
	}{
		"path":   {fedtest.After(func(l *fedtest.Letter) { l.Request.URL.Path = "/c/tender/inbox" }), 401},
		"query":  {fedtest.After(func(l *fedtest.Letter) { l.Request.URL.RawQuery = "x=1" }), 400},
		"empty?": {fedtest.After(func(l *fedtest.Letter) { l.Request.URL.ForceQuery = true }), 400},
	} {
		s.Unchanged(here, func() {
			if r := s.sends(s.mal, s.create(s.mal, "Foul", nil), tt.twist); r.Status != tt.want {
				t.Errorf("%s: answered %d, want %d", name, r.Status, tt.want)
			}
		})
	}
}

// TestC26_C27_StatusOfTheDoor holds what is told apart: size, kind, shape, place.
func TestC26_C27_StatusOfTheDoor(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	good := func() doc { return s.create(s.mal, "Fair", nil) }
	raw := func(b string) fedtest.Twist {
		return fedtest.Before(func(l *fedtest.Letter) { l.Body = []byte(b) })
	}
	base := "https://" + here
	tests := []struct {
		name  string
		inbox string
		twist fedtest.Twist
		want  int
	}{
		{"C26 too large", "/inbox", raw(`{"x":"` + strings.Repeat("x", 1<<20) + `"}`), 413},
		{"C26 just not too large, no activity", "/inbox", raw(`{"x":"` + strings.Repeat("x", 400_000) + `"}`), 400},
		{"C26 S95 deep", "/inbox", raw(strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33)), 400},
		{"S95 brackets only", "/inbox", raw(strings.Repeat("[", 1<<19)), 400},
		{"S95 number out of range", "/inbox", raw(`{"id":"https://evil.example/a/x","type":"Like","actor":"https://evil.example/u/mal","x":1e400}`), 400},
		{"S95 two values", "/inbox", raw(`{} {}`), 400},
		{"S95 bad UTF-8", "/inbox", raw("{\"a\":\"\xff\"}"), 400},
		{"S95 half a pair", "/inbox", raw(`{"a":"\ud800"}`), 400},
		{"S73 a name in two spellings", "/inbox", raw(`{"id":"https://evil.example/a/x","type":"Like","Type":"Delete","actor":"https://evil.example/u/mal"}`), 400},
		{"S74 @id beside id", "/inbox", raw(`{"id":"https://evil.example/a/x","@id":"https://peer.example/x","type":"Like","actor":"https://evil.example/u/mal"}`), 400},
		{"C26 another media type", "/inbox", header("Content-Type", "text/plain"), 415},
		{"C26 no media type", "/inbox", fedtest.After(func(l *fedtest.Letter) { l.Request.Header.Del("Content-Type") }), 415},
		{"S94 compressed", "/inbox", header("Content-Encoding", "gzip"), 415},
		{"C27 nobody", "/u/nobody/inbox", fedtest.Twist{}, 404},
		{"C27 no such community", "/c/nothing/inbox", fedtest.Twist{}, 404},
		{"one that never leaves the node is not there", "/c/staff/inbox", fedtest.Twist{}, 404},
		{"a closed one is", "/c/tender/inbox", fedtest.Twist{}, 202},
		{"a person is", "/u/ann/inbox", fedtest.Twist{}, 202},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := s.mal.Sends(actors.URI(base+tt.inbox), good(), tt.twist)
			if r.Status != tt.want {
				t.Errorf("answered %d %s, want %d", r.Status, r.Body, tt.want)
			}
			if r.Status >= 400 && strings.Contains(r.Body, "evil") {
				t.Errorf("the answer quotes the sender: %s", r.Body)
			}
		})
	}
	nobody, staff := s.mal.Sends(actors.URI(base+"/c/nothing/inbox"), good()), s.mal.Sends(actors.URI(base+"/c/staff/inbox"), good())
	if shape(nobody) != shape(staff) {
		t.Errorf("what never leaves can be told from what is not:\n%s\n%s", shape(staff), shape(nobody))
	}
}

func TestS17_S18_KeysOfOthers(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	stolen := s.evil.Person("thief")
	document := stolen.Document("Person", "thief")
	key := document["publicKey"].(doc)
	s.evil.Serves("/k", fedtest.Answer{Body: doc{
		"id": "https://evil.example/k#k", "owner": s.bob.URI, "publicKeyPem": key["publicKeyPem"],
	}})
	s.evil.Serves("/k18", fedtest.Answer{Body: doc{
		"id": "https://evil.example/other#k", "owner": stolen.URI, "publicKeyPem": key["publicKeyPem"],
	}})
	for _, id := range []string{"https://evil.example/k#k", "https://evil.example/k18#k", "https://evil.example/nothing#k"} {
		s.Unchanged(here, func() {
			act := s.create(s.bob, "Foul", nil)
			act["id"] = string(s.bob.URI) + "/a/" + fmt.Sprint(len(id))
			r := stolen.Sends("https://"+here+"/inbox", act, fedtest.Before(func(l *fedtest.Letter) { l.Signer.KeyID = id }))
			if r.Status != 401 {
				t.Errorf("%s: answered %d, want 401", id, r.Status)
			}
		})
	}
	s.takes(stolen, s.create(stolen, "Fair", doc{"to": []actors.URI{actors.Public}})) // its own name it may use
}

func TestS21_C21_S40_ActorIsTheSigner(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	other := s.evil.Person("other")
	tests := map[string]struct {
		change doc
		want   int
	}{
		"S21 another of the same host": {doc{"actor": other.URI}, 401},
		"C21 one of another host":      {doc{"actor": s.bob.URI}, 401},
		"one of ours":                  {doc{"actor": s.ann.URI}, 401},
		"S40 with an LD signature": {doc{"actor": s.bob.URI, "signature": doc{
			"type": "RsaSignature2017", "creator": s.bob.KeyID(), "signatureValue": "AAAA"}}, 401},
		"S40 with a proof": {doc{"actor": s.bob.URI, "proof": doc{
			"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "verificationMethod": s.bob.KeyID(), "proofValue": "zAAAA"}}, 401},
		"S22 two":                       {doc{"actor": []any{s.mal.URI, s.bob.URI}}, 400},
		"S22 a number":                  {doc{"actor": 1}, 400},
		"S22 none":                      {doc{"actor": []any{}}, 400},
		"S22 missing":                   {doc{"actor": nil}, 400},
		"no id":                         {doc{"id": nil}, 400},
		"an id of another host":         {doc{"id": "https://peer.example/a/1"}, 400},
		"an id of ours":                 {doc{"id": "https://north.example/a/1"}, 400},
		"S73 two types":                 {doc{"type": []any{"Create", "Delete"}}, 400},
		"S67 an id in another spelling": {doc{"id": "https://EVIL.example/a/1"}, 400},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s.T, s.t = t, t
			s.Unchanged(here, func() {
				r := s.sends(s.mal, with(s.create(s.mal, "Foul", nil), tt.change))
				if r.Status != tt.want {
					t.Errorf("answered %d %s, want %d", r.Status, r.Body, tt.want)
				}
				s.Settle()
			})
		})
	}
	s.T, s.t = t, t
	// C40: an embedded actor with the signer's id is the signer.
	s.takes(s.mal, with(s.create(s.mal, "Fair", nil), doc{"actor": s.mal.Document("Person", "mal")}))
	s.Settle()
	s.ann.Sees(s.parks, "Fair")
}

func TestS23_S24_S25_BlockedHosts(t *testing.T) {
	t.Parallel()
	s := besiege(t)
	s.block("evil.example")
	mal2 := s.Stranger("deep.evil.example").Person("mal") // C58: hosts below too
	for _, p := range []*fedtest.Puppet{s.mal, mal2} {
		since := len(s.Exchanges())
		s.Unchanged(here, func() {
			if r := s.sends(p, s.create(p, "Foul", nil)); r.Status != http.StatusForbidden {
				t.Errorf("%s: answered %d, want 403", p.URI, r.Status)
			}
		})
		if asked := s.egress(since); len(asked) > 0 {
			t.Errorf("a blocked host was asked: %v", asked)
		}
	}
	// S24: a key on a host that is allowed, whose owner is on one that is not.
	key := s.mal.Document("Person", "mal")["publicKey"].(doc)
	s.peer.Serves("/k", fedtest.Answer{Body: doc{"id": "https://peer.example/k#k", "owner": s.mal.URI, "publicKeyPem": key["publicKeyPem"]}})
	s.Unchanged(here, func() {
		r := s.sends(s.mal, s.create(s.mal, "Foul", nil), fedtest.Before(func(l *fedtest.Letter) { l.Signer.KeyID = "https://peer.example/k#k" }))
		if r.Status != 403 && r.Status != 401 {
			t.Errorf("S24: answered %d", r.Status)
		}
	})
	// What waited is not applied once its host is blocked.
	reply := s.create(s.bob, "Too late", doc{"inReplyTo": "https://peer.example/p/late", "type": "Note"})
	s.takes(s.bob, reply)
	s.block("peer.example")
	s.Pass(25 * time.Hour)
	if line := s.line(reply["id"], s.bob); line.State != actors.Rejected || !strings.HasPrefix(line.Reason, "policy") {
		t.Errorf("what waited for a blocked host ended as %s %q", line.State, line.Reason)
	}
}

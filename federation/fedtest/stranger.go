package fedtest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"moothall/actors"
	"moothall/federation/proof"
	"moothall/federation/sign"
)

// Stranger is a server that is no node of ours: it says what it is told to say
// and remembers what it was asked.
type Stranger struct {
	Host string

	town *Town
	mu   sync.Mutex
	says map[string]Answer
	got  []Exchange

	refuses func(r *http.Request) bool
	refusal Answer
}

// Answer is what a stranger says at one path.
type Answer struct {
	Status int // 0 is 200
	Type   string
	Header map[string]string
	Body   any           // text or bytes as they are, anything else as JSON
	After  time.Duration // that the town's clock moves before it answers
}

const activityType = "application/activity+json"

// Stranger opens a server under a host of its own.
func (town *Town) Stranger(host string) *Stranger {
	s := &Stranger{Host: host, town: town, says: map[string]Answer{}}
	town.net.put(host, s)
	return s
}

// Serves makes a path answer.
func (s *Stranger) Serves(path string, a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.says[path] = a
}

// Refuses makes the stranger give one answer to certain requests, whatever the path.
func (s *Stranger) Refuses(a Answer, which func(r *http.Request) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuses, s.refusal = which, a
}

// Requests lists what the stranger was asked.
func (s *Stranger) Requests() []Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Exchange(nil), s.got...)
}

// Forget drops what the stranger was asked so far.
func (s *Stranger) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = nil
}

// ServeHTTP answers as told: 202 to what is posted, 404 to all else.
func (s *Stranger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "unread", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	s.got = append(s.got, Exchange{To: s.Host, Method: r.Method, URL: r.URL.String(), Header: r.Header.Clone(), Body: body})
	a, ok := s.says[r.URL.RequestURI()]
	if !ok {
		a, ok = s.says[r.URL.Path]
	}
	if s.refuses != nil && s.refuses(r) {
		a, ok = s.refusal, true
	}
	s.mu.Unlock()
	switch {
	case !ok && r.Method == http.MethodPost:
		w.WriteHeader(http.StatusAccepted)
	case !ok:
		http.NotFound(w, r)
	default:
		a.write(w, s.town)
	}
}

func (a Answer) write(w http.ResponseWriter, town *Town) {
	town.Clock.Move(a.After)
	kind := a.Type
	if kind == "" {
		kind = activityType
	}
	w.Header().Set("Content-Type", kind)
	for name, value := range a.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(max(a.Status, 200))
	_, _ = w.Write(bytesOf(a.Body)) // a recorder takes everything
}

func bytesOf(v any) []byte {
	switch b := v.(type) {
	case nil:
		return nil
	case string:
		return []byte(b)
	case []byte:
		return b
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return []byte(err.Error())
	}
	return raw
}

// Puppet is an actor of a stranger.
type Puppet struct {
	URI   actors.URI
	Key   *rsa.PrivateKey
	Proof proof.Signer // of integrity proofs

	of *Stranger
}

// Doc is a JSON document.
type Doc = map[string]any

// Person makes a person whom everyone can look up.
func (s *Stranger) Person(name string) *Puppet { return s.Actor("Person", name) }

// Group makes a community whom everyone can look up.
func (s *Stranger) Group(name string) *Puppet { return s.Actor("Group", name) }

// Actor makes an actor of a kind whom everyone can look up, with WebFinger.
func (s *Stranger) Actor(kind, name string) *Puppet {
	s.town.T.Helper()
	keys, err := s.town.keys.next()
	s.town.must(err)
	p := &Puppet{URI: actors.URI("https://" + s.Host + "/u/" + name), Key: keys.RSA, of: s}
	p.Proof = proof.Signer{Method: string(p.URI) + "#ed25519-key", Key: keys.Ed25519}
	s.Serves("/u/"+name, Answer{Body: p.Document(kind, name)})
	s.Serves("/.well-known/webfinger?resource=acct%3A"+name+"%40"+s.Host, Answer{Type: "application/jrd+json", Body: Doc{
		"subject": "acct:" + name + "@" + s.Host,
		"links":   []Doc{{"rel": "self", "type": activityType, "href": p.URI}},
	}})
	return p
}

// Document is what the puppet says of itself, for tests that change a part.
func (p *Puppet) Document(kind, name string) Doc {
	p.of.town.T.Helper()
	pem, err := sign.EncodePublicKey(&p.Key.PublicKey)
	p.of.town.must(err)
	return Doc{
		"@context": []string{"https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"},
		"id":       p.URI, "type": kind, "preferredUsername": name,
		"inbox": p.URI + "/inbox", "outbox": p.URI + "/outbox", "followers": p.URI + "/followers",
		"endpoints": Doc{"sharedInbox": "https://" + p.of.Host + "/inbox"},
		"publicKey": Doc{"id": p.KeyID(), "owner": p.URI, "publicKeyPem": pem},
		"assertionMethod": []Doc{{
			"id": p.Proof.Method, "type": "Multikey", "controller": p.URI,
			"publicKeyMultibase": sign.EncodeMultikey(p.Proof.Key.Public().(ed25519.PublicKey)),
		}},
	}
}

// Proves adds an integrity proof by the puppet to a document.
func (p *Puppet) Proves(d Doc) Doc {
	p.of.town.T.Helper()
	raw, err := p.Proof.Attach(bytesOf(d), p.of.town.Clock.Now())
	p.of.town.must(err)
	var out Doc
	p.of.town.must(json.Unmarshal(raw, &out))
	return out
}

// KeyID is the name of the puppet's key.
func (p *Puppet) KeyID() string { return string(p.URI) + "#main-key" }

// ID makes an address at the puppet's host that nobody has used.
func (p *Puppet) ID() string {
	return fmt.Sprintf("https://%s/x/%x", p.of.Host, p.of.town.Chaos.Uint64())
}

// Letter is a request on its way: a twist may change anything of it.
type Letter struct {
	Request *http.Request
	Body    []byte
	Signer  sign.Signer
	At      time.Time // when it says it was signed
	Naked   bool      // send it unsigned
}

// Twist changes a letter before or after it is signed.
type Twist struct{ before, after func(*Letter) }

// Before changes a letter that is signed then.
func Before(f func(*Letter)) Twist { return Twist{before: f} }

// After changes a letter that has been signed.
func After(f func(*Letter)) Twist { return Twist{after: f} }

// Unsigned leaves the signature out.
func Unsigned() Twist { return Before(func(l *Letter) { l.Naked = true }) }

// Reply is what came back.
type Reply struct {
	Status int
	Header http.Header
	Body   string
}

// Sends posts an activity to an inbox, signed, with exactly the twists that are
// given.
func (p *Puppet) Sends(inbox actors.URI, activity any, twists ...Twist) Reply {
	p.of.town.T.Helper()
	r, err := http.NewRequest(http.MethodPost, string(inbox), nil)
	p.of.town.must(err)
	r.Header.Set("Content-Type", activityType)
	l := &Letter{
		Request: r, Body: bytesOf(activity), At: p.of.town.Clock.Now(),
		Signer: sign.Signer{KeyID: p.KeyID(), Key: p.Key},
	}
	return p.of.post(l, twists)
}

func (s *Stranger) post(l *Letter, twists []Twist) Reply {
	s.town.T.Helper()
	for _, t := range twists {
		if t.before != nil {
			t.before(l)
		}
	}
	if !l.Naked {
		s.town.must(l.Signer.Sign(l.Request, l.Body, l.At))
	}
	for _, t := range twists {
		if t.after != nil {
			t.after(l)
		}
	}
	l.Request.Body, l.Request.ContentLength = io.NopCloser(bytes.NewReader(l.Body)), int64(len(l.Body))
	resp, err := s.town.net.from(s.Host).RoundTrip(l.Request)
	s.town.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	s.town.must(err)
	return Reply{resp.StatusCode, resp.Header, string(body)}
}

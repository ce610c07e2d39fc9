package fedtest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/sign"
)

// Spellings of Accept that peers send, and those of browsers.
var (
	programs = []string{
		`application/activity+json`,
		`application/ld+json`,
		`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`,
		`application/ld+json;profile="https://www.w3.org/ns/activitystreams" ;q=0.2`,
		`application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"`,
		`text/html;q=0.4, application/activity+json`,
	}
	browsers = []string{`text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8`, `*/*`}
)

// reader gets everything that a node's documents name at its own host, over HTTP.
type reader struct {
	t    *testing.T
	town *Town
	host string
	seen map[string]Doc
	next []string
}

// published is everything public that can be found from a node's own actor and
// some communities and people of it.
func (town *Town) published(t *testing.T, host string, from ...actors.URI) map[string]Doc {
	t.Helper()
	r := &reader{t: t, town: town, host: host, seen: map[string]Doc{}}
	r.finds("https://" + host + "/")
	for _, uri := range from {
		r.finds(string(uri))
	}
	for len(r.next) > 0 {
		address := r.next[0]
		r.next = r.next[1:]
		r.reads(address)
	}
	return r.seen
}

// finds notes an address, if a document may be there.
func (r *reader) finds(address string) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Hostname() != r.host || u.Fragment != "" || r.seen[address] != nil {
		return
	}
	for _, none := range []string{"/inbox", "/followers_synchronization", "/member-token", "/media/"} {
		if strings.Contains(u.Path, none) {
			return
		}
	}
	r.seen[address] = Doc{}
	r.next = append(r.next, address)
}

func (r *reader) reads(address string) {
	r.t.Helper()
	reply := r.town.get(address, programs[0])
	d := Doc{}
	if err := json.Unmarshal([]byte(reply.Body), &d); err != nil || reply.Status != http.StatusOK && reply.Status != http.StatusGone {
		r.t.Errorf("%s: %d %v %s", address, reply.Status, err, reply.Body)
		return
	}
	r.seen[address] = d
	r.walks(d)
}

func (r *reader) walks(v any) {
	switch v := v.(type) {
	case string:
		r.finds(v)
	case []any:
		for _, e := range v {
			r.walks(e)
		}
	case Doc:
		for name, e := range v {
			// Neither is a document: pages for people, and words.
			if name != "url" && name != "href" && name != "content" && name != "@context" {
				r.walks(e)
			}
		}
	}
}

// get asks from outside, unsigned.
func (town *Town) get(address, accept string) Reply {
	town.T.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	town.must(err)
	r.Header.Set("Accept", accept)
	return town.carries("reader.example", r)
}

// eventful is a node on which everything has happened that others can read.
func eventful(t *testing.T) (town *Town, ann, bob *Person, parks Community) {
	t.Helper()
	town = New(t, "north.example", "south.example")
	ann, bob = town.Person("ann@north.example"), town.Person("bob@south.example")
	parks = ann.Starts("parks")
	bob.Joins(parks)
	town.Settle()
	town.busy(ann, parks, bob)
	town.busy(bob, parks, ann)
	pinned := ann.Posts(parks, "Read first")
	ann.Pins(parks, pinned)
	ann.Locks(pinned, "Nothing to add")
	town.Settle()
	return town, ann, bob, parks
}

// TestC6_C7_EveryAddressIsItsDocument: whatever address stands in a document of
// ours, a document with that id is there: without a redirect, under exactly one
// content type, however the question is spelled.
func TestC6_C7_EveryAddressIsItsDocument(t *testing.T) {
	town, ann, _, parks := eventful(t)
	kinds := map[string]int{}
	for address, doc := range town.published(t, "north.example", ann.URI, parks.URI) {
		kind, _ := doc["type"].(string)
		kinds[kind]++
		if first, isLog := strings.CutSuffix(address, "/log"); doc["id"] != address && !(isLog && doc["id"] == first+"/log?after=0&chain=public") {
			t.Errorf("%s says that it is %v", address, doc["id"])
		}
		status := map[bool]int{false: http.StatusOK, true: http.StatusGone}[kind == "Tombstone"]
		for _, accept := range programs {
			r := town.get(address, accept)
			if r.Status != status || r.Header.Get("Content-Type") != activityType {
				t.Errorf("%s with %q: %d %q", address, accept, r.Status, r.Header.Get("Content-Type"))
			}
			if !varies(r, "Accept") || !varies(r, "Signature") || !varies(r, "Authorization") {
				t.Errorf("%s: Vary is %q", address, r.Header["Vary"])
			}
		}
		if strings.HasPrefix(address, string(ann.URI)+"/outbox") {
			continue // for all else than documents this is where her own programs ask, with a token
		}
		for _, accept := range browsers {
			if r := town.get(address, accept); strings.Contains(r.Header.Get("Content-Type"), "json") || !varies(r, "Accept") {
				t.Errorf("%s with %q: %d %q, Vary %q", address, accept, r.Status, r.Header.Get("Content-Type"), r.Header["Vary"])
			}
		}
	}
	for _, kind := range []string{"Application", "Group", "Person", "Page", "Note", "Create", "Announce", "OrderedCollection", "OrderedCollectionPage", "Collection", "Tombstone"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s was read: %v", kind, kinds)
		}
	}
}

func varies(r Reply, by string) bool {
	return slices.Contains(strings.Split(strings.ReplaceAll(strings.Join(r.Header["Vary"], ","), " ", ""), ","), by)
}

// TestC61_NothingOddLeavesANode looks at all that can be read and all that was sent.
func TestC61_NothingOddLeavesANode(t *testing.T) {
	town, ann, bob, parks := eventful(t)
	for address, doc := range town.published(t, "north.example", ann.URI, parks.URI) {
		boring(t, address, doc)
	}
	for address, doc := range town.published(t, "south.example", bob.URI) {
		boring(t, address, doc)
	}
	sent, written := map[any]bool{}, goldenShapes(t)
	for _, e := range town.Exchanges() {
		if e.Method != http.MethodPost {
			continue
		}
		var doc Doc
		if err := json.Unmarshal(e.Body, &doc); err != nil {
			t.Fatal(err)
		}
		boring(t, "sent to "+e.URL, doc)
		sent[doc["type"]] = true
		for _, shape := range shapesOf(doc) {
			if !written[shape] {
				t.Errorf("%s was sent, of which there is no golden file", shape)
			}
		}
	}
	for _, kind := range []string{"Follow", "Accept", "Create", "Update", "Delete", "Like", "Undo", "Announce"} {
		if !sent[kind] {
			t.Errorf("no %s was sent", kind)
		}
	}
}

// goldenShapes are the kinds of activity that FEDERATION.md shows.
func goldenShapes(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../testdata/ours/*.json")
	if err != nil {
		t.Fatal(err)
	}
	shapes := map[string]bool{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var doc Doc
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatal(f, err)
		}
		for _, shape := range shapesOf(doc) {
			shapes[shape] = true
		}
	}
	return shapes
}

// shapesOf are the kinds that an activity is made of, such as "Create" and "Page",
// or "Undo Like". Of an Announce it is those of what is in it, which others wrote.
func shapesOf(doc Doc) []string {
	kind, _ := doc["type"].(string)
	inner, ok := doc["object"].(Doc)
	of, _ := inner["type"].(string)
	switch {
	case !ok:
		return []string{kind}
	case kind == "Announce":
		return shapesOf(inner)
	case kind == "Undo":
		return []string{kind + " " + of}
	}
	return []string{kind, of}
}

// boring fails where a value is null, or an address is not https or has a port.
func boring(t *testing.T, at string, v any) {
	t.Helper()
	switch v := v.(type) {
	case nil:
		t.Errorf("%s is null", at)
	case string:
		u, err := url.Parse(v)
		if err == nil && (u.Scheme == "http" || u.Scheme == "https" && u.Port() != "") {
			t.Errorf("%s is %s", at, v)
		}
	case []any:
		for _, e := range v {
			boring(t, at, e)
		}
	case Doc:
		for name, e := range v {
			if name != "@context" { // names of vocabularies, some of them http
				boring(t, at+" "+name, e)
			}
		}
	}
}

// Exactly what each peer looks for with code of its own.
var (
	signatureForm = regexp.MustCompile(`^keyId="https://[a-z.]+/[a-z/]*#main-key",algorithm="rsa-sha256",headers="([a-z() -]+)",signature="[A-Za-z0-9+/]+=*"$`)
	digestForm    = regexp.MustCompile(`^SHA-256=[A-Za-z0-9+/]{43}=$`)
	agentForm     = regexp.MustCompile(`^Moothall/\S+ \(\+https://north\.example/\)$`)
)

// recorded is a stranger who has followed, was told things and was asked things.
func recorded(t *testing.T) (town *Town, eve *Puppet) {
	t.Helper()
	town, ann, parks, eve := follower(t)
	eve.Sends(inbox(parks), follow(eve, parks))
	n := note(eve, parks, "Mine")
	object := n["object"].(Doc)
	n["object"] = object["id"] // which has to be read
	eve.of.Serves(strings.TrimPrefix(object["id"].(string), "https://"+eve.of.Host), Answer{Body: object})
	eve.Sends(inbox(parks), n)
	post := ann.Posts(parks, "Ours")
	town.Settle()
	ann.Replies(post, "And more")
	town.Settle()
	return town, eve
}

// TestC13_HeadersAsAStrangerGetsThem: PieFed, Discourse and Lemmy take the header
// apart with patterns, NodeBB compares the name of the digest.
func TestC13_HeadersAsAStrangerGetsThem(t *testing.T) {
	town, eve := recorded(t)
	n := 0
	for _, e := range eve.of.Requests() {
		if e.Method != http.MethodPost {
			continue
		}
		n++
		want := map[string]string{"Content-Type": activityType}
		for name, value := range want {
			if got := e.Header[name]; len(got) != 1 || got[0] != value {
				t.Errorf("%s: %q", name, got)
			}
		}
		form := signatureForm.FindStringSubmatch(e.Header.Get("Signature"))
		if len(e.Header["Signature"]) != 1 || form == nil || form[1] != "(request-target) host date digest content-type" {
			t.Errorf("Signature: %q", e.Header["Signature"])
		}
		if d := e.Header["Digest"]; len(d) != 1 || !digestForm.MatchString(d[0]) {
			t.Errorf("Digest: %q", d)
		}
		if at, err := time.Parse(http.TimeFormat, e.Header.Get("Date")); err != nil || !at.Equal(town.Clock.Now()) {
			t.Errorf("Date: %q %v", e.Header.Get("Date"), err)
		}
		if !agentForm.MatchString(e.Header.Get("User-Agent")) {
			t.Errorf("User-Agent: %q", e.Header.Get("User-Agent"))
		}
		for _, name := range []string{"Signature-Input", "Content-Digest", "Authorization", "Cookie"} {
			if e.Header.Get(name) != "" {
				t.Errorf("%s: %q", name, e.Header.Get(name))
			}
		}
		var d struct{ Actor string }
		if err := json.Unmarshal(e.Body, &d); err != nil || !strings.HasPrefix(e.Header.Get("Signature"), `keyId="`+d.Actor+`#main-key"`) {
			t.Errorf("what %q says is signed with %q", d.Actor, e.Header.Get("Signature"))
		}
		town.holds(t, e)
	}
	if n < 3 {
		t.Errorf("only %d activities were sent", n)
	}
}

// TestC14_ReadsAsAStrangerGetsThem: GoToSocial answers nothing that is unsigned,
// Lemmy nothing private without a digest, and neither knows anyone but the node.
func TestC14_ReadsAsAStrangerGetsThem(t *testing.T) {
	town, eve := recorded(t)
	n := 0
	for _, e := range eve.of.Requests() {
		if e.Method != http.MethodGet || strings.Contains(e.URL, "nodeinfo") || strings.Contains(e.URL, "webfinger") {
			continue
		}
		n++
		form := signatureForm.FindStringSubmatch(e.Header.Get("Signature"))
		if form == nil || form[1] != "(request-target) host date digest" || !strings.HasPrefix(form[0], `keyId="https://north.example/#main-key"`) {
			t.Errorf("%s, Signature: %q", e.URL, e.Header["Signature"])
		}
		if got := e.Header.Get("Digest"); got != "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=" {
			t.Errorf("%s, Digest: %q", e.URL, got)
		}
		if got := e.Header.Get("Accept"); got != `application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"` {
			t.Errorf("%s, Accept: %q", e.URL, got)
		}
		town.holds(t, e)
	}
	if n < 2 {
		t.Errorf("only %d documents were read", n)
	}
}

// holds checks the signature of what a stranger was sent, with the key that the
// signer's document shows to everyone.
func (town *Town) holds(t *testing.T, e Exchange) {
	t.Helper()
	r, err := http.NewRequest(e.Method, "https://"+e.To+e.URL, nil)
	town.must(err)
	r.Header, r.Host = e.Header.Clone(), e.To
	claim, err := sign.Parse(r, e.Body, "https://"+e.To, town.Clock.Now())
	if err != nil {
		t.Errorf("%s %s: %v", e.Method, e.URL, err)
		return
	}
	var signer struct {
		PublicKey struct{ PublicKeyPem string }
	}
	owner, _, _ := strings.Cut(claim.KeyID(), "#")
	town.must(json.Unmarshal([]byte(town.get(owner, activityType).Body), &signer))
	key, err := sign.ParsePublicKey(signer.PublicKey.PublicKeyPem)
	town.must(err)
	if err := claim.VerifyWith(sign.Key{ID: claim.KeyID(), Owner: actors.URI(owner), Public: key}); err != nil {
		t.Errorf("%s %s: %v", e.Method, e.URL, err)
	}
}

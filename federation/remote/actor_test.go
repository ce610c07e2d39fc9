package remote

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
)

const annID = "https://peer.example/u/ann"

func TestActorIsReadInFull(t *testing.T) {
	t.Parallel()
	w := newTown()
	body := person(t, annID, 1, func(m map[string]any) {
		m["name"], m["summary"] = "Ann \u202eLee\n", `<p onclick="x()">Trees</p><script>1</script>`
		m["url"] = []any{map[string]any{"type": "Link", "href": "https://peer.example/@ann", "mediaType": "text/html"}}
		m["endpoints"] = map[string]any{"sharedInbox": "https://peer.example/inbox"}
		m["featured"], m["attributedTo"] = annID+"/featured", annID+"/moderators"
		m["manuallyApprovesFollowers"], m["discoverable"], m["indexable"] = true, false, true
		m["published"], m["updated"] = "2026-01-05T09:00:00Z", "2026-06-01T10:00:00Z"
		m["attachment"] = []any{
			map[string]any{"type": "PropertyValue", "name": "Organisation", "value": "<b>North</b> Council"},
			map[string]any{"type": "PropertyValue", "name": "role", "value": "Tree officer"},
			map[string]any{"type": "PropertyValue", "name": "Web", "value": "x"},
		}
		m["assertionMethod"] = []any{map[string]any{"id": annID + "#ed25519-key", "type": "Multikey", "controller": annID,
			"publicKeyMultibase": "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"}}
	})
	w.hosts[peer] = site{"/u/ann": doc(body)}
	got, raw, err := newClient(w).Actor(t.Context(), annID)
	if err != nil {
		t.Fatal(err)
	}
	want := actors.Actor{
		URI: annID, Kind: actors.Person, Name: "ann", Host: peer, Title: "Ann Lee", Summary: "<p>Trees</p>",
		URL: "https://peer.example/@ann", Inbox: annID + "/inbox", SharedInbox: "https://peer.example/inbox",
		Outbox: annID + "/outbox", Followers: annID + "/followers", Featured: annID + "/featured",
		KeyID: annID + "#main-key", PublicKey: publicPEM(t, 1), Ed25519KeyID: annID + "#ed25519-key", Ed25519Key: "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
		Organisation: "North Council", JobTitle: "Tree officer", Approves: true, Indexable: true,
		Published: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC), Updated: time.Date(2026, 6, 1, 10, 0, 0, 0, time.UTC),
		Fetched: newClock().Now(),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if string(raw) != body {
		t.Error("the document is not as it came")
	}
}

// actorFrom reads one altered actor.
func actorFrom(t *testing.T, change func(m map[string]any)) (actors.Actor, error) {
	t.Helper()
	w := newTown()
	w.hosts[peer] = site{"/u/ann": doc(person(t, annID, 1, change))}
	a, _, err := newClient(w).Actor(t.Context(), annID)
	return a, err
}

func set(name string, v any) func(map[string]any) { return func(m map[string]any) { m[name] = v } }

func key(id, owner, pem string) map[string]any {
	return map[string]any{"id": id, "owner": owner, "publicKeyPem": pem}
}

func TestS69_PartsOnOtherHostsRefuseTheActor(t *testing.T) {
	t.Parallel()
	pem := publicPEM(t, 1)
	tests := []struct {
		name   string
		change func(map[string]any)
		code   Code
	}{
		{"inbox at a bank", set("inbox", "https://bank.example/transfer"), CodeActor},
		{"inbox at ours", set("inbox", "https://commons.example/c/tender/inbox"), CodeActor},
		{"inbox below the host", set("inbox", "https://in.peer.example/inbox"), CodeActor},
		{"inbox over plain HTTP", set("inbox", "http://peer.example/inbox"), CodeActor},
		{"inbox with a port", set("inbox", "https://peer.example:8443/inbox"), CodeActor},
		{"inbox as script", set("inbox", "javascript:alert(1)"), CodeActor},
		{"no inbox", set("inbox", nil), CodeDocument},
		{"outbox elsewhere", set("outbox", "https://evil.example/outbox"), CodeActor},
		{"followers elsewhere", set("followers", "https://evil.example/followers"), CodeActor},
		{"key id elsewhere", set("publicKey", key("https://evil.example/u/ann#main-key", annID, pem)), CodeKey},
		{"key id with a likeness", set("publicKey", key("https://peer.example.evil.example/#k", annID, pem)), CodeKey},
		{"key of another owner", set("publicKey", key(annID+"#main-key", "https://peer.example/u/bob", pem)), CodeKey},
		{"key without owner", set("publicKey", map[string]any{"id": annID + "#main-key", "publicKeyPem": pem}), CodeKey},
		{"second key of somebody else", set("publicKey", []any{key(annID+"#main-key", annID, pem), key(annID+"#2", "https://victim.example/u/v", pem)}), CodeKey},
		{"no key", set("publicKey", nil), CodeKey},
		{"no name", set("preferredUsername", nil), CodeActor},
		{"name of signs", set("preferredUsername", "@/@"), CodeActor},
		{"another type", set("type", "Note"), CodeDocument},
		{"two types", set("type", []any{"Person", "Group"}), CodeDocument},
	}
	for _, tt := range tests {
		if a, err := actorFrom(t, tt.change); CodeOf(err) != tt.code || a.URI != "" {
			t.Errorf("%s: %v, %v", tt.name, a.URI, err)
		}
	}
}

func TestS69_WhatMayBeMissingIsDropped(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(map[string]any)
		field  func(actors.Actor) string
		want   string
	}{
		{"sharedInbox elsewhere", set("endpoints", map[string]any{"sharedInbox": "https://evil.example/inbox"}),
			func(a actors.Actor) string { return string(a.SharedInbox) }, ""},
		{"sharedInbox at ours", set("endpoints", map[string]any{"sharedInbox": "https://commons.example/c/tender/inbox"}),
			func(a actors.Actor) string { return string(a.DeliveryInbox()) }, annID + "/inbox"},
		{"sharedInbox as Discourse writes it", set("sharedInbox", "https://peer.example/inbox"),
			func(a actors.Actor) string { return string(a.SharedInbox) }, "https://peer.example/inbox"},
		{"featured elsewhere", set("featured", "https://evil.example/f"),
			func(a actors.Actor) string { return string(a.Featured) }, ""},
		{"page as script", set("url", "javascript:alert(1)"),
			func(a actors.Actor) string { return a.URL }, annID},
		{"page as object with script", set("url", map[string]any{"href": "javascript:alert(1)"}),
			func(a actors.Actor) string { return a.URL }, annID},
		{"page on another host", set("url", "https://www.peer.example/ann"),
			func(a actors.Actor) string { return a.URL }, "https://www.peer.example/ann"},
		{"no outbox", set("outbox", nil), func(a actors.Actor) string { return string(a.Outbox) }, ""},
		{"proof key of another", set("assertionMethod", []any{map[string]any{"id": annID + "#e", "type": "Multikey",
			"controller": "https://victim.example/u/v", "publicKeyMultibase": "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"}}),
			func(a actors.Actor) string { return a.Ed25519Key }, ""},
	} {
		a, err := actorFrom(t, tt.change)
		if err != nil || tt.field(a) != tt.want {
			t.Errorf("%s: %q, %v", tt.name, tt.field(a), err)
		}
	}
}

func TestActorKinds(t *testing.T) {
	t.Parallel()
	for typ, want := range map[string]actors.Kind{
		"Person": actors.Person, "Service": actors.Person, "Organization": actors.Person,
		"Group": actors.Group, "Application": actors.Application,
	} {
		a, err := actorFrom(t, func(m map[string]any) { m["type"], m["attributedTo"] = typ, annID+"/moderators" })
		if err != nil || a.Kind != want {
			t.Errorf("%s is %q, %v", typ, a.Kind, err)
		}
		if (a.Moderators != "") != (typ == "Group") {
			t.Errorf("%s has moderators %q", typ, a.Moderators)
		}
	}
	a, err := actorFrom(t, func(m map[string]any) { m["type"] = "Application"; delete(m, "preferredUsername") })
	if err != nil || a.Name != peer {
		t.Errorf("an application without a name is %q, %v", a.Name, err)
	}
}

func TestS66_NamesAreDataOnly(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"alice@hub.example.gov.uk": "alicehub.example.gov.uk", "@ann": "ann", "a\u0000n\u202en": "ann", "ann/../x": "ann..x",
		"an n": "ann", strings.Repeat("a", 10_000): strings.Repeat("a", maxHandleName), "Änn": "Änn", `a"><b>`: "ab",
	} {
		a, err := actorFrom(t, set("preferredUsername", given))
		if err != nil || a.Name != want || a.Host != peer {
			t.Errorf("%.40q becomes %q at %q, %v", given, a.Name, a.Host, err)
		}
		if name, host, ok := actors.SplitHandle(a.Handle()); !ok || name != a.Name || host != peer {
			t.Errorf("%.40q: handle %q reads as %q at %q", given, a.Handle(), name, host)
		}
	}
}

func TestS29_WeakAndBrokenKeysAreRefused(t *testing.T) {
	t.Parallel()
	spki := func(pub any) string {
		der, err := x509.MarshalPKIXPublicKey(pub)
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	}
	modulus := func(bits uint) *big.Int {
		n := new(big.Int).Lsh(big.NewInt(1), bits-1)
		return n.Add(n, big.NewInt(1))
	}
	ec, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	private := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(keyPair(1))}))
	good := publicPEM(t, 1)
	for name, text := range map[string]string{
		"RSA 512":         spki(&rsa.PublicKey{N: modulus(512), E: 65537}),
		"RSA 1024":        spki(&rsa.PublicKey{N: modulus(1024), E: 65537}),
		"RSA 16384":       spki(&rsa.PublicKey{N: modulus(16384), E: 65537}),
		"exponent 1":      spki(&rsa.PublicKey{N: modulus(2048), E: 1}),
		"another curve":   spki(&ec.PublicKey),
		"private key":     private,
		"one MiB of PEM":  good + strings.Repeat("a", 1<<20-len(good)-8192),
		"nothing":         "",
		"two blocks":      good + good,
		"words":           "not a key",
		"empty PEM block": "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n",
	} {
		a, err := actorFrom(t, set("publicKey", key(annID+"#main-key", annID, text)))
		if code := CodeOf(err); code != CodeKey && code != CodeDocument && code != CodeTooLarge || a.URI != "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, err := actorFrom(t, set("publicKey", []any{
		key(annID+"#old", annID, spki(&rsa.PublicKey{N: modulus(1024), E: 65537})), key(annID+"#new", annID, good),
	}))
	if err != nil || a.KeyID != annID+"#new" {
		t.Errorf("a good key after a weak one: %q, %v", a.KeyID, err)
	}
	pkcs1 := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(&keyPair(1).PublicKey)}))
	if a, err := actorFrom(t, set("publicKey", key(annID+"#main-key", annID, pkcs1))); err != nil || a.PublicKey != good {
		t.Errorf("PKCS #1 is not stored as SPKI: %v", err)
	}
}

func TestS61_ActorOfAnotherHostIsRefused(t *testing.T) {
	t.Parallel()
	w := newTown()
	w.hosts[peer] = site{"/u/ann": redirect("https://evil.example/u/mal"), "/@ann": redirect("/u/bob"),
		"/u/bob": doc(person(t, "https://peer.example/u/bob", 1, nil))}
	w.hosts[evil] = site{"/u/mal": doc(person(t, "https://evil.example/u/mal", 2, nil))}
	c := newClient(w)
	if _, _, err := c.Actor(t.Context(), annID); CodeOf(err) != CodeIdentity {
		t.Errorf("an actor of another host: %v", err)
	}
	if a, _, err := c.Actor(t.Context(), "https://peer.example/@ann"); err != nil || a.URI != "https://peer.example/u/bob" {
		t.Errorf("another address of the same host: %q, %v", a.URI, err)
	}
}

func TestS62_ActorThatClaimsToBeOursIsRefused(t *testing.T) {
	t.Parallel()
	w := newTown()
	w.hosts[evil] = site{"/u/x": doc(person(t, "https://commons.example/u/alice", 2, nil)), "/r": redirect("https://commons.example/u/alice")}
	c := newClient(w)
	if _, _, err := c.Actor(t.Context(), "https://evil.example/u/x"); CodeOf(err) != CodeIdentity {
		t.Errorf("claim: %v", err)
	}
	if _, _, err := c.Actor(t.Context(), "https://evil.example/r"); !errors.Is(err, ErrOwnHost) {
		t.Errorf("redirect: %v", err)
	}
	if slices.ContainsFunc(w.asked(), func(s string) bool { return strings.Contains(s, ourHost) }) {
		t.Errorf("we asked ourselves: %v", w.asked())
	}
}

func page(id, next string, items ...string) string {
	m := map[string]any{"type": "OrderedCollectionPage", "id": id, "orderedItems": items}
	if next != "" {
		m["next"] = next
	}
	b, _ := json.Marshal(m)
	return string(b)
}

func TestS100_WalksEnd(t *testing.T) {
	t.Parallel()
	const top, p1, p2, p3 = "https://peer.example/c", "https://peer.example/c?page=1", "https://peer.example/c?page=2", "https://peer.example/c?page=3"
	start := doc(`{"type":"OrderedCollection","id":"` + top + `","totalItems":9,"first":"` + p1 + `"}`)
	stop := errors.New("stop")
	tests := []struct {
		name  string
		pages site
		want  string
		is    error
		code  Code
	}{
		{"to the end", site{"/c": start, "/c?page=1": doc(page(p1, p2, "a", "b")), "/c?page=2": doc(page(p2, "", "c"))}, "abc", nil, ""},
		{"flat", site{"/c": doc(`{"type":"OrderedCollection","id":"` + top + `","orderedItems":["a","b"],"first":"` + p1 + `"}`)}, "ab", nil, ""},
		{"empty", site{"/c": doc(`{"type":"OrderedCollection","id":"` + top + `","totalItems":7}`)}, "", nil, ""},
		{"page inside", site{"/c": doc(`{"type":"Collection","id":"` + top + `","first":{"type":"CollectionPage","items":["a"],"next":"` + p2 + `"}}`),
			"/c?page=2": doc(page(p2, "", "b"))}, "ab", nil, ""},
		{"to itself", site{"/c": start, "/c?page=1": doc(page(p1, p1, "a"))}, "a", nil, CodeDocument},
		{"to an earlier page", site{"/c": start, "/c?page=1": doc(page(p1, p2, "a")), "/c?page=2": doc(page(p2, p1, "b"))}, "ab", nil, CodeDocument},
		{"too many pages", site{"/c": start, "/c?page=1": doc(page(p1, p2, "a")), "/c?page=2": doc(page(p2, p3, "b")),
			"/c?page=3": doc(page(p3, p3+"4", "c"))}, "abc", ErrMore, ""},
		{"too many items", site{"/c": start, "/c?page=1": doc(page(p1, p2, "a", "b", "c", "d", "e", "f"))}, "abcde", ErrMore, ""},
		{"to another host", site{"/c": start, "/c?page=1": doc(page(p1, "https://evil.example/c", "a"))}, "a", nil, CodeIdentity},
		{"to a machine", site{"/c": start, "/c?page=1": doc(page(p1, "http://10.0.0.5/c", "a"))}, "a", nil, CodeAddress},
		{"to what is gone", site{"/c": start, "/c?page=1": doc(page(p1, p2, "a")), "/c?page=2": status(410)}, "a", ErrGone, CodeStatus},
		{"until told to stop", site{"/c": start, "/c?page=1": doc(page(p1, "", "a", "stop", "b"))}, "a", stop, ""},
		{"nothing there", site{}, "", ErrNotThere, CodeStatus},
		{"no collection", site{"/c": doc(note(top))}, "", nil, CodeDocument},
	}
	for _, tt := range tests {
		w := newTown()
		w.hosts[peer] = tt.pages
		got := ""
		err := newClient(w).Walk(t.Context(), top, 3, 5, func(item json.RawMessage) error {
			var s string
			if err := json.Unmarshal(item, &s); err != nil {
				return err
			}
			if s == "stop" {
				return stop
			}
			got += s
			return nil
		})
		if got != tt.want || CodeOf(err) != tt.code || tt.is != nil && !errors.Is(err, tt.is) || (err != nil) != (tt.is != nil || tt.code != "") {
			t.Errorf("%s: walked %q, %v", tt.name, got, err)
		}
		if slices.ContainsFunc(w.asked(), func(s string) bool { return !strings.HasPrefix(s, "https://peer.example/") }) {
			t.Errorf("%s: asked %v", tt.name, w.asked())
		}
	}
}

package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/sign"
)

const annKey = annID + "#main-key"

// shop is a Keys over a town, with what it stored.
type shop struct {
	*Keys
	town  *town
	clock *clock

	mu      sync.Mutex
	stored  map[string]actors.Actor // by key id
	learned int
	changed int
}

func newShop() *shop {
	s := &shop{town: newTown(), clock: newClock(), stored: map[string]actors.Actor{}}
	c := newClient(s.town)
	c.Now = s.clock.Now
	s.Keys = &Keys{
		Client: c, Now: s.clock.Now,
		Known: func(_ context.Context, keyID string) (actors.Actor, bool, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			a, ok := s.stored[keyID]
			for _, other := range s.stored {
				if !ok && other.Ed25519KeyID == keyID {
					a, ok = other, true
				}
			}
			return a, ok, nil
		},
		Learn: func(_ context.Context, a actors.Actor, raw []byte) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			if len(raw) == 0 {
				return errors.New("no document")
			}
			s.stored[a.KeyID] = a
			s.learned++
			return nil
		},
		Changed: func(context.Context, actors.Actor, actors.Actor) { s.changed++ },
	}
	return s
}

// is says whether key is the nth key of the tests.
func is(t *testing.T, key sign.Key, n int) bool {
	t.Helper()
	return keyPair(n).PublicKey.Equal(key.Public)
}

func isFinal(err error) bool {
	f, ok := errors.AsType[*sign.Failure](err)
	return ok && f.Code == sign.CodeKey
}

func TestKeyIsReadOnceAndThenStored(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 1, nil))}
	for range 3 {
		key, err := s.From("192.0.2.1").Key(t.Context(), annKey)
		if err != nil || key.ID != annKey || key.Owner != annID || !is(t, key, 1) {
			t.Fatalf("%+v, %v", key, err)
		}
		s.clock.pass(11 * time.Hour)
	}
	if s.town.count() != 1 || s.learned != 1 {
		t.Errorf("asked %d times, stored %d times", s.town.count(), s.learned)
	}
	if s.town.seen[0].header.Get("Signature") == "" {
		t.Error("the key was asked for without a signature")
	}
	if _, err := s.Key(t.Context(), annKey); err != nil || s.town.count() != 2 || s.learned != 2 {
		t.Errorf("after 33 hours: %v, asked %d times, stored %d times", err, s.town.count(), s.learned)
	}
}

// The shapes of protocol.md 3.2(7).
func TestKeyDocumentsOfPeers(t *testing.T) {
	t.Parallel()
	const stubKey, bareKey = annID + "/main-key", "https://peer.example/keys/1"
	pem := publicPEM(t, 1)
	with := func(id string) string { return person(t, annID, 1, set("publicKey", key(id, annID, pem))) }
	bare := func(id, owner, pem string) http.HandlerFunc {
		return doc(fmt.Sprintf(`{"id":%q,"type":"Key","owner":%q,"publicKeyPem":%q}`, id, owner, pem))
	}
	tests := []struct {
		name, keyID string
		pages       site
		code        Code
	}{
		{"an actor", annKey, site{"/u/ann": doc(person(t, annID, 1, nil))}, ""},
		{"one of two keys", annID + "#second", site{"/u/ann": doc(person(t, annID, 1, set("publicKey", []any{
			key(annKey, annID, publicPEM(t, 2)), key(annID+"#second", annID, pem)})))}, ""},
		{"part of an actor, as GoToSocial serves", stubKey, site{"/u/ann/main-key": doc(with(stubKey)), "/u/ann": doc(with(stubKey))}, ""},
		{"a key alone", bareKey, site{"/keys/1": bare(bareKey, annID, pem), "/u/ann": doc(with(bareKey))}, ""},
		{"a key alone with a fragment", "https://peer.example/keys#1",
			site{"/keys": bare("https://peer.example/keys#1", annID, pem), "/u/ann": doc(with("https://peer.example/keys#1"))}, ""},
		{"another key than listed", annID + "#other", site{"/u/ann": doc(person(t, annID, 1, nil))}, CodeKey},
		{"a part that the whole does not confirm", stubKey, site{"/u/ann/main-key": doc(with(stubKey)), "/u/ann": doc(with(annKey))}, CodeKey},
		{"a key alone that its owner does not list", bareKey, site{"/keys/1": bare(bareKey, annID, pem), "/u/ann": doc(with(annKey))}, CodeKey},
		{"a key alone with another PEM (S17)", bareKey, site{"/keys/1": bare(bareKey, annID, publicPEM(t, 2)), "/u/ann": doc(with(bareKey))}, CodeKey},
		{"a key alone without PEM", bareKey, site{"/keys/1": doc(`{"id":"` + bareKey + `","owner":"` + annID + `"}`), "/u/ann": doc(with(bareKey))}, CodeDocument},
		{"a key alone of another id (S18)", bareKey, site{"/keys/1": bare("https://peer.example/keys/2", annID, pem),
			"/keys/2": bare("https://peer.example/keys/2", annID, pem), "/u/ann": doc(with("https://peer.example/keys/2"))}, CodeKey},
		{"two keys alone", bareKey, site{"/keys/1": doc(fmt.Sprintf(`{"id":%q,"publicKey":[{"id":%q,"owner":%q,"publicKeyPem":%q},{"id":"https://peer.example/keys/2"}]}`,
			bareKey, bareKey, annID, pem)), "/u/ann": doc(with(bareKey))}, CodeKey},
		{"a key inside a document of its id, under another (S18)", bareKey, site{"/keys/1": doc(fmt.Sprintf(
			`{"id":%q,"publicKey":{"id":"https://peer.example/keys/2","owner":%q,"publicKeyPem":%q}}`, bareKey, annID, pem)), "/u/ann": doc(with(bareKey))}, CodeKey},
		{"a key inside a document of another id (S18)", bareKey, site{
			"/keys/1": doc(fmt.Sprintf(`{"id":"https://peer.example/x","publicKey":{"id":%q,"owner":%q,"publicKeyPem":%q}}`, bareKey, annID, pem)),
			"/x":      doc(fmt.Sprintf(`{"id":"https://peer.example/x","publicKey":{"id":%q,"owner":%q,"publicKeyPem":%q}}`, bareKey, annID, pem)),
			"/u/ann":  doc(with(bareKey))}, CodeKey},
		{"an owner under another address", bareKey, site{"/keys/1": bare(bareKey, "https://peer.example/@ann", pem),
			"/@ann": doc(with(bareKey)), "/u/ann": doc(with(bareKey))}, CodeIdentity},
		{"a document on another host", bareKey, site{"/keys/1": redirect("https://evil.example/u/mal")}, CodeIdentity},
		{"a post", annKey, site{"/u/ann": doc(note(annID))}, CodeDocument},
		{"a weak key", annKey, site{"/u/ann": doc(person(t, annID, 1, set("publicKey", key(annKey, annID, "x"))))}, CodeKey},
	}
	for _, tt := range tests {
		s := newShop()
		s.town.hosts[peer] = tt.pages
		s.town.hosts[evil] = site{"/u/mal": doc(person(t, "https://evil.example/u/mal", 1, nil))}
		got, err := s.Key(t.Context(), tt.keyID)
		if CodeOf(err) != tt.code || (err == nil) != (tt.code == "") || err != nil && !isFinal(err) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err == nil && (got.ID != tt.keyID || got.Owner != annID || !is(t, got, 1)) {
			t.Errorf("%s: %+v", tt.name, got)
		}
		if s.learned > 0 != (tt.code == "") {
			t.Errorf("%s: stored %d times", tt.name, s.learned)
		}
	}
}

// An evil host names a victim as the owner of its key.
func TestS17_KeyIsBoundToItsOwner(t *testing.T) {
	t.Parallel()
	const victim, victimID = "victim.example", "https://victim.example/u/v"
	evilKeys := []string{
		fmt.Sprintf(`{"id":"https://evil.example/k","owner":%q,"publicKeyPem":%q}`, victimID, publicPEM(t, 2)),
		fmt.Sprintf(`{"id":"https://evil.example/k","type":"Person","inbox":"https://evil.example/i","preferredUsername":"v",
			"publicKey":{"id":"https://evil.example/k","owner":%q,"publicKeyPem":%q}}`, victimID, publicPEM(t, 2)),
		person(t, victimID, 2, set("publicKey", key("https://evil.example/k", victimID, publicPEM(t, 2)))),
		fmt.Sprintf(`{"id":"https://evil.example/k","publicKey":{"id":%q,"owner":%q,"publicKeyPem":%q}}`, victimID+"#main-key", victimID, publicPEM(t, 2)),
	}
	for i, evilKey := range evilKeys {
		s := newShop()
		s.town.hosts[evil] = site{"/k": doc(evilKey)}
		s.town.hosts[victim] = site{"/u/v": doc(person(t, victimID, 1, nil))}
		got, err := s.Key(t.Context(), "https://evil.example/k")
		if !isFinal(err) || got.Owner != "" || len(s.stored) != 0 {
			t.Errorf("document %d: %+v, %v, stored %v", i, got, err, s.stored)
		}
		if s.town.count() != 1 {
			t.Errorf("document %d sent us on to %v", i, s.town.asked())
		}
		if k, err := s.Key(t.Context(), victimID+"#main-key"); err != nil || !is(t, k, 1) {
			t.Errorf("document %d: the victim's own key: %v", i, err)
		}
	}
}

func TestS20_OurOwnKeysAreNeverFetched(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.stored["https://commons.example/u/alice#main-key"] = actors.Actor{URI: "https://commons.example/u/alice", Local: true, PublicKey: publicPEM(t, 1), Fetched: s.clock.Now()}
	s.stored[annKey] = actors.Actor{URI: annID, Local: true, KeyID: annKey, PublicKey: publicPEM(t, 1), Fetched: s.clock.Now()}
	for _, id := range []string{"https://commons.example/u/alice#main-key", ourKeyID, "https://commons.example/u/nobody", annKey} {
		_, err := s.Key(t.Context(), id)
		_, again := s.Refresh(t.Context(), id)
		if !isFinal(err) || !isFinal(again) || CodeOf(err) != CodeOwnHost || s.town.count() != 0 {
			t.Errorf("%s: %v, %v, asked %v", id, err, again, s.town.asked())
		}
	}
}

func TestS23_S24_BlockedHostsOfKeysAndOwners(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.town.hosts[peer] = site{
		"/k": doc(fmt.Sprintf(`{"id":"https://peer.example/k","owner":"https://blocked.example/u/x","publicKeyPem":%q}`, publicPEM(t, 1))),
		"/r": redirect("https://blocked.example/u/x"),
	}
	s.stored["https://peer.example/stored"] = actors.Actor{URI: "https://blocked.example/u/x", PublicKey: publicPEM(t, 1), Fetched: s.clock.Now()}
	for id, asked := range map[string]int{"https://blocked.example/u/x#main-key": 0, "https://peer.example/k": 1, "https://peer.example/r": 1, "https://peer.example/stored": 0} {
		before := s.town.count()
		_, err := s.Key(t.Context(), id)
		if !errors.Is(err, ErrForbidden) || s.town.count()-before != asked {
			t.Errorf("%s: %v, asked %v", id, err, s.town.asked()[before:])
		}
	}
	if s.learned != 0 || len(s.failed.items) != 0 {
		t.Errorf("stored %d actors and %d failures", s.learned, len(s.failed.items))
	}
	if slices.ContainsFunc(s.town.asked(), func(at string) bool { return strings.Contains(at, blocked) }) {
		t.Errorf("a blocked host was asked: %v", s.town.asked())
	}
}

func TestKeyIDsThatAreNoAddresses(t *testing.T) {
	t.Parallel()
	s := newShop()
	for _, id := range []string{"", "main-key", "http://peer.example/u/ann#k", "https://PEER.example/u/ann#k", "https://10.0.0.5/k",
		"acct:ann@peer.example", "https://peer.example/" + strings.Repeat("a", 3000)} {
		if _, err := s.Key(t.Context(), id); !isFinal(err) || CodeOf(err) != CodeAddress || s.town.count() != 0 {
			t.Errorf("%.60q: %v", id, err)
		}
	}
}

// A peer makes a new key. The stored one no longer fits, the door asks for a
// refresh, and the new key is there after one request; further refreshes within
// five minutes ask nobody.
func TestC17_S30_RotatedKeyIsTakenAfterOneRefresh(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 1, nil))}
	if _, err := s.Key(t.Context(), annKey); err != nil {
		t.Fatal(err)
	}
	s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 2, nil))}
	if key, err := s.Key(t.Context(), annKey); err != nil || !is(t, key, 1) {
		t.Fatalf("before the refresh: %v", err)
	}
	for range 5 {
		if key, err := s.Refresh(t.Context(), annKey); err != nil || !is(t, key, 2) {
			t.Fatalf("refresh: %v", err)
		}
		s.clock.pass(59 * time.Second)
	}
	if s.town.count() != 2 {
		t.Errorf("asked %d times", s.town.count())
	}
	if key, err := s.Key(t.Context(), annKey); err != nil || !is(t, key, 2) {
		t.Errorf("after the refresh: %v", err)
	}
	s.clock.pass(time.Minute)
	if _, err := s.Refresh(t.Context(), annKey); err != nil || s.town.count() != 3 {
		t.Errorf("five minutes later: %v, asked %d times", err, s.town.count())
	}
}

// Two key ids of one actor share its refreshes, and strangers have none to waste.
func TestS30_RefreshesCountByActor(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 1, nil))}
	a := actors.Actor{URI: annID, Host: peer, PublicKey: publicPEM(t, 2), Fetched: s.clock.Now()}
	for _, id := range []string{annKey, annID + "#other"} {
		a.KeyID = id
		s.stored[id] = a
	}
	if key, err := s.Refresh(t.Context(), annKey); err != nil || !is(t, key, 1) {
		t.Fatal(err)
	}
	if key, err := s.Refresh(t.Context(), annID+"#other"); err != nil || !is(t, key, 2) || s.town.count() != 1 {
		t.Errorf("the same actor again: %v, asked %d times", err, s.town.count())
	}
	for i := range 3 {
		_, err := s.Refresh(t.Context(), "https://peer.example/u/bob#main-key")
		if !isFinal(err) || s.town.count() != 2 {
			t.Errorf("refresh %d of a stranger: %v, asked %v", i, err, s.town.asked())
		}
	}
}

func TestS32_OrdinaryReadingDoesNotTakeANewKey(t *testing.T) {
	t.Parallel()
	s := newShop()
	s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 1, nil))}
	if _, err := s.Key(t.Context(), annKey); err != nil {
		t.Fatal(err)
	}
	s.clock.pass(25 * time.Hour)
	s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 2, nil))}
	for range 3 {
		if key, err := s.Key(t.Context(), annKey); err != nil || !is(t, key, 1) {
			t.Fatalf("took another key: %v", err)
		}
	}
	if s.learned != 1 || s.changed != 1 || s.town.count() != 2 {
		t.Errorf("stored %d times, reported %d times, asked %d times", s.learned, s.changed, s.town.count())
	}
	if key, err := s.Refresh(t.Context(), annKey); err != nil || !is(t, key, 2) || s.learned != 2 {
		t.Errorf("refresh after a failed signature: %v", err)
	}
}

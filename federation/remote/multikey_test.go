package remote

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"moothall/federation/sign"
)

// multikey is an entry of assertionMethod with a key made of one byte.
func multikey(id, controller string, seed byte) map[string]any {
	return map[string]any{"id": id, "type": "Multikey", "controller": controller, "publicKeyMultibase": sign.EncodeMultikey(edPublic(seed))}
}

func edPublic(seed byte) ed25519.PublicKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize)).Public().(ed25519.PublicKey)
}

func TestKeyOfAssertionMethodSignsRequests(t *testing.T) {
	t.Parallel()
	const edKey, elsewhere = annID + "#ed25519-key", "https://evil.example/u/ann#ed25519-key"
	methods := func(entries ...any) string { return person(t, annID, 1, set("assertionMethod", entries)) }
	for _, tt := range []struct {
		name, keyID, page string
		code              Code
		seed              byte
	}{
		{"the only one", edKey, methods(multikey(edKey, annID, 7)), "", 7},
		{"the second", annID + "#two", methods(multikey(edKey, annID, 7), multikey(annID+"#two", annID, 8)), "", 8},
		{"not listed", annID + "#three", methods(multikey(edKey, annID, 7)), CodeKey, 0},
		{"of another controller", edKey, methods(multikey(edKey, "https://peer.example/u/bob", 7)), CodeKey, 0},
		{"under another host's name", elsewhere, methods(multikey(elsewhere, annID, 7)), CodeDNS, 0},
		{"under the name of the other key", annKey, methods(multikey(annKey, annID, 7)), "", 0},
		{"of a kind that is not read", edKey, methods(map[string]any{
			"id": edKey, "type": "Multikey", "controller": annID, "publicKeyMultibase": "zDnaerx9CtbPJ1q36T5Ln5wYt3MQYeGRG5ehnPAmxcf5mDZpv"}), CodeKey, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newShop()
			s.town.hosts[peer] = site{"/u/ann": doc(tt.page)}
			key, err := s.Key(t.Context(), tt.keyID)
			switch {
			case tt.code != "":
				if CodeOf(err) != tt.code {
					t.Errorf("%+v, %v", key, err)
				}
			case err != nil || key.ID != tt.keyID || key.Owner != annID:
				t.Errorf("%+v, %v", key, err)
			case tt.seed == 0:
				if !is(t, key, 1) {
					t.Error("the Ed25519 key took the place of the RSA key")
				}
			case !edPublic(tt.seed).Equal(key.Public):
				t.Errorf("another key: %v", key.Public)
			}
		})
	}
}

// An entry of assertionMethod may have an address of its own, with the key there.
func TestMultikeyAloneIsBoundToItsOwner(t *testing.T) {
	t.Parallel()
	const id = "https://peer.example/keys/ed"
	entry := multikey(id, annID, 7)
	owner := doc(person(t, annID, 1, set("assertionMethod", entry)))
	document := func(m map[string]any) http.HandlerFunc {
		raw, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return doc(string(raw))
	}
	for name, tt := range map[string]struct {
		key, owner http.HandlerFunc
		code       Code
	}{
		"as it should be":                       {document(entry), owner, ""},
		"owner does not list it":                {document(entry), doc(person(t, annID, 1, nil)), CodeKey},
		"another key than the owner's (S17)":    {document(multikey(id, annID, 8)), owner, CodeKey},
		"an owner elsewhere":                    {document(multikey(id, "https://evil.example/u/ann", 7)), owner, CodeKey},
		"another id (S18)":                      {document(multikey("https://peer.example/keys/other", annID, 7)), owner, CodeStatus},
		"no key in it":                          {document(map[string]any{"id": id, "type": "Multikey", "controller": annID}), owner, CodeDocument},
		"a key in PEM that has taken its place": {document(map[string]any{"id": id, "type": "Key", "owner": annID, "publicKeyPem": publicPEM(t, 2)}), owner, CodeKey},
	} {
		s := newShop()
		s.town.hosts[peer] = site{"/keys/ed": tt.key, "/u/ann": tt.owner}
		key, err := s.Key(t.Context(), id)
		if CodeOf(err) != tt.code || err == nil && (!edPublic(7).Equal(key.Public) || key.Owner != annID) {
			t.Errorf("%s: %+v, %v", name, key, err)
		}
	}
}

// A request with either key of an actor needs no second reading, and a key of
// one kind that appears or goes is no change of the other.
func TestS32_KeysOfTwoKindsStandBesideEachOther(t *testing.T) {
	t.Parallel()
	const edKey = annID + "#ed25519-key"
	s := newShop()
	s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 1, nil))}
	if key, err := s.Key(t.Context(), annKey); err != nil || !is(t, key, 1) {
		t.Fatal(err)
	}
	s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 1, set("assertionMethod", multikey(edKey, annID, 7))))}
	for _, id := range []string{edKey, annKey, edKey} {
		if key, err := s.Key(t.Context(), id); err != nil || key.ID != id {
			t.Fatalf("%s: %+v, %v", id, key, err)
		}
	}
	if s.town.count() != 2 {
		t.Errorf("asked %v", s.town.asked())
	}
	s.clock.pass(25 * time.Hour)
	s.town.hosts[peer] = site{"/u/ann": doc(person(t, annID, 1, set("assertionMethod", multikey(edKey, annID, 9))))}
	key, err := s.Key(t.Context(), edKey)
	if err != nil || !edPublic(7).Equal(key.Public) || s.changed != 1 {
		t.Errorf("an ordinary reading took another Ed25519 key: %v, %v, told %d times", key, err, s.changed)
	}
	if key, err = s.Refresh(t.Context(), edKey); err != nil || !edPublic(9).Equal(key.Public) {
		t.Errorf("C17: after a refresh: %v, %v", key, err)
	}
}

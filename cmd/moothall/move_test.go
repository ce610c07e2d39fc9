package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"moothall/federation/sign"
)

// newHome serves a community that names old as an earlier address of its own.
func newHome(t *testing.T, old string) (address string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	pem, err := sign.EncodePublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	var doc []byte
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/activity+json")
		_, _ = w.Write(doc)
	}))
	t.Cleanup(s.Close)
	address = s.URL + "/c/gardens"
	doc, err = json.Marshal(map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": address, "type": "Group", "preferredUsername": "gardens",
		"inbox": address + "/inbox", "outbox": address + "/outbox", "followers": address + "/followers", "alsoKnownAs": []string{old},
		"publicKey": map[string]string{"id": address + "#main-key", "owner": address, "publicKeyPem": pem},
	})
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func TestC54_CommunityMove(t *testing.T) {
	t.Parallel()
	at := []string{"--data", t.TempDir(), "--host", "127.0.0.1:8099", "--development"}
	run := func(words ...string) (int, string, string) { return run1(t, "", append(words, at...)...) }
	for _, words := range [][]string{
		{"policy", "mode", "open"}, {"user", "create", "ann", "--email", "ann@north.example"},
		{"community", "create", "parks", "--title", "Parks", "--facilitator", "ann"},
	} {
		good(t, append(words, at...)...)
	}
	right, wrong := newHome(t, "http://127.0.0.1:8099/c/parks"), newHome(t, "http://127.0.0.1:8099/c/woods")
	for _, tt := range []struct {
		words []string
		code  int
		says  string
	}{
		{[]string{"parks"}, 2, "NEW-ADDRESS is missing"},
		{[]string{"parks", "gardens"}, 2, "neither an address nor like @name@host"},
		{[]string{"woods", right}, 1, "there is no community woods here"},
		{[]string{"ann", right}, 1, "there is no community ann here"},
		{[]string{"parks", wrong}, 1, "does not name http://127.0.0.1:8099/c/parks as an earlier address"},
		{[]string{"parks", "http://127.0.0.1:8099/c/parks"}, 1, "look at"},
		{[]string{"parks", right, "--dry-run"}, 0, "Nothing was changed. Without --dry-run: Parks has moved to " + right},
		{[]string{"parks", right, "--json"}, 0, `"to": "` + right + `"`},
		{[]string{"parks", right}, 1, "moved already"},
	} {
		code, out, words := run(append([]string{"community", "move"}, tt.words...)...)
		if code != tt.code || !strings.Contains(out+words, tt.says) {
			t.Errorf("community move %v: exit %d, %q %q; want %d and %q", tt.words, code, out, words, tt.code, tt.says)
		}
	}
}

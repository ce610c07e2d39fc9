package remote

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"moothall/actors"
	"moothall/federation/ap"
)

// The actors that other software publishes must be readable. Some documents of
// the collection have no key, or one that is cut short: those are refused for
// that and nothing else.
func TestActorsOfPeersAreRead(t *testing.T) {
	t.Parallel()
	read := 0
	for _, raw := range sharedDocuments(t) {
		published, err := ap.ParseActor(raw)
		if err != nil {
			continue // another document, or part of an actor
		}
		id := published.ID
		u, err := (actors.Addresses{}).Parse(id)
		if err != nil {
			continue // made for development
		}
		w := newTown()
		w.hosts[u.Host()] = http.HandlerFunc(doc(string(raw)))
		a, _, err := newClient(w).Actor(t.Context(), u)
		switch {
		case CodeOf(err) == CodeKey && !errors.Is(err, errKeyOwner):
		case err != nil:
			cause := errors.Unwrap(errors.Unwrap(err))
			t.Errorf("%s: %v: %v", id, err, cause)
		case a.URI != u || a.Name == "" || a.Inbox == "":
			t.Errorf("%s: %+v", id, a)
		default:
			read++
		}
	}
	if read < 10 {
		t.Errorf("only %d actors were read", read)
	}
}

// sharedDocuments are the JSON files in shared/fixtures beside the checkout.
func sharedDocuments(t *testing.T) [][]byte {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if root := filepath.Join(dir, "shared", "fixtures"); isFolder(root) {
			return documentsBelow(t, root)
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("the documents of peers (shared/fixtures) are missing")
	}
	t.Skip("the documents of peers (shared/fixtures) are not here")
	return nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func documentsBelow(t *testing.T, root string) [][]byte {
	t.Helper()
	var docs [][]byte
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		raw, err := os.ReadFile(path)
		docs = append(docs, raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

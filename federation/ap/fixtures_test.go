package ap

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sharedFixtures finds the real documents of other software, which lie beside
// the checkout.
func sharedFixtures(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		at := filepath.Join(dir, "shared", "fixtures")
		if info, err := os.Stat(at); err == nil && info.IsDir() {
			return at
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("shared/fixtures is not beside the checkout")
	}
	t.Skip("shared/fixtures is not beside the checkout")
	return ""
}

func jsonFiles(t testing.TB, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		raw, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = raw
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// kindOf says which reader a document is for.
func kindOf(raw []byte) string {
	var d struct {
		Type any
		ID   any
	}
	if json.Unmarshal(raw, &d) != nil {
		return ""
	}
	typ, _ := d.Type.(string)
	switch typ {
	case "Person", "Group", "Application", "Service", "Organization":
		return "actor"
	case "Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage":
		return "collection"
	case "Create", "Update", "Delete", "Follow", "Accept", "Reject", "Add", "Remove", "Like", "Dislike",
		"Announce", "Undo", "Block", "Flag", "Lock", "Move", "Resolve", "Warn":
		return "activity"
	case "":
		return ""
	}
	return "object"
}

// readAs reads a document with the reader that its type asks for; its own
// words say what was wrong.
func readAs(raw []byte) (id, typ string, err error) {
	switch kindOf(raw) {
	case "actor":
		a, err := ParseActor(raw)
		return a.ID, a.Type, err
	case "collection":
		c, err := ParseCollection(raw)
		return c.ID, c.Type, err
	case "activity":
		a, err := ParseActivity(raw)
		return a.ID, a.Type, err
	default:
		o, err := ParseObject(raw)
		return o.ID, o.Type, err
	}
}

// notWhole are documents of other test suites that leave out what a document
// on the wire must have.
var notWhole = map[string]string{
	"gotosocial/ap_extractpubkey_01.json":       "inbox: missing",
	"gotosocial/ap_normalize_06.json":           "inbox: missing",
	"gotosocial/typeutils_internaltoas_14.json": "id: missing",
	"gotosocial/typeutils_internaltoas_16.json": "id: missing",
	"gotosocial/typeutils_internaltoas_17.json": "id: missing",
}

func TestFixturesOfPeersAreRead(t *testing.T) {
	t.Parallel()
	read := 0
	for name, raw := range jsonFiles(t, sharedFixtures(t)) {
		software, _, _ := strings.Cut(name, "/")
		id, typ, err := readAs(raw)
		switch software {
		case "lemmy", "mastodon", "gotosocial", "wordpress":
		default:
			continue // others need only not panic
		}
		if kindOf(raw) == "" {
			continue // WebFinger and other documents that are not ActivityStreams
		}
		if words := notWhole[name]; words != "" {
			if err == nil || !strings.Contains(err.Error(), words) {
				t.Errorf("%s: got %v, want %q", name, err, words)
			}
			continue
		}
		read++
		var want struct{ ID, Type string }
		if e := json.Unmarshal(raw, &want); e != nil {
			t.Fatal(name, e)
		}
		if err != nil || id != want.ID || typ != want.Type {
			t.Errorf("%s: got %q %q, %v", name, id, typ, err)
		}
	}
	if read < 140 {
		t.Errorf("read only %d documents", read)
	}
}

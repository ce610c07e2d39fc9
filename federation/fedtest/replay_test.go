package fedtest

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/store"
)

var update = flag.Bool("update", false, "rewrite the tables in testdata/replay")

// TestReplay delivers every document that we have of other software to a node, as
// its own server would, and holds what comes of it to a table: one file for each
// peer in testdata/replay, one line for each document. A document without a line
// fails. Whatever the table says, no document may be answered 5xx, end in a panic,
// or leave words that their author's host did not speak (issue 3).
//
// "ours" is a document about a community of the node's own, sent to it by its
// author. "theirs" is one about a community elsewhere that somebody here belongs
// to, passed on by that community.
func TestReplay(t *testing.T) {
	sets := map[string]string{"peers": filepath.Join("..", "testdata", "peers")}
	if dir := sharedFixtures(t); dir != "" {
		for _, name := range []string{"gotosocial", "lemmy", "mastodon", "w3c", "wordpress"} {
			sets[name] = filepath.Join(dir, name)
		}
	}
	for name, dir := range sets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got strings.Builder
			s := newStage(t, name, dir)
			for _, file := range sortedKeys(s.files) {
				fmt.Fprintf(&got, "%s\n", file)
				for _, line := range s.replay(file) {
					fmt.Fprintf(&got, "\t%s\n", line)
				}
			}
			compareTable(t, filepath.Join("testdata", "replay", name+".txt"), got.String())
		})
	}
}

func compareTable(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s does not say what came of these (make golden, then read every line that changed):\n%s", path, difference(string(want), got))
	}
}

// sharedFixtures finds the real documents of other software, which lie beside the
// checkout. Without them only our own examples are replayed.
func sharedFixtures(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for up := filepath.Dir(dir); up != dir; dir, up = up, filepath.Dir(up) {
		at := filepath.Join(up, "shared", "fixtures")
		if info, err := os.Stat(at); err == nil && info.IsDir() {
			return at
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("shared/fixtures is not beside the checkout")
	}
	t.Log("shared/fixtures is not beside the checkout: only our own examples are replayed")
	return ""
}

// stage is a node to which the documents of one peer are sent. Each document has
// hosts and a community of its own, so that none knows of another.
type stage struct {
	town   *Town
	set    string
	ann    *Person           // somebody else after some scenes: nobody may look up many communities at once
	files  map[string]string // as they are
	scenes int
	key    *Puppet         // whose key all actors of the peer share
	keys   actions.KeyPair // that all communities of the node share
}

func newStage(t *testing.T, set, dir string) *stage {
	t.Helper()
	s := &stage{town: New(t, ours), set: set, files: map[string]string{}}
	var err error
	s.keys, err = s.town.keys.next()
	s.town.must(err)
	s.key = s.town.Stranger("key.example").Person("key")
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		s.files[filepath.ToSlash(name)] = string(raw)
		return err
	})
	if err != nil || len(s.files) == 0 {
		t.Fatal(len(s.files), err)
	}
	return s
}

const ours = "north.example"

const maxLookups = 15

// replay delivers one document in each way in which it can come, and says what
// came of each.
func (s *stage) replay(file string) (lines []string) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(file)) // a hash never fails
	defer func() { s.scenes++ }()
	name := fmt.Sprintf("d%x", h.Sum32())
	for _, way := range []string{"bare", "ours", "theirs"} {
		sc := &scene{stage: s, way: way, tag: name + "-" + way, served: map[string]Doc{}}
		var doc Doc
		sc.text = rehome(s.files[file], sc.tag)
		if json.Unmarshal([]byte(sc.text), &doc) != nil {
			doc = nil
		}
		if way == "bare" && s.scenes%maxLookups == 0 {
			s.ann = s.town.Person(fmt.Sprintf("ann%d@%s", s.scenes/maxLookups, ours))
		}
		if way == "ours" {
			sc.parks = s.starts(name)
		}
		sc.learn(file)
		if activity, signer, ok := sc.delivery(doc); ok {
			lines = append(lines, way+": "+sc.deliver(file, activity, signer))
		}
	}
	return slices.Clip(lines)
}

// starts starts a community of the node's own.
func (s *stage) starts(name string) (c Community) {
	h := s.town.hall(ours)
	s.town.must(h.write(func(ctx context.Context, tx *store.Tx) error {
		me, err := tx.ActorByURI(ctx, s.ann.URI)
		if err != nil {
			return err
		}
		group, err := h.node.Actions.StartCommunity(ctx, tx, me, actions.Charter{
			Name: name, Title: name, Audience: actors.AudiencePublic, Joining: actors.JoinOpen,
		}, s.keys)
		c = Community{Name: name, URI: group.URI}
		return err
	}))
	return c
}

package fedtest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"moothall/actors"
	"moothall/federation/ap"
)

// proofsIn looks, at any depth, for what an author said and can be shown to have
// said: a post, or the Create or Update around one.
func (town *Town) proofsIn(raw json.RawMessage, by actors.URI, found map[string]bool) {
	town.T.Helper()
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) == nil {
		for _, item := range items {
			town.proofsIn(item, by, found)
		}
		return
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return
	}
	if town.holdsProof(raw, by) == nil {
		found[string(raw)] = true
	}
	for name, v := range members {
		if name != "@context" && name != "proof" {
			town.proofsIn(v, by, found)
		}
	}
}

// TestC20_ListsCarryTheProofsOfEdits: the lists that a community's home keeps show
// edited posts as they are now. Their authors elsewhere can be shown to have said so.
func TestC20_ListsCarryTheProofsOfEdits(t *testing.T) {
	town, ann, _, cer, parks := parish(t)
	root, thread := ann.Posts(parks, "A root"), cer.Posts(parks, "A thread")
	town.Settle()
	reply := cer.Replies(root, "First words")
	cer.Replies(root, "Kept words")
	ann.Pins(parks, thread)
	town.Settle()
	for _, post := range []Post{thread, reply} {
		for _, words := range []string{"Second words", "Third words"} {
			town.Pass(time.Minute)
			cer.Edits(post, words)
			town.Settle()
		}
	}
	history := town.ask("west.example", string(root.URI), nil)
	o, err := ap.ParseObject([]byte(history.Body))
	town.must(err)
	for _, list := range []struct {
		address string
		words   []string
	}{
		{string(parks.URI) + "/outbox?page=1", []string{"Third words"}},
		{string(parks.URI) + "/featured", []string{"Third words"}},
		{string(o.History), []string{"Third words", "Kept words"}},
	} {
		r := town.ask("west.example", list.address, nil)
		found := map[string]bool{}
		town.proofsIn(json.RawMessage(r.Body), cer.URI, found)
		all := strings.Join(sortedKeys(found), "\n")
		for _, words := range list.words {
			if !strings.Contains(all, words) {
				t.Errorf("%s: %q cannot be proved:\n%s", list.address, words, r.Body)
			}
		}
		if strings.Contains(r.Body, "Second words") || strings.Contains(r.Body, "First words") {
			t.Errorf("%s keeps what an edit took back", list.address)
		}
	}
}

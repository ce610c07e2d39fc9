package fedtest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"moothall/actors"
)

// deliveries looks at every request that left a node since the words were planted.
func (town *secretTown) deliveries(t *testing.T) {
	sent := 0
	for _, e := range town.Exchanges()[town.since:] {
		text := e.URL + fmt.Sprint(e.Header) + string(e.Body)
		if !slices.Contains(secretHosts, e.From) || !town.isSecret(text) {
			continue
		}
		sent++
		if !withMembers[e.To] {
			t.Errorf("%s %s, to a host with no member: %s", e.Method, e.URL, e.Body)
		}
		if strings.Contains(text, "activitystreams#Public") || strings.Contains(text, `"as:Public"`) || strings.Contains(text, `"Public"`) {
			t.Errorf("%s %s names the public: %s", e.Method, e.URL, e.Body)
		}
	}
	t.Logf("%d requests hold what is for members", sent)
	if sent < 50 {
		t.Errorf("only %d requests hold what is for members", sent)
	}
	for _, s := range []*Stranger{town.evil, town.blocked, town.former} {
		for _, r := range s.Requests() {
			if text := r.URL + string(r.Body); strings.Contains(strings.ToLower(text), stem) {
				t.Errorf("%s was asked or sent %s %s", s.Host, r.Method, text)
			}
		}
	}
}

// inboxes posts to the inbox of the hidden community and to that of none, and of both
// to the shared inbox, and looks at what comes back and at what is sent later.
func (town *secretTown) inboxes(t *testing.T) {
	town.Pass(time.Hour) // whom we have only just heard of is asked what it is
	for _, shared := range []bool{false, true} {
		town.inbox(t, shared)
	}
}

func (town *secretTown) inbox(t *testing.T, shared bool) {
	for _, kind := range []string{"Follow", "Undo", "Create", "Like", "Delete", "Announce", "Block", "Add", "Flag", "Join"} {
		var got [2]Reply
		var after [2]string
		for i, name := range []string{markName, absent + "name"} {
			group := "https://north.example/c/" + name
			town.evil.Forget()
			object := any(group)
			if kind == "Create" {
				object = Doc{"id": town.mal.ID(), "type": "Note", "content": "Words", "attributedTo": town.mal.URI, "to": []string{group}, "audience": group}
			}
			to := actors.URI(group + "/inbox")
			if shared {
				to = "https://north.example/inbox"
			}
			got[i] = town.mal.Sends(to, Doc{
				"@context": "https://www.w3.org/ns/activitystreams", "id": town.mal.ID(), "type": kind, "actor": town.mal.URI,
				"object": object, "to": []string{group}, "audience": group, "target": group + "/featured",
			})
			town.Settle()
			for _, r := range town.evil.Requests() {
				after[i] += r.Method + " " + regexp.MustCompile(`[0-9a-f]{14,16}`).ReplaceAllLiteralString(r.URL, "x") + "\n"
			}
		}
		mask := place{masks: []string{markName, "·", absent + "name", "·"}}
		if d := unlike(mask.masked(got[0]), mask.masked(got[1])); d != "" {
			t.Errorf("%s to what is hidden is answered otherwise than to what is not there: %s", kind, d)
		}
		if after[0] != after[1] {
			t.Errorf("after %s to what is hidden its sender is asked or sent\n%s, and else\n%s", kind, after[0], after[1])
		}
	}
}

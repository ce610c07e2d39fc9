package ap

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const peers = "../testdata/peers"

// understood is what a document of a peer comes to.
type understood struct {
	Type, ID, Actor, Object string
	Group                   string // audience, or the community named in another way
	Text                    string
}

// understand reads a document and, of an activity, what it is about, down to the
// innermost thing.
func understand(t *testing.T, raw []byte) (u understood) {
	t.Helper()
	switch kindOf(raw) {
	case "actor":
		a, err := ParseActor(raw)
		if err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
		return understood{Type: a.Type, ID: a.ID, Object: string(a.Inbox), Group: string(a.Moderators), Text: a.Name}
	case "activity":
		a, err := ParseActivity(raw)
		if err != nil {
			t.Fatal(err)
		}
		u = understood{a.Type, a.ID, a.Actor, a.Object.ID(), string(a.Audience), a.Summary + a.Content}
		for _, i := range a.Object.Items() {
			if i.Embedded() && a.Type != "Delete" { // what is deleted is only named
				inner := understand(t, i.Raw())
				u.Type += "{" + inner.Type + "}"
				u.Text += inner.Text
				if u.Group == "" {
					u.Group = inner.Group
				}
			}
		}
		return u
	default:
		o, err := ParseObject(raw)
		if err != nil {
			t.Fatal(err)
		}
		u = understood{o.Type, o.ID, string(o.AttributedTo), string(o.InReplyTo), string(o.Audience), o.Name + o.Content}
		if u.Group == "" {
			u.Group = string(o.Group)
		}
		return u
	}
}

func TestShapesOfPeersAreUnderstood(t *testing.T) {
	t.Parallel()
	const l, m, g, w = "https://lemmy.example", "https://toot.example", "https://gts.example", "https://blog.example"
	want := map[string]understood{
		"lemmy/announce_create_page.json": {"Announce{Create{Page}}", l + "/activities/announce/1", l + "/c/ponds", l + "/activities/create/1", l + "/c/ponds", "Which liner?<p>Butyl or clay?</p>\n"},
		"lemmy/like.json":                 {"Like", l + "/activities/like/1", l + "/u/bo", l + "/post/7", l + "/c/ponds", ""},
		"lemmy/undo_like.json":            {"Undo{Like}", l + "/activities/undo/1", l + "/u/bo", l + "/activities/like/1", "", ""},
		"lemmy/remove_page.json":          {"Delete", l + "/activities/delete/1", l + "/u/mod", l + "/post/7", l + "/c/ponds", "off topic"},
		"lemmy/block_user.json":           {"Block", l + "/activities/block/1", l + "/u/mod", l + "/u/mal", "", "spam"},
		"lemmy/lock_page.json":            {"Lock", l + "/activities/lock/1", l + "/u/mod", l + "/post/7", l + "/c/ponds", "settled in June"},
		"lemmy/undo_lock_note.json":       {"Undo{Lock}", l + "/activities/undo/2", l + "/u/mod", l + "/activities/lock/2", l + "/c/ponds", "there is news"},
		"lemmy/undo_remove_note.json":     {"Undo{Delete}", l + "/activities/undo/3", l + "/u/mod", l + "/activities/delete/3", l + "/c/ponds", ""},
		"lemmy/undo_delete_page.json":     {"Undo{Delete}", l + "/activities/undo/4", l + "/u/mod", l + "/activities/delete/4", l + "/c/ponds", ""},
		"lemmy/update_community.json":     {"Update{Group}", l + "/activities/update/5", l + "/u/mod", l + "/c/ponds", l + "/c/ponds", "Ponds and lakes"},
		"lemmy/group.json":                {"Group", l + "/c/ponds", "", l + "/c/ponds/inbox", l + "/c/ponds/moderators", "Ponds"},
		"mastodon/create_note.json":       {"Create{Note}", m + "/users/cy/statuses/1/activity", m + "/users/cy", m + "/users/cy/statuses/1", "", "<p>Clay!</p>"},
		"mastodon/flag.json":              {"Flag", m + "/1", m + "/actor", "", "", "spam"},
		"mastodon/delete_user.json":       {"Delete", m + "/users/cy#delete", m + "/users/cy", m + "/users/cy", "", ""},
		"mastodon/update_person.json":     {"Update{Person}", m + "/users/cy#updates/1", m + "/users/cy", m + "/users/cy", "", "Cy"},
		"gotosocial/follow.json":          {"Follow", g + "/users/di/follow/01H", g + "/users/di", "https://north.example/c/soil", "", ""},
		"gotosocial/accept.json":          {"Accept{Follow}", g + "/users/di/accepts/1", g + "/users/di", "https://north.example/a/f1", "", ""},
		"wordpress/group.json":            {"Group", w + "/?author=0", "", w + "/wp-json/activitypub/1.0/actors/0/inbox", w + "/wp-json/activitypub/1.0/collections/moderators", "Blog"},
		"wordpress/announce_string.json":  {"Announce", w + "/?author=0#activity-1", w + "/?author=0", w + "/?p=12", "", ""},
		"piefed/announce_array.json":      {"Announce{Like}{Dislike}", "https://piefed.example/activities/announce/1", "https://piefed.example/c/soil", "", "", ""},
		"discourse/create_embedded_actor.json": {"Create{Article}", "https://talk.example/ap/activity/1", "https://talk.example/ap/actor/1", "https://talk.example/ap/object/1",
			"https://talk.example/ap/actor/2", "Bog<p>Peat</p>"},
		"nodebb/note_nulls.json":  {"Note", "https://bb.example/post/9", "https://bb.example/uid/1", "", "https://bb.example/category/2", "Hello<p>Hi</p>\n"},
		"mbin/block_expires.json": {"Block", "https://mbin.example/m/1", "https://mbin.example/u/mod", "https://mbin.example/u/mal", "https://mbin.example/m/ponds", "spam"},
		"mobilizon/article.json":  {"Article", "https://moots.example/@ponds/p/1", "https://moots.example/@bo", "", "https://moots.example/@ponds", "Minutes<p>We met.</p>"},
		"peertube/video.json":     {"Video", "https://tube.example/v/1", "https://tube.example/accounts/bo", "", "https://tube.example/video-channels/ponds", "LiningText"},
	}
	files := jsonFiles(t, peers)
	maps.Copy(files, jsonFiles(t, "testdata")) // of moderators
	for name, w := range want {
		if d := cmp.Diff(w, understand(t, files[name])); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	if keys, err := ParseKey(files["gotosocial/key_stub.json"]); err != nil || keys[0].Owner != g+"/users/di" {
		t.Errorf("%+v %v", keys, err)
	}
	// A summary marks a moderator's Delete, even when it is empty.
	for name, want := range map[string]bool{"lemmy/undo_remove_note.json": true, "lemmy/undo_delete_page.json": false} {
		if a, err := mustActivity(t, files[name]).Object.AsActivity(); err != nil || a.Reasoned != want || a.Summary != "" {
			t.Errorf("%s: %+v %v", name, a, err)
		}
	}
	group, err := ParseActor(mustActivity(t, files["lemmy/update_community.json"]).Object.Raw())
	if err != nil || !group.PostingSaid || !group.ModeratorsOnly || group.Source.Content != "Still water" {
		t.Errorf("%+v %v", group, err)
	}
	for _, name := range []string{"mbin/block_expires.json", "lemmy/block_user.json"} {
		if a, err := ParseActivity(files[name]); err != nil || a.EndTime.Year() != 2027 || a.Target == "" {
			t.Errorf("%s: %+v %v", name, a, err)
		}
	}
}

// TestFixturesOfPeersAreUnderstood compares what is read of real documents with
// what a plain map of them says.
func TestFixturesOfPeersAreUnderstood(t *testing.T) {
	t.Parallel()
	checked := 0
	for name, raw := range jsonFiles(t, sharedFixtures(t)) {
		software, _, _ := strings.Cut(name, "/")
		switch software {
		case "lemmy", "mastodon", "gotosocial", "wordpress":
		default:
			continue
		}
		if kindOf(raw) == "" || kindOf(raw) == "collection" || notWhole[name] != "" {
			continue
		}
		var m map[string]any
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		checked++
		got := understand(t, raw)
		if typ, _, _ := strings.Cut(got.Type, "{"); typ != text(m, "type") || got.ID != text(m, "id") {
			t.Errorf("%s: %+v", name, got)
		}
		if kindOf(raw) == "activity" && (got.Actor != text(m, "actor") || got.Object != text(m, "object")) {
			t.Errorf("%s: %+v", name, got)
		}
		if c, _ := m["content"].(string); !strings.Contains(got.Text, c) && kindOf(raw) != "actor" {
			t.Errorf("%s: lost its content", name)
		}
	}
	if checked < 130 {
		t.Errorf("checked only %d documents", checked)
	}
}

// text is the member as text, or the id of the object that it is.
func text(m map[string]any, name string) string {
	switch v := m[name].(type) {
	case string:
		return v
	case map[string]any:
		s, _ := v["id"].(string)
		return s
	}
	return ""
}

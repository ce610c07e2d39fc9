package ap

import (
	"bytes"
	"testing"

	"moothall/actors"
)

func TestC43_LocksAreReadBack(t *testing.T) {
	t.Parallel()
	docs := ours(t)
	lock, err := ParseActivity(docs["lock"])
	if err != nil || lock.Type != "Lock" || lock.Object.ID() != "https://north.example/p/41" || lock.Summary != "settled" || !lock.To.Public() {
		t.Errorf("lock: %+v %v", lock, err)
	}
	for name, want := range map[string]struct{ kind, why string }{
		"undo_lock": {"Lock", ""}, "undo_delete_moderator": {"Delete", "off topic"},
	} {
		undo, err := ParseActivity(docs[name])
		if err != nil {
			t.Fatal(err)
		}
		inner, err := undo.Object.AsActivity()
		if err != nil || inner.Type != want.kind || inner.Actor != undo.Actor || inner.Object.ID() != lock.Object.ID() || inner.Summary != want.why {
			t.Errorf("%s: %+v %v", name, inner, err)
		}
	}
}

// TestCommentsEnabledIsAllThatChanges: the older form of a lock carries somebody
// else's words, which must stay as they are.
func TestCommentsEnabledIsAllThatChanges(t *testing.T) {
	t.Parallel()
	theirs := []byte(`{"@context":["https://www.w3.org/ns/activitystreams",{"x":"https://x.example#"}],"id":"https://south.example/p/1","type":"Page",` +
		`"attributedTo":"https://south.example/u/bo","content":"<p>&é</p>","x:n":1.50e3,"published":"2026-01-01T00:00:00Z","commentsEnabled":true,"proof":{"type":"X"}}`)
	raw, err := WriteComments(groupEnvelope(actors.AudiencePublic, "up9"), theirs, false, noon)
	if err != nil {
		t.Fatal(err)
	}
	o, err := mustActivity(t, raw).Object.AsObject()
	if err != nil || !o.Closed || o.Opened || o.Content != "<p>&é</p>" || o.Updated.IsZero() {
		t.Errorf("%+v %v", o, err)
	}
	for _, kept := range []string{`"x:n":1.50e3`, `{"x":"https://x.example#"}`, `"published":"2026-01-01T00:00:00Z"`} {
		if !bytes.Contains(raw, []byte(kept)) {
			t.Errorf("%s is lost in %s", kept, raw)
		}
	}
	if bytes.Contains(raw, []byte("proof")) {
		t.Errorf("a proof of other values is kept: %s", raw)
	}
	if _, err := WriteComments(groupEnvelope(actors.AudiencePublic, "up9"), []byte(`[]`), false, noon); err == nil {
		t.Error("a list was taken for a discussion")
	}
}

func TestLockedDiscussionsSayThatTheyAre(t *testing.T) {
	t.Parallel()
	p := trial(actors.AudiencePublic)
	for _, locked := range []bool{false, true} {
		p.Locked = locked
		raw, err := WritePost(p, ana(), soil(), nil, ConversationAt(p.URI, true), nil)
		if err != nil {
			t.Fatal(err)
		}
		if o, err := ParseObject(raw); err != nil || o.Closed != locked || o.Opened == locked {
			t.Errorf("locked %v: %s %v", locked, raw, err)
		}
	}
}

func mustActivity(t *testing.T, raw []byte) Activity {
	t.Helper()
	a, err := ParseActivity(raw)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

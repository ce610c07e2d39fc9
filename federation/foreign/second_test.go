package foreign

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"code.superseriousbusiness.org/activity/streams"
	"code.superseriousbusiness.org/activity/streams/vocab"

	"moothall/federation/ap"
)

// decode runs the generated library, which needs an @context and may panic.
func decode(raw []byte) (t vocab.Type, err error) {
	defer recovered(&err)
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("%w: %w", ap.ErrDocument, err)
	}
	m["@context"] = "https://www.w3.org/ns/activitystreams"
	t, err = streams.ToType(context.Background(), m)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ap.ErrDocument, err)
	}
	return t, nil
}

func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w: the library gave up: %v", ap.ErrDocument, r)
	}
}

func idOf(t vocab.Type) string {
	id := t.GetJSONLDId()
	if id == nil || id.Get() == nil {
		return ""
	}
	return id.Get().String()
}

// outside are our documents that the second reader has no words for, and why.
var outside = map[string]string{
	"lock.json":                 "Lock is Lemmy's and not in the vocabulary",
	"undo_lock.json":            "wraps a Lock",
	"choose_answer.json":        "ChooseAnswer is ours and not in the vocabulary",
	"undo_choose_answer.json":   "wraps a ChooseAnswer",
	"nodeinfo_20.json":          "of NodeInfo",
	"nodeinfo_21.json":          "of NodeInfo",
	"nodeinfo_links.json":       "of NodeInfo",
	"webfinger_community.json":  "of WebFinger",
	"webfinger_node.json":       "of WebFinger",
	"member_token.json":         "a member token",
	"member_token_claims.json":  "what is in one",
	"member_token_request.json": "asks for one",
	"provenance_record.json":    "a file that goes along with a document, and no activity",
}

// TestSecondReaderAgrees has everything that we write read by a library that we
// did not write.
func TestSecondReaderAgrees(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/ours/*.json")
	if err != nil || len(files) < 25 {
		t.Fatal(len(files), err)
	}
	left := len(outside)
	for _, f := range files {
		name := filepath.Base(f)
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		second, err := decode(raw)
		if why := outside[name]; why != "" {
			left--
			if err == nil && name != "undo_lock.json" && name != "undo_choose_answer.json" {
				t.Errorf("%s is read after all, which was thought to be %s", name, why)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		id, typ, err := ap.Peek(raw)
		if err != nil || second.GetTypeName() != typ || idOf(second) != id {
			t.Errorf("%s: %s %s, we read %s %s, %v", name, second.GetTypeName(), idOf(second), typ, id, err)
		}
		agreeOnActivity(t, name, raw, second)
		agreeOnAudience(t, name, raw, second)
	}
	if left != 0 {
		t.Errorf("%d of the exceptions are no documents of ours", left)
	}
}

func agreeOnActivity(t *testing.T, name string, raw []byte, second vocab.Type) {
	t.Helper()
	does, ok := second.(interface {
		GetActivityStreamsActor() vocab.ActivityStreamsActorProperty
		GetActivityStreamsObject() vocab.ActivityStreamsObjectProperty
	})
	if !ok {
		return
	}
	a, err := ap.ParseActivity(raw)
	if err != nil {
		t.Fatal(name, err)
	}
	actor, object := does.GetActivityStreamsActor(), does.GetActivityStreamsObject()
	if actor == nil || actor.Len() != 1 || actor.At(0).GetIRI() == nil || actor.At(0).GetIRI().String() != a.Actor {
		t.Errorf("%s: actor is not %s", name, a.Actor)
	}
	if object == nil || object.Len() != len(a.Object.Items()) {
		t.Fatalf("%s: we read %d objects", name, len(a.Object.Items()))
	}
	if object.Len() != 1 {
		return
	}
	got := object.At(0).GetIRI()
	if !object.At(0).IsIRI() {
		got = object.At(0).GetType().GetJSONLDId().Get()
	}
	if got.String() != a.Object.ID() {
		t.Errorf("%s: object %s, we read %s", name, got, a.Object.ID())
	}
}

func agreeOnAudience(t *testing.T, name string, raw []byte, second vocab.Type) {
	t.Helper()
	has, ok := second.(interface {
		GetActivityStreamsAudience() vocab.ActivityStreamsAudienceProperty
	})
	if !ok || has.GetActivityStreamsAudience() == nil {
		return
	}
	o, err := ap.ParseObject(raw)
	if err != nil {
		t.Fatal(name, err)
	}
	p := has.GetActivityStreamsAudience()
	if p.Len() != 1 || p.At(0).GetIRI().String() != string(o.Audience) {
		t.Errorf("%s: audience is not %s", name, o.Audience)
	}
}

package foreign

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"code.superseriousbusiness.org/activity/streams/vocab"

	"moothall/federation/ap"
)

const event = `{"@context":["https://www.w3.org/ns/activitystreams",{"joinMode":"mz:joinMode"}],
 "type":"Event","id":"https://moots.example/e/1","actor":"https://moots.example/@bo","attributedTo":"https://moots.example/@ponds",
 "name":"Pond day","content":"<p>Bring boots.</p>","startTime":"2026-06-09T10:00:00+01:00","endTime":"2026-06-09T15:00:00Z",
 "location":{"type":"Place","name":"West <gate>"},"joinMode":"free",
 "to":["https://www.w3.org/ns/activitystreams#Public"],"cc":[],"url":"https://moots.example/e/1"}`

func TestEventHasTitleTextDatesAndLink(t *testing.T) {
	t.Parallel()
	o, err := Read([]byte(event))
	if err != nil {
		t.Fatal(err)
	}
	if o.Type != "Event" || o.Name != "Pond day" || o.Content != "<p>Bring boots.</p><p>West &lt;gate&gt;</p>" ||
		o.StartTime.Format("15:04") != "09:00" || o.EndTime.Hour() != 15 || o.URL != "https://moots.example/e/1" ||
		o.AttributedTo != "https://moots.example/@bo" || o.Group != "https://moots.example/@ponds" {
		t.Errorf("%+v", o)
	}
}

func TestVideoOfPeerTube(t *testing.T) {
	t.Parallel()
	o, err := Read([]byte(`{"@context":"https://www.w3.org/ns/activitystreams","type":"Video","id":"https://tube.example/v/1",
	 "name":"Lining a pond","mediaType":"text/markdown","content":"How **we** did it","duration":"PT5M",
	 "url":[{"type":"Link","mediaType":"application/x-mpegURL","href":"https://tube.example/v/1.m3u8","tag":[]},
	        {"type":"Link","mediaType":"text/html","href":"https://tube.example/w/1"}],
	 "attributedTo":[{"type":"Person","id":"https://tube.example/accounts/bo"},{"type":"Group","id":"https://tube.example/c/ponds"}],
	 "to":["https://www.w3.org/ns/activitystreams#Public"],"published":"2026-06-09T10:00:00.123Z"}`))
	if err != nil {
		t.Fatal(err)
	}
	if o.URL != "https://tube.example/w/1" || o.AttributedTo != "https://tube.example/accounts/bo" ||
		o.Group != "https://tube.example/c/ponds" || o.MediaType != "text/markdown" || o.Published.Nanosecond() != 123_000_000 {
		t.Errorf("%+v", o)
	}
}

func TestS102_PollHasItsChoicesAndNoMore(t *testing.T) {
	t.Parallel()
	many := strings.Repeat(`{"type":"Note","name":"<b>"},`, 500) + `{"type":"Note","name":"last"}`
	o, err := Read([]byte(`{"type":"Question","id":"https://toot.example/q/1","attributedTo":"https://toot.example/u/bo","content":"<p>Which?</p>","oneOf":[` + many + `]}`))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(o.Content, "<li>&lt;b&gt;</li>"); n != 20 || strings.Contains(o.Content, "last") || !strings.HasPrefix(o.Content, "<p>Which?</p><ul>") {
		t.Errorf("%d choices in %s", n, o.Content)
	}
}

func TestX2_WhatTheLibraryCannotReadIsRefused(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"an unknown type":    `{"type":"Minutes","id":"https://x.example/1"}`,
		"a nested type list": `{"type":[],"id":"https://x.example/1"}`,
		"not JSON":           `{`,
		"another id":         `{"type":"Event","id":"https://x.example/ü"}`,
		"Type":               `{"Type":"Event","id":"https://x.example/1"}`,
	} {
		if o, err := Read([]byte(raw)); !errors.Is(err, ap.ErrDocument) || o.Type != "" {
			t.Errorf("%s: %+v, %v", name, o, err)
		}
	}
}

// TestSecondReaderAgrees has everything that we write read by a library that we
// did not write.
func TestSecondReaderAgrees(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/ours/*.json")
	if err != nil || len(files) < 25 {
		t.Fatal(len(files), err)
	}
	for _, f := range files {
		name := filepath.Base(f)
		if strings.HasPrefix(name, "nodeinfo") || strings.HasPrefix(name, "webfinger") {
			continue
		}
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		second, err := decode(raw)
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
	if object == nil || object.Len() != 1 {
		t.Fatalf("%s: object is not one", name)
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

func FuzzRead(f *testing.F) {
	f.Add([]byte(event))
	f.Add([]byte(`{"type":"Question","id":"https://x.example/1","anyOf":[{"type":["Note","x"],"name":[1]}]}`))
	f.Add([]byte(`{"type":"Place","id":"https://x.example/1","location":[null,{"type":{}}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := Read(raw)
		if err == nil && o.Type == "" {
			t.Error("no error and no object")
		}
	})
}

package ap

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
)

const like = `"id":"https://south.example/a/1","type":"Like","object":"https://north.example/p/1"`

func TestS22_ActorIsOneText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ actor, want string }{
		{`"https://south.example/u/bo"`, "https://south.example/u/bo"},
		{`{"type":"Person","id":"https://south.example/u/bo","name":"Bo"}`, "https://south.example/u/bo"}, // C40: Discourse
		{`["https://evil.example/u/mal","https://victim.example/u/v"]`, ""},
		{`["https://south.example/u/bo"]`, ""},
		{`{"id":["https://south.example/u/bo"]}`, ""},
		{`{"id":1}`, ""},
		{`{"href":"https://south.example/u/bo"}`, ""},
		{`{"id":null}`, ""},
		{`{}`, ""},
		{`1`, ""},
		{`true`, ""},
		{`null`, ""},
		{`""`, ""},
		{`[]`, ""},
	} {
		a, err := ParseActivity([]byte(`{` + like + `,"actor":` + c.actor + `}`))
		if c.want == "" {
			if !errors.Is(err, ErrDocument) || !strings.Contains(err.Error(), "actor") || a.ID != "" {
				t.Errorf("%s: %+v, %v", c.actor, a, err)
			}
			continue
		}
		if err != nil || a.Actor != c.want {
			t.Errorf("%s: %q, %v", c.actor, a.Actor, err)
		}
	}
	for _, raw := range []string{`{` + like + `}`, `{"type":"Like","actor":"https://x.example/u"}`, `{"id":"https://x.example/1","actor":"https://x.example/u"}`} {
		if a, err := ParseActivity([]byte(raw)); err == nil || !strings.Contains(err.Error(), "missing") {
			t.Errorf("%s: %+v, %v", raw, a, err)
		}
	}
}

func TestS43_AuthorIsOne(t *testing.T) {
	t.Parallel()
	type got struct{ Author, Group Link }
	person := `{"type":"Person","id":"https://tube.example/a/bo"}`
	group := `{"type":"Group","id":"https://tube.example/c/ponds"}`
	for _, c := range []struct {
		fields string
		want   got // empty author and group: refused
	}{
		{`"attributedTo":"https://s.example/u/bo"`, got{"https://s.example/u/bo", ""}},
		{`"attributedTo":["https://s.example/u/bo"]`, got{"https://s.example/u/bo", ""}},
		{`"attributedTo":{"type":"Person","id":"https://s.example/u/bo"}`, got{"https://s.example/u/bo", ""}},
		{`"attributedTo":[` + person + `,` + group + `]`, got{"https://tube.example/a/bo", "https://tube.example/c/ponds"}},
		{`"attributedTo":[` + group + `,` + person + `]`, got{"https://tube.example/a/bo", "https://tube.example/c/ponds"}},
		{`"actor":"https://m.example/@bo","attributedTo":"https://m.example/@ponds"`, got{"https://m.example/@bo", "https://m.example/@ponds"}}, // Mobilizon
		{`"actor":"https://m.example/@bo","attributedTo":"https://m.example/@bo"`, got{"https://m.example/@bo", ""}},
		{`"attributedTo":["https://evil.example/u/mal","https://north.example/u/alice"]`, got{}},
		{`"attributedTo":[` + group + `]`, got{}},
		{`"attributedTo":[` + person + `,` + person + `]`, got{}},
		{`"attributedTo":1`, got{}},
		{`"attributedTo":true`, got{}},
		{`"attributedTo":{"id":99}`, got{}},
		{`"attributedTo":[null]`, got{}},
		{`"attributedTo":[["https://s.example/u/bo"]]`, got{}},
	} {
		o, err := ParseObject([]byte(`{"id":"https://s.example/p/1","type":"Note",` + c.fields + `}`))
		if c.want == (got{}) {
			if !errors.Is(err, ErrDocument) || !strings.Contains(err.Error(), "attributedTo") || o.ID != "" {
				t.Errorf("%s: %+v, %v", c.fields, o, err)
			}
			continue
		}
		if d := cmp.Diff(c.want, got{o.AttributedTo, o.Group}); err != nil || d != "" {
			t.Errorf("%s: %v %s", c.fields, err, d)
		}
	}
	for _, author := range []string{`null`, `[]`} {
		o, err := ParseObject([]byte(`{"id":"https://s.example/p/1","type":"Note","attributedTo":` + author + `}`))
		if err != nil || o.AttributedTo != "" {
			t.Errorf("%s: %q %v", author, o.AttributedTo, err)
		}
	}
}

func TestS71_AddressesForBrowsersAreOfTheWeb(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, want string }{
		{`"https://s.example/@bo"`, "https://s.example/@bo"},
		{`["https://s.example/@bo"]`, "https://s.example/@bo"},
		{`[{"type":"Link","mediaType":"video/mp4","href":"https://s.example/v"},{"type":"Link","mediaType":"text/html","href":"https://s.example/w"}]`, "https://s.example/w"},
		{`"javascript:alert(1)"`, ""},
		{`["javascript:alert(1)",{"href":"data:text/html,x"}]`, ""},
		{`{"id":"https://s.example/@bo"}`, ""},
		{`{"href":{"href":"https://s.example"}}`, ""},
		{`1`, ""},
		{`null`, ""},
		{`"https://s.example/` + strings.Repeat("x", 3000) + `"`, ""},
	} {
		raw := fmt.Sprintf(`{"id":"https://s.example/u/bo","type":"Person","inbox":"https://s.example/in","url":%[1]s,"endpoints":{"sharedInbox":%[1]s},"icon":{"url":%[1]s}}`, c.url)
		a, err := ParseActor([]byte(raw))
		if err != nil || string(a.URL) != c.want || a.Icon != c.want {
			t.Errorf("%s: url %q icon %q %v", c.url, a.URL, a.Icon, err)
		}
	}
	for _, endpoints := range []string{`[]`, `"x"`, `1`, `{"sharedInbox":["https://s.example/in"]}`, `{"sharedInbox":"javascript:x"}`} {
		a, err := ParseActor([]byte(`{"id":"https://s.example/u/bo","type":"Person","inbox":"https://s.example/in","endpoints":` + endpoints + `}`))
		if err != nil || a.SharedInbox != "" {
			t.Errorf("%s: %q %v", endpoints, a.SharedInbox, err)
		}
	}
}

func TestS73_TypeIsOneText(t *testing.T) {
	t.Parallel()
	for _, typ := range []string{`["Create","Delete"]`, `["Create"]`, `[]`, `{}`, `1`, `null`, `""`, `"` + strings.Repeat("x", 300) + `"`} {
		if a, err := ParseActivity([]byte(`{"id":"https://s.example/a","actor":"https://s.example/u","type":` + typ + `}`)); !errors.Is(err, ErrDocument) {
			t.Errorf("activity %s: %+v, %v", typ, a, err)
		}
		if a, err := ParseActor([]byte(`{"id":"https://s.example/u","inbox":"https://s.example/i","type":` + typ + `}`)); !errors.Is(err, ErrDocument) {
			t.Errorf("actor %s: %+v, %v", typ, a, err)
		}
	}
	for _, c := range []struct{ typ, want string }{
		{`"Note"`, "Note"},
		{`["x:Minutes","Note"]`, "Note"},
		{`["Note","x:Minutes"]`, "Note"},
		{`["x:Minutes","x:Other"]`, "x:Minutes"},
		{`["Note","Delete"]`, ""},
		{`["Group","Note"]`, ""},
		{`["Note",1]`, ""},
		{`[]`, ""},
		{`1`, ""},
	} {
		o, err := ParseObject([]byte(`{"id":"https://s.example/p","type":` + c.typ + `}`))
		if o.Type != c.want || (err == nil) != (c.want != "") {
			t.Errorf("object %s: %q, %v", c.typ, o.Type, err)
		}
	}
	if a, err := ParseActor([]byte(`{"id":"https://s.example/u","inbox":"https://s.example/i","type":"Note"}`)); err == nil {
		t.Errorf("a Note is no actor: %+v", a)
	}
}

func TestS77_OnlyExactNamesArePublic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		to     string
		public bool
	}{
		{`"https://www.w3.org/ns/activitystreams#Public"`, true},
		{`["as:Public"]`, true},
		{`"Public"`, true},
		{`[{"id":"as:Public"}]`, true},
		{`"https://www.w3.org/ns/activitystreams#public"`, false},
		{`"http://www.w3.org/ns/activitystreams#Public"`, false},
		{`"public"`, false},
		{`"AS:Public"`, false},
		{`[null]`, false},
		{`[["as:Public"],{"x":"as:Public"}]`, false},
		{`null`, false},
	} {
		o, err := ParseObject([]byte(`{"type":"Note","to":` + c.to + `}`))
		if err == nil && o.To.Public() != c.public {
			t.Errorf("%s: %v", c.to, o.To)
		}
		if err != nil && c.public {
			t.Errorf("%s: %v", c.to, err)
		}
	}
	a, err := ParseActivity([]byte(`{"actor":"https://s.example/u","audience":"as:Public","bto":"as:Public",` + like + `}`))
	if err != nil || a.To.Public() || a.Cc.Public() || a.Audience == Link(actors.Public) {
		t.Errorf("%+v %v", a, err)
	}
}

func repeat(n int, s string) string { return `[` + strings.Repeat(s+`,`, n-1) + s + `]` }

func TestS101_S102_LimitsOfFields(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 400_000/2)
	tag := `{"type":"Mention","href":"https://s.example/u/1","name":"@x@s.example"}`
	file := `{"type":"Image","url":"https://s.example/i.png","name":"` + strings.Repeat("ö", 2_000) + `"}`
	o, err := ParseObject([]byte(`{"type":"Page","name":"` + long + `","summary":"` + long + `","tag":` + repeat(50, tag) + `,"attachment":` + repeat(50, file) + `}`))
	if err != nil {
		t.Fatal(err)
	}
	if n := len([]rune(o.Name)); n != 300 {
		t.Errorf("name of %d", n)
	}
	if n := len([]rune(o.Summary)); n != 5_000 {
		t.Errorf("summary of %d", n)
	}
	if n := len([]rune(o.Attachment[0].Name)); n != 1_500 || len(o.Attachment) != 50 || len(o.Tag) != 50 {
		t.Errorf("text for pictures of %d, %d attachments, %d tags", n, len(o.Attachment), len(o.Tag))
	}
	for field, value := range map[string]string{
		"tag":        repeat(51, tag),
		"attachment": repeat(51, `{"type":"Image","url":"https://s.example/i.png"}`),
		"to":         repeat(501, `"https://s.example/u/1"`),
		"id":         `"https://s.example/` + strings.Repeat("x", 2048) + `"`,
	} {
		if o, err := ParseObject([]byte(`{"type":"Page","` + field + `":` + value + `}`)); !errors.Is(err, ErrDocument) || !strings.Contains(err.Error(), field) || o.Type != "" {
			t.Errorf("%s: %v", field, err)
		}
	}
	a, err := ParseActor([]byte(`{"id":"https://s.example/u","type":"Person","inbox":"https://s.example/i","attachment":` + repeat(2_000, `{"type":"PropertyValue","name":"a","value":"b"}`) + `}`))
	if err != nil || len(a.Properties) != 16 {
		t.Errorf("%d lines of a profile, %v", len(a.Properties), err)
	}
	if _, err := ParseActivity([]byte(`{"actor":"https://s.example/u","id":"https://s.example/a","type":"Announce","object":` + repeat(201, `"https://s.example/p"`) + `}`)); err == nil {
		t.Error("201 things in one activity")
	}
	if _, err := ParseCollection([]byte(`{"type":"Collection","items":` + repeat(1001, `"https://s.example/p"`) + `}`)); err == nil {
		t.Error("1001 items in one page")
	}
}

// TestShapesOfPeers holds a habit of one peer a line: each of the values that may
// be missing, null, text, object or array (protocol.md 13).
func TestShapesOfPeers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fields string
		got    func(Object) any
		want   any
	}{
		"null inReplyTo of Mbin":       {`"inReplyTo":null`, func(o Object) any { return o.InReplyTo }, Link("")},
		"nulls of NodeBB":              {`"name":null,"summary":null,"published":null,"attachment":null,"tag":null,"url":null`, func(o Object) any { return o.Name }, ""},
		"one tag without brackets":     {`"tag":{"type":"Hashtag","name":"#ponds"}`, func(o Object) any { return o.Tag }, []Tag{{"Hashtag", "#ponds", ""}}},
		"one attachment":               {`"attachment":{"type":"Link","href":"https://x.example/a"}`, func(o Object) any { return o.Attachment }, []Attachment{{Type: "Link", URL: "https://x.example/a"}}},
		"an attachment that is a text": {`"attachment":["https://x.example/a"]`, func(o Object) any { return o.Attachment }, []Attachment{{URL: "https://x.example/a"}}},
		"a picture with many sizes":    {`"attachment":[{"type":"Image","url":[{"href":"https://x.example/s"},{"href":"https://x.example/l"}]}]`, func(o Object) any { return o.Attachment }, []Attachment{{Type: "Image", URL: "https://x.example/s"}}},
		"a source that is text":        {`"source":"*hi*"`, func(o Object) any { return o.Source }, Source{Content: "*hi*"}},
		"language of Lemmy":            {`"language":{"identifier":"fr","name":"Français"}`, func(o Object) any { return o.Language }, "fr"},
		"an undetermined language":     {`"language":{"identifier":"und","name":"Undetermined"}`, func(o Object) any { return o.Language }, ""},
		"content by language":          {`"contentMap":{"cy":"<p>Helo</p>"}`, func(o Object) any { return o.Content + o.Language }, "<p>Helo</p>cy"},
		"name by language":             {`"nameMap":{"cy":"Helo"}`, func(o Object) any { return o.Name + o.Language }, "Helocy"},
		"the language that is said":    {`"language":{"identifier":"en"},"contentMap":{"cy":"Helo","en":"Hi"}`, func(o Object) any { return o.Content }, "Hi"},
		"an empty map of PHP":          {`"contentMap":[],"content":"x"`, func(o Object) any { return o.Content }, "x"},
		"escapes":                      {`"content":"\u003cp\u003e\ud83c\udf33\n\"\\\/\u003c/p\u003e"`, func(o Object) any { return o.Content }, "<p>🌳\n\"\\/</p>"},
		"microseconds":                 {`"published":"2021-11-01T12:11:22.871846Z"`, func(o Object) any { return o.Published.Nanosecond() }, 871_846_000},
		"an offset":                    {`"updated":"2021-11-01T12:11:22+02:00"`, func(o Object) any { return o.Updated.Hour() }, 10},
		"no zone":                      {`"updated":"2021-11-01T12:11:22.5"`, func(o Object) any { return o.Updated.Nanosecond() }, 500_000_000},
		"comments closed":              {`"commentsEnabled":false`, func(o Object) any { return o.Closed }, true},
		"comments not spoken of":       {`"commentsEnabled":null`, func(o Object) any { return o.Closed }, false},
		"replies that are embedded":    {`"replies":{"id":"https://x.example/r","type":"Collection"}`, func(o Object) any { return o.Replies }, Link("https://x.example/r")},
		"replies without an id":        {`"replies":{"type":"Collection","items":[]}`, func(o Object) any { return o.Replies }, Link("")},
		"a context that is opaque":     {`"context":"tag:x.example,2020:1"`, func(o Object) any { return o.Context }, Link("tag:x.example,2020:1")},
		"a question of ours":           {`"moothall:kind":"question"`, func(o Object) any { return o.Kind }, "question"},
	} {
		o, err := ParseObject([]byte(`{"type":"Note",` + c.fields + `}`))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(c.want, c.got(o)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for _, fields := range []string{`"published":"yesterday"`, `"published":5`, `"name":{}`, `"content":true`, `"sensitive":"no"`, `"inReplyTo":7`, `"to":[1]`} {
		field, _, _ := strings.Cut(fields[1:], `"`)
		if o, err := ParseObject([]byte(`{"type":"Note",` + fields + `}`)); err == nil || !strings.Contains(err.Error(), field) || o.Type != "" {
			t.Errorf("%s: %v", fields, err)
		}
	}
}

func TestC39_SeveralThingsInOneActivity(t *testing.T) {
	t.Parallel()
	one := `{"id":"https://p.example/a/1","type":"Like","actor":"https://p.example/u/1","object":"https://p.example/p"}`
	for name, c := range map[string]struct {
		object string
		ids    []string
	}{
		"an id":                   {`"https://p.example/a/1"`, []string{"https://p.example/a/1"}},
		"a document":              {one, []string{"https://p.example/a/1"}},
		"an array of PieFed":      {`[` + one + `,"https://p.example/a/2",null]`, []string{"https://p.example/a/1", "https://p.example/a/2"}},
		"a collection":            {`{"id":"https://p.example/c","type":"OrderedCollection","orderedItems":[` + one + `]}`, []string{"https://p.example/a/1"}},
		"an unordered collection": {`{"type":"Collection","items":"https://p.example/a/1"}`, []string{"https://p.example/a/1"}},
		"an empty array":          {`[]`, nil},
		"nothing":                 {`null`, nil},
	} {
		a, err := ParseActivity([]byte(`{"id":"https://p.example/a","type":"Announce","actor":"https://p.example/c/x","object":` + c.object + `}`))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var ids []string
		for _, i := range a.Object.Items() {
			ids = append(ids, i.ID())
			if i.Embedded() {
				if inner, err := i.AsActivity(); err != nil || inner.Type != "Like" || inner.Object.ID() != "https://p.example/p" {
					t.Errorf("%s: %+v %v", name, inner, err)
				}
			} else if _, err := i.AsActivity(); !errors.Is(err, ErrDocument) {
				t.Errorf("%s: an id was read as an activity", name)
			}
		}
		if d := cmp.Diff(c.ids, ids); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for _, object := range []string{`1`, `[1]`, `[["x"]]`, `{"id":1}`, `""`, `true`} {
		if a, err := ParseActivity([]byte(`{"id":"https://p.example/a","type":"Announce","actor":"https://p.example/c/x","object":` + object + `}`)); err == nil {
			t.Errorf("%s: %+v", object, a)
		}
	}
}

func TestKeysOfAllKinds(t *testing.T) {
	t.Parallel()
	key := `{"id":"https://s.example/u#k","owner":"https://s.example/u","publicKeyPem":"PEM"}`
	want := PublicKey{"https://s.example/u#k", "https://s.example/u", "PEM"}
	for name, raw := range map[string]string{
		"a key alone":          key,
		"a part of an actor":   `{"id":"https://s.example/u","type":"Person","publicKey":` + key + `}`,
		"several keys":         `{"id":"https://s.example/u","publicKey":[` + key + `,"https://s.example/other"]}`,
		"an owner as document": `{"publicKey":{"id":"https://s.example/u#k","owner":{"id":"https://s.example/u"},"publicKeyPem":"PEM"}}`,
	} {
		keys, err := ParseKey([]byte(raw))
		if err != nil || len(keys) != 1 || keys[0] != want {
			t.Errorf("%s: %+v %v", name, keys, err)
		}
	}
	for _, raw := range []string{`{}`, `{"publicKey":"https://s.example/k"}`, `{"publicKey":{"id":1,"publicKeyPem":"x"}}`, `{"publicKey":{"owner":["a"],"publicKeyPem":"x"}}`,
		`{"publicKey":` + repeat(11, key) + `}`} {
		if keys, err := ParseKey([]byte(raw)); !errors.Is(err, ErrDocument) {
			t.Errorf("%s: %+v %v", raw, keys, err)
		}
	}
}

func TestCollections(t *testing.T) {
	t.Parallel()
	c, err := ParseCollection([]byte(`{"id":"https://s.example/r","type":"Collection","totalItems":3,
	 "first":{"type":"CollectionPage","next":"https://s.example/r?page=2","items":["https://s.example/1",{"id":"https://s.example/2"},{"x":1},null]}}`))
	if err != nil || c.TotalItems != 3 || !c.First.Embedded() {
		t.Fatalf("%+v %v", c, err)
	}
	page, err := c.First.AsCollection()
	if err != nil || page.Next.ID() != "https://s.example/r?page=2" {
		t.Fatalf("%+v %v", page, err)
	}
	if d := cmp.Diff([]string{"https://s.example/1", "https://s.example/2"}, page.ItemIDs()); d != "" {
		t.Error(d)
	}
	for _, raw := range []string{`{"type":"Note"}`, `{}`, `{"type":"Collection","totalItems":"many"}`, `{"type":["Collection"]}`} {
		if c, err := ParseCollection([]byte(raw)); !errors.Is(err, ErrDocument) {
			t.Errorf("%s: %+v", raw, c)
		}
	}
}

func TestDraftsOfClientsMayLackIds(t *testing.T) {
	t.Parallel()
	a, err := ParseDraft([]byte(`{"type":"Create","object":{"type":"Note","content":"x","to":"as:Public"}}`))
	if err != nil || a.ID != "" || a.Actor != "" {
		t.Fatalf("%+v %v", a, err)
	}
	o, err := a.Object.AsObject()
	if err != nil || o.Content != "x" || !o.To.Public() || !json.Valid(o.Raw) {
		t.Errorf("%+v %v", o, err)
	}
}

func TestPeek(t *testing.T) {
	t.Parallel()
	id, typ, err := Peek([]byte(` {"type":"Tombstone","id":"https://s.example/1"}`))
	if err != nil || id != "https://s.example/1" || typ != "Tombstone" {
		t.Error(id, typ, err)
	}
	if _, _, err := Peek([]byte(`[]`)); err == nil {
		t.Error("an array has no type")
	}
}

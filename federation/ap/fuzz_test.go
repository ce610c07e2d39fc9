package ap

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"moothall/content"
)

func addSeeds(f *testing.F) {
	f.Helper()
	for _, dir := range []string{peers, golden} {
		for _, raw := range jsonFiles(f, dir) {
			f.Add(raw)
		}
	}
	for _, s := range []string{
		`{`, `{}`, `[]`, `{"a":1e400}`, `{"type":["Note",{}],"id":[]}`, `{"a":"\ud800"}`, `{"\u0061ctor":1,"actor":2}`,
		`{"type":"Note","attributedTo":[{"type":"Group"}],"tag":[[]],"url":[{"href":[]}]}`,
		`{"type":"Article","id":"https://s.example/d/1","moothall:version":7,"moothall:subjects":[[],"a",{}],"moothall:license":"https://l.example","moothall:effort":1e9,` +
			`"tag":[{"type":"Link","rel":["latest-version"],"href":"https://s.example/d/1/v/7"},{"type":"Link","rel":"https://moothall.org/ns#replaces","href":{}}],` +
			`"attachment":{"type":"Document","url":[{"href":"https://s.example/f"}],"digestMultibase":"zQmUJPTFZnR2CPGAzmfdYPghgrFtYFB6pf1BqMvqfiPDam8","size":"6","name":"..\\x"}}`,
	} {
		f.Add([]byte(s))
	}
}

// FuzzCheck holds Check to what the standard library says: what Check takes is
// valid, and a struct and a map understand it alike.
func FuzzCheck(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if Check(raw) != nil {
			return
		}
		var m map[string]any
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatalf("taken, though it is not valid: %v", err)
		}
		var s struct {
			ID, Type, Actor, Object, AttributedTo, To any
		}
		if err := json.Unmarshal(raw, &s); err != nil {
			t.Fatal(err)
		}
		for name, v := range map[string]any{"id": s.ID, "type": s.Type, "actor": s.Actor, "object": s.Object, "attributedTo": s.AttributedTo, "to": s.To} {
			if got, _ := json.Marshal(v); string(got) != marshalled(m[name]) {
				t.Fatalf("%s is %s in a struct and %s in a map", name, got, marshalled(m[name]))
			}
		}
	})
}

func marshalled(v any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func FuzzParseActivity(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := ParseActivity(raw)
		if err != nil {
			if a.ID != "" || a.Raw != nil {
				t.Fatalf("an error and half an activity: %+v", a)
			}
			return
		}
		m := plainMap(t, raw)
		if a.ID != m["id"] || a.Type != m["type"] || a.Actor != text(m, "actor") || a.Object.ID() != text(m, "object") {
			t.Fatalf("%+v is not %v", a, m)
		}
		for _, i := range a.Object.Items() {
			if !json.Valid(i.Raw()) {
				t.Fatalf("inner is %q", i.Raw())
			}
			// None may panic; most will not be what they are read as.
			_, _ = i.AsActivity()
			_, _ = i.AsObject()
			_, _ = i.AsActor()
			_, _ = i.AsCollection()
		}
	})
}

func FuzzParseActor(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := ParseActor(raw)
		if err != nil {
			if a.ID != "" || a.Raw != nil {
				t.Fatalf("an error and half an actor: %+v", a)
			}
			return
		}
		m := plainMap(t, raw)
		if a.ID != m["id"] || a.Type != m["type"] || a.Inbox == "" {
			t.Fatalf("%+v is not %v", a, m)
		}
		if a.URL != "" && !strings.HasPrefix(string(a.URL), "http") {
			t.Fatalf("url is %q", a.URL)
		}
	})
}

func FuzzParseObject(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		o, err := ParseObject(raw)
		if err != nil {
			if o.ID != "" || o.Raw != nil {
				t.Fatalf("an error and half an object: %+v", o)
			}
			return
		}
		checkPaper(t, o)
		m := plainMap(t, raw)
		if id, _ := m["id"].(string); o.ID != id || o.Type == "" {
			t.Fatalf("%+v is not %v", o, m)
		}
		if typ, ok := m["type"].(string); ok && o.Type != typ {
			t.Fatalf("type is %q, not %q", o.Type, typ)
		}
		if len(o.Tag) > maxTags || len(o.Attachment) > maxAttachments || len([]rune(o.Name)) > maxName {
			t.Fatalf("over the limits: %+v", o)
		}
	})
}

// checkPaper holds a document to the limits of what people here may say of one.
func checkPaper(t *testing.T, o Object) {
	p := o.Paper
	if p == nil {
		return
	}
	d, v := p.Document, p.Version
	switch {
	case o.Type != "Article", v.Number < 1 || v.Number > maxVersion, d.Number != v.Number:
		t.Fatalf("%s, version %d of %d", o.Type, v.Number, d.Number)
	case v.File.Digest.IsZero(), !isWeb(v.File.URL), v.File.Size < 0, v.File.Name == "", strings.ContainsAny(v.File.Name, "/\\\n\x00"):
		t.Fatalf("file %+v", v.File)
	case v.File.Text != "" && !isWeb(v.File.Text), d.LicenceURL != "" && !isWeb(d.LicenceURL):
		t.Fatalf("addresses: %+v %+v", d, v)
	case utf8.RuneCountInString(d.Summary) > content.MaxDocumentSummary, len(d.Subjects) > content.MaxSubjects, len(p.Related) > maxTags, d.Effort < 0, v.File.Pages < 0:
		t.Fatalf("beyond the limits: %+v", d)
	case d.Licence != "" && !d.Licence.Valid(), !d.Type.Valid(), d.Stage != "" && !d.Stage.Valid():
		t.Fatalf("not of the lists: %+v", d)
	}
}

func FuzzParseCollection(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := ParseCollection(raw)
		if err != nil {
			if c.ID != "" || c.Raw != nil {
				t.Fatalf("an error and half a collection: %+v", c)
			}
			return
		}
		for _, item := range c.Items {
			if !json.Valid(item) {
				t.Fatalf("item is %q", item)
			}
		}
		if len(c.ItemIDs()) > len(c.Items) {
			t.Fatal("more ids than items")
		}
	})
}

func plainMap(t *testing.T, raw []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

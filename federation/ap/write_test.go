package ap

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const golden = "../testdata/ours"

func compareGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join(golden, name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", name, d)
	}
}

// pretty is for people who read the golden files.
func pretty(t *testing.T, raw []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	b.WriteByte('\n')
	return b.Bytes()
}

func TestDocumentsWeWrite(t *testing.T) {
	docs := ours(t)
	for name, raw := range docs {
		compareGolden(t, name+".json", pretty(t, raw))
	}
	files, err := filepath.Glob(golden + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		if _, ok := docs[name]; !ok && !strings.HasPrefix(name, "nodeinfo") && !strings.HasPrefix(name, "webfinger") &&
			!strings.HasPrefix(name, "member_token") && name != "provenance_record" { // of federation/token and federation/provenance
			t.Errorf("%s is written by nothing", f)
		}
	}
}

func TestDiscoveryDocumentsWeWrite(t *testing.T) {
	info := NodeInfo{Version: "0.1.0", Repository: "https://example.org/moothall", Name: "North", Description: "Parks", Users: 12, Posts: 340}
	for name, f := range map[string]func() ([]byte, error){
		"webfinger_community": func() ([]byte, error) { return WriteWebFinger(soil()) },
		"webfinger_node":      func() ([]byte, error) { return WriteWebFinger(node()) },
		"nodeinfo_links":      func() ([]byte, error) { return WriteNodeInfoLinks("https://north.example") },
		"nodeinfo_20":         func() ([]byte, error) { return WriteNodeInfo("2.0", info) },
		"nodeinfo_21":         func() ([]byte, error) { return WriteNodeInfo("2.1", info) },
	} {
		raw, err := f()
		if err != nil {
			t.Fatal(err)
		}
		compareGolden(t, name+".json", pretty(t, raw))
	}
	raw, err := WriteHostMeta("https://north.example")
	if err != nil {
		t.Fatal(err)
	}
	compareGolden(t, "host-meta.xml", raw)
	var x struct {
		Link struct {
			Template string `xml:"template,attr"`
		}
	}
	if err := xml.Unmarshal(raw, &x); err != nil || x.Link.Template != "https://north.example/.well-known/webfinger?resource={uri}" {
		t.Errorf("host-meta: %+v %v", x, err)
	}
}

// TestC61_BoringShapes checks every document for what makes one peer or another
// stumble.
func TestC61_BoringShapes(t *testing.T) {
	t.Parallel()
	for name, raw := range ours(t) {
		var d map[string]any
		if err := json.Unmarshal(raw, &d); err != nil {
			t.Fatal(name, err)
		}
		if c, _ := d["@context"].([]any); len(c) == 0 || c[0] != "https://www.w3.org/ns/activitystreams" {
			t.Errorf("%s: @context is %v", name, d["@context"])
		}
		if bytes.Contains(raw, []byte(`\u003c`)) || bytes.HasSuffix(raw, []byte("\n")) {
			t.Errorf("%s: escaped for HTML, or ends in a line break", name)
		}
		// A proof needs its own, and that of what it proves.
		allowed := map[string]int{"like_proved": 2, "announce_proved": 3, "page_proved": 2, "update_proved": 4}
		if bytes.Count(raw, []byte(`"@context"`)) != max(1, allowed[name]) {
			t.Errorf("%s: a nested @context", name)
		}
		walkShapes(t, name, d, false)
	}
}

func walkShapes(t *testing.T, path string, v any, context bool) {
	t.Helper()
	switch v := v.(type) {
	case nil:
		t.Errorf("%s is null", path)
	case string:
		if strings.HasPrefix(v, "http://") && !context || strings.Contains(v, "://north.example:") {
			t.Errorf("%s is %q", path, v)
		}
	case []any:
		for _, e := range v {
			walkShapes(t, path+"[]", e, context)
		}
	case map[string]any:
		for k, e := range v {
			_, isArray := e.([]any)
			_, isText := e.(string)
			switch k {
			case "to", "cc", "tag", "attachment", "orderedItems":
				if !isArray {
					t.Errorf("%s.%s is not an array", path, k)
				}
			case "actor", "attributedTo", "inReplyTo", "audience":
				if !isText {
					t.Errorf("%s.%s is not text", path, k)
				}
			}
			walkShapes(t, path+"."+k, e, context || k == "@context")
		}
	}
}

func TestOurReaderReadsWhatWeWrite(t *testing.T) {
	t.Parallel()
	for name, raw := range ours(t) {
		var want struct{ ID, Type, Actor, Audience string }
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(name, err)
		}
		id, typ, err := readAs(raw)
		if err != nil || id != want.ID || typ != want.Type {
			t.Errorf("%s: %q %q %v", name, id, typ, err)
		}
		if kindOf(raw) == "activity" {
			a, _ := ParseActivity(raw)
			if a.Actor != want.Actor || string(a.Audience) != want.Audience {
				t.Errorf("%s: actor %q, audience %q", name, a.Actor, a.Audience)
			}
		}
	}
}

// TestC49_RestrictedIsNeverPublic looks for the public collection, by any of its
// names, in everything that is written of a members' post.
func TestC49_RestrictedIsNeverPublic(t *testing.T) {
	t.Parallel()
	public := []byte("activitystreams#Public")
	for _, a := range []actors.Audience{actors.AudienceNetwork, actors.AudienceMembers, actors.AudienceOrganisation, ""} {
		p := trial(a)
		raw, err := WritePost(p, ana(), soil(), nil, ConversationAt(p.URI, true), []Mention{{"@bo@south.example", bo().URI}})
		if err != nil {
			t.Fatal(err)
		}
		create, err := WriteCreate(envelope(p, "c1"), raw)
		if err != nil {
			t.Fatal(err)
		}
		announce, err := WriteAnnounce(groupEnvelope(a, "an1"), create, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range [][]byte{raw, create, announce} {
			if bytes.Contains(raw, public) || bytes.Contains(raw, []byte("ana/followers")) {
				t.Errorf("audience %q: %s", a, raw)
			}
		}
		o, err := ParseObject(raw)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(Links{"https://north.example/c/soil", "https://north.example/c/soil/followers"}, o.To); d != "" || len(o.Cc) != 0 {
			t.Errorf("audience %q: to %v cc %v", a, o.To, o.Cc)
		}
	}
}

func TestC34_C36_CommentsAndThreads(t *testing.T) {
	t.Parallel()
	docs := ours(t)
	page, err := ParseObject(docs["page"])
	if err != nil {
		t.Fatal(err)
	}
	if page.Name == "" || page.Published.IsZero() || page.Context != "https://north.example/p/41/context" ||
		page.InReplyTo != "" || !page.To.Public() || !page.To.Has("https://north.example/c/soil") || page.Language != "en-GB" {
		t.Errorf("page: %+v", page)
	}
	note, err := ParseObject(docs["note"])
	if err != nil {
		t.Fatal(err)
	}
	want := []Tag{
		{"Mention", "@bo@south.example", "https://south.example/u/bo"},
		{"Mention", "@soil@north.example", "https://north.example/c/soil"},
	}
	if d := cmp.Diff(want, note.Tag); d != "" {
		t.Error(d)
	}
	if note.InReplyTo != "https://south.example/p/7" || !note.Cc.Has("https://north.example/c/soil") ||
		!note.To.Has("https://south.example/u/bo") || bytes.Contains(docs["page"], []byte("inReplyTo")) {
		t.Errorf("note: %+v", note)
	}
}

func TestC32_AnnounceKeepsTheValuesOfOthers(t *testing.T) {
	t.Parallel()
	inner := []byte(`{"@context":["https://www.w3.org/ns/activitystreams",{"x":"https://x.example#"}],` +
		`"id":"https://south.example/a/1","type":"Like","actor":"https://south.example/u/bo","x:n":1.50e3,"x:t":"<&>é\u00e9","object":"https://north.example/p/41"}`)
	raw, err := WriteAnnounce(groupEnvelope(actors.AudiencePublic, "an1"), inner, &LogHead{Audience: "public", Seq: 1, Hash: "h", Epoch: 2, Signature: "s"})
	if err != nil {
		t.Fatal(err)
	}
	a, err := ParseActivity(raw)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a.Object.Raw(), inner) {
		t.Errorf("inner is now %s", a.Object.Raw())
	}
	if d := cmp.Diff(&LogHead{Audience: "public", Seq: 1, Hash: "h", Epoch: 2, Signature: "s"}, a.Log); d != "" {
		t.Error(d)
	}
}

func TestAnnounceKeepsTheContextOfAProof(t *testing.T) {
	t.Parallel()
	inner := []byte(opening + `,"id":"https://north.example/a/1","type":"Like","actor":"https://north.example/u/ana","object":"https://north.example/p/1","proof":{"type":"DataIntegrityProof"}}`)
	raw, err := WriteAnnounce(groupEnvelope(actors.AudiencePublic, "an1"), inner, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, err := ParseActivity(raw)
	if err != nil || !bytes.Equal(a.Object.Raw(), inner) {
		t.Errorf("%v, inner is now %s", err, a.Object.Raw())
	}
}

func TestC29_AcceptEmbedsTheFollow(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"accept", "reject"} {
		a, err := ParseActivity(ours(t)[name])
		if err != nil {
			t.Fatal(err)
		}
		f, err := a.Object.AsActivity()
		if err != nil || f.ID != "https://south.example/a/91" || f.Type != "Follow" || f.Actor != string(bo().URI) ||
			f.Object.ID() != string(soil().URI) || a.Actor != f.Object.ID() || !a.To.Has(f.Actor) {
			t.Errorf("%s: %+v %v", name, f, err)
		}
	}
}

func TestC42_C44_WhatFacilitatorsDoIsReadBack(t *testing.T) {
	t.Parallel()
	docs := ours(t)
	for name, want := range map[string][3]string{
		"add_featured":    {"Add", "https://north.example/p/41", "https://north.example/c/soil/featured"},
		"remove_featured": {"Remove", "https://north.example/p/41", "https://north.example/c/soil/featured"},
		"add_moderator":   {"Add", "https://south.example/u/bo", "https://north.example/c/soil/moderators"},
		"block":           {"Block", "https://south.example/u/bo", "https://north.example/c/soil"},
	} {
		a, err := ParseActivity(docs[name])
		if got := [3]string{a.Type, a.Object.ID(), string(a.Target)}; err != nil || got != want {
			t.Errorf("%s: %v %v", name, got, err)
		}
		if string(a.Audience) != string(soil().URI) || !a.To.Public() {
			t.Errorf("%s is addressed to %v for %s", name, a.To, a.Audience)
		}
	}
	block, _ := ParseActivity(docs["block"])
	undo, err := ParseActivity(docs["undo_block"])
	if err != nil {
		t.Fatal(err)
	}
	inner, err := undo.Object.AsActivity()
	if err != nil || inner.Type != "Block" || inner.Actor != undo.Actor || inner.Object.ID() != block.Object.ID() || inner.Target != block.Target {
		t.Errorf("undone: %+v %v", inner, err)
	}
	if block.Summary != "advertises" || !block.EndTime.Equal(noon.AddDate(0, 1, 0).Truncate(time.Millisecond)) {
		t.Errorf("block: %q until %v", block.Summary, block.EndTime)
	}
}

func TestC10_ActorsAreReadBack(t *testing.T) {
	t.Parallel()
	docs := ours(t)
	for name, want := range map[string]actors.Actor{"actor_person": ana(), "actor_node": node(), "actor_community": soil()} {
		a, err := ParseActor(docs[name])
		if err != nil {
			t.Fatal(name, err)
		}
		if a.ID != string(want.URI) || a.PreferredUsername != want.Name || string(a.Inbox) != string(want.Inbox) ||
			string(a.Outbox) != string(want.Outbox) || string(a.SharedInbox) != string(want.SharedInbox) ||
			len(a.PublicKeys) != 1 || a.PublicKeys[0] != (PublicKey{want.KeyID, string(want.URI), want.PublicKey}) ||
			!slices.Equal(a.Implements, []string{ImplementsRFC9421, ImplementsEd25519}) { // and nothing that is not kept
			t.Errorf("%s: %+v", name, a)
		}
	}
	person, _ := ParseActor(docs["actor_person"])
	if person.Property(PropertyOrganisation) != "North Council &lt;Parks&gt;" || person.Property(PropertyRole) != "Officer" || person.Moderators != "" {
		t.Errorf("person: %+v", person)
	}
	if len(person.AssertionMethod) != 1 || person.AssertionMethod[0].Controller != person.ID {
		t.Errorf("person: %+v", person.AssertionMethod)
	}
	group, _ := ParseActor(docs["actor_community"])
	if group.Moderators != "https://north.example/c/soil/moderators" || group.Followers != "https://north.example/c/soil/followers" || group.Approves || !group.ModeratorsOnly {
		t.Errorf("community: %+v", group)
	}
	closed, _ := ParseActor(docs["actor_community_members"])
	if !closed.Approves || closed.Discoverable || closed.Indexable {
		t.Errorf("members' community: %+v", closed)
	}
}

func TestWritersRefuseWhatIsNotJSON(t *testing.T) {
	t.Parallel()
	if raw, err := WriteCreate(Envelope{ID: "https://north.example/a/1"}, []byte(`{"id":`)); err == nil {
		t.Errorf("wrote %s", raw)
	}
}

func BenchmarkWriteAnnounce(b *testing.B) {
	p := trial(actors.AudiencePublic)
	page, _ := WritePost(p, ana(), soil(), nil, ConversationAt(p.URI, true), nil)
	create, _ := WriteCreate(envelope(p, "c1"), page)
	e := groupEnvelope(actors.AudiencePublic, "an1")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := WriteAnnounce(e, create, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWritePost(b *testing.B) {
	p := trial(actors.AudiencePublic)
	author, group := ana(), soil()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := WritePost(p, author, group, nil, ConversationAt(p.URI, true), nil); err != nil {
			b.Fatal(err)
		}
	}
}

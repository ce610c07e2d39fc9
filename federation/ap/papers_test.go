package ap

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/content"
)

// guide is the second version of a document.
func guide(audience actors.Audience) Paper {
	const id = "https://north.example/d/k7m2pxw4"
	p := Paper{
		Post: content.Post{
			URI: id, Kind: content.KindDocument, Type: "Article", Title: "Pond lining guide",
			Language: "en", Audience: audience, Published: early, Updated: noon,
		},
		Document: content.Document{
			Summary: "How we line ponds <and> why.\nWith costs.", Type: "guidance", Stage: content.Adopted,
			Adopted: content.Adoption{Body: "Cabinet", On: "2026-05"}, Licence: content.OGL,
			Attribution: "© North Council 2026", Classification: content.Official, Issuer: "North Council", IssuerCode: "GB-LAE-NTH",
			Authors: "Parks team", Dated: "2026-05-04", Reference: "PK/12", Subjects: []string{"ponds", "parks"}, Place: "E07000123",
			Period: "2026 to 2030", Effort: 12, Review: time.Date(2027, 5, 4, 0, 0, 0, 0, time.UTC), Number: 2,
		},
		Version: content.Version{
			Number: 2, URI: id + "/v/2", Title: "Pond lining guide", Note: "New costs", Stage: content.Adopted, At: noon,
			File: content.Attached{
				Digest: content.DigestOf([]byte("hello\n")), Name: "guide-v2.pdf", MediaType: "application/pdf", Size: 482113, Pages: 12,
				URL: id + "/v/2/file", Text: id + "/v/2/text",
			},
		},
		Related: []content.Related{
			{Relation: content.Replaces, URI: "https://north.example/d/2b3c4d5f", Title: "Pond manual"},
			{Relation: content.Translation, URI: "https://north.example/d/w4xp2m7k", Title: "Canllaw leinin pyllau"},
			{Relation: content.DerivedFrom, URI: "https://south.example/d/9f8d7c6b/v/3", Title: "Liner notes"},
		},
	}
	if audience != actors.AudiencePublic {
		p.Document.Licence, p.Document.Attribution, p.Version.File.Text = content.Members, "", ""
	}
	return p
}

func guideTombstone() Withdrawn {
	return Withdrawn{
		ID: guide(actors.AudiencePublic).Post.URI, At: later, Title: "Pond lining guide",
		Reason: "The figures were wrong <sorry>", Replaced: "https://north.example/d/5r6t7w8x",
	}
}

func oursPapers(write writing) {
	p := guide(actors.AudiencePublic)
	talk := ConversationAt(p.Post.URI, true)
	raw := write("document")(WritePaper(p, ana(), soil(), talk, nil))
	closed := guide(actors.AudienceMembers)
	write("document_members")(WritePaper(closed, ana(), soil(), talk, nil))
	first := p
	first.Version.Number, first.Version.URI, first.Version.Note = 1, VersionAddress(p.Post.URI, 1), ""
	first.Version.Stage, first.Version.At = content.InDraft, early
	write("document_version")(WriteVersion(first, 2, ana(), soil(), talk))
	write("update_document")(WriteUpdate(envelope(p.Post, "up5"), raw))
	write("document_withdrawn")(WriteWithdrawn(guideTombstone()))
	asking := envelope(p.Post, "de3")
	asking.ReceiptTo = asking.Actor
	write("delete_document")(WriteWithdrawal(asking, guideTombstone()))
	asked := Message{Activity: "https://south.example/a/fr1", Kind: FormatRequest, By: bo(), To: ana(), InReplyTo: p.Post.URI,
		Words: "I need it in large print.\n\nHow to reach me: 01634 555 0100", Document: p.Post.URI, Title: p.Post.Title, At: later}
	write("format_request")(WriteMessage(asked))
	write("format_answer")(WriteMessage(Message{Activity: "https://north.example/a/fa1", Kind: FormatAnswer, By: ana(), To: bo(), InReplyTo: asked.ID(),
		Words: "It is in the post to you.", Document: p.Post.URI, Title: p.Post.Title, At: later}))
	write("add_kept_copy")(WriteKeptCopy("https://north.example/a/ad3", node(), "https://south.example/d/9f8d7c6b/v/3", bo().URI, later))
}

// TestPaperIsReadBack: what one node of ours says of a document, another understands.
func TestPaperIsReadBack(t *testing.T) {
	t.Parallel()
	want := guide(actors.AudiencePublic)
	o, err := ParseObject(ours(t)["document"])
	if err != nil || o.Paper == nil {
		t.Fatal(o.Paper, err)
	}
	got := Paper{Document: o.Paper.Document, Version: o.Paper.Version, Related: o.Paper.Related}
	want.Post, want.Version.At = content.Post{}, time.Time{}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if o.Name != "Pond lining guide" || o.Actor != Link(ana().URI) || o.Kind != string(content.KindDocument) || o.Paper.Of != "" {
		t.Errorf("%+v", o)
	}
}

func TestVersionIsReadBack(t *testing.T) {
	t.Parallel()
	o, err := ParseObject(ours(t)["document_version"])
	if err != nil || o.Paper == nil {
		t.Fatal(o.Paper, err)
	}
	p := guide(actors.AudiencePublic)
	if o.Paper.Of != Link(p.Post.URI) || o.Paper.Version.URI != p.Post.URI+"/v/1" || o.Paper.Version.Number != 1 ||
		o.Paper.Version.Stage != content.InDraft || !o.Closed || o.ID != string(p.Post.URI)+"/v/1" {
		t.Errorf("%+v", o.Paper)
	}
}

// TestUnknownSoftwareSeesTitleSummaryAndLink is what Mastodon, Lemmy and their like
// make of a document.
func TestUnknownSoftwareSeesTitleSummaryAndLink(t *testing.T) {
	t.Parallel()
	p := guide(actors.AudiencePublic)
	p.Document.Summary = strings.Repeat("<ponds> ", 75)
	raw, err := WritePaper(p, ana(), soil(), ConversationAt(p.Post.URI, true), nil)
	if err != nil {
		t.Fatal(err)
	}
	o, err := ParseObject(raw)
	if err != nil {
		t.Fatal(err)
	}
	if n := utf8.RuneCountInString(o.Summary); n > 500 || n < 480 || !strings.Contains(o.Summary, "…") {
		t.Errorf("summary of %d: %s", n, o.Summary)
	}
	for _, part := range []string{
		`<p>&lt;ponds&gt; `, `<a href="https://north.example/d/k7m2pxw4/v/2/file">Download Pond lining guide</a>, version 2 (guide-v2.pdf, 482 KB)`,
		`Licence: <a href="` + content.OGL.URL() + `" rel="license">`, "© North Council 2026",
	} {
		if !strings.Contains(o.Content, part) {
			t.Errorf("%q is not in %s", part, o.Content)
		}
	}
	if len(o.Attachment) != 1 || o.Attachment[0].URL != p.Version.File.URL || o.URL != Link(p.Post.URI) {
		t.Errorf("%+v", o)
	}
}

// TestKeptDocumentsAreNeverWritten (users.md 3.9, number 7).
func TestKeptDocumentsAreNeverWritten(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(p *Paper){
		"sensitive": func(p *Paper) { p.Document.Classification = content.Sensitive },
		"secret":    func(p *Paper) { p.Document.Classification = "SECRET" },
		"embargo":   func(p *Paper) { p.Document.Embargo = early },
		"withdrawn": func(p *Paper) { p.Document.Withdrawn = early },
		"version":   func(p *Paper) { p.Version.Withdrawn = early },
		"gone":      func(p *Paper) { p.Post.Deleted = early },
	} {
		p := guide(actors.AudiencePublic)
		change(&p)
		for i, write := range []func() ([]byte, error){
			func() ([]byte, error) { return WritePaper(p, ana(), soil(), Conversation{}, nil) },
			func() ([]byte, error) { return WriteVersion(p, 2, ana(), soil(), Conversation{}) },
		} {
			if raw, err := write(); !errors.Is(err, ErrKept) || raw != nil {
				t.Errorf("%s, %d: %s %v", name, i, raw, err)
			}
		}
	}
	p := guide(actors.AudiencePublic)
	p.Version.File.URL = ""
	if _, err := WritePaper(p, ana(), soil(), Conversation{}, nil); err == nil {
		t.Error("a file without an address was written")
	}
}

const paperFields = `"id":"https://s.example/d/1","attributedTo":"https://s.example/u/bo","name":"Guide","summary":"<p>Ponds &amp; parks</p>"`

var helloDigest = content.DigestOf([]byte("hello\n")).Multibase()

func TestS145_WhatIsADocument(t *testing.T) {
	t.Parallel()
	file := func(url string) string {
		return fmt.Sprintf(`"attachment":[{"type":"Document","mediaType":"application/pdf","url":%s,"digestMultibase":%q,"size":6}]`, url, helloDigest)
	}
	const at = "https://s.example/f.pdf"
	for _, c := range []struct{ name, fields, url string }{
		{"text", `"type":"Article","moothall:version":"3",` + file(`"`+at+`"`), at},
		{"a number", `"type":"Article","moothall:version":3,` + file(`"`+at+`"`), at},
		{"a Link", `"type":"Article","moothall:version":"3",` + file(`{"type":"Link","href":"`+at+`"}`), at},
		{"an array", `"type":"Article","moothall:version":"3",` + file(`["data:x",{"type":"Link","href":"`+at+`"}]`), at},
		{"no version", `"type":"Article",` + file(`"`+at+`"`), ""},
		{"version zero", `"type":"Article","moothall:version":"0",` + file(`"`+at+`"`), ""},
		{"version minus", `"type":"Article","moothall:version":-3,` + file(`"`+at+`"`), ""},
		{"version beyond", `"type":"Article","moothall:version":"99999999999999999999",` + file(`"`+at+`"`), ""},
		{"version of another shape", `"type":"Article","moothall:version":{"a":[1]},` + file(`"`+at+`"`), ""},
		{"data:", `"type":"Article","moothall:version":"3",` + file(`"data:text/html,x"`), ""},
		{"javascript:", `"type":"Article","moothall:version":"3",` + file(`{"href":"javascript:x"}`), ""},
		{"no file", `"type":"Article","moothall:version":"3","attachment":[]`, ""},
		{"no digest", `"type":"Article","moothall:version":"3","attachment":[{"type":"Document","url":"` + at + `"}]`, ""},
		{"another digest", `"type":"Article","moothall:version":"3","attachment":[{"type":"Document","url":"` + at + `","digestMultibase":"zQm"}]`, ""},
		{"a Page", `"type":"Page","moothall:version":"3",` + file(`"`+at+`"`), ""},
		{"a Mobilizon resource", `"type":"Document",` + file(`"`+at+`"`), ""},
	} {
		o, err := ParseObject([]byte(`{` + paperFields + `,` + c.fields + `}`))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if (o.Paper != nil) != (c.url != "") {
			t.Errorf("%s: %+v", c.name, o.Paper)
			continue
		}
		if o.Paper != nil {
			v := o.Paper.Version
			if v.File.URL != c.url || v.Number != 3 || v.URI != "https://s.example/d/1/v/3" || v.File.Size != 6 || o.Paper.Document.Summary != "Ponds & parks" {
				t.Errorf("%s: %+v", c.name, v)
			}
		}
	}
}

func TestS102_WhatADocumentSaysIsBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 100_000)
	many := `["` + strings.Repeat(`x","`, 500) + `y"]`
	raw := `{` + paperFields + `,"type":"Article","moothall:version":"1","moothall:abstract":"` + long + `","moothall:authors":"` + long +
		`","moothall:subjects":` + many + `,"moothall:license":"` + long + `","moothall:textUrl":"javascript:x","moothall:pages":1e9,"moothall:effort":-1,` +
		`"attachment":[{"type":"Document","url":"https://s.example/f","name":"` + long + `","digestMultibase":"` + helloDigest + `","size":-7}]}`
	o, err := ParseObject([]byte(raw))
	if err != nil || o.Paper == nil {
		t.Fatal(err)
	}
	d, v := o.Paper.Document, o.Paper.Version
	if utf8.RuneCountInString(d.Summary) != content.MaxDocumentSummary || len(d.Subjects) != content.MaxSubjects || d.Licence != "" || d.LicenceURL != "" ||
		utf8.RuneCountInString(d.Authors) > 200 || utf8.RuneCountInString(v.File.Name) > 200 || v.File.Size != 0 || v.File.Text != "" || d.Effort != 0 {
		t.Errorf("%+v %+v", d, v)
	}
}

func TestWithdrawalIsReadBack(t *testing.T) {
	t.Parallel()
	raw := ours(t)["delete_document"]
	a, err := ParseActivity(raw)
	if err != nil || a.Reasoned {
		t.Fatalf("%v, the mark of a moderator: %v", err, a.Reasoned)
	}
	o, err := a.Object.AsObject()
	want := guideTombstone()
	if err != nil || !o.IsTombstone() || o.Name != want.Title || o.Reason != want.Reason || o.ReplacedBy != Link(want.Replaced) || o.ID != string(want.ID) {
		t.Errorf("%+v %v", o, err)
	}
}

// TestTermsOfDocumentsAreRead: none is written that nobody reads.
func TestTermsOfDocumentsAreRead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"document", "document_version", "document_withdrawn"} {
		var d map[string]json.RawMessage
		if err := json.Unmarshal(ours(t)[name], &d); err != nil {
			t.Fatal(err)
		}
		for key := range d {
			if strings.HasPrefix(key, "moothall:") && exactNames[strings.ToLower(key)] != key {
				t.Errorf("%s is written and not read", key)
			}
		}
	}
}

// TestC49_RestrictedDocumentIsNeverPublic is that of posts.
func TestC49_RestrictedDocumentIsNeverPublic(t *testing.T) {
	t.Parallel()
	for _, a := range []actors.Audience{actors.AudienceNetwork, actors.AudienceMembers, actors.AudienceOrganisation, ""} {
		p := guide(a)
		paper, err := WritePaper(p, ana(), soil(), ConversationAt(p.Post.URI, true), []Mention{{"@bo@south.example", bo().URI}})
		if err != nil {
			t.Fatal(err)
		}
		version, err := WriteVersion(p, 2, ana(), soil(), ConversationAt(p.Post.URI, true))
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range [][]byte{paper, version} {
			if bytes.Contains(raw, []byte("activitystreams#Public")) || bytes.Contains(raw, []byte("ana/followers")) {
				t.Errorf("audience %q: %s", a, raw)
			}
		}
	}
}

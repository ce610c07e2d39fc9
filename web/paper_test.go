package web

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/content"
	"moothall/extract"
	"moothall/federation/provenance"
	"moothall/store"
	"moothall/templates"
)

// upload is a file that somebody sent and that has been read.
func (h *hall) upload(by actors.Actor, group actors.Community, r extract.Reading, text string) store.Upload {
	h.Helper()
	ctx := context.Background()
	digest, size, err := h.server.Files.Put(ctx, strings.NewReader(text), 1<<20)
	if err != nil {
		h.Fatal(err)
	}
	if r.Format == "" {
		r.Format = extract.TXT
	}
	body, err := json.Marshal(r)
	if err != nil {
		h.Fatal(err)
	}
	u := store.Upload{ID: h.server.IDs.Next(), Actor: by.ID, Group: group.ID, Name: "plan." + string(r.Format), Format: r.Format,
		Digest: digest, Size: size, State: store.UploadReady, At: h.server.Now()}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		if err := tx.KeepFile(ctx, digest, size, u.At, u.At); err != nil {
			return err
		}
		if err := tx.AddReading(ctx, digest, body, u.At); err != nil {
			return err
		}
		return tx.AddUpload(ctx, u)
	})
	return u
}

func plan(more content.DocumentDraft) content.DocumentDraft {
	d := content.DocumentDraft{Title: "Winter service plan", Confirmed: true, Document: content.Document{
		Summary: "How roads & paths are kept open.", Type: "strategy", Stage: content.Adopted,
		Adopted: content.Adoption{Body: "Cabinet", On: "2026-10-28"}, Licence: content.OGL, Classification: content.Official,
	}}
	d.Related, d.Audience = more.Related, more.Audience
	if more.Title != "" {
		d.Title = more.Title
	}
	if more.Summary != "" {
		d.Summary, d.Subjects, d.Reference, d.Handling, d.Embargo = more.Summary, more.Subjects, more.Reference, more.Handling, more.Embargo
	}
	if more.Classification != "" {
		d.Classification = more.Classification
	}
	return d
}

// shares makes a document whose file has these words.
func (h *hall) shares(by actors.Actor, group actors.Community, more content.DocumentDraft, text string) content.Post {
	h.Helper()
	u := h.upload(by, group, extract.Reading{Blocks: []extract.Block{{Kind: extract.Paragraph, Text: text}}}, text)
	var p content.Post
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		p, err = h.server.Actions.Share(ctx, tx, by, group, plan(more), u, "")
		return err
	})
	return p
}

// changes makes a new version.
func (h *hall) changes(by actors.Actor, group actors.Community, p content.Post, note, text string) {
	h.Helper()
	u := h.upload(by, group, extract.Reading{Blocks: []extract.Block{{Kind: extract.Paragraph, Text: text}}}, text)
	h.write(func(ctx context.Context, tx *store.Tx) error {
		d := plan(content.DocumentDraft{})
		d.Note = note
		_, err := h.server.Actions.ShareVersion(ctx, tx, by, p, d, u, "")
		return err
	})
}

func TestEXT3_ADocumentSaysWhatItIs(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	p := h.shares(ann, parks, content.DocumentDraft{}, "Grit at once.")
	at := templates.DocumentPath(p)
	page := h.browser().open(at).says(http.StatusOK, "Winter service plan", "How roads & paths are kept open.", "Adopted by Cabinet, 28 October 2026",
		"1, shared on 24 November 2026", "Open Government Licence v3.0", "When you use it, write:", "Anyone", "Medway Council",
		"Download (plain text, 13 bytes)", "plan.txt", "Shared by Medway Council on 24 November 2026, version 1. Adopted by Cabinet, 28 October 2026.", "No replies yet")
	if strings.Contains(page.text(), "matches the original") {
		t.Error("the original is compared with itself")
	}
	for _, want := range []string{
		`<meta name="citation_title" content="Winter service plan">`, `<meta name="citation_publisher" content="Medway Council">`,
		`<link rel="canonical" href="` + string(p.URI) + `">`, `<link rel="cite-as" href="` + string(p.URI) + `/v/1">`,
	} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if got := page.header.Get("Link"); got != "<"+string(p.URI)+`/v/1>; rel="cite-as"` {
		t.Errorf("Link: %s", got)
	}
	if to := h.browser().open(templates.PostPath(p.ID) + "?page=2").header.Get("Location"); to != at+"?page=2" {
		t.Errorf("its post leads to %q", to)
	}
	b := h.signedIn("ann")
	b.open(at).fill(templates.PostPath(p.ID)+"/reply", url.Values{"text": {"Which routes?"}}).follow().follow().says(http.StatusOK, "Which routes?", "1 reply")
	b.open("/c/parks").says(http.StatusOK, "Document", "Winter service plan")
	for _, nowhere := range []string{"/d/4kz7w9xb", "/d/x", at + "/v/2", at + "/v/01", at + "/v/0", at + "/v/x", templates.PostPath(p.ID) + "/v/1", at[:3] + strings.ToUpper(at[3:])} {
		b.open(nowhere).says(http.StatusNotFound)
	}
}

func TestDOC2_VersionsKeepTheirAddresses(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	p := h.shares(ann, parks, content.DocumentDraft{}, "Grit at once.")
	h.later(48 * 3600e9)
	h.changes(ann, parks, p, "New routes", "Grit at dawn.")
	at := templates.DocumentPath(p)
	b := h.browser()
	b.open(at).says(http.StatusOK, "Version 2 Current", "New routes", "Version 1", "26 November 2026")
	b.open(at+"/v/1").says(http.StatusOK, "This is version 1. There is a newer one.", "See the current version, 2")
	for n, want := range map[string]string{"1": "Grit at once.", "2": "Grit at dawn."} {
		got := b.open(at + "/v/" + n + "/file")
		if got.status != http.StatusOK || got.body != want {
			t.Errorf("version %s: %d %q", n, got.status, got.body)
		}
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return h.server.Actions.WithdrawVersion(ctx, tx, ann, p, 1, "Wrong map")
	})
	b.open(at+"/v/1").says(http.StatusGone, "Version 1 has been withdrawn", "Reason: Wrong map.", "See the current version")
	b.open(at+"/v/1/file").says(http.StatusGone, "Wrong map")
	b.open(at).says(http.StatusOK, "Withdrawn", "This version has been withdrawn.")
	later := h.shares(ann, parks, content.DocumentDraft{Title: "Winter service plan 2027", Related: []content.Related{{Relation: content.Replaces, URI: p.URI}}}, "Grit.")
	b.open(at).says(http.StatusOK, "A newer document replaces this one: Winter service plan 2027")
	b.open(templates.DocumentPath(later)).says(http.StatusOK, "Replaces Winter service plan")
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return h.server.Actions.WithdrawDocument(ctx, tx, ann, p, content.Withdrawal{Title: "Winter service plan", Reason: "It was replaced"})
	})
	b.open(at).says(http.StatusGone, "This document has been withdrawn", "Winter service plan", "Reason: It was replaced.", "Winter service plan 2027")
	for _, path := range []string{"/v/2", "/v/2/file"} {
		b.open(at+path).says(http.StatusGone, "It was replaced")
	}
}

func TestS140_FilesAreForReadersOfTheirDocument(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	h.person("ben", actors.AccountMember)
	closed := h.community(ann, actions.Charter{Name: "closed", Audience: actors.AudienceMembers})
	p := h.shares(ann, closed, content.DocumentDraft{}, "Secret grit.")
	at := templates.DocumentPath(p)
	tag := `"` + content.DigestOf([]byte("Secret grit.")).String() + `"`
	var nothing *shown
	for name, b := range map[string]*browser{"a stranger": h.browser(), "somebody else": h.signedIn("ben")} {
		nothing = b.open("/d/4kz7w9xb")
		for _, path := range []string{at, at + "/v/1", at + "/v/1/file", at + "/v/2/file", templates.PostPath(p.ID)} {
			for _, method := range []string{"GET", "HEAD"} {
				for _, headers := range []map[string]string{nil, {"Range": "bytes=0-3"}, {"If-None-Match": tag}, {"If-None-Match": "*"}, {"If-Modified-Since": "Tue, 24 Nov 2026 12:00:00 GMT"}} {
					b.headers = headers
					got := b.send(httptest.NewRequest(method, path, nil))
					if got.status != http.StatusNotFound || got.header.Get("ETag") != "" || got.header.Get("Link") != "" || method == "GET" && got.text() != nothing.text() {
						t.Errorf("%s %s by %s with %v: %d", method, path, name, headers, got.status)
					}
				}
			}
		}
		b.headers = nil
	}
	b := h.signedIn("ann")
	got := b.open(at + "/v/1/file")
	for name, want := range map[string]string{"Content-Type": "text/plain", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox; default-src 'none'",
		"Cache-Control": "private, no-store", "ETag": tag, "Content-Disposition": `attachment; filename="plan.txt"`} {
		if have := got.header.Get(name); !strings.HasPrefix(have, want) {
			t.Errorf("%s: %q, want %q", name, have, want)
		}
	}
	b.headers = map[string]string{"Range": "bytes=7-10"}
	if got := b.open(at + "/v/1/file"); got.status != http.StatusPartialContent || got.body != "grit" {
		t.Errorf("a range: %d %q", got.status, got.body)
	}
	b.headers = map[string]string{"If-None-Match": tag}
	if got := b.open(at + "/v/1/file"); got.status != http.StatusNotModified {
		t.Errorf("what is here already: %d", got.status)
	}
	b.headers = nil
	if got := b.open(at); got.header.Get("X-Robots-Tag") != "noindex" || strings.Contains(got.body, "citation_") {
		t.Error("search engines are told of what is not public")
	}
	open := h.community(ann, actions.Charter{Name: "open"})
	public := h.shares(ann, open, content.DocumentDraft{}, "Grit.")
	if got := h.browser().open(templates.DocumentPath(public) + "/v/1/file").header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
		t.Errorf("a public file: %s", got)
	}
}

func TestMEM6_SavedDocuments(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann, ben := h.person("ann", actors.AccountMember), h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	p := h.shares(ann, parks, content.DocumentDraft{}, "Grit.")
	at := templates.DocumentPath(p)
	b := h.signedIn("ben")
	b.open(at).fill(at+"/save", url.Values{"save": {"yes"}}).follow().says(http.StatusOK, "You have saved this document.", "Remove from your saved documents")
	h.changes(ann, parks, p, "More", "More grit.")
	b.open("/notifications").says(http.StatusOK, "Notifications 1 new")
	b.open(at).fill(at+"/save", url.Values{"save": {"no"}}).follow().says(http.StatusOK, "Save this document")
	h.read(func(ctx context.Context, tx *store.Tx) error {
		if saved, err := tx.HasSaved(ctx, ben.ID, p.ID); err != nil || saved {
			t.Errorf("saved still: %v", err)
		}
		return nil
	})
}

func TestDOC2_TextAndComparison(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	p := h.shares(ann, parks, content.DocumentDraft{}, "Grit the roads at once.")
	h.changes(ann, parks, p, "New hours", "Grit the roads at dawn.")
	at := templates.DocumentPath(p)
	b := h.browser()
	b.open(at).says(http.StatusOK, "Read it as a web page", "What changed", "Cite this version")
	b.open(at+"/v/2/text").says(http.StatusOK, "This text was taken out of the file automatically", "Grit the roads at dawn.")
	b.open(at+"/compare?from=1&to=2").says(http.StatusOK, "What changed from version 1 to version 2", "Changed: 1 paragraph", "gone: once (end)", "new: dawn (end)")
	for _, q := range []string{"", "?from=1&to=1", "?from=1&to=3", "?from=0&to=2", "?from=x&to=2"} {
		b.open(at + "/compare" + q).says(http.StatusNotFound)
	}
	u := h.upload(ann, parks, extract.Reading{Format: extract.PDF, NoText: true}, "%PDF scan")
	var scan content.Post
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		scan, err = h.server.Actions.Share(ctx, tx, ann, parks, plan(content.DocumentDraft{Title: "A scanned plan"}), u, "")
		return err
	})
	b.open(templates.DocumentPath(scan)+"/v/1/text").says(http.StatusOK, "We could not read any text in this file", "text recognition (OCR)")
}

// A text is whole in memory while its page is made: a crowd of readers waits its turn,
// and what is too much is sent away before anything is read.
func TestS114_FewTextsAtOnce(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	p := h.shares(ann, parks, content.DocumentDraft{}, "Grit the roads at once.")
	h.changes(ann, parks, p, "New hours", "Grit the roads at dawn.")
	b := h.browser()
	for path, busy := range map[string]*slots{"/v/1/text": &h.server.reading, "/compare?from=1&to=2": &h.server.comparing} {
		path = templates.DocumentPath(p) + path
		for range cap(busy.waiting) {
			busy.waiting <- struct{}{}
		}
		b.open(path).says(http.StatusTooManyRequests)
		<-busy.waiting
		b.open(path).says(http.StatusOK, "Grit the roads")
	}
}

func TestDOC2_LongTextsHavePages(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	r := extract.Reading{Format: extract.PDF, Pages: 500}
	for i := range templates.TextBlocks + 20 {
		b := extract.Block{Kind: extract.Paragraph, Page: i + 1, Text: "Words"}
		if i%100 == 0 {
			b = extract.Block{Kind: extract.Heading, Level: 2, Page: i + 1, Text: "Chapter"}
		}
		if i == 410 {
			b.Text = "Heronry"
		}
		r.Blocks = append(r.Blocks, b)
	}
	u := h.upload(ann, parks, r, "%PDF long")
	var p content.Post
	h.write(func(ctx context.Context, tx *store.Tx) (err error) {
		p, err = h.server.Actions.Share(ctx, tx, ann, parks, plan(content.DocumentDraft{}), u, "")
		return err
	})
	at := templates.DocumentPath(p) + "/v/1/text"
	one := h.browser().open(at).says(http.StatusOK, "Contents")
	two := h.browser().open(at+"?page=2").says(http.StatusOK, "Page 420")
	if !strings.Contains(one.body, `id="page-12"`) || !strings.Contains(one.body, `href="`+at+`?page=2#part-400"`) || !strings.Contains(two.body, `id="part-400"`) {
		t.Error("pages of the file and chapters have no anchors")
	}
	h.browser().open(at + "?page=3").says(http.StatusNotFound)
	h.index()
	found := h.browser().open("/search?q=heronry").says(http.StatusOK, "Heronry")
	if !strings.Contains(found.body, `href="`+at+`?page=2#page-411"`) {
		t.Errorf("the search leads elsewhere than to the page of the text: %s", found.body)
	}
	if !strings.Contains(two.body, `id="page-411"`) {
		t.Error("the page that a search leads to has no anchor")
	}
}

func TestMEM6_Citations(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	p := h.shares(ann, h.community(ann, actions.Charter{Name: "parks"}), content.DocumentDraft{}, "Grit.")
	at := templates.DocumentPath(p) + "/v/1"
	b := h.browser()
	b.open(at+"/cite").says(http.StatusOK, "Cite version 1", "Medway Council", "Winter service plan", "BibTeX")
	for format, want := range map[string]string{"txt": "Winter service plan", "ris": "TY  - RPRT\r\n", "bib": "@techreport{", "json": `"title"`, "jsonld": "schema.org", "dcat": "dcat"} {
		got := b.open(at + "/cite." + format)
		if got.status != http.StatusOK || !strings.Contains(got.body, want) || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: %d %v %s", format, got.status, got.header, got.body)
		}
	}
	b.open(at + "/cite.exe").says(http.StatusNotFound)
	raw := b.open(at + "/record.json")
	if raw.status != http.StatusOK {
		t.Fatalf("record: %d %s", raw.status, raw.body)
	}
	keys, err := testKeys()
	if err != nil {
		t.Fatal(err)
	}
	r, err := provenance.Verify([]byte(raw.body), keys.Ed25519.Public().(ed25519.PublicKey), h.server.Now())
	if err != nil || !r.Matches(content.DigestOf([]byte("Grit.")), 5) || r.SharedBy.Name != "Ann" {
		t.Errorf("%v %+v", err, r)
	}
}

func TestDOC5_S144_CheckAFile(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	h.shares(ann, h.community(ann, actions.Charter{Name: "parks"}), content.DocumentDraft{}, "Grit.")
	h.shares(ann, h.community(ann, actions.Charter{Name: "closed", Audience: actors.AudienceMembers}), content.DocumentDraft{Title: "Private plan"}, "Secret grit.")
	kept := h.kept()
	b := h.browser()
	page := b.open("/check-file").says(http.StatusOK, "Check a file", "sha256sum")
	token := page.form("/check-file", nil).Get(tokenField)
	check := func(b *browser, token, text string) *shown {
		return b.sends("/check-file", part{tokenField, "", token}, part{fileField, "plan.txt", text})
	}
	check(b, token, "Grit.").says(http.StatusOK, "This is a document that was shared here", "Winter service plan", "Shared by Medway Council on 24 November 2026, version 1.")
	if got := check(b, token, "Grit!").says(http.StatusOK, "No match"); strings.Contains(got.text(), "shared here to the last byte") {
		t.Error("another file matches")
	}
	secret, nothing := check(b, token, "Secret grit."), check(b, token, "Nobody has this")
	digest := content.DigestOf([]byte("Secret grit.")).String()
	if strings.Replace(secret.text(), digest, "", 1) != strings.Replace(nothing.text(), content.DigestOf([]byte("Nobody has this")).String(), "", 1) {
		t.Errorf("a stranger learns of a file: %s", secret.text())
	}
	a := h.signedIn("ann")
	check(a, a.open("/check-file").form("/check-file", nil).Get(tokenField), "Secret grit.").says(http.StatusOK, "Private plan")
	page.fill("/check-file", url.Values{"sha256": {strings.ToUpper(content.DigestOf([]byte("Grit.")).String())}}).says(http.StatusOK, "Winter service plan")
	page.fill("/check-file", url.Values{"sha256": {"abc"}}).says(http.StatusUnprocessableEntity, "Enter the 64 letters and digits")
	check(b, token, "").says(http.StatusUnprocessableEntity, "The selected file is empty")
	if h.kept() != kept {
		t.Error("a file that was checked is kept")
	}
}

// Who checks files all day is a program: by account, so that colleagues behind one
// address do not stop each other, and strangers by address.
func TestS149_CheckingFilesHasARate(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	h.person("ann", actors.AccountMember)
	h.person("ben", actors.AccountMember)
	typed := url.Values{"sha256": {strings.Repeat("a", 64)}}
	stranger, ann, ben := h.browser().open("/check-file"), h.signedIn("ann").open("/check-file"), h.signedIn("ben").open("/check-file")
	for _, page := range []*shown{stranger, ann} {
		for range checking.each {
			page.fill("/check-file", typed).says(http.StatusOK, "No match")
		}
		page.fill("/check-file", typed).says(http.StatusTooManyRequests, "Wait a few minutes")
	}
	ben.fill("/check-file", typed).says(http.StatusOK, "No match")
	h.later(fetchWindow)
	stranger.fill("/check-file", typed).says(http.StatusOK, "No match")
}

func TestMEM6_DOC7_Libraries(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	h.person("ben", actors.AccountMember)
	parks := h.community(ann, actions.Charter{Name: "parks"})
	closed := h.community(ann, actions.Charter{Name: "closed", Audience: actors.AudienceMembers})
	p := h.shares(ann, parks, content.DocumentDraft{}, "Grit.")
	h.shares(ann, closed, content.DocumentDraft{Title: "Private plan"}, "Secret grit.")
	a, b := h.signedIn("ann"), h.signedIn("ben")
	a.open("/c/parks").says(http.StatusOK, "Documents of this community")
	a.open("/c/parks/library").says(http.StatusOK, "Winter service plan", "Strategy", "Library condition", "Documents1", "Drafts0")
	b.open("/c/parks/library?stage=adopted&type=strategy").says(http.StatusOK, "Winter service plan")
	for _, none := range []string{"?stage=draft", "?due=yes", "?type=plan"} {
		b.open("/c/parks/library"+none).says(http.StatusOK, "There are none.")
	}
	if got := b.open("/c/parks/library"); strings.Contains(got.text(), "Library condition") {
		t.Error("a member sees what facilitators see")
	}
	b.open("/c/parks/library?page=2").says(http.StatusNotFound)
	if got := h.browser().open("/c/closed/library"); strings.Contains(got.text(), "Private plan") {
		t.Errorf("a stranger sees a closed library: %s", got.text())
	}
	b.post(templates.DocumentPath(p)+"/save", url.Values{"save": {"yes"}})
	b.open("/library").says(http.StatusOK, "Your documents", "Winter service plan", "in Parks")
	a.open("/library").says(http.StatusOK, "Documents that you look after", "Private plan", "Winter service plan")
	h.later(366 * 24 * 3600e9)
	h.signedIn("ann").open("/c/parks/library?due=yes").says(http.StatusOK, "Winter service plan", "Due for review1")
}

func TestS136_S143_NoPathLeadsToBytes(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	p := h.shares(ann, h.community(ann, actions.Charter{Name: "parks"}), content.DocumentDraft{}, "Grit.")
	at := templates.DocumentPath(p)
	digest := content.DigestOf([]byte("Grit.")).String()
	b := h.signedIn("ann")
	b.open(at+"/v/1/file").says(http.StatusOK, "Grit.")
	for _, path := range []string{
		at + "/v/1/file%00", at + "/v/01/file", at + "/v/+1/file", at + "/v/-1/file", at + "/v/0/file", at + "/v/1.0/file", at + "/v/18446744073709551617/file",
		at + "/v/1/..%2f..%2fmoothall.db", at + "/v/..%2f..%2fmoothall.db/file", at + "/v/%252e%252e/file", "/d/..%2f..%2fmoothall.db/v/1/file",
		strings.ToUpper(at) + "/v/1/file", at + "/V/1/file", at + "//v/1/file", "/d/" + digest + "/v/1/file", "/files/" + digest, "/files/" + digest[:2] + "/" + digest,
	} {
		got := b.open(path)
		if got.status != http.StatusNotFound || strings.Contains(got.body, "Grit.") {
			t.Errorf("%s is answered %d", path, got.status)
		}
	}
	h.write(func(ctx context.Context, tx *store.Tx) error {
		return h.server.Actions.WithdrawDocument(ctx, tx, ann, p, content.Withdrawal{Reason: "Wrong map"})
	})
	for _, headers := range []map[string]string{nil, {"Range": "bytes=0-3"}, {"If-None-Match": `"` + digest + `"`}} {
		b.headers = headers
		if got := b.open(at + "/v/1/file"); got.status != http.StatusGone || strings.Contains(got.body, "Grit.") {
			t.Errorf("withdrawn, with %v: %d", headers, got.status)
		}
	}
}

package templates

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"moothall/actors"
	"moothall/content"
	"moothall/extract"
)

func sentFile(state string) Sent {
	return Sent{
		ID: 5001, Name: "Pond_strategy_v2_FINAL.docx", Kind: extract.DOCX.Words(), Size: 12_400_000, State: state,
		Community: joined(parks, actors.Member), At: before(3 * 60e9),
	}
}

func nextVersion(s Sent) Sent {
	s.Paper = &Paper{Title: "Pond lining strategy", Path: "/d/4kz7w9xb", Number: 2}
	return s
}

// pondEntry is the post of a document.
func pondEntry(n int, title string) Entry {
	e := discussion(20+n, parks, title, priya)
	e.Kind, e.Local, e.URI = content.KindDocument, true, actors.URI(fmt.Sprintf("https://%s/d/4kz7w9x%d", site.Host, n))
	return e
}

func pondForm() DocumentForm {
	return DocumentForm{
		Title: "Pond lining strategy", Summary: "How we line ponds, and what that costs.", Type: "strategy", Stage: "adopted",
		AdoptedBy: "Cabinet", AdoptedOn: "4 May 2026", Audience: "public", Licence: "OGL-UK-3.0", Classification: "OFFICIAL",
		Language: "en", Dated: "May 2026", Authors: "Medway Council", Review: "24 November 2027",
	}
}

// everything is one finding of each kind.
func everything() (list []extract.Finding) {
	for i, code := range extract.Codes() {
		list = append(list, extract.Finding{Code: code, Severity: extract.Warn, Count: i + 1, Where: []string{"page 3", "sheet Staff, row 7"}})
	}
	return list
}

func documentFixtures() []fixture {
	at := "/uploads/5001"
	pond, c := *nextVersion(Sent{}).Paper, joined(parks, actors.Member)
	stopped := []extract.Finding{
		{Code: extract.HiddenSheet, Severity: extract.Stop, Count: 1, Where: []string{"sheet Salaries"}},
		{Code: extract.PersonalMetadata, Severity: extract.Clean, Count: 2, Where: []string{"author", "last modified by"}},
		{Code: extract.TrackedChanges, Severity: extract.Warn, Count: 14, Where: []string{"page 2", "page 7"}},
		{Code: extract.SpeakerNotes, Severity: extract.Tell, Count: 3},
	}
	bad := content.Problems{
		"title": "Enter a title that says what the document is, not the name of its file", "summary": "Enter a summary",
		"type": "Select what kind of document this is", "other": "Say what kind of document this is", "stage": "Select what stage the document is at",
		"adopted_by": "Enter who adopted it, such as Cabinet", "dated": "Date must be a date, such as 2027-05-04, 2027-05 or 2027",
		"review": "Enter a day, such as 4 May 2027", "replaces": "Enter the full web address of a document, such as https://kent.example/d/4kz7w9xb",
		"reason": "Say why this file can be shared as it is", "confirmed": "Confirm that you may share this file",
	}
	refused := sentFile("refused")
	refused.Why = extract.ErrPassword.Words
	cleaned := sentFile("ready")
	cleaned.Cleaned = true
	secret := []extract.Finding{{Code: extract.SecretMarking, Severity: extract.Refuse, Count: 1, Where: []string{"header or footer"}}}
	return []fixture{
		{"share", SharePage{Base: member("/c/parks/share"), Community: joined(parks, actors.Member), Most: 100 << 20}},
		{"share-error", SharePage{Base: wrong(member("/c/parks/share"), content.Problems{"file": "The selected file is empty. Choose the file again, and check that it opens on your computer."}), Community: joined(parks, actors.Member), Most: 100 << 20}},
		{"share-version", SharePage{Base: member("/d/4kz7w9xb/new-version"), Community: joined(parks, actors.Member), Most: 100 << 20, Paper: nextVersion(Sent{}).Paper}},
		{"uploads", UploadsPage{Base: member("/uploads"), Files: []Sent{sentFile("waiting"), nextVersion(sentFile("ready")), refused}}},
		{"uploads-empty", UploadsPage{Base: member("/uploads")}},
		{"upload-waiting", UploadPage{Base: member(at), File: sentFile("waiting")}},
		{"upload-refused", UploadPage{Base: member(at), File: refused}},
		{"upload-secret", UploadPage{Base: member(at), File: nextVersion(sentFile("ready")), Found: secret}},
		{"upload", UploadPage{Base: member(at), File: sentFile("ready"), Found: stopped, Form: pondForm(), Readers: readers()}},
		{"upload-barred", UploadPage{Base: member(at), File: sentFile("ready"), Found: stopped, Without: []extract.StopKind{extract.StopHidden}, Form: pondForm(), Readers: readers()}},
		{"upload-everything", UploadPage{Base: member(at), File: sentFile("ready"), Found: everything(), Form: DocumentForm{}, Readers: readers()}},
		{"upload-clean", UploadPage{Base: member(at), File: cleaned, Form: pondForm(), Readers: readers()}},
		{"upload-error", UploadPage{Base: wrong(member(at), bad), File: sentFile("ready"), Found: stopped, Form: DocumentForm{Title: "Pond_v2.docx"}, Readers: readers()}},
		{"upload-version", UploadPage{Base: member(at), File: nextVersion(sentFile("ready")), Form: DocumentForm{Stage: "draft", Follows: "2"}, Readers: readers()}},
		{"document-edit", EditDocumentPage{Base: member(pond.Path), Community: c, Paper: pond, Form: pondForm(), Audience: actors.AudiencePublic}},
		{"document-edit-error", EditDocumentPage{Base: wrong(member(pond.Path), content.Problems{"title": "Enter a title", "effort": "Working days must be a whole number, such as 12"}), Community: c, Paper: pond, Form: DocumentForm{Effort: "some"}, Audience: actors.AudienceMembers}},
		{"document-withdraw", WithdrawPage{Base: member(pond.Path), Community: c, Paper: pond, Sites: 23, KeptBy: []KeptBy{{"South Council", 2}, {"Cyngor Sir Ynys Môn", 1}}}},
		{"document-withdraw-error", WithdrawPage{Base: wrong(member(pond.Path), content.Problems{"reason": "Say why you are withdrawing this document", "replacement": "Enter a full web address, such as https://kent.example/d/4kz7w9xb"}), Community: c, Paper: pond, Replacement: "kent", HideTitle: true}},
		{"document-withdraw-version", WithdrawPage{Base: member(pond.Path), Community: c, Paper: pond, Version: 1, Sites: 1, KeptBy: []KeptBy{{"South Council", 1}}}},
		{"document-withdraw-current", WithdrawPage{Base: member(pond.Path), Community: c, Paper: pond, Version: 2, Current: true}},
		{"document-review", ReviewPage{Base: member(pond.Path), Community: c, Paper: pond, Due: now, Until: "24 November 2027"}},
		{"document-review-error", ReviewPage{Base: wrong(member(pond.Path), content.Problems{"review": "Enter a day, such as 4 May 2027"}), Community: c, Paper: pond, Until: "soon"}},
		{"document-hand-over", HandOverPage{Base: member(pond.Path), Community: c, Paper: pond, Members: []actors.Actor{priya, omar, long}}},
		{"document-format", AskFormatPage{Base: member(pond.Path), Community: c, Paper: pond, Text: pond.Path + "/v/2/text"}},
		{"document-format-elsewhere", AskFormatPage{Base: member("/p/6001"), Community: c, Paper: Paper{long.Title, "/p/6001", 1}, Site: "Kent County Council"}},
		{"document-format-signed-out", AskFormatPage{Base: anon(pond.Path), Community: c, Paper: pond, Text: pond.Path + "/v/2/text"}},
		{"document-format-error", AskFormatPage{Base: wrong(member(pond.Path), content.Problems{"words": "Say which format you need", "contact": "How to reach you must be 200 characters or less"}), Community: c, Paper: pond, Contact: "01634 555 0100"}},
		{"document-format-answer", AnswerFormatPage{Base: member(pond.Path), Community: c, Paper: pond, Request: formatRequests()[0], MayChange: true}},
		{"document-format-answer-error", AnswerFormatPage{Base: wrong(member(pond.Path), content.Problems{"answer": "Enter your answer"}), Community: c, Paper: pond, Request: formatRequests()[0]}},
		{"document-figures", FiguresPage{Base: member(pond.Path), Community: c, Paper: pond, Months: []FigureMonth{{Name: "October 2026",
			Rows:  []FigureRow{{"Medway Council", "24", ""}, {"People who had not signed in", "31", ""}, {"Together", "55", "9"}},
			Sites: []string{"Kent County Council"}}}, Hidden: []string{"September 2026", "August 2026"},
			Citing: []Citing{{"Kent County Council", "Which clay for <b>ponds</b>?", "/p/6001", summer}}, UsedIn: []RelatedDocument{{"Used in", "Ditches", "/d/5kz7w9xc", ""}}, KeptBy: []KeptBy{{"South Council", 2}}}},
		{"document-figures-none", FiguresPage{Base: member(pond.Path), Community: c, Paper: pond}},
		{"document-format-answered", AnswerFormatPage{Base: member(pond.Path), Community: c, Paper: pond, Request: formatRequests()[1]}},
		{"document-hand-over-error", HandOverPage{Base: wrong(member(pond.Path), content.Problems{"owner": "Choose a member"}), Community: c, Paper: pond, Members: []actors.Actor{priya}}},
		{"document-hand-over-nobody", HandOverPage{Base: member(pond.Path), Community: c, Paper: pond}},
		{"upload-version-error", UploadPage{Base: wrong(member(at), content.Problems{"note": "Say what changed", "file": "This is the same file as version 2. Choose the file that changed"}), File: nextVersion(sentFile("ready")), Form: DocumentForm{Stage: "draft"}, Readers: readers()}},
	}
}

func TestDOC1_EveryKindThatStopsHasWords(t *testing.T) {
	for _, o := range stopOptions() {
		if o.Value == "" || o.Label == "" || o.Hint == "" {
			t.Errorf("%+v", o)
		}
	}
}

func TestDOC1_EveryFindingHasWords(t *testing.T) {
	codes := extract.Codes()
	if len(codes) < 25 {
		t.Fatalf("only %d codes", len(codes))
	}
	for _, code := range codes {
		w, ok := findings[code]
		if !ok || w.one == "" || w.mend == "" {
			t.Errorf("nothing is said about %q", code)
			continue
		}
		for _, s := range []extract.Severity{extract.Tell, extract.Warn, extract.Clean, extract.Stop, extract.Refuse} {
			row := found(extract.Finding{Code: code, Severity: s, Count: 12, Where: []string{"page 1"}})
			if row.Tag == "" || row.Colour == "" || !row.More || w.many != "" && !strings.HasPrefix(row.What, "12 ") {
				t.Errorf("%s, %s: %+v", code, s, row)
			}
		}
	}
	for code := range findings {
		if !slices.Contains(codes, code) {
			t.Errorf("%q is no finding", code)
		}
	}
	if row := found(extract.Finding{Code: "new-thing", Severity: extract.Stop, Count: 1}); row.What == "" || row.Tag != "Needs a reason" {
		t.Errorf("a finding without words: %+v", row)
	}
}

func TestSizeInWords(t *testing.T) {
	for n, want := range map[int64]string{0: "no bytes", 1: "1 byte", 999: "999 bytes", 1000: "1 KB", 740_400: "740 KB", 1_000_000: "1 MB",
		5_000_000: "5 MB", 1_240_000: "1.2 MB", 12_400_000: "12 MB", 104_857_600: "105 MB"} {
		if got := Size(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

func TestDocumentPath(t *testing.T) {
	p := content.Post{ID: 77, Kind: content.KindDocument, Local: true, URI: "https://hub.example/d/4kz7w9xb"}
	if got := DocumentPath(p); got != "/d/4kz7w9xb" {
		t.Errorf("a document of ours: %s", got)
	}
	p.Local = false
	if got := DocumentPath(p); got != PostPath(77) {
		t.Errorf("a document from elsewhere: %s", got)
	}
}

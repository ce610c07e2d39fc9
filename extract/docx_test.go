package extract_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/extract"
	"moothall/extract/specimen"
)

func TestDOCXKeepsStructure(t *testing.T) {
	t.Parallel()
	d := strategy()
	got := mustRead(t, extract.DOCX, mustMake(t, extract.DOCX, d))
	want := extract.Reading{
		Format: extract.DOCX, Title: d.Title, Language: "en-GB", Dated: "2027-05-04", Summary: d.Blocks[1].Text,
		Blocks:   append(append([]extract.Block{}, d.Blocks[:7]...), d.Blocks[8], d.Blocks[7]), // notes come last
		Findings: []extract.Finding{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestDOC1_TrackedChangesAndComments is the DOCX of DOC-1.
func TestDOC1_TrackedChangesAndComments(t *testing.T) {
	t.Parallel()
	d := strategy()
	d.Inserted, d.Deleted = "We may close two libraries.", "We will open two libraries."
	d.Comments = []string{"Not before the election!", "Agreed."}
	got := mustRead(t, extract.DOCX, mustMake(t, extract.DOCX, d))
	if diff := cmp.Diff([]extract.Finding{
		{Code: extract.Comments, Severity: extract.Warn, Count: 2, Where: []string{"paragraph 10", "paragraph 11"}},
		{Code: extract.TrackedChanges, Severity: extract.Warn, Count: 2, Where: []string{"paragraph 9", "paragraph 10"}},
	}, got.Findings); diff != "" {
		t.Error(diff)
	}
	for _, x := range got.Blocks {
		if x.Text == d.Deleted {
			t.Error("text that was deleted is read")
		}
		if x.Text == d.Comments[0] {
			t.Error("a comment is read as text")
		}
	}
	if !hasText(got, d.Inserted) {
		t.Error("text that was inserted is not read")
	}
}

func hasText(r extract.Reading, s string) bool {
	for _, x := range r.Blocks {
		if x.Text == s {
			return true
		}
	}
	return false
}

func TestDOCXPropertiesAndWhatHangsOn(t *testing.T) {
	t.Parallel()
	got := mustRead(t, extract.DOCX, mustMake(t, extract.DOCX, specimen.Doc{
		Title: "Microsoft Word - Document1", Author: "Alex Member", Editor: "Sam Officer", Manager: "Chris Head", Company: "Northfield",
		Header: "OFFICIAL-SENSITIVE", External: "https://templates.example/a.dotm", Embedded: []byte("x"),
		Blocks: []extract.Block{para("Short.")},
	}))
	if diff := cmp.Diff([]extract.Finding{
		{Code: extract.EmbeddedObjects, Severity: extract.Stop, Count: 1, Where: []string{"oleObject1.bin"}},
		{Code: extract.ExternalLinks, Severity: extract.Stop, Count: 1, Where: []string{"the template"}},
		{Code: extract.Marking, Severity: extract.Stop, Count: 1, Where: []string{"header or footer"}},
		{Code: extract.PersonalMetadata, Severity: extract.Clean, Count: 4, Where: []string{"author", "last modified by", "manager", "company"}},
		{Code: extract.NoTitle, Severity: extract.Warn, Count: 1, Where: []string{"document properties"}},
	}, got.Findings); diff != "" {
		t.Error(diff)
	}
	if got.Author != "Alex Member" || got.Title != "" {
		t.Errorf("author %q, title %q", got.Author, got.Title)
	}
}

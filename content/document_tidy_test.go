package content

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestS102_DocumentsFromElsewhereAreTidied(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 10_000)
	got := Document{
		Summary: "  one\n two\u202e" + long, Type: "memo", Stage: "burnt", Licence: "mine", LicenceURL: CCBY.URL(),
		Authors: long, Dated: "yesterday", Adopted: Adoption{Body: "Cab\ninet", On: "2027-05"}, Effort: -3,
		Subjects: append([]string{"", " ponds\n "}, strings.Split(strings.Repeat("x,", 20), ",")...),
	}.Tidied()
	if n := len([]rune(got.Summary)); n != MaxDocumentSummary || !strings.HasPrefix(got.Summary, "one\ntwoé") {
		t.Errorf("summary of %d: %.20s", n, got.Summary)
	}
	if got.Type != OtherType || got.Other != "memo" || got.Stage != "" || got.Licence != CCBY || got.LicenceURL != "" {
		t.Errorf("%+v", got)
	}
	if len([]rune(got.Authors)) != maxDetail || got.Dated != "" || got.Adopted != (Adoption{"Cab inet", "2027-05"}) || got.Effort != 0 {
		t.Errorf("%+v", got)
	}
	if len(got.Subjects) != MaxSubjects || got.Subjects[0] != "ponds" {
		t.Errorf("subjects %v", got.Subjects)
	}
	if odd := (Document{Type: "strategy", LicenceURL: "javascript:x", Licence: OGL}).Tidied(); odd.LicenceURL != "" || odd.Licence != OGL || odd.Type != "strategy" {
		t.Errorf("%+v", odd)
	}
}

func TestS133_NamesOfFilesFromElsewhereNameNoFolder(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"guide.pdf": "guide.pdf", "../../etc/passwd": "passwd", `..\..\boot.ini`: "boot.ini", "": "file", "..": "file",
		".htaccess": "htaccess", "a/": "a", "one\r\nX: y.pdf": "one X: y.pdf", "gp\u202efdp.exe": "gpfdp.exe",
	} {
		if got := (Version{File: Attached{Name: name, Size: -1}}).Tidied().File; got.Name != want || got.Size != 0 {
			t.Errorf("%q becomes %q of %d bytes", name, got.Name, got.Size)
		}
	}
}

func TestTidyRelated(t *testing.T) {
	t.Parallel()
	list := []Related{
		{Replaces, "https://a.example/d/1", "One\n"}, {"eats", "https://a.example/d/2", ""}, {DerivedFrom, "javascript:x", ""},
	}
	if d := cmp.Diff([]Related{{Replaces, "https://a.example/d/1", "One"}}, TidyRelated(list)); d != "" {
		t.Error(d)
	}
	many := make([]Related, 50)
	for i := range many {
		many[i] = list[0]
	}
	if n := len(TidyRelated(many)); n != maxRelated {
		t.Errorf("%d are kept", n)
	}
}

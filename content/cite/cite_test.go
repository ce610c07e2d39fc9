package cite

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/actors"
	"moothall/content"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var (
	shared   = time.Date(2027, 5, 4, 9, 30, 0, 0, time.UTC)
	accessed = time.Date(2027, 6, 1, 14, 0, 0, 0, time.UTC)
)

// strategy is a work of which everything is known.
func strategy() Work {
	d := content.Document{
		Summary: "How we keep roads & paths open in winter: 100% of priority routes.", Type: "strategy",
		Adopted: content.Adoption{Body: "Cabinet", On: "2027-04-28"}, Licence: content.OGL,
		Attribution: "Contains public sector information licensed under the Open Government Licence v3.0.",
		Issuer:      "Cyngor Sir Ynys Môn & Gwynedd", IssuerCode: "GB-LAE-YNM", Authors: "Tîm Priffyrdd; Highways and Parks",
		Dated: "2027-04", Reference: "HW_2027/12 #3", Subjects: []string{"highways", "winter"}, Place: "W06000001", Period: "2027/2030",
		Review: time.Date(2028, 5, 4, 0, 0, 0, 0, time.UTC), Number: 2,
	}
	v := content.Version{
		Number: 2, URI: "https://north.example/d/bcdfghj2/v/2", Title: "Winter service plan: cynllun y gaeaf", Stage: content.Adopted,
		At: shared, Note: "New routes", File: content.Attached{
			Digest: content.DigestOf([]byte("a file")), Name: "plan.pdf", MediaType: "application/pdf", Size: 6, Pages: 12,
			URL: "https://north.example/d/bcdfghj2/v/2/file",
		},
	}
	w := Of(d, v, "https://north.example/d/bcdfghj2")
	w.Language, w.Accessed, w.Via, w.Access = "cy", accessed, "hub.south.example", "Anyone"
	w.Related = []content.Related{
		{Relation: content.Replaces, URI: "https://north.example/d/ccdfghj3"},
		{Relation: content.DerivedFrom, URI: "https://west.example/d/zzdfghj4/v/1"},
		{Relation: content.Translation, URI: "https://north.example/d/kkdfghj5"},
	}
	return w
}

// bare is a work of which nothing is known but what has to be.
func bare() Work {
	return Work{Title: "Lessons from the flood", URL: "https://north.example/d/bcdfghj2/v/1", Latest: "https://north.example/d/bcdfghj2", Version: 1}
}

// hostile tries to end each form wherever it can.
func hostile() Work {
	const attack = "}, x = {\\input{/etc/passwd}\r\nER  - \r\nTY  - BOOK\u2028</script><!-- $a_b^c~d#1 %\x00\u202e \"{"
	return Work{
		Title: attack, Summary: attack, Type: "other", Kind: attack, Stage: content.Adopted, Adopted: content.Adoption{Body: attack, On: attack},
		Issuer: attack, IssuerCode: attack, Authors: []string{attack, "\r\n", "and"}, Dated: "2027\r\nER  - ", Version: 3, Reference: attack,
		URL: "https://north.example/d/a{b}%7D\\?q=\"</script>#_~", Latest: "javascript:alert(1)", Licence: attack, LicenceURL: attack,
		Attribution: attack, Access: attack, Subjects: []string{attack, "a, b; c"}, Place: attack, Period: attack, Language: attack,
		File: content.Attached{Name: attack, MediaType: attack, URL: "https://north.example/f}\r\n"}, Via: attack, Note: attack,
		Related: []content.Related{{Relation: content.DerivedFrom, URI: actors.URI(attack)}},
	}
}

// data is a table, dated to the year, whose authors nobody knows.
func data() Work {
	w := bare()
	w.Type, w.Kind, w.Issuer, w.Dated, w.Shared = "dataset", "Dataset or spreadsheet", "North & East Council", "2026", shared
	w.Licence, w.LicenceURL = content.CCBY.Words(), content.CCBY.URL()
	w.File = content.Attached{Name: "gritting.csv", MediaType: "text/csv", Size: 2048, URL: "https://north.example/d/bcdfghj2/v/1/file", Digest: content.DigestOf(nil)}
	return w
}

var works = []struct {
	name string
	work func() Work
}{{"strategy", strategy}, {"bare", bare}, {"hostile", hostile}, {"data", data}}

// TestMEM6_Formats compares each form with its golden file.
func TestMEM6_Formats(t *testing.T) {
	t.Parallel()
	for _, w := range works {
		for _, f := range Formats {
			got, err := f.Write(w.work())
			if err != nil {
				t.Fatal(w.name, f.Name, err)
			}
			compareGolden(t, w.name+"."+f.Name, got)
		}
		var tags bytes.Buffer
		for _, tag := range Tags(w.work()) {
			fmt.Fprintf(&tags, "%s = %s\n", tag.Name, tag.Content)
		}
		compareGolden(t, w.name+".tags", tags.Bytes())
	}
}

func compareGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
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

// TestMEM6_CitesTheVersionOnScreen: an older version is not cited with the date
// and the adoption of the newest.
func TestMEM6_CitesTheVersionOnScreen(t *testing.T) {
	t.Parallel()
	d := content.Document{Number: 3, Dated: "2027", Adopted: content.Adoption{Body: "Cabinet"}, Issuer: "North Council"}
	old := content.Version{Number: 1, Title: "Plan", Stage: content.Adopted, URI: "https://north.example/d/bcdfghj2/v/1"}
	const want = "North Council (n.d.) Plan. Version 1. Adopted. Available at: https://north.example/d/bcdfghj2/v/1."
	if got := Text(Of(d, old, "https://north.example/d/bcdfghj2")); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	old.Number = 3
	if got := Of(d, old, ""); got.Dated != "2027" || got.Adopted.Body != "Cabinet" {
		t.Errorf("the newest version is without its date: %+v", got)
	}
}

func TestOfKeepsTheCheckToItself(t *testing.T) {
	t.Parallel()
	w := Of(content.Document{Number: 1, Handling: "for-directors"}, content.Version{Number: 1, Title: "Plan", URI: "https://n.example/d/a/v/1", Check: "found-names"}, "")
	for _, f := range Formats {
		got, err := f.Write(w)
		if err != nil || bytes.Contains(got, []byte("found-names")) || bytes.Contains(got, []byte("for-directors")) {
			t.Errorf("%s: %s, %v", f.Name, got, err)
		}
	}
}

func TestAuthorsAreDividedBySemicolons(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"": nil, " ; ;": nil, "Highways team": {"Highways team"}, "Smith, Ann; Jones, Bob ;": {"Smith, Ann", "Jones, Bob"},
	}
	for shown, want := range tests {
		if d := cmp.Diff(want, authors(shown)); d != "" {
			t.Errorf("%q (-want +got):\n%s", shown, d)
		}
	}
}

func TestPartialDates(t *testing.T) {
	t.Parallel()
	tests := []struct{ dated, year, words, ris string }{
		{"2027-05-04", "2027", "4 May 2027", "2027/05/04/"},
		{"2027-05", "2027", "May 2027", "2027/05//"},
		{"2027", "2027", "2027", "2027///"},
	}
	for _, tt := range tests {
		if y, w, r := year(tt.dated), inWords(tt.dated), risDate(tt.dated); y != tt.year || w != tt.words || r != tt.ris {
			t.Errorf("%s: %s, %s, %s", tt.dated, y, w, r)
		}
	}
	for _, no := range []string{"", "27", "2027-13", "2027-02-30", "0000", "May 2027", "2027\r\n"} {
		if year(no) != "n.d." || known(no) != "" {
			t.Errorf("%q passes for a date", no)
		}
	}
}

// TestS132_JSONEndsNoScript: nothing in the forms that are JSON ends a script
// element or a line of JavaScript.
func TestS132_JSONEndsNoScript(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"json", "jsonld", "dcat"} {
		f, ok := FormatNamed(name)
		if !ok {
			t.Fatal(name)
		}
		got, err := f.Write(hostile())
		if err != nil || bytes.ContainsAny(got, "<>&\u2028\u2029") || !json.Valid(got) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	if _, ok := FormatNamed("exe"); ok {
		t.Error("there is a format exe")
	}
}

// TestJSONLDSaysWhatItIs by the type of the document.
func TestJSONLDSaysWhatItIs(t *testing.T) {
	t.Parallel()
	want := map[content.DocumentType]string{"strategy": "Report", "dataset": "Dataset", "template": "DigitalDocument", "": "DigitalDocument"}
	for typ, kind := range want {
		if got := (Work{Type: typ}).schemaType(); got != kind {
			t.Errorf("%s is a %s", typ, got)
		}
	}
	for typ := range working {
		if typ != "" && !typ.Valid() {
			t.Errorf("%s is no type of a document", typ)
		}
	}
	if !dataset.Valid() {
		t.Error("dataset is no type of a document")
	}
}

func TestAddressesEndNothing(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"javascript:alert(1)", "", "ftp://n.example/", "x"} {
		if got := address(bad); got != "" {
			t.Errorf("%q becomes %s", bad, got)
		}
	}
	if got := address("https://n.example/a{b}|c"); strings.ContainsAny(got, "{}|") {
		t.Error(got)
	}
}

package extract_test

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/extract"
	"moothall/extract/specimen"
)

// The documents of testdata/libreoffice are these, as LibreOffice 7.4 wrote them
// when it opened our specimens.

func fullStrategy() specimen.Doc {
	d := strategy()
	d.Author, d.Header = "Alex Member", "OFFICIAL-SENSITIVE"
	d.Inserted, d.Deleted = "We may close two libraries.", "We will open two libraries."
	d.Comments = []string{"Not before the election!"}
	return d
}

func costs() specimen.Doc {
	on := func(sheet string, s ...string) extract.Block {
		return extract.Block{Kind: extract.Row, Part: sheet, Cells: s}
	}
	return specimen.Doc{
		Title: "Costs of the new depot", Author: "Alex Member", Language: "en-GB", Comments: []string{"Check this"}, Header: "CONFIDENTIAL",
		HiddenSheets: []string{"Salaries"}, VeryHiddenSheets: []string{"Codes"}, HiddenRows: []int{3}, HiddenColumns: []int{3}, Pivot: true,
		Blocks: []extract.Block{
			on("Costs", "What", "Cost", "Owner"), on("Costs", "Roof", "12000", "Alex"), on("Costs", "Floor", "9000", "Sam"),
			on("Salaries", "Name", "Pay"), on("Salaries", "Alex", "30000"), on("Codes", "x", "1"),
		},
	}
}

func waste() specimen.Doc {
	return specimen.Doc{
		Title: "Waste in the north", Author: "Alex Member", Language: "en-GB", HiddenSlides: []int{2}, Comments: []string{"Check this"}, Header: "PROTECT",
		Blocks: []extract.Block{
			onPage(1, heading(1, "Waste in the north")), onPage(1, item("Less than last year")), onPage(1, item("More recycled")), onPage(1, note("Say it slowly.")),
			onPage(2, heading(1, "Kept back")), onPage(2, para("Only if asked.")),
			onPage(3, heading(1, "Costs")), onPage(3, cells("Year", "Cost")), onPage(3, cells("2027", "£40,000")),
		},
	}
}

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/libreoffice/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// bothSources reads a specimen of ours, and what LibreOffice made of it.
func bothSources(t *testing.T, f extract.Format, d specimen.Doc, theirs string, check func(*testing.T, extract.Reading)) {
	t.Helper()
	for name, file := range map[string][]byte{"specimen": mustMake(t, f, d), "LibreOffice": testdata(t, theirs)} {
		t.Run(string(f)+" "+name, func(t *testing.T) {
			t.Parallel()
			if got, err := sniff(theirs, file); err != nil || got != f {
				t.Fatalf("sniffed %q, %v", got, err)
			}
			r := mustRead(t, f, file)
			if r.Title != d.Title || r.Author != d.Author || r.Language != "en-GB" || r.Dated != "2027-05-04" {
				t.Errorf("title %q, author %q, language %q, dated %q", r.Title, r.Author, r.Language, r.Dated)
			}
			check(t, r)
		})
	}
}

func TestTextsOfBothFamilies(t *testing.T) {
	t.Parallel()
	d := fullStrategy()
	// Notes stand where they are in ODF, and at the end in Word.
	want := slices.Concat(d.Blocks, []extract.Block{para(d.Inserted), para("See the comment.")})
	wantWord := slices.Concat(want[:7], want[8:], want[7:8])
	check := func(want []extract.Block, places ...string) func(*testing.T, extract.Reading) {
		return func(t *testing.T, r extract.Reading) {
			if diff := cmp.Diff(want, r.Blocks); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]extract.Finding{
				{Code: extract.Marking, Severity: extract.Stop, Count: 1, Where: []string{"header or footer"}},
				{Code: extract.PersonalMetadata, Severity: extract.Clean, Count: 1, Where: []string{"author"}},
				{Code: extract.Comments, Severity: extract.Warn, Count: 1, Where: places[:1]},
				{Code: extract.TrackedChanges, Severity: extract.Warn, Count: 2, Where: places[1:]},
			}, r.Findings); diff != "" {
				t.Error(diff)
			}
		}
	}
	bothSources(t, extract.DOCX, d, "strategy.docx", check(wantWord, "paragraph 10", "paragraph 9", "paragraph 10"))
	bothSources(t, extract.ODT, d, "strategy.odt", check(want, "paragraph 11", "paragraph 10", "paragraph 11"))
}

// TestDOC1_HiddenSheetsRowsAndPivotCache is the XLSX of DOC-1. What is hidden is
// found, and is not in the text that search shows.
func TestDOC1_HiddenSheetsRowsAndPivotCache(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, r extract.Reading) {
		want := []extract.Block{
			{Kind: extract.Row, Part: "Costs", Line: 1, Cells: []string{"What", "Cost", ""}},
			{Kind: extract.Row, Part: "Costs", Line: 2, Cells: []string{"Roof", "12000", ""}},
		}
		if diff := cmp.Diff(want, r.Blocks); diff != "" {
			t.Error(diff)
		}
		if r.Pages != 3 {
			t.Errorf("%d sheets", r.Pages)
		}
		for code, where := range map[string]string{
			extract.HiddenColumns: "sheet Costs, column C", extract.HiddenRows: "sheet Costs, row 3", extract.HiddenSheet: "sheet Salaries",
		} {
			if f := finding(r, code); f.Severity != extract.Stop || len(f.Where) == 0 || f.Where[0] != where {
				t.Errorf("%s: %+v", code, f)
			}
		}
		if f := finding(r, extract.Comments); f.Count != 1 {
			t.Errorf("comments: %+v", f)
		}
	}
	bothSources(t, extract.XLSX, costs(), "costs.xlsx", check)
	bothSources(t, extract.ODS, costs(), "costs.ods", check)

	r := mustRead(t, extract.XLSX, mustMake(t, extract.XLSX, costs()))
	for code, where := range map[string]string{extract.VeryHiddenSheet: "sheet Codes", extract.PivotCache: "", extract.Marking: "header or footer"} {
		f := finding(r, code)
		if f.Severity != extract.Stop || where != "" && (len(f.Where) == 0 || f.Where[0] != where) {
			t.Errorf("%s: %+v", code, f)
		}
	}
}

func TestPresentationsOfBothFamilies(t *testing.T) {
	t.Parallel()
	d := waste()
	want := slices.Concat(d.Blocks[:4], d.Blocks[6:])
	check := func(t *testing.T, r extract.Reading) {
		if diff := cmp.Diff(want, r.Blocks); diff != "" {
			t.Error(diff)
		}
		if r.Pages != 3 {
			t.Errorf("%d slides", r.Pages)
		}
		for code, where := range map[string]string{
			extract.HiddenSlide: "slide 2", extract.SpeakerNotes: "slide 1", extract.Comments: "slide 1", extract.Marking: "header or footer",
		} {
			if f := finding(r, code); len(f.Where) != 1 || f.Where[0] != where {
				t.Errorf("%s: %+v", code, f)
			}
		}
		if finding(r, extract.SpeakerNotes).Severity != extract.Tell || finding(r, extract.HiddenSlide).Severity != extract.Stop {
			t.Errorf("severities: %+v", r.Findings)
		}
	}
	bothSources(t, extract.PPTX, d, "waste.pptx", check)
	bothSources(t, extract.ODP, d, "waste.odp", check)
}

func TestLinksAndEmbeddedFilesAreFound(t *testing.T) {
	t.Parallel()
	for _, f := range []extract.Format{extract.DOCX, extract.XLSX, extract.ODT, extract.ODS} {
		r := mustRead(t, f, mustMake(t, f, specimen.Doc{Title: "Costs of depots", External: "file:///F:/secret/plan.xlsx", Embedded: []byte("x"), Blocks: []extract.Block{cells("a", "b")}}))
		for _, code := range []string{extract.ExternalLinks, extract.EmbeddedObjects} {
			if got := finding(r, code); got.Count != 1 || got.Severity != extract.Stop {
				t.Errorf("%s: %s is %+v", f, code, got)
			}
		}
	}
}

func TestEveryFindingHasASeverity(t *testing.T) {
	t.Parallel()
	for _, d := range []specimen.Doc{fullStrategy(), costs(), waste()} {
		for _, f := range []extract.Format{extract.DOCX, extract.ODT, extract.XLSX, extract.ODS, extract.PPTX, extract.ODP, extract.CSV, extract.MD, extract.TXT} {
			for _, x := range mustRead(t, f, mustMake(t, f, d)).Findings {
				if x.Severity == "" || x.Count < 1 {
					t.Errorf("%s: %+v", f, x)
				}
			}
		}
	}
}

func TestTextFormats(t *testing.T) {
	t.Parallel()
	d := strategy()
	got := mustRead(t, extract.MD, mustMake(t, extract.MD, d))
	want := slices.Clone(d.Blocks)
	want[7].Kind = extract.Paragraph
	if diff := cmp.Diff(want, got.Blocks); diff != "" {
		t.Error(diff)
	}
	if got.Title != d.Title || got.Language != "en" && got.Language != "" {
		t.Errorf("title %q, language %q", got.Title, got.Language)
	}

	csv := mustRead(t, extract.CSV, []byte("\xef\xbb\xbfname;note\r\n\"a;b\";\"two\nlines\"\r\nc;5\" pipe\r\n"))
	if diff := cmp.Diff([]extract.Block{
		{Kind: extract.Row, Line: 1, Cells: []string{"name", "note"}},
		{Kind: extract.Row, Line: 2, Cells: []string{"a;b", "two lines"}},
		{Kind: extract.Row, Line: 4, Cells: []string{"c", `5" pipe`}},
	}, csv.Blocks); diff != "" {
		t.Error(diff)
	}

	txt := mustRead(t, extract.TXT, []byte("A heading it is not\r\n\r\nOne line\r\nand one more: t\xf4\r\n\r\n- first\r\n- second\r\n"))
	if diff := cmp.Diff([]extract.Block{para("A heading it is not"), para("One line and one more: tô"), item("first"), item("second")}, txt.Blocks); diff != "" {
		t.Error(diff)
	}
}

func TestDatesInSheetsAreDates(t *testing.T) {
	t.Parallel()
	book := mustMake(t, extract.XLSX, specimen.Doc{Title: "Dates of birth", Blocks: []extract.Block{cells("a")}})
	sheet := `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">` +
		`<c r="A1" s="1"><v>46511</v></c><c r="B1"><v>46511</v></c><c r="D1"><v>0.30000000000000004</v></c><c r="E1" t="b"><v>1</v></c></row></sheetData></worksheet>`
	r := mustRead(t, extract.XLSX, withParts(t, book, entry{"xl/worksheets/sheet1.xml", sheet}))
	if diff := cmp.Diff([]string{"2027-05-04", "46511", "", "0.3", "TRUE"}, r.Blocks[0].Cells); diff != "" {
		t.Error(diff)
	}
}

package extract_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/extract"
)

func clean(t *testing.T, f extract.Format, file []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := extract.CleanCopy(f, bytes.NewReader(file), int64(len(file)), &b); err != nil {
		t.Fatalf("clean %s: %v", f, err)
	}
	return b.Bytes()
}

// TestS137_CleanTakesOutWhoMadeIt also holds that nothing else changes.
func TestS137_CleanTakesOutWhoMadeIt(t *testing.T) {
	t.Parallel()
	d := fullStrategy()
	d.Editor, d.Manager, d.Company = "Sam Officer", "Chris Head", "Northfield"
	files := map[string][]byte{
		"a.docx": mustMake(t, extract.DOCX, d), "a.odt": mustMake(t, extract.ODT, d), "a.xlsx": mustMake(t, extract.XLSX, d),
		"a.ods": mustMake(t, extract.ODS, d), "a.pptx": mustMake(t, extract.PPTX, d), "a.odp": mustMake(t, extract.ODP, d),
	}
	for _, name := range []string{"strategy.docx", "strategy.odt", "costs.xlsx", "costs.ods", "waste.pptx", "waste.odp"} {
		files[name] = testdata(t, name)
	}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := sniff(name, file)
			if err != nil {
				t.Fatal(err)
			}
			cleaned := clean(t, f, file)
			if got, err := sniff(name, cleaned); err != nil || got != f {
				t.Fatalf("the copy is %q, %v", got, err)
			}
			before, after := mustRead(t, f, file), mustRead(t, f, cleaned)
			if finding(before, extract.PersonalMetadata).Count == 0 {
				t.Fatal("there was nothing to clean")
			}
			if x := finding(after, extract.PersonalMetadata); x.Count != 0 || after.Author != "" {
				t.Errorf("left: %+v, author %q", x, after.Author)
			}
			if diff := cmp.Diff(before.Blocks, after.Blocks); diff != "" {
				t.Error(diff)
			}
			sameParts(t, file, cleaned)
		})
	}
}

// sameParts compares two archives part by part: those that are not scrubbed have
// the same bytes, packed the same, and those that are stay well formed.
func sameParts(t *testing.T, before, after []byte) {
	t.Helper()
	x, err := zip.NewReader(bytes.NewReader(before), int64(len(before)))
	if err != nil {
		t.Fatal(err)
	}
	y, err := zip.NewReader(bytes.NewReader(after), int64(len(after)))
	if err != nil {
		t.Fatal(err)
	}
	if len(x.File) != len(y.File) {
		t.Fatalf("%d parts, were %d", len(y.File), len(x.File))
	}
	for i, f := range x.File {
		g := y.File[i]
		was, is := readPart(t, f), readPart(t, g)
		if f.Name != g.Name || f.Method != g.Method {
			t.Errorf("%s has become %s", f.Name, g.Name)
		}
		if was == is {
			continue
		}
		if !strings.HasPrefix(f.Name, "docProps/") && f.Name != "meta.xml" && !strings.Contains(was, "rsid") {
			t.Errorf("%s has changed", f.Name)
		}
		for _, left := range []string{"rsid", "Alex Member</", "Sam Officer", "Chris Head", "Northfield"} {
			if strings.Contains(is, left) && !strings.Contains(f.Name, "omments") && left != "rsid" || left == "rsid" && strings.Contains(is, `rsid="`) {
				t.Errorf("%s still has %q", f.Name, left)
			}
		}
		wellFormed(t, f.Name, is)
	}
}

func wellFormed(t *testing.T, name, s string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(s))
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

// TestCleanKeepsWhatOnlyLooksLikeATag holds XML that a careless reader mistakes.
func TestCleanKeepsWhatOnlyLooksLikeATag(t *testing.T) {
	t.Parallel()
	const ns = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	for was, want := range map[string]string{
		`<w:p w:rsidR="00AB12CD" w:a="1"/>`:            `<w:p w:a="1"/>`,
		`<w:p w:a=" w:rsidR='1'" w:rsidR='2' />`:       `<w:p w:a=" w:rsidR='1'" />`,
		`<w:p w:a="x>y" w:rsidRPr = "2">z</w:p>`:       `<w:p w:a="x>y">z</w:p>`,
		`<!-- <w:p w:rsidR="1"> "quote -->`:            `<!-- <w:p w:rsidR="1"> "quote -->`,
		`<![CDATA[<w:rsid w:val="1"/>]]>`:              `<![CDATA[<w:rsid w:val="1"/>]]>`,
		`<?x rsid="1" ' ?>`:                            `<?x rsid="1" ' ?>`,
		`<?x?><!----><w:p w:rsidR="1"/>`:               `<?x?><!----><w:p/>`,
		`<w:rsids><w:rsidRoot w:val="1"/></w:rsids>`:   `<w:rsids></w:rsids>`,
		`<w:t>rsid and "quotes" &lt;w:rsid/&gt;</w:t>`: `<w:t>rsid and "quotes" &lt;w:rsid/&gt;</w:t>`,
	} {
		file := withParts(t, mustMake(t, extract.DOCX, strategy()), entry{"word/extra.xml", `<w:x ` + ns + `>` + was + `</w:x>`})
		cleaned := clean(t, extract.DOCX, file)
		z, err := zip.NewReader(bytes.NewReader(cleaned), int64(len(cleaned)))
		if err != nil {
			t.Fatal(err)
		}
		if got := readPart(t, z.File[len(z.File)-1]); got != `<w:x `+ns+`>`+want+`</w:x>` {
			t.Errorf("%s: got %s, want %s", was, got, want)
		}
	}
}

func TestCleanRefusesOtherFormatsAndDamage(t *testing.T) {
	t.Parallel()
	if err := extract.CleanCopy(extract.PDF, strings.NewReader("%PDF-"), 5, io.Discard); err == nil {
		t.Error("a PDF is cleaned")
	}
	file := mustMake(t, extract.DOCX, strategy())
	wantRefusal(t, extract.CleanCopy(extract.DOCX, bytes.NewReader(file), int64(len(file)-9), io.Discard), "broken")
}

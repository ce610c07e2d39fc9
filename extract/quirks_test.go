package extract_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"moothall/extract"
	"moothall/extract/specimen"
)

// word is a Word document with this XML as its body.
func word(t *testing.T, body string) []byte {
	t.Helper()
	whole := mustMake(t, extract.DOCX, specimen.Doc{Title: "Minutes", Language: "en-GB", Blocks: []extract.Block{para("BODY")}})
	from, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range from.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == "word/document.xml" {
			data = []byte(`<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
				`xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"><w:body>` + body + `</w:body></w:document>`)
		}
		w, err := to.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWordHasManyWaysToHoldText(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]extract.Block{
		`<w:p><w:r><w:t>Cost </w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>not for them</w:t></w:r><w:r><w:t>agreed</w:t></w:r></w:p>`:           {para("Cost agreed")},
		`<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>Shown</w:t></w:r></w:p>`:                                                               {para("Shown")},
		`<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>Only its mark is hidden</w:t></w:r></w:p>`:                                        {para("Only its mark is hidden")},
		`<w:p><w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>Hidden before</w:t></w:r></w:p>`:                       {para("Hidden before")},
		`<w:p><w:smartTag w:element="place"><w:r><w:t>Ely</w:t></w:r></w:smartTag><w:r><w:t> market</w:t></w:r></w:p>`:                             {para("Ely market")},
		`<w:sdt><w:sdtPr><w:alias w:val="No text"/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>In a control</w:t></w:r></w:p></w:sdtContent></w:sdt>`:   {para("In a control")},
		`<w:p><w:hyperlink><w:r><w:t>A link</w:t></w:r></w:hyperlink></w:p>`:                                                                       {para("A link")},
		`<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText><w:fldChar w:fldCharType="separate"/><w:t>7</w:t></w:r></w:p>`: {para("7")},
		`<w:p><w:r><w:t xml:space="preserve">Semi</w:t><w:noBreakHyphen/><w:t>annual</w:t></w:r></w:p>`:                                            {para("Semi-annual")},
		`<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:txbxContent><w:p><w:r><w:t>Box</w:t></w:r></w:p></w:txbxContent></mc:Choice>` +
			`<mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>Box</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent><w:t>Around</w:t></w:r></w:p>`: {para("Box"), para("Around")},
	} {
		got := mustRead(t, extract.DOCX, word(t, body))
		if diff := cmp.Diff(want, got.Blocks); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
		if hidden := finding(got, extract.HiddenText); (hidden.Count == 1) != strings.Contains(body, "not for them") {
			t.Errorf("%s: %+v", body, hidden)
		}
	}
}

func TestMarkdownFrontMatterIsNoText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]extract.Reading{
		"---\ntitle: \"Bin strategy\"\nauthor: Alex Member\ntags: [a]\n---\n\nBins are full.\n": {Title: "Bin strategy", Author: "Alex Member", Blocks: []extract.Block{para("Bins are full.")}},
		"\ufeff---\ntitle: Bins\n...\nBins are full.\n":                                         {Title: "Bins", Blocks: []extract.Block{para("Bins are full.")}},
		"---\n\nBins are full.\n":        {Blocks: []extract.Block{para("Bins are full.")}},
		"---\nBins are full.":            {Blocks: []extract.Block{para("Bins are full.")}},
		"Bins\n---\ntitle: it is text\n": {Title: "Bins", Blocks: []extract.Block{heading(2, "Bins"), para("title: it is text")}},
	} {
		got := mustRead(t, extract.MD, []byte(text))
		if diff := cmp.Diff(want.Blocks, got.Blocks); diff != "" || got.Title != want.Title || got.Author != want.Author {
			t.Errorf("%q: title %q, author %q\n%s", text, got.Title, got.Author, diff)
		}
	}
}

// TestOrdinaryPapersStopNobody: five papers as councils write them, in which nothing
// asks for a reason.
func TestOrdinaryPapersStopNobody(t *testing.T) {
	t.Parallel()
	for name, blocks := range map[string][]extract.Block{
		"equality impact assessment": {
			heading(1, "EQUALITY IMPACT ASSESSMENT"), heading(2, "PROTECTED CHARACTERISTICS"), para("PROTECTED GROUPS"),
			cells("Characteristic", "Effect", "Data class"), cells("Age", "Positive", "Restricted"), cells("Disability", "Neutral", "Confidential"),
			para("Responses were confidential and are not published."), para("Contact the equalities team on 01632 960001 or equalities@north.example."),
		},
		"rights of way report": {
			heading(1, "RESTRICTED BYWAY"), heading(2, "RESTRICTED BYWAYS IN THE PARISH"), para("Restricted byway 12 runs from TQ 123 456 to TQ 130 461, 1,204 metres."),
			para("PROTECTED SPECIES"), para("PROTECTED AND PRIORITY SPECIES"), para("PROTECTED LANDSCAPES"), para("Great crested newts were recorded on 04/05/2027. Planning reference 27/01234/FUL."),
			para("UPRN 010001234567, grid reference 512345 198765."),
		},
		"agenda with an exempt part": {
			heading(1, "Cabinet, Tuesday 4 May 2027 at 10.30 am"), item("1. Apologies"), item("2. Declarations of interest"),
			para("EXCLUSION OF PRESS AND PUBLIC. To resolve that under Section 100A(4) of the Local Government Act 1972 the public be excluded, since exempt information as defined in paragraph 3 of Part 1 of Schedule 12A is likely to be disclosed."),
			para("Members are reminded that the discussion of item 9 will be confidential."), para("CONFIDENTIAL REPORTING CODE"), para("CONFIDENTIAL AND EXEMPT BUSINESS"),
			para("Contact: Democratic Services, 01632 960123, democraticservices@north.example"),
		},
		"statement of accounts": {
			heading(1, "Statement of accounts 2026/27"), cells("", "Unrestricted", "Restricted", "Total"), cells("Reserves", "1234", "5678", "6912"),
			cells("2023", "2024", "2025", "2026"), cells("4111", "1111", "1111", "1111"), cells("Account", "2027 £000", "2026 £000"), cells("123456", "12,345,678", "11,222,333"),
			para("Invoice 0412345678 was paid on 01-02-2027."), para("The account closed with a balance of 12345678."),
		},
		"whistleblowing policy": {
			heading(1, "Whistleblowing policy"), heading(2, "Confidential reporting"), para("CONFIDENTIAL REPORTING"), para("Confidential advice is given by Protect, the charity."),
			para("Your name will be kept secret if you wish."), para("SECRET BALLOTS"), para("The policy replaces NW/12/34/56/A."),
			para("This document is not confidential and may be shared."),
		},
	} {
		for _, f := range extract.Find(blocks) {
			if f.Severity == extract.Stop || f.Severity == extract.Refuse || f.Code == extract.NINumber || f.Code == extract.CardNumber || f.Code == extract.BankAccount || f.Code == extract.NHSNumber {
				t.Errorf("%s: %+v", name, f)
			}
		}
	}
}

// TestExemptPapersAreStopped: the words that the Local Government Act 1972 has councils
// put on them.
func TestExemptPapersAreStopped(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"NOT FOR PUBLICATION by virtue of paragraph 3 of Part 1 of Schedule 12A of the Local Government Act 1972",
		"This report is not for publication by virtue of paragraphs 1 and 2 of Part 1 of Schedule 12A to the Local Government Act 1972.",
		"This appendix is exempt under paragraph 3 of Schedule 12A", "RESTRICTED COMMERCIAL", "PROTECT - STAFF", "CONFIDENTIAL MINUTES", "Strictly confidential", "CONFIDENTIAL AND PRIVILEGED",
	} {
		found := extract.Find([]extract.Block{para(line)})
		if len(found) != 1 || found[0].Code != extract.Marking {
			t.Errorf("%s: %+v", line, found)
		}
	}
}

package extract_test

import (
	"archive/zip"
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"moothall/extract"
	"moothall/extract/specimen"
)

func heading(level int, s string) extract.Block {
	return extract.Block{Kind: extract.Heading, Level: level, Text: s}
}
func para(s string) extract.Block                 { return extract.Block{Kind: extract.Paragraph, Text: s} }
func item(s string) extract.Block                 { return extract.Block{Kind: extract.Item, Text: s} }
func note(s string) extract.Block                 { return extract.Block{Kind: extract.Note, Text: s} }
func cells(s ...string) extract.Block             { return extract.Block{Kind: extract.Row, Cells: s} }
func onPage(n int, x extract.Block) extract.Block { x.Page = n; return x }

// strategy is a paper with one of everything that a text can have.
func strategy() specimen.Doc {
	return specimen.Doc{
		Title: "Digital inclusion strategy", Language: "en-GB",
		Blocks: []extract.Block{
			heading(1, "Digital inclusion strategy"),
			para("This strategy sets out how the council will help people to go online, what it will cost and how we will know that it works."),
			heading(2, "What we will do"),
			item("Lend tablets & keyboards"),
			item("Train forty library staff"),
			cells("Year", "Cost"),
			cells("2027", "£40,000"),
			note("Prices of 2026."),
			para("The next review is in May."),
		},
	}
}

func mustMake(t testing.TB, f extract.Format, d specimen.Doc) []byte {
	t.Helper()
	b, err := specimen.Make(f, d)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func mustRead(t testing.TB, f extract.Format, b []byte) extract.Reading {
	t.Helper()
	r, err := extract.Read(context.Background(), f, bytes.NewReader(b), int64(len(b)), extract.Usual)
	if err != nil {
		t.Fatalf("read %s: %v", f, err)
	}
	return r
}

func finding(r extract.Reading, code string) extract.Finding {
	i := slices.IndexFunc(r.Findings, func(f extract.Finding) bool { return f.Code == code })
	if i < 0 {
		return extract.Finding{}
	}
	return r.Findings[i]
}

func codes(findings []extract.Finding) string {
	var s []string
	for _, f := range findings {
		s = append(s, f.Code)
	}
	slices.Sort(s)
	return strings.Join(s, " ")
}

// entry is a part of a ZIP that a test writes by hand.
type entry struct{ name, body string }

func makeZIP(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.Create(e.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withParts copies a file and adds parts, or replaces those that it has.
func withParts(t testing.TB, file []byte, entries ...entry) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var all []entry
	for _, f := range z.File {
		if slices.ContainsFunc(entries, func(e entry) bool { return e.name == f.Name }) {
			continue
		}
		all = append(all, entry{f.Name, readPart(t, f)})
	}
	return makeZIP(t, append(all, entries...)...)
}

func readPart(t testing.TB, f *zip.File) string {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func partOf(t testing.TB, file []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if f.Name == name {
			return []byte(readPart(t, f))
		}
	}
	t.Fatalf("no part %s", name)
	return nil
}

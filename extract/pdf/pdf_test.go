package pdf_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"moothall/extract"
	"moothall/extract/pdf"
	"moothall/extract/specimen"
)

// reader is one for all tests: it takes seconds to make.
var reader = sync.OnceValues(func() (*pdf.Reader, error) { return pdf.Open(context.Background(), "", extract.Usual) })

func read(t testing.TB, data []byte, l extract.Limits) (extract.Reading, error) {
	t.Helper()
	r, err := reader()
	if err != nil {
		t.Fatal(err)
	}
	return r.Read(t.Context(), bytes.NewReader(data), int64(len(data)), l)
}

const plan = "The councils agreed one plan for water. It says who pays, who mends what breaks, and who answers when people ask. "

func strategy() specimen.Paper {
	return specimen.Paper{Title: "Strategaeth Dŵr", Author: "A. Person", Language: "cy", Created: "D:20270504101010Z", Tagged: true,
		Blocks: []extract.Block{
			{Kind: extract.Heading, Level: 1, Text: "Dŵr i bawb", Page: 1},
			{Kind: extract.Paragraph, Text: plan + plan, Page: 1},
			{Kind: extract.Paragraph, Text: "Ŵyr and ŷd – “all of it” cost €5.", Page: 1},
			{Kind: extract.Item, Text: "one pump", Page: 1},
			{Kind: extract.Item, Text: "two pipes", Page: 1},
			{Kind: extract.Heading, Level: 2, Text: "Costs", Page: 2},
			{Kind: extract.Paragraph, Text: "Nothing (yet).", Page: 2},
		}}
}

func TestDOC1_StructureAndMetadataOfAPDF(t *testing.T) {
	paper := strategy()
	got, err := read(t, paper.PDF(), extract.Usual)
	if err != nil {
		t.Fatal(err)
	}
	want := extract.Reading{Format: extract.PDF, Title: "Strategaeth Dŵr", Author: "A. Person", Language: "cy", Dated: "2027-05-04", Pages: 2,
		Summary: strings.TrimSpace(plan + plan)}
	for _, b := range paper.Blocks {
		b.Text = strings.TrimSpace(b.Text)
		want.Blocks = append(want.Blocks, b)
	}
	want.Findings = []extract.Finding{{Code: "personal-metadata", Severity: extract.Warn, Count: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDOC1_FindingsInAPDF(t *testing.T) {
	once := func(code string, s extract.Severity, where ...string) extract.Finding {
		return extract.Finding{Code: code, Severity: s, Count: 1, Where: where}
	}
	for name, c := range map[string]struct {
		change func(*specimen.Paper)
		want   extract.Finding
	}{
		"a comment":                  {func(p *specimen.Paper) { p.Annotation = "Ask legal" }, once("comments", extract.Warn, "page 1")},
		"a script":                   {func(p *specimen.Paper) { p.Script = "app.alert(1)" }, once("javascript", extract.Stop)},
		"a file inside":              {func(p *specimen.Paper) { p.Attached = "draft" }, once("embedded-objects", extract.Stop)},
		"a form filled in":           {func(p *specimen.Paper) { p.Field = "Jo" }, once("form-filled", extract.Warn, "page 1")},
		"no tags":                    {func(p *specimen.Paper) { p.Tagged = false }, once("no-tags", extract.Warn)},
		"no title":                   {func(p *specimen.Paper) { p.Title = "" }, once("no-title", extract.Warn)},
		"a file's name":              {func(p *specimen.Paper) { p.Title = "minutes_v2_FINAL.docx" }, once("no-title", extract.Warn)},
		"no language":                {func(p *specimen.Paper) { p.Language = "" }, once("no-language", extract.Warn)},
		"a language that is not one": {func(p *specimen.Paper) { p.Language = "none of them" }, once("no-language", extract.Warn)},
		"only pictures":              {func(p *specimen.Paper) { p.Scan = true }, once("image-only", extract.Warn)},
	} {
		t.Run(name, func(t *testing.T) {
			paper := strategy()
			paper.Author = ""
			c.change(&paper)
			got, err := read(t, paper.PDF(), extract.Usual)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]extract.Finding{c.want}, got.Findings); diff != "" {
				t.Error(diff)
			}
			if got.NoText != paper.Scan || got.NoText != (len(got.Blocks) == 0) {
				t.Errorf("NoText is %v with %d blocks", got.NoText, len(got.Blocks))
			}
		})
	}
}

func TestTitleAndLanguageFromXMP(t *testing.T) {
	got, err := read(t, specimen.Paper{XMP: `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
		<rdf:Description><dc:title><rdf:Alt><rdf:li xml:lang="x-default">Water plan</rdf:li></rdf:Alt></dc:title>
		<dc:creator><rdf:Seq><rdf:li>A. Person</rdf:li></rdf:Seq></dc:creator><dc:language><rdf:Bag><rdf:li>en-gb</rdf:li></rdf:Bag></dc:language>
		</rdf:Description></rdf:RDF></x:xmpmeta>`}.PDF(), extract.Usual)
	if err != nil {
		t.Fatal(err)
	}
	if got.Title != "Water plan" || got.Author != "A. Person" || got.Language != "en-GB" {
		t.Errorf("title %q, author %q, language %q", got.Title, got.Author, got.Language)
	}
}

func TestPDFsThatAreRefused(t *testing.T) {
	locked := strategy()
	locked.Password = "swordfish"
	half := strategy().PDF()
	for name, c := range map[string]struct {
		data []byte
		code string
	}{
		"a password":       {locked.PDF(), "password"},
		"nothing":          {nil, "empty"},
		"a web page":       {[]byte("<!doctype html><script>alert(1)</script>"), "broken"},
		"a head alone":     {[]byte("%PDF-1.7\n"), "broken"},
		"half of a file":   {half[:len(half)/2], "broken"},
		"no pages":         {(specimen.Paper{}).PDF()[:300], "broken"},
		"a circle of xref": {circle(), "broken"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(t, c.data, extract.Usual)
			var no *extract.Refusal
			if !errors.As(err, &no) || no.Code != c.code {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// circle is a file whose tables of references lead to each other, with nothing in them.
func circle() []byte {
	const a = "%PDF-1.4\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Prev 9 /Root 1 0 R >>\n"
	return []byte(a + "startxref\n9\n%%EOF\n")
}

func TestS110_PDFsThatCostALot(t *testing.T) {
	small := extract.Limits{Time: time.Minute, Memory: 256 << 20, Pages: 5, Text: 10_000}
	whole := strategy().PDF()
	for name, c := range map[string]struct {
		data  []byte
		short bool
	}{
		"more pages than allowed":        {manyPages(50), true},
		"more text than allowed":         {specimen.Paper{Blocks: []extract.Block{{Kind: extract.Paragraph, Text: strings.Repeat(plan, 1000)}}}.PDF(), true},
		"200 KB of text on one page":     {bigText(200 << 10), true},
		"references that lead nowhere":   {whole[:bytes.LastIndex(whole, []byte("startxref"))], false},
		"200 000 objects":                {objects(200_000), false},
		"brackets inside brackets":       {deepArrays(1_000_000), false},
		"a count of pages that is a lie": {bytes.Replace(whole, []byte("/Count 2"), []byte("/Count 2000000000"), 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(t, c.data, small)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, b := range got.Blocks {
				n += len(b.Text)
			}
			if got.Short != c.short || n > small.Text || n == 0 {
				t.Errorf("short %v with %d bytes of text, of %d pages", got.Short, n, got.Pages)
			}
		})
	}
}

// What PDFium gives up on ends soon, and is not taken for a picture.
func TestS110_PDFsThatCannotBeRead(t *testing.T) {
	for name, data := range map[string][]byte{
		"200 MB of text in 1 MB":           bigText(200 << 20),
		"2 MB of text on one page":         bigText(2 << 20),
		"pages inside pages, 100 000 deep": deepPages(100_000),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(t, data, extract.Limits{Time: time.Minute, Memory: 256 << 20, Pages: 5, Text: 10_000})
			var no *extract.Refusal
			if err == nil || errors.As(err, &no) {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestS110_ReadingEndsWithItsContext(t *testing.T) {
	r, err := reader()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	data := manyPages(50)
	at := &cancelAt{Reader: bytes.NewReader(data), cancel: cancel}
	if _, err := r.Read(ctx, at, int64(len(data)), extract.Usual); err == nil {
		t.Error("went on")
	}
}

// cancelAt ends a context at the first byte that is read.
type cancelAt struct {
	*bytes.Reader
	cancel func()
}

func (c *cancelAt) ReadAt(p []byte, at int64) (int, error) {
	c.cancel()
	return c.Reader.ReadAt(p, at)
}

func manyPages(n int) []byte {
	var p specimen.Paper
	for i := range n {
		p.Blocks = append(p.Blocks, extract.Block{Kind: extract.Paragraph, Page: i + 1, Text: plan})
	}
	return p.PDF()
}

// plain is a PDF without a table of references, which readers must put together
// themselves: what the objects from 4 on are is up to the test.
func plain(more string) []byte {
	return []byte("%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n" +
		"2 0 obj\n<< /Type /Pages /Count 1 /Kids [ 3 0 R ] >>\nendobj\n" +
		"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 595 842 ] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>\nendobj\n" +
		more + "trailer\n<< /Root 1 0 R >>\n%%EOF\n")
}

const words = "4 0 obj\n<< /Length 44 >>\nstream\nBT /F1 12 Tf 72 700 Td (Words of a page) Tj ET  \nendstream\nendobj\n"

func objects(n int) []byte {
	var b strings.Builder
	b.WriteString(words)
	for i := range n {
		fmt.Fprintf(&b, "%d 0 obj\n[ %d 0 R ]\nendobj\n", i+5, i+6)
	}
	return plain(b.String())
}

func deepArrays(n int) []byte {
	return plain(words + "5 0 obj\n" + strings.Repeat("[", n) + strings.Repeat("]", n) + "\nendobj\n")
}

func deepPages(n int) []byte {
	var b strings.Builder
	b.WriteString("%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n")
	for i := range n {
		fmt.Fprintf(&b, "%d 0 obj\n<< /Type /Pages /Count 1 /Kids [ %d 0 R ] >>\nendobj\n", i+2, i+3)
	}
	b.WriteString("trailer\n<< /Root 1 0 R >>\n%%EOF\n")
	return []byte(b.String())
}

// bigText says the same line again and again, each time in a new place.
func bigText(n int) []byte {
	line := "0.5 -0.5 Td (" + plan + ") Tj\n"
	return specimen.Paper{Raw: "BT /F1 1 Tf 10 800 Td\n" + strings.Repeat(line, n/len(plan)) + "ET"}.PDF()
}

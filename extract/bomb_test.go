package extract_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"errors"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"testing"

	"moothall/extract"
	"moothall/extract/specimen"
)

// repeat is a reader of n copies of s, so that a test can pack more than it holds.
type repeat struct {
	s     string
	at, n int
}

func (r *repeat) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	k := copy(p, r.s[r.at:])
	if r.at += k; r.at == len(r.s) {
		r.at = 0
		r.n--
	}
	return k, nil
}

// bomb makes an office file whose part name is head, then n copies of body, and
// says that it unpacks to as many bytes as it wants to.
func bomb(t testing.TB, file []byte, name, head, body string, n int, said uint64) []byte {
	t.Helper()
	var packed bytes.Buffer
	fw, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	sum := crc32.NewIEEE()
	if _, err := io.Copy(io.MultiWriter(fw, sum), io.MultiReader(strings.NewReader(head), &repeat{s: body, n: n})); err != nil {
		t.Fatal(err)
	}
	if err := fw.Close(); err != nil {
		t.Fatal(err)
	}
	from, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range from.File {
		if f.Name != name {
			if err := z.Copy(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: sum.Sum32(), CompressedSize64: uint64(packed.Len()), UncompressedSize64: said})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(packed.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	wordOpen  = `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`
	sheetOpen = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	odfOpen   = `<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet><table:table table:name="A">`
)

// TestS111_BombsStopAtTheLimits packs 64 MB into less than a megabyte, in each way
// that a reader could fall for. The limits do not depend on how much it is.
func TestS111_BombsStopAtTheLimits(t *testing.T) {
	const unpacked = 64 << 20
	docx := mustMake(t, extract.DOCX, strategy())
	xlsx := mustMake(t, extract.XLSX, costs())
	ods := mustMake(t, extract.ODS, costs())
	for _, c := range []struct {
		name   string
		format extract.Format
		file   []byte
		code   string // of the refusal; empty when the reading is only short
	}{
		{"paragraphs", extract.DOCX, bomb(t, docx, "word/document.xml", wordOpen, "<w:p/>", unpacked/6, unpacked), "bomb"},
		{"one long text", extract.DOCX, bomb(t, docx, "word/document.xml", wordOpen+"<w:p><w:r><w:t>", "aaaaaaaaaaaaaaaa", unpacked/16, unpacked), "bomb"},
		{"one long attribute", extract.DOCX, bomb(t, docx, "word/document.xml", wordOpen+`<w:p a="`, "aaaaaaaaaaaaaaaa", unpacked/16, unpacked), "bomb"},
		{"one long comment", extract.DOCX, bomb(t, docx, "word/document.xml", wordOpen+`<!--`, "aaaaaaaaaaaaaaaa", unpacked/16, unpacked), "bomb"},
		{"a size that is a lie", extract.DOCX, bomb(t, docx, "word/document.xml", wordOpen, "<w:p/>", unpacked/6, 100), "broken"},
		{"depth", extract.DOCX, bomb(t, docx, "word/document.xml", wordOpen, "<w:p>", 1<<10, 5<<10), "broken"},
		{"styles", extract.DOCX, bomb(t, docx, "word/styles.xml", `<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">`, `<w:style w:styleId="a"/>`, unpacked/24, unpacked), "bomb"},
		{"far cells", extract.XLSX, withParts(t, xlsx, entry{"xl/worksheets/sheet1.xml", sheetOpen + strings.Repeat(`<row><c r="XFD1" t="str"><v>1</v></c></row>`, 4<<10) + `</sheetData></worksheet>`}), ""},
		{"rows that repeat", extract.ODS, withParts(t, ods, entry{"content.xml", odfOpen + strings.Repeat(`<table:table-row table:number-rows-repeated="1000000000"><table:table-cell table:number-columns-repeated="1000000000"><text:p>x</text:p></table:table-cell></table:table-row>`, 1<<10) +
			`</table:table></office:spreadsheet></office:body></office:document-content>`}), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if len(c.file) > 1<<20 {
				t.Fatalf("the bomb has %d bytes", len(c.file))
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			r, err := extract.Read(context.Background(), c.format, bytes.NewReader(c.file), int64(len(c.file)), extract.Usual)
			runtime.ReadMemStats(&after)
			if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 300<<20 {
				t.Errorf("the heap grew by %d MB", grown>>20)
			}
			if c.code != "" {
				wantRefusal(t, err, c.code)
				if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > 64<<20 {
					t.Errorf("the heap grew by %d MB", grown>>20)
				}
				return
			}
			if err != nil || !r.Short {
				t.Errorf("short %v, %v", r.Short, err)
			}
		})
	}
}

func TestS111_EntitiesAreNotExpanded(t *testing.T) {
	t.Parallel()
	const laughs = `<!DOCTYPE a [<!ENTITY l "ha"><!ENTITY m "&l;&l;&l;&l;">]>`
	file := withParts(t, mustMake(t, extract.DOCX, strategy()), entry{"word/document.xml", laughs + wordOpen + `<w:p><w:r><w:t>&m;</w:t></w:r></w:p></w:body></w:document>`})
	_, err := extract.Read(context.Background(), extract.DOCX, bytes.NewReader(file), int64(len(file)), extract.Usual)
	wantRefusal(t, err, "broken")
}

// TestS110_TextIsCutAtItsLimit holds a text that is long and honest.
func TestS110_TextIsCutAtItsLimit(t *testing.T) {
	t.Parallel()
	d := strategy()
	for range 200 {
		d.Blocks = append(d.Blocks, para(strings.Repeat("words and ", 100)))
	}
	l := extract.Limits{Text: 50_000}
	for _, f := range []extract.Format{extract.DOCX, extract.ODT, extract.PPTX, extract.XLSX, extract.TXT, extract.MD} {
		b := mustMake(t, f, d)
		r, err := extract.Read(context.Background(), f, bytes.NewReader(b), int64(len(b)), l)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		size := 0
		for _, x := range r.Blocks {
			size += len(x.Text) + len(strings.Join(x.Cells, ""))
		}
		if !r.Short || size > l.Text || size < l.Text/2 {
			t.Errorf("%s: %d bytes, short %v", f, size, r.Short)
		}
	}
}

func TestReadStopsWhenTimeIsOver(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, f := range []extract.Format{extract.DOCX, extract.ODS, extract.PPTX, extract.XLSX, extract.CSV, extract.TXT} {
		b := mustMake(t, f, strategy())
		if _, err := extract.Read(ctx, f, bytes.NewReader(b), int64(len(b)), extract.Usual); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestCSVRowsThatNeverEndAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		code string
	}{
		{`a,"` + strings.Repeat("b,c\n", 2<<20), "bomb"},
		{`"a" b` + strings.Repeat("b,c\n", 2<<20), "bomb"},
		{strings.Repeat("a,", 4<<20), "bomb"},
		{"pipe,5\" wide\n" + strings.Repeat("b,c\n", 2<<20), ""},
	} {
		_, err := extract.Read(context.Background(), extract.CSV, strings.NewReader(c.text), int64(len(c.text)), extract.Usual)
		if c.code == "" {
			if err != nil {
				t.Errorf("%.10q: %v", c.text, err)
			}
			continue
		}
		wantRefusal(t, err, c.code)
	}
}

func TestPeopleAreFoundInSheetsNobodySees(t *testing.T) {
	t.Parallel()
	d := specimen.Doc{Title: "Residents of wards", HiddenSheets: []string{"Data"}, Blocks: []extract.Block{{Kind: extract.Row, Part: "Front", Cells: []string{"See the chart"}}}}
	d.Blocks = append(d.Blocks, extract.Block{Kind: extract.Row, Part: "Data", Cells: []string{"Surname", "Date of birth"}})
	for range 501 {
		d.Blocks = append(d.Blocks, extract.Block{Kind: extract.Row, Part: "Data", Cells: []string{"Davies", "1970-01-01"}})
	}
	for _, f := range []extract.Format{extract.XLSX, extract.ODS} {
		r := mustRead(t, f, mustMake(t, f, d))
		if x := finding(r, extract.PersonalList); x.Severity != extract.Stop || x.Where[0] != "sheet Data, 501 rows" {
			t.Errorf("%s: %+v", f, x)
		}
		if len(r.Blocks) != 1 {
			t.Errorf("%s: %d blocks are shown", f, len(r.Blocks))
		}
	}
}

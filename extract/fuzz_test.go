package extract_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"slices"
	"testing"
	"unicode/utf8"

	"moothall/extract"
)

var readable = []extract.Format{
	extract.DOCX, extract.ODT, extract.XLSX, extract.ODS, extract.PPTX, extract.ODP, extract.CSV, extract.TXT, extract.MD,
}

// FuzzSniff holds that no file makes Sniff panic, and that it says either a
// format that exists or why not.
func FuzzSniff(f *testing.F) {
	for _, format := range readable {
		f.Add("a."+string(format), mustMake(f, format, strategy()))
	}
	f.Add("a.pdf", []byte("%PDF-1.7\n"))
	f.Add("a.doc", ole("WordDocument"))
	f.Add("a.txt", []byte("\xff\xfea\x00"))
	f.Fuzz(func(t *testing.T, name string, file []byte) {
		got, err := sniff(name, file)
		if err == nil && !got.Valid() {
			t.Errorf("sniffed %q", got)
		}
		if err != nil && !isRefusal(err) {
			t.Errorf("%v is no refusal", err)
		}
	})
}

// small limits keep a fuzzer quick.
var small = extract.Limits{Text: 1 << 20, Entries: 200, Pages: 50}

func isRefusal(err error) bool {
	_, ok := errors.AsType[*extract.Refusal](err)
	return ok
}

// checkReading holds what every reading promises, whatever the file was.
func checkReading(t *testing.T, f extract.Format, file []byte) {
	t.Helper()
	r, err := extract.Read(context.Background(), f, bytes.NewReader(file), int64(len(file)), small)
	if err != nil {
		if !isRefusal(err) {
			t.Errorf("%s: %v is no refusal", f, err)
		}
		return
	}
	size := 0
	for _, x := range r.Blocks {
		for _, s := range append(slices.Clone(x.Cells), x.Text, x.Part) {
			if size += len(s); !utf8.ValidString(s) {
				t.Errorf("%s: %q is not UTF-8", f, s)
			}
		}
		if x.Kind == extract.Heading && (x.Level < 1 || x.Level > 6) {
			t.Errorf("%s: level %d", f, x.Level)
		}
	}
	if size > 2*small.Text || utf8.RuneCountInString(r.Summary) > 600 {
		t.Errorf("%s: %d bytes of text, %d of summary", f, size, len(r.Summary))
	}
	for _, x := range r.Findings {
		if x.Code == "" || x.Severity == "" || x.Count < 1 {
			t.Errorf("%s: finding %+v", f, x)
		}
	}
}

// fuzzArchive fuzzes one family: whole files, and then the part that says most.
func fuzzArchive(f *testing.F, part string, formats map[extract.Format][]byte) {
	for _, format := range slices.Sorted(maps.Keys(formats)) {
		f.Add(string(format), true, formats[format])
		f.Add(string(format), false, partOf(f, formats[format], part))
	}
	f.Fuzz(func(t *testing.T, format string, whole bool, b []byte) {
		file, ok := formats[extract.Format(format)]
		if !ok {
			return
		}
		if whole {
			checkReading(t, extract.Format(format), b)
			return
		}
		file = withParts(t, file, entry{part, string(b)})
		checkReading(t, extract.Format(format), file)
		if err := extract.CleanCopy(extract.Format(format), bytes.NewReader(file), int64(len(file)), io.Discard); err != nil && !isRefusal(err) {
			t.Errorf("clean: %v", err)
		}
	})
}

func FuzzReadDOCX(f *testing.F) {
	fuzzArchive(f, "word/document.xml", map[extract.Format][]byte{extract.DOCX: mustMake(f, extract.DOCX, fullStrategy())})
}

func FuzzReadXLSX(f *testing.F) {
	fuzzArchive(f, "xl/worksheets/sheet1.xml", map[extract.Format][]byte{extract.XLSX: mustMake(f, extract.XLSX, costs())})
}

func FuzzReadPPTX(f *testing.F) {
	fuzzArchive(f, "ppt/slides/slide1.xml", map[extract.Format][]byte{extract.PPTX: mustMake(f, extract.PPTX, waste())})
}

func FuzzReadODF(f *testing.F) {
	fuzzArchive(f, "content.xml", map[extract.Format][]byte{
		extract.ODT: mustMake(f, extract.ODT, fullStrategy()), extract.ODS: mustMake(f, extract.ODS, costs()), extract.ODP: mustMake(f, extract.ODP, waste()),
	})
}

func FuzzReadText(f *testing.F) {
	for _, format := range []extract.Format{extract.CSV, extract.TXT, extract.MD} {
		f.Add(string(format), mustMake(f, format, strategy()))
	}
	f.Fuzz(func(t *testing.T, format string, b []byte) {
		switch x := extract.Format(format); x {
		case extract.CSV, extract.TXT, extract.MD:
			checkReading(t, x, b)
		}
	})
}

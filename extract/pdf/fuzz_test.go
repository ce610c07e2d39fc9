package pdf_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"moothall/extract"
	"moothall/extract/pdf"
	"moothall/extract/specimen"
)

// What is read is within its limits, whatever the file; PDFium may give up on it,
// and answers for the next one all the same.
func FuzzS110_Read(f *testing.F) {
	r := fuzzed(f) // before the clock of the first file runs
	all := strategy()
	all.Annotation, all.Script, all.Attached, all.Field = "a", "b", "c", "d"
	locked := strategy()
	locked.Password = "x"
	for _, p := range []specimen.Paper{all, locked, {Scan: true}} {
		f.Add(p.PDF())
	}
	f.Add(plain(words))
	f.Add(deepPages(10))
	f.Add(circle())
	limits := extract.Limits{Time: 5 * time.Second, Memory: 96 << 20, Pages: 5, Text: 10_000}
	f.Fuzz(func(t *testing.T, data []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), limits.Time)
		defer cancel()
		got, err := r.Read(ctx, bytes.NewReader(data), int64(len(data)), limits)
		if err != nil {
			return
		}
		n, last := 0, 0
		for _, b := range got.Blocks {
			n += len(b.Text)
			if b.Text == "" || b.Page < last || b.Page > limits.Pages || b.Level < 0 || b.Level > 6 {
				t.Errorf("block %+v after page %d", b, last)
			}
			last = b.Page
		}
		if n > limits.Text || got.Pages < 1 {
			t.Errorf("%d bytes of text on %d pages", n, got.Pages)
		}
	})
}

// fuzzed is a reader whose code is kept beside Go's own: watched for coverage, the
// making takes a minute, and each process of the fuzzing would do it again.
func fuzzed(f *testing.F) *pdf.Reader {
	cache, err := os.UserCacheDir()
	if err != nil {
		f.Skip("no place to keep code: ", err)
	}
	r, err := pdf.Open(context.Background(), filepath.Join(cache, "moothall-fuzz"), extract.Usual)
	if err != nil {
		f.Fatal(err)
	}
	return r
}

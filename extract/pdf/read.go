package pdf

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"

	"github.com/klippa-app/go-pdfium"
	pdferrors "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"moothall/extract"
)

// errSealed is for protection by other means than a password.
var errSealed = &extract.Refusal{Code: "password", Words: "The selected file is protected in a way that we cannot open. Save a copy without protection and share that."}

// Read reads one file. A *extract.Refusal says that it cannot be shared; any other
// error that its text could not be read. A file that ends the time, the memory or
// the pages it is allowed gives what was read until then, and Short.
func (r *Reader) Read(ctx context.Context, file io.ReaderAt, size int64, limits extract.Limits) (extract.Reading, error) {
	if size == 0 {
		return extract.Reading{}, extract.ErrEmpty
	}
	in, err := r.pool.GetInstanceWithContext(ctx)
	if err != nil {
		return extract.Reading{}, fmt.Errorf("start PDFium: %w", err)
	}
	// Not Close: after a file that ended badly there is nothing to be closed. The
	// error says that it is gone, which is what is wanted.
	kill := sync.OnceFunc(func() { _ = in.Kill() })
	defer kill()
	defer context.AfterFunc(ctx, kill)()
	d := &document{in: in, limits: limits, found: &findings{}}
	opened, err := in.OpenDocument(&requests.OpenDocument{FileReader: io.NewSectionReader(file, 0, size), FileReaderSize: size})
	switch {
	case errors.Is(err, pdferrors.ErrPassword):
		return extract.Reading{}, extract.ErrPassword
	case errors.Is(err, pdferrors.ErrSecurity):
		return extract.Reading{}, errSealed
	case errors.Is(err, pdferrors.ErrFormat), errors.Is(err, pdferrors.ErrFile), errors.Is(err, pdferrors.ErrUnknown):
		return extract.Reading{}, extract.ErrBroken
	case err != nil:
		return extract.Reading{}, fmt.Errorf("open PDF: %w", err)
	}
	d.ref = opened.Document
	return d.read(ctx, file, size)
}

// document is one file while it is read.
type document struct {
	in     pdfium.Pdfium
	ref    references.FPDF_DOCUMENT
	limits extract.Limits
	found  *findings
	lines  []line
	text   int // bytes in lines
	form   bool
	short  bool
}

func (d *document) read(ctx context.Context, file io.ReaderAt, size int64) (extract.Reading, error) {
	count, err := d.in.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.ref})
	if err != nil {
		return extract.Reading{}, fmt.Errorf("count pages: %w", err)
	}
	if count.PageCount <= 0 {
		return extract.Reading{}, extract.ErrBroken
	}
	r := extract.Reading{Format: extract.PDF, Pages: count.PageCount}
	about, err := d.about(file, size)
	if err != nil {
		return extract.Reading{}, err
	}
	if err := d.pages(ctx, count.PageCount); err != nil {
		return extract.Reading{}, err
	}
	r.Blocks, r.Short = blocks(d.lines), d.short
	r.NoText = len(r.Blocks) == 0 && !d.short
	if r.NoText {
		d.found.add(extract.ImageOnly, extract.Warn, "")
	}
	about.fill(&r)
	r.Findings = append(d.found.list, extract.Find(r.Blocks)...)
	extract.SortFindings(r.Findings)
	return r, nil
}

// pages reads page after page until a limit is reached. It fails only where
// nothing at all could be read.
func (d *document) pages(ctx context.Context, count int) error {
	d.short = count > d.limits.Pages
	var failed error
	for i := range min(count, d.limits.Pages) {
		err := errors.Join(d.page(i), ctx.Err())
		if err != nil {
			failed, d.short = fmt.Errorf("page %d: %w", i+1, err), true
			if ctx.Err() != nil || !d.alive() {
				break
			} // else this page is broken, and the next may not be
		}
		if d.text >= d.limits.Text {
			d.short = true
			break
		}
	}
	if len(d.lines) == 0 {
		return failed
	}
	return nil
}

// alive says whether PDFium still answers: after it has run out of memory it does not.
func (d *document) alive() bool {
	_, err := d.in.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: d.ref})
	return err == nil
}

func (d *document) page(index int) error {
	loaded, err := d.in.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: d.ref, Index: index})
	if err != nil {
		return err
	}
	page := requests.Page{ByReference: &loaded.Page}
	err = errors.Join(d.pageText(page, index+1), d.pageNotes(page, index+1))
	_, closed := d.in.FPDF_ClosePage(&requests.FPDF_ClosePage{Page: loaded.Page})
	return errors.Join(err, closed)
}

func (d *document) pageText(page requests.Page, number int) error {
	loaded, err := d.in.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: page})
	if err != nil {
		return err
	}
	text := loaded.TextPage
	err = d.textLines(text, number)
	_, closed := d.in.FPDFText_ClosePage(&requests.FPDFText_ClosePage{TextPage: text})
	return errors.Join(err, closed)
}

// textLines takes the lines of a page. PDFium puts \r\n where the writing goes on
// in another place.
func (d *document) textLines(text references.FPDF_TEXTPAGE, number int) error {
	count, err := d.in.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text})
	if err != nil || count.Count <= 0 {
		return err
	}
	got, err := d.in.FPDFText_GetText(&requests.FPDFText_GetText{TextPage: text, Count: min(count.Count, d.limits.Text)})
	if err != nil {
		return err
	}
	at := 0 // in units of UTF-16, by which PDFium counts
	for s := range strings.SplitSeq(got.Text, "\r\n") {
		l := line{page: number, text: tidy(s)}
		if room := max(0, d.limits.Text-d.text); len(l.text) > room {
			l.text = strings.ToValidUTF8(l.text[:room], "")
		}
		if l.text != "" {
			l.look = d.lookAt(text, at+units(s[:len(s)-len(strings.TrimLeft(s, " \t"))]))
			d.lines = append(d.lines, l)
			d.text += len(l.text) + lineCost
		}
		at += units(s) + 2
	}
	return nil
}

// lineCost is what a line takes beside its letters, so that a million short ones count.
const lineCost = 32

func units(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// lookAt says how the letter at this place of a text is printed: as far as can be
// known, for it only decides what becomes a heading.
func (d *document) lookAt(text references.FPDF_TEXTPAGE, at int) (l look) {
	char, err := d.in.FPDFText_GetCharIndexFromTextIndex(&requests.FPDFText_GetCharIndexFromTextIndex{TextPage: text, NTextIndex: at})
	if err != nil || char.CharIndex < 0 {
		return l
	}
	i := char.CharIndex
	if p, err := d.in.FPDFText_GetCharOrigin(&requests.FPDFText_GetCharOrigin{TextPage: text, Index: i}); err == nil {
		l.y = p.Y
	}
	if s, err := d.in.FPDFText_GetFontSize(&requests.FPDFText_GetFontSize{TextPage: text, Index: i}); err == nil {
		l.size = s.FontSize
	}
	if m, err := d.in.FPDFText_GetMatrix(&requests.FPDFText_GetMatrix{TextPage: text, Index: i}); err == nil {
		l.size *= math.Hypot(float64(m.Matrix.C), float64(m.Matrix.D))
	}
	l.size = math.Round(l.size*2) / 2
	if f, err := d.in.FPDFText_GetFontInfo(&requests.FPDFText_GetFontInfo{TextPage: text, Index: i}); err == nil {
		l.bold = isBold(f.FontName)
	}
	return l
}

func isBold(font string) bool {
	font = strings.ToLower(font)
	return strings.Contains(font, "bold") || strings.Contains(font, "black") || strings.Contains(font, "heavy")
}

package pdf

import (
	"fmt"
	"slices"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/requests"

	"moothall/extract"
)

// findings collects what was found, one entry for each code.
type findings struct{ list []extract.Finding }

const maxWhere = 20 // places in a finding

func (f *findings) add(code string, s extract.Severity, where string) {
	i := slices.IndexFunc(f.list, func(x extract.Finding) bool { return x.Code == code })
	if i < 0 {
		f.list = append(f.list, extract.Finding{Code: code, Severity: s})
		i = len(f.list) - 1
	}
	x := &f.list[i]
	x.Count++
	if where != "" && len(x.Where) < maxWhere && !slices.Contains(x.Where, where) {
		x.Where = append(x.Where, where)
	}
}

// embedded finds what a PDF carries beside its pages: files, and programs that a
// reader may run.
func (d *document) embedded(scriptNamed bool) {
	if n, err := d.in.FPDFDoc_GetAttachmentCount(&requests.FPDFDoc_GetAttachmentCount{Document: d.ref}); err == nil {
		for range min(n.AttachmentCount, maxCount) {
			d.found.add(extract.EmbeddedObjects, extract.Stop, "")
		}
	}
	scripts := 0
	if n, err := d.in.FPDFDoc_GetJavaScriptActionCount(&requests.FPDFDoc_GetJavaScriptActionCount{Document: d.ref}); err == nil {
		scripts = n.JavaScriptActionCount
	}
	if scriptNamed {
		scripts = max(scripts, 1)
	}
	for range min(scripts, maxCount) {
		d.found.add(extract.JavaScript, extract.Stop, "")
	}
	if f, err := d.in.FPDF_GetFormType(&requests.FPDF_GetFormType{Document: d.ref}); err == nil {
		d.form = f.FormType != enums.FPDF_FORMTYPE_NONE
	}
}

const (
	maxCount = 1000 // of one kind of thing: beyond, the number says nothing more
	maxNotes = 5000 // looked at on a page
)

// pageNotes finds comments and filled-in fields on a page.
func (d *document) pageNotes(page requests.Page, number int) error {
	count, err := d.in.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: page})
	if err != nil {
		return err
	}
	where := fmt.Sprintf("page %d", number)
	for i := range min(count.Count, maxNotes) {
		a, err := d.in.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: page, Index: i})
		if err != nil {
			continue // one that is not there
		}
		kind, err := d.in.FPDFAnnot_GetSubtype(&requests.FPDFAnnot_GetSubtype{Annotation: a.Annotation})
		switch {
		case err != nil:
		case isComment(kind.Subtype):
			d.found.add(extract.Comments, extract.Warn, where)
		case kind.Subtype == enums.FPDF_ANNOT_SUBTYPE_FILEATTACHMENT:
			d.found.add(extract.EmbeddedObjects, extract.Stop, where)
		case kind.Subtype == enums.FPDF_ANNOT_SUBTYPE_WIDGET && d.form:
			v, err := d.in.FPDFAnnot_GetStringValue(&requests.FPDFAnnot_GetStringValue{Annotation: a.Annotation, Key: "V"})
			if err == nil && tidy(v.Value) != "" {
				d.found.add(extract.FormFilled, extract.Warn, where)
			}
		}
		if _, err := d.in.FPDFPage_CloseAnnot(&requests.FPDFPage_CloseAnnot{Annotation: a.Annotation}); err != nil {
			return err
		}
	}
	return nil
}

// isComment says whether people leave annotations of this kind for each other.
func isComment(k enums.FPDF_ANNOTATION_SUBTYPE) bool {
	switch k {
	case enums.FPDF_ANNOT_SUBTYPE_TEXT, enums.FPDF_ANNOT_SUBTYPE_FREETEXT, enums.FPDF_ANNOT_SUBTYPE_HIGHLIGHT,
		enums.FPDF_ANNOT_SUBTYPE_UNDERLINE, enums.FPDF_ANNOT_SUBTYPE_SQUIGGLY, enums.FPDF_ANNOT_SUBTYPE_STRIKEOUT,
		enums.FPDF_ANNOT_SUBTYPE_STAMP, enums.FPDF_ANNOT_SUBTYPE_CARET, enums.FPDF_ANNOT_SUBTYPE_INK, enums.FPDF_ANNOT_SUBTYPE_SOUND:
		return true
	}
	return false
}

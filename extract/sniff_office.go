package extract

import (
	"bytes"
	"context"
	"io"
	"path"
	"strings"
)

// sniffedPart is the longest list of parts that is read to tell what a file is.
const sniffedPart = 4 << 20

// sniffZIP says which office format a ZIP is, by its list of parts.
func sniffZIP(head []byte, r io.ReaderAt, size int64) (Format, error) {
	if bytes.Contains(head, []byte("%PDF-")) {
		return "", ErrTwoKinds
	}
	a, err := openArchive(r, size, Usual)
	if err != nil {
		return "", err
	}
	a.most = sniffedPart
	switch {
	case a.has("[Content_Types].xml"):
		return a.sniffOOXML(context.Background())
	case a.has("mimetype"):
		return a.sniffODF(context.Background())
	}
	return "", ErrArchive
}

var mainTypes = map[string]Format{
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml":   DOCX,
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml":         XLSX,
	"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": PPTX,
	"application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml":    "",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml":   "",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml":      "",
	"application/vnd.openxmlformats-officedocument.presentationml.template.main+xml":     "",
}

func (a *archive) sniffOOXML(ctx context.Context) (Format, error) {
	types, err := a.contentTypes(ctx)
	if err != nil {
		return "", brokenUnless(err)
	}
	if a.hasMacros(types) {
		return "", ErrMacros
	}
	main, err := a.mainPart(ctx)
	if err != nil {
		return "", err
	}
	kind, ok := types["/"+strings.ToLower(main)]
	if !ok {
		kind = types[strings.ToLower(path.Ext(main))]
	}
	f, known := mainTypes[kind]
	switch {
	case !known:
		return "", ErrUnknown
	case f == "":
		return "", ErrTemplate
	}
	return f, nil
}

// hasMacros finds programs in an OOXML package, by type and by name: a type can be left out.
func (a *archive) hasMacros(types map[string]string) bool {
	for _, t := range types {
		if strings.Contains(t, "macroenabled") || strings.Contains(t, "vbaproject") || strings.Contains(t, "macrosheet") {
			return true
		}
	}
	for name := range a.byName {
		if strings.HasPrefix(path.Base(name), "vbaproject") || strings.Contains(name, "/macrosheets/") {
			return true
		}
	}
	return false
}

var odfTypes = map[string]Format{
	"application/vnd.oasis.opendocument.text":         ODT,
	"application/vnd.oasis.opendocument.spreadsheet":  ODS,
	"application/vnd.oasis.opendocument.presentation": ODP,
}

func (a *archive) sniffODF(ctx context.Context) (Format, error) {
	part, err := a.open("mimetype")
	if err != nil {
		return "", ErrBroken
	}
	defer part.Close()
	kind, err := io.ReadAll(io.LimitReader(part, 200))
	if err != nil {
		return "", brokenUnless(err)
	}
	kind = bytes.TrimSpace(kind)
	f, ok := odfTypes[string(kind)]
	switch {
	case bytes.HasSuffix(kind, []byte("-template")):
		return "", ErrTemplate
	case !ok:
		return "", ErrUnknown
	case a.has("encrypted-package"):
		return "", ErrPassword
	case a.hasScripts():
		return "", ErrMacros
	}
	if err := a.checkManifest(ctx); err != nil {
		return "", err
	}
	if !a.has("content.xml") {
		return "", ErrBroken
	}
	return f, nil
}

// checkManifest finds parts that are encrypted (ODF 1.3 part 2, 4.4).
func (a *archive) checkManifest(ctx context.Context) error {
	encrypted := false
	err := a.walk(ctx, "META-INF/manifest.xml", handlers{onStart: func(e element) {
		encrypted = encrypted || e.name == "manifest:encryption-data"
	}})
	if err != nil {
		return brokenUnless(err)
	}
	if encrypted {
		return ErrPassword
	}
	return nil
}

// hasScripts finds programs in an ODF package. LibreOffice also writes lists of
// libraries that have no module; these are none.
func (a *archive) hasScripts() bool {
	for _, dir := range []string{"Basic/", "Dialogs/"} {
		for _, f := range a.under(dir) {
			switch path.Base(f.Name) {
			case "script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml":
			default:
				return true
			}
		}
	}
	return len(a.under("Scripts/")) > 0
}

const oleMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// oleKinds are names of streams in an OLE container, in the order in which they
// decide ([MS-CFB], [MS-OFFCRYPTO] 2.3).
var oleKinds = []struct {
	stream string
	err    *Refusal
}{
	{"EncryptedPackage", ErrPassword},
	{"EncryptionInfo", ErrPassword},
	{"WordDocument", saveAs("legacy", "an old Word document (DOC)", "DOCX")},
	{"Workbook", saveAs("legacy", "an old Excel spreadsheet (XLS)", "XLSX")},
	{"Book", saveAs("legacy", "an old Excel spreadsheet (XLS)", "XLSX")},
	{"PowerPoint Document", saveAs("legacy", "an old PowerPoint presentation (PPT)", "PPTX")},
	{"VisioDocument", saveAs("legacy", "a Visio drawing", "PDF")},
	{"__properties_version1.0", saveAs("legacy", "an email", "PDF")},
}

func sniffOLE(r io.ReaderAt, size int64) error {
	found := make([]bool, len(oleKinds))
	const chunk, overlap = 64 << 10, 128
	for at := int64(0); at < size; at += chunk {
		b := readAt(r, at, chunk+overlap)
		for i, k := range oleKinds {
			found[i] = found[i] || bytes.Contains(b, utf16le(k.stream))
		}
	}
	for i, k := range oleKinds {
		if found[i] {
			return k.err
		}
	}
	return ErrUnknown
}

func utf16le(s string) []byte {
	b := []byte{0, 0} // after the padding of the name before
	for _, c := range []byte(s) {
		b = append(b, c, 0)
	}
	return append(b, 0, 0)
}

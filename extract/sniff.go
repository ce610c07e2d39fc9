package extract

import (
	"bytes"
	"encoding/binary"
	"io"
	"path"
	"strings"
)

// headBytes is how much of the start of a file tells its kind.
const headBytes = 1024

// Sniff says what a file is by what is in it. The name only tells texts apart,
// and must not say something else than the content (security.md S133). The
// error is a *Refusal, with words for people, for everything that is not
// exactly one of the formats that are taken.
//
// It reads the start, the end, and of an office file the list of parts; of a
// text all. It does not say that a reader will understand the rest.
func Sniff(name string, r io.ReaderAt, size int64) (Format, error) {
	if size <= 0 {
		return "", ErrEmpty
	}
	head := readAt(r, 0, headBytes)
	if len(head) == 0 {
		return "", ErrBroken
	}
	ext := extension(name)
	f, err := sniffContent(ext, head, r, size)
	if err != nil {
		return "", err
	}
	if claimed, known := byExtension[ext]; ext != "" && (!known || claimed != f) {
		return "", mismatch(ext, f)
	}
	return f, nil
}

func sniffContent(ext string, head []byte, r io.ReaderAt, size int64) (Format, error) {
	if f, ok := magic(head); ok {
		return f, checkOneKind(f, head, r, size)
	}
	switch {
	case bytes.HasPrefix(head, []byte(zipLocal)):
		return sniffZIP(head, r, size)
	case bytes.HasPrefix(head, []byte(oleMagic)):
		return "", sniffOLE(r, size)
	}
	if err := refusedKind(head); err != nil {
		return "", err
	}
	if bytes.Contains(head, []byte("%PDF-")) {
		return "", ErrTwoKinds
	}
	return sniffText(ext, r, size)
}

// magic knows the formats that begin with words of their own.
func magic(head []byte) (Format, bool) {
	switch {
	case bytes.HasPrefix(bytes.TrimLeft(head, "\xef\xbb\xbf\r\n\t "), []byte("%PDF-")):
		return PDF, true // some scanners write an empty line first
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return PNG, true
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return JPEG, true
	case bytes.HasPrefix(head, []byte("GIF87a")), bytes.HasPrefix(head, []byte("GIF89a")):
		return GIF, true
	case bytes.HasPrefix(head, []byte("RIFF")) && len(head) > 12 && string(head[8:12]) == "WEBP":
		return WebP, true
	}
	return "", false
}

// checkOneKind refuses a file that another program would read as something else:
// a picture or PDF with a web page in its head, or with a ZIP at its end
// (security.md S134).
func checkOneKind(f Format, head []byte, r io.ReaderAt, size int64) error {
	if hasMarkup(head) || f != PDF && hasMarkup(readTail(r, size, headBytes)) {
		return ErrTwoKinds
	}
	if f != PDF && bytes.Contains(head, []byte("%PDF-")) {
		return ErrTwoKinds
	}
	at, end := endOfZIP(r, size)
	if at < 0 || !looksLikeDirectory(r, at, end) || f == PDF && isAttached(end) {
		return nil
	}
	return ErrTwoKinds
}

// isAttached says whether a ZIP ends inside a PDF, where a file that is attached
// to it may stand as it is, and not at its end.
func isAttached(end []byte) bool {
	return bytes.Contains(end, []byte("%%EOF")) && len(end) != endBytes+int(binary.LittleEndian.Uint16(end[20:]))
}

// looksLikeDirectory tells the end of a ZIP from four bytes that only happen to
// be the same: the list of entries stands right before it.
func looksLikeDirectory(r io.ReaderAt, at int64, end []byte) bool {
	length := int64(binary.LittleEndian.Uint32(end[12:]))
	return string(readAt(r, at-length, 4)) == zipCentral || string(readAt(r, at-20, 4)) == zipEnd64At
}

// hasMarkup says whether a browser that guesses would take b for a web page.
func hasMarkup(b []byte) bool {
	b = bytes.ToLower(b)
	for _, tag := range []string{"<!doctype html", "<html", "<script", "<svg", "<iframe", "<body", "<?php", "<xsl:"} {
		if bytes.Contains(b, []byte(tag)) {
			return true
		}
	}
	return false
}

var byExtension = map[string]Format{
	"pdf": PDF, "docx": DOCX, "odt": ODT, "xlsx": XLSX, "ods": ODS, "pptx": PPTX, "odp": ODP,
	"csv": CSV, "txt": TXT, "text": TXT, "md": MD, "markdown": MD,
	"png": PNG, "jpg": JPEG, "jpeg": JPEG, "jpe": JPEG, "jfif": JPEG, "gif": GIF, "webp": WebP,
}

func extension(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	return strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
}

// kinds are files that we know and do not take. The first that fits says what to do.
var kinds = []struct {
	at    int
	magic string
	err   *Refusal
}{
	{0, "MZ", ErrProgram},
	{0, "\x7fELF", ErrProgram},
	{0, "\xfe\xed\xfa\xce", ErrProgram},
	{0, "\xfe\xed\xfa\xcf", ErrProgram},
	{0, "\xcf\xfa\xed\xfe", ErrProgram},
	{0, "\xce\xfa\xed\xfe", ErrProgram},
	{0, "\xca\xfe\xba\xbe", ErrProgram},
	{0, "\x00asm", ErrProgram},
	{0, "#!", ErrProgram},
	{0, "L\x00\x00\x00\x01\x14\x02\x00", ErrProgram}, // a shortcut of Windows
	{0, zipEnd, ErrArchive},
	{0, "\x1f\x8b", ErrArchive},
	{0, "BZh", ErrArchive},
	{0, "7z\xbc\xaf\x27\x1c", ErrArchive},
	{0, "Rar!\x1a\x07", ErrArchive},
	{0, "\xfd7zXZ\x00", ErrArchive},
	{0, "\x28\xb5\x2f\xfd", ErrArchive},
	{0, "MSCF", ErrArchive},
	{257, "ustar", ErrArchive},
	{0, `{\rtf`, saveAs("legacy", "an RTF document", "DOCX or ODT")},
	{0, "%!PS", saveAs("legacy", "a PostScript file", "PDF")},
	{0, "BM", saveAs("picture", "a BMP picture", "PNG")},
	{0, "II*\x00", saveAs("picture", "a TIFF picture", "PNG or PDF")},
	{0, "MM\x00*", saveAs("picture", "a TIFF picture", "PNG or PDF")},
	{4, "ftypheic", saveAs("picture", "a HEIC picture", "JPEG")},
	{4, "ftypheix", saveAs("picture", "a HEIC picture", "JPEG")},
	{4, "ftypmif1", saveAs("picture", "a HEIC picture", "JPEG")},
	{4, "ftypavif", saveAs("picture", "an AVIF picture", "JPEG or PNG")},
}

func refusedKind(head []byte) error {
	for _, k := range kinds {
		if len(head) > k.at && bytes.HasPrefix(head[k.at:], []byte(k.magic)) && !isProse(k.magic, head) {
			return k.err
		}
	}
	return nil
}

// isProse lets a text pass that begins with the two letters of a BMP or a program.
func isProse(magic string, head []byte) bool {
	return (magic == "MZ" || magic == "BM") && !bytes.ContainsFunc(head, func(c rune) bool { return c < ' ' && !isSpace(c) })
}

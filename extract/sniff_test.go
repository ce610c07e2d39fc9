package extract_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"moothall/extract"
)

func sniff(name string, b []byte) (extract.Format, error) {
	return extract.Sniff(name, bytes.NewReader(b), int64(len(b)))
}

// wantRefusal checks the code, and that the words tell people something.
func wantRefusal(t *testing.T, err error, code string) {
	t.Helper()
	refusal, ok := errors.AsType[*extract.Refusal](err)
	if !ok || refusal.Code != code {
		t.Fatalf("got %#v, want a refusal %q", err, code)
	}
	if len(refusal.Words) < 40 || !strings.HasSuffix(refusal.Words, ".") {
		t.Errorf("words %q do not say what to do", refusal.Words)
	}
}

func TestSniffKnowsFormatsByContent(t *testing.T) {
	t.Parallel()
	docx := string(mustMake(t, extract.DOCX, strategy()))
	for _, c := range []struct {
		name, body string
		want       extract.Format
	}{
		{"Strategy.DOCX", docx, extract.DOCX},
		{"no extension at all", docx, extract.DOCX},
		{"a.pdf", "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", extract.PDF},
		{"scan.pdf", "\r\n%PDF-1.4\n", extract.PDF},
		{"a.png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", extract.PNG},
		{"a.jpg", "\xff\xd8\xff\xe0\x00\x10JFIF\x00", extract.JPEG},
		{"a.gif", "GIF89a\x01\x00\x01\x00", extract.GIF},
		{"a.webp", "RIFF\x24\x00\x00\x00WEBPVP8 ", extract.WebP},
		{"notes.txt", "Minutes of the meeting\r\n", extract.TXT},
		{"notes", "Nodiadau'r cyfarfod: tŷ, dŵr, môr", extract.TXT},
		{"readme.md", "# Notes\n\n<!-- draft -->\n", extract.MD},
		{"list.csv", "name,cost\nchairs,40\n", extract.CSV},
		{"excel.csv", "name,cost\nchairs,\xa340\n", extract.CSV},                              // Windows-1252
		{"unicode.txt", utf16Text("Costs £40", true), extract.TXT},                            // Notepad's "Unicode"
		{"unicode.txt", utf16Text("Costs forty pounds", false), extract.TXT},                  // without its mark
		{"bmw.txt", "BMW and MZ are the first two letters of makes of vehicle.", extract.TXT}, // not a bitmap
		{"html.txt", "The page began with <html> and that was the fault.", extract.TXT},       // speaks of markup
	} {
		got, err := sniff(c.name, []byte(c.body))
		if err != nil || got != c.want {
			t.Errorf("%s %.20q: got %q, %v; want %q", c.name, c.body, got, err, c.want)
		}
	}
}

func utf16Text(s string, mark bool) string {
	var b bytes.Buffer
	if mark {
		b.WriteString("\xff\xfe")
	}
	for _, u := range utf16.Encode([]rune(s)) {
		b.Write(binary.LittleEndian.AppendUint16(nil, u))
	}
	return b.String()
}

// TestS133_ContentDecides holds what is not on the list, and names that lie.
func TestS133_ContentDecides(t *testing.T) {
	t.Parallel()
	docx := string(mustMake(t, extract.DOCX, strategy()))
	for _, c := range []struct{ name, body, code string }{
		{"empty.txt", "", "empty"},
		{"minutes.pdf", "<!DOCTYPE html><script>alert(1)</script>", "web-page"},
		{"minutes.pdf", "\ufeff  \n<HTML><body>", "web-page"},
		{"minutes.txt", "<!-- hello --><script>", "web-page"},
		{"minutes.pdf", "Minutes of a meeting", "mismatch"},
		{"minutes.docx", "%PDF-1.7\n", "mismatch"},
		{"minutes.pdf", docx, "mismatch"},
		{"minutes.exe", docx, "mismatch"},
		{"photo.png", "\xff\xd8\xff\xe0\x00\x10JFIF", "mismatch"},
		{"minutes.html", "Minutes of a meeting", "mismatch"},
		{"setup.pdf", "MZ\x90\x00\x03\x00\x00\x00", "program"},
		{"run", "\x7fELF\x02\x01\x01\x00", "program"},
		{"run.txt", "#!/bin/sh\nrm -r x\n", "program"},
		{"run.bat", "@echo off\r\n", "program"},
		{"x.txt", "<?php echo 1;", "program"},
		{"logo.svg", `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, "svg"},
		{"logo.txt", `<svg onload="x">`, "svg"},
		{"data.txt", `<?xml version="1.0"?><?xml-stylesheet href="a.xsl"?><a/>`, "unknown"},
		{"a.gz", "\x1f\x8b\x08\x00", "archive"},
		{"a.7z", "7z\xbc\xaf\x27\x1c\x00\x04", "archive"},
		{"a.zip", string(makeZIP(t, entry{"a.txt", "a"})), "archive"},
		{"a.docx", string(makeZIP(t, entry{"a.txt", "a"})), "archive"},
		{"a.rtf", `{\rtf1 hello}`, "legacy"},
		{"a.tif", "II*\x00\x08\x00\x00\x00", "picture"},
		{"a.heic", "\x00\x00\x00\x18ftypheic", "picture"},
		{"a.doc", string(ole("WordDocument")), "legacy"},
		{"a.xls", string(ole("Workbook")), "legacy"},
		{"a.ppt", string(ole("PowerPoint Document")), "legacy"},
		{"a.docx", string(ole("EncryptionInfo", "EncryptedPackage")), "password"},
		{"a.mpp", string(ole("Project")), "unknown"},
		{"a.txt", "text with a \x00 in it", "unknown"},
		{"a.txt", strings.Repeat("\x81\x8d\x8f", 100), "unknown"},
	} {
		_, err := sniff(c.name, []byte(c.body))
		t.Run(fmt.Sprintf("%s %.12q", c.name, c.body), func(t *testing.T) { wantRefusal(t, err, c.code) })
	}
}

// ole makes the start of an OLE container with named streams.
func ole(streams ...string) []byte {
	b := make([]byte, 1024)
	copy(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	for i, s := range append([]string{"Root Entry"}, streams...) {
		copy(b[512+128*i:], utf16Text(s, false))
	}
	return b
}

func TestRefusalsSayWhatToSaveAs(t *testing.T) {
	t.Parallel()
	for stream, want := range map[string]string{"WordDocument": "DOCX", "Workbook": "XLSX", "PowerPoint Document": "PPTX", "EncryptedPackage": "password protected"} {
		_, err := sniff("a", ole(stream))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v does not say %q", stream, err, want)
		}
	}
}

func TestS134_FilesOfTwoKindsAreRefused(t *testing.T) {
	t.Parallel()
	tail := string(makeZIP(t, entry{"a.txt", strings.Repeat("a", 3000)}))
	docx := string(mustMake(t, extract.DOCX, strategy()))
	png := "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + strings.Repeat("\x00", 2000)
	for name, body := range map[string]string{
		"a.gif":  "GIF89a/*<script>alert(1)</script>",
		"b.pdf":  "<html><!--\n%PDF-1.7\n",
		"c.pdf":  "x\n%PDF-1.7\n",
		"d.pdf":  "%PDF-1.7\n<script>alert(1)</script>",
		"e.pdf":  "%PDF-1.7\n%%EOF\n" + tail,
		"f.png":  png + tail,
		"g.png":  png + "<html><script>",
		"h.jpg":  "\xff\xd8\xff\xfe\x00\x20%PDF-1.4 ",
		"i.docx": string(withPrefix(t, docx)),
		"j.webp": "RIFF\x24\x00\x00\x00WEBP<svg onload=x>",
	} {
		_, err := sniff(name, []byte(body))
		t.Run(name, func(t *testing.T) {
			wantRefusal(t, err, "two-kinds")
		})
	}
}

func TestAPDFMayHoldAZIPThatIsAttached(t *testing.T) {
	t.Parallel()
	zip := string(makeZIP(t, entry{"a.txt", "a"}))
	const tail = "\nendstream endobj\ntrailer << >>\n%%EOF\n"
	if got, err := sniff("a.pdf", []byte("%PDF-1.7\nstream\n"+zip+tail)); err != nil || got != extract.PDF {
		t.Errorf("got %q, %v", got, err)
	}
	// The same, with the end of the PDF as the comment of the ZIP.
	both := zip[:len(zip)-2] + string(binary.LittleEndian.AppendUint16(nil, uint16(len(tail)))) + tail
	_, err := sniff("a.pdf", []byte("%PDF-1.7\nstream\n"+both))
	wantRefusal(t, err, "two-kinds")
}

// withPrefix makes an office file whose first part is stored and begins as a PDF.
func withPrefix(t *testing.T, docx string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "a", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("%PDF-1.7\n")); err != nil {
		t.Fatal(err)
	}
	from, err := zip.NewReader(strings.NewReader(docx), int64(len(docx)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range from.File {
		if err := z.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestMacrosAndTemplatesAreRefused(t *testing.T) {
	t.Parallel()
	docx := mustMake(t, extract.DOCX, strategy())
	types := func(kind string) []byte {
		z, err := zip.NewReader(bytes.NewReader(docx), int64(len(docx)))
		if err != nil {
			t.Fatal(err)
		}
		was := readPart(t, z.File[0])
		now := strings.Replace(was, "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", kind, 1)
		if now == was {
			t.Fatal("the specimen has no main type")
		}
		return withParts(t, docx, entry{"[Content_Types].xml", now})
	}
	for _, c := range []struct {
		name string
		body []byte
		code string
	}{
		{"a.docm", types("application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"},
		{"a.docx", withParts(t, docx, entry{"word/vbaProject.bin", "x"}), "macros"},
		{"a.docx", withParts(t, docx, entry{"word/VBAPROJECT.BIN", "x"}), "macros"},
		{"a.xlsx", withParts(t, docx, entry{"xl/macrosheets/sheet1.xml", "<a/>"}), "macros"},
		{"a.dotx", types("application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml"), "template"},
		{"a.docx", types("application/x-something"), "unknown"},
	} {
		_, err := sniff(c.name, c.body)
		t.Run(c.name, func(t *testing.T) { wantRefusal(t, err, c.code) })
	}
}

// TestS111_ArchivesThatLie holds every way in which a ZIP says something that
// is not so.
func TestS111_ArchivesThatLie(t *testing.T) {
	t.Parallel()
	docx := mustMake(t, extract.DOCX, strategy())
	many := make([]entry, extract.Usual.Entries+1)
	for i := range many {
		many[i] = entry{fmt.Sprintf("%d", i), ""}
	}
	for _, c := range []struct {
		name string
		body []byte
		code string
	}{
		{"a name that climbs", withParts(t, docx, entry{"../../etc/cron.d/x", "x"}), "unsafe"},
		{"an absolute name", withParts(t, docx, entry{"/etc/passwd", "x"}), "unsafe"},
		{"a name with backslashes", withParts(t, docx, entry{`..\x`, "x"}), "unsafe"},
		{"a name of a drive", withParts(t, docx, entry{"C:/x", "x"}), "unsafe"},
		{"the same name twice", makeZIP(t, entry{"[Content_Types].xml", "<a/>"}, entry{"[content_types].xml", "<b/>"}), "unsafe"},
		{"too many parts", makeZIP(t, many...), "bomb"},
		{"cut short", docx[:len(docx)-40], "broken"},
		{"cut in the middle", docx[:len(docx)/2], "broken"},
		{"something behind", append(bytes.Clone(docx), "<script>"...), "broken"},
		{"parts that share bytes", overlapping(t, docx), "bomb"},
		{"no list of parts inside", makeZIP(t, entry{"[Content_Types].xml", "<Types"}), "broken"},
		{"no main part", makeZIP(t, entry{"[Content_Types].xml", "<Types/>"}), "broken"},
		{"a list of parts with entities", withParts(t, docx, entry{"_rels/.rels", `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`}), "broken"},
		{"a list of parts that is far too long", withParts(t, docx, entry{"_rels/.rels", "<a>" + strings.Repeat("<b/>", 4<<20)}), "bomb"},
	} {
		_, err := sniff("a.docx", c.body)
		t.Run(c.name, func(t *testing.T) { wantRefusal(t, err, c.code) })
	}
}

// overlapping makes the second part of an archive point to the bytes of the first.
func overlapping(t *testing.T, file []byte) []byte {
	t.Helper()
	file = bytes.Clone(file)
	first := bytes.Index(file, []byte("PK\x01\x02"))
	second := first + bytes.Index(file[first+4:], []byte("PK\x01\x02")) + 4
	copy(file[second+42:second+46], file[first+42:first+46])
	return file
}

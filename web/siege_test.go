package web

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"moothall/actions"
	"moothall/actors"
	"moothall/extract"
	reader "moothall/extract/apart"
	"moothall/extract/specimen"
	"moothall/library"
)

// made is a specimen with one part written anew.
func made(t *testing.T, f extract.Format, d specimen.Doc, part, body string) string {
	t.Helper()
	whole, err := specimen.Make(f, d)
	if err != nil {
		t.Fatal(err)
	}
	from, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	to := zip.NewWriter(&b)
	for _, x := range from.File {
		if x.Name == "xl/_rels/workbook.xml.rels" && part == sharedWords {
			refer(t, to, x)
		} else if x.Name != part {
			if err := to.Copy(x); err != nil {
				t.Fatal(err)
			}
		}
	}
	if part != "" {
		w, err := to.Create(part)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, body)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const sharedWords = "xl/sharedStrings.xml"

// refer copies the relations of a workbook, with one to the words that its cells share.
func refer(t *testing.T, to *zip.Writer, x *zip.File) {
	t.Helper()
	from, err := x.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	words, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	w, err := to.Create(x.Name)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w, strings.Replace(string(words), "</Relationships>",
		`<Relationship Id="shared" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`, 1))
}

// crowdedZIP has many entries, beside those of an office file.
func crowdedZIP(t *testing.T, n int) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range n {
		name := fmt.Sprintf("word/%d.xml", i)
		if i == 0 {
			name = "[Content_Types].xml"
		}
		if _, err := z.CreateHeader(&zip.FileHeader{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestS133_S134_HostileFilesComeToNothing sends files as a person does, and lets the
// library read those that are taken in: each is refused with what to do, or has
// nothing in it that runs.
func TestS133_S134_HostileFilesComeToNothing(t *testing.T) {
	t.Parallel()
	h := newHall(t)
	ann := h.person("ann", actors.AccountMember)
	h.community(ann, actions.Charter{Name: "parks"})
	lib := &library.Library{DB: h.db, Files: h.server.Files, Read: reader.Here{}.Read, Now: h.server.Now, Log: slog.New(slog.DiscardHandler)}
	b := h.signedIn("ann")
	guide := specimen.Doc{Title: "Guide", Blocks: []extract.Block{{Kind: extract.Paragraph, Text: "Clay"}}}
	inner := []byte(made(t, extract.DOCX, guide, "", ""))
	nested := guide
	nested.Embedded = inner
	const bomb = `<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><w:document xmlns:w="x"><w:body><w:p><w:r><w:t>&b;&b;</w:t></w:r></w:p></w:body></w:document>`
	zip64 := "PK\x06\x06\x2c" + strings.Repeat("\x00", 7) + strings.Repeat("\xff", 44) + "PK\x06\x07" + strings.Repeat("\x00", 16) + "PK\x05\x06" + strings.Repeat("\xff", 16) + "\x00\x00"
	for name, c := range map[string]struct{ file, body, says string }{
		"a page named as PDF":        {"minutes.pdf", "<!doctype html><script>alert(1)</script>", "This is a web page"},
		"PDF and a page":             {"minutes.pdf", "%PDF-1.7\n<html><script>alert(1)</script>", "two kinds of file in one"},
		"GIF and a page":             {"a.gif", "GIF89a/*<script>alert(1)</script>*/", "two kinds of file in one"},
		"GIF and a script":           {"a.gif", "GIF89a/*" + strings.Repeat("\x00", 40) + "*/=1;alert(1)//", "may be damaged"},
		"a drawing":                  {"map.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "SVG drawing"},
		"a drawing named as text":    {"map.txt", `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`, "SVG drawing"},
		"a page behind a mark":       {"a.txt", "\xef\xbb\xbf<html><script>alert(1)</script>", "This is a web page"},
		"XML that transforms itself": {"a.txt", `<?xml version="1.0"?><?xml-stylesheet href="#x" type="text/xsl"?><xsl:stylesheet/>`, "save it"},
		"a program":                  {"table.csv", "\x7fELF\x02\x01\x01", "This is a program"},
		"65,535 parts":               {"a.docx", crowdedZIP(t, 65_535), "so we stopped reading it"},
		"a directory that lies":      {"a.docx", string(inner[:30]) + zip64, "save it"},
		"entities":                   {"a.docx", made(t, extract.DOCX, guide, "word/document.xml", bomb), "may be damaged"},
		"a document in a document":   {"a.docx", made(t, extract.DOCX, nested, "", ""), "1 file inside this file"},
		"a million words of a table": {"a.xlsx", made(t, extract.XLSX, guide, sharedWords, `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+strings.Repeat("<si><t>a</t></si>", 1_000_000)+"</sst>"), "unpacks to far more"},
		"formulas":                   {"a.csv", "Name,Sum\n=HYPERLINK(\"http://evil.example\"),@SUM(1)\n", "We found nothing"},
	} {
		got := b.sends("/c/parks/share", part{"csrf", "", "x"}, part{fileField, c.file, c.body})
		if got.status == http.StatusSeeOther {
			at := got.header.Get("Location")
			for moved := true; moved; {
				var err error
				if moved, _, err = lib.Step(t.Context()); err != nil {
					t.Fatal(name, err)
				}
			}
			got = b.open(at)
		}
		if got.status >= 500 || !strings.Contains(got.text(), c.says) {
			t.Errorf("%s is answered %d without %q: %s", name, got.status, c.says, got.text())
		}
	}
}

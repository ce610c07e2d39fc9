package pdf

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"

	"github.com/klippa-app/go-pdfium/requests"
	"golang.org/x/text/language"

	"moothall/extract"
)

// about is what a file says of itself.
type about struct{ title, author, dated, language string }

// about reads the file's own metadata, and finds what its owner may not know of.
func (d *document) about(file io.ReaderAt, size int64) (a about, err error) {
	tags, err := d.in.GetMetaData(&requests.GetMetaData{Document: d.ref, Tags: &[]string{"Title", "Author", "CreationDate"}})
	if err == nil && len(tags.Tags) == 3 {
		a = about{title: tidy(tags.Tags[0].Value), author: tidy(tags.Tags[1].Value), dated: date(tags.Tags[2].Value)}
	}
	if l, err := d.in.FPDFCatalog_GetLanguage(&requests.FPDFCatalog_GetLanguage{Document: d.ref}); err == nil {
		a.language = languageOf(l.Language)
	}
	seen, err := scan(file, size)
	if err != nil {
		return a, fmt.Errorf("read file: %w", err)
	}
	a.add(seen.packet)
	if fileName(a.title) {
		a.title = ""
	}
	d.embedded(seen.script)
	if a.author != "" {
		d.found.add(extract.PersonalMetadata, extract.Warn, "")
	}
	if t, err := d.in.FPDFCatalog_IsTagged(&requests.FPDFCatalog_IsTagged{Document: d.ref}); err == nil && !t.IsTagged {
		d.found.add(extract.NoTags, extract.Warn, "")
	}
	if a.title == "" {
		d.found.add(extract.NoTitle, extract.Warn, "")
	}
	if a.language == "" {
		d.found.add(extract.NoLanguage, extract.Warn, "")
	}
	return a, nil
}

// fill puts it where a form asks for it. A file without a title lends its first heading.
func (a about) fill(r *extract.Reading) {
	r.Title, r.Author, r.Dated, r.Language = cut(a.title, 200), cut(a.author, 200), a.dated, a.language
	for _, b := range r.Blocks {
		if r.Title == "" && b.Kind == extract.Heading {
			r.Title = cut(b.Text, 200)
		}
	}
	r.Summary = extract.Summarise(r.Blocks)
	if r.Language == "" {
		r.Language = extract.GuessLanguage(r.Blocks)
	}
}

// cut keeps at most n letters, up to the end of a word.
func cut(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	s = string(runes[:n])
	if i := strings.LastIndexByte(s, ' '); i > 0 {
		s = s[:i]
	}
	return s
}

var pdfDate = regexp.MustCompile(`^(?:D:)?(\d{4})(?:(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?)?`)

// date reads a date as PDF writes it: D:20270504120000+01'00'.
func date(s string) string {
	m := pdfDate.FindStringSubmatch(s)
	if m == nil || m[1] < "1900" {
		return ""
	}
	parts := []string{m[1]}
	for _, p := range m[2:] {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "-")
}

// languageOf gives a tag in its usual form, and nothing for what is none.
func languageOf(s string) string {
	t, err := language.Parse(strings.TrimSpace(strings.Trim(s, "\x00")))
	if err != nil || t == language.Und {
		return ""
	}
	return t.String()
}

// fileName says whether a title is only the name that a file once had.
func fileName(title string) bool {
	if strings.HasPrefix(title, "Microsoft Word - ") || strings.EqualFold(title, "untitled") {
		return true
	}
	switch strings.ToLower(path.Ext(title)) {
	case ".pdf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ppt", ".pptx", ".indd", ".qxp", ".rtf", ".txt":
		return true
	}
	return false
}

// seen is what can be found without knowing the structure of a file.
type seen struct {
	script bool   // a name of what runs a program
	packet []byte // XMP, from its beginning
}

const (
	chunk     = 1 << 20
	overlap   = 16
	maxPacket = 256 << 10
)

var xmpStart = []byte("<x:xmpmeta")

// scan looks through the whole file.
func scan(file io.ReaderAt, size int64) (s seen, err error) {
	buf := make([]byte, chunk)
	for at := int64(0); at < size; at += chunk - overlap {
		n, err := file.ReadAt(buf, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return s, err
		}
		b := buf[:n]
		s.script = s.script || bytes.Contains(b, []byte("/JavaScript")) || bytes.Contains(b, []byte("/Launch"))
		if i := bytes.Index(b, xmpStart); i >= 0 && s.packet == nil {
			s.packet = make([]byte, maxPacket)
			n, err := file.ReadAt(s.packet, at+int64(i))
			if err != nil && !errors.Is(err, io.EOF) {
				return s, err
			}
			s.packet = s.packet[:n]
		}
	}
	return s, nil
}

// add takes from XMP what is still missing. XMP is only believed as far as it is XML.
func (a *about) add(packet []byte) {
	x := xml.NewDecoder(bytes.NewReader(packet))
	field := ""
	for {
		t, err := x.Token()
		if err != nil {
			return
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Space == "http://purl.org/dc/elements/1.1/" {
				field = t.Name.Local
			}
		case xml.EndElement:
			if t.Name.Local == "xmpmeta" {
				return
			}
			if t.Name.Local == field {
				field = ""
			}
		case xml.CharData:
			a.take(field, tidy(string(t)))
		}
	}
}

func (a *about) take(field, value string) {
	into := map[string]*string{"title": &a.title, "creator": &a.author, "language": &a.language}[field]
	if field == "language" {
		value = languageOf(value)
	}
	if into != nil && *into == "" {
		*into = value
	}
}

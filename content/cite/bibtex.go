package cite

import (
	"path"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"moothall/content"
)

// BibTeX is the work as an entry @techreport, in UTF-8. Names and the title are in
// two pairs of braces: names here are mostly those of organisations, which are not
// to be turned round, and titles keep their capitals.
func BibTeX(w Work) []byte {
	b := bib{out: "@techreport{" + w.key()}
	by := w.by()
	for i := range by {
		by[i] = "{" + escape(by[i]) + "}"
	}
	b.raw("author", strings.Join(by, " and "))
	b.raw("title", braced(w.Title))
	b.raw("institution", braced(w.Issuer))
	b.text("year", year(w.Dated))
	if p := parts(w.Dated); len(p) > 1 {
		b.raw("month", strconv.Itoa(p[1]))
	}
	b.text("type", w.Kind)
	b.text("number", w.Reference)
	b.text("version", w.number())
	b.raw("url", address(w.URL))
	b.raw("urldate", dayOf(w.Accessed))
	b.text("abstract", w.Summary)
	b.text("keywords", strings.Join(lines(w.Subjects), ", "))
	b.text("language", content.Lang(w.Language))
	b.text("note", w.bibNote())
	return []byte(b.out + "\n}\n")
}

// bibNote names the version too: the older styles know no such field.
func (w Work) bibNote() string {
	notes := w.notes()
	if w.Version > 0 {
		notes = append([]string{"Version " + strconv.Itoa(w.Version)}, notes...)
	}
	return sentences(notes)
}

type bib struct{ out string }

func (b *bib) text(field, value string) { b.raw(field, escape(line(value))) }

// raw writes a field, unless there is nothing to say.
func (b *bib) raw(field, value string) {
	if value != "" {
		b.out += ",\n  " + field + " = {" + value + "}"
	}
}

func braced(s string) string {
	if s = line(s); s == "" {
		return ""
	}
	return "{" + escape(s) + "}"
}

// tex is what means something to TeX. Braces become commands of their own: BibTeX
// counts a brace behind a backslash like any other, so that one alone would take
// the rest of the file into its field.
var tex = strings.NewReplacer(
	`&`, `\&`, `%`, `\%`, `$`, `\$`, `#`, `\#`, `_`, `\_`,
	`{`, `\textbraceleft{}`, `}`, `\textbraceright{}`,
	`~`, `\textasciitilde{}`, `^`, `\textasciicircum{}`, `\`, `\textbackslash{}`,
)

func escape(s string) string { return tex.Replace(line(s)) }

// key is made of the first word of who is named first, the year and the
// document's own name, so that one file can hold them all.
func (w Work) key() string {
	who := "document"
	if by := w.by(); len(by) > 0 {
		if word := plain(strings.Fields(by[0])[0]); word != "" {
			who = word
		}
	}
	key := who + plain(year(w.Dated))
	if name := plain(path.Base(address(w.Latest))); name != "" {
		key += "-" + name
	}
	if w.Version > 0 {
		key += "-v" + strconv.Itoa(w.Version)
	}
	return key
}

// plain is the ASCII letters and digits of a text, small and without accents.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(norm.NFD.String(s)))
}

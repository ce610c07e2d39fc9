package cite

import (
	"strconv"
	"strings"

	"moothall/content"
)

// RIS is the work as reference managers import it: one line for each tag, ended
// with carriage return and line feed, in UTF-8.
//
// Y2 is the day of access, as every reader of the format takes it; the day of
// sharing is among the notes (N1).
func RIS(w Work) []byte {
	var r ris
	r.add("TY", w.risType())
	r.add("TI", w.Title)
	for _, a := range w.by() {
		r.add("AU", a)
	}
	r.add("PB", w.Issuer)
	if p := parts(w.Dated); p != nil {
		r.add("PY", year(w.Dated))
		r.add("DA", risDate(w.Dated))
	}
	r.add("Y2", strings.ReplaceAll(dayOf(w.Accessed), "-", "/"))
	if w.Version > 0 {
		r.add("ET", "Version "+strconv.Itoa(w.Version))
	}
	r.add("SN", w.Reference)
	r.add("M3", w.Kind)
	r.add("UR", address(w.URL))
	r.add("AB", w.Summary)
	for _, s := range lines(w.Subjects) {
		r.add("KW", s)
	}
	r.add("LA", content.Lang(w.Language))
	for _, n := range w.notes() {
		r.add("N1", n)
	}
	r.end()
	return r.out
}

type ris struct{ out []byte }

// add writes a tag, unless there is nothing to say.
func (r *ris) add(tag, value string) {
	if value = line(value); value == "" {
		return
	}
	r.out = append(r.out, tag+"  - "+value+"\r\n"...)
}

func (r *ris) end() { r.out = append(r.out, "ER  - \r\n"...) }

func (w Work) risType() string {
	if w.Type == dataset {
		return "DATA"
	}
	return "RPRT"
}

// risDate has four places, of which all but the year may be empty, and the last
// is for words.
func risDate(dated string) string {
	s := strings.ReplaceAll(dated, "-", "/")
	return s + strings.Repeat("/", 3-strings.Count(s, "/"))
}

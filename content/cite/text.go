package cite

import (
	"strconv"
	"strings"
)

// Text is the citation in one line, in the order of Harvard style: who, when,
// what, which version, where, and when it was read.
func Text(w Work) string {
	list := append([]string{w.head()}, w.details()...)
	list = append(list, w.where())
	if licence := line(w.Licence); licence != "" {
		list = append(list, "Licence: "+licence)
	}
	return sentences(lines(list))
}

// where is the address, and how and when it was read.
func (w Work) where() string {
	at := address(w.URL)
	if at == "" {
		return ""
	}
	if via := line(w.Via); via != "" {
		at += ", via " + via
	}
	if !w.Accessed.IsZero() {
		at += " (Accessed: " + dayInWords(w.Accessed) + ")"
	}
	return "Available at: " + at
}

// head is who, when and what. A work that nobody is named for begins with its title.
func (w Work) head() string {
	title, when := strings.TrimRight(line(w.Title), "."), " ("+year(w.Dated)+")"
	by := strings.Join(w.by(), ", ")
	if by == "" {
		return title + when
	}
	return by + when + " " + title
}

func (w Work) details() []string {
	var list []string
	if w.Version > 0 {
		list = append(list, "Version "+strconv.Itoa(w.Version))
	}
	if kind := line(w.Kind); kind != "" {
		list = append(list, kind)
	}
	if ref := line(w.Reference); ref != "" {
		list = append(list, "Reference "+ref)
	}
	if s := w.status(); s != "" {
		list = append(list, s)
	}
	if issuer := line(w.Issuer); issuer != "" && len(lines(w.Authors)) > 0 {
		list = append(list, issuer)
	}
	return list
}

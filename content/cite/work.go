package cite

import (
	"strconv"
	"strings"
	"time"

	"moothall/content"
)

// Work is one version of a document, as it is cited. Every field but Title and
// URL may be empty.
type Work struct {
	Title   string
	Summary string
	Type    content.DocumentType
	Kind    string // Type in words
	Stage   content.Stage
	Adopted content.Adoption

	Issuer     string   // organisation that issued it
	IssuerCode string   // in org-id.guide form
	Authors    []string // teams or people; where there are none, the issuer is the author
	Dated      string   // 2027, 2027-05 or 2027-05-04
	Shared     time.Time
	Review     time.Time // looked at again on this day

	Version   int
	Note      string // what changed
	Reference string // the organisation's own number
	URL       string // of this version; it never changes
	Latest    string // of the document, whatever its version

	Licence     string // in words
	LicenceURL  string // of its text
	Attribution string // line that a re-user gives
	Access      string // who may read it, in words
	Subjects    []string
	Place       string
	Period      string
	Language    string // BCP 47
	File        content.Attached
	Related     []content.Related

	Accessed time.Time // when the reader had it on the screen
	Via      string    // site on which they read it, where that is not its own
}

// Of is the Work of one version of a document, whose permanent address is given.
// Language, Related, Access, Accessed and Via are for the caller to add.
//
// Only the newest version is known to bear the document's date and to have been
// adopted as the document says; an older one is without them.
func Of(d content.Document, v content.Version, document string) Work {
	w := Work{
		Title: v.Title, Summary: d.Summary, Type: d.Type, Kind: d.Type.Words(), Stage: v.Stage,
		Issuer: d.Issuer, IssuerCode: d.IssuerCode, Authors: authors(d.Authors), Shared: v.At, Review: d.Review,
		Version: v.Number, Note: v.Note, Reference: d.Reference, URL: string(v.URI), Latest: document,
		LicenceURL: d.LicenceURL, Attribution: d.Attribution, Subjects: d.Subjects, Place: d.Place, Period: d.Period,
		File: v.File,
	}
	if d.Type == content.OtherType && d.Other != "" {
		w.Kind = d.Other
	}
	if d.Licence != "" {
		w.Licence = d.Licence.Words()
	}
	if at := d.Licence.URL(); at != "" {
		w.LicenceURL = at
	}
	if v.Number == d.Number {
		w.Dated, w.Adopted = d.Dated, d.Adopted
	}
	return w
}

// authors are divided by semicolons: commas are part of names.
func authors(shown string) []string {
	var list []string
	for a := range strings.SplitSeq(shown, ";") {
		if a = line(a); a != "" && len(list) < most {
			list = append(list, a)
		}
	}
	return list
}

// What comes from elsewhere is bounded by more than any form here takes: a field
// in characters, a list in what it names.
const (
	longest = 2000
	most    = 50
)

// line is text as one line, without anything that is no character of a text.
func line(s string) string { return content.PlainName(s, longest) }

// lines are those of a list that say something.
func lines(list []string) []string {
	var kept []string
	for _, s := range list[:min(len(list), most)] {
		if s = line(s); s != "" {
			kept = append(kept, s)
		}
	}
	return kept
}

// address is a web address in characters that end nothing in any of the forms;
// empty for what is none.
func address(s string) string {
	link, ok := content.WebLink(s)
	if !ok {
		return ""
	}
	var b strings.Builder
	for _, c := range []byte(link) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("\"'<>\\^`{|}", c) >= 0 {
			b.WriteString(percent(c))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func percent(c byte) string {
	const digits = "0123456789ABCDEF"
	return string([]byte{'%', digits[c>>4], digits[c&15]})
}

// by are those who are named first: authors, or else the organisation.
func (w Work) by() []string {
	if list := lines(w.Authors); len(list) > 0 {
		return list
	}
	return lines([]string{w.Issuer})
}

// number is the version in digits; empty when it has none.
func (w Work) number() string {
	if w.Version <= 0 {
		return ""
	}
	return strconv.Itoa(w.Version)
}

// related are the addresses that stand in one relation to the work.
func (w Work) related(kind content.Relation) []string {
	var list []string
	for _, r := range w.Related[:min(len(w.Related), most)] {
		if at := address(string(r.URI)); r.Relation == kind && at != "" {
			list = append(list, at)
		}
	}
	return list
}

// status is the stage for people, with who adopted it and when.
func (w Work) status() string {
	if w.Stage == "" {
		return ""
	}
	s := w.Stage.Words()
	if body := line(w.Adopted.Body); w.Stage == content.Adopted && body != "" {
		s += " by " + body
		if day := inWords(w.Adopted.On); day != "" {
			s += ", " + day
		}
	}
	return s
}

// notes are what has no field of its own in the forms for people who write.
func (w Work) notes() []string {
	list := []string{w.status(), line(w.Licence), line(w.Attribution)}
	if !w.Shared.IsZero() {
		list = append(list, "Shared "+dayInWords(w.Shared))
	}
	if via := line(w.Via); via != "" {
		list = append(list, "Accessed via "+via)
	}
	return lines(list)
}

// sentences ends each with one full stop.
func sentences(list []string) string {
	ended := make([]string, len(list))
	for i, s := range list {
		ended[i] = strings.TrimRight(s, ".") + "."
	}
	return strings.Join(ended, " ")
}

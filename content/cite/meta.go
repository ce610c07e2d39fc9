package cite

import (
	"strings"

	"moothall/content"
)

// Tag is one <meta name content> of a page. The template escapes both.
type Tag struct{ Name, Content string }

// Tags are the citation_* tags that scholarly search engines read.
func Tags(w Work) []Tag {
	var list tags
	list.add("citation_title", line(w.Title))
	for _, a := range w.by() {
		list.add("citation_author", a)
	}
	list.add("citation_publication_date", slashed(known(w.Dated)))
	list.add("citation_online_date", slashed(dayOf(w.Shared)))
	list.add("citation_technical_report_institution", line(w.Issuer))
	list.add("citation_technical_report_number", line(w.Reference))
	list.add("citation_publisher", line(w.Issuer))
	list.add("citation_language", content.Lang(w.Language))
	list.add("citation_keywords", strings.Join(lines(w.Subjects), "; "))
	list.add("citation_abstract_html_url", address(w.URL))
	if w.File.MediaType == "application/pdf" {
		list.add("citation_pdf_url", address(w.File.URL))
	}
	return list
}

type tags []Tag

func (t *tags) add(name, value string) {
	if value != "" {
		*t = append(*t, Tag{name, value})
	}
}

func slashed(date string) string { return strings.ReplaceAll(date, "-", "/") }

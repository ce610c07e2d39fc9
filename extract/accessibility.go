package extract

// longText is how many paragraphs need headings for people to find their way.
const longText = 15

// accessibility finds what keeps people who use assistive technology out. Texts
// and sheets have no headings to miss, and plain text has no properties.
func (b *builder) accessibility() {
	r := &b.reading
	switch r.Format {
	case CSV, TXT, MD:
		return
	}
	if b.titled == "" {
		b.found.add(NoTitle, "document properties")
	}
	if b.declared == "" {
		b.found.add(NoLanguage, "document properties")
	}
	if r.Format != DOCX && r.Format != ODT {
		return
	}
	paragraphs := 0
	for _, x := range r.Blocks {
		if x.Kind == Heading {
			return
		}
		paragraphs++
	}
	if paragraphs >= longText {
		b.found.add(NoHeadings, "")
	}
}

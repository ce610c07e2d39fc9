package cite

// Format is one of the files in which a citation can be taken away.
type Format struct {
	Name      string // the extension of the file, and of its address
	Words     string // for people
	MediaType string
	write     func(Work) ([]byte, error)
}

// Write writes the work.
func (f Format) Write(w Work) ([]byte, error) { return f.write(w) }

// Formats are the formats in the order in which they are offered.
var Formats = []Format{
	{"txt", "Plain text", "text/plain; charset=utf-8", func(w Work) ([]byte, error) { return []byte(Text(w) + "\n"), nil }},
	{"ris", "RIS, for EndNote, Mendeley and Zotero", "application/x-research-info-systems; charset=utf-8", func(w Work) ([]byte, error) { return RIS(w), nil }},
	{"bib", "BibTeX, for LaTeX", "application/x-bibtex; charset=utf-8", func(w Work) ([]byte, error) { return BibTeX(w), nil }},
	{"json", "CSL-JSON, for Pandoc and Zotero", "application/vnd.citationstyles.csl+json", CSL},
	{"jsonld", "JSON-LD, for search engines", MediaTypeLD, JSONLD},
	{"dcat", "DCAT, for data catalogues", MediaTypeLD, DCAT},
}

// FormatNamed is the format of that name; false when there is none.
func FormatNamed(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

package content

import (
	"path"
	"strings"
)

// maxFileSize is the most bytes that a file from elsewhere may say it has. What is
// fetched is bounded by the one who fetches.
const maxFileSize = 1 << 40

// Tidied is d within the limits of a DocumentDraft: what breaks them is cut, or left
// out. It is for documents from elsewhere, of which nothing is asked again.
func (d Document) Tidied() Document {
	d.Summary = plainLines(d.Summary, MaxDocumentSummary)
	if !d.Type.Valid() {
		if d.Type != "" && d.Other == "" {
			d.Other = string(d.Type)
		}
		d.Type = OtherType
	}
	if !d.Stage.Valid() {
		d.Stage = ""
	}
	for _, line := range []*string{
		&d.Other, &d.Adopted.Body, &d.Attribution, &d.Handling, &d.Issuer, &d.IssuerCode, &d.Authors, &d.Reference, &d.Place, &d.Period,
	} {
		*line = PlainName(*line, maxDetail)
	}
	for _, date := range []*string{&d.Dated, &d.Adopted.On} {
		if !validPartialDate(*date) {
			*date = ""
		}
	}
	d.Effort = min(max(d.Effort, 0), maxEffort)
	d.tidyLicence()
	d.tidySubjects()
	return d
}

func (d *Document) tidyLicence() {
	if !d.Licence.Valid() {
		d.Licence = ""
	}
	link, ok := WebLink(d.LicenceURL)
	if !ok || len(link) > MaxLink {
		link = ""
	}
	d.LicenceURL = link
	if l := LicenceAt(link); l != "" && d.Licence == "" {
		d.Licence, d.LicenceURL = l, ""
	}
}

func (d *Document) tidySubjects() {
	var kept []string
	for _, s := range d.Subjects {
		if s = PlainName(s, maxSubject); s != "" && len(kept) < MaxSubjects {
			kept = append(kept, s)
		}
	}
	d.Subjects = kept
}

// Tidied is v as Document.Tidied makes a document. The name of its file names no folder.
func (v Version) Tidied() Version {
	v.Title, v.Note = PlainName(v.Title, MaxTitle), PlainName(v.Note, MaxNote)
	if !v.Stage.Valid() {
		v.Stage = ""
	}
	f := &v.File
	f.Name = PlainName(path.Base(strings.ReplaceAll(f.Name, `\`, "/")), maxDetail)
	if f.Name = strings.TrimLeft(f.Name, "./ "); f.Name == "" {
		f.Name = "file"
	}
	f.MediaType = PlainName(f.MediaType, maxDetail)
	if f.Size < 0 || f.Size > maxFileSize {
		f.Size = 0
	}
	f.Pages = max(f.Pages, 0)
	return v
}

// TidyRelated is the list within the limits of a DocumentDraft.
func TidyRelated(list []Related) []Related {
	var kept []Related
	for _, r := range list {
		link, ok := WebLink(string(r.URI))
		if !ok || len(link) > MaxLink || !r.Relation.Valid() || len(kept) == maxRelated {
			continue
		}
		r.Title = PlainName(r.Title, MaxTitle)
		kept = append(kept, r)
	}
	return kept
}

// plainLines is text of several lines without what Tidied takes out.
func plainLines(s string, limit int) string {
	lines := strings.Split(cleanText(bound(s, 8*limit)), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimSpace(l)
	}
	return FirstRunes(strings.TrimSpace(strings.Join(lines, "\n")), limit)
}

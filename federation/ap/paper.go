package ap

import (
	"strconv"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
)

// PaperInfo is what an Article says of the document that it is (protocol.md 7.1),
// within the limits of what people here may say of one.
type PaperInfo struct {
	Document content.Document
	Version  content.Version // the one that this Article shows; without By, At and Document
	Related  []content.Related
	Of       Link // the document, where the Article is one version of it

	number int64
	latest string
}

// The most that a version may be numbered: people count from one.
const maxVersion = 1_000_000

// paperOf is where the terms of documents are put.
func (o *Object) paperOf() *PaperInfo {
	if o.Paper == nil {
		o.Paper = &PaperInfo{}
	}
	return o.Paper
}

// readPaper reads what only documents have. What cannot be understood is as good as
// not there: a document without a place is still a document.
func (o *Object) readPaper(key []byte, m value) {
	switch string(key) {
	case "moothall:reason":
		o.Reason, _ = m.words(maxShort * 5)
		return
	case "moothall:replacedBy":
		o.ReplacedBy, _ = m.link()
		return
	}
	if !strings.HasPrefix(string(key), "moothall:") {
		return
	}
	if to := o.paperOf().line(string(key)); to != nil {
		*to, _ = m.words(content.MaxDocumentSummary)
		return
	}
	o.Paper.read(key, m)
}

func (p *PaperInfo) read(key []byte, m value) {
	t := &p.Document
	switch string(key) {
	case "moothall:version":
		p.number = m.number()
	case "moothall:versionOf":
		p.Of, _ = m.link()
	case "moothall:documentType":
		t.Type = content.DocumentType(m.short())
	case "moothall:stage":
		t.Stage = content.Stage(m.short())
	case "moothall:license":
		p.readLicence(m.short())
	case "moothall:classification":
		t.Classification = content.Classification(m.short())
	case "moothall:subjects":
		t.Subjects = m.lines(content.MaxSubjects)
	case "moothall:effort":
		t.Effort = int(min(m.number(), 1<<30))
	case "moothall:reviewDate":
		if at, err := time.Parse(time.DateOnly, m.short()); err == nil {
			t.Review = at
		}
	case "moothall:pages":
		p.Version.File.Pages = int(min(m.number(), 1<<30))
	case "moothall:textUrl":
		p.Version.File.Text = m.webAddress()
	}
}

// line is where a term goes that is a line of text.
func (p *PaperInfo) line(term string) *string {
	t := &p.Document
	switch term {
	case "moothall:abstract":
		return &t.Summary
	case "moothall:whatChanged":
		return &p.Version.Note
	case "moothall:otherType":
		return &t.Other
	case "moothall:adoptedBy":
		return &t.Adopted.Body
	case "moothall:adoptedOn":
		return &t.Adopted.On
	case "moothall:attribution":
		return &t.Attribution
	case "moothall:issuer":
		return &t.Issuer
	case "moothall:issuerCode":
		return &t.IssuerCode
	case "moothall:authors":
		return &t.Authors
	case "moothall:dated":
		return &t.Dated
	case "moothall:reference":
		return &t.Reference
	case "moothall:place":
		return &t.Place
	case "moothall:period":
		return &t.Period
	}
	return nil
}

func (p *PaperInfo) readLicence(s string) {
	if l := content.Licence(s); l.Valid() {
		p.Document.Licence = l
		return
	}
	p.Document.LicenceURL = s
}

// settlePaper decides whether the object is a document: an Article of which a
// version with a file and its digest is known. Without them it is an article like
// any other, whatever else it says of itself.
func (o *Object) settlePaper(links []relation) {
	p := o.Paper
	if p == nil {
		return
	}
	file, ok := o.paperFile()
	if o.Type != "Article" || !ok || p.number < 1 || p.number > maxVersion {
		o.Paper = nil
		return
	}
	file.Pages, file.Text = p.Version.File.Pages, p.Version.File.Text
	p.relate(links)
	p.Version.File, p.Version.Number, p.Version.Title = file, int(p.number), o.Name
	p.Version.URI = actors.URI(o.versionID())
	p.Version.Stage = p.Document.Stage
	if p.Document.Summary == "" {
		p.Document.Summary = content.PlainText(o.Summary)
	}
	p.Document.Number = p.Version.Number
	p.Document, p.Version, p.Related = p.Document.Tidied(), p.Version.Tidied(), content.TidyRelated(p.Related)
}

// paperFile is the first attached Document whose bytes can be checked.
func (o *Object) paperFile() (content.Attached, bool) {
	for _, a := range o.Attachment {
		if a.Type == "Document" && !a.Digest.IsZero() {
			return content.Attached{Digest: a.Digest, Name: a.Name, MediaType: a.MediaType, Size: a.Size, URL: a.URL}, true
		}
	}
	return content.Attached{}, false
}

// versionID is the address at which the version never changes.
func (o *Object) versionID() string {
	switch {
	case o.Paper.Of != "":
		return o.ID
	case o.Paper.latest != "":
		return o.Paper.latest
	}
	return string(VersionAddress(actors.URI(o.ID), o.Paper.Version.Number))
}

// relation is a Link with a rel (FEP-e232).
type relation struct{ rel, href, name string }

func readRelation(v value) (r relation, ok bool) {
	if kind := v.get("type").short(); kind != "Link" {
		return r, false
	}
	r.rel, r.href, r.name = v.get("rel").short(), v.webAddress(), v.get("name").short()
	return r, r.rel != "" && r.href != ""
}

func (p *PaperInfo) relate(links []relation) {
	for _, l := range links {
		if l.rel == relLatest {
			p.latest = l.href
			continue
		}
		for kind, rel := range relations {
			if l.rel == rel {
				p.Related = append(p.Related, content.Related{Relation: kind, URI: actors.URI(l.href), Title: l.name})
			}
		}
	}
}

// short is a line of text; what is not one is none.
func (v value) short() string {
	s, err := v.words(content.MaxLink)
	if err != nil {
		return ""
	}
	return s
}

// number reads a number that may be written as text; what is not one is zero.
func (v value) number() int64 {
	if !v.isText() {
		return v.count()
	}
	n, err := strconv.ParseInt(v.short(), 10, 64)
	if err != nil {
		return 0
	}
	return max(n, 0)
}

// lines are at most n texts.
func (v value) lines(n int) (out []string) {
	for e := range v.elements() {
		if s := e.short(); s != "" && len(out) < n {
			out = append(out, s)
		}
	}
	return out
}

// Carries is the version of a document that an activity brings with it, inside another
// activity or not. It is false for what brings none, or only names it.
func (a Activity) Carries() (content.Version, bool) {
	if o, err := a.Object.AsObject(); err == nil && o.Paper != nil {
		return o.Paper.Version, true
	}
	inner, err := a.Object.AsActivity()
	if err != nil {
		return content.Version{}, false
	}
	o, err := inner.Object.AsObject()
	if err != nil || o.Paper == nil {
		return content.Version{}, false
	}
	return o.Paper.Version, true
}

package provenance

import (
	"fmt"
	"strings"
	"time"

	"moothall/actors"
	"moothall/content"
)

// Record says where one version of a document is from, as it was when it was
// shared. Fields that are empty are not written.
type Record struct {
	ID       actors.URI // of the version
	Document actors.URI
	By       actors.URI // the site's own actor, which signs
	Version  int
	Title    string

	Digest    content.Digest
	Size      int64 // bytes
	MediaType string
	FileName  string

	Issuer   Organisation
	SharedBy Sharer
	SharedAt time.Time // written to the second, in UTC
	Stage    content.Stage
	Adopted  content.Adoption

	ReceivedFrom   actors.URI // the version of which this is a copy
	DerivedFrom    []actors.URI
	Licence        string // its short name, or its address for one that is not on our list
	Classification content.Classification
	Check          string // what the check before sharing came to, in few words; never what it found
	Software       string // name and version
}

// Organisation is who issued a document.
type Organisation struct {
	Name   string
	Domain string
	Code   string // in org-id.guide form
	Status string // how the site knew the organisation at the time
}

// Sharer is who shared it, as they were shown at the time.
type Sharer struct {
	Role string
	Name string
}

// Of is the Record of one version of a document, signed by a site. Domain and
// status of the issuer, SharedBy, ReceivedFrom, DerivedFrom, Check and Software are for
// the caller to add.
//
// The words of content.Version.Check are left out: they are for this site alone. Only the
// newest version is known to have been adopted as the document says.
func Of(d content.Document, v content.Version, document, by actors.URI) Record {
	r := Record{
		ID: v.URI, Document: document, By: by, Version: v.Number, Title: v.Title,
		Digest: v.File.Digest, Size: v.File.Size, MediaType: v.File.MediaType, FileName: v.File.Name,
		Issuer: Organisation{Name: d.Issuer, Code: d.IssuerCode}, SharedAt: v.At, Stage: v.Stage,
		Licence: string(d.Licence), Classification: d.Classification,
	}
	if r.Licence == "" {
		r.Licence = d.LicenceURL
	}
	if v.Number == d.Number && v.Stage == content.Adopted {
		r.Adopted = d.Adopted
	}
	return r
}

// Matches says whether the record is about the file of this digest and size.
func (r Record) Matches(digest content.Digest, size int64) bool {
	return !digest.IsZero() && r.Digest == digest && r.Size == size
}

// Sentence says the record in words: who shared it and when, and who adopted it.
func (r Record) Sentence() string {
	who := r.Issuer.Name
	if who == "" {
		who = r.By.Host()
	}
	s := fmt.Sprintf("Shared by %s on %s, version %d.", who, r.SharedAt.Format("2 January 2006"), r.Version)
	if body := strings.TrimSpace(r.Adopted.Body); body != "" {
		s += " Adopted by " + body
		if r.Adopted.On != "" {
			s += ", " + onDay(r.Adopted.On)
		}
		s += "."
	}
	return s
}

// onDay is a partial date for people.
func onDay(dated string) string {
	for _, form := range []struct{ in, out string }{
		{time.DateOnly, "2 January 2006"}, {"2006-01", "January 2006"}, {"2006", "2006"},
	} {
		if t, err := time.Parse(form.in, dated); err == nil {
			return t.Format(form.out)
		}
	}
	return dated
}

package cite

import (
	"strconv"
	"time"

	"moothall/content"
)

// dataset is the type whose works are data more than text.
const dataset content.DocumentType = "dataset"

// working are the types that are documents to work with, and no reports.
var working = map[content.DocumentType]bool{
	"template": true, "procedure": true, "agreement": true, "job": true, "training": true, "presentation": true,
	"specification": true, "briefing": true, content.OtherType: true, "": true,
}

func (w Work) schemaType() string {
	switch {
	case w.Type == dataset:
		return "Dataset"
	case working[w.Type]:
		return "DigitalDocument"
	}
	return "Report"
}

// MediaTypeLD is that of JSONLD and DCAT.
const MediaTypeLD = "application/ld+json"

// JSONLD is the work in the words of schema.org (users.md 3.3). It is safe inside
// a script element; our own pages link to it instead (security.md S132).
func JSONLD(w Work) ([]byte, error) {
	at := address(w.URL)
	s := schema{
		Context: "https://schema.org", Type: w.schemaType(), ID: at, URL: at, Name: line(w.Title), Description: line(w.Summary),
		Kind: line(w.Kind), Status: w.status(), Access: line(w.Access), Licence: address(w.LicenceURL), Credit: line(w.Attribution),
		Created: known(w.Dated), Published: stamp(w.Shared), Expires: dayOf(w.Review), Based: w.related(content.DerivedFrom),
		Original: w.related(content.Translation), Keywords: lines(w.Subjects), Place: line(w.Place), Period: line(w.Period),
		Language: content.Lang(w.Language), Version: w.number(), Publisher: w.organisation(), Author: lines(w.Authors),
		Identifier: lines([]string{at, w.Reference}),
	}
	if latest := address(w.Latest); latest != "" && latest != at {
		s.Of = &schemaRef{latest}
	}
	if s.Type == "Report" {
		s.Number = line(w.Reference)
	}
	if f := w.schemaFile(); s.Type == "Dataset" {
		s.Distribution = f
	} else {
		s.Encoding = f
	}
	return write(s)
}

type schema struct {
	Context      string      `json:"@context"`
	Type         string      `json:"@type"`
	ID           string      `json:"@id"`
	URL          string      `json:"url"`
	Identifier   []string    `json:"identifier,omitempty"`
	Name         string      `json:"name"`
	Description  string      `json:"description,omitempty"`
	Kind         string      `json:"additionalType,omitempty"`
	Status       string      `json:"creativeWorkStatus,omitempty"`
	Access       string      `json:"conditionsOfAccess,omitempty"`
	Licence      string      `json:"license,omitempty"`
	Credit       string      `json:"creditText,omitempty"`
	Publisher    *schemaBody `json:"publisher,omitempty"`
	Author       []string    `json:"author,omitempty"` // teams or people: which is not known
	Created      string      `json:"dateCreated,omitempty"`
	Published    string      `json:"datePublished,omitempty"`
	Expires      string      `json:"expires,omitempty"`
	Version      string      `json:"version,omitempty"`
	Number       string      `json:"reportNumber,omitempty"`
	Of           *schemaRef  `json:"exampleOfWork,omitempty"`
	Based        []string    `json:"isBasedOn,omitempty"`
	Original     []string    `json:"workTranslation,omitempty"`
	Keywords     []string    `json:"keywords,omitempty"`
	Place        string      `json:"spatialCoverage,omitempty"`
	Period       string      `json:"temporalCoverage,omitempty"`
	Language     string      `json:"inLanguage,omitempty"`
	Encoding     *schemaFile `json:"encoding,omitempty"`
	Distribution *schemaFile `json:"distribution,omitempty"`
}

type schemaRef struct {
	ID string `json:"@id"`
}

type schemaBody struct {
	Type       string `json:"@type"`
	Name       string `json:"name"`
	Identifier string `json:"identifier,omitempty"`
}

type schemaFile struct {
	Type      string `json:"@type"`
	URL       string `json:"contentUrl,omitempty"`
	Name      string `json:"name,omitempty"`
	MediaType string `json:"encodingFormat,omitempty"`
	Size      string `json:"contentSize,omitempty"`
	SHA256    string `json:"sha256,omitempty"`
	Licence   string `json:"license,omitempty"`
}

func (w Work) organisation() *schemaBody {
	name := line(w.Issuer)
	if name == "" {
		return nil
	}
	return &schemaBody{"Organization", name, line(w.IssuerCode)}
}

func (w Work) schemaFile() *schemaFile {
	f := w.File
	if f.Digest.IsZero() && f.URL == "" {
		return nil
	}
	s := &schemaFile{
		Type: "MediaObject", URL: address(f.URL), Name: line(f.Name), MediaType: line(f.MediaType), Licence: address(w.LicenceURL),
	}
	if w.Type == dataset {
		s.Type = "DataDownload"
	}
	if f.Size > 0 {
		s.Size = strconv.FormatInt(f.Size, 10) + " B"
	}
	if !f.Digest.IsZero() {
		s.SHA256 = f.Digest.String()
	}
	return s
}

// stamp is a moment as JSON-LD has it, or nothing for the zero time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

package cite

import "moothall/content"

// DCAT is the work as a record of a data catalogue (DCAT 3, in JSON-LD). The
// licence is said of the work and of its file, since catalogues read one or the
// other (users.md 3.3).
func DCAT(w Work) ([]byte, error) {
	at := address(w.URL)
	d := dcat{
		Context: dcatContext, ID: at, Type: "dcat:Dataset", Identifier: lines([]string{at, w.Reference}), Title: line(w.Title),
		Description: line(w.Summary), Kind: line(w.Kind), Access: line(w.Access), Licence: ref(w.LicenceURL), Rights: line(w.Attribution),
		Creator: lines(w.Authors), Created: known(w.Dated), Issued: stamp(w.Shared), Version: w.number(), Of: ref(w.Latest),
		Replaces: refs(w.related(content.Replaces)), Derived: refs(w.related(content.DerivedFrom)), Keywords: lines(w.Subjects),
		Place: line(w.Place), Period: line(w.Period), Language: content.Lang(w.Language), Page: ref(w.URL),
	}
	if name := line(w.Issuer); name != "" {
		d.Publisher = &dcatBody{"foaf:Organization", name, line(w.IssuerCode)}
	}
	d.File = w.dcatFile()
	return write(d)
}

// dcatContext are the prefixes.
var dcatContext = map[string]string{
	"dcat": "http://www.w3.org/ns/dcat#", "dcterms": "http://purl.org/dc/terms/",
	"foaf": "http://xmlns.com/foaf/0.1/", "prov": "http://www.w3.org/ns/prov#", "spdx": "http://spdx.org/rdf/terms#",
}

type dcat struct {
	Context     map[string]string `json:"@context"`
	ID          string            `json:"@id,omitempty"`
	Type        string            `json:"@type"`
	Identifier  []string          `json:"dcterms:identifier,omitempty"`
	Title       string            `json:"dcterms:title"`
	Description string            `json:"dcterms:description,omitempty"`
	Kind        string            `json:"dcterms:type,omitempty"`
	Access      string            `json:"dcterms:accessRights,omitempty"`
	Licence     *schemaRef        `json:"dcterms:license,omitempty"`
	Rights      string            `json:"dcterms:rights,omitempty"`
	Publisher   *dcatBody         `json:"dcterms:publisher,omitempty"`
	Creator     []string          `json:"dcterms:creator,omitempty"`
	Created     string            `json:"dcterms:created,omitempty"`
	Issued      string            `json:"dcterms:issued,omitempty"`
	Version     string            `json:"dcat:version,omitempty"`
	Of          *schemaRef        `json:"dcat:isVersionOf,omitempty"`
	Replaces    []schemaRef       `json:"dcterms:replaces,omitempty"`
	Derived     []schemaRef       `json:"prov:wasDerivedFrom,omitempty"`
	Keywords    []string          `json:"dcat:keyword,omitempty"`
	Place       string            `json:"dcterms:spatial,omitempty"`
	Period      string            `json:"dcterms:temporal,omitempty"`
	Language    string            `json:"dcterms:language,omitempty"`
	Page        *schemaRef        `json:"dcat:landingPage,omitempty"`
	File        *dcatFile         `json:"dcat:distribution,omitempty"`
}

type dcatBody struct {
	Type       string `json:"@type"`
	Name       string `json:"foaf:name"`
	Identifier string `json:"dcterms:identifier,omitempty"`
}

type dcatFile struct {
	Type      string     `json:"@type"`
	URL       *schemaRef `json:"dcat:downloadURL,omitempty"`
	Title     string     `json:"dcterms:title,omitempty"`
	MediaType string     `json:"dcat:mediaType,omitempty"`
	Size      int64      `json:"dcat:byteSize,omitempty"`
	Licence   *schemaRef `json:"dcterms:license,omitempty"`
	Sum       *dcatSum   `json:"spdx:checksum,omitempty"`
}

type dcatSum struct {
	Type      string    `json:"@type"`
	Algorithm schemaRef `json:"spdx:algorithm"`
	Value     string    `json:"spdx:checksumValue"`
}

func (w Work) dcatFile() *dcatFile {
	f := w.File
	if f.Digest.IsZero() && f.URL == "" {
		return nil
	}
	d := &dcatFile{
		Type: "dcat:Distribution", URL: ref(f.URL), Title: line(f.Name), MediaType: line(f.MediaType), Size: f.Size, Licence: ref(w.LicenceURL),
	}
	if !f.Digest.IsZero() {
		d.Sum = &dcatSum{"spdx:Checksum", schemaRef{"spdx:checksumAlgorithm_sha256"}, f.Digest.String()}
	}
	return d
}

// ref points to an address; nil where there is none.
func ref(s string) *schemaRef {
	if s = address(s); s == "" {
		return nil
	}
	return &schemaRef{s}
}

func refs(list []string) []schemaRef {
	var out []schemaRef
	for _, s := range list {
		out = append(out, schemaRef{s})
	}
	return out
}

package specimen

import (
	"fmt"
	"strings"
)

const (
	office   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packages = "http://schemas.openxmlformats.org/package/2006"
	wordNS   = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	sheetNS  = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	drawNS   = "http://schemas.openxmlformats.org/drawingml/2006/main"
	slideNS  = "http://schemas.openxmlformats.org/presentationml/2006/main"
	ooxml    = "application/vnd.openxmlformats-officedocument."
)

// pack is an OOXML package while it is put together.
type pack struct {
	parts []part
	types strings.Builder
	rels  map[string][]string // by the part that has them
	order []string
}

// add puts a part in. An empty kind leaves its type to the default of its extension.
func (p *pack) add(name, kind, body string) {
	p.parts = append(p.parts, part{name, body})
	if kind != "" {
		fmt.Fprintf(&p.types, `<Override PartName="/%s" ContentType="%s"/>`, name, kind)
	}
}

// bind relates from to a target and gives the id of the relation.
func (p *pack) bind(from, kind, target string, external bool) string {
	if p.rels == nil {
		p.rels = map[string][]string{}
	}
	if p.rels[from] == nil {
		p.order = append(p.order, from)
	}
	id, mode := fmt.Sprintf("rId%d", len(p.rels[from])+1), ""
	if external {
		mode = ` TargetMode="External"`
	}
	if !strings.Contains(kind, ":") {
		kind = office + "/" + kind
	}
	p.rels[from] = append(p.rels[from], fmt.Sprintf(`<Relationship Id="%s" Type="%s" Target="%s"%s/>`, id, kind, esc(target), mode))
	return id
}

// properties writes what the file says about itself, and binds the main part.
func (p *pack) properties(d Doc, program, main string) {
	p.bind("", "officeDocument", main, false)
	p.bind("", packages+"/relationships/metadata/core-properties", "docProps/core.xml", false)
	p.bind("", "extended-properties", "docProps/app.xml", false)
	p.add("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml", xmlHead+
		`<cp:coreProperties xmlns:cp="`+packages+`/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"`+
		` xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`+
		tag("dc:title", d.Title)+tag("dc:creator", d.Author)+tag("cp:lastModifiedBy", d.Editor)+
		tag(`dcterms:created xsi:type="dcterms:W3CDTF"`, d.made())+tag(`dcterms:modified xsi:type="dcterms:W3CDTF"`, d.made())+
		tag("dc:language", d.Language)+`</cp:coreProperties>`)
	p.add("docProps/app.xml", ooxml+"extended-properties+xml", xmlHead+
		`<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">`+
		tag("Application", program)+tag("Manager", d.Manager)+tag("Company", d.Company)+`</Properties>`)
}

func (p *pack) bytes() ([]byte, error) {
	head := []part{{"[Content_Types].xml", xmlHead + `<Types xmlns="` + packages + `/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/>` +
		`<Default Extension="bin" ContentType="` + ooxml + `oleObject"/>` + p.types.String() + `</Types>`}}
	for _, from := range p.order {
		dir, file := "", from
		if i := strings.LastIndexByte(from, '/'); i >= 0 {
			dir, file = from[:i+1], from[i+1:]
		}
		head = append(head, part{dir + "_rels/" + file + ".rels", xmlHead +
			`<Relationships xmlns="` + packages + `/relationships">` + strings.Join(p.rels[from], "") + `</Relationships>`})
	}
	return archive(append(head, p.parts...))
}
